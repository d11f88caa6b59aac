"""An embedded Valkey 9: loopback only, with a password.

Two instances run, because two promises differ: the inbox must never lose or evict an entry that
it acknowledged; RQ, limits and cache may lose a second and make room.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from fmotm.embedded.binaries import Binaries
from fmotm.embedded.child import Program
from fmotm.embedded.folder import DataFolder
from fmotm.embedded.ports import LOOPBACK

DURABLE = {
    "appendonly": "yes",
    "appendfsync": "always",
    "maxmemory": "1gb",
    "maxmemory-policy": "noeviction",
}
FORGETFUL = {
    "appendonly": "yes",
    "appendfsync": "everysec",
    "maxmemory": "256mb",
    "maxmemory-policy": "volatile-lru",
}
_SETTINGS = {
    "bind": LOOPBACK,
    "protected-mode": "yes",
    "daemonize": "no",
    "save": '""',
    "logfile": '""',
    "supervised": "no",
    "aof-load-truncated": "yes",  # replies wait for the fsync: what is cut off was not promised
    "auto-aof-rewrite-min-size": "64mb",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Valkey:
    """One server with its folder NAME/ in the data folder.

    `settings` are added to the server's own, as in valkey.conf: `DURABLE` or `FORGETFUL`.
    """

    name: str
    folder: DataFolder
    binaries: Binaries
    password: str = field(repr=False)
    port: int
    settings: Mapping[str, str] = field(default_factory=lambda: DURABLE)

    @property
    def url(self) -> str:
        """The address of the server, with its password."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    @property
    def config(self) -> Path:
        """The configuration file: the password must not stand on the command line."""
        return self.folder.path / self.name / "valkey.conf"

    def program(self) -> Program:
        """Return how to run it."""
        return Program(
            name=self.name,
            argv=(str(self.binaries.valkey), str(self.config)),
            environ={"LC_ALL": "C", "TZ": "UTC"},
            cwd=Path("/"),
            log=self.folder.log(self.name),
            lock=self.folder.lock_of(self.name),
            account=self.folder.account,
            before=self._prepare,
            ready=self._answers,
        )

    def client(self) -> redis.Redis:
        """Return a client that fails within a second instead of trying again."""
        return redis.Redis.from_url(
            self.url,
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=1,
            socket_timeout=1,
        )

    def _answers(self) -> bool:
        client = self.client()
        try:
            return bool(client.ping())
        except redis.RedisError:  # not listening yet, or still loading its file
            return False
        finally:
            client.close()

    def _prepare(self) -> None:
        home = self.folder.server(self.name)
        own = {"port": str(self.port), "dir": _quoted(str(home)), "requirepass": self.password}
        lines = [f"{key} {value}" for key, value in {**_SETTINGS, **self.settings, **own}.items()]
        self.config.unlink(missing_ok=True)
        descriptor = os.open(self.config, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write("\n".join(lines) + "\n")
        if self.folder.account:
            os.chown(self.config, self.folder.account.uid, self.folder.account.gid)


def _quoted(text: str) -> str:
    """Quote for valkey.conf: a folder's name may hold spaces and worse."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
