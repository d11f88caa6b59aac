"""The lurah closes: against the paper, with a code again, and never what they recorded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.accounts import acting as letters
from portal.accounts.models import Account
from registry.rules.lifecycle import Role
from registry.rules.periods import JAKARTA
from registry.store.models import Event, Musyawarah
from tests.integration.portal.accounts.people import Person
from tests.integration.portal.musyawarah.room import Desk, Lurah, Room
from tests.integration.portal.support import now
from tests.integration.registration import GAMBIR


@pytest.fixture
def desk(room: Room) -> Desk:
    """Give an officer whose meeting has decided two cases, not reached a third, and ended."""
    room.registered(3, ada_mobil="1")
    desk = room.officer()
    desk.opened()
    return desk


def decide_and_end(desk: Desk) -> None:
    desk.said(1, "proposed")
    desk.said(2, "not_proposed")
    desk.step("akhiri")


def states(room: Room) -> list[str]:
    return sorted(room.state(place) for place in range(3))


def acting(room: Room, person: Person, first: int, last: int) -> None:
    """Name somebody Plh from so many days from today to so many."""
    today = now().astimezone(JAKARTA).date()
    letter = letters.Acting(
        GAMBIR, "12/ST/2026", today + timedelta(days=first), today + timedelta(days=last)
    )
    with Session(room.database) as db, db.begin():
        account = db.scalars(select(Account).where(Account.id == person.id)).one()
        letters.name(db, account, letter, "os:test")


def plh(room: Room, client: FlaskClient | None = None) -> Lurah:
    client = client or room.app.test_client()
    return Lurah(client, room.office, room.signed_in_as(client, Role.REVIEWER))


def test_the_lurah_closes_and_everything_happens(room: Room, desk: Desk) -> None:
    decide_and_end(desk)
    assert states(room) == ["queued"] * 3
    assert "Langkah berikutnya: lurah menutup sidang" in desk.get("/1").text
    lurah = room.lurah()
    done = lurah.closes(1, 1, 0, 0)
    assert done.status_code == 303, done.text
    assert states(room) == ["not_proposed", "proposed", "queued"]
    assert room.rows()["minutes"] == 1
    page = desk.get("/1").text
    assert "Sidang ini sudah ditutup" in page
    assert "1 nomor tanpa putusan dibawa ke sidang berikutnya." in page


def test_only_a_lurah_finds_the_page(room: Room, desk: Desk) -> None:
    decide_and_end(desk)
    assert desk.get("/1/tutup").status_code == 404


@pytest.mark.parametrize("paper", [(2, 1, 0, 0), (0, 1, 0, 0), (1, 1, 1, 0)])
def test_wrong_totals_close_nothing_and_do_not_tell_the_right_ones(
    room: Room, desk: Desk, paper: tuple[int, int, int, int]
) -> None:
    decide_and_end(desk)
    lurah = room.lurah()
    answer = lurah.closes(*paper)
    assert answer.status_code == 422
    assert "Jumlah di kertas berbeda dengan yang tercatat." in answer.text
    assert answer.text.count("Berbeda dengan yang tercatat.") == 1
    assert states(room) == ["queued"] * 3
    # The code was not used up by that.
    assert lurah.closes(1, 1, 0, 0).status_code == 303


def test_a_total_that_is_missing_is_asked_for(room: Room, desk: Desk) -> None:
    decide_and_end(desk)
    lurah = room.lurah()
    answer = lurah.post("/1/tutup", versi=lurah.hidden("/1/tutup", "versi"), proposed="1", kode="1")
    assert answer.status_code == 422
    assert "Isi keempat jumlah dari kertas" in answer.text


@pytest.mark.parametrize("code", ["000000", "abc", " "])
def test_a_wrong_code_closes_nothing(room: Room, desk: Desk, code: str) -> None:
    decide_and_end(desk)
    answer = room.lurah().closes(1, 1, 0, 0, code=code)
    assert answer.status_code == 422
    assert "Kode salah" in answer.text
    assert 'name="proposed" inputmode="numeric" maxlength="5" required value="1"' in answer.text
    assert states(room) == ["queued"] * 3


def test_a_plh_closes_by_the_letter_that_names_them(room: Room, desk: Desk) -> None:
    decide_and_end(desk)
    standing_in = plh(room)
    assert standing_in.get("/1/tutup").status_code == 404
    acting(room, standing_in.person, 0, 0)
    assert standing_in.closes(1, 1, 0, 0).status_code == 303
    assert "Plh lurah, surat nomor 12/ST/2026" in desk.get("/1").text


def test_a_plh_whose_dates_are_over_finds_nothing(room: Room, desk: Desk) -> None:
    decide_and_end(desk)
    standing_in = plh(room)
    acting(room, standing_in.person, 0, 0)
    versi = standing_in.hidden("/1/tutup", "versi")
    room.office.run("UPDATE acting_chair SET from_on = from_on - 9, until_on = until_on - 9")
    assert standing_in.get("/1/tutup").status_code == 404
    assert standing_in.closes(1, 1, 0, 0, versi=versi).status_code == 404
    assert states(room) == ["queued"] * 3


def test_a_plh_who_recorded_cannot_close(room: Room, desk: Desk) -> None:
    standing_in = plh(room)
    standing_in.said(3, "proposed")
    decide_and_end(desk)
    acting(room, standing_in.person, 0, 0)
    assert "Ada putusan yang Anda catat sendiri." in standing_in.get("/1/tutup").text
    answer = standing_in.closes(2, 1, 0, 0, versi="4")
    assert answer.status_code == 422
    assert "Ada putusan yang Anda catat sendiri." in answer.text
    assert states(room) == ["queued"] * 3


def test_a_session_that_has_not_ended_or_is_closed_cannot_be_closed(room: Room, desk: Desk) -> None:
    lurah = room.lurah()
    assert "belum diakhiri petugas" in lurah.get("/1/tutup").text
    early = lurah.closes(0, 0, 0, 0, versi="3")
    assert early.status_code == 409
    assert "Sidang ini masih berlangsung." in early.text
    decide_and_end(desk)
    stale = lurah.closes(1, 1, 0, 0, versi="3")
    assert stale.status_code == 409
    assert lurah.closes(1, 1, 0, 0).status_code == 303
    twice = lurah.closes(1, 1, 0, 0, versi="5")
    assert twice.status_code == 409
    assert "Sidang ini sudah ditutup lurah." in twice.text
    assert room.rows()["minutes"] == 1


def test_below_its_quorum_it_says_so_before_and_after(room: Room) -> None:
    room.registered(3, ada_mobil="1")
    desk = room.officer()
    desk.opened(quorate=False)
    decide_and_end(desk)
    lurah = room.lurah()
    assert "HANYA REKOMENDASI" in lurah.get("/1/tutup").text
    assert lurah.closes(1, 1, 0, 0).status_code == 303
    assert states(room) == ["queued"] * 3
    assert "HANYA REKOMENDASI" in desk.get("/1").text


def test_after_two_working_days_the_page_says_so_and_closing_notes_it(
    room: Room, desk: Desk
) -> None:
    decide_and_end(desk)
    with room.database.begin() as owner:
        owner.execute(text("ALTER TABLE event DISABLE TRIGGER append_only"))
        owner.execute(
            text("UPDATE event SET at = at - interval '9 days' WHERE kind = 'session_ended'")
        )
        owner.execute(text("ALTER TABLE event ENABLE ALWAYS TRIGGER append_only"))
    lurah = room.lurah()
    assert "Batas dua hari kerja sudah lewat." in lurah.get("/1/tutup").text
    assert "Sudah lewat." in desk.get("/1").text
    assert lurah.closes(1, 1, 0, 0).status_code == 303
    with Session(room.database) as session:
        told = session.scalars(select(Event).filter_by(kind="session_closed")).one()
        assert told.details["late"] is True
        assert session.scalars(select(Musyawarah)).one().closed_as == "chair"
