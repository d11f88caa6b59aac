"""`fmotm queue`: what the musyawarah of a kelurahan has before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from fmotm.commands.common import (
    found_kelurahan,
    now,
    open_sessions,
    read,
    refusal,
    say,
    say_json,
    show_moment,
    table,
)
from registry.opening import CannotOpen, answers
from registry.rules.names import masked
from registry.rules.receipts import format_receipt
from registry.store.periods import UnknownPeriod, find_periods
from registry.store.queue import Area, Asked, Related, Row, kin, page, superseded

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from registry.rules.regions import Kelurahan
    from registry.sealing import KeyRing

_HEADS = (
    "",
    "receipt",
    "applicant",
    "RT/RW",
    "people",
    "score",
    "flags",
    "rivals",
    "same",
    "since",
)
_RIGHT = (0, 4, 5, 7, 8)
_CRITERION = "kriteria"


@dataclass(frozen=True, slots=True)
class _Case:
    row: Row
    name: str
    rivals: int
    duplicates: int


@click.command()
@click.argument("kelurahan", metavar="KELURAHAN", callback=found_kelurahan)
@click.option("--period", "period_id", metavar="ID", help="Default: the one that began last.")
@click.option("--names", is_flag=True, help="Show names in full; they are personal data.")
@click.option("--limit", type=click.IntRange(1), help="Only the first so many.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def queue(
    kelurahan: Kelurahan, period_id: str | None, limit: int | None, *, names: bool, as_json: bool
) -> None:
    """List the review queue of a kelurahan (its code: 31.71.01.1001) in the meeting's order.

    Priority (*) first, then the higher pre-score, then who registered earlier. A pre-score orders
    and decides nothing. Flags name the criteria of exclusion that the answers meet; rivals are
    other applications of the same NIK, `same` are others with a NIK or the KK of this one.
    """
    ring: KeyRing = read("SEAL_KEYS")
    with open_sessions()() as session:
        period = _chosen(session, period_id)
        area = Area(period, kelurahan.code)
        rows = page(session, Asked(area, superseded(session, area)), limit=limit).rows
        like = kin(session, [row.application_id for row in rows])
    listed = [_Case(row, _name(ring, row, in_full=names), *_like(row, like)) for row in rows]
    if as_json:
        say_json([_as_dict(case) for case in listed])
        return
    say(f"{kelurahan.name}, {kelurahan.kecamatan}, {kelurahan.kota} - period {period}")
    if not listed:
        say("Nobody is waiting for review.")
        return
    lines = [_line(place, case) for place, case in enumerate(listed, start=1)]
    say(table(_HEADS, lines, _RIGHT))


def _chosen(session: Session, given: str | None) -> str:
    periods = find_periods(session)
    if given is not None:
        if given not in {period.id for period in periods}:
            raise UnknownPeriod(given)
        return given
    begun = [period for period in periods if period.opens_at <= now()]
    if not begun:
        raise refusal("no period has begun yet: fmotm period open --help")
    return begun[-1].id


def _name(ring: KeyRing, row: Row, *, in_full: bool) -> str:
    try:
        name = str(answers(ring, row.application_id, row.sealed)["nama"])
    except CannotOpen:
        return "(cannot be opened)"
    return name if in_full else masked(name)


def _like(row: Row, like: dict[bytes, tuple[Related, ...]]) -> tuple[int, int]:
    others = like.get(row.application_id, ())
    rivals = sum(other.rival for other in others)
    return rivals, len(others) - rivals


def _flags(row: Row) -> list[str]:
    return [flag["id"] for flag in row.screening["flags"] if flag.get("kind") == _CRITERION]


def _line(place: int, case: _Case) -> tuple[str, ...]:
    row = case.row
    where = f"{row.rt or '-'}/{row.rw or '-'}"
    return (
        str(place),
        format_receipt(row.receipt),
        case.name,
        where,
        str(row.household_size),
        f"{'*' if row.priority else ''}{row.score}",
        ",".join(_flags(row)) or "-",
        str(case.rivals),
        str(case.duplicates),
        show_moment(row.received_at),
    )


def _as_dict(case: _Case) -> dict[str, Any]:
    row = case.row
    return {
        "receipt": row.receipt,
        "applicant": case.name,
        "rt": row.rt,
        "rw": row.rw,
        "household_size": row.household_size,
        "score": row.score,
        "priority": row.priority,
        "flags": _flags(row),
        "screening": row.screening,
        "rivals": case.rivals,
        "duplicates": case.duplicates,
        "helped_by": row.helped_by,
        "flooded": row.flooded,
        "entry": row.entry,
        "received_at": row.received_at,
    }
