"""Sheets at the desk: made for an RW at once, shown once, printed, keyed by two, withdrawn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import Engine, func, select
from werkzeug.test import TestResponse

from registry.intake import Keys
from registry.rules.application import Application
from registry.rules.lifecycle import Role
from registry.store.models import Access, Sheet, SheetLine
from registry.store.session import sessions
from tests.integration.portal.accounts.people import Office, token_of
from tests.integration.portal.musyawarah.homes import registered
from tests.integration.registration import CIDENG, GAMBIR

Fields = Mapping[str, str | list[str]]

ALL = f"/musyawarah/{GAMBIR}/lembar"
FIRST, KEY = f"{ALL}/1", f"{ALL}/1/ketik"
MAKE: Fields = {"rw": "semua", "sumber": ["rt", "dasawisma"], "hari": "14"}


def send(desk: FlaskClient, path: str, fields: Fields) -> TestResponse:
    return desk.post(path, data={**fields, "csrf_token": token_of(desk, "/akun")})


def links(page: TestResponse) -> list[str]:
    return re.findall(r'class="alamat-tautan">https?://[^/]+(/lembar/[\w-]{43})<', page.text)


def tokens(page: TestResponse) -> list[str]:
    return [link.removeprefix("/lembar/") for link in links(page)]


def marks(bind: Engine) -> dict[int, tuple[str | None, str | None]]:
    with sessions(bind)() as session:
        rows = session.execute(
            select(SheetLine.line, SheetLine.mark, SheetLine.second_mark)
            .join(Sheet, Sheet.id == SheetLine.sheet_id)
            .where(Sheet.number == 1)
        )
        return {line: (mark, second) for line, mark, second in rows if mark or second}


def sheets(bind: Engine) -> int:
    with sessions(bind)() as session:
        return session.scalar(select(func.count()).select_from(Sheet)) or 0


@pytest.fixture
def homes(database: Engine, keys: Keys) -> list[Application]:
    """Register three households in one RT, one in another RW, one whose RT nobody knows."""
    return [
        *registered(database, keys, range(1, 4)),
        *registered(database, keys, range(4, 5), rw=8, rt=1),
        *registered(database, keys, range(5, 6), rt=None, rw=None),
    ]


@pytest.fixture
def desk(office: Office, homes: list[Application]) -> FlaskClient:
    assert homes
    return office.signed_in(Role.REVIEWER)


@pytest.fixture
def made(desk: FlaskClient) -> TestResponse:
    return send(desk, ALL, MAKE)


def test_the_links_of_all_sheets_are_shown_once(
    desk: FlaskClient, made: TestResponse, database: Engine
) -> None:
    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    assert "4 lembar dibuat" in made.text
    found = links(made)
    assert len(set(found)) == 4
    assert all(desk.get(link).status_code == 200 for link in found)
    again = send(desk, ALL, MAKE)
    assert "Semua lembar sudah ada" in again.text
    assert links(again) == []
    assert sheets(database) == 4
    for page in (desk.get(ALL), desk.get(f"{ALL}/rw/7"), desk.get(FIRST)):
        assert page.status_code == 200
        assert not any(token in page.text for token in tokens(made))


def test_the_overview_says_what_is_missing(desk: FlaskClient) -> None:
    before = desk.get(ALL).text
    assert "0 dari 2 RT sudah lengkap" in before
    assert "2 RT belum punya lembar RT" in before
    assert "1 rumah tangga tidak diketahui RT atau RW-nya" in before
    for link in links(send(desk, ALL, {**MAKE, "rw": "8"})):
        desk.post(link, data={"b-1": "known", "aksi": "kirim"})
    after = desk.get(ALL).text
    assert "1 dari 2 RT sudah lengkap" in after
    assert "1 RT belum punya lembar RT" in after
    assert "Lengkap" in desk.get(f"{ALL}/rw/8").text
    assert "Lembar belum dibuat" in desk.get(f"{ALL}/rw/7").text
    assert desk.get(f"{ALL}/rw/99").status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"sumber": []}, "Pilih siapa yang ditanya"),
        ({"sumber": ["tetangga"]}, "Pilih siapa yang ditanya"),
        ({"hari": "0"}, "1 sampai 60 hari"),
        ({"hari": "61"}, "1 sampai 60 hari"),
        ({"hari": "²"}, "1 sampai 60 hari"),
        ({"hari": ""}, "1 sampai 60 hari"),
        ({"rw": "tujuh"}, "Pilih satu RW"),
    ],
)
def test_what_cannot_be_made_is_said(
    desk: FlaskClient, database: Engine, changed: Fields, said: str
) -> None:
    page = send(desk, ALL, {**MAKE, **changed})
    assert page.status_code == 422
    assert said in page.text
    assert sheets(database) == 0


def test_a_rw_is_printed_with_names_addresses_and_links(
    desk: FlaskClient, made: TestResponse, homes: list[Application], database: Engine
) -> None:
    answer = send(desk, f"{ALL}/cetak", {"tautan": tokens(made)[:2]})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)
    assert text.count("Lembar pra-musyawarah") == 2
    for home in homes[:3]:
        assert home.applicant.name in text
        assert home.nik.value not in text
    assert homes[3].applicant.name not in text
    with sessions(database)() as session:
        assert session.scalar(select(func.count()).select_from(Access)) == 3


def test_only_links_that_stand_are_printed(desk: FlaskClient, made: TestResponse) -> None:
    new = send(desk, f"{ALL}/tautan", {"nomor": ["1"], "hari": "7"})
    assert "1 lembar mendapat tautan baru" in new.text
    for given in (tokens(made)[:1], ["A" * 43], [], tokens(new) * 101):
        assert send(desk, f"{ALL}/cetak", {"tautan": given}).status_code == 404
    assert desk.get(links(made)[0]).status_code == 404
    assert desk.get(links(new)[0]).status_code == 200


def test_a_sheet_is_withdrawn_only_when_that_was_ticked(
    desk: FlaskClient, made: TestResponse, database: Engine
) -> None:
    assert send(desk, f"{FIRST}/cabut", {}).status_code == 422
    assert desk.get(links(made)[0]).status_code == 200
    assert send(desk, f"{FIRST}/cabut", {"yakin": "1"}).status_code == 303
    assert desk.get(links(made)[0]).status_code == 404
    for page in (desk.get(FIRST), desk.get(KEY), send(desk, f"{FIRST}/cabut", {"yakin": "1"})):
        assert page.status_code == 404
        assert "Lembar ini tidak ada" in page.text
    assert send(desk, f"{ALL}/tautan", {"nomor": ["1"], "hari": "7"}).status_code == 404
    assert "1 lembar dibuat" in send(desk, ALL, MAKE).text


@pytest.mark.usefixtures("made")
def test_paper_is_keyed_by_two_and_neither_sees_the_other(
    office: Office, desk: FlaskClient, database: Engine
) -> None:
    other = office.signed_in(Role.COUNTER)
    assert "Anda orang pertama" in desk.get(KEY).text
    first = {"tangan": "first", "b-1": "moved", "b-2": "known", "b-3": ""}
    assert send(desk, KEY, first).status_code == 303
    assert "Ketikan Anda tersimpan" in desk.get(KEY).text
    assert "checked" not in "".join(re.findall(r'value="(?:moved|known)".*', other.get(KEY).text))
    assert "Pindah" not in re.sub(r"<form.*?</form>", "", other.get(FIRST).text, flags=re.DOTALL)

    send(other, KEY, {"tangan": "second", "b-1": "moved", "b-2": "died"})
    for each in (desk, other):
        page = each.get(KEY).text
        assert "1 baris berbeda" in page
        assert "di baris 2" in page
    assert 'value="died" checked' not in desk.get(KEY).text

    send(other, KEY, {"tangan": "second", "b-1": "moved", "b-2": "known"})
    assert "Lembar ini sudah selesai" in other.get(KEY).text
    assert marks(database) == {1: ("moved", "moved"), 2: ("known", "known")}
    late = send(desk, KEY, {"tangan": "first", "b-1": "died"})
    assert late.status_code == 409
    assert marks(database)[1] == ("moved", "moved")


@pytest.mark.usefixtures("made")
def test_one_account_is_never_both_hands(
    office: Office, desk: FlaskClient, database: Engine
) -> None:
    send(desk, KEY, {"tangan": "first", "b-1": "moved"})
    page = send(desk, KEY, {"tangan": "second", "b-1": "moved"})
    assert page.status_code == 409
    assert "orang yang sama tidak boleh" in page.text
    late = send(office.signed_in(Role.CHAIR), KEY, {"tangan": "first", "b-1": "died"})
    assert late.status_code == 409
    assert marks(database) == {1: ("moved", None)}


@pytest.mark.parametrize(
    "fields",
    [
        {"tangan": "first"},
        {"tangan": "first", "b-9": "moved"},
        {"tangan": "first", "b-1": "rich"},
        {"tangan": "first", "b-1": ["moved", "died"]},
        {"tangan": "third", "b-1": "moved"},
        {"b-1": "moved"},
    ],
)
@pytest.mark.usefixtures("made")
def test_forged_or_empty_keying_changes_nothing(
    desk: FlaskClient, database: Engine, fields: Fields
) -> None:
    assert send(desk, KEY, fields).status_code == 422
    assert marks(database) == {}


def test_paper_does_not_silently_replace_a_link(
    desk: FlaskClient, made: TestResponse, database: Engine
) -> None:
    link = links(made)[0]
    desk.post(link, data={"b-1": "known", "aksi": "simpan"})
    assert "1 dari 3 baris sudah ditandai lewat tautan" in desk.get(KEY).text
    page = send(desk, KEY, {"tangan": "first", "b-1": "moved", "b-2": "died"})
    assert page.status_code == 422
    assert 'value="died" checked' in page.text
    assert marks(database) == {1: ("known", None)}
    send(desk, KEY, {"tangan": "first", "b-1": "moved", "ganti": "1"})
    assert marks(database) == {1: ("moved", None)}


def test_what_was_handed_in_by_link_is_not_keyed(
    desk: FlaskClient, made: TestResponse, database: Engine
) -> None:
    desk.post(links(made)[0], data={"b-1": "known", "aksi": "kirim-saja"})
    assert "Sudah dikirim lewat tautan" in desk.get(KEY).text
    fields: Fields = {"tangan": "first", "b-1": "moved", "ganti": "1"}
    assert send(desk, KEY, fields).status_code == 409
    assert marks(database) == {1: ("known", None)}


@pytest.mark.usefixtures("made")
def test_the_number_on_a_paper_leads_to_its_sheet(desk: FlaskClient) -> None:
    assert desk.get(f"{ALL}/nomor?n=2").location == f"{ALL}/2"
    assert desk.get(f"{ALL}/nomor?n=dua").status_code == 422
    assert desk.get(f"{ALL}/99999").status_code == 404


READS: list[str] = [ALL, f"{ALL}/rw/7", FIRST, f"{ALL}/nomor?n=1"]
WRITES: dict[str, Fields] = {
    ALL: MAKE,
    f"{ALL}/tautan": {"nomor": ["1"], "hari": "7"},
    f"{FIRST}/cabut": {"yakin": "1"},
    f"{ALL}/cetak": {"tautan": ["A" * 43]},
    KEY: {"tangan": "first", "b-1": "moved"},
}


@pytest.fixture
def unchanged(made: TestResponse, database: Engine) -> Iterator[None]:
    """Look that links, sheets and marks are as they were."""

    def all_of_it() -> list[object]:
        with sessions(database)() as session:
            return [*session.execute(select(*Sheet.__table__.c)), *marks(database).items()]

    before = all_of_it()
    yield
    assert all_of_it() == before


@pytest.mark.usefixtures("unchanged")
def test_another_kelurahan_is_not_there(office: Office) -> None:
    stranger = office.signed_in(Role.REVIEWER, CIDENG)
    for path in (*READS, KEY):
        assert stranger.get(path).status_code == 404
    for path, fields in WRITES.items():
        assert send(stranger, path, fields).status_code == 404


@pytest.mark.usefixtures("unchanged")
def test_auditors_read_without_names_and_change_nothing(
    office: Office, homes: list[Application]
) -> None:
    for role in (Role.AUDITOR, Role.DINAS):
        reader = office.signed_in(role)
        for path in READS:
            page = reader.get(path, follow_redirects=True)
            assert page.status_code == 200
            assert not any(home.applicant.name in page.text for home in homes)
        assert reader.get(KEY).status_code == 404
        for path, fields in WRITES.items():
            assert send(reader, path, fields).status_code == 404


@pytest.mark.usefixtures("unchanged")
def test_nothing_is_taken_without_the_token_of_the_form(desk: FlaskClient) -> None:
    for path, fields in WRITES.items():
        assert desk.post(path, data=fields).status_code == 400


@pytest.mark.usefixtures("made")
def test_links_expire_at_the_end_of_a_day(database: Engine) -> None:
    with sessions(database)() as session:
        ends = session.scalars(select(Sheet.expires_at).limit(1)).one()
    assert timedelta(days=13) < ends - datetime.now(UTC) <= timedelta(days=15)
    assert f"{ends.astimezone(UTC):%H.%M}" == "16.59"
