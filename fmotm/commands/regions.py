"""`fmotm regions`: the RT and RW that dinas says there are."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final, TextIO

import click

from fmotm.commands.common import open_inbox, open_sessions, refusal, say, warn
from registry.inbox import InboxUnavailable, Neighbourhood
from registry.rules.errors import Invalid
from registry.rules.regions import kelurahan
from registry.store.neighbourhoods import neighbourhoods, replace_neighbourhoods

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COLUMNS: Final = ("kelurahan", "rw", "rt")
HIGHEST: Final = 999
_SHOWN: Final = 20

Listed = dict[str, set[Neighbourhood]]


@click.group()
def regions() -> None:
    """Load the RT and RW that there are."""


@regions.command("load-rt", short_help="Load them from a CSV file, all or nothing.")
@click.argument("source", metavar="FILE.csv", type=click.File(encoding="utf-8-sig"))
@click.option("--dry-run", is_flag=True, help="Only check the file.")
def load_rt(source: TextIO, *, dry_run: bool) -> None:
    """Load the RT and RW of kelurahan from a CSV file; all of it or nothing.

    The file has the columns kelurahan (code: 31.71.01.1001), rw and rt, in any order, and a line
    for each RT. For a kelurahan in the file these are then all there are: the form accepts no
    other. A kelurahan that is not in the file keeps what it has; without any it accepts all.
    """
    listed = read_listed(source)
    total = sum(map(len, listed.values()))
    if dry_run:
        say(f"The file is good: {total} RT of {len(listed)} kelurahan.")
        return
    complete = {code: frozenset(each) for code, each in listed.items()}
    with open_sessions().begin() as session:
        loaded = replace_neighbourhoods(session, complete)
    _publish()
    say(
        f"{total} RT of {loaded.kelurahan} kelurahan:"
        f" {loaded.added} are new, {loaded.removed} were taken out."
    )


def read_listed(lines: Iterable[str]) -> Listed:
    """Read the file; raise a refusal that names every line that is wrong."""
    listed: Listed = {}
    wrong: list[str] = []
    try:
        for line, row in _rows(lines):
            try:
                _add(listed, *row)
            except ValueError as error:
                wrong.append(f"line {line}: {error}")
    except (csv.Error, UnicodeDecodeError) as error:
        message = f"this is no CSV file in UTF-8: {error}"
        raise refusal(message) from None
    if wrong:
        more = [f"... and {len(wrong) - _SHOWN} more"] if len(wrong) > _SHOWN else []
        raise refusal("\n".join([*wrong[:_SHOWN], *more, "Nothing was loaded."]))
    if not listed:
        raise refusal("the file has no RT in it: nothing was loaded")
    return listed


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Give each row's line number, and its cells in the order of COLUMNS."""
    rows = csv.DictReader(lines, skipinitialspace=True)
    heads = {name.strip().lower(): name for name in rows.fieldnames or ()}
    if missing := [name for name in COLUMNS if name not in heads]:
        message = f"line 1: the column {', '.join(missing)} is missing"
        raise refusal(message)
    for row in rows:
        yield rows.line_num, [row[heads[name]] or "" for name in COLUMNS]


def _add(listed: Listed, code: str, rw: str, rt: str) -> None:
    try:
        known = kelurahan(code).code
    except Invalid:
        message = f"no such kelurahan in Jakarta: {code[:30]!r}"
        raise ValueError(message) from None
    neighbourhood = Neighbourhood(rt=_number("rt", rt), rw=_number("rw", rw))
    places = listed.setdefault(known, set())
    if neighbourhood in places:
        message = f"RT {neighbourhood.rt} RW {neighbourhood.rw} of {known} stands there twice"
        raise ValueError(message)
    places.add(neighbourhood)


def _number(column: str, text: str) -> int:
    digits = text.strip()
    value = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else 0
    if not 1 <= value <= HIGHEST:
        message = f"{column} is not a number from 1 to {HIGHEST}: {text[:30]!r}"
        raise ValueError(message)
    return value


def _publish() -> None:
    """Tell the inbox server now; the ticker would within a minute."""
    try:
        inbox = open_inbox()
        with open_sessions()() as session:
            inbox.publish_neighbourhoods(neighbourhoods(session))
    except InboxUnavailable as error:
        warn(f"Recorded. {error}: the portal will know when the inbox is back.")
