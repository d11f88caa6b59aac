"""What somebody asks for, told by method and path alone."""

from __future__ import annotations

import re
from typing import Final

from registry.rules.admission import Kind

_FREE: Final = frozenset({"/healthz", "/readyz", "/metrics", "/sw.js"})
_PASSING: Final = ("/static/", "/dinas/pintu", "/dinas/beban")
"""Files, which cost little; and where dinas sees the load and sets the limits: just then."""

_ENTRANCES: Final = frozenset({"", "/", "/daftar", "/luring", "/masuk", "/masuk/kode", "/keluar"})
_DESKS: Final = ("/dinas", "/akun", "/loket", "/pendamping")
"""Also where others register people: dinas closes pages so that registering goes on."""
_APPENDS: Final = frozenset({"/daftar", "/loket/daftar", "/loket/perbaiki", "/pendamping/daftar"})
_AFTER_PAPER: Final = re.compile(r"/loket/kertas/[^/]+/putuskan")


def kind_of(method: str, path: str) -> Kind:
    """Return the kind of a request; `path` is without what names a language."""
    if path in _FREE or path.startswith(_PASSING):
        return Kind.FREE
    if method == "POST" and (path in _APPENDS or _AFTER_PAPER.fullmatch(path)):
        return Kind.SUBMISSION
    if path.startswith("/bukti/") or (method == "POST" and path.startswith("/loket/")):
        return Kind.FINISHING
    if path.startswith("/cek"):
        return Kind.LOOKUP
    return Kind.ENTRANCE if path in _ENTRANCES or path.startswith(_DESKS) else Kind.OTHER
