"""The whole product on servers of its own, as shipped; the ticker rests while nothing is drained.

PostgreSQL and the inbox write to disk before they answer; that is asked of the running servers.
The portal believes one proxy, as in production: people come from many addresses.
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

from fmotm.applications import applications
from fmotm.embedded import Child, DataFolder, Postgres, Program, free_port, server_account
from fmotm.embedded.ports import LOOPBACK
from fmotm.households.send import open_form
from fmotm.plan import make_plan
from fmotm.up import prepare
from loadtests.bench.bodies import Numbers, Template, template
from loadtests.bench.disk import Mount, mount_of
from loadtests.bench.durability import check_durable
from loadtests.bench.measure import CheckFailed
from loadtests.bench.waiting import until
from registry.inbox import Inbox
from registry.inbox import connect as connect_inbox
from registry.intake import Keys
from registry.settings import SETTINGS, Settings
from worker.queues import connect, intake_queue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fmotm.plan import Plan

PROJECT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = "BENCH_DIR"
"""The variable that names where the servers' folder is made; else /var/tmp, which is on disk."""

READY_WITHIN: Final = 90.0
_WORKER, _TICKER, _PORTAL = "worker", "worker.ticker", "gunicorn"


@dataclass(frozen=True, slots=True)
class Servers:
    """What runs, and how to reach it. Make it with :func:`running`."""

    folder: DataFolder
    postgres: Postgres
    environ: dict[str, str] = field(repr=False)
    """The whole environment of the product's processes."""
    url: str
    mount: Mount
    """On what the servers' folder lies."""
    template: Template
    numbers: Numbers
    workers: int
    """Worker processes that `fmotm up` starts."""
    _ticker: Child
    _drainers: tuple[Child, ...]
    """The workers and the ticker: without one of them nothing is drained."""
    _stack: ExitStack

    @property
    def settings(self) -> Settings:
        """The settings of every process."""
        return Settings.from_env(self.environ)

    @property
    def keys(self) -> Keys:
        """The keys that seal and index."""
        return Keys.of(self.settings)

    @property
    def inbox(self) -> Inbox:
        """The inbox; its answers are waited for longer than a citizen would."""
        return Inbox(connect_inbox(self.environ["INBOX_REDIS_URL"], socket_timeout=20))

    def file(self, name: str, content: str) -> str:
        """Write a file for a generator of load, and return its path."""
        path = self.folder.path / "logs" / name
        path.write_text(content, "utf-8")
        return str(path)

    def start(self, program: Program) -> Child:
        """Start another program, which ends with the servers at the latest."""
        return _start(program, self._stack)

    @contextmanager
    def draining(self) -> Iterator[None]:
        """Let the ticker call for drains while the block lasts, and until nothing waits.

        Otherwise the ticker stands still, and the workers have nothing to do.
        """
        _signal(self._ticker, signal.SIGCONT)
        try:
            yield
            self.wait_drained()
        finally:
            self._rest()

    def drain(self) -> None:
        """Drain the inbox until it is empty."""
        with self.draining():
            pass

    def wait_drained(self, seconds: float = 300.0) -> None:
        """Wait until nothing waits in the inbox. Raises CheckFailed."""
        inbox = self.inbox

        def drained() -> bool:
            if ended := [child.program.name for child in self._drainers if not child.running]:
                message = f"the inbox is not drained any more: {', '.join(ended)} ended"
                raise CheckFailed(message)
            return inbox.depth() == 0

        until(drained, seconds, "the inbox was not drained", every=0.01)

    def _rest(self) -> None:
        """Stop the ticker where it is, and wait until no drain runs that it had called for."""
        _signal(self._ticker, signal.SIGSTOP)
        with connect(self.environ["REDIS_URL"]) as client:
            queue = intake_queue(client)
            until(
                lambda: queue.is_empty() and not queue.started_job_registry.get_job_count(),
                60.0,
                "the last drain did not end",
            )


@contextmanager
def running(base: Path | None = None) -> Iterator[Servers]:
    """Start everything, the ticker at rest; all of it is gone when the block ends.

    Raises EmbeddedError, and CheckFailed when something is not as durable as shipped.
    """
    with ExitStack() as stack:
        folder = _folder(base, stack)
        plan = make_plan(_environment(folder), folder)
        postgres = _start_servers(plan, stack)
        prepare(Settings.from_env(plan.environ))
        check_durable(plan.environ)
        yield _start_applications(plan, postgres, folder, stack)


def _folder(base: Path | None, stack: ExitStack) -> DataFolder:
    """Make a folder on disk for the servers. Raises CheckFailed when it lies in memory."""
    parent = base or Path(os.environ.get(FOLDER, "").strip() or "/var/tmp")
    parent.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix="fmotm-bench-", dir=parent))
    stack.callback(shutil.rmtree, path, ignore_errors=True)
    mount = mount_of(path)
    if mount.in_memory:
        message = f"{parent} is in memory ({mount}): set {FOLDER} to a folder on a real disk"
        raise CheckFailed(message)
    folder = DataFolder(path, server_account())
    folder.create()
    return folder


def _environment(folder: DataFolder) -> dict[str, str]:
    """Return the environment without settings of ours: everything is as shipped."""
    own = {setting.variable for setting in SETTINGS}
    kept = {name: value for name, value in os.environ.items() if name not in own}
    here = {"FMOTM_DATA": str(folder.path), "PORT": str(free_port()), "TRUSTED_PROXIES": "1"}
    return kept | here


def _start_servers(plan: Plan, stack: ExitStack) -> Postgres:
    if plan.postgres is None:
        raise CheckFailed("DATABASE_URL is set: the bench wants servers of its own")
    for program in (*(each.program() for each in plan.valkeys), plan.postgres.program()):
        _start(program, stack)
    plan.postgres.create_roles()
    plan.postgres.create_database()
    return plan.postgres


def _start_applications(
    plan: Plan, postgres: Postgres, folder: DataFolder, stack: ExitStack
) -> Servers:
    """Start portal, workers and ticker as `fmotm up` does; photos and papers have none to do."""
    port = int(plan.environ["PORT"])
    programs = [_mortal(each) for each in applications(folder, plan.environ, port)]
    by_module = {module: [p for p in programs if p.argv[2] == module] for module in _MODULES}
    children = {module: [_start(p, stack) for p in found] for module, found in by_module.items()}
    (ticker,) = children[_TICKER]
    url = f"http://{LOOPBACK}:{port}"
    form = template(open_form(url))
    servers = Servers(
        folder=folder,
        postgres=postgres,
        environ=plan.environ,
        url=url,
        mount=mount_of(folder.path),
        template=form,
        numbers=Numbers(form.capacity),
        workers=len(children[_WORKER]),
        _ticker=ticker,
        _drainers=(ticker, *children[_WORKER]),
        _stack=stack,
    )
    servers.drain()
    return servers


_MODULES: Final = (_WORKER, _TICKER, _PORTAL)


def _start(program: Program, stack: ExitStack) -> Child:
    child = Child(program)
    stack.callback(child.stop)
    child.start()
    child.wait_ready(READY_WITHIN)
    return child


def _mortal(program: Program) -> Program:
    """Return the ticker so that it ends although it stands still, as when the bench is killed.

    It holds nothing that must be finished; a gentler signal would wait until it goes on.
    """
    resting = program.argv[2] == _TICKER
    return replace(program, stop_signal=signal.SIGKILL) if resting else program


def _signal(child: Child, number: signal.Signals) -> None:
    if child.pid is not None and child.running:
        os.kill(child.pid, number)
