"""Programs of the system that a load test needs: installed where that can be done."""

from __future__ import annotations

import os
import shutil
import subprocess


def installed(program: str, package: str) -> str | None:
    """Return where a program is, installing Debian's package of it as root; None without it."""
    found = shutil.which(program)
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {package} ...", flush=True)
        for arguments in (["update", "-q"], ["install", "-y", "-q", package]):
            subprocess.run(
                ["apt-get", *arguments],
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            )
        found = shutil.which(program)
    return found
