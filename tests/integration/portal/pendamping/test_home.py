"""What an organisation reads of its households: what they are told themselves, and no more."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from registry.opening import seal_words
from registry.rules.lifecycle import REASONS, Role, State
from registry.store import models
from tests.integration.portal.loket.visitors import household
from tests.integration.portal.pendamping.helping import MAWAR, MELATI, Helping, send
from tests.integration.portal.support import PERIOD, Fields, Page, form, now, post, snapshot
from tests.integration.registration import CIDENG, GAMBIR
from tests.integration.registry.store.factories import counted

HOSTILE = "<b>Siapa</b> yang bekerja?"
EMPTY = "belum mendaftarkan keluarga pada putaran ini"


def shown(client: FlaskClient, query: str = "") -> str:
    page = client.get(f"/pendamping{query}")
    assert page.status_code == 200
    return page.text


def names(page: str) -> list[str]:
    """Give the names on the list, in its order."""
    return [unescape(each) for each in re.findall(r'<th scope="row">([^<]+) <span', page)]


def rows(page: str) -> list[str]:
    """Give the text of each household on the list."""
    found = re.findall(r"<tr>\n<th scope=\"row\">.*?</tr>", page, re.DOTALL)
    return [" ".join(Page(each).text.split()) for each in found]


def name_of(fields: Fields) -> str:
    return fields["nama"][0].upper()


def numbers(page: str) -> dict[str, str]:
    return dict(re.findall(r"<div><dt>([^<]+)</dt><dd>([^<]+)</dd></div>", page))


def test_who_has_registered_nobody_is_told_what_to_do(helping: Helping) -> None:
    page = shown(helping.helper())
    assert "LSM Melati" in page
    assert EMPTY in page
    assert 'href="/pendamping/daftar"' in page
    assert numbers(page) == {}


def test_before_the_first_round_there_is_nothing_to_do(helping: Helping) -> None:
    helper = helping.helper()
    with Session(helping.database) as session, session.begin():
        session.execute(delete(models.Period))
    assert "belum pernah dibuka" in shown(helper)
    assert helper.get("/pendamping?putaran=2026-1").status_code == 200


def test_the_list_has_name_kelurahan_day_receipt_and_what_the_household_reads(
    helping: Helping,
) -> None:
    fields = helping.helped(1, kelurahan=CIDENG)
    page = shown(helping.helper())
    assert names(page) == [name_of(fields)]
    (row,) = rows(page)
    assert helping.receipt(fields) in row
    assert "Cideng" in row
    assert "Menunggu musyawarah kelurahan sejak" in row
    assert "Petugas dapat datang ke rumah Anda." in row
    assert numbers(page) == {"Didaftarkan": "1", "Menunggu musyawarah": "1"}


def test_nothing_else_of_the_household_is_on_it(helping: Helping) -> None:
    fields = helping.helped(1, ada_mobil="1")
    rival = helping.helped(1, MAWAR, ada_mobil="2")
    assert rival["nik"] == fields["nik"]
    page = shown(helping.helper())
    assert len(rows(page)) == 1
    hidden = [fields["nik"][0], fields["kk"][0] if "kk" in fields else "KK"]
    for each in (*hidden, "mobil", "skor", "Skor", "NIK pemohon sama", helping.receipt(rival)):
        assert each not in rows(page)[0]


def test_no_other_organisation_and_no_household_by_itself_is_on_it(helping: Helping) -> None:
    helping.helped(1)
    other = helping.helped(2, MAWAR)
    helping.registered(3)
    assert names(shown(helping.helper(MAWAR))) == [name_of(other)]


@pytest.mark.parametrize(
    ("state", "reason", "words", "stage"),
    [
        (State.PROPOSED, None, "Diusulkan oleh musyawarah", "Diusulkan"),
        (State.NOT_PROPOSED, "owns_car", "Tidak diusulkan oleh musyawarah", "Tidak diusulkan"),
        (State.WITHDRAWN, "merged", "Pendaftaran ini ditarik", "Ditarik"),
        (State.FIELD_CHECK, None, "Petugas akan datang", "Akan didatangi petugas"),
    ],
)
def test_a_state_is_told_in_the_households_words(
    helping: Helping, state: State, reason: str | None, words: str, stage: str
) -> None:
    fields = helping.helped()
    helping.decided(fields, state, reason)
    page = shown(helping.helper())
    (row,) = rows(page)
    assert words in row
    assert ("Alasan: " in row) is (reason is not None)
    if state is State.NOT_PROPOSED:
        assert REASONS["owns_car"] in row
    assert numbers(page) == {"Didaftarkan": "1", stage: "1"}


def test_households_that_are_asked_stand_on_top_with_what_is_asked(helping: Helping) -> None:
    first, second = helping.helped(1), helping.helped(2)
    helping.asked(first, HOSTILE)
    page = shown(helping.helper())
    assert names(page) == [name_of(first), name_of(second)]
    asked, other = rows(page)
    assert "Belum dijawab" in asked
    assert "&lt;b&gt;Siapa&lt;/b&gt; yang bekerja?" in page
    assert 'href="/cek"' in page
    assert "Belum dijawab" not in other
    assert "Ada pertanyaan dari kelurahan yang belum dijawab." in page


def test_an_answered_question_is_not_asked_again(helping: Helping) -> None:
    fields = helping.helped()
    helping.asked(fields, "Sejak kapan tinggal di sini?")
    to = helping.application(fields).id
    sealed = seal_words(helping.keys.ring, to, {"answer": "Sejak 2010"})
    with Session(helping.database) as session, session.begin():
        session.execute(update(models.Question).values(answer=sealed, answered_at=now()))
    page = shown(helping.helper())
    assert "Sejak kapan" not in page
    assert "Sejak 2010" not in page


def test_what_a_household_replaced_itself_is_said_to_be_and_nothing_of_the_newer(
    helping: Helping,
) -> None:
    fields = helping.helped()
    helping.asked(fields, "Sejak kapan tinggal di sini?")
    receipt = helping.receipt(fields)
    newer = {**fields, "alamat": ["Jalan Baru 5"], "bukti_lama": [receipt]}
    assert post(helping.office.app.test_client(), form(newer)).status_code == 303
    helping.drained()
    helping.decided(newer, State.NOT_PROPOSED, "owns_car")

    page = shown(helping.helper())

    (row,) = rows(page)
    assert "Sudah diganti yang baru" in row
    assert receipt in row
    for each in ("Sejak kapan", "Menunggu", "Tidak diusulkan", helping.receipt(newer)):
        assert each not in row
    assert numbers(page) == {"Didaftarkan": "1", "Diganti yang baru": "1"}


def test_an_organisation_may_correct_what_a_household_sent_itself(helping: Helping) -> None:
    fields = helping.registered()
    changed = {**fields, "alamat": ["Jalan Baru 5"], "bukti_lama": [helping.receipt(fields)]}
    helper = helping.helper()
    assert send(helper, form(changed)).status_code == 303
    helping.drained()
    (row,) = rows(shown(helper))
    assert helping.receipt(changed) in row
    assert "Menunggu musyawarah" in row
    assert numbers(shown(helper)) == {"Didaftarkan": "1", "Menunggu musyawarah": "1"}


def test_earlier_rounds_can_be_chosen(helping: Helping) -> None:
    helping.helped()
    before = snapshot(timedelta(days=-90), timedelta(days=-60), period="2025-2")
    with Session(helping.database) as session, session.begin():
        session.execute(
            insert(models.Period).values(
                id=before.id, title="Dulu", opens_at=before.opens_at, closes_at=before.closes_at
            )
        )
    helper = helping.helper()
    assert 'href="/pendamping?putaran=2025-2"' in shown(helper)
    earlier = shown(helper, "?putaran=2025-2")
    assert "tidak mendaftarkan keluarga pada putaran ini" in earlier
    assert 'href="/pendamping/daftar"' not in earlier
    assert f'href="/pendamping?putaran={PERIOD}"' in earlier
    assert helper.get("/pendamping?putaran=1999-1").status_code == 404


def test_fifty_stand_on_a_page_and_it_costs_as_much_as_one(helping: Helping) -> None:
    helping.helped(1)
    helper = helping.helper()
    engines = helping.office.app.extensions["fmotm"].database
    with counted(engines) as one:
        shown(helper)
    copies(helping, 55)
    with counted(engines) as many:
        page = shown(helper)
    assert len(one) == len(many)
    assert len(rows(page)) == 50
    assert numbers(page)["Didaftarkan"] == "56"
    (onward,) = re.findall(r'rel="next" href="([^"]+)"', page)
    last = helper.get(unescape(onward)).text
    assert len(rows(last)) == 6
    assert 'rel="next"' not in last
    receipts = re.findall(r'<span class="kecil butir">([^<]{14})</span>', page + last)
    assert len(set(receipts)) == 56


def copies(helping: Helping, number: int) -> None:
    """Register as many more, as copies of the one that there is: sealed alike, so unreadable."""
    columns = [
        each.name
        for each in models.Application.__table__.columns
        if each.computed is None and each.name not in {"id", "entry", "receipt", "nik_index"}
    ]
    names = ", ".join(columns)
    helping.office.run(
        f"INSERT INTO application (id, entry, receipt, nik_index, {names})"
        " SELECT decode(md5(n::text), 'hex'), entry + n, upper(left(md5(n::text), 12)),"
        f" decode(md5('nik' || n::text), 'hex'), {names}"
        f" FROM application, generate_series(1, {number}) n"
    )


@pytest.mark.parametrize("odd", ["x", "-1", "9" * 30, "", "%00", "1;DROP TABLE application"])
def test_an_odd_place_to_begin_at_is_the_beginning(helping: Helping, odd: str) -> None:
    fields = helping.helped()
    assert names(shown(helping.helper(), f"?sesudah={odd}")) == [name_of(fields)]


def test_beyond_the_end_it_says_so(helping: Helping) -> None:
    helping.helped()
    page = shown(helping.helper(), f"?sesudah={10**17 * 9}")
    assert "Tidak ada lagi sesudah ini." in page
    assert EMPTY not in page


def test_the_kelurahan_sees_who_helped(helping: Helping) -> None:
    """And may ask for what one organisation registered."""
    helped, other = helping.helped(1), helping.helped(2, MAWAR)
    helping.registered(3)
    officer = helping.officer(Role.REVIEWER)
    case = f"/musyawarah/{GAMBIR}/kasus/{helping.application(helped).id.hex()}"
    shown_case = officer.get(case).text
    assert "<dd>Dibantu pendamping atau lembaga</dd>" in shown_case
    assert "<dt>Lembaga</dt><dd>LSM Melati</dd>" in shown_case
    assert ", pendamping" in shown_case
    queue = officer.get(f"/musyawarah/{GAMBIR}/antrean")
    assert f'<option value="lembaga:{MELATI}">LSM Melati</option>' in queue.text
    only = officer.get(f"/musyawarah/{GAMBIR}/antrean?dibantu=lembaga:{MAWAR}").text
    assert f'<option value="lembaga:{MAWAR}" selected>LSM Mawar</option>' in only
    assert name_of(other) in only
    assert name_of(helped) not in only
    assert "1 kasus" in only


@pytest.mark.parametrize("odd", ["lembaga:", "lembaga:%27--", "lembaga:" + "x" * 50])
def test_what_is_no_organisation_asks_for_nothing(helping: Helping, odd: str) -> None:
    helping.helped()
    page = helping.officer(Role.REVIEWER).get(f"/musyawarah/{GAMBIR}/antrean?dibantu={odd}")
    assert (page.status_code, "1 kasus" in page.text) == (200, True)


def test_an_organisation_that_did_not_come_here_has_no_cases(helping: Helping) -> None:
    helping.helped()
    officer = helping.officer(Role.REVIEWER)
    page = officer.get(f"/musyawarah/{GAMBIR}/antrean?dibantu=lembaga:lsm-jauh").text
    assert "0 kasus" in page


def test_registering_is_shown_as_closed_when_it_is(helping: Helping) -> None:
    fields = helping.helped()
    with Session(helping.database) as session, session.begin():
        session.execute(update(models.Period).values(closes_at=now() - timedelta(hours=1)))
    page = shown(helping.helper())
    assert names(page) == [name_of(fields)]
    assert "pendaftaran sudah ditutup" in page
    assert 'href="/pendamping/daftar"' not in page


def test_what_cannot_be_opened_does_not_hide_the_rest(helping: Helping) -> None:
    one, other = helping.helped(1), helping.helped(2)
    broken = update(models.Application).where(models.Application.id == helping.application(one).id)
    with Session(helping.database) as session, session.begin():
        session.execute(broken.values(sealed=b"\x01\x01garbage"))
    assert names(shown(helping.helper())) == [name_of(other), "(tidak dapat dibuka)"]


def test_what_no_worker_has_seen_yet_is_said_to_come(helping: Helping) -> None:
    helped = household(1)
    assert send(helping.helper(), form(helped)).status_code == 303
    # In the inbox, and in no list yet: a worker has not seen it.
    assert "muncul dalam satu menit" in shown(helping.helper())
