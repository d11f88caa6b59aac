"""What scripts of our own pages are told when they send the form: a few words instead of a page.

A phone that sends again in the background can show no page. It asks with `Accept:
application/json` and is told how it went on; what was answered in the form is never sent back.

- 201 ``{"bukti": address}``: accepted; the receipt is there.
- 429 and 5xx ``{"tunggu": seconds}``, perhaps with ``"tiket"``: send the same again after that.
- everything else ``{"perbaiki": true}``: somebody has to look at it. Sent as a form, the same
  answers get the page that shows what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import jsonify, request

if TYPE_CHECKING:
    from flask import Response

_KINDS: Final = ("text/html", "application/json")


def asked_by_script() -> bool:
    """Whether to answer in JSON; a browser that asks for a page never wants that."""
    return request.accept_mimetypes.best_match(_KINDS) == "application/json"


def in_few_words(answer: Response) -> Response:
    """Return what a page tells, as a script is told it."""
    if answer.mimetype == "application/json":
        return answer
    if answer.status_code == 303:
        told = jsonify(bukti=answer.location)
        told.status_code = 201
        return told
    seconds = answer.headers.get("Retry-After")
    if seconds is not None:
        return wait(answer.status_code, int(seconds))
    told = jsonify(perbaiki=True)
    told.status_code = answer.status_code
    return told


def wait(status: int, seconds: int, ticket: str = "") -> Response:
    """Return that the same is to be sent again after `seconds`, with the ticket if there is one."""
    told = jsonify(tunggu=seconds, **({"tiket": ticket} if ticket else {}))
    told.status_code = status
    told.headers["Retry-After"] = str(seconds)
    return told
