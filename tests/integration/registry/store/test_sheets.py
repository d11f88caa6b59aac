"""What the neighbourhood says of a household, and when it counts."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from registry.rules.marks import Mark, Said, Source
from registry.store.models import Sheet, SheetLine
from registry.store.sheets import said_of
from tests.integration.registry.store.factories import (
    GAMBIR,
    LONG_AGO,
    PERIOD,
    checked,
    counted,
    index,
    record_now,
)

BY_LINK = {"mark": "moved", "via": "link", "marked_at": LONG_AGO}
KEYED = {"mark": "moved", "via": "paper", "marked_at": LONG_AGO, "keyed_by": "1"}
MOVED = Said(Source.RT, Mark.MOVED)


def of(label: str) -> bytes:
    return index(f"application {label}")


def marked(session: Session, source: str, /, withdrawn: bool = False, **lines: Any) -> None:
    """Put a sheet of one source with these lines: label of the application → its columns."""
    sheet = index(f"sheet {source} {withdrawn}")
    session.add(
        Sheet(
            id=sheet,
            period_id=PERIOD,
            kelurahan_code=GAMBIR,
            rw=7,
            rt=3,
            source=source,
            number=sheet[0] + 256 * withdrawn,
            token_hash=sha256(sheet).digest(),
            expires_at=LONG_AGO + timedelta(days=9_999),
            made_by="1",
            withdrawn_at=LONG_AGO if withdrawn else None,
            withdrawn_by="1" if withdrawn else None,
        )
    )
    session.flush()
    for number, (label, columns) in enumerate(lines.items(), 1):
        session.add(SheetLine(sheet_id=sheet, line=number, application_id=of(label), **columns))
    session.flush()


def test_marks_by_link_count_at_once_and_paper_when_two_have_keyed_the_same(
    bind: Engine, session: Session
) -> None:
    record_now(bind, *(checked(label, entry) for entry, label in enumerate("abcdef", 1)))
    marked(
        session,
        "rt",
        a=BY_LINK,
        b=KEYED,
        c={**KEYED, "second_mark": "moved", "checked_by": "2"},
        d={**KEYED, "second_mark": "died", "checked_by": "2"},
        e={"second_mark": "moved", "checked_by": "2"},
        f={},
    )
    assert said_of(session, [of(label) for label in "abcdef"]) == {
        of("a"): (MOVED,),
        of("c"): (MOVED,),
    }


def test_all_sources_are_heard_in_one_query_and_withdrawn_sheets_are_not(
    bind: Engine, session: Session
) -> None:
    record_now(bind, *(checked(label, entry) for entry, label in enumerate("abc", 1)))
    marked(session, "rt", a=BY_LINK, b=BY_LINK)
    marked(session, "dasawisma", a={**BY_LINK, "mark": "known"}, c=BY_LINK)
    marked(session, "pendata", withdrawn=True, a=BY_LINK, b=BY_LINK)
    with counted(bind) as sent:
        said = said_of(session, [of("a"), of("b")])
    assert len(sent) == 1
    assert said == {of("a"): (Said(Source.DASAWISMA, Mark.KNOWN), MOVED), of("b"): (MOVED,)}
