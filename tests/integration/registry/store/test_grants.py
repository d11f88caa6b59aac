"""What each role may do, tried on a real server."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, ProgrammingError

from fmotm.embedded import Postgres
from registry.rules.scope import Scope
from registry.store.grants import PORTAL, WORKER
from registry.store.intake import set_aside
from registry.store.models import APPEND_ONLY
from registry.store.queries import highest_entry, status_by_kk, status_by_receipt
from registry.store.session import engine, sessions
from tests.integration.registry.store.factories import (
    aside,
    checked,
    code,
    index,
    outcomes,
    record_now,
)

AsRole = Callable[[str], Engine]


@pytest.fixture
def as_role(bind: Engine, postgres_server: Postgres) -> Iterator[AsRole]:
    opened: list[Engine] = []

    def connect(role: str) -> Engine:
        database = make_url(str(bind.url)).database
        assert database
        scope = Scope.EVERYTHING if role == WORKER else Scope.NOTHING
        opened.append(engine(postgres_server.url(role, database), scope=scope))
        return opened[-1]

    yield connect
    for made in opened:
        made.dispose()


def refuse(bind: Engine, statement: str) -> None:
    with bind.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE application SET sealed = ''",
        "UPDATE application SET kelurahan_code = ''",
        "DELETE FROM application",
        "SELECT sealed FROM quarantine",
        "SELECT error FROM quarantine",
        "UPDATE event SET reason = 'x'",
        "UPDATE verdict SET verdict = 'proposed'",
        "DELETE FROM verdict",
        "UPDATE minutes SET pdf = ''",
        "UPDATE correction SET sealed = ''",
        "DELETE FROM correction",
        "UPDATE quorum_rule SET quorum = '{}'",
        "DELETE FROM quorum_rule",
        "UPDATE admission_rule SET limits = '{}'",
        "DELETE FROM admission_rule",
        "UPDATE visit SET outcome = 'met'",
        "DELETE FROM access",
        "INSERT INTO intake VALUES (1, ''::bytea, 'inserted')",
        "UPDATE period SET closes_at = now()",
        "TRUNCATE application",
        "UPDATE photo SET state = 'ready'",
        "DELETE FROM photo",
        "INSERT INTO photo (id, state) VALUES ('', 'ready')",
        "CREATE TABLE mine ()",
    ],
)
def test_portal_may_not(as_role: AsRole, statement: str) -> None:
    refuse(as_role(PORTAL), statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET reason = 'x'",
        "DELETE FROM event",
        "DELETE FROM application",
        "DELETE FROM intake",
        "DELETE FROM quarantine",
        "TRUNCATE event",
        "UPDATE application SET sealed = ''",
        "UPDATE application SET score = 9",
        "UPDATE intake SET entry = 9",
        "INSERT INTO period VALUES ('p', 'p', now(), now() + interval '1 day')",
        "UPDATE period SET closes_at = now()",
        "SELECT * FROM period_change",
        "INSERT INTO photo DEFAULT VALUES",
        "UPDATE photo SET application_id = ''",
        "UPDATE minutes SET number = 9",
        "SELECT email FROM account",
        "SELECT * FROM correction",
        "CREATE TABLE mine ()",
    ],
)
def test_worker_may_not(as_role: AsRole, statement: str) -> None:
    refuse(as_role(WORKER), statement)


def test_worker_can_drain_and_portal_can_tell_the_status(as_role: AsRole) -> None:
    worker, portal = as_role(WORKER), as_role(PORTAL)
    kk = index("kk k")
    record_now(worker, checked("a", 1, kk_index=kk, members=("m",)), checked("a", 2))
    record_now(worker, checked("a", 2), checked("b", 3, nik="a", replaces="a"))
    with sessions(worker).begin() as session:
        set_aside(session, aside("c", 4))
        assert set(outcomes(session).values()) == {"inserted", "repeated", "quarantined"}
        assert highest_entry(session) == 4
    with sessions(portal)() as session:
        (status,) = status_by_receipt(session, index("nik a"), code("a"))
        assert (status.superseded, status.entry) == (True, 1)
        assert len(status_by_kk(session, index("nik a"), kk)) == 1


@pytest.mark.parametrize("statement", ["DELETE FROM {table}", "TRUNCATE {table} CASCADE"])
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_what_happened_is_never_removed(bind: Engine, table: str, statement: str) -> None:
    with bind.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement.format(table=table)))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET id = id",
        "UPDATE {table} SET actor_role = 'x' WHERE false",
        "DELETE FROM {table}",
        "TRUNCATE {table}",
        "TRUNCATE application CASCADE",
        "TRUNCATE period CASCADE",
    ],
)
@pytest.mark.parametrize("table", ["event", "period_change"])
def test_history_is_append_only_even_for_the_owner(
    bind: Engine, table: str, statement: str
) -> None:
    record_now(bind, checked("a", 1))
    with bind.connect() as connection, pytest.raises(DBAPIError) as refused:
        connection.execute(text(statement.format(table=table)))
    assert any(words in str(refused.value) for words in ("append-only", "can only be updated"))
