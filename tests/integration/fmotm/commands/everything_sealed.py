"""A row in every table that holds something sealed, and its plain text. All persons are made up."""

from __future__ import annotations

from typing import Any, get_args

from sqlalchemy import Connection, Engine, Row, insert, select

from fmotm.rekeying import EVERYTHING
from portal.accounts.security import TOTP_PURPOSE, id_bytes
from registry import visiting
from registry.intake import PURPOSE, Keys
from registry.minutes_kept import open_form
from registry.opening import answers, seal_words, words
from registry.rules.lifecycle import Actor, Role
from registry.rules.reports import Report
from registry.rules.scope import Scope
from registry.rules.visits import Outcome, Visit
from registry.sealing import KeyRing
from registry.store.minutes import PURPOSE as MINUTES
from registry.store.minutes import Form
from registry.store.models import Base
from registry.store.paper import keep_paper, typed_on
from registry.store.session import sessions
from tests.integration.evenings import BEGAN, ENDED, Evening, evening
from tests.integration.registration import GAMBIR, PERIOD

OFFICER = Actor("1", Role.COUNTER, Scope.of_kelurahan([GAMBIR]))
VISIT, PAPER, CORRECTION, CORRECTED = (bytes([each]) * 16 for each in b"VPCD")

_FORMS: dict[str, Form] = {f"minutes.{form}": form for form in get_args(Form)}


def fill(bind: Engine, keys: Keys) -> Evening:
    """Make an evening, and what else of its six households is sealed somewhere."""
    held = evening(bind, keys)
    one, two = held.ids[:2]
    with bind.begin() as connection:
        _before_the_meeting(connection, keys.ring, one, two)
        _of_the_meeting(connection, keys.ring, held)
        _others(connection, keys.ring, held)
    with sessions(bind).begin() as session:
        keep_paper(
            session, keys.ring, PAPER, {"nama": ["Wati"]},
            period=PERIOD, kelurahan=GAMBIR, complete=False, actor=OFFICER,
        )  # fmt: skip
    return held


def opened(bind: Engine, ring: KeyRing) -> dict[str, list[Any]]:
    """Open all that is sealed as the software does it: `table.column` → plain, by row."""
    with sessions(bind)() as session:
        connection = session.connection()
        return {
            holder.name: [
                _plain(connection, ring, holder.name, row)
                for row in connection.execute(
                    select(holder.table)
                    .where(holder.column.is_not(None))
                    .order_by(*holder.table.primary_key.columns)
                )
            ]
            for holder in EVERYTHING
            if holder.name != "paper_form.sealed"
        } | {"paper_form.sealed": [typed_on(session, ring, PAPER)]}


def _plain(connection: Connection, ring: KeyRing, name: str, row: Row[Any]) -> Any:
    table, column = name.split(".")
    sealed = row._mapping[column]
    if name == "visit.sealed":
        return visiting.told(ring, row.id, sealed)
    if table in ("application", "quarantine"):
        return answers(ring, row.id if table == "application" else row.application_id, sealed)
    if table == "account":
        return ring.unseal(TOTP_PURPOSE, id_bytes(row.id), sealed)
    if form := _FORMS.get(name):
        return open_form(ring, row.id, form, sealed)
    return words(ring, _subject(connection, table, row), sealed)


def _subject(connection: Connection, table: str, row: Row[Any]) -> bytes:
    """Return the id that words are bound to: a household's, or a session's."""
    tables = Base.metadata.tables
    if table == "verdict":
        item = tables["agenda_item"].c
        of_it = (item.musyawarah_id == row.musyawarah_id, item.number == row.number)
        subject = connection.execute(select(item.application_id).where(*of_it)).scalar_one()
    elif table == "correction":
        corrected = tables["minutes"].c
        asked = select(corrected.musyawarah_id).where(corrected.id == row.minutes_id)
        subject = connection.execute(asked).scalar_one()
    else:
        of = {"musyawarah": "id", "attendee": "musyawarah_id", "minutes": "musyawarah_id"}
        subject = row._mapping[of.get(table, "application_id")]
    assert isinstance(subject, bytes)
    return subject


