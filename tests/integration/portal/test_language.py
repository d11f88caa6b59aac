"""Languages: the same pages under a prefix, and a way between them that loses nothing."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal import dates
from portal.citizen import photo_links
from registry.inbox import Inbox
from registry.rules.periods import JAKARTA, Milestone, NextDate
from tests.integration.portal.conftest import NewApp
from tests.integration.portal.support import Page, answered, answers, form, post, snapshot

OTHER = {"/": "/en/", "/daftar": "/en/daftar", "/cek": "/en/cek", "/bantuan": "/en/bantuan"}


def leads_to(page: str) -> str:
    """Give where the language switch of a page leads."""
    return page.split('class="bahasa" ')[1].split('"')[1]


@pytest.mark.parametrize("path", OTHER)
def test_a_page_is_there_in_each_language_and_leads_to_the_other(
    client: FlaskClient, path: str
) -> None:
    indonesian, english = client.get(path).text, client.get(OTHER[path]).text

    assert '<html lang="id">' in indonesian
    assert '<html lang="en">' in english
    assert (leads_to(indonesian), leads_to(english)) == (OTHER[path], path)
    assert 'lang="en"' in indonesian
    assert ">English</" in indonesian
    assert ">Bahasa Indonesia</" in english


def test_links_stay_in_the_language_and_static_files_have_one_address(client: FlaskClient) -> None:
    english = client.get("/en/")
    own = {link for link in Page(english.text).links if link.startswith("/")}

    assert own == {"/", "/en/", "/en/daftar", "/en/cek", "/en/bantuan", "/en/masuk"}
    style = english.text.split('rel="stylesheet" href="')[1].split('"')[0]
    assert style in client.get("/").text
    assert client.get(f"/en{style}").status_code == 404


def test_pages_of_the_signed_in_are_in_indonesian_only(client: FlaskClient) -> None:
    assert client.get("/en/masuk?next=/akun").location == "/masuk?next=/akun"
    assert client.get("/en/akun").location == "/akun"
    below = client.get("/en/masuk", environ_overrides={"SCRIPT_NAME": "/bansos"})
    assert below.location == "/bansos/masuk"


def test_only_the_code_of_a_language_is_a_prefix(client: FlaskClient) -> None:
    assert client.get("/en").location.endswith("/en/")
    for path in ("/enough", "/EN/", "/id/", "/en/en/", "/xx/daftar"):
        assert client.get(path).status_code == 404
    assert client.get("/en/enough").status_code == 404
    assert client.get("/healthz").status_code == 200


def test_a_prefix_of_a_proxy_stays_before_that_of_the_language(client: FlaskClient) -> None:
    below = {"SCRIPT_NAME": "/bansos"}

    indonesian = client.get("/cek", environ_overrides=below).text
    english = client.get("/en/cek", environ_overrides=below).text

    assert leads_to(indonesian) == "/bansos/en/cek"
    assert leads_to(english) == "/bansos/cek"
    assert "/bansos/en/daftar" in Page(english).links


@pytest.mark.parametrize("path", ["/tidak-ada", "/bukti/no-such-token", "/foto/x"])
def test_an_error_leads_to_the_home_page(client: FlaskClient, path: str) -> None:
    page = client.get(f"/en{path}")

    assert page.status_code == 404
    assert "Page not found" in page.text
    assert leads_to(page.text) == "/"


def test_a_refused_photo_leads_to_the_page_of_photos(
    new_app: NewApp, inbox: Inbox, database_url: str, database: object, photo_folder: Path
) -> None:
    app = new_app(DATABASE_URL=database_url, PHOTO_STORE=photo_folder.as_uri())
    page = f"/foto/{photo_links.write(b'1' * 16, app.config['SECRET_KEY'])}"

    refused = app.test_client().post(f"/en{page}/ktp", data=b"", content_type="text/plain")

    assert refused.status_code == 422
    assert "No photo is chosen yet." in refused.text
    assert leads_to(refused.text) == page


def test_the_answer_to_a_form_leads_to_the_form_in_the_other_language(client: FlaskClient) -> None:
    asked = post(client, {"nik": ["1"], "bukti": ["1"]}, "/en/cek")

    assert asked.status_code == 422
    assert "A NIK must have 16 digits" in asked.text
    assert leads_to(asked.text) == "/cek"


def test_empty_form_is_kept_apart_for_each_language(client: FlaskClient) -> None:
    indonesian, english = client.get("/daftar"), client.get("/en/daftar")

    assert english.data == client.get("/en/daftar").data
    assert english.data != indonesian.data
    assert english.headers["ETag"] != indonesian.headers["ETag"]
    assert english.headers["Cache-Control"] == "public, max-age=60"
    same = client.get("/en/daftar", headers={"If-None-Match": english.headers["ETag"]})
    assert same.status_code == 304
    zipped = client.get("/en/daftar", headers={"Accept-Encoding": "gzip"}).data
    assert len(zipped) <= 14_000
    assert gzip.decompress(zipped) == english.data


def test_receipt_is_in_the_language_of_the_form_and_its_code_opens_there(
    client: FlaskClient, inbox: Inbox
) -> None:
    sent = post(client, form(answers()), "/en/daftar")

    assert sent.status_code == 303
    assert sent.location.startswith("/en/bukti/")
    receipt = client.get(sent.location)
    assert "not proof of aid" in receipt.text
    assert f"{datetime.now(JAKARTA):%B %Y}" in receipt.text
    assert leads_to(receipt.text) == sent.location.removeprefix("/en")
    assert client.get(leads_to(receipt.text)).status_code == 200
    assert inbox.depth() == 1


def test_changing_the_language_of_the_form_keeps_every_answer(
    client: FlaskClient, inbox: Inbox
) -> None:
    wrong = post(client, form(answers(3, nik="12345")), "/daftar")
    assert leads_to(wrong.text) == "/en/daftar"
    typed = Page(wrong.text).values

    english = post(client, {**typed, "aksi": ["bahasa"]}, "/en/daftar")

    assert english.status_code == 200
    assert english.headers["Cache-Control"] == "no-store"
    assert Page(english.text).answered() == answered(answers(3, nik="12345"))
    assert "What is your NIK?" in english.text
    mended = {**Page(english.text).values, "nik": answers(3)["nik"], "aksi": ["kirim"]}
    assert post(client, mended, "/en/daftar").status_code == 303
    assert inbox.depth() == 1


def test_an_empty_form_in_another_language_is_the_one_that_may_be_kept(client: FlaskClient) -> None:
    empty = Page(client.get("/daftar").text).values

    changed = post(client, {**empty, "aksi": ["bahasa"]}, "/en/daftar")

    assert (changed.status_code, changed.location) == (303, "/en/daftar")


def test_answers_that_wait_to_be_sent_are_sent_in_the_other_language(
    new_app: NewApp, inbox: Inbox
) -> None:
    inbox.publish_periods([snapshot(closes=timedelta(hours=-1))])
    client = new_app().test_client()
    closed = post(client, form(answers()), "/daftar")
    button = closed.text.split("<button", 1)[1].split(">")[0]
    assert 'formaction="/en/daftar"' in button
    assert 'form="kirim-lagi"' in button

    again = post(client, Page(closed.text).values, "/en/daftar")

    assert again.status_code == 410
    assert "Registration is closed" in again.text
    assert Page(again.text).answered() == answered(answers())


def test_problems_are_told_in_the_language_of_the_page(client: FlaskClient) -> None:
    page = post(client, form(answers(nik="12345", jumlah_anggota="0")), "/en/daftar").text

    assert "A NIK must have 16 digits. Count them again." in page
    assert "&#34;nik_length&#34;: &#34;A NIK must have 16 digits" in page  # for scripts
    assert "Skip this if you chose &#39;No house&#39;." in page
    assert "NIK harus" not in page


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("id", "17 Agustus 2026 pukul 23.59 WIB"),
        ("en", "17 August 2026 at 23.59 WIB"),
    ],
)
def test_times_are_said_as_in_jakarta(app: Flask, code: str, said: str) -> None:
    with app.test_request_context(environ_overrides={"portal.language": code}):
        assert dates.show_time(datetime(2026, 8, 17, 16, 59, tzinfo=UTC)) == said
        # What closes at midnight is open until the minute before.
        assert dates.until(datetime(2026, 8, 17, 17, tzinfo=UTC)) == said


def test_every_month_has_its_name(app: Flask) -> None:
    with app.test_request_context():
        said = [dates.show_date(date(2026, month, 1)) for month in range(1, 13)]

    assert " ".join(each.split()[1] for each in said) == (
        "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
    )


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (Milestone.OPENS, "Pendaftaran dibuka 1 Mei 2026 pukul 09.07 WIB."),
        (Milestone.CLOSES, "Pendaftaran ditutup 1 Mei 2026 pukul 09.07 WIB."),
        (Milestone.MEETINGS_UNKNOWN, "Tanggal musyawarah belum ditentukan."),
        (Milestone.MEETINGS_BEGIN, "Musyawarah dimulai 1 Mei 2026."),
        (Milestone.MEETINGS_BEGAN, "Musyawarah sudah dimulai 1 Mei 2026."),
    ],
)
def test_the_next_date_is_said_in_a_sentence(app: Flask, what: Milestone, said: str) -> None:
    moment = datetime(2026, 5, 1, 9, 7, tzinfo=JAKARTA)
    whole_days = {Milestone.MEETINGS_BEGIN, Milestone.MEETINGS_BEGAN}
    with app.test_request_context():
        assert dates.say(NextDate(what, moment.date() if what in whole_days else moment)) == said
