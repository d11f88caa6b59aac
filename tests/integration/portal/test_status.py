"""Status by NIK: everything for who holds the receipt, little for NIK and KK, nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker
from werkzeug.test import TestResponse

from portal.dates import show_time
from portal.limits import KK_TRIES
from registry.inbox import Inbox
from registry.intake import Keys
from registry.rules.nik import Nik
from registry.rules.receipts import receipt_code
from registry.store.intake import SetAside, set_aside
from tests.integration.portal.conftest import NOWHERE, NewApp
from tests.integration.portal.support import PERIOD, Page, answers, drain, form, post

MINE, OTHER = answers(1), answers(2)
DrainAll = Callable[[], int]
NO_KK = "3171010101010009"
UNKNOWN_CODE = receipt_code(b"nobody's receipt")
FULL, NOT_FOUND = "Status ini sejak", "Tidak ada pendaftaran yang cocok"


@pytest.fixture
def client(new_app: NewApp, inbox: Inbox, database_url: str, database: Engine) -> FlaskClient:
    """Give a portal that everything works for; the database is empty."""
    return new_app(DATABASE_URL=database_url).test_client()


@pytest.fixture
def code(client: FlaskClient, inbox: Inbox, keys: Keys) -> str:
    """Apply, and give the receipt code."""
    assert post(client, form(MINE)).status_code == 303
    [(application_id, _)] = inbox.pending(keys.index.nik(Nik.parse(MINE["nik"][0])))
    return receipt_code(application_id)


@pytest.fixture
def drain_all(inbox: Inbox, keys: Keys, database: Engine) -> DrainAll:
    """Do what a worker does."""
    return lambda: drain(inbox, keys, database)


def ask(client: FlaskClient, **fields: str) -> TestResponse:
    return post(client, {name: [value] for name, value in fields.items()}, "/cek")


def by_receipt(client: FlaskClient, code: str, nik: str = MINE["nik"][0]) -> TestResponse:
    return ask(client, nik=nik, bukti=code)


def by_kk(client: FlaskClient, kk: str = MINE["kk"][0], nik: str = MINE["nik"][0]) -> TestResponse:
    return ask(client, nik=nik, kk=kk)


def test_status_is_received_until_a_worker_has_seen_it(client: FlaskClient, code: str) -> None:
    page = by_receipt(client, code)

    assert page.status_code == 200
    assert "Pendaftaran sudah diterima" in page.text


def test_status_moves_on_with_the_application(
    client: FlaskClient, code: str, drain_all: DrainAll
) -> None:
    drain_all()

    page = by_receipt(client, code)

    assert "Menunggu musyawarah" in page.text
    assert FULL in page.text


def test_application_is_found_once_while_it_is_in_both_places(
    client: FlaskClient, code: str, drain_all: DrainAll
) -> None:
    drain_all()
    post(client, form(MINE))

    assert by_receipt(client, code).text.count('class="layar status"') == 1


def test_code_is_read_as_people_write_it(client: FlaskClient, code: str) -> None:
    written = f" {code[:4].lower()} {code[4:8]}–{code[8:]} "

    assert "Pendaftaran sudah diterima" in by_receipt(client, written).text


def test_kk_shows_the_step_and_nothing_more(
    client: FlaskClient, code: str, drain_all: DrainAll
) -> None:
    waiting = by_kk(client).text
    drain_all()
    recorded = by_kk(client).text

    assert "Pendaftaran sudah diterima" in waiting
    assert "Menunggu musyawarah" in recorded
    for page in (waiting, recorded):
        assert FULL not in page
        assert code[:4] not in page


def test_status_names_the_next_date_of_the_round(
    client: FlaskClient, inbox: Inbox, code: str, drain_all: DrainAll
) -> None:
    with client.application.test_request_context():
        closes = f"Pendaftaran ditutup {show_time(inbox.periods()[0].closes_at)}."
    pages = [by_kk(client).text, by_receipt(client, code).text]
    drain_all()
    pages += [by_kk(client).text, by_receipt(client, code).text]

    assert [page.count(closes) for page in pages] == [1, 1, 1, 1]


def test_kk_shows_each_step_once_however_many_rivals_there_are(
    client: FlaskClient, code: str, drain_all: DrainAll
) -> None:
    for number in range(3):
        post(client, form({**MINE, "alamat": [f"Gang Lain nomor {number}"]}))
    drain_all()
    post(client, form({**MINE, "alamat": ["Gang Baru nomor 9"]}))

    page = by_kk(client).text

    assert page.count('class="layar status"') == 2
    assert page.count("Menunggu musyawarah") == 1
    assert page.count("Pendaftaran sudah diterima") == 1


def test_replaced_application_says_so_to_who_holds_its_receipt(
    client: FlaskClient, code: str, drain_all: DrainAll
) -> None:
    post(client, form({**MINE, "alamat": ["Gang Baru nomor 9"], "bukti_lama": [code]}))
    drain_all()

    assert "sudah Anda ganti" in by_receipt(client, code).text
    assert "sudah Anda ganti" not in by_kk(client).text


@pytest.mark.parametrize("drained", [True, False])
def test_no_answer_tells_whether_a_nik_is_registered(
    client: FlaskClient, code: str, drain_all: DrainAll, drained: bool
) -> None:
    if drained:
        drain_all()
    pages = [
        by_receipt(client, code, nik=OTHER["nik"][0]),
        by_receipt(client, UNKNOWN_CODE),
        by_receipt(client, UNKNOWN_CODE, nik=OTHER["nik"][0]),
        by_kk(client, kk=NO_KK),
        by_kk(client, nik=OTHER["nik"][0]),
    ]

    assert NOT_FOUND in pages[0].text
    assert {(page.status_code, page.text) for page in pages} == {(200, pages[0].text)}
    assert len({str(sorted(page.headers)) for page in pages}) == 1


def test_household_without_kk_is_not_found_by_any_kk(client: FlaskClient, inbox: Inbox) -> None:
    fields = {name: kept for name, kept in MINE.items() if name != "kk"} | {"tanpa_kk": ["1"]}
    assert post(client, form(fields)).status_code == 303

    assert NOT_FOUND in by_kk(client).text


@pytest.mark.parametrize("nik", [MINE["nik"][0], OTHER["nik"][0]])
def test_tries_by_kk_end_and_the_receipt_goes_on(client: FlaskClient, code: str, nik: str) -> None:
    for _ in range(KK_TRIES):
        assert by_kk(client, nik=nik).status_code == 200
    over = by_kk(client, nik=nik)

    assert over.status_code == 429
    assert "Pakai kode bukti" in over.text
    assert by_receipt(client, code).status_code == 200


def test_tries_by_kk_are_counted_while_redis_is_down(
    new_app: NewApp, inbox: Inbox, database_url: str, database: Engine
) -> None:
    client = new_app(DATABASE_URL=database_url, REDIS_URL=NOWHERE).test_client()

    assert [by_kk(client).status_code for _ in range(KK_TRIES + 1)] == [200] * KK_TRIES + [429]


def test_no_number_of_tries_hides_behind_another_way_to_write_a_nik(client: FlaskClient) -> None:
    nik = MINE["nik"][0]
    ways = (nik, f" {nik} ", f"{nik[:6]}.{nik[6:12]}.{nik[12:]}", nik, nik)
    for way in ways:
        assert by_kk(client, nik=way).status_code == 200

    assert by_kk(client).status_code == 429


def test_postgresql_down_shows_what_the_inbox_knows(new_app: NewApp, inbox: Inbox) -> None:
    client = new_app().test_client()
    post(client, form(MINE))

    page = by_kk(client)

    assert page.status_code == 200
    assert "Pendaftaran sudah diterima" in page.text
    assert "belum dapat dibaca" in page.text


def test_postgresql_down_never_says_that_nothing_was_found(new_app: NewApp, inbox: Inbox) -> None:
    page = by_kk(new_app().test_client())

    assert page.status_code == 503
    assert "Retry-After" in page.headers
    assert NOT_FOUND not in page.text


def test_inbox_down_shows_what_postgresql_knows(
    new_app: NewApp,
    client: FlaskClient,
    code: str,
    drain_all: DrainAll,
    database_url: str,
) -> None:
    drain_all()
    without = new_app(DATABASE_URL=database_url, INBOX_REDIS_URL=NOWHERE).test_client()

    assert "Menunggu musyawarah" in by_receipt(without, code).text
    unknown = by_receipt(without, UNKNOWN_CODE)
    assert (unknown.status_code, NOT_FOUND in unknown.text) == (503, False)


def test_application_set_aside_is_received(
    client: FlaskClient, inbox: Inbox, drain_all: DrainAll, code: str, database: Engine
) -> None:
    drain_all()
    post(client, form(OTHER))
    [entry] = inbox.claim("tests")
    sent = entry.submission
    with sessionmaker(database).begin() as session:
        aside = SetAside(
            entry=entry.number,
            application_id=sent.application_id,
            period=PERIOD,
            nik_index=sent.nik_index,
            kk_index=sent.kk_index,
            receipt=receipt_code(sent.application_id),
            sealed=sent.sealed,
            received_at=sent.received_at,
            error="test",
        )
        set_aside(session, aside)
    inbox.acknowledge([entry])

    page = by_receipt(client, receipt_code(sent.application_id), nik=OTHER["nik"][0])
    assert "Pendaftaran sudah diterima" in page.text


def test_query_of_the_address_is_not_looked_at(client: FlaskClient, code: str) -> None:
    nik = MINE["nik"][0]

    page = client.get(f"/cek?nik={nik}&bukti={code}")

    assert page.status_code == 200
    assert nik not in page.text


def test_empty_form_is_the_same_for_all_and_no_phone_keeps_it(client: FlaskClient) -> None:
    first, english = client.get("/cek"), client.get("/en/cek")
    ask(client, nik="123", bukti="zz")
    again = client.get("/cek?nik=123")

    assert (again.data, again.headers["Cache-Control"]) == (first.data, "no-store")
    assert client.get("/en/cek").data == english.data != first.data
    assert set(Page(again.text).answered()) == set()
    assert client.head("/cek").data == b""


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Tulis NIK Anda"),
        ({"nik": "123", "bukti": UNKNOWN_CODE}, "NIK harus 16 angka"),
        ({"nik": MINE["nik"][0]}, "Tulis kode bukti Anda"),
        ({"nik": MINE["nik"][0], "bukti": "7KQ2"}, "Kode bukti tidak benar"),
        ({"nik": MINE["nik"][0], "kk": "12"}, "Nomor KK harus 16 angka"),
        ({"nik": "x" * 50_000, "bukti": "y" * 10_000}, "NIK"),
    ],
)
def test_slips_are_told_and_what_was_typed_is_kept(
    client: FlaskClient, fields: dict[str, str], message: str
) -> None:
    page = ask(client, **fields)

    assert page.status_code == 422
    assert message in page.text
    kept = Page(page.text).answered()
    assert kept == {name: [value] for name, value in fields.items()}
    assert page.headers["Cache-Control"] == "no-store"
