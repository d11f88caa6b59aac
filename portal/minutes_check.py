"""Whether minutes are ours: for anybody who holds a print or a file of them.

It tells of which session of which kelurahan they are, and nothing of anybody who is named in them.
The file itself stays with whoever checks it: their browser computes its code.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from portal import errors
from portal.services import services
from registry.rules.regions import kelurahan
from registry.store.minutes import Registered, official_number, registered

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("minutes_check", __name__)
_log = logging.getLogger(__name__)

LONGEST: Final = 200
"""Characters of a typed code: 64, and as many spaces as somebody may type between them."""

_CODE: Final = re.compile(r"[0-9a-f]{64}")
_BETWEEN: Final = re.compile(r"[\s\-\u200b]+")


def init_app(app: Flask) -> None:
    """Add the public pages of minutes."""
    app.register_blueprint(blueprint)


@blueprint.get("/berita-acara")
def form() -> ResponseReturnValue:
    """Ask for the code; one that can be a code is looked up."""
    typed = request.args.get("kode", "")
    if not typed.strip():
        return _page()
    code = read_code(typed)
    if code is None:
        return _page(typed=typed[:LONGEST], wrong=True), 422
    return redirect(url_for("minutes_check.show", code=code), 303)


@blueprint.get("/berita-acara/<code>")
def show(code: str) -> ResponseReturnValue:
    """Tell whether minutes with this code, of their content or of their file, are registered."""
    asked = read_code(code)
    if asked is None:
        return _page(unknown=True), 404
    try:
        with services().sessions() as session:
            found = registered(session, bytes.fromhex(asked))
    except SQLAlchemyError as error:
        _log.error("minutes without PostgreSQL: %s", type(error).__name__)
        return errors.page(503)
    if found is None:
        return _page(unknown=True, code=asked), 404
    return _page(found=found, code=asked)


def read_code(typed: str) -> str | None:
    """Return the 64 digits of a code, however they were grouped; None for what is no code."""
    if len(typed) > LONGEST:
        return None
    code = _BETWEEN.sub("", typed).lower()
    return code if _CODE.fullmatch(code) else None


def _page(
    found: Registered | None = None,
    *,
    unknown: bool = False,
    code: str = "",
    typed: str = "",
    wrong: bool = False,
) -> str:
    def number(value: int | None) -> str:
        if found is None or value is None:
            return ""
        return official_number(found.kelurahan_code, found.period_id, value)

    return render_template(
        "berita_acara.html",
        found=found,
        place=kelurahan(found.kelurahan_code) if found else None,
        number=number(found.number if found else None),
        corrects=number(found.corrects if found else None),
        corrected_by=number(found.corrected_by if found else None),
        unknown=unknown,
        groups=[code[start : start + 8] for start in range(0, len(code), 8)],
        typed=typed,
        wrong=wrong,
    )
