"""Which user of the operating system the embedded servers run as.

PostgreSQL refuses to run as root. Root's servers therefore run as `postgres` where that user
exists, else as `nobody`; an ordinary user's servers run as that user.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from fmotm.embedded.errors import EmbeddedError


@dataclass(frozen=True, slots=True)
class Account:
    """A user that servers run as in place of root."""

    name: str
    uid: int
    gid: int


def server_account() -> Account | None:
    """Return the user that root's servers run as; None when we are an ordinary user.

    Raises EmbeddedError when root has nobody to run them as.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedError(
        "PostgreSQL does not run as root, and this machine has neither a user `postgres` nor"
        " `nobody`: run as an ordinary user, or set DATABASE_URL"
    )


def can_enter(account: Account | None, folder: Path) -> bool:
    """Tell whether the account may enter a folder that exists.

    Asked of the system, as that user: modes alone do not tell (access lists, mounts).
    Raises EmbeddedError when we may not act as that user.
    """
    if account is None:
        return os.access(folder, os.X_OK)
    test = shutil.which("test") or "/usr/bin/test"
    try:
        asked = subprocess.run(  # noqa: S603 - our own words
            [test, "-x", folder],
            cwd="/",
            env={},
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            check=False,
        )
    except PermissionError as error:
        message = (
            f"PostgreSQL does not run as root, and this root may not become `{account.name}`:"
            " run as an ordinary user, or set DATABASE_URL, INBOX_REDIS_URL and REDIS_URL"
        )
        raise EmbeddedError(message) from error
    return asked.returncode == 0
