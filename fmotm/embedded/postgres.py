"""An embedded PostgreSQL 18: loopback only, passwords always, a role for each use."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psycopg
from psycopg import sql

from fmotm.embedded.binaries import Binaries
from fmotm.embedded.child import Program, end_with
from fmotm.embedded.credentials import ADMIN, OWNER, PORTAL, WORKER
from fmotm.embedded.errors import EmbeddedError
from fmotm.embedded.folder import DataFolder
from fmotm.embedded.ports import LOOPBACK

MAJOR = "18"
DATABASE = "fmotm"
# No sockets in the file system: their paths have a length limit, and /tmp is everybody's.
_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # A statement that fails must not carry a household's data into the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}
# For tests alone: what a crash of the machine would lose does not matter there.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """One server with its folder `postgres/` in the data folder.

    `passwords` by role; `settings` are added to the server's own, as in postgresql.conf.
    """

    folder: DataFolder
    binaries: Binaries
    passwords: Mapping[str, str] = field(repr=False)
    port: int
    settings: Mapping[str, str] = field(default_factory=dict)
    name: str = "postgres"

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.folder.path / self.name / "data"

    def program(self) -> Program:
        """Return how to run it."""
        options = [f"-c{key}={value}" for key, value in {**_SETTINGS, **self.settings}.items()]
        return Program(
            name=self.name,
            argv=(str(self.binaries.postgres), "-D", str(self.data), f"-p{self.port}", *options),
            environ=_ENVIRON,
            cwd=Path("/"),
            log=self.folder.log(self.name),
            lock=self.folder.lock_of(self.name),
            account=self.folder.account,
            stop_signal=signal.SIGINT,  # 'fast': ends sessions, writes a checkpoint
            before=self._prepare,
            ready=self._answers,
        )

    def url(self, role: str = OWNER, database: str = DATABASE) -> str:
        """Return the address of a database for a role, with its password."""
        return f"postgresql://{role}:{self.passwords[role]}@{LOOPBACK}:{self.port}/{database}"

    def create_roles(self) -> None:
        """Make the owner, portal and worker roles, with the passwords they have now. Repeatable."""
        with self._admin() as connection:
            for role in (OWNER, PORTAL, WORKER):
                found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
                verb = "ALTER" if found.fetchone() else "CREATE"
                connection.execute(
                    sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {}").format(
                        sql.SQL(verb), sql.Identifier(role), sql.Literal(self.passwords[role])
                    )
                )

    def create_database(self, name: str = DATABASE) -> None:
        """Make a database that `fmotm_owner` owns and only our roles may connect to. Repeatable."""
        database = sql.Identifier(name)
        with self._admin() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            if not found.fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                        database, sql.Identifier(OWNER)
                    )
                )
            revoke = sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database)
            grant = sql.SQL("GRANT CONNECT ON DATABASE {} TO {}, {}").format(
                database, sql.Identifier(PORTAL), sql.Identifier(WORKER)
            )
            connection.execute(revoke)
            connection.execute(grant)

    def drop_database(self, name: str) -> None:
        """Remove a database, ending whatever is connected to it."""
        with self._admin() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def _admin(self) -> psycopg.Connection:
        return psycopg.connect(self.url(ADMIN, "postgres"), autocommit=True, connect_timeout=5)

    def _answers(self) -> bool:
        try:
            with self._admin() as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _prepare(self) -> None:
        """Make the data directory when there is none, and clear what a killed server left."""
        home = self.folder.server(self.name)
        if not self.data.exists():
            self._initialise(home)
        self._check_version()
        self._clear_stale_pid()

    def _initialise(self, home: Path) -> None:
        """Run initdb beside, then rename: one that was cut short leaves nothing half made."""
        for left in home.glob("*.new"):
            shutil.rmtree(left, ignore_errors=True)
        # A name of its own: what is left of a killed run may still write to the old one.
        draft = home / f"{secrets.token_hex(4)}.new"
        account = self.folder.account
        with tempfile.NamedTemporaryFile("w", dir=home, prefix="password-") as password:
            password.write(self.passwords[ADMIN])
            password.flush()
            if account:
                os.chown(password.name, account.uid, account.gid)
            done = self._run_initdb(draft, password.name)
        if done.returncode:
            said = " ".join(done.stderr.split())[-300:]
            message = f"PostgreSQL's initdb failed in {home}: {said}"
            raise EmbeddedError(message)
        draft.replace(self.data)

    def _run_initdb(self, draft: Path, password_file: str) -> subprocess.CompletedProcess[str]:
        account = self.folder.account
        return subprocess.run(  # noqa: S603 - the wheel's program
            [
                str(self.binaries.initdb),
                *(f"--pgdata={draft}", f"--username={ADMIN}", f"--pwfile={password_file}"),
                *_INITDB,
                *(["--no-sync"] if self.settings.get("fsync") == "off" else []),
            ],
            env=_ENVIRON,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,  # a Ctrl-C of the terminal is for the supervisor alone
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            check=False,
            preexec_fn=partial(end_with, os.getpid(), signal.SIGKILL),
        )

    def _check_version(self) -> None:
        try:
            made_by = self.data.joinpath("PG_VERSION").read_text().strip()
        except OSError:
            made_by = "nothing we know"
        if made_by != MAJOR:
            message = (
                f"{self.data} was made by PostgreSQL {made_by}, this is {MAJOR}: set FMOTM_DATA"
            )
            raise EmbeddedError(message)

    def _clear_stale_pid(self) -> None:
        """Remove the pid file of a server that was killed.

        PostgreSQL would not start if that number now belongs to any process of its user, which is
        usual after a container restarts. We hold the lock that every process of our own servers
        inherits, so none of them lives; a server that somebody else started here is refused.
        """
        path = self.data / "postmaster.pid"
        try:
            process = Path("/proc", path.read_text().split("\n", 1)[0].strip())
        except OSError:
            return
        if not Path("/proc/self/cwd").exists():
            return  # no /proc: let PostgreSQL judge
        try:
            foreign = process.joinpath("cwd").samefile(self.data)
        except OSError:
            foreign = False
        if foreign:
            message = (
                f"another PostgreSQL (process {process.name}) runs on {self.data}: stop it first"
            )
            raise EmbeddedError(message)
        path.unlink(missing_ok=True)


_ENVIRON = {"LC_ALL": "C", "TZ": "UTC"}
_INITDB = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",  # the same order of text on every machine
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)
