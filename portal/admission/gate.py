"""The gate before the portal: tells whom it holds off before anything else is done for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from portal.admission.held_off import HeldOff, answer
from portal.admission.kinds import kind_of
from portal.admission.waiting import waited
from registry.rules.admission import Kind, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from portal.admission.addresses import Addresses
    from portal.admission.load import Load
    from portal.admission.pages import Pages

_NEVER_BY_ADDRESS: Final = frozenset({Kind.SUBMISSION, Kind.FINISHING})
_FORM: Final = "/daftar"
"""Whatever comes from an address, people behind it register themselves."""

_UNKNOWN: Final = 60
"""Seconds to wait when nobody can tell how long it will take."""


class Gate:
    """Lets requests through, or answers them at once with when to come again."""

    def __init__(
        self, app: WSGIApplication, load: Load, addresses: Addresses, pages: Pages
    ) -> None:
        self._app = app
        self._load = load
        self._addresses = addresses
        self._pages = pages

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let a request through, or answer it."""
        language, path = self._pages.language_of(environ.get("PATH_INFO", ""))
        kind = kind_of(environ["REQUEST_METHOD"], path)
        if kind is Kind.FREE:
            return self._app(environ, start_response)
        over = self._addresses.over(environ.get("REMOTE_ADDR", ""))
        why = self._load.refusal(kind, waited(environ))
        if over and kind not in _NEVER_BY_ADDRESS and path != _FORM:
            why = Refusal.ADDRESS
        if why is None:
            self._load.let_in(kind)
            return self._app(environ, start_response)
        self._load.refused(kind, why)
        seconds = round(over) + 1 if why is Refusal.ADDRESS else self._load.estimate(kind)
        held = HeldOff(kind, why, language, path, seconds, seconds or _UNKNOWN)
        return answer(held, self._pages, environ, start_response)
