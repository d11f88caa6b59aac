"""Reading a verdict as it was typed: one by one in the meeting, or off the paper afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from registry.rules.errors import Invalid
from registry.rules.names import clean_text
from registry.rules.quorum import Element
from registry.rules.verdicts import NEEDS_PROOF, SteppedAside, Tie, Verdict, decide
from registry.store import meetings
from registry.store.meetings import Entry, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session
    from werkzeug.datastructures import MultiDict

    from registry.rules.verdicts import Decision
    from registry.store.meetings import Line

ASIDE_ROWS: Final = 3
"""People who can step aside from one case on the form."""

LONGEST_PROOF: Final = 100
SHORTEST_PROOF: Final = 5
"""Characters of what document was looked at."""


def decision_of(session: Session, line: Line, typed: MultiDict[str, str]) -> tuple[Decision, str]:
    """Return what was decided, and the document that was looked at.

    Raises Invalid as `decide` does; `verdict_missing` where none was chosen.
    """
    verdict = typed.get("putusan", "")
    if verdict not in list(Verdict):
        raise Invalid("verdict_missing")
    reason = typed.get("alasan") or None
    rejects = verdict == Verdict.NOT_PROPOSED
    proof = clean_text(typed.get("bukti", ""), LONGEST_PROOF) if rejects else ""
    seen = frozenset({reason}) if reason and len(proof) >= SHORTEST_PROOF else frozenset()
    needs = rejects and reason in NEEDS_PROOF
    proven = meetings.proven_for(session, line.application_id, seen) if needs else frozenset()
    decision = decide(
        Verdict(verdict),
        reason=reason if rejects else None,
        sentence=typed.get("kalimat", ""),
        question=typed.get("pertanyaan", "") if verdict == Verdict.POSTPONED else "",
        stepped_aside=_aside(typed),
        dissent=[Element(each) for each in typed.getlist("beda") if each in list(Element)],
        proven=proven,
    )
    return decision, proof if needs else ""


def entry_of(
    session: Session, musyawarah_id: bytes, line: Line, typed: MultiDict[str, str], key: bytes
) -> Entry:
    """Return what is to be recorded; raises as `decision_of`, and Refused `stale`."""
    version = typed.get("versi", "")
    if not (version.isascii() and version.isdigit() and len(version) < 5):
        raise Refused("stale")
    if typed.get("aksi") == "batal":
        return Entry(musyawarah_id, line.number, None, int(version), key)
    decision, proof = decision_of(session, line, typed)
    return Entry(musyawarah_id, line.number, decision, int(version), key, proof=proof)


def _aside(typed: MultiDict[str, str]) -> Iterator[SteppedAside]:
    for row in range(1, ASIDE_ROWS + 1):
        attendee, tie = typed.get(f"minggir-{row}", ""), typed.get(f"ikatan-{row}", "")
        if not attendee:
            continue
        if not (attendee.isascii() and attendee.isdigit() and len(attendee) < 5):
            raise Refused("attendee_unknown")
        if tie not in list(Tie):
            raise Invalid("tie_missing")
        yield SteppedAside(int(attendee), Tie(tie))
