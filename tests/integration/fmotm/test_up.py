"""`fmotm up` as a process: what survives, what is refused, and that nothing is left behind."""

import os
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from fmotm.embedded import DataFolder
from tests.integration.fmotm.supervised import Run, eventually, processes_on


@pytest.fixture
def data(new_data_folder: Callable[[], DataFolder]) -> Iterator[Path]:
    path = new_data_folder().path
    yield path
    shutil.rmtree(path, ignore_errors=True)


STUBBORN = ("/bin/sh", "-c", "trap '' TERM; touch deaf; while :; do sleep 1; done")
"""A program that will not stop, once it says in its folder that it is deaf."""


def _write(run: Run) -> None:
    """Put a row in the database and an acknowledged entry in the inbox."""
    run.sql("CREATE TABLE kept (what text)")
    run.sql("INSERT INTO kept VALUES ('row')")
    client = run.inbox()
    client.xadd("fmotm:inbox", {"e": "entry"}, id="1-1")
    client.close()


def _assert_kept(run: Run) -> None:
    assert run.sql("SELECT what FROM kept") == [("row",)]
    client = run.inbox()
    assert client.xlen("fmotm:inbox") == 1
    client.close()


def test_second_run_goes_on_with_the_same_data_and_keys(data: Path) -> None:
    with Run(data).ready() as first:
        keys = {name: first.settings[name] for name in ("SEAL_KEYS", "INDEX_KEY", "ID_KEY")}
        _write(first)
        assert first.end() == 0
    with Run(data).ready() as second:
        assert {name: second.settings[name] for name in keys} == keys
        _assert_kept(second)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stops_within_ten_seconds_and_leaves_nothing(data: Path, number: signal.Signals) -> None:
    with Run(data).ready() as run:
        assert len(processes_on(data)) >= 4
        began = time.monotonic()
        assert run.end(number) == 0
        assert time.monotonic() - began < 10
    assert processes_on(data) == []
    assert not data.joinpath("environment.json").exists()
    assert "Traceback" not in run.output


def test_child_that_will_not_stop_is_killed_in_time(data: Path) -> None:
    with Run(data, *STUBBORN).ready() as run:
        assert eventually((data / "deaf").exists)
        began = time.monotonic()
        assert run.end() == 0
        assert time.monotonic() - began < 10
    assert "app did not stop in time and was killed" in run.output
    assert processes_on(data) == []


def test_killed_supervisor_takes_its_servers_along_and_loses_nothing(data: Path) -> None:
    with Run(data).ready() as first:
        _write(first)
        first.end(signal.SIGKILL)
    assert eventually(lambda: processes_on(data) == [])
    with Run(data).ready() as second:
        _assert_kept(second)


def test_run_right_after_a_kill_ends_what_is_left(data: Path) -> None:
    with Run(data, *STUBBORN).ready() as run:
        assert eventually((data / "deaf").exists)
        left = run.server_pid("app")
        run.end(signal.SIGKILL)
    with Run(data).ready() as again:
        assert left not in processes_on(data)
        assert again.end() == 0
    assert processes_on(data) == []


def test_second_supervisor_on_one_folder_is_refused_in_one_line(data: Path) -> None:
    with Run(data).ready() as first, Run(data) as second:
        assert second.finish() == 2
        line = second.output
        assert line.count("\n") == 1
        assert f"process {first.process.pid}" in line
        assert f"http://127.0.0.1:{first.port}" in line
        _write(first)
        _assert_kept(first)


def test_folder_of_a_run_that_is_stopping_is_waited_for(data: Path) -> None:
    slow = ("/bin/sh", "-c", "trap 'sleep 2; exit' TERM; while :; do sleep 0.1; done")
    with Run(data, *slow).ready() as first:
        first.process.send_signal(signal.SIGTERM)
        first.wait_for("Stopping")
        with Run(data).ready():
            assert first.finish() == 0


def test_taken_port_is_one_line_and_nothing_is_started(data: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with Run(data, port=port) as run:
            assert run.finish() == 2
    assert run.output == (
        f"fmotm up: port {port} is taken: stop what listens there,"
        f" or set another, PORT={port + 1}\n"
    )
    assert not data.joinpath("postgres").exists()


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("PORT", "eighty", "PORT"),
        ("PORT", "0", "PORT"),
        ("PORT", "70000", "PORT"),
        ("DATABASE_URL", "mysql://here", "DATABASE_URL"),
        ("PORTAL_DATABASE_URL", "postgresql://here/fmotm", "DATABASE_URL is not"),
        ("SEAL_KEYS", "short", "SEAL_KEYS"),
        ("FMOTM_DATA", "/dev/null/data", "FMOTM_DATA"),
    ],
)
def test_wrong_setting_is_told_before_anything_starts(
    data: Path, setting: str, value: str, said: str
) -> None:
    with Run(data, environ={setting: value}) as run:
        assert run.finish() == 2
    assert said in run.output
    assert "Traceback" not in run.output
    assert not data.joinpath("postgres").exists()


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"SEAL_KEYS": "1:abc"}'])
def test_damaged_secrets_are_never_replaced(data: Path, damage: str) -> None:
    secrets = data / "secrets.json"
    secrets.write_text(damage)
    with Run(data) as run:
        assert run.finish() == 2
    assert "restore it from a backup" in run.output
    assert secrets.read_text() == damage


