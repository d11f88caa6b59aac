"""Find a Chromium for the browser tests, or install one: `python -m tests.browser.chromium`.

In this order: the path in CHROMIUM, one on PATH, one that Playwright has installed; then the
system's package (Debian and Ubuntu, as root), then Playwright's own download. The headless shell
comes before a whole browser, which takes half as much again: it draws windows nobody sees.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
HOW = "install it (Debian and Ubuntu: apt install chromium), or set CHROMIUM to its path"


class NoChromium(Exception):  # noqa: N818 - named after what is the case
    """There is none, and none could be installed; the message says what to do."""


def find() -> Path | None:
    """Return the Chromium to use, None when there is none. Raises NoChromium for a wrong path."""
    named = os.environ.get("CHROMIUM", "").strip()
    if named:
        if shutil.which(named) is None:
            message = f"CHROMIUM={named} is not a program: correct it, or unset it"
            raise NoChromium(message)
        return Path(named)
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    if on_path:
        return Path(on_path)
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.is_file() else None


def install() -> Path:
    """Return the Chromium to use, after installing it if need be; raises NoChromium."""
    found = find()
    if found and (os.environ.get("CHROMIUM") or found.name == SHELL or not _known_to_apt()):
        return found
    print("Installing a Chromium for the browser tests ...", flush=True)  # noqa: T201
    for commands in _ways(found):
        if all(_done(command) for command in commands) and (now := find()):
            return now
    if found:
        return found
    raise NoChromium(f"There is no Chromium for the browser tests: {HOW}.")


def _known_to_apt() -> bool:
    return _may_install() and _done(["apt-cache", "show", SHELL])


def _may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _ways(found: Path | None) -> list[list[list[str]]]:
    apt = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "fonts-dejavu-core"]
    if found:
        return [[[*apt, SHELL]]]
    ways = [[[sys.executable, "-m", "playwright", "install", "chromium"]]]
    if _may_install():
        update = ["apt-get", "update", "--quiet"]
        ways[:0] = [[update, [*apt, SHELL]], [[*apt, "chromium"]]]
    return ways


def _done(command: list[str]) -> bool:
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environ, capture_output=True, check=False)
    return done.returncode == 0


if __name__ == "__main__":
    try:
        install()
    except NoChromium as error:
        sys.exit(str(error))
