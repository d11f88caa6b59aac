"""What runs on which host: the real programs, as on real servers.

One host has PostgreSQL, inbox and queue; they listen on its address and ask for passwords. Each
portal and each worker is a host of its own, with a folder of its own for what it keeps.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fmotm.applications import answers_ready, applications
from fmotm.embedded import Child, DataFolder, Postgres, Program, server_account
from fmotm.embedded.credentials import OWNER, PORTAL, ROLES, WORKER
from fmotm.embedded.ports import LOOPBACK
from fmotm.plan import make_plan
from fmotm.up import prepare
from loadtests.bench.disk import mount_of
from loadtests.bench.durability import check_durable
from loadtests.bench.measure import CheckFailed
from loadtests.bench.servers import FOLDER, READY_WITHIN
from loadtests.cluster.network import NETWORK, WIDTH, Host, Network
from registry.inbox import Inbox, connect
from registry.intake import Keys
from registry.settings import SETTINGS, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fmotm.plan import Plan

PORT: Final = 8000
"""On which each portal listens, on its own host."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A host, and what runs there."""

    host: Host
    children: tuple[Child, ...]

    @property
    def name(self) -> str:
        """What it is called, in the report too; a worker's is its name as a consumer."""
        return self.host.name

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to all that runs there."""
        for child in self.children:
            if child.pid is not None and child.running:
                os.killpg(child.pid, number)

    def die(self) -> None:
        """End all that runs there at once, as a power failure does."""
        for child in self.children:
            child.kill()


@dataclass(frozen=True, slots=True)
class Cluster:
    """All hosts. Make it with :func:`running`."""

    network: Network
    folder: Path
    data: Machine
    portals: tuple[Machine, ...]
    workers: tuple[Machine, ...]
    postgres: Postgres
    environ: dict[str, str] = field(repr=False)
    """How the operator reaches the servers."""

    @property
    def keys(self) -> Keys:
        """The keys that seal and index."""
        return Keys.of(Settings.from_env(self.environ))

    @property
    def inbox(self) -> Inbox:
        """The inbox, from the operator's host."""
        return Inbox(connect(self.environ["INBOX_REDIS_URL"], socket_timeout=20))


@contextmanager
def running(portals: int, workers: int) -> Iterator[Cluster]:
    """Start everything; all of it is gone when the block ends.

    Raises NoNamespaces, EmbeddedError, CheckFailed.
    """
    with ExitStack() as stack:
        network = Network()
        stack.callback(network.close)
        path = _folder(stack)
        data = network.add("data")
        plan, postgres = _plan(path / "data", data)
        with network.inside(data):
            servers = (*(each.program() for each in plan.valkeys), postgres.program())
            children = tuple(_start(program, stack) for program in servers)
            postgres.create_roles()
            postgres.create_database()
        prepare(Settings.from_env(plan.environ))
        check_durable(plan.environ)
        started = {
            part: tuple(
                _machine(network, f"{part}-{number}", path, plan.environ, stack)
                for number in range(1, many + 1)
            )
            for part, many in (("portal", portals), ("worker", workers))
        }
        machine = Machine(data, children)
        yield Cluster(
            network, path, machine, started["portal"], started["worker"], postgres, plan.environ
        )


def _folder(stack: ExitStack) -> Path:
    """Make a folder on disk for all. Raises CheckFailed when it lies in memory."""
    parent = Path(os.environ.get(FOLDER, "").strip() or "/var/tmp")
    parent.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix="fmotm-cluster-", dir=parent))
    stack.callback(shutil.rmtree, path, ignore_errors=True)
    path.chmod(0o711)
    if mount_of(path).in_memory:
        message = f"{parent} is in memory: set {FOLDER} to a folder on a real disk"
        raise CheckFailed(message)
    return path


def _plan(path: Path, data: Host) -> tuple[Plan, Postgres]:
    """Plan the servers as `fmotm up` does, but that they listen on the host's address as well."""
    folder = DataFolder(path, server_account())
    folder.create()
    own = {setting.variable for setting in SETTINGS}
    given = {name: value for name, value in os.environ.items() if name not in own}
    plan = make_plan({**given, "FMOTM_DATA": str(path), "TRUSTED_PROXIES": "1"}, folder)
    if plan.postgres is None:
        raise CheckFailed("DATABASE_URL is set: the cluster wants servers of its own")
    listens = {"listen_addresses": f"{LOOPBACK},{data.address}", "hba_file": str(_rules(folder))}
    postgres = replace(plan.postgres, settings={**plan.postgres.settings, **listens})
    bound = {"bind": f"{LOOPBACK} {data.address}"}
    valkeys = tuple(replace(each, settings={**each.settings, **bound}) for each in plan.valkeys)
    urls = {
        name: value.replace(f"@{LOOPBACK}:", f"@{data.address}:")
        for name, value in plan.environ.items()
        if name.endswith("_URL")
    }
    return replace(plan, valkeys=valkeys, environ={**plan.environ, **urls}), postgres


def _rules(folder: DataFolder) -> Path:
    """Write who may connect to PostgreSQL from where: everybody needs a password."""
    path = folder.server("postgres") / "hba.conf"
    lines = [
        *(f"host all {role} {LOOPBACK}/32 scram-sha-256" for role in ROLES),
        *(f"host all {role} {NETWORK}.0/{WIDTH} scram-sha-256" for role in (OWNER, PORTAL, WORKER)),
    ]
    path.write_text("\n".join(lines) + "\n")
    if folder.account:
        os.chown(path, folder.account.uid, folder.account.gid)
    return path


def _machine(
    network: Network, name: str, path: Path, environ: Mapping[str, str], stack: ExitStack
) -> Machine:
    host = network.add(name)
    folder = DataFolder(path / name)
    folder.create()
    with network.inside(host):
        programs = _programs(folder, name, environ)
        return Machine(host, tuple(_start(program, stack) for program in programs))


def _programs(folder: DataFolder, name: str, environ: Mapping[str, str]) -> Sequence[Program]:
    """Return what a host runs: a portal, or a worker and a ticker."""
    shipped = {each.name: each for each in applications(folder, environ, PORT)}
    if name.startswith("portal"):
        portal = shipped["portal"]
        everywhere = tuple(f"0.0.0.0:{PORT}" if ":" in each and each.endswith(str(PORT)) else each
                           for each in portal.argv)  # fmt: skip
        return (replace(portal, argv=everywhere, ready=lambda: answers_ready(PORT)),)
    # No two workers may share a name: the one would work off what the other holds.
    named = {**shipped["worker"].environ, "FMOTM_WORKER": name}
    return replace(shipped["worker"], environ=named), shipped["ticker"]


def _start(program: Program, stack: ExitStack) -> Child:
    child = Child(program)
    stack.callback(child.stop)
    if not child.start():
        message = f"{program.name} runs already"
        raise CheckFailed(message)
    child.wait_ready(READY_WITHIN)
    return child
