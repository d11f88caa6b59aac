"""`fmotm period`: rounds of registration."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

import click
from sqlalchemy.orm import Session

from fmotm.commands.common import (
    now,
    open_inbox,
    open_sessions,
    operator,
    operators_engine,
    say,
    say_json,
    show_moment,
    table,
    warn,
)
from registry.inbox import Inbox, InboxUnavailable, connect
from registry.rules.periods import JAKARTA, Period
from registry.store import periods as store

if TYPE_CHECKING:
    from registry.settings import Settings

DEFAULT_DAYS: Final = 25
"""How long a period is that is opened without dates; rounds so far had 20 to 25 days."""

_END_OF_DAY: Final = time(23, 59)
_REASON: Final = click.option(
    "--reason", required=True, help="Why; it is kept, and part of the record of the round."
)


class Moment(click.ParamType[datetime]):
    """A date, or a date and time, as read in Jakarta; a date alone is its start or its end."""

    name = "date"

    def __init__(self, *, end_of_day: bool = False) -> None:
        self._time = _END_OF_DAY if end_of_day else time()

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read ISO 8601: 2026-08-17 or 2026-08-17T16:00."""
        if isinstance(value, datetime):
            return value
        try:
            if re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
                local = datetime.combine(date.fromisoformat(value), self._time)
            else:
                local = datetime.fromisoformat(value)
        except ValueError:
            self.fail("it looks like 2026-08-17 or 2026-08-17T16:00 (Jakarta time)", param, ctx)
        return (local if local.tzinfo else local.replace(tzinfo=JAKARTA)).astimezone(UTC)


@click.group()
def period() -> None:
    """Open, extend, close and list registration periods.

    Times are Jakarta's. Each change is kept with who made it and why, and holds at the portal at
    once. For an hour after closing, forms that were begun are still taken.
    """


@period.command("open")
@click.argument("period_id", metavar="ID")
@click.option("--title", help="What citizens read; by default made of the ID.")
@click.option("--opens", type=Moment(), help="First day, or moment. Default: now.")
@click.option(
    "--closes",
    type=Moment(end_of_day=True),
    help=f"Last day, or moment. Default: {DEFAULT_DAYS} days after it opens.",
)
@click.option("--musyawarah", type=Moment(), help="Day on which the meetings begin, if known.")
@click.option("--reason", default="opened as planned", show_default=True, help="Why; it is kept.")
def open_(  # noqa: PLR0913, PLR0917 - one parameter for each option
    period_id: str,
    title: str | None,
    opens: datetime | None,
    closes: datetime | None,
    musyawarah: datetime | None,
    reason: str,
) -> None:
    """Open the period ID, which is year and number, such as 2026-1.

    It may begin in the future. Periods may not overlap: an application belongs to the one that
    is open.
    """
    opens_at = opens or now()
    planned = Period(
        id=period_id,
        title=title or default_title(period_id),
        opens_at=opens_at,
        closes_at=closes or _default_close(opens_at),
        musyawarah_on=musyawarah.astimezone(JAKARTA).date() if musyawarah else None,
    )
    with open_sessions().begin() as session:
        made = store.open_period(session, planned, operator(), reason)
    _publish()
    say(f"{made.id} is open from {show_moment(made.opens_at)} to {show_moment(made.closes_at)}.")


@period.command()
@click.argument("period_id", metavar="ID")
@click.option(
    "--closes", type=Moment(end_of_day=True), required=True, help="New last day, or moment."
)
@_REASON
def extend(period_id: str, closes: datetime, reason: str) -> None:
    """Close the period ID later than planned. Also opens one again that is over."""
    with open_sessions().begin() as session:
        extended = store.extend_period(session, period_id, closes, operator(), reason)
    _publish()
    say(f"{extended.id} now closes {show_moment(extended.closes_at)}.")


@period.command()
@click.argument("period_id", metavar="ID")
@_REASON
def close(period_id: str, reason: str) -> None:
    """Close the period ID now, before its time."""
    with open_sessions().begin() as session:
        store.close_period(session, period_id, now(), operator(), reason)
    _publish()
    say(f"{period_id} is closed. Forms that were begun are taken for an hour.")


@period.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_(*, as_json: bool) -> None:
    """List all periods."""
    with open_sessions()() as session:
        periods = store.find_periods(session)
    at = now()
    if as_json:
        say_json([_as_dict(each, at) for each in periods])
    elif periods:
        say(table(("id", "state", "opens", "closes", "musyawarah"), [_row(p, at) for p in periods]))
    else:
        say("There is no period yet: fmotm period open --help")


def ensure_open(settings: Settings) -> None:
    """See that a period is open, opening one of 25 days if none is, and that the inbox knows it.

    Raises SQLAlchemyError, InboxError.
    """
    bind = operators_engine(settings.database_url)
    try:
        with Session(bind, expire_on_commit=False) as session:
            default = _missing_period(session, now())
            if default:
                store.open_period(session, default, operator(), "opened by fmotm up")
            session.commit()
            with connect(settings.inbox_redis_url) as client:
                Inbox(client).publish_periods(store.snapshots(session))
    finally:
        bind.dispose()


def default_title(period_id: str) -> str:
    """Return what citizens read of a period that was given no title."""
    year, _, number = period_id.partition("-")
    return f"Pendaftaran {year} tahap {number}"


def _missing_period(session: Session, at: datetime) -> Period | None:
    """Return the period to open, None when one is open; it ends where the next is to begin."""
    store.lock_periods(session)
    periods = store.find_periods(session)
    if any(each.is_open(at) for each in periods):
        return None
    year = at.astimezone(JAKARTA).year
    taken = {each.id for each in periods}
    period_id = next(name for n in range(1, 100) if (name := f"{year}-{n}") not in taken)
    later = [each.opens_at for each in periods if each.opens_at > at]
    closes_at = min([_default_close(at), *later])
    return Period(period_id, default_title(period_id), at, closes_at)


def _default_close(opens_at: datetime) -> datetime:
    last = opens_at.astimezone(JAKARTA).date() + timedelta(days=DEFAULT_DAYS)
    return datetime.combine(last, _END_OF_DAY, tzinfo=JAKARTA).astimezone(UTC)


def _publish() -> None:
    """Tell the inbox server now; the ticker would within seconds."""
    try:
        inbox = open_inbox()
        with open_sessions()() as session:
            inbox.publish_periods(store.snapshots(session))
    except InboxUnavailable as error:
        warn(f"Recorded. {error}: the portal will know when the inbox is back.")


def _state(each: Period, at: datetime) -> str:
    if each.is_open(at):
        return "open"
    if at < each.opens_at:
        return "planned"
    return "closing" if each.accepts(at) else "closed"


def _row(each: Period, at: datetime) -> tuple[str, ...]:
    day = each.musyawarah_on.isoformat() if each.musyawarah_on else "-"
    return each.id, _state(each, at), show_moment(each.opens_at), show_moment(each.closes_at), day


def _as_dict(each: Period, at: datetime) -> dict[str, Any]:
    return {
        "id": each.id,
        "title": each.title,
        "state": _state(each, at),
        "opens_at": each.opens_at,
        "closes_at": each.closes_at,
        "musyawarah_on": each.musyawarah_on,
    }
