"""Headers that protect people, on every answer, and which proxies are believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import make_response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.services import services

if TYPE_CHECKING:
    from flask import Flask, Response

_DIRECTIVES: Final = (
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "worker-src 'self'",
    "img-src 'self' data:",  # data: for the QR code of the receipt
    "media-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
POLICY: Final = "; ".join(_DIRECTIVES)
"""Nothing from elsewhere, nothing inline."""

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    # Flask-WTF's check of signed-in forms over HTTPS needs the referrer; others must not get it.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(self), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
KEPT_FOR: Final = 60
"""Seconds that a page which is the same for everybody is not asked for again."""

HSTS: Final = "max-age=31536000; includeSubDomains"


def init_app(app: Flask) -> None:
    """Add the headers; believe as many proxies as TRUSTED_PROXIES says, and none unasked."""
    app.after_request(_protect)
    with app.app_context():
        proxies = services().settings.trusted_proxies
    if proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )


def keepable(page: str) -> Response:
    """Return a page with nothing of anybody in it, which phones may keep and ask for again."""
    response = make_response(page)
    response.cache_control.public = True
    response.cache_control.max_age = KEPT_FOR
    response.add_etag()
    response.make_conditional(request)
    return response


def of_every_answer(*, secure: bool) -> tuple[tuple[str, str], ...]:
    """Return the headers that an answer has unless a view says otherwise."""
    return _SECURE if secure else _PLAIN


# Phones are shared and proxies keep things: a page is kept only where a view says that it may.
_PLAIN: Final = (*HEADERS.items(), ("Cache-Control", "no-store"))
_SECURE: Final = (*_PLAIN, ("Strict-Transport-Security", HSTS))


def _protect(response: Response) -> Response:
    said = {name.lower() for name, _ in response.headers}
    others = of_every_answer(secure=request.is_secure)
    response.headers.extend([each for each in others if each[0].lower() not in said])
    return response
