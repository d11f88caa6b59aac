"""The one place that calls typst.

A template is a file of `templates/`; what it shows comes as JSON beside it, never inside its
source, so that a name may hold any sign and stays a name. Nothing is written to a disk and nothing
is fetched: the templates import no packages, and the fonts are the bundled ones.

Each paper is made in a process of its own, as photos are: typst keeps what it laid out for the next
times, some 400 MB for a long annex with its names, and gives none of it back.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import segno
import typst

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Data: TypeAlias = "str | int | bool | list[Data] | dict[str, Data]"
"""What a template can be given."""

_HERE: Final = Path(__file__).parent
_TEMPLATES: Final = _HERE / "templates"
_FONTS: Final = _HERE / "fonts"

# A word that is longer finds no place in a column; between the pieces a line may break.
_LONGEST_WORD: Final = 24
_LONG_WORD: Final = re.compile(rf"\S{{{_LONGEST_WORD},}}")
_PIECE: Final = 12
_BREAK: Final = "\N{ZERO WIDTH SPACE}"
# Of what typst tells of an error only the place is passed on: the rest may quote what was printed.
_PLACE: Final = re.compile(r"[\w-]+\.typ:\d+:\d+")


MEMORY: Final = 4 * 1024 * 1024 * 1024
"""Bytes of address space for one paper: several times what the annex of a kelurahan takes."""

WITHIN: Final = 120
"""Seconds for one paper; an annex of 3,500 lines takes about three."""

_BROKEN: Final = 3
"""Exit code of a template that does not compile; its place is then all of the output."""

_BOUNDS: Final = (
    (resource.RLIMIT_AS, MEMORY),
    (resource.RLIMIT_CPU, WITHIN),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
)


class TypesettingError(RuntimeError):
    """A paper was not made.

    The message names the template and the line in it, and quotes nothing of the content.
    """


def typeset(
    template: str,
    data: Mapping[str, Data],
    *,
    verbatim: Mapping[str, Data] | None = None,
    at: datetime | None = None,
) -> bytes:
    """Return the PDF of a template of `templates/`, without its `.typ`.

    The same arguments give the same bytes. `data` are texts to be read: control characters in them
    become spaces, and very long words may break, by signs that nobody sees. `verbatim` joins them
    untouched: drawings, links, and numbers that are copied out of the PDF. `at`, an aware time, is
    noted in the file as that of its making. Raises TypesettingError.
    """
    content = {key: _readable(value) for key, value in data.items()} | dict(verbatim or {})
    request = {
        "template": template,
        "content": json.dumps(content, ensure_ascii=False),
        "timestamp": int(at.timestamp()) if at else 0,
    }
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "registry.documents.typesetting"],
            # A half of a surrogate pair, which no text has, would be no UTF-8.
            input=json.dumps(request, ensure_ascii=False).encode("utf-8", "replace"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            timeout=WITHIN,
            check=False,
        )
    except subprocess.TimeoutExpired:
        message = f"the template {template} was not done within {WITHIN} seconds"
        raise TypesettingError(message) from None
    if done.returncode == 0 and done.stdout:
        return done.stdout
    where = done.stdout.decode("ascii", "replace") if done.returncode == _BROKEN else ""
    message = f"the template {template} made no PDF (exit code {done.returncode}) {where}"
    raise TypesettingError(message.rstrip())


def draw_qr(text: str) -> str:
    """Return a QR code as SVG, to be given as `verbatim`; level M, for paper gets folded."""
    return segno.make_qr(text, error="m").svg_inline(border=0, omitsize=True)


def _readable(value: Data) -> Data:
    if isinstance(value, str):
        plain = "".join(" " if unicodedata.category(c) == "Cc" else c for c in value)
        return _LONG_WORD.sub(_breakable, plain)
    if isinstance(value, list):
        return [_readable(entry) for entry in value]
    if isinstance(value, dict):
        return {key: _readable(entry) for key, entry in value.items()}
    return value


def _breakable(word: re.Match[str]) -> str:
    text = word[0]
    return _BREAK.join(text[start : start + _PIECE] for start in range(0, len(text), _PIECE))


def main() -> int:
    """Make the PDF that standard input asks for, to standard output; give the exit code."""
    for bound, most in _BOUNDS:
        with suppress(ValueError, OSError):  # not every system has every bound
            resource.setrlimit(bound, (most, most))
    request = json.load(sys.stdin.buffer)
    compiler = typst.Compiler(
        input=_TEMPLATES / f"{request['template']}.typ",
        root=_TEMPLATES,
        ignore_system_fonts=True,
        font_paths=[_FONTS],
    )
    try:
        made = compiler.compile(
            format="pdf",
            sys_inputs={"content": request["content"]},
            timestamp=request["timestamp"],
        )
    except typst.TypstError as error:
        sys.stdout.write(" ".join(_PLACE.findall(error.diagnostic)[:1]))
        return _BROKEN
    sys.stdout.buffer.write(made if isinstance(made, bytes) else b"")
    return 0


if __name__ == "__main__":
    sys.exit(main())
