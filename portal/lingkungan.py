"""The sheet of a neighbourhood by its link: for RT, Dasawisma or pendata, without an account.

Whoever holds the link sees names and addresses of one RT and marks them until it expires, is
withdrawn or is handed in. The link is the only key there is, so there is no session and no CSRF
token. Unknown, expired and withdrawn links all get one page, which says what to do.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

from flask import Blueprint, g, jsonify, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from portal import errors
from portal.marks import CHOICES, BadMarks, Home, home, read_marks
from portal.services import services
from registry.rules.marks import Source
from registry.rules.regions import PRACTICE, place_of
from registry.store.sheet_links import hand_in, linked_lines, linked_sheet, mark_lines

if TYPE_CHECKING:
    from flask import Flask, Response
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from registry.rules.marks import Mark
    from registry.store.sheet_links import LinkedLine, LinkedSheet

blueprint = Blueprint("neighbours", __name__)
_log = logging.getLogger(__name__)

ASKED = {
    Source.RT: "Ketua RT",
    Source.DASAWISMA: "Dasawisma, RT",
    Source.PENDATA: "Pendata, RT",
}
"""Source → whom the page addresses, before the number of the RT."""

HANDED_IN = "Lembar ini sudah dikirim ke kelurahan. Tidak ada yang diubah."
UNREADABLE = "Kiriman tidak terbaca. Tidak ada yang diubah. Tandai lagi, lalu simpan."
ON_PAPER = "Sebagian sudah diketik dari kertas di kelurahan, jadi tidak diubah di sini."


class _Row(NamedTuple):
    """One household on the page."""

    line: int
    home: Home
    mark: Mark | None
    on_paper: bool


def init_app(app: Flask) -> None:
    """Add the page of the link."""
    app.register_blueprint(blueprint)


@blueprint.after_request
def keep_to_oneself(response: Response) -> Response:
    """Stricter than elsewhere: the address itself opens the page."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.errorhandler(SQLAlchemyError)
def unreachable(error: SQLAlchemyError) -> ResponseReturnValue:
    """Say that it can be tried again: nothing of a sheet is known without PostgreSQL."""
    _log.warning("a sheet without PostgreSQL: %s", type(error).__name__)
    return errors.page(503)


@blueprint.get("/lembar/<token>")
def show(token: str) -> ResponseReturnValue:
    """Show the sheet of a link."""
    with services().sessions.begin() as session:
        return _page(session, token)


@blueprint.post("/lembar/<token>")
def send(token: str) -> ResponseReturnValue:
    """Save what is marked, all of it or nothing; and hand the sheet in when that is asked.

    A script sends one line at a time and gets figures for an answer.
    """
    with services().sessions.begin() as session:
        sheet = linked_sheet(session, token)
        if sheet is None:
            return _dead()
        lines = linked_lines(session, token)
        try:
            marks = read_marks(request.form, {each.line for each in lines})
        except BadMarks:
            return _refused(session, token, UNREADABLE, 422)
        if sheet.handed_in_at is not None:
            return _refused(session, token, HANDED_IN, 409)
        if marks and mark_lines(session, token, marks) < len(marks):
            return _refused(session, token, ON_PAPER, 409)
        return _next(session, token, lines, marks)


def _next(
    session: Session, token: str, lines: list[LinkedLine], marks: dict[int, Mark]
) -> ResponseReturnValue:
    blank = [each.line for each in lines if not (each.mark or each.on_paper)]
    blank = [line for line in blank if line not in marks]
    asked = request.form.get("aksi")
    if asked == "kirim" and blank:
        return _page(session, token, blank=blank, status=422)
    if asked in {"kirim", "kirim-saja"}:
        hand_in(session, token)
    if _for_script():
        return jsonify(ditandai=len(lines) - len(blank), dari=len(lines))
    return redirect(url_for("neighbours.show", token=token), 303)


def _refused(session: Session, token: str, problem: str, status: int) -> ResponseReturnValue:
    if _for_script():
        return jsonify(galat=problem), status
    return _page(session, token, problem=problem, status=status)


def _page(
    session: Session,
    token: str,
    *,
    problem: str = "",
    blank: list[int] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    sheet = linked_sheet(session, token)
    if sheet is None:
        return _dead()
    rows = [_row(each) for each in linked_lines(session, token)]
    page = render_template(
        "lingkungan/lembar.html",
        **_head(sheet),
        token=token,
        rows=rows,
        done=sum(each.mark is not None or each.on_paper for each in rows),
        choices=CHOICES,
        labels=dict(CHOICES),
        problem=problem,
        blank=blank or [],
    )
    return make_response(page, status)


def _head(sheet: LinkedSheet) -> dict[str, object]:
    g.practice = sheet.kelurahan == PRACTICE.code
    return {
        "sheet": sheet,
        "place": place_of(sheet.kelurahan),
        "asked": ASKED[sheet.source],
    }


def _row(line: LinkedLine) -> _Row:
    return _Row(line.line, home(line.application_id, line.sealed), line.mark, line.on_paper)


def _dead() -> ResponseReturnValue:
    if _for_script():
        return jsonify(galat="Tautan ini tidak berlaku lagi."), 404
    return make_response(render_template("lingkungan/mati.html"), 404)


def _for_script() -> bool:
    return request.accept_mimetypes.best == "application/json"
