"""The plans by which PostgreSQL reads the queue, as the portal with an officer's scope."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from fmotm.embedded import Postgres
from registry.rules.lifecycle import State
from registry.rules.scope import Scope
from registry.store.grants import PORTAL
from registry.store.queue import Area, Asked, Filter, numbers, page
from registry.store.session import SCOPE, engine, sessions
from tests.integration.registry.store.factories import (
    GAMBIR,
    OTHER_KELURAHAN,
    PERIOD,
    checked,
    record_now,
)

ASKED = Asked(Area(PERIOD, GAMBIR))


@pytest.fixture
def portal(bind: Engine, postgres_server: Postgres) -> Iterator[Session]:
    """Give a session of the portal in Gambir, whose cases are a tenth of all."""
    cases = [
        checked(
            f"a{n}",
            n,
            kelurahan=GAMBIR if n % 10 == 0 else OTHER_KELURAHAN,
            score=n % 9,
            sealed=bytes(1200),  # as long as a household's answers are
        )
        for n in range(1, 3001)
    ]
    record_now(bind, *cases)
    with bind.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE application"))
    name = make_url(str(bind.url)).database
    assert name
    opened = engine(postgres_server.url(PORTAL, name), pool_size=1)
    with sessions(opened)() as session:
        session.execute(select(func.set_config(SCOPE, Scope.of_kelurahan([GAMBIR]).setting, True)))
        yield session
    opened.dispose()


def plan(session: Session, ask: object) -> str:
    """Give the plan of the one statement that `ask` sends."""
    sent: list[tuple[str, Any]] = []

    def note(_c: object, _k: object, statement: str, given: Any, *_rest: object) -> None:
        sent.append((statement, given))

    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", note)
    ask()  # type: ignore[operator]
    event.remove(bind, "before_cursor_execute", note)
    ((statement, given),) = sent
    cursor = session.connection().connection.cursor()
    cursor.execute(f"EXPLAIN {statement}", given)
    return "\n".join(row[0] for row in cursor.fetchall())


def test_a_page_begins_at_the_index_wherever_it_is(portal: Session) -> None:
    turn = page(portal, ASKED).rows[-1].turn
    for found in (
        plan(portal, lambda: page(portal, ASKED)),
        plan(portal, lambda: page(portal, ASKED, after=turn)),
        plan(portal, lambda: page(portal, ASKED, before=turn)),
    ):
        assert "using ix_application_queue" in found, found
        assert "Sort" not in found, found
    deep = plan(portal, lambda: page(portal, ASKED, after=turn))
    assert re.search(r"Index Cond: .*turn > ", deep), deep


def test_row_level_security_is_worked_out_once_for_a_statement(portal: Session) -> None:
    found = plan(portal, lambda: page(portal, ASKED))
    assert "SubPlan" not in found, found
    assert found.count("InitPlan") >= 2, found


def test_the_numbers_are_counted_in_the_index_alone(portal: Session) -> None:
    found = plan(portal, lambda: numbers(portal, ASKED))
    assert "Index Only Scan using ix_application_queue" in found, found


def test_another_state_goes_by_the_same_index(portal: Session) -> None:
    asked = Asked(ASKED.area, (), Filter((State.FIELD_CHECK,)))
    found = plan(portal, lambda: page(portal, asked))
    assert "using ix_application_queue" in found, found
    assert "Sort" not in found, found
