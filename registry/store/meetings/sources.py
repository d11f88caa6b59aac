"""What sheets and visits say of households, as a meeting needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.rules.marks import advice
from registry.rules.verdicts import proofs
from registry.store.sheets import said_of
from registry.store.visits import not_found

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

__all__ = ["not_found", "proven_for", "said_of"]


def proven_for(
    session: Session, application_id: bytes, seen: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Return the reasons that need proof and for which this household's case has it. Two queries.

    ``seen``: what an officer saw in a document.
    """
    lost = application_id in not_found(session, [application_id])
    said = said_of(session, [application_id]).get(application_id, ())
    return proofs(advice(said), not_found=lost, seen=seen)
