"""The drawings of the choices: one sprite, in which a choice is found as question-code.

The questionnaire knows nothing of them: a choice without a drawing is asked in words alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

from portal.assets import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

SPRITE: Final = FOLDER / "gambar.svg"
_SYMBOL: Final = re.compile(r'<symbol id="([^"]+)"')


def init_app(app: Flask) -> None:
    """Give templates `picture('lantai-09')`: where the drawing is, '' when there is none."""
    address = cast("Callable[[str], str]", app.jinja_env.globals["asset"])(SPRITE.name)
    drawn = {name: f"{address}#{name}" for name in names()}
    app.jinja_env.globals["picture"] = lambda name: drawn.get(name, "")


def names() -> tuple[str, ...]:
    """Return what is drawn: `lantai-09` for a choice, `nik` for a question as a whole."""
    return tuple(_SYMBOL.findall(SPRITE.read_text(encoding="utf-8")))
