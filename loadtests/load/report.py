"""The page of a load: one file, readable on a desk and on a phone, nothing loaded from anywhere."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from loadtests.load.charts import Series, chart, clock, linear, logarithmic, stacked
from loadtests.load.told import milliseconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from loadtests.load.charts import Mark

_STYLE: Final = Path(__file__).with_name("report.css")
_PEOPLE: Final = (
    ("Citizens", "citizens"),
    ("LookingUp", "who look up"),
    ("Helpers", "helpers"),
    ("Reviewers", "reviewers"),
)
_NAMED: Final = {"0": "no answer", "429": "429, too many of one NIK", "503": "503, busy"}


def as_html(found: Mapping[str, Any]) -> str:
    """Return the page."""
    asked = found["asked"]
    title = f"Load: {asked['what']}"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE.read_text('utf-8')}</style></head><body>"
        f'<header><p class="over">make load SHAPE={escape(asked["shape"])}'
        f" PEAK={asked['peak']:g} MINUTES={asked['minutes']:g}</p>"
        f"<h1>{escape(asked['what'].capitalize())}</h1>{_verdict(found)}</header><main>"
        f"{_figures(found)}{_charts(found)}{_pages(found)}{_lost(found)}{_run(found)}"
        "</main></body></html>\n"
    )


def _verdict(found: Mapping[str, Any]) -> str:
    if found["problems"]:
        said = "; ".join(found["problems"])
        return f'<p class="verdict bad"><b>Not everything adds up.</b> {escape(said)}</p>'
    if not found["checked"]:
        return (
            '<p class="verdict"><b>Not checked.</b> The portal ran already: its inbox and its'
            " database were not looked into.</p>"
        )
    return (
        f'<p class="verdict good"><b>Every receipt leads to exactly one application.</b>'
        f" {found['ledger']['receipts']:,} receipts were looked up, and the balance adds up.</p>"
    )


def _figures(found: Mapping[str, Any]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td class="figure">{escape(value)}</td>'
        f"<td>{escape(note)}</td></tr>"
        for name, value, note in found["figures"]
    )
    return (
        f'<section><h2>Figures</h2><table class="figures"><tbody>{rows}</tbody></table></section>'
    )


def _charts(found: Mapping[str, Any]) -> str:
    drawn = (
        _accepted(found),
        _latency(found, "sending", "Time until the receipt"),
        _depth(found),
        _refusals(found),
        _answers(found),
        _latency(found, "reading", "Time of all other pages"),
        _people(found),
    )
    return f'<section><h2>As time went by</h2><div class="charts">{"".join(drawn)}</div></section>'


def _accepted(found: Mapping[str, Any]) -> str:
    width = found["width"]
    accepted = [each["accepted"] / width for each in found["intervals"]]
    expected = found["expected"]
    series = (
        Series("accepted", accepted, 1, "area"),
        Series("citizens who came, by the shape", expected, 5, "dashed"),
    )
    top = max([*accepted, *expected], default=0)
    return _simple(found, "Applications accepted", "a second", series, top)


def _answers(found: Mapping[str, Any]) -> str:
    rates = [each["answers"] / found["width"] for each in found["intervals"]]
    series = (Series("answers", rates, 2, "area"),)
    return _simple(found, "Answers of all pages", "a second", series, max(rates, default=0))


def _depth(found: Mapping[str, Any]) -> str:
    depth = found["depth"]
    top = max((each for each in depth if each is not None), default=0)
    series = (Series("waiting", depth, 3, "area"),)
    empty = "The portal ran already: its inbox was not looked into."
    return _simple(found, "Depth of the inbox", "applications that wait", series, top, empty)


def _refusals(found: Mapping[str, Any]) -> str:
    intervals, width = found["intervals"], found["width"]
    statuses = sorted({status for each in intervals for status in each["refused"]})
    series = [
        Series(
            _NAMED.get(status, status),
            [each["refused"].get(status, 0) / width for each in intervals],
            1 + (number + 3) % 5,
        )
        for number, status in enumerate(statuses)
    ]
    top = max((sum(each["refused"].values()) / width for each in intervals), default=0)
    return _simple(
        found, "Refusals, by status", "a second", stacked(series), top, "Nobody was refused."
    )


def _people(found: Mapping[str, Any]) -> str:
    intervals = found["intervals"]
    series = [
        Series(words, [each["users"].get(name, 0) for each in intervals], colour)
        for colour, (name, words) in enumerate(_PEOPLE, 1)
    ]
    top = max((sum(each["users"].values()) for each in intervals), default=0)
    return _simple(found, "People at the portal", "at once", stacked(series), top)


def _latency(found: Mapping[str, Any], of: str, title: str) -> str:
    shares = (("p99", "99 of 100", 4), ("p95", "95 of 100", 3), ("p50", "median", 1))
    series = [
        Series(words, [each[of][share] for each in found["intervals"]], colour)
        for share, words, colour in shares
    ]
    known = [value for each in series for value in each.values if value is not None]
    return chart(
        title,
        "logarithmic",
        series,
        axis=logarithmic(min(known, default=1), max(known, default=10)),
        marks=_times(found),
        written=milliseconds,
    )


def _simple(  # noqa: PLR0913, PLR0917 - what a chart is made of
    found: Mapping[str, Any],
    title: str,
    unit: str,
    series: Sequence[Series],
    top: float,
    empty: str = "",
) -> str:
    return chart(
        title,
        unit,
        series,
        axis=linear(top),
        marks=_times(found),
        written=lambda value: f"{value:,.6g}",
        empty=empty,
        legend=len(series) > 1 or unit == "a second",
    )


def _times(found: Mapping[str, Any]) -> list[Mark]:
    return clock(found["width"] * max(1, len(found["intervals"]) - 1))


def _pages(found: Mapping[str, Any]) -> str:
    heads = ("page", "answers", "median", "95 of 100", "99 of 100", "longest")
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    rows = "".join(_page(name, page) for name, page in found["pages"].items())
    return (
        "<section><h2>Page by page</h2><div class='wide'><table class='pages'><thead><tr>"
        f"{head}</tr></thead><tbody>{rows}</tbody></table></div></section>"
    )


def _page(name: str, page: Mapping[str, Any]) -> str:
    answers = ", ".join(
        f"{_NAMED.get(status, status)} × {count:,}"
        for status, count in sorted(page["statuses"].items())
    )
    times = "".join(
        f"<td>{'-' if page[share] is None else milliseconds(page[share])}</td>"
        for share in ("p50", "p95", "p99", "max")
    )
    return f'<tr><th scope="row">{escape(name)}</th><td>{escape(answers)}</td>{times}</tr>'


def _lost(found: Mapping[str, Any]) -> str:
    if not found["lost"]:
        return ""
    rows = "".join(f"<li>{escape(why)}: {count:,}</li>" for why, count in found["lost"].items())
    return f"<section><h2>Journeys that ended early</h2><ul>{rows}</ul></section>"


def _run(found: Mapping[str, Any]) -> str:
    asked, machine = found["asked"], found["machine"]
    where = asked["target"] or "servers of its own, on the same machine, as shipped"
    facts = (
        ("portal", where),
        ("machine", f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB"),
        ("system", f"{machine['system']}, Python {machine['python']}"),
        ("version", machine["commit"] or "unknown"),
        ("people", f"think {asked['hurry']:g} times faster than real ones (assumed: 8 minutes)"),
        ("chance", f"seed {asked['seed']}"),
    )
    rows = "".join(f"<dt>{name}</dt><dd>{escape(str(value))}</dd>" for name, value in facts)
    return f"<section><h2>What was run, and on what</h2><dl>{rows}</dl></section>"
