"""The two ends of the inbox: an application goes in sealed, and comes out checked.

The portal calls :func:`submission`, the worker :func:`examine`. Both go through the one parser, so
that what the door accepted is what the meeting gets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, Self

from registry.inbox import Entry, Submission
from registry.inbox.entries import NO_KK
from registry.rules.answers import parse
from registry.rules.application import (
    ACCOUNT,
    ORGANISATION,
    VERSION,
    Application,
    Neighbourhoods,
    answers_of,
    can_be,
)
from registry.rules.periods import civil_date
from registry.rules.receipts import receipt_code
from registry.rules.regions import nik_prefixes
from registry.rules.scoring import score
from registry.rules.screening import screen
from registry.sealing import BlindIndex, KeyRing, application_id
from registry.store.intake import Checked

if TYPE_CHECKING:
    from registry.rules.application import Answers, Helper
    from registry.settings import Settings

PURPOSE: Final = "application"
"""What sealed answers are bound to, besides the application's id."""


class Unreadable(Exception):  # noqa: N818 - named after what happened
    """An entry that can never become an application, through a fault of its own.

    ``code`` says which, for dinas; nothing personal is in it.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Keys:
    """What it takes to seal an application, to open it, and to find it again."""

    ring: KeyRing
    index: BlindIndex
    id_key: bytes = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the keys that the settings name."""
        return cls(settings.seal_keys, settings.blind_index, settings.id_key)


def submission(
    application: Application,
    period: str,
    keys: Keys,
    now: datetime,
    *,
    helper: Helper | None = None,
) -> Submission:
    """Return what goes into the inbox: the id made from the content, indexes, sealed answers.

    The same household in the same period has the same id, whoever sends it and whenever.
    ``helper`` is said by the account that sends it; it is sealed with the answers, so that nobody
    at the inbox server can name another, and quarantine keeps it.
    """
    version = application.form_version
    new_id = application_id(keys.id_key, period, version, application.identity())
    kk = application.kk
    return Submission(
        application_id=new_id,
        period=period,
        nik_index=keys.index.nik(application.nik),
        kk_index=keys.index.kk(kk) if kk else NO_KK,
        sealed=keys.ring.seal(PURPOSE, new_id, application.payload(helper)),
        received_at=now,
    )


def examine(entry: Entry, keys: Keys, *, neighbourhoods: Neighbourhoods | None = None) -> Checked:
    """Open an entry, parse it again, screen and score it: a row for the review queue.

    An RT/RW that dinas listed as unknown after the door had let it in needs a correction; it is
    no fault of the entry. Raises Unreadable for what is, and
    :class:`~registry.sealing.UnsealError` when it cannot be opened.
    """
    if entry.damaged:
        raise Unreadable("entry_damaged")
    sent = entry.submission
    payload = keys.ring.unseal(PURPOSE, sent.application_id, sent.sealed)
    today = civil_date(sent.received_at)
    answers = answers_of(payload)
    application = parse(answers, today=today)
    if not isinstance(application, Application):
        # The codes name rules, never answers.
        raise Unreadable("answers_refused: " + " ".join(sorted({p.code for p in application})))
    scored = score(application)
    place = (application.kelurahan, application.rt, application.rw)
    return Checked(
        entry=entry.number,
        application_id=sent.application_id,
        period=sent.period,
        kelurahan=place[0],
        rt=place[1],
        rw=place[2],
        nik_index=sent.nik_index,
        kk_index=None if sent.kk_index == NO_KK else sent.kk_index,
        receipt=receipt_code(sent.application_id),
        replaces=application.replaces,
        sealed=sent.sealed,
        form_version=str(answers[VERSION]),
        received_at=sent.received_at,
        state="queued" if can_be(*place, neighbourhoods or {}) else "needs_correction",
        helped_by=application.helped_by,
        organisation=_text(answers, ORGANISATION),
        sent_by=_text(answers, ACCOUNT),
        household_size=len(application.people),
        people=tuple(keys.index.nik(person.nik) for person in application.people if person.nik),
        score=scored.points,
        priority=scored.priority,
        scoring=scored.as_json(),
        screening=screen(application, today=today, known_prefixes=nik_prefixes()).as_json(),
        flooded=entry.flooded,
    )


def _text(answers: Answers, field: str) -> str | None:
    value = answers.get(field)
    return value if isinstance(value, str) else None
