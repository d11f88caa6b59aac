"""Static files under names that carry their content's hash, so that phones keep them for good."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from whitenoise import WhiteNoise

if TYPE_CHECKING:
    from wsgiref.headers import Headers

    from flask import Flask

FOLDER: Final = Path(__file__).parent / "static"
_FOREVER: Final = 31_536_000
_HASH_LENGTH: Final = 12


def init_app(app: Flask) -> None:
    """Serve `static/` before Flask sees the request; `asset('portal.css')` is its address."""
    server = WhiteNoise(
        app.wsgi_app,
        max_age=_FOREVER,
        allow_all_origins=False,
        add_headers_function=_protect,
        immutable_file_test=lambda _path, _url: True,
    )
    addresses: dict[str, str] = {}
    for file in sorted(FOLDER.iterdir()):
        addresses[file.name] = _address(file)
        server.add_file_to_dictionary(addresses[file.name], str(file))
    app.wsgi_app = server  # type: ignore[method-assign]
    app.jinja_env.globals["asset"] = addresses.__getitem__


def _address(file: Path) -> str:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:_HASH_LENGTH]
    return f"/static/{file.stem}.{digest}{file.suffix}"


def _protect(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
