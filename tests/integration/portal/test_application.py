"""Applying, when all goes well and when answers need mending."""

from __future__ import annotations

import gzip
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from registry.inbox import Inbox, Neighbourhood
from registry.rules.questionnaire import questionnaire
from tests.integration.portal.conftest import NOWHERE, NewApp
from tests.integration.portal.support import (
    PERIOD,
    Page,
    answered,
    answers,
    form,
    post,
    snapshot,
)


def code_on(client: FlaskClient, location: str) -> str:
    page = client.get(location)
    assert page.status_code == 200
    return page.text.split('class="kode"')[1].split("</p>")[0]


def test_application_gets_a_receipt_and_lies_in_the_inbox(
    client: FlaskClient, inbox: Inbox
) -> None:
    sent = post(client, form(answers()))

    assert sent.status_code == 303
    assert sent.location.startswith("/bukti/")
    assert inbox.depth() == 1


def test_same_answers_twice_give_the_same_code(client: FlaskClient, inbox: Inbox) -> None:
    first, second = post(client, form(answers())), post(client, form(answers()))

    assert code_on(client, first.location) == code_on(client, second.location)
    assert inbox.last_number() == 2


def test_accepting_needs_neither_postgresql_nor_the_queue(new_app: NewApp, inbox: Inbox) -> None:
    client = new_app(REDIS_URL=NOWHERE).test_client()

    assert post(client, form(answers())).status_code == 303


def test_form_that_is_asked_for_comes_back_as_it_was(client: FlaskClient) -> None:
    page = Page(client.get("/daftar").text)

    assert page.values["periode"] == [PERIOD]
    assert page.values["versi"] == [questionnaire().version]
    asked = {question.key for question in questionnaire().questions}
    assert asked - page.inputs == {"lahir"}  # in three boxes


def test_empty_form_is_the_same_for_everyone_and_may_be_kept(client: FlaskClient) -> None:
    first, second = client.get("/daftar"), client.get("/daftar")

    assert first.data == second.data
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in first.headers
    unchanged = client.get("/daftar", headers={"If-None-Match": first.headers["ETag"]})
    assert (unchanged.status_code, unchanged.data) == (304, b"")


def test_empty_form_is_small_on_the_way(client: FlaskClient) -> None:
    zipped = client.get("/daftar", headers={"Accept-Encoding": "gzip"})

    assert zipped.headers["Content-Encoding"] == "gzip"
    assert len(zipped.data) <= 14_000
    assert gzip.decompress(zipped.data) == client.get("/daftar").data


def test_no_page_sets_a_cookie(client: FlaskClient) -> None:
    for path in ("/", "/daftar", "/cek", "/bantuan", "/tidak-ada"):
        assert "Set-Cookie" not in client.get(path).headers
    assert "Set-Cookie" not in post(client, form(answers())).headers


@pytest.mark.parametrize("number", range(12))
def test_one_mistake_keeps_every_answer(client: FlaskClient, inbox: Inbox, number: int) -> None:
    fields = answers(number, nik="12345")

    page = post(client, form(fields))

    assert page.status_code == 422
    assert Page(page.text).answered() == answered(fields)
    assert "NIK harus 16 angka" in page.text
    assert inbox.last_number() == 0


def test_mended_form_is_accepted(client: FlaskClient) -> None:
    page = Page(post(client, form(answers(nik="12345"))).text)

    mended = {**page.values, "nik": answers()["nik"], "aksi": ["kirim"]}

    assert post(client, mended).status_code == 303


def test_each_problem_is_beside_its_question_and_in_the_summary(client: FlaskClient) -> None:
    page = Page(post(client, form({"jumlah_anggota": ["0"]})).text)

    targets = [link[1:] for link in page.links if link.startswith("#") and link != "#isi"]
    assert len(targets) > 15
    assert set(targets) <= set(page.ids)
    assert sum(each.startswith("salah-") for each in page.ids) == len(targets)


@pytest.mark.parametrize("path", ["/", "/daftar", "/cek", "/bantuan"])
def test_every_id_is_single_and_every_reference_leads_somewhere(
    client: FlaskClient, path: str
) -> None:
    page = Page(client.get(path).text)

    assert len(page.ids) == len(set(page.ids))
    assert set(page.refers) <= set(page.ids)


def test_ids_stay_single_with_twenty_members(client: FlaskClient) -> None:
    page = Page(post(client, form({"jumlah_anggota": ["20"]}, aksi="anggota")).text)

    assert "anggota-20-nama" in page.inputs
    assert len(page.ids) == len(set(page.ids))
    assert set(page.refers) <= set(page.ids)


def test_button_shows_as_many_members_as_stated_and_keeps_answers(
    client: FlaskClient, inbox: Inbox
) -> None:
    fields = {"nama": ["SITI"], "jumlah_anggota": ["3"], "anggota-1-nama": ["BUDI"]}

    shown = post(client, form(fields, aksi="anggota"))

    page = Page(shown.text)
    assert shown.status_code == 200
    assert page.answered() == fields
    assert "anggota-3-nama" in page.inputs
    assert "anggota-4-nama" not in page.inputs
    assert "anggota" in page.ids
    assert "BUDI" in page.text
    assert inbox.last_number() == 0


