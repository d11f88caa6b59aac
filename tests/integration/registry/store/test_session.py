import socket
import threading
import time
from datetime import UTC
from select import select
from typing import Any

import pytest
from sqlalchemy import Engine, Integer, Select, Text, bindparam, func, literal_column, text
from sqlalchemy import select as query
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from registry.inbox.stream import RECLAIM_AFTER
from registry.store.session import KEEPALIVES, Reading, engine, reading, sessions
from tests.integration.registry.store.conftest import Connect


def test_times_are_utc(database_url: str, connect: Connect) -> None:
    now = connect(database_url).execute(text("SELECT now()")).scalar_one()
    assert now.utcoffset() == UTC.utcoffset(None)


def test_settings_of_the_address_are_kept(database_url: str, connect: Connect) -> None:
    connection = connect(database_url + "?options=-c%20work_mem%3D5MB")
    assert connection.execute(text("SHOW work_mem")).scalar() == "5MB"
    assert connection.execute(text("SHOW statement_timeout")).scalar() == "5s"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("tcp_keepalives_idle", "5"),
        ("tcp_keepalives_interval", "5"),
        ("tcp_keepalives_count", "3"),
        ("tcp_user_timeout", "5000"),
    ],
)
def test_server_notices_that_we_are_cut_off_before_others_take_over(
    database_url: str, connect: Connect, setting: str, value: str
) -> None:
    """Or it keeps the locks of a transaction whose host is gone."""
    assert connect(database_url).execute(text(f"SHOW {setting}")).scalar() == value
    noticed = KEEPALIVES["idle"] + KEEPALIVES["interval"]
    assert noticed < RECLAIM_AFTER


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


def test_connection_that_rested_in_peace_is_not_asked(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A round trip for each request would cost as much as what most of them ask."""
    bind = engine(database_url)
    pid = _backend(bind)
    monkeypatch.setattr(bind.dialect, "do_ping", lambda _: pytest.fail("it was asked"))
    assert _backend(bind) == pid
    bind.dispose()


def test_connection_that_was_told_something_is_asked_and_kept(
    database: Engine, database_url: str
) -> None:
    bind = engine(database_url)
    with bind.begin() as connection:
        connection.execute(text("LISTEN something"))
        resting: Any = connection.connection.dbapi_connection
    pid = _backend(bind)
    with database.begin() as teller:
        teller.execute(text("NOTIFY something"))
    assert select([resting.fileno()], [], [], 10)[0]
    assert _backend(bind) == pid
    assert not select([resting.fileno()], [], [], 0)[0]
    bind.dispose()


ASKED = query(func.pg_backend_pid(), bindparam("asked", type_=Text))
DIVIDED = query(literal_column("1 / 0", Integer), bindparam("asked", type_=Text))
WAITED = query(func.pg_sleep(20), bindparam("asked", type_=Text))


def test_reading_is_no_transaction_and_the_next_one_has_its_own(database_url: str) -> None:
    bind = engine(database_url, pool_size=1)
    with reading(bind) as asking:
        [(pid, said)] = asking.execute(ASKED, {"asked": "a"})
        assert asking.execute(query(func.now()), {}) != asking.execute(query(func.now()), {})
    with sessions(bind)() as session:
        times = [session.scalar(text("SELECT now()")) for _ in range(2)]
        assert session.scalar(text("SELECT pg_backend_pid()")) == pid
    assert (said, times[0]) == ("a", times[1])
    bind.dispose()


@pytest.mark.parametrize("statement", [DIVIDED, WAITED], ids=["wrong", "slow"])
def test_reading_that_failed_leaves_a_connection_that_works(
    database_url: str, statement: Select[Any]
) -> None:
    bind = engine(database_url, pool_size=1, statement_timeout=0.2)
    pid = _backend(bind)
    with pytest.raises(DBAPIError) as raised, reading(bind) as asking:
        asking.execute(statement, {"asked": "7Q2MZX4KD91W"})
    assert "7Q2MZX4KD91W" not in str(raised.value)
    with sessions(bind)() as session:
        times = [session.scalar(text("SELECT now()")) for _ in range(2)]
        assert (session.scalar(text("SELECT pg_backend_pid()")), times[0]) == (pid, times[1])
    bind.dispose()


def test_reading_that_lost_its_connection_leaves_none(database: Engine, database_url: str) -> None:
    bind = engine(database_url, pool_size=1)
    pid = _backend(bind)

    def lose(asking: Reading) -> None:
        with database.begin() as killer:
            killer.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        asking.execute(ASKED, {"asked": ""})

    with pytest.raises(DBAPIError), reading(bind) as asking:
        lose(asking)
    assert _backend(bind) != pid
    bind.dispose()


def test_reading_from_no_server_is_an_error_of_the_database() -> None:
    with pytest.raises(SQLAlchemyError), reading(engine("postgresql://a:b@127.0.0.1:1/none")):
        pass


def _backend(bind: Engine) -> object:
    with sessions(bind)() as session:
        return session.scalar(text("SELECT pg_backend_pid()"))
