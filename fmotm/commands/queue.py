"""`fmotm queue`: what the musyawarah of a kelurahan has before it."""

from __future__ import annotations

import json
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
from registry.intake import PURPOSE
from registry.rules.application import answers_of
from registry.rules.receipts import format_receipt
from registry.sealing import UnsealError
from registry.store.periods import UnknownPeriod, find_periods
from registry.store.queries import review_queue
from registry.store.sealed import sealed_answers

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from registry.rules.regions import Kelurahan
    from registry.sealing import KeyRing
    from registry.store.queries import QueueRow

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
        rows = review_queue(session, period, kelurahan.code, limit=limit)
        sealed = sealed_answers(session, [row.application_id for row in rows])
    named = [(row, _name(ring, row, sealed, in_full=names)) for row in rows]
    if as_json:
        say_json([_as_dict(row, name) for row, name in named])
        return
    say(f"{kelurahan.name}, {kelurahan.kecamatan}, {kelurahan.kota} - period {period}")
    if not named:
        say("Nobody is waiting for review.")
        return
    lines = [_line(place, row, name) for place, (row, name) in enumerate(named, start=1)]
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


def _name(ring: KeyRing, row: QueueRow, sealed: dict[bytes, bytes], *, in_full: bool) -> str:
    try:
        answers = answers_of(ring.unseal(PURPOSE, row.application_id, sealed[row.application_id]))
    except (UnsealError, json.JSONDecodeError):
        return "(cannot be opened)"
    name = str(answers["nama"])
    return name if in_full else masked(name)


def masked(name: str) -> str:
    """Return a name to be recognised by who knows it already: `S•••• A•••••`."""
    return " ".join(word[0] + "•" * (len(word) - 1) for word in name.split())


def _flags(row: QueueRow) -> list[str]:
    return [flag["id"] for flag in row.screening["flags"] if flag.get("kind") == _CRITERION]


def _line(place: int, row: QueueRow, name: str) -> tuple[str, ...]:
    where = f"{row.rt or '-'}/{row.rw or '-'}"
    return (
        str(place),
        format_receipt(row.receipt),
        name,
        where,
        str(row.household_size),
        f"{'*' if row.priority else ''}{row.score}",
        ",".join(_flags(row)) or "-",
        str(row.rivals),
        str(row.duplicates),
        show_moment(row.received_at),
    )


def _as_dict(row: QueueRow, name: str) -> dict[str, Any]:
    return {
        "receipt": row.receipt,
        "applicant": name,
        "rt": row.rt,
        "rw": row.rw,
        "household_size": row.household_size,
        "score": row.score,
        "priority": row.priority,
        "flags": _flags(row),
        "screening": row.screening,
        "rivals": row.rivals,
        "duplicates": row.duplicates,
        "helped_by": row.helped_by,
        "flooded": row.flooded,
        "entry": row.entry,
        "received_at": row.received_at,
    }
