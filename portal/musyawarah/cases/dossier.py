"""All of a case, read in one transaction and put into words: what the case page shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from portal.accounts import current_actor
from portal.dates import now
from portal.musyawarah.cases import filters, words
from portal.musyawarah.cases.household import HIDDEN, Household
from portal.musyawarah.officers import names
from portal.services import services
from registry.opening import CannotOpen, household
from registry.opening import words as opened_words
from registry.rules.lifecycle import Role
from registry.rules.periods import civil_date
from registry.rules.regions import place_of
from registry.rules.verdicts import LABELS as VERDICTS
from registry.rules.verdicts import Verdict
from registry.store import case as kept
from registry.store.accesses import accesses_of, note_access, unmasked
from registry.store.queue import kin, page
from registry.store.rulings import UNDECIDED, rulings_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from portal.musyawarah.cases.filters import Chosen
    from registry.store.accesses import Seen
    from registry.store.case import Heard, Record, Round, Told
    from registry.store.queue import Area, Related
    from registry.store.rulings import Ruled

SIDE_BY_SIDE: Final = 5
"""Others that are compared at once; further ones are listed only."""

OPEN_FOR: Final = timedelta(minutes=30)
"""How long a reason opens one household's data."""


@dataclass(frozen=True, slots=True)
class Other:
    """An application like this one; without a record it lies in another kelurahan."""

    id: str
    kelurahan_code: str
    kelurahan: str
    state: str
    why: str
    apart: bool
    record: Record | None = None
    household: Household | None = None

    @property
    def can_go(self) -> bool:
        """Whether a ruling may still withdraw it."""
        return self.record is None or self.record.state in UNDECIDED


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened, in words."""

    at: datetime
    what: str
    who: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a session of the musyawarah said."""

    session: int
    held_on: date
    item: int
    verdict: str
    reason: str
    sentence: str
    closed: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case as the page shows it. ``household`` is None when it cannot be opened."""

    record: Record
    full: bool
    household: Household | None
    others: list[Other]
    moments: list[Moment]
    verdicts: list[Said]
    rounds: list[Round]
    rulings: list[Moment]
    seen: list[Moment] = field(default_factory=list)


def read(session: Session, record: Record, *, full: bool) -> Dossier:
    """Read a case, and note that it was opened. A fixed number of queries."""
    # A reason that somebody gave opens this household, not those who are like it.
    others = _others(session, record, full=full and not _oversees())
    ruled, history = rulings_of(session, record.id), kept.history(session, record.id)
    seen = accesses_of(session, record.id) if _oversees() else []
    who = names(
        session,
        [*(e.actor_id for e in history), *(r.actor_id for r in ruled), *(s.actor_id for s in seen)],
    )
    dossier = Dossier(
        record,
        full,
        _household(record, full=full),
        others,
        [_moment(told, who) for told in history],
        [_said(heard, record.id, full=full) for heard in kept.verdicts(session, record.id)],
        kept.other_rounds(session, record.id),
        [_ruling(each, who, full=full) for each in ruled],
        [_look(each, who) for each in seen],
    )
    here = [other.record.id for other in others if other.record]
    note_access(session, current_actor(), "case", [record.id, *here])
    return dossier


def opened_by_reason(session: Session, application_id: bytes) -> bool:
    """Whether who looks gave a reason for this household a short while ago."""
    return unmasked(session, current_actor(), application_id, now() - OPEN_FOR)


def neighbours(
    session: Session, area: Area, record: Record, chosen: Chosen
) -> tuple[bytes | None, bytes | None]:
    """Return the cases before and after this one in the queue that is looked at."""
    if record.period_id != area.period:
        return None, None
    asked = filters.asked(session, area, chosen)
    before = page(session, asked, before=record.turn, limit=1).rows
    after = page(session, asked, after=record.turn, limit=1).rows
    return (
        before[0].application_id if before else None,
        after[0].application_id if after else None,
    )


def free_words(subject: bytes, sealed: bytes | None, key: str, *, full: bool) -> str:
    """Return what somebody wrote about a household; masked unless ``full``."""
    if sealed is None:
        return ""
    if not full:
        return HIDDEN
    try:
        return opened_words(services().keys.ring, subject, sealed).get(key, "")
    except CannotOpen:
        return "(tidak dapat dibuka)"


def _oversees() -> bool:
    return current_actor().role in {Role.DINAS, Role.AUDITOR}


def _household(record: Record, *, full: bool) -> Household | None:
    ring = services().keys.ring
    try:
        application = household(ring, record.id, record.sealed, record.received_at)
    except CannotOpen:
        return None
    return Household(application, civil_date(now()), full=full)


def _others(session: Session, record: Record, *, full: bool) -> list[Other]:
    alike = kin(session, [record.id]).get(record.id, ())
    apart = {each.other_id: each.kind for each in rulings_of(session, record.id)}
    silenced = [each for each, kind in apart.items() if kind == "apart"]
    ids = [*(other.application_id for other in alike), *silenced]
    records = kept.records(session, ids)
    found = [_like(other, records.get(other.application_id), full=full) for other in alike]
    shown = {other.application_id for other in alike}
    return found + [
        _told_apart(records[each], full=full)
        for each in dict.fromkeys(silenced)
        if each in records and each not in shown
    ]


def _like(other: Related, record: Record | None, *, full: bool) -> Other:
    why = "NIK pemohon sama" if other.rival else "NIK anggota sama"
    if other.same_kk:
        why = f"{why}, KK sama" if other.rival else "KK sama"
    return Other(
        other.application_id.hex(),
        other.kelurahan,
        place_of(other.kelurahan).name,
        words.STATES[other.state],
        why,
        apart=False,
        record=record,
        household=_household(record, full=full) if record else None,
    )


def _told_apart(record: Record, *, full: bool) -> Other:
    return Other(
        record.id.hex(),
        record.kelurahan_code,
        place_of(record.kelurahan_code).name,
        words.STATES[record.state],
        "Sudah dinyatakan keluarga yang berbeda",
        apart=True,
        record=record,
        household=_household(record, full=full),
    )


def _moment(told: Told, who: dict[str, str]) -> Moment:
    note = words.reason(told.reason)
    return Moment(told.at, words.event(told.kind), _who(told.actor_id, told.actor_role, who), note)


def _ruling(ruled: Ruled, who: dict[str, str], *, full: bool) -> Moment:
    note = free_words(ruled.sealed_for, ruled.sealed, "reason", full=full)
    return Moment(ruled.at, words.RULED[ruled.kind], who.get(ruled.actor_id, "petugas"), note)


def _look(seen: Seen, who: dict[str, str]) -> Moment:
    name = _who(seen.actor_id, seen.actor_role, who)
    return Moment(seen.at, words.OPENED[seen.opened], name, seen.reason or "")


def _who(actor_id: str | None, role: str, who: dict[str, str]) -> str:
    label = words.ROLES[Role(role)]
    return f"{who[actor_id]}, {label}" if actor_id in who else label


def _said(heard: Heard, application_id: bytes, *, full: bool) -> Said:
    return Said(
        heard.session,
        heard.held_on,
        heard.item,
        VERDICTS[Verdict(heard.verdict)] if heard.verdict else "Belum diputuskan",
        words.reason(heard.reason),
        free_words(application_id, heard.sealed, "sentence", full=full),
        closed=heard.stage == "closed",
    )
