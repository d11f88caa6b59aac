"""Which folder a run uses, holding it alone, and telling other commands what runs there."""

import hashlib
import json
import os
import pwd
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from fmotm.embedded.account import Account, can_enter
from fmotm.embedded.errors import EmbeddedError, FolderInUse
from fmotm.embedded.folder import DataFolder, write_private
from fmotm.embedded.locks import end_holders, is_held, read_holder, try_lock, write_holder

PROJECT = Path(__file__).resolve().parents[2]
SYSTEM_DATA = Path("/var/lib/fmotm")
_STOPS_WITHIN = 12.0


def data_path(environ: Mapping[str, str]) -> Path:
    """Return the data folder that is asked for: FMOTM_DATA, else `.data` in the project."""
    given = environ.get("FMOTM_DATA", "").strip()
    if given:
        return Path(given).expanduser().absolute()
    home = PROJECT if PROJECT.joinpath("pyproject.toml").exists() else Path.cwd()
    return home / ".data"


def choose_folder(environ: Mapping[str, str], account: Account | None) -> DataFolder:
    """Return the folder to use: the one asked for, or one under /var/lib that servers can reach.

    Raises EmbeddedError when it belongs to another user than us.
    """
    path = data_path(environ)
    if not environ.get("FMOTM_DATA", "").strip() and not can_enter(account, path.parent):
        path = _elsewhere(path)
    try:
        owner = path.stat().st_uid
    except FileNotFoundError:
        return DataFolder(path, account)
    except OSError as error:
        message = f"the data folder {path} cannot be reached: {error.strerror}; set FMOTM_DATA"
        raise EmbeddedError(message) from error
    if owner != os.geteuid():
        whose = f"the data folder {path} belongs to {_user(owner)}"
        message = f"{whose}: run as that user, or set FMOTM_DATA to another folder"
        raise EmbeddedError(message)
    return DataFolder(path, account)


@contextmanager
def claim(folder: DataFolder, url: str) -> Iterator[int]:
    """Hold the folder alone, and end what an earlier run that was killed left in it.

    Gives the lock, for `mark_stopping`. Raises FolderInUse when another run holds it; one that is
    just stopping is waited for.
    """
    lock = _wait_for_lock(folder)
    try:
        write_holder(lock, pid=os.getpid(), url=url)
        folder.environment.unlink(missing_ok=True)
        for left in sorted(folder.run.glob("*.lock")):
            end_holders(left)
        yield lock
    finally:
        folder.environment.unlink(missing_ok=True)
        os.close(lock)


def mark_stopping(lock: int) -> None:
    """Tell a run that wants the folder next that it will soon have it."""
    write_holder(lock, pid=os.getpid(), stopping=True)


def publish_environment(folder: DataFolder, environ: dict[str, str]) -> None:
    """Let other commands of this user reach the servers that run on the folder."""
    write_private(folder.environment, environ)


def running_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of the `fmotm up` that runs on our data folder; empty when none runs.

    For the other commands: `{**running_environment(os.environ), **os.environ}`.
    """
    for path in (data_path(environ), _elsewhere(data_path(environ))):
        folder = DataFolder(path)
        try:
            if is_held(folder.lock):
                found = json.loads(folder.environment.read_text())
                return {str(name): str(value) for name, value in found.items()}
        except (OSError, ValueError):  # another user's, or still starting
            continue
    return {}


def _elsewhere(path: Path) -> Path:
    """Return where data goes when servers cannot reach the project: a folder for each project."""
    project = path.parent
    return SYSTEM_DATA / f"{project.name}-{hashlib.sha256(bytes(project)).hexdigest()[:8]}"


def _wait_for_lock(folder: DataFolder) -> int:
    until = time.monotonic() + _STOPS_WITHIN
    while (lock := try_lock(folder.lock)) is None:
        holder = read_holder(folder.lock)
        # Just made, its holder may not have been written yet.
        if holder.get("stopping") is not True or time.monotonic() > until:
            raise FolderInUse(_in_use(folder, holder))
        time.sleep(0.1)
    return lock


def _in_use(folder: DataFolder, holder: Mapping[str, int | str | bool]) -> str:
    who = f"process {holder['pid']}" if "pid" in holder else "another process"
    where = f", {holder['url']}" if "url" in holder else ""
    return (
        f"fmotm already runs on the data folder {folder.path} ({who}{where}):"
        " stop it first, or give this one its own FMOTM_DATA and PORT"
    )


def _user(number: int) -> str:
    try:
        return f"`{pwd.getpwuid(number).pw_name}`"
    except KeyError:
        return f"user {number}"
