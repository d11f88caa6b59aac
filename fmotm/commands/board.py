"""`fmotm board`: how far every kelurahan has come in a round."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from fmotm.commands.common import now, open_sessions, refusal, say, say_json, table
from portal.dinas.standing import Lack, arranged, lines
from registry.store.board import totals
from registry.store.periods import UnknownPeriod, find_periods

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.dinas.standing import Line
    from registry.rules.periods import Period

_HEADS = ("code", "kelurahan", "step", "waiting", "visits", "proposed", "not", "oldest", "sessions",
          "responsible", "minutes")  # fmt: skip
_RIGHT = (3, 4, 5, 6, 7)
_ONLY = {"unfinished": "tertunda", "none-held": Lack.NONE_HELD, "overdue": Lack.OVERDUE,
         "unclosed": Lack.UNCLOSED, "no-minutes": Lack.MINUTES, "nobody": Lack.NOBODY}  # fmt: skip
_SORTS = {"step": "langkah", "waiting": "menunggu", "oldest": "terlama", "sessions": "sidang"}


@click.command()
@click.option("--period", "period_id", metavar="ID", help="Default: the one that began last.")
@click.option("--only", type=click.Choice(list(_ONLY)), help="Only those that lack this.")
@click.option("--sort", type=click.Choice(list(_SORTS)), help="Default: by code.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def board(period_id: str | None, only: str | None, sort: str | None, *, as_json: bool) -> None:
    """Tell how far the 267 kelurahan have come in a round, and what is left undone.

    As on dinas' page: what waits for a meeting, what is visited, what was decided, the age in days
    of what waits longest, sessions held / not closed / overdue (two working days), and who closes
    them. Exit code 0, also when much is undone.
    """
    at = now()
    with open_sessions()() as session:
        every = lines(session, _chosen(session, period_id, at), at)
    chosen = arranged(every, _ONLY.get(only or "", ""), _SORTS.get(sort or "", ""))
    figures = totals(line.row for line in every)
    if as_json:
        say_json({"totals": asdict(figures), "kelurahan": [_as_dict(line) for line in chosen]})
        return
    say(table(_HEADS, [_cells(line) for line in chosen], _RIGHT))
    say()
    for name, many in asdict(figures).items():
        say(f"{name.replace('_', ' '):<16}{many:>10,}")


def _chosen(session: Session, given: str | None, at: datetime) -> Period:
    periods = find_periods(session)
    if given is not None:
        found = next((each for each in periods if each.id == given), None)
        if found is None:
            raise UnknownPeriod(given)
        return found
    begun = [each for each in periods if each.opens_at <= at]
    if not begun:
        raise refusal("no period has begun yet: fmotm period open --help")
    return begun[-1]


def _cells(line: Line) -> tuple[str, ...]:
    row, facts = line.row, line.row.facts
    people = [f"{'Plh ' if each.letter else ''}{each.name}{'' if each.arrived else ' (invited)'}"
              for each in line.people]  # fmt: skip
    return (
        row.kelurahan.code,
        row.kelurahan.name,
        row.step.value,
        str(facts.waiting),
        str(facts.field_check),
        str(row.proposed),
        str(row.not_proposed),
        "-" if row.oldest_days is None else f"{row.oldest_days}",
        f"{facts.held}/{row.unclosed}/{row.overdue}",
        ", ".join(people) or "NOBODY",
        "-" if row.minutes_number is None else str(row.minutes_number),
    )


def _as_dict(line: Line) -> dict[str, Any]:
    row = line.row
    plain = {name: getattr(row, name) for name in
             ("proposed", "not_proposed", "finalised", "oldest_days", "unclosed", "overdue",
              "none_held", "next_session", "minutes_number", "minutes_at")}  # fmt: skip
    return {
        "code": row.kelurahan.code,
        "name": row.kelurahan.name,
        "kecamatan": row.kelurahan.kecamatan,
        "kota": row.kelurahan.kota,
        "step": row.step.value,
        **asdict(row.facts),
        **plain,
        "lacks": sorted(lack.name.lower() for lack in line.lacks),
        "responsible": [asdict(each) for each in line.people],
    }
