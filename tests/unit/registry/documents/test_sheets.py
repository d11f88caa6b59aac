from dataclasses import replace

import pypdfium2
import pytest

from registry.documents.content import SheetLine
from registry.documents.sheets import sheet_pdf, sheets_pdf
from tests.unit.registry.documents.examples import HOSTILE, READABLE, sheet
from tests.unit.registry.documents.reading import pages, run_together, whole

HEAD = "No. Nama Alamat Dikenal Pindah Meninggal Tidak ditemukan Perlu dibahas"


def test_a_sheet_says_whose_it_is_and_how_to_mark() -> None:
    text = whole(sheet_pdf(sheet(3)))
    for said in (
        "Kelurahan Gambir, RT 003 / RW 001",
        "Ditandai oleh: Dasawisma",
        "Nomor lembar L-0042",
        "Kembalikan sebelum 12 November 2026 pukul 23.59 WIB",
        "Tanda ini bahan, bukan keputusan: musyawarah yang memutuskan.",
        f"{HEAD} 1 Budi Santoso 1 Gang Mawar 2 nomor 2",
        "Tanda tangan:",
    ):
        assert said in text


def test_a_sheet_holds_name_and_address_and_no_word_of_the_link() -> None:
    made = sheet_pdf(sheet(3))
    text = whole(made)
    assert "4Q7KX2M9" not in text
    assert b"4Q7KX2M9" not in made
    assert "3171" not in text


@pytest.mark.parametrize("count", [1, 40, 200])
def test_the_head_stands_on_every_page_with_lines(count: int) -> None:
    found = pages(sheet_pdf(sheet(count)))
    with_lines = [page for page in found if "Gang Mawar" in page]
    assert all(HEAD in page for page in with_lines)
    assert all(f"dari {len(found)}" in page and "L-0042" in page for page in found)


def test_a_page_has_room_to_write() -> None:
    found = pages(sheet_pdf(sheet(200)))
    lines = [page.count("Gang Mawar") for page in found]
    assert sum(lines) == 200
    assert 25 <= lines[0] <= 30
    assert all(count <= 36 for count in lines)


def test_an_rt_without_households_has_a_sheet_too() -> None:
    assert "Tidak ada rumah tangga di RT ini." in whole(sheet_pdf(sheet(0)))


def test_the_same_sheet_is_the_same_file() -> None:
    assert sheet_pdf(sheet(5)) == sheet_pdf(sheet(5))


def test_whatever_a_name_holds_it_stays_a_name() -> None:
    lines = tuple(
        SheetLine(number=number, name=text, address=text)
        for number, text in enumerate(HOSTILE, start=1)
    )
    text = run_together(sheet_pdf(replace(sheet(0), lines=lines)))
    for said in READABLE:
        assert text.count(said) == 2


def test_practice_is_called_so_on_every_page() -> None:
    for page in pages(sheet_pdf(replace(sheet(40), practice=True))):
        assert "LATIHAN – bukan dokumen yang sebenarnya" in page


def test_it_is_a4() -> None:
    page = pypdfium2.PdfDocument(sheet_pdf(sheet(1)))[0]
    assert [round(side) for side in page.get_size()] == [595, 842]


def test_sheets_of_an_rw_are_one_file_and_each_counts_its_own_pages() -> None:
    many = [replace(sheet(40), number="L-7", rt="001"), replace(sheet(3), number="L-8", rt="002")]
    found = pages(sheets_pdf(many))
    said = [("L-7", "Halaman 1 dari 2"), ("L-7", "Halaman 2 dari 2"), ("L-8", "Halaman 1 dari 1")]
    assert len(found) == len(said)
    for page, (number, count) in zip(found, said, strict=True):
        assert f"Lembar {number}" in page
        assert count in page


def test_no_sheet_is_no_paper() -> None:
    with pytest.raises(ValueError, match="no sheet"):
        sheets_pdf([])
