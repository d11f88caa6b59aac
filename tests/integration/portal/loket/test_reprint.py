"""A lost receipt is printed again for who shows their KTP."""

from __future__ import annotations

import pytest

from registry.rules.lifecycle import Role
from tests.integration.portal.loket.visitors import Counter, send
from tests.integration.portal.support import Fields
from tests.integration.registration import CIDENG

OTHER_KK = "3171011203109999"


def typed(fields: Fields, *names: str) -> dict[str, str]:
    return {name: fields[name][0] for name in ("nik", *names)}


@pytest.fixture
def siti(counter: Counter) -> Fields:
    """Let a household with a KK register."""
    return counter.registered(1, kk="3171011203100004", nama="Siti Aminah")


@pytest.mark.parametrize("by", ["kk", "nama"])
def test_the_receipt_is_shown_and_it_is_noted(counter: Counter, siti: Fields, by: str) -> None:
    officer = counter.officer()
    to = send(officer, "/loket/bukti", ktp="1", **typed(siti, by))
    assert to.status_code == 303
    assert counter.receipt(siti)[:4] in officer.get(to.location).text
    noted = [("name", None)] * (by == "nama")
    assert counter.opened() == [*noted, ("receipt", "KTP asli dilihat")]
    assert counter.kinds(siti)[-1] == "receipt_reprinted"
    assert siti["nik"][0] not in to.location


def test_without_the_ktp_there_is_none(counter: Counter, siti: Fields) -> None:
    page = send(counter.officer(), "/loket/bukti", **typed(siti, "kk"))
    assert page.status_code == 422
    assert "Lihat dulu KTP aslinya" in page.text
    assert counter.opened() == []
    assert "receipt_reprinted" not in counter.kinds(siti)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "Tulis nomor KK, atau nama"),
        ({"kk": OTHER_KK}, "Tidak ada pendaftaran yang cocok"),
        ({"nama": "Budi"}, "Tidak ada pendaftaran yang cocok"),
        ({"kk": "12"}, "16 angka"),
        ({"nama": "<script>"}, "Tulis nama dengan huruf"),
    ],
)
def test_what_does_not_fit_shows_nothing(
    counter: Counter, siti: Fields, more: dict[str, str], said: str
) -> None:
    page = send(counter.officer(), "/loket/bukti", ktp="1", nik=siti["nik"][0], **more)
    assert page.status_code == 422
    assert said in page.text
    assert "<script>" not in page.text.partition("<main")[2]
    assert "receipt_reprinted" not in counter.kinds(siti)


def test_another_kelurahans_receipt_is_printed_there(counter: Counter) -> None:
    fields = counter.registered(1, kelurahan=CIDENG, kk="3171011203100004")
    officer = counter.officer()
    page = send(officer, "/loket/bukti", ktp="1", **typed(fields, "kk"))
    assert page.status_code == 422
    assert "Kelurahan Cideng" in page.text
    # By name alone nothing is told: a name is no secret.
    page = send(officer, "/loket/bukti", ktp="1", **typed(fields, "nama"))
    assert "Cideng" not in page.text
    assert counter.opened() == []
    assert "receipt_reprinted" not in counter.kinds(fields)


def test_tries_by_kk_elsewhere_are_counted(counter: Counter) -> None:
    fields = counter.registered(1, kelurahan=CIDENG, kk="3171011203100004")
    officer = counter.officer()
    for _ in range(5):
        send(officer, "/loket/bukti", ktp="1", nik=fields["nik"][0], kk=OTHER_KK)
    page = send(officer, "/loket/bukti", ktp="1", **typed(fields, "kk"))
    assert "Cideng" not in page.text


def test_among_several_one_is_chosen(counter: Counter, siti: Fields) -> None:
    officer = counter.officer(Role.REVIEWER)
    first = counter.application(siti).id
    counter.registered(1, kk="3171011203100004", nama="Siti Aminah", alamat="Jalan Lain 3")
    page = send(officer, "/loket/bukti", ktp="1", **typed(siti, "kk"))
    assert page.status_code == 200
    assert "Ada 2 pendaftaran" in page.text
    assert "Siti" not in page.text
    assert counter.opened() == []
    to = send(officer, "/loket/bukti", ktp="1", pilih=first.hex(), **typed(siti, "kk"))
    assert to.status_code == 303
    assert counter.opened() == [("receipt", "KTP asli dilihat")]


def test_a_forged_form_prints_nothing(counter: Counter, siti: Fields) -> None:
    officer = counter.officer()
    officer.get("/loket")
    assert officer.post("/loket/bukti", data={"ktp": "1", **typed(siti, "kk")}).status_code == 400
    assert "receipt_reprinted" not in counter.kinds(siti)
