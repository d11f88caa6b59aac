"""The visit: the list of houses, the form with and without scripts, and what bad input gets."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from portal.services import services
from registry import visiting
from registry.photos import MAX_UPLOAD
from registry.rules.lifecycle import Role
from registry.store.visits import not_found
from tests.images import jpeg
from tests.integration.portal.accounts.people import Office
from tests.integration.portal.conftest import NewApp
from tests.integration.portal.musyawarah.houses import Houses
from tests.integration.portal.support import Page, now
from tests.integration.registration import CIDENG, GAMBIR
from tests.integration.registry.store.factories import counted

LIST = f"/musyawarah/{GAMBIR}/kunjungan"
JSON = {"Accept": "application/json"}
VISIT = "0f" * 16
RT_5 = {"rt": "5", "rw": "4", "tanpa_rt_rw": ""}


@pytest.fixture
def office_app(new_app: NewApp, database: Engine, office_url: str, photo_folder: Path) -> Flask:
    """Give a portal that takes photos; PostgreSQL only as its role."""
    return new_app(DATABASE_URL=office_url, PHOTO_STORE=photo_folder.as_uri())


@pytest.fixture
def houses(office_app: Flask, database: Engine) -> Houses:
    return Houses(office_app, database)


@pytest.fixture
def officer(office: Office, houses: Houses) -> FlaskClient:
    return office.signed_in(Role.REVIEWER)


def token_of(client: FlaskClient, page: str = LIST) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get(page).text)
    assert found
    return found[1]


def at(minutes: float = 0) -> str:
    """Give a time so many minutes from now, as a phone writes it."""
    return (now() + timedelta(minutes=minutes)).isoformat()


def report(**changed: str) -> dict[str, str]:
    made = {
        "id": VISIT,
        "hasil": "met",
        "ktp": "same",
        "mulai": at(-12),
        "selesai": at(),
        "titik": "-6.17540,106.82720",
        "akurasi": "12",
        "catatan": "Di ujung gang.",
        "luas_lantai": "18",
    }
    return {**made, **changed}


def send(
    client: FlaskClient, house: bytes, *, token: str | None = None, **changed: str
) -> TestResponse:
    """Send a visit as a phone does."""
    headers = {**JSON, "X-CSRFToken": token or token_of(client)}
    return client.post(f"{LIST}/{house.hex()}", data=report(**changed), headers=headers)


def send_photo(
    client: FlaskClient,
    content: bytes,
    kind: str = "atap",
    *,
    visit: str = VISIT,
    token: str | None = None,
    script: bool = True,
) -> TestResponse:
    own = f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
    head = b'--x\r\nContent-Disposition: form-data; name="foto"; filename="foto.jpg"\r\n\r\n'
    return client.post(
        f"{LIST}/{visit}/foto/{kind}",
        data=(own.encode() if token else b"") + head + content + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
        headers=JSON if script else {},
    )


def test_the_list_has_what_it_takes_to_find_a_house(officer: FlaskClient, houses: Houses) -> None:
    house = houses.to_visit(
        3, telepon="081234567890", lokasi="-6.17540,106.82720", rt="5", rw="4", tanpa_rt_rw=""
    )
    houses.register(4)
    page = officer.get(LIST).text
    said = houses.answers[house].answers
    assert "<strong>1 rumah</strong>" in page
    for text in (said["nama"], said["alamat"], said["patokan"], "RT 5 / RW 4"):
        assert str(text) in page
    assert 'href="tel:+6281234567890">0812-3456-7890' in page
    assert 'href="geo:-6.17540,106.82720?q=-6.17540,106.82720"' in page
    assert str(said["nik"]) not in page


def test_an_empty_list_says_what_brings_houses_here(officer: FlaskClient) -> None:
    assert "Tidak ada rumah yang menunggu kunjungan." in officer.get(LIST).text


def test_houses_are_shown_by_rw(officer: FlaskClient, houses: Houses) -> None:
    one = houses.to_visit(3, rt="1", rw="2", tanpa_rt_rw="")
    other = houses.to_visit(4, rt="1", rw="3", tanpa_rt_rw="")
    page = officer.get(f"{LIST}?rw=3").text
    assert other.hex() in page
    assert one.hex() not in page
    assert "RW 2 (1)" in page


def test_who_was_met_goes_back_to_the_queue(officer: FlaskClient, houses: Houses) -> None:
    house = houses.to_visit(3)
    answer = send(officer, house, domisili_dki="2")
    assert answer.status_code == 200
    assert answer.json == {
        "kunjungan": VISIT,
        "akibat": "back",
        "pesan": "Tersimpan. Keluarga ini ikut musyawarah berikutnya.",
    }
    assert houses.state(house) == "queued"
    (visit,) = houses.visits()
    told = visiting.told(houses.keys.ring, visit.id, visit.sealed)
    assert told.found == {"luas_lantai": "18", "domisili_dki": "2"}
    assert (told.position, told.accuracy, told.note) == ("-6.17540,106.82720", 12, "Di ujung gang.")
    assert (visit.outcome, visit.call, visit.ktp) == ("met", None, "same")
    assert b"gang" not in visit.sealed


def test_without_scripts_the_page_measures_by_itself(officer: FlaskClient, houses: Houses) -> None:
    house = houses.to_visit(3)
    page = Page(officer.get(f"{LIST}/{house.hex()}").text)
    assert set(page.refers) <= set(page.ids)
    filled = {name: values[-1] for name, values in page.values.items()}
    filled |= {"hasil": "met", "ktp": "not_shown", "atap": "06", "anggota-0-ijazah": "1"}
    answer = officer.post(f"{LIST}/{house.hex()}", data=filled)
    assert answer.status_code == 303
    (visit,) = houses.visits()
    assert timedelta(0) <= visit.ended_at - visit.started_at < timedelta(minutes=5)
    assert answer.location == f"{LIST}/{visit.id.hex()}/foto?akibat=back"
    after = officer.get(answer.location).text
    assert "Keluarga ini ikut musyawarah berikutnya." in after
    assert "belum punya foto" in after
    assert houses.opened(house) == ["case"]


def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(
    officer: FlaskClient, houses: Houses
) -> None:
    house = houses.to_visit(3)
    wrong = report(hasil="", luas_lantai="0", catatan="Rumah hijau", atap="99")
    answer = officer.post(f"{LIST}/{house.hex()}", data={**wrong, "csrf_token": token_of(officer)})
    assert answer.status_code == 422
    assert "Belum tersimpan" in answer.text
    assert "Pilih hasil kunjungan ini." in answer.text
    assert "Angka ini tidak mungkin." in answer.text
    assert "Pilihan ini tidak ada dalam daftar." in answer.text
    kept = Page(answer.text).values
    assert (kept["luas_lantai"], kept["catatan"], kept["id"]) == (["0"], ["Rumah hijau"], [VISIT])
    assert houses.visits() == []


def test_what_cannot_have_been_changes_nothing(officer: FlaskClient, houses: Houses) -> None:
    house, token = houses.to_visit(3), token_of(officer)
    for changed, said in (
        ({"mulai": "tadi"}, "Waktu kunjungan tidak lengkap."),
        ({"mulai": at(-1), "selesai": at(-2)}, "selesai sebelum mulai"),
        ({"selesai": at(60)}, "belum terjadi"),
        ({"mulai": at(-7 * 60)}, "lebih dari 6 jam"),
        ({"atap": "77"}, "Pilihan ini tidak ada dalam daftar."),
        ({"anggota-19-ijazah": "1"}, "Pertanyaan ini tidak ada dalam formulir."),
        ({"ktp": ""}, "Pilih hasil pemeriksaan KTP."),
        ({"id": "x"}, "Nomor kunjungan ini rusak."),
        ({"catatan": "x" * 301}, "Catatannya terlalu panjang."),
    ):
        answer = send(officer, house, token=token, **changed)
        assert answer.status_code == 422
        assert answer.json
        assert said in answer.json["galat"]
    assert houses.visits() == []
    assert houses.state(house) == "field_check"


def test_an_address_is_not_found_only_after_all_that_it_takes(
    officer: FlaskClient, houses: Houses
) -> None:
    house = houses.to_visit(3, telepon="081234567890")
    morning = datetime(2026, 9, 1, 2, tzinfo=now().tzinfo)  # 9 in Jakarta
    for number, (hours, call, effect) in enumerate(
        [(0, "", "stays"), (9, "", "stays"), (10, "unanswered", "not_found")]
    ):
        began = morning + timedelta(hours=hours)
        answer = send(
            officer, house, id=f"{number:032x}", hasil="address_not_found", panggilan=call, ktp="",
            mulai=began.isoformat(), selesai=(began + timedelta(minutes=5)).isoformat(),
        )  # fmt: skip
        assert answer.json
        assert answer.json["akibat"] == effect
        if effect == "stays":
            assert "Telepon dahulu nomor keluarga ini." in officer.get(LIST).text
    assert houses.state(house) == "queued"
    with houses.session() as session:
        assert not_found(session, [house]) == {house}


def test_nobody_home_stays_on_the_list(officer: FlaskClient, houses: Houses) -> None:
    house = houses.to_visit(3)
    answer = send(officer, house, hasil="nobody_home")
    assert answer.json
    assert answer.json["akibat"] == "stays"
    assert houses.state(house) == "field_check"
    page = officer.get(LIST).text
    assert "tidak ada orang di rumah" in page
    assert "Belum bertemu keluarga ini. Datangi lagi." in page


def test_sent_twice_it_is_one_visit(officer: FlaskClient, houses: Houses) -> None:
    house = houses.to_visit(3)
    same = {"mulai": at(-12), "selesai": at()}
    answers = [send(officer, house, **same) for _ in range(2)]
    assert [each.json and each.json["akibat"] for each in answers] == ["back", "known"]
    assert len(houses.visits()) == 1


def test_json_is_read_like_a_form(officer: FlaskClient, houses: Houses) -> None:
    house = houses.to_visit(3)
    headers = {**JSON, "X-CSRFToken": token_of(officer)}
    cards: dict[str, Any] = {"anggota-0-kartu_identitas": ["1", "4"]}
    answer = officer.post(f"{LIST}/{house.hex()}", json=report() | cards, headers=headers)
    assert answer.status_code == 200
    (visit,) = houses.visits()
    told = visiting.told(houses.keys.ring, visit.id, visit.sealed)
    assert told.found["anggota-0-kartu_identitas"] == "5"
    for hostile in (["x"], "x", 7):
        answer = officer.post(f"{LIST}/{house.hex()}", json=hostile, headers=headers)
        assert answer.status_code == 400


def test_a_case_that_moved_on_keeps_the_visit_and_says_so(
    officer: FlaskClient, houses: Houses
) -> None:
    house = houses.register(3)
    answer = send(officer, house)
    assert answer.json
    assert "tidak lagi menunggu kunjungan" in answer.json["pesan"]
    assert len(houses.visits()) == 1
    assert houses.state(house) == "queued"
    assert "tidak sedang menunggu kunjungan" in officer.get(f"{LIST}/{house.hex()}").text


def test_a_phone_that_changed_hands_does_not_send_in_anothers_name(
    officer: FlaskClient, houses: Houses
) -> None:
    house = houses.to_visit(3)
    answer = send(officer, house, petugas="999")
    assert answer.status_code == 409
    assert answer.json
    assert "petugas lain" in answer.json["galat"]
    assert houses.visits() == []


def test_a_visit_of_another_house_or_officer_is_not_overwritten(
    officer: FlaskClient, office: Office, houses: Houses
) -> None:
    one, other = houses.to_visit(3), houses.to_visit(4)
    assert send(officer, one).status_code == 200
    assert send(officer, other).status_code == 422
    assert send(office.signed_in(Role.REVIEWER), one).status_code == 422
    assert houses.state(other) == "field_check"


Attempt = Callable[[FlaskClient, bytes, str], TestResponse]
ATTEMPTS: dict[str, Attempt] = {
    "list": lambda client, house, token: client.get(LIST),
    "form": lambda client, house, token: client.get(f"{LIST}/{house.hex()}"),
    "send": lambda client, house, token: send(client, house, token=token, id="aa" * 16),
    "take along": lambda client, house, token: client.post(
        f"{LIST}/bawa", data={"rumah": house.hex(), "csrf_token": token}
    ),
    "token": lambda client, house, token: client.get(f"{LIST}/token"),
    "done": lambda client, house, token: client.get(f"{LIST}/{VISIT}/foto"),
    "photo": lambda client, house, token: send_photo(client, jpeg(), token=token),
    "look at photo": lambda client, house, token: client.get(f"{LIST}/{VISIT}/foto/atap"),
    "look at KTP": lambda client, house, token: client.get(f"{LIST}/{house.hex()}/warga/ktp"),
    "supervise": lambda client, house, token: client.get(f"{LIST}/pengawas"),
    "supervise one": lambda client, house, token: client.get(f"{LIST}/pengawas/{VISIT}"),
}


@pytest.mark.parametrize(
    ("role", "kelurahan"),
    [(Role.REVIEWER, CIDENG), (Role.CHAIR, CIDENG), (Role.COUNTER, GAMBIR), (Role.AUDITOR, GAMBIR)],
)
def test_the_wrong_scope_or_role_finds_nothing(
    office: Office, houses: Houses, role: Role, kelurahan: str
) -> None:
    house = houses.to_visit(3)
    assert send(office.signed_in(Role.REVIEWER), house).status_code == 200
    stranger = office.signed_in(role, kelurahan)
    token = token_of(stranger, "/akun")
    answers = {name: attempt(stranger, house, token) for name, attempt in ATTEMPTS.items()}
    expected = dict.fromkeys(ATTEMPTS, 404)
    if role is Role.AUDITOR:
        expected["supervise"] = 200  # without names
    assert {name: answer.status_code for name, answer in answers.items()} == expected
    assert len(houses.visits()) == 1
    assert houses.photos() == []
    assert houses.opened(house) == []


def test_houses_of_another_kelurahan_are_not_reached_through_ones_own(
    officer: FlaskClient, houses: Houses
) -> None:
    foreign = houses.to_visit(3, CIDENG)
    assert officer.get(f"{LIST}/{foreign.hex()}").status_code == 404
    assert send(officer, foreign).status_code == 404
    taken = officer.post(
        f"{LIST}/bawa", data={"rumah": foreign.hex(), "csrf_token": token_of(officer)}
    )
    assert taken.json
    assert taken.json["rumah"] == []
    for bad in ("x", "0F" * 16, "0f" * 15, "luring2"):
        assert officer.get(f"{LIST}/{bad}").status_code == 404
    assert houses.visits() == []


def test_a_forged_form_changes_nothing(officer: FlaskClient, houses: Houses) -> None:
    house = houses.to_visit(3)
    for token in ("forged", "", None):
        forged = officer.post(
            f"{LIST}/{house.hex()}", data={**report(), **({"csrf_token": token} if token else {})}
        )
        assert forged.status_code == 400
        assert officer.post(f"{LIST}/bawa", data={"rumah": house.hex()}).status_code == 400
    assert send(officer, house).status_code == 200
    for token in ("forged", None):
        assert send_photo(officer, jpeg(), token=token).status_code == 400
    assert houses.photos() == []
    assert houses.opened(house) == []


def test_a_body_of_ten_megabytes_is_refused(officer: FlaskClient, houses: Houses) -> None:
    house = houses.to_visit(3)
    assert send(officer, house, catatan="x" * 10_000_000).status_code == 413
    assert houses.visits() == []


def test_who_signed_out_is_told_so_in_a_few_words(
    officer: FlaskClient, office_app: Flask, houses: Houses
) -> None:
    house = houses.to_visit(3)
    nobody = office_app.test_client()
    asked = nobody.get(f"{LIST}/token", headers=JSON)
    assert asked.status_code == 401
    assert asked.json
    assert asked.json["masuk"] == "/masuk"
    token = token_of(officer)
    assert nobody.post(
        f"{LIST}/{house.hex()}", data=report(), headers={**JSON, "X-CSRFToken": token}
    ).status_code in {400, 401}
    assert houses.visits() == []


def test_houses_taken_along_are_noted_and_bounded(officer: FlaskClient, houses: Houses) -> None:
    house = houses.to_visit(3, telepon="081234567890")
    houses.to_visit(4)
    gone = houses.register(5)
    token = token_of(officer)

    def take(*ids: bytes) -> TestResponse:
        data = {"rumah": [each.hex() for each in ids], "csrf_token": token}
        return officer.post(f"{LIST}/bawa", data=data)

    taken = take(house, gone)
    assert taken.headers["Cache-Control"] == "no-store"
    assert taken.json
    (one,) = taken.json["rumah"]
    said = houses.answers[house]
    assert (one["name"], one["phone"]) == (said.answers["nama"], "+6281234567890")
    assert one["people"] == [person.name for person in said.people]
    assert str(said.answers["nik"]) not in taken.text
    assert houses.opened(house) == ["case"]
    assert houses.opened(gone) == []
    assert take().status_code == 422
    assert take(*(bytes([n]) * 16 for n in range(61))).status_code == 422


def test_the_page_without_a_network_is_the_same_for_everybody(
    officer: FlaskClient, office_app: Flask, houses: Houses
) -> None:
    house = houses.to_visit(3)
    mine, theirs = officer.get(f"{LIST}/luring"), office_app.test_client().get(f"{LIST}/luring")
    assert mine.data == theirs.data
    assert "public" in mine.headers["Cache-Control"]
    assert "Set-Cookie" not in theirs.headers
    assert str(houses.answers[house].answers["nama"]) not in mine.text
    assert (
        office_app.test_client().get("/musyawarah/31.71.01.9999/kunjungan/luring").status_code
        == 404
    )


# ---- Photos


def test_photos_belong_to_their_visit(
    officer: FlaskClient, houses: Houses, photo_folder: Path
) -> None:
    house = houses.to_visit(3)
    send(officer, house)
    token = token_of(officer)
    assert send_photo(officer, jpeg(), "atap", token=token).json == {"foto": "atap"}
    plain = send_photo(officer, jpeg(), "rumah_depan", token=token, script=False)
    assert plain.status_code == 303
    assert plain.location == f"{LIST}/{VISIT}/foto#rumah_depan"
    rows = houses.photos()
    assert [(row.application_id, row.visit_id, row.kind, row.state) for row in rows] == [
        (house, bytes.fromhex(VISIT), "atap", "received"),
        (house, bytes.fromhex(VISIT), "rumah_depan", "received"),
    ]
    assert "Sudah terkirim, sedang diperiksa." in officer.get(f"{LIST}/{VISIT}/foto").text
    assert officer.get(f"{LIST}/{VISIT}/foto/atap").status_code == 404  # nobody looked into it yet
    for file in photo_folder.rglob("*"):
        assert file.is_dir() or jpeg()[20:60] not in file.read_bytes()


@pytest.mark.parametrize("script", [True, False])
def test_a_photo_that_is_none_is_explained(
    officer: FlaskClient, houses: Houses, script: bool
) -> None:
    send(officer, houses.to_visit(3))
    token = token_of(officer)
    for content, status, said in (
        (b"%PDF-1.7", 422, "Ini bukan foto yang bisa dibaca."),
        (b"", 422, "Belum ada foto yang dipilih."),
        (jpeg() + bytes(MAX_UPLOAD), 413, "Paling besar 8 MB."),
    ):
        answer = send_photo(officer, content, token=token, script=script)
        assert answer.status_code == status
        assert said in (answer.json["galat"] if answer.is_json else answer.text)  # type: ignore[index]
    assert houses.photos() == []


def test_a_photo_needs_its_own_visit_and_kind(
    officer: FlaskClient, office: Office, houses: Houses
) -> None:
    house = houses.to_visit(3)
    token = token_of(officer)
    assert send_photo(officer, jpeg(), token=token).status_code == 404
    send(officer, house)
    assert send_photo(officer, jpeg(), "ktp", token=token).status_code == 404
    other = office.signed_in(Role.REVIEWER)
    assert send_photo(other, jpeg(), token=token_of(other)).status_code == 404
    assert houses.photos() == []


def test_without_a_store_the_visit_is_kept_all_the_same(
    new_app: NewApp, database: Engine, office_url: str
) -> None:
    app = new_app(DATABASE_URL=office_url)
    houses, officer = Houses(app, database), Office(app, database).signed_in(Role.REVIEWER)
    assert send(officer, houses.to_visit(3)).status_code == 200
    assert send_photo(officer, jpeg(), token=token_of(officer)).status_code == 404
    assert officer.get(f"{LIST}/{VISIT}/foto").status_code == 200


def test_the_list_takes_as_many_queries_for_many_houses_as_for_one(
    officer: FlaskClient, office_app: Flask, houses: Houses
) -> None:
    with office_app.app_context():
        bind = services().database
    numbers = []
    for number in (3, 4, 5):
        house = houses.to_visit(number)
        send(officer, house, id=f"{number:032x}", hasil="nobody_home")
        with counted(bind) as sent:
            assert house.hex() in officer.get(LIST).text
        numbers.append(len(sent))
    assert len(set(numbers)) == 1