@pytest.mark.parametrize("stated", ["", "-1", "abc", "21", "99999999999999999999", "²", "½", "1e9"])
def test_no_number_of_members_breaks_the_page(client: FlaskClient, stated: str) -> None:
    shown = post(client, form({"jumlah_anggota": [stated]}, aksi="anggota"))

    assert shown.status_code == 200
    assert "anggota-21-nama" not in shown.text


def test_fewer_members_than_filled_in_hides_none_of_them(client: FlaskClient) -> None:
    fields = {**answers(), "anggota-7-nama": ["TUTI"], "jumlah_anggota": ["1"]}

    page = post(client, form(fields))

    assert page.status_code == 422
    assert Page(page.text).answered()["anggota-7-nama"] == ["TUTI"]


def test_members_that_were_not_shown_are_asked_for_without_scolding(client: FlaskClient) -> None:
    nobody = "tidak_ada"
    filled = answers(3, bekerja=nobody, pegawai_tetap=nobody, disabilitas=nobody)
    fields = {name: kept for name, kept in filled.items() if not name.startswith("anggota-")}

    page = post(client, form({**fields, "jumlah_anggota": ["4"]}))

    assert page.status_code == 422
    assert "Isi data 4 orang" in page.text
    assert "Perbaiki:" not in Page(page.text).text


def test_form_of_another_version_comes_again_with_its_answers(
    client: FlaskClient, inbox: Inbox
) -> None:
    page = post(client, form(answers(), versi="1999-1"))

    assert page.status_code == 409
    assert Page(page.text).answered() == answered(answers())
    assert Page(page.text).values["versi"] == [questionnaire().version]
    assert inbox.last_number() == 0


@pytest.mark.parametrize("period", ["", "2025-9", "../../etc", "x" * 5000, "\x00", "2026-1\n"])
def test_form_of_no_open_period_comes_again_for_the_open_one(
    client: FlaskClient, inbox: Inbox, period: str
) -> None:
    page = post(client, form(answers(), periode=period))

    assert page.status_code in {303, 409}
    if page.status_code == 409:
        assert Page(page.text).values["periode"] == [PERIOD]
        assert Page(page.text).answered() == answered(answers())
        assert inbox.last_number() == 0


def test_closed_period_keeps_the_answers_and_says_so(new_app: NewApp, inbox: Inbox) -> None:
    inbox.publish_periods([snapshot(closes=timedelta(hours=-1))])
    client = new_app().test_client()

    page = post(client, form(answers()))

    assert page.status_code == 410
    assert "Pendaftaran sudah ditutup" in page.text
    assert Page(page.text).answered() == answered(answers())
    assert inbox.last_number() == 0
    assert "Pendaftaran sudah ditutup" in client.get("/daftar").text


def test_closed_form_says_when_the_next_round_opens(new_app: NewApp, inbox: Inbox) -> None:
    later = snapshot(timedelta(days=30), timedelta(days=50), period="2026-2")
    inbox.publish_periods([snapshot(closes=timedelta(hours=-1)), later])

    page = new_app().test_client().get("/daftar")

    assert "Dibuka lagi" in page.text
    assert "WIB" in page.text


def test_home_offers_the_form_only_while_it_can_be_sent(new_app: NewApp, inbox: Inbox) -> None:
    open_home = Page(new_app().test_client().get("/").text)
    inbox.publish_periods([snapshot(closes=timedelta(hours=-1))])
    closed_home = Page(new_app().test_client().get("/").text)

    assert open_home.links.count("/daftar") == 2  # one of them is the menu's
    assert closed_home.links.count("/daftar") == 1
    assert closed_home.links.count("/cek") == 2


def test_form_begun_in_time_is_mended_and_taken_in_the_grace(new_app: NewApp, inbox: Inbox) -> None:
    inbox.publish_periods([snapshot(closes=timedelta(minutes=-1), grace=timedelta(hours=1))])
    client = new_app().test_client()

    page = Page(post(client, form(answers(nik="1"))).text)
    assert page.values["periode"] == [PERIOD]

    mended = {**page.values, "nik": answers()["nik"], "aksi": ["kirim"]}
    assert post(client, mended).status_code == 303


def test_rt_and_rw_that_dinas_does_not_know_are_refused(new_app: NewApp, inbox: Inbox) -> None:
    fields = answers(1, rt="5", rw="3")
    inbox.publish_neighbourhoods({fields["kelurahan"][0]: []})
    fields.pop("tanpa_rt_rw", None)
    assert post(new_app().test_client(), form(fields)).status_code == 303
    inbox.publish_neighbourhoods({fields["kelurahan"][0]: [Neighbourhood(1, 1)]})
    page = post(new_app().test_client(), form(fields))

    assert page.status_code == 422
    assert "RT dan RW ini tidak ada" in page.text


def test_markup_in_answers_is_shown_as_typed(client: FlaskClient) -> None:
    hostile = "\"'><script>alert(1)</script>{{7*7}}"
    page = post(client, form(answers(alamat=hostile, nama=hostile)))

    assert page.status_code == 422
    assert "<script>alert" not in page.text
    assert Page(page.text).answered()["alamat"] == [hostile]


def test_pages_with_answers_are_never_kept(client: FlaskClient) -> None:
    for page in (
        post(client, form(answers(nik="1"))),
        post(client, form(answers(), aksi="anggota")),
        post(client, form(answers(), versi="0")),
    ):
        assert page.headers["Cache-Control"] == "no-store"
