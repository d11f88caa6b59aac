from __future__ import annotations

from array import array

import pytest

from loadtests.load.recorder import Recorder, percentiles


def test_percentiles_are_by_nearest_rank() -> None:
    times = array("d", [float(each) for each in range(1, 201)])

    assert percentiles(times) == {"p50": 100.0, "p95": 190.0, "p99": 198.0, "max": 200.0}
    assert percentiles(array("d", [7.0])) == {"p50": 7.0, "p95": 7.0, "p99": 7.0, "max": 7.0}
    assert set(percentiles(array("d")).values()) == {None}


def test_answers_are_counted_where_they_came() -> None:
    recorder = Recorder(60)
    recorder.answered(0.2, "form", 200, 5.0)
    recorder.answered(2.1, "send", 303, 20.0)
    recorder.answered(2.9, "send", 503, 1.0)
    recorder.answered(2.9, "send with a mistake", 422, 9.0)
    recorder.answered(2.95, "status", 0, 20_000.0)

    found = recorder.summed_up()

    assert found["width"] == 1
    assert [each["answers"] for each in found["intervals"]] == [1, 0, 4]
    last = found["intervals"][2]
    assert (last["accepted"], last["refused"]) == (1, {"503": 1, "0": 1})
    assert last["sending"]["p99"] == 20.0
    assert last["reading"]["max"] == 9.0
    assert found["pages"]["send"]["statuses"] == {"303": 1, "503": 1}


def test_the_most_people_of_an_interval_count() -> None:
    recorder = Recorder(60)
    for citizens in (3, 9, 4):
        recorder.present(0.5, {"Citizens": citizens, "Helpers": 2})

    assert recorder.summed_up()["intervals"][0]["users"] == {"Citizens": 9, "Helpers": 2}


@pytest.mark.parametrize(("seconds", "width"), [(1, 1), (120, 1), (121, 2), (3_600, 30)])
def test_long_loads_are_drawn_as_finely_as_short_ones(seconds: float, width: int) -> None:
    assert Recorder(seconds).width == width


def test_nothing_at_all_is_one_empty_interval() -> None:
    found = Recorder(10).summed_up()

    assert [each["answers"] for each in found["intervals"]] == [0]
    assert found["pages"] == {}