def _before_the_meeting(connection: Connection, ring: KeyRing, one: bytes, two: bytes) -> None:
    def said(text: str) -> bytes:
        return seal_words(ring, one, {"said": text})

    of_one = {"application_id": one}
    ruling = of_one | {"other_id": two, "kind": "apart", "actor_id": "1"}
    _add(connection, "ruling", ruling | {"sealed": said("Dua rumah.")})
    question = of_one | {"asked_by": "1", "question": said("Siapa pemilik mobil?")}
    _add(connection, "question", question)
    _add(connection, "question", question | {"answer": said("Tamu."), "answered_at": ENDED})
    _add(connection, "objection", of_one | {"sealed": said("Mobil itu tamu."), "taken_by": "1"})
    visit = Visit("1", BEGAN, ENDED, Outcome.MET)
    report = Report(VISIT, visit, "same", {"atap": "seng"}, "-6.1,106.8", 9, "Rumah bocor.")
    times = {"started_at": BEGAN, "ended_at": ENDED}
    visited = {"id": VISIT, "kelurahan_code": GAMBIR, "officer_id": "1", "outcome": "met"}
    sealed = visiting.seal(ring, report)
    _add(connection, "visit", of_one | visited | times | {"ktp": "same", "sealed": sealed})


def _of_the_meeting(connection: Connection, ring: KeyRing, held: Evening) -> None:
    words_of_it = seal_words(ring, held.musyawarah_id, {"reason": "Nama keliru."})
    meetings = Base.metadata.tables["musyawarah"]
    notes = seal_words(ring, held.musyawarah_id, {"notes": "Listrik padam."})
    connection.execute(meetings.update().values(notes=notes))
    forms = {
        form: ring.seal(MINUTES + form, CORRECTED, form.encode() * 9) for form in _FORMS.values()
    }
    of_it: dict[str, Any] = {"kelurahan_code": GAMBIR}
    made = {"made_at": ENDED, "digest": bytes(32), "file_digest": bytes(32)} | forms
    corrects = {"corrects": held.minutes_id, "reason": words_of_it, "asked_by": "2"}
    place = {"musyawarah_id": held.musyawarah_id, "period_id": PERIOD, "number": 2}
    _add(connection, "minutes", of_it | {"id": CORRECTED} | place | corrects | made)
    correction = {"id": CORRECTION, "minutes_id": held.minutes_id, "recorded_by": "1"}
    _add(connection, "correction", of_it | correction | {"sealed": words_of_it})


def _others(connection: Connection, ring: KeyRing, held: Evening) -> None:
    entry, gone = 999, bytes(range(16))
    _add(connection, "intake", {"entry": entry, "application_id": gone, "outcome": "quarantined"})
    sealed = ring.seal(PURPOSE, gone, held.homes[0].payload())
    came = {"period_id": PERIOD, "nik_index": bytes(16), "receipt": "0" * 12, "received_at": BEGAN}
    aside = {"entry": entry, "application_id": gone, "sealed": sealed, "error": "rule"}
    _add(connection, "quarantine", came | aside)
    account = Base.metadata.tables["account"]
    person = {"email": "ratna@contoh.example", "full_name": "Ratna", "role": "auditor"}
    adding = insert(account).values(**person, fs_uniquifier="x").returning(account.c.id)
    secret = ring.seal(TOTP_PURPOSE, id_bytes(connection.execute(adding).scalar_one()), b"secret")
    connection.execute(account.update().values(totp_sealed=secret, totp_pending=secret))


def _add(connection: Connection, table: str, row: dict[str, Any]) -> None:
    connection.execute(insert(Base.metadata.tables[table]).values(**row))
