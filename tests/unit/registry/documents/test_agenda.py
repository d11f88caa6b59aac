from dataclasses import replace

import pytest

from registry.documents.agenda import REASON_NUMBERS, agenda_pdf
from registry.rules.lifecycle import REASONS
from tests.unit.registry.documents.examples import HOSTILE, READABLE, agenda, item
from tests.unit.registry.documents.reading import pages, run_together, whole

HEAD = "No. Nama RT Orang Keadaan rumah Ditarik keluar"


def test_an_agenda_has_its_three_parts_and_the_totals() -> None:
    text = whole(agenda_pdf(agenda(3, 2, 2)))
    for said in (
        "Bagian a. Daftar menurut RW",
        f"RW 001 – 3 rumah tangga {HEAD} 1001 Budi Santoso 1001 006 6 Kontrak atau sewa,",
        "Disahkan sebagai daftar Jumlah daftar: 3",
        "Bagian b. Keterangan dari dua sumber",
        "1 Budi Santoso 1 RT/RW 002/002 2 orang",
        "Keterangan: Pindah ke luar DKI: RT dan Dasawisma",
        "Bagian c. Satu per satu",
        "Diusulkan Tidak diusulkan Kunjungan lapangan Ditunda Kode alasan",
        "Jumlah di kertas",
        "Jumlah 10",
    ):
        assert said in text


def test_number_and_time_of_freezing_stand_on_every_page() -> None:
    for page in pages(agenda_pdf(agenda())):
        assert "Agenda AG-002/31.71.01.1001/2026-1 · dibekukan 17 November 2026 pukul 16.00" in page


def test_every_reason_has_its_number_in_the_legend() -> None:
    text = whole(agenda_pdf(agenda(1, 1, 1)))
    assert list(REASON_NUMBERS.values()) == list(REASONS)
    for number, code in REASON_NUMBERS.items():
        assert f"{number} {REASONS[code]}" in text


def test_the_head_of_a_list_is_repeated_with_its_rw() -> None:
    for page in pages(agenda_pdf(agenda(100, 0, 0))):
        if "Kontrak atau sewa" in page:
            assert HEAD in page
            assert "rumah tangga" in page


@pytest.mark.parametrize(
    ("per_rw", "against", "single"), [(0, 0, 0), (0, 0, 1), (1, 0, 0), (0, 1, 0)]
)
def test_parts_without_cases_are_left_out(per_rw: int, against: int, single: int) -> None:
    text = whole(agenda_pdf(agenda(per_rw, against, single)))
    assert ("Bagian a." in text) == bool(per_rw)
    assert ("Bagian b." in text) == bool(against)
    assert ("Bagian c. Satu" in text) == bool(single)
    assert "Jumlah di kertas" in text


def test_3500_cases_are_all_there() -> None:
    text = whole(agenda_pdf(agenda(1600, 100, 200)))
    assert text.count(" orang ") + text.count("Kontrak atau sewa, Semen") >= 3500
    assert "Jumlah 3.500" in text


def test_whatever_a_name_holds_it_stays_a_name() -> None:
    items = tuple(
        item(number, name=text, facts=((text, text),), note=text)
        for number, text in enumerate(HOSTILE, start=1)
    )
    made = replace(agenda(0, 0, 0), one_by_one=items, lists=(("001", items),))
    text = run_together(agenda_pdf(made))
    for said in READABLE:
        # Name and house in the list; name, house with its label, and note in the part below.
        assert text.count(said) == 6


def test_the_same_agenda_is_the_same_file() -> None:
    assert agenda_pdf(agenda(2, 2, 2)) == agenda_pdf(agenda(2, 2, 2))


def test_practice_is_called_so_on_every_page() -> None:
    for page in pages(agenda_pdf(replace(agenda(), practice=True))):
        assert "LATIHAN – bukan dokumen yang sebenarnya" in page
