"""Opening what is sealed of a household, for people who may see it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from registry.intake import PURPOSE
from registry.rules.answers import parse
from registry.rules.application import Application, answers_of, canonical
from registry.rules.packing import unpack
from registry.rules.periods import civil_date
from registry.sealing import UnsealError

if TYPE_CHECKING:
    from datetime import datetime

    from registry.rules.application import Answers
    from registry.sealing import KeyRing

WORDS: Final = "words"
"""What free words of officers and citizens are bound to, besides the application's id."""


# In canonical JSON, which has no space between key and value; no name has a quote or a backslash.
_NAMES: Final = re.compile(r'"(?:anggota-[0-9]+-)?nama":"([^"]*)"')


class CannotOpen(Exception):  # noqa: N818 - named after what happened
    """What is sealed cannot be opened or read; the message has no personal data."""


def answers(ring: KeyRing, application_id: bytes, sealed: bytes) -> Answers:
    """Return a household's answers; raise CannotOpen."""
    try:
        return answers_of(ring.unseal(PURPOSE, application_id, sealed))
    except (UnsealError, ValueError) as error:
        raise CannotOpen(type(error).__name__) from None


def household(
    ring: KeyRing, application_id: bytes, sealed: bytes, received_at: datetime
) -> Application:
    """Return the application as it was understood when it came; raise CannotOpen."""
    found = parse(answers(ring, application_id, sealed), today=civil_date(received_at))
    if not isinstance(found, Application):
        raise CannotOpen("answers_refused")
    return found


def names(ring: KeyRing, application_id: bytes, sealed: bytes) -> list[str]:
    """Return the names of a household's people: a tenth of the time that `answers` takes.

    For who searches through thousands. Raises CannotOpen.
    """
    try:
        payload = unpack(ring.unseal(PURPOSE, application_id, sealed)).decode()
    except (UnsealError, ValueError) as error:
        raise CannotOpen(type(error).__name__) from None
    return _NAMES.findall(payload)


def name_and_address(ring: KeyRing, application_id: bytes, sealed: bytes) -> tuple[str, str]:
    """Return what a list of neighbours may show of a household, and no more; raise CannotOpen."""
    given = answers(ring, application_id, sealed)
    return str(given.get("nama", "")), str(given.get("alamat", ""))


def seal_words(ring: KeyRing, subject_id: bytes, words: dict[str, str]) -> bytes:
    """Seal words that somebody wrote about a household or a session: name of the field → text."""
    return ring.seal(WORDS, subject_id, canonical(dict(words)))


def words(ring: KeyRing, subject_id: bytes, sealed: bytes | None) -> dict[str, str]:
    """Return what `seal_words` sealed, {} for nothing; raise CannotOpen."""
    if sealed is None:
        return {}
    try:
        found: dict[str, str] = json.loads(ring.unseal(WORDS, subject_id, sealed))
    except (UnsealError, ValueError) as error:
        raise CannotOpen(type(error).__name__) from None
    return found
