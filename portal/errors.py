"""Error pages: what happened, and what to do next, in words for tired people."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, NamedTuple

from flask import g, render_template, request
from flask_babel import lazy_gettext as _
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable

from portal.accounts.gate import sees_desk

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

_log = logging.getLogger(__name__)


class Words(NamedTuple):
    """A page's title and what to do."""

    title: str
    advice: str


PAGES: Final = {
    400: Words(
        _("Kiriman tidak terbaca"), _("Buka lagi formulirnya, lalu coba kirim sekali lagi.")
    ),
    404: Words(_("Halaman tidak ditemukan"), _("Periksa alamatnya, atau mulai dari halaman awal.")),
    405: Words(_("Halaman ini tidak bisa dibuka begitu"), _("Mulai lagi dari halaman awal.")),
    413: Words(
        _("Kiriman terlalu besar"),
        _("Data Anda belum terkirim. Tekan tombol kembali, lalu tulis lebih singkat."),
    ),
    429: Words(_("Terlalu banyak permintaan"), _("Tunggu satu menit, lalu coba lagi.")),
    500: Words(
        _("Ada kesalahan pada sistem kami"),
        _("Ini bukan salah Anda. Tunggu sebentar, lalu coba lagi."),
    ),
    503: Words(_("Layanan sedang sibuk"), _("Tunggu sebentar, lalu coba lagi.")),
}
DESK: Final = {
    400: Words("Kiriman tidak terbaca", "Buka lagi halamannya, lalu kirim sekali lagi."),
    403: Words("Ini tidak diizinkan", "Mulai lagi dari menu di atas."),
    404: Words(
        "Halaman tidak ditemukan",
        "Halaman ini tidak ada, atau bukan untuk Anda. Periksa alamatnya, atau pilih dari menu.",
    ),
    413: Words(
        "Kiriman terlalu besar",
        "Kiriman ini belum tersimpan. Tekan tombol kembali, lalu kirim yang lebih kecil.",
    ),
    500: Words(
        "Ada kesalahan pada sistem kami",
        "Ini bukan salah Anda. Kiriman Anda mungkin belum tersimpan: periksa dulu, baru ulangi.",
    ),
}
"""What the signed-in read instead. Their pages are in Indonesian only."""

_RETRY_AFTER: Final = {429: 60, 500: 10, 503: 10}


def init_app(app: Flask) -> None:
    """Show our pages for every error."""
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(OperationalError, _unreachable)
    app.register_error_handler(PoolTimeout, _unreachable)
    app.register_error_handler(Exception, _unexpected)


def page(code: int) -> ResponseReturnValue:
    """Return the error page of an HTTP status; the nearest that we have words for.

    Who is signed in sees it at the desk, with their menu.
    """
    at_the_desk = sees_desk()
    known = {**PAGES, **DESK} if at_the_desk else PAGES
    words = known.get(code) or known[400 if code < 500 else 500]
    headers = {"Retry-After": str(_RETRY_AFTER[code])} if code in _RETRY_AFTER else {}
    template = "akun/galat.html" if at_the_desk else "galat.html"
    return render_template(template, code=code, words=words), code, headers


def _known(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:  # a redirect that routing raised
        return error
    answer = page(code)
    if isinstance(answer, tuple) and code == 405:
        allowed = {name: value for name, value in error.get_headers() if name == "Allow"}
        return answer[0], code, allowed
    return answer


def _unreachable(error: Exception) -> ResponseReturnValue:
    """PostgreSQL is down or too busy; citizens' pages catch it themselves and say more."""
    _log.warning("%s without PostgreSQL: %s", request.endpoint, type(error).__name__)
    g.without_database = True  # nobody looks for the account to show its name
    return page(ServiceUnavailable.code)


def _unexpected(error: Exception) -> ResponseReturnValue:
    # The formatter leaves out what the exception says; the endpoint tells where, not who.
    _log.error("unexpected error in %s", request.endpoint, exc_info=error)
    return page(InternalServerError.code)
