"""What processes tell each other stays as large as it is, and may be lost at any time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from registry.inbox import connect
from registry.rules.load import Sample
from registry.watch import Queues, Records, Watch

NOW = 1_800_000_000.0


@pytest.fixture
def watch(redis_url: str, queue_client: redis.Redis) -> Iterator[Watch]:
    with connect(redis_url) as client:
        yield Watch(client)


def test_at_first_there_is_nothing(watch: Watch) -> None:
    assert (watch.hour(NOW), watch.day(NOW)) == ([], [])
    assert (watch.refused(), watch.drained(), watch.told()) == ({}, {}, (None, None))


def test_a_sample_comes_back_as_it_was(watch: Watch) -> None:
    samples = [
        Sample(NOW, 7, 3, 1.5, halted=True, refused={"nik": 2}),
        Sample(NOW + 5, None),
    ]
    for each in samples:
        watch.keep(each)
    assert watch.hour(NOW + 5) == samples
    assert watch.day(NOW + 5) == samples[1:]


def test_two_days_take_no_more_room_than_one(watch: Watch, queue_client: redis.Redis) -> None:
    for number in range(2 * 1440):
        watch.keep(Sample(NOW + 60 * number, number, 0))
    for number in range(1_000):
        watch.keep(Sample(NOW + 2 * 86_400 + 5 * number, 2880 + number, 0))
    end = NOW + 2 * 86_400 + 5 * 999
    assert len(watch.hour(end)) == 720
    assert len(watch.day(end)) == 1440
    assert queue_client.hlen("fmotm:watch:hour") == 720
    assert queue_client.hlen("fmotm:watch:day") == 1440
    assert [each.at for each in watch.hour(end)] == sorted(each.at for each in watch.hour(end))
    for ring in ("hour", "day"):
        assert 0 < queue_client.ttl(f"fmotm:watch:{ring}") <= 2 * 86_400


def test_two_tickers_keep_one_sample(watch: Watch) -> None:
    watch.keep(Sample(NOW + 0.1, 1, 0))
    watch.keep(Sample(NOW + 0.9, 2, 0))
    assert watch.hour(NOW + 1) == [Sample(NOW + 0.9, 2, 0)]


def test_what_is_of_another_time_is_not_shown(watch: Watch) -> None:
    watch.keep(Sample(NOW - 3_601, 1, 0))
    watch.keep(Sample(NOW + 61, 2, 0))
    assert watch.hour(NOW) == []
    assert watch.day(NOW) == [Sample(NOW - 3_601, 1, 0)]


def test_what_another_release_wrote_is_left_out(watch: Watch, queue_client: redis.Redis) -> None:
    for number, packed in enumerate(('{"at": 1}', "{", "[]", '{"x": 1}', "null")):
        queue_client.hset("fmotm:watch:hour", str(number), packed)
    assert watch.hour(NOW) == []


def test_totals_add_up(watch: Watch) -> None:
    watch.add_refused({"nik": 2})
    watch.add_refused({"nik": 3, "address": 1})
    watch.add_refused({})
    assert watch.refused() == {"address": 1, "nik": 5}
    for _ in range(2):
        watch.add_drain({"inserted": 5, "repeated": 0}, 0.25)
    assert watch.drained() == {"drains": 2, "inserted": 10, "repeated": 0, "seconds": 0.5}


def test_what_is_told_stands_until_it_is_told_anew(watch: Watch) -> None:
    queues = Queues(NOW, {"intake": 1}, {"intake": 2})
    records = Records(NOW, 0, 1, 2, 3.5)
    watch.tell(queues)
    assert watch.told() == (queues, None)
    watch.tell(records)
    assert watch.told() == (queues, records)
