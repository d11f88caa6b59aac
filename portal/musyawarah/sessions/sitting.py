"""What the pages of a session share: finding it, its household's names, words, problems."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import abort, request, url_for

from portal.accounts import current_actor, signed_in_session
from portal.musyawarah.place import place
from portal.services import services
from registry import opening
from registry.rules.lifecycle import Role
from registry.rules.told import Told, told
from registry.store import meetings
from registry.store.meetings import NoSuchItem, NoSuchSession

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from portal.musyawarah.place import Place
    from registry.store.meetings import Line, Sealed
    from registry.store.models import Musyawarah

SIT: Final = (Role.REVIEWER, Role.CHAIR)
"""Those who lead a session and see its households."""

LOOK: Final = (*SIT, Role.DINAS, Role.AUDITOR)
"""Those who see how a session stands: numbers, and nobody's name."""

STAGES: Final = {
    "planned": "Direncanakan",
    "frozen": "Agenda dibekukan",
    "open": "Sedang berlangsung",
    "ended": "Selesai, menunggu lurah",
    "closed": "Ditutup lurah",
}
"""Stage → its words."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A session, and where it is held."""

    place: Place
    found: Musyawarah

    def to(self, endpoint: str, **values: Any) -> str:
        """Return the address of another page of this session."""
        return url_for(
            endpoint,
            code=self.place.code,
            number=self.found.number,
            putaran=request.args.get("putaran"),
            **values,
        )


@contextmanager
def sitting(code: str, number: int) -> Iterator[tuple[Session, Seat]]:
    """Give this request's transaction and the session of that number.

    Answers 404 when it is not there, or a number on its agenda is not.
    """
    here = place(code)  # before the transaction: it has one of its own
    try:
        with signed_in_session() as session:
            found = meetings.find(session, here.code, here.period, number)
            yield session, Seat(here, found)
    except (NoSuchSession, NoSuchItem):
        abort(404)


def records() -> bool:
    """Tell whether who is signed in records the meeting: officers do, the lurah closes."""
    return current_actor().role is Role.REVIEWER


def key_of(typed: str | None) -> bytes:
    """Return the key of a form; 404 for one that we never made."""
    try:
        key = bytes.fromhex(typed or "")
    except ValueError:
        key = b""
    if len(key) != 16:
        abort(404)
    return key


def whole(typed: str | None, *, most: int = 32_000) -> int | None:
    """Return a whole number that was typed, from 0; None for anything else."""
    text = (typed or "").strip()
    return int(text) if text.isascii() and text.isdigit() and int(text) <= most else None


def told_of(session: Session, lines: Sequence[Line]) -> dict[int, Told]:
    """Return what the meeting is told of these items, by number. One query."""
    found = meetings.sealed_of(session, [line.application_id for line in lines])
    return {line.number: _told(found[line.application_id]) for line in lines}


def _told(sealed: Sealed) -> Told:
    answers = opening.answers(services().settings.seal_keys, sealed.application_id, sealed.sealed)
    return told(answers, sealed.household_size)
