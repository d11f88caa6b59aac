"""The table of a bench: printed, as JSON, and as Markdown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loadtests.bench.measure import Row

_HEADS = ("row", "figure", "baseline", "ratio", "goal", "spread", "generator", "")


def as_json(rows: Sequence[Row]) -> str:
    """Return the rows as the file of results has them."""
    return json.dumps([_described(row) for row in rows], indent=1, ensure_ascii=False) + "\n"


def _described(row: Row) -> dict[str, Any]:
    goal = row.goal
    return {
        "name": goal.name,
        "value": row.value,
        "baseline": row.baseline,
        "ratio": row.ratio,
        "goal": goal.goal,
        "lower_is_better": goal.lower_is_better,
        "runs": [
            {
                "value": pair.subject.value,
                "baseline": pair.baseline.value if pair.baseline else None,
                "ratio": pair.ratio,
            }
            for pair in row.pairs
        ],
        "what": goal.what,
        "unit": goal.unit.strip(),
        "spread": row.spread,
        "generator_cpu": row.generator_cpu,
        "passed": row.passed,
        "failure": row.failure,
        "notes": list(row.notes),
    }


def as_text(rows: Sequence[dict[str, Any]]) -> str:
    """Return the table for a terminal; failures and notes follow it."""
    lines = [_HEADS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADS))]
    table = [_line(line, widths) for line in lines]
    for row in rows:
        table += [f"{row['name']}: {note}" for note in (row["failure"], *row["notes"]) if note]
    return "\n".join(table)


def as_markdown(rows: Sequence[dict[str, Any]]) -> str:
    """Return the table for a page: what, the figure, what it is compared with, the goal."""
    heads = ("what", "figure", "baseline", "ratio", "goal", "spread", "")
    lines = [heads, ("---",) + ("---:",) * 5 + ("---",)]
    lines += [(row["what"], *_cells(row)[1:6], _cells(row)[7]) for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def described(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the rows as the file of results has them, read again."""
    return [_described(row) for row in rows]


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    sign = "≤" if row["lower_is_better"] else "≥"
    alone = row["baseline"] is None
    return (
        row["name"],
        _figure(row["value"], row["unit"]),
        _figure(row["baseline"], row["unit"]),
        "-" if alone else _figure(row["ratio"]),
        f"{sign} {_figure(row['goal'], row['unit'] if alone else '')}",
        "-" if row["spread"] is None else f"{row['spread']:.0%}",
        f"{row['generator_cpu']:.2f}",
        "FAILED" if row["failure"] else "reached" if row["passed"] else "missed",
    )


def _figure(value: float | None, unit: str = "") -> str:
    if value is None:
        return "-"
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    space = "" if unit.startswith("/") or not unit else " "
    return f"{value:,.{digits}f}{space}{unit}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    named = cells[0].ljust(widths[0])
    figures = (cell.rjust(width) for cell, width in zip(cells[1:-1], widths[1:-1], strict=True))
    return "  ".join((named, *figures, cells[-1])).rstrip()
