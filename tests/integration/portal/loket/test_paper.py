"""A paper form is keyed by one and checked by another before it is sent."""

from __future__ import annotations

import secrets
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.test import TestResponse

from registry.rules.lifecycle import Role
from tests.integration.portal.accounts.people import Office
from tests.integration.portal.conftest import NOWHERE, NewApp
from tests.integration.portal.loket.visitors import Counter, household, send
from tests.integration.portal.support import Fields, Page, drain
from tests.integration.registration import CIDENG, GAMBIR

HOSTILE = "<script>alert(1)</script>"


def key(
    client: FlaskClient, fields: Fields, to: str = "/loket/kertas/baru", **more: str
) -> TestResponse:
    """Key a form."""
    return send(
        client, to, {"kunci": [secrets.token_hex(16)], "aksi": ["simpan"], **fields}, **more
    )


@pytest.fixture
def keyed(counter: Counter) -> str:
    """Let one officer key a paper; give its address."""
    kept = key(counter.officer(), household())
    assert kept.status_code == 303
    return kept.location.removesuffix("/disimpan")


def test_the_empty_form_is_a_pdf_that_anybody_may_keep(client: FlaskClient) -> None:
    answer = client.get("/formulir.pdf")
    assert answer.status_code == 200
    assert answer.content_type == "application/pdf"
    assert answer.cache_control.public
    assert answer.data.startswith(b"%PDF")
    tag = answer.headers["ETag"]
    assert client.get("/formulir.pdf", headers={"If-None-Match": tag}).status_code == 304
    assert 'href="/formulir.pdf"' in client.get("/bantuan").text
    assert len(PdfReader(BytesIO(answer.data)).pages) >= 1


def test_keyed_by_one_and_checked_by_another_it_is_sent(counter: Counter, keyed: str) -> None:
    assert counter.entries() == 0
    other = counter.officer()
    assert "1 menunggu Anda" in other.get("/loket").text
    sent = send(other, f"{keyed}/periksa", household())
    assert sent.status_code == 303
    assert "Pendaftaran Anda sudah diterima" in other.get(sent.location).text
    drain(counter.inbox, counter.keys, counter.database)
    (paper,) = counter.papers()
    registered = counter.application(household())
    assert paper.application_id == registered.id
    assert paper.checked_by not in {None, paper.keyed_by}
    assert "menunggu Anda</b>" not in other.get("/loket").text


def test_what_was_keyed_is_sealed(counter: Counter, keyed: str) -> None:
    (paper,) = counter.papers()
    assert household()["nik"][0].encode() not in paper.sealed
    assert (paper.complete, paper.kelurahan_code) == (True, GAMBIR)


def test_the_check_is_blind_but_for_free_text(counter: Counter, keyed: str) -> None:
    page = counter.officer().get(f"{keyed}/periksa")
    fields = household()
    shown = Page(page.text).answered()
    shown.pop("csrf_token")
    assert shown == {name: fields[name] for name in ("alamat", "patokan") if name in fields}
    for name in ("nik", "nama", "kk"):
        assert fields.get(name, ["-"])[0] not in page.text or name not in fields


def test_the_keyer_does_not_check(counter: Counter) -> None:
    officer = counter.officer()
    keyed = key(officer, household()).location.removesuffix("/disimpan")
    for answer in (officer.get(f"{keyed}/periksa"), send(officer, f"{keyed}/periksa", household())):
        assert answer.status_code == 409
        assert "Anda sendiri yang mengetik" in answer.text
    assert counter.entries() == 0


def test_what_differs_is_shown_and_the_second_decides(counter: Counter, keyed: str) -> None:
    other = counter.officer()
    fields = household()
    second = {**fields, "nama": ["Nama Lain"], "ada_mobil": ["1"]}
    page = send(other, f"{keyed}/periksa", second)
    assert page.status_code == 200
    assert "Dua ketikan berbeda" in page.text
    assert fields["nama"][0].upper() in page.text
    assert counter.entries() == 0
    # One of the two is not decided yet: what was chosen stays.
    held = Page(page.text).values
    held.pop("csrf_token")
    half = send(other, f"{keyed}/putuskan", {**held, "pilih-nama": ["1"]})
    assert half.status_code == 422
    assert Page(half.text).values["pilih-nama"] == ["1"]
    sent = send(other, f"{keyed}/putuskan", {**held, "pilih-nama": ["1"], "pilih-ada_mobil": ["2"]})
    assert sent.status_code == 303
    drain(counter.inbox, counter.keys, counter.database)
    flags = {flag["id"] for flag in counter.application(fields).screening["flags"]}
    assert any("mobil" in flag for flag in flags)


def test_what_was_chosen_must_still_fit_together(counter: Counter, keyed: str) -> None:
    other, fields = counter.officer(), household()
    fewer = {**fields, "sta_bangunan": ["0"], "tempat_tidur": ["Di pasar"]}
    held = Page(send(other, f"{keyed}/periksa", fewer).text).values
    held.pop("csrf_token")
    chosen = {name: ["2"] for name in Page(send(other, f"{keyed}/periksa", fewer).text).inputs
              if name.startswith("pilih-")}  # fmt: skip
    page = send(other, f"{keyed}/putuskan", {**held, **chosen, "pilih-sta_bangunan": ["1"]})
    assert page.status_code == 422
    assert "Perbaiki dulu" in page.text
    assert counter.entries() == 0


