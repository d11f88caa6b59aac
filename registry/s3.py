"""Photos in an S3-compatible store, by MinIO's client (ADR 0005 says why that one)."""

from __future__ import annotations

import os
from io import BytesIO
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

import certifi
import urllib3
from minio import Minio
from minio.error import MinioException, S3Error

from registry.blobs import BlobMissing, Listed, StoreUnavailable, age_of, checked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from registry.blobs import StoreAddress

CONNECT_WITHIN: Final = 1.0
ANSWER_WITHIN: Final = 5.0
"""Seconds. No retries of the client's own: who waits is a citizen, or a job that comes again."""

MAX_BLOB: Final = 9 * 1024 * 1024
"""Bytes that are read of a blob: more than we ever put."""

_TYPE: Final = "application/octet-stream"
_ABSENT: Final = frozenset({"NoSuchKey", "NoSuchObject"})

T = TypeVar("T")


class S3Store:
    """A bucket, which must be there already and should be private."""

    def __init__(self, address: StoreAddress) -> None:
        endpoint = urlsplit(address.endpoint)
        self._bucket = address.bucket
        self._client = Minio(
            endpoint.netloc,
            access_key=address.access_key,
            secret_key=address.secret_key,
            region=address.region,
            secure=endpoint.scheme == "https",
            http_client=urllib3.PoolManager(
                timeout=urllib3.Timeout(connect=CONNECT_WITHIN, read=ANSWER_WITHIN),
                retries=urllib3.Retry(0, redirect=0),
                cert_reqs="CERT_REQUIRED",
                ca_certs=os.environ.get("SSL_CERT_FILE") or certifi.where(),
            ),
        )

    def put(self, name: str, content: bytes) -> None:
        """Put an object: S3 shows it whole or not at all."""
        key, stream = checked(name), BytesIO(content)
        _ask(
            lambda: self._client.put_object(
                self._bucket, key, stream, len(content), content_type=_TYPE
            )
        )

    def get(self, name: str) -> bytes:
        """Get an object."""
        key = checked(name)
        return _ask(lambda: self._read(key))

    def delete(self, name: str) -> None:
        """Remove an object; S3 has no complaint when there is none."""
        key = checked(name)
        _ask(lambda: self._client.remove_object(self._bucket, key))

    def listed(self, folder: str) -> Iterator[Listed]:
        """Return the objects of a folder."""
        found = _ask(lambda: list(self._client.list_objects(self._bucket, f"{folder}/")))
        for each in found:
            if each.object_name:
                yield Listed(each.object_name, age_of(each.last_modified))

    def _read(self, key: str) -> bytes:
        answer = self._client.get_object(self._bucket, key)
        try:
            content: bytes = answer.read(MAX_BLOB)
        finally:
            answer.close()
            answer.release_conn()
        return content


def _ask(what: Callable[[], T]) -> T:
    try:
        return what()
    except S3Error as error:
        if error.code in _ABSENT:
            raise BlobMissing from None
        kind = f"S3 {error.code}"
        raise StoreUnavailable(kind) from None
    except (MinioException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        # What they say may hold the address with our key's id.
        raise StoreUnavailable(type(error).__name__) from None
