"""Charts: where lines run, where they break, and what is said of them."""

from __future__ import annotations

from portal.dinas.charts import chart
from portal.dinas.load_words import count


def test_the_highest_is_at_the_top_and_nothing_at_the_bottom() -> None:
    drawn = chart([0, 1_000, 500], "Masuk", count)
    assert drawn.lines == ("0,116 300,4 600,60",)
    assert drawn.top == "1.000"
    assert drawn.told == "Masuk: tertinggi 1.000, terendah 0, terakhir 500"


def test_a_gap_breaks_the_line_and_a_lone_value_is_still_seen() -> None:
    drawn = chart([1, 1, None, 1, None], "Masuk", count)
    assert drawn.lines == ("0,4 150,4", "400,4 450,4")


def test_nothing_at_all_stays_at_the_bottom() -> None:
    assert chart([0, 0], "Masuk", count).lines == ("0,116 600,116",)


def test_without_a_value_there_is_no_line_and_that_is_said() -> None:
    for values in ([], [None, None]):
        drawn = chart(values, "Masuk", count)
        assert (drawn.lines, drawn.told) == ((), "Masuk: belum ada ukuran")


def test_a_single_value_is_drawn() -> None:
    assert chart([5], "Masuk", count).lines == ("-200,4 0,4",)
