"""Where photos lie: a folder, or any S3-compatible store. What is put here is sealed before.

Names are `folder/32 hexadecimal digits`, random, and nothing else is accepted as one. A store
either answers or raises soon: a citizen waits for it.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.s3 import S3Store

_NAME: Final = re.compile(r"[a-z]+/[0-9a-f]{32}", re.ASCII)
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)


class StoreUnavailable(Exception):  # noqa: N818 - named after what is the case
    """The store did not do it: down, full, or it refuses us. ``kind`` says which, for a log."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class BlobMissing(Exception):  # noqa: N818 - named after what is the case
    """There is nothing of this name."""


class Listed(NamedTuple):
    """A blob that is there, and for how long it has been (seconds)."""

    name: str
    age: float


class BlobStore(Protocol):
    """What is asked of a store. Each raises StoreUnavailable."""

    def put(self, name: str, content: bytes) -> None:
        """Keep `content`, whole or not at all; what had the name is replaced."""

    def get(self, name: str) -> bytes:
        """Return what was put; raise BlobMissing."""

    def delete(self, name: str) -> None:
        """See to it that nothing has this name."""

    def listed(self, folder: str) -> Iterator[Listed]:
        """Return what is in a folder."""


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """Where a store is, by the setting PHOTO_STORE. ``repr`` shows no key."""

    path: Path | None = None
    bucket: str = ""
    endpoint: str = ""
    region: str = ""
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)


def store_address(text: str) -> StoreAddress | None:
    """Read `file:///folder` or `s3://KEY:SECRET@bucket?endpoint=https://host&region=…`.

    '' is no store: None. Raises ValueError, whose message never shows the text.
    """
    if not text:
        return None
    try:
        parts = urlsplit(text)
        asked = parse_qs(parts.query, strict_parsing=True) if parts.query else {}
    except ValueError:
        raise ValueError("is no URL") from None
    if parts.scheme == "file":
        path = Path(unquote(parts.path))
        if parts.netloc or not path.is_absolute() or path == Path("/"):
            raise ValueError("must name a folder by its whole path: file:///folder")
        return StoreAddress(path=path)
    if parts.scheme != "s3":
        raise ValueError("must begin with file:/// or s3://")
    who, _, bucket = parts.netloc.rpartition("@")
    access, _, secret = who.partition(":")
    endpoint = (asked.pop("endpoint", [""]))[-1]
    region = (asked.pop("region", ["us-east-1"]))[-1]
    if asked or parts.path.strip("/") or not _BUCKET.fullmatch(bucket):
        raise ValueError("must name a bucket, and no more than endpoint and region after it")
    if not access or not secret:
        raise ValueError("holds no access key and secret, percent-encoded")
    _check_endpoint(endpoint)
    return StoreAddress(None, bucket, endpoint, region, unquote(access), unquote(secret))


def _check_endpoint(endpoint: str) -> None:
    parts = urlsplit(endpoint)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        raise ValueError("names no endpoint like https://s3.internal:9000")


def open_store(address: StoreAddress) -> FolderStore | S3Store:
    """Return the store of an address; it connects only when it is used."""
    if address.path is not None:
        return FolderStore(address.path)
    # Imported late: a folder needs no client of S3.
    from registry.s3 import S3Store  # noqa: PLC0415

    return S3Store(address)


def checked(name: str) -> str:
    """Return a blob's name; raise ValueError for anything else, before it becomes a path."""
    if not _NAME.fullmatch(name):
        raise ValueError("no name of a blob")
    return name


class FolderStore:
    """A folder that only we can read. A file appears whole and on disk, or not at all."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, name: str, content: bytes) -> None:
        """Write beside it, on disk, then rename."""
        path = self._path(name)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                _write(draft, content)
                draft.replace(path)
            except OSError:
                draft.unlink(missing_ok=True)
                raise
            _sync_folder(path.parent)
        except OSError as error:
            raise StoreUnavailable(_kind(error)) from None

    def get(self, name: str) -> bytes:
        """Read a file."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            raise BlobMissing from None
        except OSError as error:
            raise StoreUnavailable(_kind(error)) from None

    def delete(self, name: str) -> None:
        """Remove a file, if it is there."""
        try:
            self._path(name).unlink(missing_ok=True)
        except OSError as error:
            raise StoreUnavailable(_kind(error)) from None

    def listed(self, folder: str) -> Iterator[Listed]:
        """Return the files of a folder; drafts that a crash left are removed when a day old."""
        now = time.time()
        for path in sorted(self._root.joinpath(folder).glob("*/*")):
            with suppress(FileNotFoundError):
                age = now - path.stat().st_mtime
                if path.name.startswith("."):
                    _remove_old_draft(path, age)
                else:
                    yield Listed(f"{folder}/{path.name}", age)

    def _path(self, name: str) -> Path:
        folder, _, digits = checked(name).partition("/")
        # 256 folders: a round has millions of photos.
        return self._root / folder / digits[:2] / digits


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_old_draft(path: Path, age: float) -> None:
    if age > 86_400:
        path.unlink(missing_ok=True)


def _kind(error: OSError) -> str:
    return error.strerror or type(error).__name__


def age_of(since: datetime | None) -> float:
    """Return the seconds since a time that a server told; 0 when it told none."""
    return (datetime.now(UTC) - since).total_seconds() if since else 0.0
