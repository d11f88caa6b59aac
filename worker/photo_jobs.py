"""What RQ runs for photos. A job carries a photo's random id; the photo lies sealed in the store.

A photo is opened in memory alone, looked at in a process apart, and sealed again before it goes
anywhere. A job may run twice, or be killed anywhere: what is noted last decides, and the ticker
calls again for what was not finished.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import SQLAlchemyError

from registry import photos
from registry.blobs import BlobMissing, BlobStore, StoreUnavailable, open_store
from registry.photos import INCOMING, KEPT, NotAPhoto, Refusal
from registry.reencoding import reencode_apart
from registry.sealing import KeyRing, UnsealError
from registry.settings import Settings, SettingsError
from registry.store import photos as stored
from registry.store.session import sessions, software_engine
from worker.notices import Notices, kind_of

if TYPE_CHECKING:
    from datetime import timedelta

    from sqlalchemy.orm import Session, sessionmaker

LEFT_AFTER: Final = 3_600.0
"""Seconds after which something incoming that no row names was left by an upload cut short."""

_BATCH: Final = 200
_GONE: Final = frozenset({"truncated", "version", "refused"})
"""Kinds of UnsealError that stay so; an unknown key may be put back."""

logger = logging.getLogger(__name__)
notices = Notices(logger)


@dataclass(frozen=True, slots=True)
class PhotoDesk:
    """What it takes to work off photos."""

    sessions: sessionmaker[Session]
    store: BlobStore
    ring: KeyRing

    @classmethod
    def of(cls, settings: Settings) -> PhotoDesk:
        """Make it by these settings; raise SettingsError where no photos are taken."""
        if settings.photo_store is None:
            raise SettingsError("PHOTO_STORE is not set: there are no photos to work off")
        database = software_engine(settings.worker_database_url, "fmotm-photos")
        return cls(sessions(database), open_store(settings.photo_store), settings.seal_keys)

    def work_off(self, photo_id: bytes, *, rest: timedelta = stored.REST) -> str:
        """Make one photo anew; return `ready`, `refused`, or `nothing` when nothing was to do.

        Raises StoreUnavailable, UnsealError (a key that is missing), SQLAlchemyError; the photo
        then waits, and is called for again.
        """
        with self.sessions.begin() as session:
            claimed = stored.claim(session, photo_id, rest=rest)
        if claimed is None:
            return "nothing"
        if claimed.attempts > stored.MAX_ATTEMPTS:
            return self._refuse(claimed, Refusal.UNREADABLE)
        try:
            return self._make_anew(claimed)
        except NotAPhoto as refused:
            return self._refuse(claimed, refused.refusal)
        except (StoreUnavailable, UnsealError):
            with self.sessions.begin() as session:
                stored.give_back(session, photo_id)
            raise

    def tidy(self) -> int:
        """Remove photos that newer ones have replaced, the blob first; return how many."""
        with self.sessions() as session:
            old = stored.replaced(session)
        for photo_id, blob in old:
            if blob:
                self.store.delete(blob)
            with self.sessions.begin() as session:
                stored.remove(session, photo_id)
        return len(old)

    def sweep(self, left_after: float = LEFT_AFTER) -> int:
        """Remove what lies in `masuk` and belongs to no photo that waits; return how many."""
        old = [each.name for each in self.store.listed(INCOMING) if each.age >= left_after]
        removed = 0
        for start in range(0, len(old), _BATCH):
            batch = old[start : start + _BATCH]
            with self.sessions() as session:
                wanted = stored.in_use(session, batch)
            for name in batch:
                if name not in wanted:
                    self.store.delete(name)
                    removed += 1
        return removed

    def _make_anew(self, claimed: stored.Claimed) -> str:
        made = reencode_apart(self._open(claimed))
        blob = photos.blob_name(KEPT, claimed.id)
        sealed = photos.seal(self.ring, KEPT, claimed.id, claimed.application_id, made)
        self.store.put(blob, sealed)
        with self.sessions.begin() as session:
            stored.mark_ready(session, claimed.id, blob, self.ring.newest, len(made))
        self._clear(claimed)
        return "ready"

    def _open(self, claimed: stored.Claimed) -> bytes:
        """Return the photo as it came; raise NotAPhoto when it can never be opened again."""
        try:
            sealed = self.store.get(claimed.blob)
            return photos.unseal(self.ring, INCOMING, claimed.id, claimed.application_id, sealed)
        except BlobMissing:
            raise NotAPhoto(Refusal.LOST) from None
        except UnsealError as error:
            if error.kind in _GONE:
                raise NotAPhoto(Refusal.LOST) from None
            raise

    def _refuse(self, claimed: stored.Claimed, reason: Refusal) -> str:
        with self.sessions.begin() as session:
            stored.mark_refused(session, claimed.id, reason)
        self._clear(claimed)
        return "refused"

    def _clear(self, claimed: stored.Claimed) -> None:
        """Remove what is no longer needed; what cannot be removed now, the sweep removes."""
        try:
            self.store.delete(claimed.blob)
            self.tidy()
        except StoreUnavailable as error:
            notices.tell("store", error.kind)


@cache
def desk() -> PhotoDesk:
    """Give what this process keeps; raises SettingsError the first time, if ever."""
    return PhotoDesk.of(Settings.from_env())


def work_off_photo(photo_id: str) -> str:
    """Work off one photo (its id in hexadecimal); a server that is down is no error of the job."""
    try:
        done = desk().work_off(bytes.fromhex(photo_id))
    except StoreUnavailable as error:
        notices.tell("store", error.kind)
    except UnsealError as error:
        notices.tell("keys", f"{kind_of(error)} {error.key_id}", logging.CRITICAL)
    except SQLAlchemyError as error:
        notices.tell("database", kind_of(error))
    else:
        notices.clear_all()
        return done
    return "later"


def sweep_photos() -> int:
    """Remove what was replaced, and what was left; return how many."""
    try:
        return desk().tidy() + desk().sweep()
    except StoreUnavailable as error:
        notices.tell("store", error.kind)
    except SQLAlchemyError as error:
        notices.tell("database", kind_of(error))
    return 0
