"""The page of a load: well formed, whole, with its figures, and safe from what was measured."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from loadtests.ledger import Comparison
from loadtests.load.charts import Series, chart, clock, linear, logarithmic, stacked
from loadtests.load.playing import Asked, Played
from loadtests.load.recorder import Recorder
from loadtests.load.report import as_html
from loadtests.load.told import as_text, milliseconds, told

VOID = {"meta", "line", "path"}


class Strict(HTMLParser):
    """Reads a page whose every element is closed in its turn."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.addresses: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def happened(**more: Any) -> dict[str, Any]:
    recorder = Recorder(60)
    for second in range(60):
        recorder.answered(second, "form", 200, 4.0)
        recorder.answered(second, "send", 303, 10.0 + second)
        recorder.present(second, {"Citizens": second, "Helpers": 2})
    recorder.answered(30, "send", 503, 2.0)
    recorder.answered(31, "send", 429, 2.0)
    rest = {
        "began": 0.0,
        "seconds": 60.0,
        "turned_away": 0,
        "unfinished": 0,
        "lost": {},
        "generator_cores": 0.5,
    }
    return recorder.summed_up() | rest | more


def played(comparison: Comparison | None = None, **more: Any) -> Played:
    done = Played(Asked("day", 2.0, 60.0), happened(**more), 60)
    done.depth = [(0.5, 3), (30.2, 1_234), (30.7, 12), (500.0, 9_999)]
    done.comparison = comparison
    done.drained_after = 1.5
    return done


RIGHT = Comparison(60, 60, 60, 0, 0, 0)


def test_the_page_is_whole_and_loads_nothing() -> None:
    page = Strict(as_html(told(played(RIGHT), "")))

    assert page.seen.count("svg") == 7
    assert page.addresses == []
    assert not {"script", "link", "img", "iframe"}.intersection(page.seen)
    assert "url(" not in as_html(told(played(RIGHT), ""))


def test_figures_stand_on_the_page_before_the_pictures() -> None:
    html = as_html(told(played(RIGHT), ""))
    text = Strict(html).text

    assert "Every receipt leads to exactly one application." in text
    assert "9,999" in text
    assert re.search(r"429: 1, 503: 1|503: 1, 429: 1", text)
    assert html.index("<table") < html.index("<svg")


def test_what_does_not_add_up_comes_first() -> None:
    wrong = told(played(Comparison(60, 60, 59, 1, 0, 0)), "")

    html = as_html(wrong)
    assert "Every receipt leads" not in html
    assert html.index("1 receipts lead to no application") < html.index("<table")
    assert "WRONG: 1 receipts" in as_text(wrong)


def test_who_was_sent_home_is_told_of_and_may_be_there_without_a_receipt() -> None:
    beside = Comparison(60, 60, 63, 0, 0, 3)

    found = told(played(beside, unfinished=3), "")
    assert found["problems"] == []
    assert "3 were sent home at the end" in Strict(as_html(found)).text
    assert told(played(beside, unfinished=2), "")["problems"]


def test_a_portal_that_ran_already_is_told_of_as_not_checked() -> None:
    found = told(played(), "http://127.0.0.1:8000")

    text = Strict(as_html(found)).text
    assert "Not checked." in text
    assert "http://127.0.0.1:8000" in text
    assert "most that waited" not in as_text(found)


def test_depth_is_the_most_of_each_interval() -> None:
    depth = told(played(RIGHT), "")["depth"]

    assert (depth[0], depth[1], depth[30], len(depth)) == (3, None, 1_234, 60)


def test_nothing_that_was_measured_becomes_markup() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    html = as_html(told(played(RIGHT, lost={hostile: 1}), ""))

    assert hostile not in html
    assert "&lt;img src=x" in html


def test_a_load_in_which_nothing_happened_has_a_page_too() -> None:
    nothing = Recorder(10).summed_up() | {
        "began": 0.0, "seconds": 10.0, "turned_away": 0, "unfinished": 0, "lost": {},
        "generator_cores": 0.0,
    }  # fmt: skip
    page = Strict(as_html(told(Played(Asked("soak", 1.0, 10.0), nothing, 0), "")))

    assert "Nobody was refused." in page.text


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.42, "0.42 ms"), (8.24, "8.2 ms"), (340.4, "340 ms"), (999.4, "999 ms"), (1_250, "1.25 s")],
)
def test_times_are_said_as_people_say_them(value: float, said: str) -> None:
    assert milliseconds(value) == said


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [(0.0, 5), (1, 5), (7.3, 5), (99, 5), (100, 5), (1_234, 4), (0.03, 4)],
)
def test_an_axis_ends_at_a_round_number_above_all(highest: float, ticks: int) -> None:
    axis = linear(highest)

    assert axis.place(highest) <= 1.0
    assert axis.ticks[0] == 0
    assert abs(len(axis.ticks) - ticks) <= 1
    assert axis.place(axis.ticks[-1]) == pytest.approx(1.0)


def test_a_logarithmic_axis_has_whole_powers_of_ten() -> None:
    axis = logarithmic(3.0, 2_500.0)

    assert list(axis.ticks) == [1, 10, 100, 1_000, 10_000]
    assert axis.place(100) == pytest.approx(0.5)
    assert list(logarithmic(5, 5).ticks) == [1, 10]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, ["0:00", "0:01"]),
        (158, ["0:00", "0:30", "1:00", "1:30", "2:00", "2:30"]),
        (7_200, ["0:00", "30:00", "60:00", "90:00", "120:00"]),
    ],
)
def test_times_below_a_chart_are_round(seconds: float, said: list[str]) -> None:
    marks = clock(seconds)

    assert [words for _, words in marks] == said
    assert all(0 <= place <= 1 for place, _ in marks)


def test_stacked_areas_are_drawn_from_the_top() -> None:
    first, second = Series("a", (1, None, 3), 1), Series("b", (10, 20, 30), 2)

    assert [(each.name, each.values) for each in stacked([first, second])] == [
        ("b", (11, 20, 33)),
        ("a", (1, 0, 3)),
    ]


def test_a_gap_is_left_where_there_is_no_value() -> None:
    series = (Series("a", (1, 2, None, None, 5, None, 4), 1),)
    figure = chart("Title", "unit", series, axis=linear(5), marks=(), written=str)

    (path,) = re.findall(r' d="([^"]+)"', figure)
    assert path.count("M") == 3
    assert 'aria-label="Title: a at most 5"' in figure
