"""What commands share: their settings, their servers, who runs them, how errors are told."""

from __future__ import annotations

import getpass
import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError, ProgrammingError, SQLAlchemyError

from fmotm.embedded.claim import running_environment
from registry.inbox import Inbox, InboxError, connect
from registry.rules.errors import Invalid
from registry.rules.lifecycle import Actor, Role
from registry.rules.periods import JAKARTA, InvalidPeriod
from registry.rules.regions import all_kelurahan, kelurahan
from registry.rules.scope import Scope
from registry.settings import SettingsError, setting
from registry.store.periods import UnknownPeriod
from registry.store.session import engine, sessions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from registry.rules.regions import Kelurahan

INBOX_TIMEOUT = 10.0
"""Seconds: an operator rather waits than is told nothing."""

STATEMENT_TIMEOUT = 60.0

NO = 1
"""Exit code of a 'no': it does not add up, a server is down, a rule forbids it."""

MISUSED = 2
"""Exit code for what was typed or set wrongly."""


def environment() -> dict[str, str]:
    """Return the settings: the environment's, else those of the `fmotm up` that runs here."""
    given = {name: value for name, value in os.environ.items() if value.strip()}
    return {**running_environment(os.environ), **given}


def read(variable: str) -> Any:
    """Return one setting; raise SettingsError."""
    return setting(variable).read(environment())


def open_sessions() -> sessionmaker[Session]:
    """Return sessions on the database as its owner, closed when the command ends."""
    bind = operators_engine(read("DATABASE_URL"))
    click.get_current_context().call_on_close(bind.dispose)
    return sessions(bind)


def operators_engine(url: str) -> Engine:
    """Return an engine that gives a statement more time than a citizen has."""
    return engine(
        url,
        application="fmotm-operator",
        scope=Scope.EVERYTHING,
        pool_size=1,
        statement_timeout=STATEMENT_TIMEOUT,
    )


def open_inbox() -> Inbox:
    """Return the inbox, closed when the command ends."""
    client = connect(read("INBOX_REDIS_URL"), socket_timeout=INBOX_TIMEOUT)
    click.get_current_context().call_on_close(client.close)
    return Inbox(client)


def operator() -> Actor:
    """Return who runs the command, as the operating system knows them."""
    try:
        name = getpass.getuser()
    except OSError:  # a container's user without a name
        name = str(os.getuid())
    return Actor(f"os:{name}", Role.DINAS, Scope.EVERYTHING)


def now() -> datetime:
    """Return the time, aware."""
    return datetime.now(UTC)


def show_moment(at: datetime) -> str:
    """Return an aware time as operators read it, Jakarta's: `2026-08-17 16:00`."""
    return f"{at.astimezone(JAKARTA):%Y-%m-%d %H:%M}"


def say(line: str = "") -> None:
    """Print a line of the answer."""
    click.echo(line)


def say_json(value: Any) -> None:
    """Print the answer as JSON; times in ISO 8601."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_as_text))


def warn(line: str) -> None:
    """Print a line that is not the answer."""
    click.echo(line, err=True)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Return rows in columns; those numbered in ``right`` are aligned to the right."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = (
            cell.rjust(width) if number in right else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "  ".join(padded).rstrip()

    return "\n".join(map(line, (heads, *rows)))


def found_kelurahan(_: click.Context, __: click.Parameter, typed: str) -> Kelurahan:
    """Read the argument KELURAHAN."""
    try:
        return kelurahan(typed)
    except Invalid:
        name = " ".join(typed.split()).casefold()
        named = [f"{each.name} is {each.code}" for each in all_kelurahan() if name in _names(each)]
        hint = ", ".join(named) or "a code looks like 31.71.01.1001"
        message = f"no such kelurahan in Jakarta; {hint}"
        raise click.BadParameter(message) from None


def _names(each: Kelurahan) -> set[str]:
    return {each.name.casefold(), each.kecamatan.casefold()}


def explain(error: Exception) -> click.ClickException | None:
    """Return the one line, and exit code, for an error that an operator can do something about."""
    if isinstance(error, SettingsError):
        return refusal("\n".join(error.problems), MISUSED)
    if isinstance(error, InvalidPeriod | UnknownPeriod | InboxError):
        return refusal(str(error))
    if isinstance(error, RedisError):
        return refusal(f"the Redis server failed: {type(error).__name__}")
    return refusal(_of_database(error)) if isinstance(error, SQLAlchemyError) else None


def refusal(line: str, code: int = NO) -> click.ClickException:
    """Return an error to raise: the command ends with this line and exit code."""
    return _Refusal(line, code)


class _Refusal(click.ClickException):
    def __init__(self, line: str, code: int) -> None:
        super().__init__(line)
        self.exit_code = code  # type: ignore[misc]  # click reads it from the instance


def _of_database(error: SQLAlchemyError) -> str:
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if isinstance(error, ProgrammingError) and state == "42501":
        return "this role may not do that: set DATABASE_URL to that of the database's owner"
    if isinstance(error, ProgrammingError):
        return f"the database is not as this release needs it ({state}): run `fmotm db upgrade`"
    if isinstance(error, DBAPIError) and state is None:
        return "PostgreSQL cannot be reached: is it running, and is DATABASE_URL right?"
    return f"PostgreSQL refused ({type(error).__name__}, {state})"


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
