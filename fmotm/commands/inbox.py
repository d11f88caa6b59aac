"""`fmotm inbox`: what waits, what was set aside, and stopping or mending the inbox."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy import func, select

from fmotm.commands.common import (
    NO,
    now,
    open_inbox,
    open_sessions,
    operator,
    refusal,
    say,
    say_json,
    show_moment,
    table,
)
from registry.inbox import Inbox, Submission
from registry.inbox.entries import NO_KK
from registry.inbox.repair import (
    put_back,
    put_back_damaged,
    raise_last_number,
    renumber,
    waiting_owners,
)
from registry.rules.receipts import format_receipt
from registry.store import intake
from registry.store.models import Quarantine
from registry.store.quarantine import reused_numbers, set_aside_entries
from registry.store.queries import highest_entry

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker


@click.group(invoke_without_command=True)
@click.pass_context
def inbox(ctx: click.Context) -> None:
    """Show the inbox, halt it, look after its quarantine.

    The inbox is where an application is safe the moment it is accepted, until a worker has put
    it into the database. Without a command: the status.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(status)


@inbox.command(short_help="Show what waits, and whether it is safe.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def status(*, as_json: bool = False) -> None:
    """Show what waits, whether it accepts, and whether it could lose anything.

    Exits 1 when accepting is halted or the server is not set up to lose nothing.
    """
    box = open_inbox()
    at = now()
    halted, complaints = box.halted(), box.durability()
    with open_sessions()() as session:
        aside = session.scalar(
            select(func.count()).where(Quarantine.put_back_at.is_(None)).select_from(Quarantine)
        )
    figures: dict[str, Any] = {
        "last_number": box.last_number(),
        "waiting": box.depth(),
        "quarantined": aside,
        "open_periods": [each.id for each in box.periods() if each.is_open(at)],
        "halted": halted,
        "complaints": complaints,
    }
    if as_json:
        say_json(figures)
    else:
        _show(figures)
    if halted is not None or complaints:
        raise SystemExit(NO)


def _show(figures: dict[str, Any]) -> None:
    say(f"last number   {figures['last_number']:>10,}")
    say(f"waiting       {figures['waiting']:>10,}")
    say(f"set aside     {figures['quarantined']:>10,}")
    say(f"open periods  {', '.join(figures['open_periods']) or 'none: nothing is accepted'}")
    if figures["halted"] is not None:
        say(f"HALTED: {figures['halted']}")
    for complaint in figures["complaints"]:
        say(f"AN ACCEPTED APPLICATION COULD BE LOST: {complaint}")


@inbox.command(short_help="List the entries that were set aside.")
@click.option("--all", "every", is_flag=True, help="Those that were put back as well.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def quarantine(*, every: bool, as_json: bool) -> None:
    """List the entries that were set aside, with the error of each; they are still sealed."""
    with open_sessions()() as session:
        rows = set_aside_entries(session, put_back_too=every)
    if as_json:
        say_json([_as_dict(row) for row in rows])
    elif rows:
        heads = ("entry", "receipt", "received", "set aside", "put back", "error")
        say(table(heads, [_line(row) for row in rows], right=(0,)))
    else:
        say("Nothing is set aside.")


def _as_dict(row: Quarantine) -> dict[str, Any]:
    names = ("entry", "period_id", "receipt", "received_at", "error", "set_aside_at", "put_back_at")
    unknown = () if row.period_id else names[1:4]
    return {name: None if name in unknown else getattr(row, name) for name in names}


def _line(row: Quarantine) -> tuple[str, ...]:
    shown = str(row.entry), *map(_time, (row.set_aside_at, row.put_back_at)), row.error
    # One that could not be taken apart tells nothing of itself.
    known = (format_receipt(row.receipt), _time(row.received_at)) if row.period_id else ("-", "-")
    return shown[0], *known, *shown[1:]


def _time(at: datetime | None) -> str:
    return show_moment(at) if at else "-"


@inbox.command("put-back", short_help="Put set-aside entries back into the inbox.")
@click.argument("entries", metavar="[ENTRY]...", nargs=-1, type=click.IntRange(1))
@click.option("--all", "every", is_flag=True, help="All that are set aside.")
def put_back_(entries: tuple[int, ...], *, every: bool) -> None:
    """Put set-aside entries back into the inbox, each under a new number.

    For when the cause is mended: a missing key is back, a release repaired. Closed periods do not
    matter, for they were accepted in time. Stops at the first that cannot be put back.
    """
    if bool(entries) == every:
        raise click.UsageError("give the entries' numbers, or --all")
    box, sessions = open_inbox(), open_sessions()
    if every:
        with sessions() as session:
            entries = tuple(row.entry for row in set_aside_entries(session))
    for entry in entries:
        say(f"{entry} is back in the inbox as {_put_back(box, sessions, entry)}.")
    if not entries:
        say("Nothing is set aside.")


def _put_back(box: Inbox, sessions: sessionmaker[Session], entry: int) -> int:
    """Put one back: noted first, appended, committed; twice appended would do no harm."""
    with sessions.begin() as session:
        if not intake.put_back(session, entry):
            message = f"{entry} is not set aside: see `fmotm inbox quarantine`"
            raise refusal(message)
        row = session.get_one(Quarantine, entry)
        if not row.period_id:
            # It could not be taken apart: what is kept is the whole of it.
            return put_back_damaged(box, row.sealed)
        indexes = row.nik_index, row.kk_index or NO_KK
        sent = Submission(row.application_id, row.period_id, *indexes, row.sealed, row.received_at)
        return put_back(box, sent)


@inbox.command()
@click.argument("reason")
def halt(reason: str) -> None:
    """Stop accepting at once, at every portal, and say why. What waits is still drained."""
    by = (operator().id or "").removeprefix("os:")
    open_inbox().halt(f"{reason} (by {by})")
    say("Halted. Nothing is accepted until: fmotm inbox resume")


@inbox.command()
def resume() -> None:
    """Accept again. Refused while the inbox would give numbers that were given before."""
    box = open_inbox()
    with open_sessions()() as session:
        highest = highest_entry(session)
    last = box.last_number()
    if last < highest:
        message = f"its last number {last} is below {highest} in PostgreSQL: fmotm inbox repair"
        raise refusal(message)
    box.resume()
    say("The inbox accepts again.")


@inbox.command(short_help="Mend the numbers after entries were lost.")
@click.confirmation_option(prompt="Have you tried to restore the inbox server's own files first?")
def repair() -> None:
    """Mend the numbers after the inbox server has lost entries, so that it can accept again.

    An inbox that was set back would give numbers a second time, so accepting was halted. This
    makes it go on above the highest number in the database, and gives new numbers to entries that
    wait under one that was used before. It brings nothing back: entries that were accepted, lost
    and not yet in the database stay missing, and `fmotm balance` goes on to say so. First restore
    the server's append-only file, if there is a better copy. Afterwards: fmotm inbox resume.
    """
    box = open_inbox()
    if box.halted() is None:
        box.halt("repair")
    with open_sessions()() as session:
        highest = highest_entry(session)
        last = raise_last_number(box, highest)
        reused = [
            number
            for page in waiting_owners(box, highest)
            for number in reused_numbers(session, page)
        ]
    moved = renumber(box, reused)
    say(f"The last number was {last}, the highest in the database is {highest}.")
    if moved:
        say(f"{len(moved)} waiting entries have new numbers: {moved[0]} to {moved[-1]}.")
    say("Look at `fmotm balance`, then: fmotm inbox resume")
