"""Photos in an S3-compatible store: against a server that speaks S3 (moto)."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from urllib.error import URLError

import pytest

from fmotm.embedded import free_port
from registry.blobs import BlobMissing, StoreUnavailable, open_store, store_address
from registry.s3 import S3Store

NAME = "masuk/" + "0a" * 16
OTHER = "foto/" + "0b" * 16


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    url = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "moto.server", "-p", url.rpartition(":")[2]]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{url}/moto-api/", timeout=2).close()
                break
            except (URLError, ConnectionError, TimeoutError):
                assert time.monotonic() < until
                time.sleep(0.1)
        request = urllib.request.Request(f"{url}/photos", method="PUT")
        urllib.request.urlopen(request, timeout=5).close()
        yield url
    finally:
        server.kill()
        server.wait()


def store(endpoint: str, bucket: str = "photos") -> S3Store:
    address = store_address(f"s3://KEY:s%2Fcret@{bucket}?endpoint={endpoint}")
    assert address
    opened = open_store(address)
    assert isinstance(opened, S3Store)
    return opened


def test_what_is_put_is_got_replaced_listed_and_gone(endpoint: str) -> None:
    photos = store(endpoint)
    photos.put(NAME, b"one")
    photos.put(NAME, bytes(range(256)) * 1024)
    photos.put(OTHER, b"x")
    assert photos.get(NAME) == bytes(range(256)) * 1024
    (listed,) = photos.listed("masuk")
    assert listed.name == NAME
    assert -5 < listed.age < 60
    photos.delete(NAME)
    photos.delete(NAME)
    with pytest.raises(BlobMissing):
        photos.get(NAME)
    assert list(photos.listed("masuk")) == []


def test_a_bucket_that_is_not_there_is_a_store_that_is_down(endpoint: str) -> None:
    with pytest.raises(StoreUnavailable, match="S3 NoSuchBucket"):
        store(endpoint, "nowhere").put(NAME, b"x")
    with pytest.raises(StoreUnavailable, match="S3 NoSuchBucket"):
        store(endpoint, "nowhere").get(NAME)


def test_a_server_that_is_down_is_told_soon_and_without_a_key() -> None:
    photos = store("http://127.0.0.1:1")
    begun = time.monotonic()
    for do in (lambda: photos.put(NAME, b"x"), lambda: photos.get(NAME)):
        with pytest.raises(StoreUnavailable) as down:
            do()
        assert "KEY" not in str(down.value)
    assert time.monotonic() - begun < 3


def test_no_other_name_is_asked_for(endpoint: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        store(endpoint).put("../x", b"x")
