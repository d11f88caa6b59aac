"""An application in order, taken before Flask is asked: thousands send theirs in the same minutes.

Nearly all of them are complete, and are answered with nothing but the address of a receipt. For
these alone Flask's request, its hooks and its answer would cost as much as reading and sealing the
form. Whatever else comes goes on to `portal.citizen.apply`, as it came.
"""

from __future__ import annotations

import time
from io import BytesIO
from typing import TYPE_CHECKING, Final

from portal import metrics
from portal.admission import admission
from portal.citizen import accepting, apply
from portal.citizen.reading import FORM, UnreadableForm, read_body
from portal.headers import of_every_answer
from portal.services import services
from registry.inbox import Submission

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask

    from portal.citizen.reading import Fields

ENDPOINT: Final = "apply.send"
"""Flask's name of it, by which it is counted."""

_SCRIPT: Final = "application/json"
_FORMS: Final = frozenset({FORM, f"{FORM};charset=UTF-8"})
"""What browsers say that a form is, and what they say when a script of ours sends it."""


class Straight:
    """Takes what is in order; everything else goes on."""

    def __init__(self, app: Flask, after: WSGIApplication) -> None:
        self._flask = app
        self._after = after

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with the receipt, or let Flask answer."""
        if environ["PATH_INFO"] != apply.PATH or environ["REQUEST_METHOD"] != "POST":
            return self._after(environ, start_response)
        began = time.perf_counter()
        receipt = self._receipt(environ)
        if receipt is None:
            return self._after(environ, start_response)
        address = f"{environ.get('SCRIPT_NAME', '')}/bukti/{receipt}"
        secure = environ["wsgi.url_scheme"] == "https"
        if environ.get("HTTP_ACCEPT") == _SCRIPT:
            status, body = "201 CREATED", f'{{"bukti": "{address}"}}'.encode()
            headers = [("Content-Type", _SCRIPT), *of_every_answer(secure=secure)]
        else:
            status, body = "303 SEE OTHER", b""
            headers = [("Location", address), *of_every_answer(secure=secure)]
        start_response(status, [("Content-Length", str(len(body))), *headers])
        metrics.answered(ENDPOINT, int(status[:3]), time.perf_counter() - began)
        return [body]

    def _receipt(self, environ: WSGIEnvironment) -> str | None:
        """Return the text of a receipt; None when Flask is to answer."""
        fields = self._fields(environ)
        try:
            return None if fields is None else self._taken(fields)
        except Exception as error:  # noqa: BLE001 - Flask knows what to say of it, and to whom
            accepting.say_again(environ, error)
            return None

    def _fields(self, environ: WSGIEnvironment) -> Fields | None:
        """Read a form as a browser or our script sends it, and leave it to be read once more."""
        length = environ.get("CONTENT_LENGTH", "")
        if environ.get("CONTENT_TYPE") not in _FORMS or not (length.isascii() and length.isdigit()):
            return None
        if int(length) > self._flask.config["MAX_CONTENT_LENGTH"]:
            return None
        accept = environ.get("HTTP_ACCEPT", "")
        if "json" in accept and accept != _SCRIPT:
            return None
        try:
            body = environ["wsgi.input"].read(int(length))
        except OSError:  # gone, or silent for too long
            body = b""
        environ["wsgi.input"] = BytesIO(body)
        try:
            return read_body(body, whole=len(body) == int(length))
        except UnreadableForm:
            return None

    def _taken(self, fields: Fields) -> str | None:
        """Return the text of a receipt; None when there is more to say."""
        if fields.get("aksi") != ["kirim"] or "tiket" in fields:
            return None
        here = services(self._flask)
        sealed = apply.in_order(fields, here)
        if not isinstance(sealed, Submission):
            return None
        return accepting.keep(sealed, here, admission(self._flask).load)


def init_app(app: Flask) -> None:
    """Put it right before Flask, where the language of an address is known."""
    app.wsgi_app = Straight(app, app.wsgi_app)  # type: ignore[method-assign]
