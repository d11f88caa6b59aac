"""Static files under names that carry their content's hash, so that phones keep them for good."""

from __future__ import annotations

import atexit
import gzip
import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rjsmin import jsmin
from whitenoise import WhiteNoise

if TYPE_CHECKING:
    from collections.abc import Iterable
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
        mimetypes={".opus": "audio/ogg"},
    )
    addresses: dict[str, str] = {}
    files = sorted(each for each in FOLDER.iterdir() if each.is_file())
    served = _compressed(files)
    scripts = _digest(*(file for file in files if file.suffix == ".js"))
    for file in files:
        addresses[file.name] = _address(file, scripts)
        server.add_file_to_dictionary(addresses[file.name], str(served / file.name))
    app.wsgi_app = server  # type: ignore[method-assign]
    app.jinja_env.globals["asset"] = addresses.__getitem__
    app.extensions["assets"] = server


def serve_folder(app: Flask, files: Iterable[Path], folder: str) -> str:
    """Serve files as they are, under one address that carries the content of all; return it.

    For files whose names are made on the phone: `address + name`.
    """
    listed = sorted(files)
    address = f"/static/{folder}/{_digest(*listed)}/"
    for file in listed:
        app.extensions["assets"].add_file_to_dictionary(address + file.name, str(file))
    return address


def serve_text(app: Flask, name: str, text: str) -> str:
    """Serve a file that is made at start, compressed; return its address."""
    with tempfile.TemporaryDirectory() as written:
        file = Path(written, name)
        file.write_text(text, encoding="utf-8")
        address = _address(file, "")
        app.extensions["assets"].add_file_to_dictionary(address, str(_compressed([file]) / name))
    return address


def _compressed(files: list[Path]) -> Path:
    """Return a folder with the files, each with a `.gz` beside it, as WhiteNoise looks for them.

    It goes with the process that made it, not with those that were forked from that.
    """
    folder, maker = Path(tempfile.mkdtemp(prefix="fmotm-static-")), os.getpid()

    def remove() -> None:
        if os.getpid() == maker:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    for file in files:
        content = file.read_bytes()
        if file.suffix == ".js":  # phones pay for each byte
            content = jsmin(content)
        folder.joinpath(file.name).write_bytes(content)
        shutil.copystat(file, folder / file.name)
        folder.joinpath(f"{file.name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
    return folder


def _address(file: Path, scripts: str) -> str:
    """Return the address of a file; scripts share a folder, so that they may import each other."""
    if file.suffix == ".js":
        return f"/static/{scripts}/{file.name}"
    return f"/static/{file.stem}.{_digest(file)}{file.suffix}"


def _digest(*files: Path) -> str:
    found = hashlib.sha256()
    for file in files:
        found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()[:_HASH_LENGTH]


def _protect(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