def test_data_without_its_secrets_is_refused(data: Path) -> None:
    data.joinpath("inbox").mkdir()
    with Run(data) as run:
        assert run.finish() == 2
    assert "is gone, but there is data" in run.output
    assert not data.joinpath("secrets.json").exists()


@pytest.mark.parametrize("name", ["postgres", "inbox", "queue"])
def test_killed_server_is_started_again(data: Path, name: str) -> None:
    with Run(data).ready() as run:
        _write(run)
        killed = run.server_pid(name)
        os.kill(killed, signal.SIGKILL)
        line = run.wait_for(f"{name} was killed by SIGKILL")
        assert str(data / "logs" / f"{name}.log") in line
        assert eventually(lambda: run.server_pid(name) != killed)
        assert eventually(lambda: _answers(run))
        _assert_kept(run)


def _answers(run: Run) -> bool:
    try:
        run.sql("SELECT 1")
        client = run.inbox()
        try:
            return bool(client.ping())
        finally:
            client.close()
    except (psycopg.OperationalError, redis.RedisError):
        return False


def test_child_that_keeps_dying_is_tried_ever_more_slowly(data: Path) -> None:
    with Run(data, "/bin/sh", "-c", "echo no luck; exit 3") as run:
        for pause in ("0.5 s", "1 s", "2 s"):
            line = run.wait_for("app ended unexpectedly with code 3")
            assert pause in line
        assert run.end() == 0


def test_folder_with_an_awkward_name_and_not_there_yet(data: Path) -> None:
    awkward = data / "new" / 'data\'s "own" \\ föld %s $x'
    awkward.parent.mkdir()
    with Run(awkward).ready() as run:
        _write(run)
        assert run.end() == 0
    with Run(awkward).ready() as again:
        _assert_kept(again)


def test_stop_while_starting_leaves_nothing(data: Path) -> None:
    with Run(data) as run:
        run.wait_for("Starting")
        assert run.end() == 0
    assert processes_on(data) == []
    with Run(data).ready() as again:
        assert again.sql("SELECT 1") == [(1,)]


def test_stop_while_the_database_is_being_prepared_does_not_wait_for_it(data: Path) -> None:
    with Run(data, environ={"PREPARE_SECONDS": "60"}) as run:
        assert eventually(data.joinpath("environment.json").exists, 60)
        assert run.end(seconds=10) == 0
    assert processes_on(data) == []


def test_unexpected_error_is_one_line_and_the_traceback_is_in_a_log(data: Path) -> None:
    with Run(data, environ={"PREPARE_FAILS": "the moon is full\nand more"}) as run:
        assert run.finish() == 1
    assert f"fmotm up: the moon is full (details: {data}/logs/up.log)\n" in run.output
    assert "Traceback" not in run.output
    assert "RuntimeError: the moon is full" in data.joinpath("logs", "up.log").read_text()
    assert processes_on(data) == []


def test_initdb_that_was_cut_short_is_begun_anew(data: Path) -> None:
    with Run(data) as run:
        run.wait_for("Starting")
        assert eventually(lambda: any(data.joinpath("postgres").glob("*.new")))
        run.end(signal.SIGKILL)
    with Run(data).ready() as again:
        assert again.sql("SELECT 1") == [(1,)]


def test_secrets_and_settings_are_ours_alone(data: Path) -> None:
    with Run(data).ready() as run:
        for path in (data / "secrets.json", data / "environment.json", data / "logs", data / "run"):
            assert path.stat().st_mode & 0o077 == 0
        assert data.joinpath("postgres", "data").stat().st_mode & 0o077 == 0
        for name in ("postgres", "inbox", "queue"):
            command = Path(f"/proc/{run.server_pid(name)}/cmdline").read_text()
            environ = Path(f"/proc/{run.server_pid(name)}/environ").read_text()
            for secret in run.settings.values():
                assert secret not in command + environ
        if os.geteuid() == 0:
            assert Path("/proc", str(run.server_pid("postgres"))).stat().st_uid != 0


def test_logs_of_the_last_runs_are_kept(data: Path) -> None:
    for _ in range(3):
        with Run(data, "/bin/sh", "-c", "echo once; sleep 60").ready() as run:
            assert eventually(lambda: data.joinpath("logs", "app.log").read_text() == "once\n")
            assert run.end() == 0
    logs = sorted(path.name for path in data.joinpath("logs").glob("app*"))
    assert logs == ["app.1.log", "app.2.log", "app.log"]
