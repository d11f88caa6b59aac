"""The folder of photos, and how a store is named."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from registry.blobs import (
    BlobMissing,
    FolderStore,
    StoreUnavailable,
    open_store,
    store_address,
)

NAME = "masuk/" + "0a" * 16


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "new" / "photos")


def test_what_is_put_is_got_replaced_and_gone(store: FolderStore) -> None:
    store.put(NAME, b"one")
    store.put(NAME, b"two")
    assert store.get(NAME) == b"two"
    assert [each.name for each in store.listed("masuk")] == [NAME]
    assert list(store.listed("foto")) == []
    store.delete(NAME)
    store.delete(NAME)
    with pytest.raises(BlobMissing):
        store.get(NAME)


def test_only_we_can_read_it(store: FolderStore, tmp_path: Path) -> None:
    store.put(NAME, b"sealed")
    for path in (tmp_path / "new" / "photos").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0 or path.is_dir()
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert file.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "name", ["", "masuk", "../" + "0a" * 16, "/etc/passwd", NAME + "\n", NAME.upper(), "a/../b"]
)
def test_no_other_name_becomes_a_path(store: FolderStore, name: str) -> None:
    for do in (store.get, store.delete, lambda name: store.put(name, b"")):
        with pytest.raises(ValueError, match="no name"):
            do(name)


def test_a_full_disk_leaves_nothing_half_written(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    store.put(NAME, b"before")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreUnavailable, match="No space left"):
        store.put(NAME, b"after")
    monkeypatch.undo()
    assert store.get(NAME) == b"before"
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_a_folder_that_cannot_be_made_is_a_store_that_is_down() -> None:
    with pytest.raises(StoreUnavailable):
        FolderStore(Path("/dev/null/photos")).put(NAME, b"x")


def test_drafts_that_a_crash_left_are_no_blobs_and_go_after_a_day(
    store: FolderStore, tmp_path: Path
) -> None:
    store.put(NAME, b"x")
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    draft = file.with_name(f".{file.name}.abcd")
    draft.write_bytes(b"half")
    assert len(list(store.listed("masuk"))) == 1
    os.utime(draft, (0, 0))
    list(store.listed("masuk"))
    assert not draft.exists()


def test_a_store_is_named_by_one_setting(tmp_path: Path) -> None:
    assert store_address("") is None
    folder = store_address((tmp_path / "a b").as_uri())
    assert folder is not None
    assert folder.path == tmp_path / "a b"
    assert isinstance(open_store(folder), FolderStore)
    bucket = store_address("s3://KEY:s%2Fcret@photos?endpoint=https://s3.internal:9000")
    assert bucket is not None
    assert (bucket.bucket, bucket.endpoint) == ("photos", "https://s3.internal:9000")
    assert (bucket.access_key, bucket.secret_key) == ("KEY", "s/cret")
    assert "KEY" not in repr(bucket)
    assert "cret" not in repr(bucket)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/var/photos", "must begin with"),
        ("file://photos", "whole path"),
        ("file:///", "whole path"),
        ("ftp://hunter22@host/x", "must begin with"),
        ("s3://photos?endpoint=https://host", "no access key"),
        ("s3://K:hunter22@photos", "names no endpoint"),
        ("s3://K:hunter22@photos?endpoint=host", "names no endpoint"),
        ("s3://K:hunter22@photos/inner?endpoint=https://host", "must name a bucket"),
        ("s3://K:hunter22@P_?endpoint=https://host", "must name a bucket"),
        ("s3://K:hunter22@photos?endpoint=https://host&secure=no", "must name a bucket"),
        ("s3://K:hunter22@[photos", "is no URL"),
    ],
)
def test_a_wrong_name_is_explained_and_not_shown(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as wrong:
        store_address(text)
    assert "hunter22" not in str(wrong.value)
