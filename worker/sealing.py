"""The ticker's part in the chain of events: it seals what is new, and notes how far the chain goes.

Several tickers do no harm: one seals at a time, and a head that is noted never goes back.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from registry.inbox.heads import keep_head, kept_head
from registry.store.chain import BATCH, head, holds, horizon, seal
from worker.notices import Notices

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session, sessionmaker

    from registry.inbox import Inbox

EVERY: Final = 60.0
"""Seconds between two sealings: for so long an event is not protected yet."""

AGAIN: Final = 5.0
"""Seconds until the next attempt when someone was writing events and did not end."""

SECONDS: Final = 0.5
"""How long one tick goes on sealing; the rest waits for the next tick, drains do not."""

LATE: Final = 12
"""Attempts in vain after which it is told."""

UNSEALED: Final = "new events cannot be sealed: a transaction that writes events does not end"
NO_HEAD: Final = "what is noted on the inbox server as the chain's head is none: fmotm audit verify"
BROKEN: Final = (
    "the chain of events no longer holds number {number}, noted on the inbox server: "
    "events were changed or lost: fmotm audit verify"
)


@dataclass(slots=True)
class Sealing:
    """Seals and notes; tells ``logger`` what is wrong, once."""

    logger: logging.Logger
    _notices: Notices = field(init=False)
    _up_to: int | None = None
    """How far can be sealed without asking again, while there is more than one tick's work."""
    _in_vain: int = 0

    def __post_init__(self) -> None:
        self._notices = Notices(self.logger)

    def seal(self, sessions: sessionmaker[Session], clock: Callable[[], float]) -> float:
        """Seal for `SECONDS`; give the seconds until there is more to do. Commits each batch."""
        began = clock()
        if self._up_to is None:
            with sessions.begin() as session:
                self._up_to = horizon(session)
        if self._up_to is None:
            self._in_vain += 1
            if self._in_vain >= LATE:
                self._notices.tell("sealing", UNSEALED)
            return AGAIN
        self._in_vain = 0
        self._notices.clear("sealing")
        sealed = BATCH
        while sealed == BATCH:
            if clock() >= began + SECONDS:
                return 0.0
            with sessions.begin() as session:
                sealed = seal(session, self._up_to)
        self._up_to = None
        return EVERY

    def log_head(self, session: Session) -> None:
        """Write the chain's head into the log, which goes elsewhere than the database."""
        self.logger.info("the chain of events ends at %s", head(session))

    def keep(self, session: Session, inbox: Inbox) -> None:
        """Note the head on the inbox server, if the chain still holds the one noted before.

        When it does not, that one stays: it is the evidence.
        """
        try:
            kept = kept_head(inbox)
        except ValueError:
            self._notices.tell("chain", NO_HEAD, logging.CRITICAL)
            return
        if kept is not None and not holds(session, kept):
            self._notices.tell("chain", BROKEN.format(number=kept.number), logging.CRITICAL)
            return
        self._notices.clear("chain")
        newest = head(session)
        if newest.number:
            keep_head(inbox, newest)
