import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from fmotm.embedded import Postgres
from registry.store.models import Base
from registry.store.session import (
    SchemaError,
    check,
    engine,
    require_current,
    sessions,
    upgrade,
)

NewUrl = Callable[[], str]


@pytest.fixture
def new_url(postgres_server: Postgres, new_database: Callable[[], str]) -> NewUrl:
    """Give addresses, for the owner, of empty databases."""
    return lambda: postgres_server.url(database=new_database())


@pytest.fixture
def connect() -> Iterator[Callable[[str], Connection]]:
    opened: list[tuple[Engine, Connection]] = []

    def connect(url: str) -> Connection:
        bind = engine(url)
        opened.append((bind, bind.connect()))
        return opened[-1][1]

    yield connect
    for bind, connection in opened:
        connection.close()
        bind.dispose()


def constraints(connection: Connection) -> set[tuple[str, str, str]]:
    """All constraints and indexes, as PostgreSQL writes them."""
    rows = connection.execute(
        text(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace"
            " UNION SELECT tablename, indexname, indexdef FROM pg_indexes"
            " WHERE schemaname = 'public'"
        )
    )
    return {(row[0], row[1], row[2]) for row in rows if row[0] != "alembic_version"}


def test_migrations_and_models_are_the_same(database_url: str) -> None:
    assert check(database_url) == []


def test_migrations_and_models_have_the_same_checks(
    database_url: str, new_url: NewUrl, connect: Callable[[str], Connection]
) -> None:
    """Autogenerate does not compare CHECK constraints: PostgreSQL's own words do."""
    created = connect(new_url())
    Base.metadata.create_all(created)
    assert constraints(connect(database_url)) == constraints(created)


def test_check_tells_what_differs(new_url: NewUrl, connect: Callable[[str], Connection]) -> None:
    url = new_url()
    assert any("no migration" in line for line in check(url))
    with pytest.raises(SchemaError, match="fmotm db upgrade"):
        require_current(connect(url))
    upgrade(url)
    require_current(connect(url))
    changed = connect(url)
    changed.execute(text("ALTER TABLE application DROP COLUMN flooded"))
    changed.execute(text("DROP INDEX ix_application_receipt"))
    changed.commit()
    assert len(check(url)) == 2


def test_upgrade_again_and_from_many_hosts_at_once(
    new_url: NewUrl, connect: Callable[[str], Connection]
) -> None:
    url = new_url()
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(upgrade, url) for _ in range(3)]:
            done.result(60)
    upgrade(url)
    assert check(url) == []
    # Practice is one more.
    levels = connect(url).execute(text("SELECT level, count(*) FROM region GROUP BY level"))
    assert {row[0]: row[1] for row in levels} == {"kota": 6, "kecamatan": 44, "kelurahan": 268}


def test_upgrade_corrects_regions_and_keeps_strangers(
    new_url: NewUrl, connect: Callable[[str], Connection]
) -> None:
    url = new_url()
    upgrade(url)
    with connect(url) as connection:
        connection.execute(text("UPDATE region SET name = 'Wrong' WHERE code = '31.71.01.1001'"))
        connection.execute(
            text("INSERT INTO region VALUES ('31.71.01.9999', 'kelurahan', 'Old', '31.71.01')")
        )
        connection.commit()
    upgrade(url)
    found = connect(url).execute(
        text("SELECT code, name FROM region WHERE code IN ('31.71.01.1001', '31.71.01.9999')")
    )
    names = {row[0]: row[1] for row in found}
    assert names["31.71.01.1001"] not in {"", "Wrong"}
    assert names["31.71.01.9999"] == "Old"


def test_failed_upgrade_leaves_nothing(
    new_url: NewUrl, connect: Callable[[str], Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_url()

    def fail(_connection: Connection) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr("registry.store.session.grants", fail)
    with pytest.raises(RuntimeError, match="killed"):
        upgrade(url)
    tables = connect(url).execute(text("SELECT count(*) FROM pg_tables WHERE schemaname='public'"))
    assert tables.scalar() == 0


def test_times_are_utc(database_url: str, connect: Callable[[str], Connection]) -> None:
    now = connect(database_url).execute(text("SELECT now()")).scalar_one()
    assert now.utcoffset() == UTC.utcoffset(None)


def test_settings_of_the_address_are_kept(
    database_url: str, connect: Callable[[str], Connection]
) -> None:
    connection = connect(database_url + "?options=-c%20work_mem%3D5MB")
    assert connection.execute(text("SHOW work_mem")).scalar() == "5MB"
    assert connection.execute(text("SHOW statement_timeout")).scalar() == "5s"


def test_postgres_scheme_is_understood(database_url: str) -> None:
    bind = engine(database_url.replace("postgresql://", "postgres://"))
    with bind.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    bind.dispose()


def test_slow_statement_ends(database_url: str) -> None:
    bind = engine(database_url, statement_timeout=0.2)
    with bind.connect() as connection, pytest.raises(OperationalError, match="statement timeout"):
        connection.execute(text("SELECT pg_sleep(20)"))
    bind.dispose()


def test_error_does_not_repeat_what_was_asked_for(database_url: str) -> None:
    bind = engine(database_url)
    with bind.connect() as connection, pytest.raises(DBAPIError) as raised:
        connection.execute(text("SELECT :receipt, 1 / 0"), {"receipt": "7Q2MZX4KD91W"})
    assert "7Q2MZX4KD91W" not in str(raised.value)
    bind.dispose()


def test_locked_row_is_not_waited_for_long(database: Engine, database_url: str) -> None:
    bind = engine(database_url, statement_timeout=0.4)
    with database.begin() as holder, bind.connect() as waiter:
        holder.execute(text("LOCK TABLE intake"))
        with pytest.raises(OperationalError, match="lock timeout"):
            waiter.execute(text("SELECT count(*) FROM intake"))
    bind.dispose()


def test_full_pool_is_an_error_soon(database_url: str) -> None:
    bind = engine(database_url, pool_size=1)
    with bind.connect(), bind.connect():
        started = time.monotonic()
        with pytest.raises(PoolTimeoutError):
            bind.connect()
        assert time.monotonic() - started < 10
    bind.dispose()


def test_silent_server_is_given_up_soon() -> None:
    """One that accepts the connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        bind = engine(f"postgresql://someone:secret@127.0.0.1:{port}/fmotm")
        started = time.monotonic()
        with pytest.raises(OperationalError) as error:
            bind.connect()
        assert time.monotonic() - started < 10
        assert "secret" not in str(error.value)


def test_connection_that_died_is_replaced(database: Engine, database_url: str) -> None:
    bind = engine(database_url)
    with sessions(bind)() as session:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
    with database.begin() as killer:
        killer.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    threading.Event().wait(0.1)
    with sessions(bind)() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != pid
    bind.dispose()


def test_downgrade_and_upgrade_again(new_url: NewUrl) -> None:
    from alembic import command  # noqa: PLC0415

    from registry.store import session as module  # noqa: PLC0415

    url = new_url()
    upgrade(url)
    bind = create_engine(module._psycopg(url))
    with bind.begin() as connection:
        module._alembic(connection, lambda config: command.downgrade(config, "base"))
    bind.dispose()
    upgrade(url)
    assert check(url) == []
