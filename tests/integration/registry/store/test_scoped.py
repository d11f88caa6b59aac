"""What PostgreSQL is told of who asks, and for how long."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry.rules.lifecycle import SYSTEM, Actor, Role
from registry.rules.scope import Scope
from registry.store.session import engine, scoped, sessions

GAMBIR = "31.71.01.1001"
REVIEWER = Actor("7", Role.REVIEWER, Scope.of_kelurahan([GAMBIR]))


def told(session: Session) -> tuple[str | None, ...]:
    row = session.execute(
        text(
            "SELECT current_setting('fmotm.scope', true), current_setting('fmotm.actor', true),"
            " current_setting('fmotm.role', true)"
        )
    ).one()
    return tuple(row)


def test_a_transaction_knows_whose_it_is(database: Engine) -> None:
    with scoped(sessions(database), REVIEWER) as session:
        assert told(session) == (f"kelurahan:{GAMBIR}", "7", "reviewer")
    with scoped(sessions(database), SYSTEM) as session:
        assert told(session) == ("all", "", "system")
    with scoped(sessions(database), Actor(None, Role.CITIZEN)) as session:
        assert told(session) == ("", "", "citizen")


def test_a_pooled_connection_carries_it_to_nobody(database_url: str) -> None:
    bind = engine(database_url, pool_size=1)
    maker = sessions(bind)
    with scoped(maker, REVIEWER) as session:
        first = session.scalar(text("SELECT pg_backend_pid()"))
    with maker.begin() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) == first
        assert not any(told(session))
    bind.dispose()


def test_an_error_undoes_what_was_written(database: Engine) -> None:
    maker = sessions(database)
    twice = text("INSERT INTO neighbourhood VALUES (:code, 1, 1)")
    with suppress(IntegrityError), scoped(maker, REVIEWER) as session:
        session.execute(twice, {"code": GAMBIR})
        session.execute(twice, {"code": GAMBIR})
    with maker() as session:
        assert session.scalar(text("SELECT count(*) FROM neighbourhood")) == 0
