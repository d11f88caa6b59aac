"""The page of the attendance list, which two parts show: the people, and the photo of the paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from portal.services import services
from registry.rules.quorum import LABELS, Element, Quorum, missing
from registry.store import meetings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from portal.musyawarah.sessions.attendance_photo import Signed
    from portal.musyawarah.sessions.sitting import Seat


def attendance_page(
    session: Session, at: Seat, signed: Signed, wrong: str = "", *, wrong_photo: str = ""
) -> str:
    """Return who is there, what is missing of the quorum, and how it stands with the photo."""
    present = meetings.present(session, at.found.id)
    quorum = Quorum.from_json(at.found.quorum)
    return render_template(
        "musyawarah/sidang/hadir.html",
        here=at.place,
        at=at,
        there=meetings.attendees(session, services().settings.seal_keys, at.found.id),
        missing=missing(quorum, present),
        labels=LABELS,
        elements=list(Element),
        may_change=at.found.stage in {"frozen", "open"},
        signed=signed,
        wrong=wrong,
        wrong_photo=wrong_photo,
    )
