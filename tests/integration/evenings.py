"""An evening of a kelurahan that was held and closed, in the database: made-up households."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from registry.intake import Keys
from registry.opening import seal_words
from registry.rules.application import Application
from registry.store.models import Base
from registry.store.session import sessions
from tests.integration.registration import (
    GAMBIR,
    PERIOD,
    answers,
    at,
    open_period,
    register,
)

BEGAN = datetime(2026, 11, 18, 12, 30, tzinfo=UTC)
ENDED = BEGAN + timedelta(hours=3)
CLOSED = BEGAN + timedelta(hours=14)
PEOPLE = (
    ("lurah", "Rahmat Hidayat", "Lurah"),
    ("rt_rw", "Joko Susilo", "Ketua RW 007"),
    ("pkk_dasawisma", "Tuti Handayani", ""),
    ("tokoh_agama", "Pdt. Yohanes Wibowo", ""),
    ("peninjau", "Nur Aini", "Mahasiswa"),
    ("rt_rw", "Salah Tulis", ""),
)
SENTENCE = "Keluarga pindah ke Bekasi bulan Mei, menurut RT dan Dasawisma."
QUESTION = "Siapa pemilik mobil di halaman?"
TAKEN_BACK = "Kalimat yang dibatalkan."


@dataclass(frozen=True)
class Evening:
    """A session with six cases, and the minutes that were asked for when it was closed."""

    musyawarah_id: bytes
    minutes_id: bytes
    ids: tuple[bytes, ...]
    homes: tuple[Application, ...]

    @property
    def niks(self) -> list[str]:
        return [home.nik.value for home in self.homes]

    @property
    def names(self) -> list[str]:
        return [str(home.answers["nama"]) for home in self.homes]


def evening(
    bind: Engine,
    keys: Keys,
    *,
    kelurahan: str = GAMBIR,
    number: int = 1,
    quorate: bool = True,
    officer: str = "1",
    chair: str = "2",
    left_out: tuple[int, ...] = (),
) -> Evening:
    """Make the evening of a kelurahan; `officer` and `chair` are accounts' ids."""
    first = 1 + 100 * number + 1_000 * (kelurahan != GAMBIR)
    made_from = f"{kelurahan} {number}".encode()
    held, asked = sha256(made_from).digest()[:16], sha256(b"minutes" + made_from).digest()[:16]
    place = {"period_id": PERIOD, "kelurahan_code": kelurahan}
    with sessions(bind).begin() as session:
        open_period(session)
        raws = [answers(first + each, kelurahan, **at(7, 3)) for each in range(6)]
        homes = register(session, keys, raws)
        ids = tuple(home.id for home in homes)
        _add(session, "musyawarah", [place | _held(held, number, officer, chair, quorate=quorate)])
        _add(session, "attendee", [_present(keys, held, i, p) for i, p in enumerate(PEOPLE, 1)])
        _add(session, "agenda_item", [_item(held, i, each) for i, each in enumerate(ids, 1)])
        _add(session, "verdict", [_said(keys, held, ids, officer, each) for each in _VERDICTS])
        closed = {"session": number, "left_out": list(left_out)}
        event = {"musyawarah_id": held, "actor_id": chair, "actor_role": "chair"}
        _add(session, "event", [event | {"kind": "session_closed", "details": closed}])
        row = {"id": asked, "musyawarah_id": held, "number": number, "asked_by": chair}
        _add(session, "minutes", [place | row])
    return Evening(held, asked, ids, tuple(home.parsed for home in homes))


# Item, version, verdict, reason, words, stepped aside, dissent, via.
_VERDICTS: tuple[tuple[Any, ...], ...] = (
    (1, 1, "proposed", None, {}, [], [], "list"),
    (2, 1, "proposed", None, {}, [], [], "list"),
    (3, 1, "not_proposed", "moved_out", {"sentence": SENTENCE}, [], [], "one"),
    (4, 1, "not_proposed", "owns_car", {"sentence": TAKEN_BACK}, [], [], "one"),
    (4, 2, None, None, {}, [], [], "one"),
    (4, 3, "proposed", None, {}, ["2:kin"], ["tokoh_agama"], "one"),
    (5, 1, "postponed", None, {"question": QUESTION}, [], [], "one"),
)
_PARTS = "aabccc"


def _held(
    held: bytes, number: int, officer: str, chair: str, *, quorate: bool
) -> dict[str, object]:
    return {
        "id": held,
        "number": number,
        "held_on": date(2026, 11, 18),
        "stage": "closed",
        "quorum": {"people": 4 if quorate else 10, "elements": 4, "required": ["lurah", "rt_rw"]},
        "planned_by": officer,
        "opened_by": officer,
        "opened_at": BEGAN,
        "ended_by": officer,
        "ended_at": ENDED,
        "quorate": quorate,
        "closed_by": chair,
        "closed_at": CLOSED,
        "closed_as": "chair",
        "on_paper": {},
    }


def _present(
    keys: Keys, held: bytes, number: int, person: tuple[str, str, str]
) -> dict[str, object]:
    element, name, function = person
    return {
        "musyawarah_id": held,
        "number": number,
        "element": element,
        "sealed": seal_words(keys.ring, held, {"name": name, "function": function}),
        "noted_by": "1",
        "withdrawn_at": ENDED if number == len(PEOPLE) else None,
    }


def _item(held: bytes, number: int, application_id: bytes) -> dict[str, object]:
    return {
        "musyawarah_id": held,
        "number": number,
        "application_id": application_id,
        "part": _PARTS[number - 1],
        "rw": 7,
        "rt": 3,
        "why": [],
    }


def _said(
    keys: Keys,
    held: bytes,
    ids: tuple[bytes, ...],
    officer: str,
    said: tuple[Any, ...],
) -> dict[str, object]:
    number, version, verdict, reason, words, aside, dissent, via = said
    return {
        "musyawarah_id": held,
        "number": number,
        "version": version,
        "key": sha256(f"{number} {version}".encode()).digest()[:16],
        "verdict": verdict,
        "reason": reason,
        "sealed": seal_words(keys.ring, ids[number - 1], words) if words else None,
        "stepped_aside": aside,
        "dissent": dissent,
        "via": via,
        "by": officer,
    }


def _add(session: Session, table: str, rows: list[dict[str, Any]]) -> None:
    session.execute(insert(Base.metadata.tables[table]), rows)