def test_half_a_form_is_kept_and_says_what_it_lacks(counter: Counter) -> None:
    officer = counter.officer()
    half = {name: values for name, values in household().items() if name != "nama"}
    half["telepon"] = ["081234567890"]
    refused = key(officer, half)
    assert refused.status_code == 422
    assert "Simpan, kertasnya belum lengkap" in refused.text
    assert counter.papers() == []
    kept = key(officer, half, aksi="setengah")
    assert kept.status_code == 303
    page = officer.get(kept.location).text
    assert "Tulis nama Anda seperti di KTP." in page
    assert "081234567890" in page
    paper = kept.location.removesuffix("/disimpan")
    assert counter.officer().get(f"{paper}/periksa").status_code == 409

    # The person was called: whoever keyed it completes it, and another row stands for the paper.
    assert Page(officer.get(f"{paper}/lengkapi").text).values["telepon"] == ["081234567890"]
    whole = key(officer, household(), f"{paper}/lengkapi")
    assert whole.status_code == 303
    assert [(each.complete, each.withdrawn_by is None) for each in counter.papers()] == [
        (False, False),
        (True, True),
    ]
    new = whole.location.removesuffix("/disimpan")
    assert send(counter.officer(), f"{new}/periksa", household()).status_code == 303


def test_anothers_half_form_is_not_completed(counter: Counter) -> None:
    kept = key(counter.officer(), {"nama": ["Siti"]}, aksi="setengah")
    paper = kept.location.removesuffix("/disimpan")
    other = counter.officer()
    assert other.get(f"{paper}/lengkapi").status_code == 404
    assert key(other, household(), f"{paper}/lengkapi").status_code == 404
    assert other.get(kept.location).status_code == 404
    assert len(counter.papers()) == 1


def test_saved_twice_it_is_one_paper(counter: Counter) -> None:
    officer, once = counter.officer(), secrets.token_hex(16)
    places = {key(officer, {**household(), "kunci": [once]}).location for _ in range(2)}
    assert len(places) == len(counter.papers()) == 1


def test_an_empty_form_is_not_kept(counter: Counter) -> None:
    assert key(counter.officer(), {}, aksi="setengah").status_code == 422
    assert counter.papers() == []


def test_of_two_checkers_the_second_is_told(counter: Counter, keyed: str) -> None:
    one, other = counter.officer(), counter.officer(Role.REVIEWER)
    assert other.get(f"{keyed}/periksa").status_code == 200
    assert send(one, f"{keyed}/periksa", household()).status_code == 303
    late = send(other, f"{keyed}/periksa", household())
    assert late.status_code == 409
    assert "tidak menunggu lagi" in late.text
    assert counter.entries() == 1


def test_a_foreign_kelurahan_has_no_such_paper(counter: Counter, keyed: str) -> None:
    foreign = counter.officer(kelurahan=CIDENG)
    assert "1 menunggu Anda" not in foreign.get("/loket").text
    assert keyed not in foreign.get("/loket/kertas").text
    for answer in (
        foreign.get(f"{keyed}/periksa"),
        send(foreign, f"{keyed}/periksa", household()),
        send(foreign, f"{keyed}/batal"),
    ):
        assert answer.status_code == 404
    assert counter.papers()[0].withdrawn_by is None
    assert counter.entries() == 0


@pytest.mark.parametrize("paper", ["x", "00", "G" * 32, "AB" * 16])
def test_what_is_no_paper_is_not_there(counter: Counter, paper: str) -> None:
    assert counter.officer().get(f"/loket/kertas/{paper}/periksa").status_code == 404


def test_a_withdrawn_one_is_not_sent(counter: Counter, keyed: str) -> None:
    officer = counter.officer()
    assert send(officer, f"{keyed}/batal").status_code == 303
    assert send(officer, f"{keyed}/periksa", household()).status_code == 409
    assert send(officer, f"{keyed}/batal").status_code == 409
    assert counter.entries() == 0


def test_a_forged_check_sends_nothing(counter: Counter, keyed: str) -> None:
    assert counter.officer().post(f"{keyed}/periksa", data=household()).status_code == 400
    assert counter.entries() == 0


def test_hostile_text_stays_text(counter: Counter) -> None:
    keyed = key(counter.officer(), household(1, alamat=HOSTILE)).location
    page = counter.officer().get(f"{keyed.removesuffix('/disimpan')}/periksa")
    assert HOSTILE not in page.text
    assert Page(page.text).values["alamat"] == [HOSTILE]


def test_an_officer_of_several_counters_says_at_which(counter: Counter) -> None:
    officer = counter.officer(Role.REVIEWER, f"{GAMBIR} {CIDENG}")
    assert "Loket kelurahan" in officer.get("/loket/kertas/baru").text
    assert key(officer, household(), loket=CIDENG).status_code == 303
    assert key(officer, household(), loket="31.71.02.1001").status_code == 404
    assert [each.kelurahan_code for each in counter.papers()] == [CIDENG]


def test_while_the_inbox_is_down_the_paper_waits_and_nothing_is_lost(
    counter: Counter, keyed: str, new_app: NewApp, office_url: str
) -> None:
    down = Office(new_app(DATABASE_URL=office_url, INBOX_REDIS_URL=NOWHERE), counter.database)
    page = send(down.signed_in(), f"{keyed}/periksa", household())
    assert page.status_code == 503
    assert "Belum terkirim" in page.text
    held = Page(page.text).values
    held.pop("csrf_token")
    assert held["nik"] == household()["nik"]
    assert counter.papers()[0].checked_by is None
    assert send(counter.officer(), f"{keyed}/periksa", held).status_code == 303


def test_before_the_first_round_no_paper_is_keyed(office: Office) -> None:
    officer = office.signed_in()
    assert "Pendaftaran sedang ditutup" in officer.get("/loket/kertas").text
    assert officer.get("/loket/kertas/baru").location == "/loket/kertas"
