"""Keys and passwords of the embedded set-up: made once, kept in the data folder, never shown.

What was sealed can only be read with these keys: a folder that has data but no secrets is an
error, not a reason to make new ones.
"""

import json
import secrets
from pathlib import Path

from fmotm.embedded.errors import EmbeddedError
from fmotm.embedded.folder import DataFolder, write_private
from registry.settings import new_secrets

# The settings that must be secret, by the names of `registry.settings`.
KEYS = ("SEAL_KEYS", "INDEX_KEY", "ID_KEY", "SECRET_KEY")
ADMIN, OWNER, PORTAL, WORKER = "fmotm_admin", "fmotm_owner", "fmotm_portal", "fmotm_worker"
ROLES = (ADMIN, OWNER, PORTAL, WORKER)
INBOX, QUEUE = "inbox", "queue"
_NAMES = (*KEYS, *ROLES, INBOX, QUEUE)


def load_secrets(folder: DataFolder) -> dict[str, str]:
    """Return the folder's secrets by name, making them when the folder is new.

    Raises EmbeddedError when the file is damaged, or missing although there is data.
    """
    path = folder.path / "secrets.json"
    if not path.exists():
        _refuse_orphaned_data(folder.path)
        made = make_secrets()
        write_private(path, made)
        return made
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise EmbeddedError(_restore(path, "cannot be read")) from error
    if not isinstance(found, dict) or any(not isinstance(found.get(n), str) for n in _NAMES):
        raise EmbeddedError(_restore(path, "is not complete"))
    return {name: found[name] for name in _NAMES}


def make_secrets() -> dict[str, str]:
    """Make a fresh set of keys and passwords."""
    passwords = {name: secrets.token_hex(24) for name in (*ROLES, INBOX, QUEUE)}
    return new_secrets() | passwords


def _refuse_orphaned_data(folder: Path) -> None:
    if any(folder.joinpath(name).exists() for name in ("postgres/data", INBOX)):
        path = folder / "secrets.json"
        raise EmbeddedError(_restore(path, "is gone, but there is data that needs its keys"))


def _restore(path: Path, state: str) -> str:
    return f"{path} {state}: restore it from a backup, or set FMOTM_DATA to a new folder"
