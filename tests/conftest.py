"""Real servers for the tests: PostgreSQL and two Valkeys for each process that runs tests.

They are the embedded servers of `fmotm up`, in a folder of /tmp that is removed afterwards, and
they end with the test process even when it is killed.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path

import pytest
import redis
from hypothesis import HealthCheck, settings

from fmotm.embedded import (
    DURABLE,
    FORGETFUL,
    NOT_DURABLE,
    Binaries,
    Child,
    DataFolder,
    EmbeddedError,
    Postgres,
    Program,
    Valkey,
    find_binaries,
    free_port,
    make_secrets,
    server_account,
)

_READY_WITHIN = 60.0

# No test is measured by the clock: a busy machine is no fault of the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_xdist_auto_num_workers() -> int:
    """Let one more process than there are cores run tests: a fourth of their time they wait."""
    return (os.cpu_count() or 1) + 1


class ValkeyServer:
    """A Valkey of one test, to be killed, stopped and started again on the same port and data."""

    def __init__(self, valkey: Valkey) -> None:
        self.valkey = valkey
        self.child = Child(valkey.program())

    @property
    def url(self) -> str:
        return self.valkey.url

    def start(self) -> None:
        assert self.child.start()
        self.child.wait_ready(_READY_WITHIN)

    def stop(self) -> None:
        self.child.stop()

    def kill(self) -> None:
        """As `kill -9`."""
        self.child.kill()

    def freeze(self) -> None:
        """Make it hang: it accepts connections but answers nothing until `thaw`."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self.child.pid
        os.kill(self.child.pid, number)


NewValkey = Callable[..., ValkeyServer]


@contextmanager
def running(program: Program) -> Iterator[Child]:
    """Run a server for a while."""
    child = Child(program)
    try:
        assert child.start()
        child.wait_ready(_READY_WITHIN)
        yield child
    finally:
        child.stop()


@pytest.fixture(scope="session")
def new_data_folder() -> Iterator[Callable[[], DataFolder]]:
    """Make data folders that the servers' user can reach (pytest's own are closed to it)."""
    account = server_account()
    with ExitStack() as stack:

        def new() -> DataFolder:
            path = Path(tempfile.mkdtemp(prefix="fmotm-test-"))
            stack.callback(shutil.rmtree, path, ignore_errors=True)
            folder = DataFolder(path, account)
            folder.create()
            return folder

        yield new


@pytest.fixture(scope="session")
def server_folder(new_data_folder: Callable[[], DataFolder]) -> DataFolder:
    """Share the data folder of this test process's shared servers."""
    return new_data_folder()


@pytest.fixture(scope="session")
def binaries(server_folder: DataFolder) -> Binaries:
    return find_binaries(server_folder)


@pytest.fixture(scope="session")
def postgres_server(server_folder: DataFolder, binaries: Binaries) -> Iterator[Postgres]:
    """Run a PostgreSQL with the roles fmotm_owner, fmotm_portal and fmotm_worker.

    `.url(role, database)` is the address for a role; see `new_database` for databases.
    """
    server = Postgres(
        folder=server_folder,
        binaries=binaries,
        passwords=make_secrets(),
        port=free_port(),
        settings=NOT_DURABLE,
    )
    with running(server.program()):
        server.create_roles()
        yield server


@pytest.fixture(scope="session")
def new_database(postgres_server: Postgres) -> Iterator[Callable[[], str]]:
    """Make empty databases; returns each one's name, for `postgres_server.url(role, name)`."""
    names = (f"fmotm_test_{number}" for number in count(1))

    def new() -> str:
        name = next(names)
        postgres_server.create_database(name)
        return name

    yield new  # noqa: PT022 - the databases go with the server


@pytest.fixture(scope="session")
def postgres_url(postgres_server: Postgres, new_database: Callable[[], str]) -> str:
    """Give the owner's address of an empty database that this test process shares."""
    return postgres_server.url(database=new_database())


@pytest.fixture(scope="session")
def valkey_url(server_folder: DataFolder, binaries: Binaries) -> Iterator[str]:
    """Run the shared inbox server: AOF, fsync always, no eviction. Clean it by `inbox_client`."""
    valkey = _valkey("inbox", server_folder, binaries, DURABLE)
    with running(valkey.program()):
        yield valkey.url


@pytest.fixture(scope="session")
def redis_url(server_folder: DataFolder, binaries: Binaries) -> Iterator[str]:
    """Run the shared server of RQ, limits and cache. Clean it by `queue_client`."""
    valkey = _valkey("queue", server_folder, binaries, FORGETFUL)
    with running(valkey.program()):
        yield valkey.url


@pytest.fixture
def inbox_client(valkey_url: str) -> Iterator[redis.Redis]:
    """Give a client of the inbox server, which is empty at the start and emptied at the end."""
    with _emptied(valkey_url) as client:
        yield client


@pytest.fixture
def queue_client(redis_url: str) -> Iterator[redis.Redis]:
    """Give a client of RQ's server, which is empty at the start and emptied at the end."""
    with _emptied(redis_url) as client:
        yield client


@pytest.fixture
def new_valkey(
    new_data_folder: Callable[[], DataFolder], binaries: Binaries
) -> Iterator[NewValkey]:
    """Start a Valkey of one's own: `new_valkey()` is durable; settings as in valkey.conf.

    For tests that kill, stop, freeze or fill a server: `new_valkey({"maxmemory": "2mb"})`.
    """
    servers: list[ValkeyServer] = []

    def new(settings: Mapping[str, str] | None = None) -> ValkeyServer:
        folder = new_data_folder()
        server = ValkeyServer(_valkey("inbox", folder, binaries, {**DURABLE, **(settings or {})}))
        servers.append(server)
        server.start()
        return server

    yield new
    for server in servers:
        with suppress(EmbeddedError, ProcessLookupError):
            server.thaw()
        server.kill()


def _valkey(
    name: str, folder: DataFolder, binaries: Binaries, settings: Mapping[str, str]
) -> Valkey:
    return Valkey(
        name=name,
        folder=folder,
        binaries=binaries,
        password=make_secrets()[name],
        port=free_port(),
        settings=settings,
    )


@contextmanager
def _emptied(url: str) -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(url, socket_timeout=5)
    try:
        client.flushall()
        yield client
        client.flushall()
    finally:
        client.close()
