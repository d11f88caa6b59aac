"""A row of every table of the review and the musyawarah, for tests of who sees them."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine, insert

from registry.photos import Kind
from registry.store.models import Base
from registry.store.photos import Sent, add
from registry.store.session import sessions
from tests.integration.registry.store.factories import (
    LONG_AGO,
    PERIOD,
    checked,
    index,
    record_now,
)


def of(label: str) -> bytes:
    return index(f"application {label}")


def rows_of(label: str, kelurahan: str) -> dict[str, dict[str, Any]]:
    """Give a row of each table of the review and the musyawarah for the application `label`."""
    mine = of(label)
    session, sheet = index(f"session {label}"), index(f"sheet {label}")
    place = {"period_id": PERIOD, "kelurahan_code": kelurahan}
    return {
        "musyawarah": {
            **place,
            "id": session,
            "number": 1,
            "held_on": LONG_AGO.date(),
            "quorum": {},
            "planned_by": "1",
        },
        "attendee": {
            "musyawarah_id": session,
            "number": 1,
            "element": "lurah",
            "sealed": b"s",
            "noted_by": "1",
        },
        "agenda_item": {
            "musyawarah_id": session,
            "number": 1,
            "application_id": mine,
            "part": "c",
            "why": [],
        },
        "verdict": {
            "musyawarah_id": session,
            "number": 1,
            "version": 1,
            "key": index("key"),
            "verdict": "proposed",
            "stepped_aside": [],
            "dissent": [],
            "via": "one",
            "by": "1",
        },
        "minutes": {
            **place,
            "id": index(f"minutes {label}"),
            "musyawarah_id": session,
            "number": 1,
            "asked_by": "1",
        },
        "correction": {
            "id": index(f"correction {label}"),
            "minutes_id": index(f"minutes {label}"),
            "kelurahan_code": kelurahan,
            "sealed": b"s",
            "recorded_by": "1",
        },
        "sheet": {
            **place,
            "id": sheet,
            "rw": 7,
            "rt": 3,
            "source": "rt",
            "number": 1,
            "token_hash": sha256(label.encode()).digest(),
            "expires_at": LONG_AGO + timedelta(days=9_999),
            "made_by": "1",
        },
        "sheet_line": {"sheet_id": sheet, "line": 1, "application_id": mine},
        "visit": {
            "id": index(f"visit {label}"),
            "application_id": mine,
            "kelurahan_code": kelurahan,
            "officer_id": "1",
            "started_at": LONG_AGO,
            "ended_at": LONG_AGO,
            "outcome": "met",
            "sealed": b"s",
        },
        "paper_form": {
            **place,
            "id": index(f"paper {label}"),
            "sealed": b"s",
            "keyed_by": "1",
            "complete": True,
        },
        "objection": {"application_id": mine, "sealed": b"s", "taken_by": "1"},
        "access": {
            "actor_id": "1",
            "actor_role": "reviewer",
            "application_id": mine,
            "opened": "case",
        },
        "ruling": {
            "application_id": mine,
            "other_id": of("b" if label == "a" else "a"),
            "kind": "apart",
            "sealed": b"s",
            "actor_id": "1",
        },
        "question": {"application_id": mine, "asked_by": "1", "question": b"s"},
    }


def fill(bind: Engine, households: dict[str, str]) -> None:
    """Register these households (label → kelurahan), and fill every table for each."""
    numbered = enumerate(households.items(), 1)
    record_now(bind, *(checked(label, entry, kelurahan=at) for entry, (label, at) in numbered))
    with sessions(bind).begin() as session:
        for label, kelurahan in households.items():
            for table, row in rows_of(label, kelurahan).items():
                session.execute(insert(Base.metadata.tables[table]).values(**row))
            add(session, Sent(index(f"photo {label}"), of(label), Kind.KTP, label, 1, 1))
