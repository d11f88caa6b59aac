"""The data folder: where the embedded servers keep what must survive.

lock               held by the supervisor that uses the folder
secrets.json       keys and passwords, made once (see `credentials`)
environment.json   how to reach the servers, while they run
run/NAME.lock      held by each child
logs/NAME.log      what each child said; NAME.1.log is the run before
postgres/ …        the servers' own folders
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from fmotm.embedded.account import Account, can_enter
from fmotm.embedded.errors import EmbeddedError

KEPT_LOGS = 5
_PRIVATE, _PASSABLE = 0o700, 0o711
_PARTS = frozenset({"run", "logs", "postgres", "inbox", "queue", "lost+found"})


@dataclass(frozen=True, slots=True)
class DataFolder:
    """A folder, and the user that its servers run as (None: ourselves)."""

    path: Path
    account: Account | None = None

    @property
    def lock(self) -> Path:
        """The lock of the whole folder."""
        return self.path / "lock"

    @property
    def run(self) -> Path:
        """The folder of the children's locks."""
        return self.path / "run"

    @property
    def environment(self) -> Path:
        """The file that tells other commands how to reach the running servers."""
        return self.path / "environment.json"

    def create(self) -> None:
        """Make the folder and its parts, readable by nobody else.

        Root's is passable, so that the servers' user can reach its own parts within.
        Raises EmbeddedError when it cannot be made, holds something else, or the servers' user
        cannot reach it.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._refuse_what_is_not_ours()
            self.path.chmod(_PASSABLE if self.account else _PRIVATE)
            for part in (self.run, self.path / "logs"):
                part.mkdir(exist_ok=True)
                part.chmod(_PRIVATE)
        except OSError as error:
            message = (
                f"the data folder {self.path} cannot be made: {error.strerror}; set FMOTM_DATA"
            )
            raise EmbeddedError(message) from error
        if not can_enter(self.account, self.path):
            name = self.account.name if self.account else "this user"
            message = (
                f"`{name}` cannot reach the data folder {self.path}: set FMOTM_DATA to another"
            )
            raise EmbeddedError(message)

    def _refuse_what_is_not_ours(self) -> None:
        """Leave a folder alone that holds other things: its modes are about to be changed."""
        if any(self.path.joinpath(name).is_file() for name in ("lock", "secrets.json")):
            return
        if {entry.name for entry in self.path.iterdir()} <= _PARTS:
            return
        message = f"{self.path} holds other things: set FMOTM_DATA to a new or an empty folder"
        raise EmbeddedError(message)

    def log(self, name: str) -> Path:
        """Return the log of a child."""
        return self.path / "logs" / f"{name}.log"

    def lock_of(self, name: str) -> Path:
        """Return the lock of a child."""
        return self.run / f"{name}.lock"

    def server(self, name: str) -> Path:
        """Make and return a server's own folder, owned by the user it runs as."""
        folder = self.path / name
        folder.mkdir(exist_ok=True)
        if self.account:
            os.chown(folder, self.account.uid, self.account.gid)
        folder.chmod(_PRIVATE)
        return folder

    def rotate_logs(self) -> None:
        """Keep the logs of the last runs, so that a new run's log begins with its own start."""
        for log in sorted(self.path.joinpath("logs").glob("*.log")):
            name, _, number = log.stem.partition(".")
            if not number and log.stat().st_size:
                self._shift(name)

    def _shift(self, name: str) -> None:
        logs = self.path / "logs"
        for number in range(KEPT_LOGS - 1, 0, -1):
            older = logs / f"{name}.{number}.log"
            if older.exists():
                older.replace(logs / f"{name}.{number + 1}.log")
        self.log(name).replace(logs / f"{name}.1.log")


def write_private(path: Path, content: dict[str, str]) -> None:
    """Write a file that only we can read, whole or not at all, and on disk when this returns."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(content, stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
