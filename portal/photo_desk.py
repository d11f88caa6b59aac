"""Where photos are put and taken from: sealed before they leave this process, opened only here.

A page of officers may show a photo that a worker has made anew; what came in is never shown.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from flask import current_app

from portal.citizen.upload import Uploads
from portal.services import services
from registry import photos
from registry.blobs import StoreUnavailable, open_store
from registry.photos import INCOMING, KEPT
from registry.store.photos import Sent

if TYPE_CHECKING:
    from flask import Flask

    from registry.blobs import BlobStore
    from registry.photos import Kind
    from registry.store.photos import Kept

_EXTENSION: Final = "photos"


class PhotoDesk(NamedTuple):
    """The store, and the places for those who send something to it."""

    store: BlobStore
    uploads: Uploads


def init_app(app: Flask, uploads: Uploads | None = None) -> None:
    """Open the store, where there is one for photos."""
    with app.app_context():
        address = services().settings.photo_store
    if address is not None:
        app.extensions[_EXTENSION] = PhotoDesk(open_store(address), uploads or Uploads())


def photo_desk() -> PhotoDesk | None:
    """Return what this app has for photos; None where it takes none."""
    return cast("PhotoDesk | None", current_app.extensions.get(_EXTENSION))


def put(
    desk: PhotoDesk,
    application_id: bytes,
    kind: Kind,
    content: bytes,
    visit_id: bytes | None = None,
) -> Sent:
    """Seal a photo and put it into the store; it is to be noted next. Raises StoreUnavailable."""
    ring, photo_id = services().settings.seal_keys, photos.new_id()
    blob = photos.blob_name(INCOMING, photo_id)
    desk.store.put(blob, photos.seal(ring, INCOMING, photo_id, application_id, content))
    return Sent(photo_id, application_id, kind, blob, ring.newest, len(content), visit_id)


def take_back(desk: PhotoDesk, sent: Sent) -> None:
    """Remove a photo that was not noted after all; what cannot be removed, the sweep removes."""
    with suppress(StoreUnavailable):
        desk.store.delete(sent.blob)


def opened(desk: PhotoDesk, kept: Kept) -> bytes:
    """Return a photo as a JPEG. Raises StoreUnavailable, BlobMissing, UnsealError."""
    sealed = desk.store.get(kept.blob)
    return photos.unseal(services().settings.seal_keys, KEPT, kept.id, kept.application_id, sealed)
