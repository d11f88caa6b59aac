"""What RQ runs for minutes (berita acara). A job carries their random id, and nothing else.

It may run twice, or be killed anywhere: minutes are kept once, in one transaction with their event,
and the ticker calls again for what was not finished.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import SQLAlchemyError

from registry.documents.content import with_verify_url
from registry.documents.typesetting import TypesettingError
from registry.minutes import gather
from registry.minutes_kept import make
from registry.opening import CannotOpen
from registry.rules.events import Happening
from registry.rules.lifecycle import SYSTEM
from registry.sealing import KeyRing
from registry.settings import Settings, SettingsError
from registry.store import minutes as stored
from registry.store.moves import Happened, note
from registry.store.session import sessions, software_engine
from worker.notices import Notices, kind_of, place_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from registry.store.minutes import Claimed, Kept

VERIFY: Final = "/berita-acara/"
"""Path of the page that verifies minutes."""

logger = logging.getLogger(__name__)
notices = Notices(logger)


class MinutesFailed(Exception):  # noqa: N818 - named after what happened
    """Minutes met an error of this program; the message has its kind and place, nothing else."""


@dataclass(frozen=True, slots=True)
class MinutesDesk:
    """What it takes to make minutes."""

    sessions: sessionmaker[Session]
    ring: KeyRing
    public_url: str

    @classmethod
    def of(cls, settings: Settings) -> MinutesDesk:
        """Make it by these settings; raise SettingsError where no minutes are made."""
        if not settings.public_url:
            raise SettingsError(
                "PUBLIC_URL is not set: minutes print the address that verifies them"
            )
        database = software_engine(settings.worker_database_url, "fmotm-documents")
        return cls(sessions(database), settings.seal_keys, settings.public_url)

    def make(self, minutes_id: bytes) -> str:
        """Make minutes; return `made`, or `nothing` when nothing was to do.

        Raises CannotOpen, TypesettingError, NotClosed, SQLAlchemyError; they are then tried again.
        """
        with self.sessions.begin() as session:
            claimed = stored.claim(session, minutes_id)
            if claimed is not None:
                self._tell(session, claimed)
        if claimed is None:
            return "nothing"
        try:
            return self._make(claimed)
        except Exception:
            self._put_off(claimed)
            raise

    def _make(self, claimed: Claimed) -> str:
        with self.sessions() as session:
            gathered = gather(session, self.ring, claimed.id)
        kept = make(self.ring, claimed.id, with_verify_url(gathered, self.public_url + VERIFY))
        with self.sessions.begin() as session:
            if not stored.keep(session, claimed.id, kept):
                return "nothing"
            note(session, _made(claimed, kept), SYSTEM)
        return "made"

    def _put_off(self, claimed: Claimed) -> None:
        """Have it tried again soon; while the database is down it is after five minutes."""
        try:
            with self.sessions.begin() as session:
                stored.put_off(session, claimed)
        except SQLAlchemyError as error:
            notices.tell("database", kind_of(error))

    @staticmethod
    def _tell(session: Session, claimed: Claimed) -> None:
        """Note that three attempts came to nothing, whether they failed or were killed: once."""
        if claimed.attempts != stored.TOLD_AFTER + 1:
            return
        details = {"number": claimed.number, "attempts": stored.TOLD_AFTER}
        late = Happened(
            Happening.MINUTES_LATE, musyawarah_id=claimed.musyawarah_id, details=details
        )
        note(session, late, SYSTEM)
        logger.critical("minutes %s: %d attempts failed", claimed.id.hex(), stored.TOLD_AFTER)


def _made(claimed: Claimed, kept: Kept) -> Happened:
    details = {
        "number": claimed.number,
        "digest": kept.digest.hex(),
        "file_digest": kept.file_digest.hex(),
    }
    return Happened(Happening.MINUTES_MADE, musyawarah_id=claimed.musyawarah_id, details=details)


@cache
def desk() -> MinutesDesk:
    """Give what this process keeps; raises SettingsError the first time, if ever."""
    return MinutesDesk.of(Settings.from_env())


def make_minutes(minutes_id: str) -> str:
    """Make minutes (their id in hexadecimal); a server that is down is no error of the job.

    Raises MinutesFailed, which RQ logs and keeps in Redis.
    """
    try:
        done = desk().make(bytes.fromhex(minutes_id))
    except SQLAlchemyError as error:
        notices.tell("database", kind_of(error))
    except CannotOpen as error:
        notices.tell("keys", f"{kind_of(error)} {error}", logging.CRITICAL)
    except TypesettingError as error:
        notices.tell("typesetting", str(error), logging.ERROR)
    except Exception as error:  # noqa: BLE001 - RQ writes whatever it gets into log and Redis
        message = f"{kind_of(error)} at {place_of(error)}"
        raise MinutesFailed(message) from None
    else:
        notices.clear_all()
        return done
    return "later"
