"""Rows to test with. Indexes and ids are 16 bytes made of a readable label."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine, event, insert, select
from sqlalchemy.orm import Session

from registry.store.intake import Checked, Recorded, SetAside, record
from registry.store.models import Application, Event, Intake, Period
from registry.store.session import sessions

PERIOD = "2026-1"
OTHER_PERIOD = "2026-2"
GAMBIR = "31.71.01.1001"
OTHER_KELURAHAN = "31.71.01.1002"
LONG_AGO = datetime(2026, 2, 1, 8, tzinfo=UTC)


def index(label: str) -> bytes:
    return sha256(label.encode()).digest()[:16]


def code(label: str) -> str:
    """Make what looks like a receipt code of a label."""
    return sha256(label.encode()).hexdigest().upper()[:12]


BLANK = Checked(
    entry=1,
    application_id=index("application a"),
    period=PERIOD,
    kelurahan=GAMBIR,
    rt=3,
    rw=7,
    nik_index=index("nik a"),
    kk_index=None,
    receipt=code("a"),
    replaces=None,
    sealed=b"sealed",
    form_version="1",
    received_at=LONG_AGO,
    state="queued",
    helped_by=None,
    organisation=None,
    sent_by=None,
    household_size=1,
    people=(),
    score=3,
    priority=False,
    scoring={"version": "contoh-1", "breakdown": {"e_lantai": 1}},
    screening={"version": "1", "flags": [{"id": "mobil", "answer": "1"}]},
    flooded=False,
)


def checked(label: str, entry: int, *, nik: str | None = None, **changes: Any) -> Checked:
    """Make the application `label` as inbox entry number `entry`, of the NIK `nik` or its own."""
    nik_index = index(f"nik {nik or label}")
    members = changes.pop("members", ())
    if replaces := changes.pop("replaces", None):
        changes["replaces"] = code(replaces)
    return replace(
        BLANK,
        entry=entry,
        application_id=index(f"application {label}"),
        receipt=code(label),
        nik_index=nik_index,
        people=(nik_index, *(index(f"nik {member}") for member in members)),
        household_size=1 + len(members),
        received_at=LONG_AGO + timedelta(seconds=entry),
        **changes,
    )


def aside(label: str, entry: int, *, kk: str | None = None) -> SetAside:
    """Make an entry for quarantine; without `kk` its index is zeros, as the inbox writes it."""
    return SetAside(
        entry=entry,
        application_id=index(f"application {label}"),
        period=PERIOD,
        nik_index=index(f"nik {label}"),
        kk_index=index(f"kk {kk}") if kk else bytes(16),
        receipt=code(label),
        sealed=b"sealed",
        received_at=LONG_AGO,
        error="unseal:ValueError",
    )


def open_periods(bind: Engine) -> None:
    with bind.begin() as connection:
        for period in (PERIOD, OTHER_PERIOD):
            connection.execute(
                insert(Period).values(
                    id=period,
                    title=period,
                    opens_at=LONG_AGO,
                    closes_at=LONG_AGO + timedelta(days=20),
                )
            )


def record_now(bind: Engine, *batch: Checked) -> Recorded:
    with sessions(bind).begin() as session:
        return record(session, batch)


def application(session: Session, label: str) -> Application:
    return session.scalars(select(Application).filter_by(id=index(f"application {label}"))).one()


def kinds(session: Session, label: str) -> list[str]:
    """List the kinds of an application's events, oldest first."""
    found = select(Event.kind).filter_by(application_id=index(f"application {label}"))
    return list(session.scalars(found.order_by(Event.id)))


def outcomes(session: Session) -> dict[int, str]:
    return {row.entry: row.outcome for row in session.scalars(select(Intake))}


@contextmanager
def counted(bind: Engine) -> Iterator[list[str]]:
    """Collect the statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(bind, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(bind, "before_cursor_execute", note)
