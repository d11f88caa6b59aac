"""An organisation registers a household: which one it is, its account alone says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.rules.application import ORGANISATION
from registry.rules.lifecycle import Role
from registry.store.models import Event
from tests.integration.portal.accounts.people import Office, sign_in
from tests.integration.portal.conftest import NOWHERE, NewApp
from tests.integration.portal.loket.visitors import household
from tests.integration.portal.pendamping.helping import MAWAR, MELATI, Helping, send
from tests.integration.portal.support import PERIOD, Page, answered, form, post, snapshot
from tests.integration.registration import CIDENG

HOSTILE = "\"><script>alert('x')</script>{{ 7*7 }}"
PAGES = ["", "/daftar"]

FORGED = dict.fromkeys(
    (ORGANISATION, "organisation", "organisation_id", "scope", "actor_role", "akun"), MAWAR
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PENDAMPING, Role.SYSTEM, Role.CITIZEN}))
def test_it_is_for_organisations_alone(helping: Helping, role: Role, path: str) -> None:
    assert helping.officer(role).get(f"/pendamping{path}").status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_who_is_not_signed_in_is_sent_to_the_door(helping: Helping, path: str) -> None:
    answer = helping.office.app.test_client().get(f"/pendamping{path}")
    assert answer.location == f"/masuk?next=/pendamping{path}"


def test_after_signing_in_one_is_there(helping: Helping) -> None:
    person = helping.office.member(Role.PENDAMPING)
    device = helping.office.app.test_client()
    entered = sign_in(device, person.email)
    assert entered.location == "/pendamping"
    assert 'href="/pendamping" aria-current="page">Pendamping' in device.get("/pendamping").text


def test_a_household_is_registered_and_gets_a_receipt_to_print(helping: Helping) -> None:
    helper, fields = helping.helper(), household(1, kelurahan=CIDENG)
    page = Page(helper.get("/pendamping/daftar").text)
    assert "persetujuan" in page.inputs
    assert not {"diisi_oleh", "nama_pembantu", ORGANISATION} & page.inputs

    sent = send(helper, form(fields))

    assert sent.status_code == 303
    assert "Pendaftaran Anda sudah diterima" in helper.get(sent.location).text
    helping.drained()
    (registered,) = helping.applications()
    assert (registered.kelurahan_code, registered.helped_by) == (CIDENG, "5")
    assert registered.organisation == MELATI
    with Session(helping.database) as session:
        who = session.execute(select(Event.actor_role, Event.actor_id).order_by(Event.id)).all()
    assert who == [("pendamping", str(helping.last_account())), ("system", None)]


@pytest.mark.parametrize("who", ["1", "6", "", "x"])
def test_whatever_a_form_says_of_it_it_was_this_organisation(helping: Helping, who: str) -> None:
    fields = household(1, diisi_oleh=who, nama_pembantu="Orang Lain")
    assert send(helping.helper(), form(fields, **FORGED)).status_code == 303
    helping.drained()
    (registered,) = helping.applications()
    assert (registered.organisation, registered.helped_by) == (MELATI, "5")


def test_a_citizens_form_names_no_organisation_whatever_it_says(helping: Helping) -> None:
    fields = household(1, diisi_oleh="5")
    sent = post(helping.office.app.test_client(), form(fields, **FORGED))
    assert sent.status_code == 303
    helping.drained()
    (registered,) = helping.applications()
    assert (registered.organisation, registered.helped_by) == (None, "5")


def test_nor_does_a_citizens_form_on_the_device_of_an_organisation(helping: Helping) -> None:
    helper = helping.helper()
    assert post(helper, form(household(1, diisi_oleh="5"))).status_code == 303
    helping.drained()
    assert [each.organisation for each in helping.applications()] == [None]


def test_the_household_has_to_agree(helping: Helping) -> None:
    fields = household()
    del fields["persetujuan"]
    page = send(helping.helper(), form(fields))
    assert page.status_code == 422
    assert "Beri tanda pada &#39;Saya setuju&#39;" in page.text
    assert helping.entries() == 0


@pytest.mark.parametrize("earlier", ["itself", MELATI, MAWAR])
def test_the_same_answers_have_the_same_receipt_whoever_sent_them_first(
    helping: Helping, earlier: str
) -> None:
    fields = form(household())
    if earlier == "itself":
        sent = [post(helping.office.app.test_client(), fields)]
    else:
        sent = [send(helping.helper(earlier), fields)]
    helper = helping.helper()
    sent.append(send(helper, fields))
    codes = {Page(helper.get(each.location).text).text.split("Kode bukti")[1][:40] for each in sent}
    assert len(codes) == 1
    assert helping.drained() == 2
    (registered,) = helping.applications()
    assert registered.organisation == (MELATI if earlier == "itself" else earlier)


def test_what_was_typed_stays_when_something_is_wrong(helping: Helping) -> None:
    fields = household(1, nik="31710117", alamat=HOSTILE)
    page = send(helping.helper(), form(fields))
    assert page.status_code == 422
    assert "NIK harus 16 angka" in page.text
    assert HOSTILE not in page.text
    kept = Page(page.text).answered()
    kept.pop("csrf_token")
    asked = {name: values for name, values in answered(fields).items() if name != "diisi_oleh"}
    assert kept == asked
    assert helping.entries() == 0


def test_an_empty_form_says_what_is_missing(helping: Helping) -> None:
    page = send(helping.helper(), form({}))
    assert page.status_code == 422
    assert "Perbaiki dulu" in page.text
    assert "Pilih siapa yang mengisi" not in page.text
    assert helping.entries() == 0


def test_members_get_their_boxes_without_scripts(helping: Helping) -> None:
    page = send(helping.helper(), jumlah_anggota="2", aksi="anggota")
    assert page.status_code == 200
    assert {"anggota-1-nama", "anggota-2-nama"} <= Page(page.text).inputs


def test_a_form_without_its_token_is_refused(helping: Helping) -> None:
    answer = helping.helper().post("/pendamping/daftar", data=form(household()))
    assert (answer.status_code, helping.entries()) == (400, 0)


@pytest.mark.parametrize(
    "odd", [{"nama": "Si\ufffdti"}, {f"isian-{number}": "x" for number in range(601)}]
)
def test_what_no_form_of_ours_sends_is_refused(helping: Helping, odd: dict[str, str]) -> None:
    answer = send(helping.helper(), form(household()), **odd)
    assert (answer.status_code, helping.entries()) == (400, 0)


@pytest.mark.parametrize("stale", [{"versi": "1999-1"}, {"periode": "x" * 500}, {"periode": ""}])
def test_an_old_form_is_shown_anew_with_its_answers(
    helping: Helping, stale: dict[str, str]
) -> None:
    page = send(helping.helper(), form(household(), **stale))
    assert page.status_code == 409
    assert Page(page.text).values["nama"] == household()["nama"]
    assert helping.entries() == 0


def test_a_form_of_the_round_before_goes_into_the_one_that_is_open(helping: Helping) -> None:
    over = snapshot(timedelta(days=-9), timedelta(days=-2), period="2025-2")
    helping.inbox.publish_periods([over, snapshot()])
    page = send(helping.helper(), form(household(), periode="2025-2"))
    assert page.status_code == 409
    assert Page(page.text).values["periode"] == [PERIOD]


def test_a_closed_round_takes_nobody(helping: Helping) -> None:
    helping.inbox.publish_periods([snapshot(closes=timedelta(hours=-1))])
    helper = helping.helper()
    assert "Pendaftaran sedang ditutup" in helper.get("/pendamping/daftar").text
    page = send(helper, form(household()))
    assert page.status_code == 410
    assert 'href="/pendamping"' in page.text


def test_without_the_inbox_nothing_typed_is_lost(
    helping: Helping, new_app: NewApp, office_url: str
) -> None:
    app = new_app(DATABASE_URL=office_url, INBOX_REDIS_URL=NOWHERE)
    helper = helping.helper(office=Office(app, helping.database))
    assert helper.get("/pendamping").status_code == 200
    busy = helper.get("/pendamping/daftar")
    assert (busy.status_code, 'href="/pendamping/daftar"' in busy.text) == (503, True)
    page = send(helper, form(household(), **FORGED))
    assert page.status_code == 503
    held = Page(page.text)
    assert held.values["nik"] == household()["nik"]
    assert held.values["periode"] == [PERIOD]


def test_an_organisation_waits_when_an_hour_is_full_and_others_go_on(
    helping: Helping, new_app: NewApp, office_url: str
) -> None:
    app = new_app({"REGISTRATIONS": 2}, DATABASE_URL=office_url)
    office = Office(app, helping.database)
    one, other = (helping.helper(office=office) for _ in range(2))
    wrong = send(one, form(household(1, nik="3")))
    sent = [
        send(who, form(household(number))) for number, who in enumerate((one, other, one), start=1)
    ]
    assert (wrong.status_code, [each.status_code for each in sent]) == (422, [303, 303, 429])
    told = Page(sent[2].text)
    assert "Lanjutkan" in told.text
    assert "WIB: tekan tombol di bawah" in told.text
    assert told.values["nik"] == household(3)["nik"]
    assert 0 < int(sent[2].headers["Retry-After"]) <= 3600
    assert helping.entries() == 2
    assert send(helping.helper(MAWAR, office), form(household(3))).status_code == 303
    # The household itself never waits for an organisation.
    assert post(app.test_client(), form(household(4))).status_code == 303


def test_registering_goes_on_while_the_counts_are_down(
    helping: Helping, new_app: NewApp, office_url: str
) -> None:
    app = new_app(DATABASE_URL=office_url, REDIS_URL=NOWHERE)
    helper = helping.helper(office=Office(app, helping.database))
    assert send(helper, form(household())).status_code == 303
    assert helping.entries() == 1
