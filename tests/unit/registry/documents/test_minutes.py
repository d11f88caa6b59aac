import re
import zipfile
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
import segno

from registry.documents.content import Counts, content_digest, with_verify_url
from registry.documents.minutes import FULL, PRACTICE, minutes_pdf, minutes_xlsx
from tests.unit.registry.documents.examples import (
    ATTENDANCE,
    HOSTILE,
    READABLE,
    VERIFY,
    lines,
    minutes,
    nik,
)
from tests.unit.registry.documents.reading import pages, run_together, whole

FOR_WHOM = "Dinas Sosial, R. Hidayat, 20-11-2026 10.15 WIB"
OPENING = (
    "Pada hari ini, Rabu, tanggal delapan belas bulan November tahun dua ribu dua puluh enam "
    "(18-11-2026), bertempat di Kelurahan Gambir, Kecamatan Gambir, Kota Administrasi Jakarta "
    "Pusat, Provinsi DKI Jakarta, telah diselenggarakan Musyawarah Kelurahan sidang ke-2 pada "
    "Periode 2026-1. Musyawarah dibuka pukul 19.30 WIB dan diakhiri pukul 22.05 WIB, dipimpin "
    "oleh Rahmat Hidayat selaku Lurah Gambir, dan dihadiri"
)
INSET = 6 * 25.4 / 72
HEAD = "No. NIK Nama Alamat RT/RW Status Keterangan"


def test_minutes_say_what_minutes_must_say() -> None:
    text = whole(minutes_pdf(minutes(3)))
    for said in (
        "PEMERINTAH PROVINSI DKI JAKARTA KOTA ADMINISTRASI JAKARTA PUSAT KECAMATAN GAMBIR",
        "BERITA ACARA MUSYAWARAH KELURAHAN Nomor: BA-001/31.71.01.1001/2026-1",
        OPENING,
        "RT/RW 2",
        "Jumlah 8",
        "sehingga kuorum tercapai.",
        "Bagian a: disahkan sebagai daftar menurut RW 2.900",
        "Diusulkan 2.841 dua ribu delapan ratus empat puluh satu",
        "Belum dibahas, dibawa ke sidang berikutnya 175 seratus tujuh puluh lima",
        "Jumlah 3.500 tiga ribu lima ratus",
        "Memiliki mobil 212",
        "Jumlah di atas telah dicocokkan dan sama dengan jumlah yang ditulis pada lembar kertas.",
        "Nomor 12: seorang dari unsur RT/RW menarik diri (hubungan keluarga).",
        "Nomor 40: unsur tokoh masyarakat berpendapat lain.",
        "Listrik padam pukul 20.10",
        "Demikian berita acara ini dibuat dengan sebenarnya",
        "Gambir, 19 November 2026",
        "Petugas pencatat Ratna Sari",
        "Ditutup oleh Lurah Gambir pada 19 November 2026 pukul 09.15 WIB.",
        "LAMPIRAN I: DAFTAR HADIR",
        "7 Pdt. Yohanes Wibowo Tokoh agama",
        "LAMPIRAN II: DAFTAR RUMAH TANGGA",
        f"{HEAD} 1 3171••••••••0002 Budi Santoso 1 Gang Mawar 2 nomor 2 002/002 Diusulkan",
    ):
        assert said in text
    for unsaid in ("REKOMENDASI", "LATIHAN", "PEMBETULAN", FULL, "Plh"):
        assert unsaid not in text


def test_no_nik_is_read_in_a_masked_copy_and_every_one_in_a_full_copy() -> None:
    masked = minutes(50)
    full = replace(masked, full=True, watermark=FOR_WHOM)
    assert re.findall(r"\d{13,}", whole(minutes_pdf(masked))) == []
    assert re.findall(r"\b\d{16}\b", whole(minutes_pdf(full))) == [nik(n) for n in range(1, 51)]
    assert nik(1) not in _everything(minutes_xlsx(masked))
    assert nik(1) in _everything(minutes_xlsx(full))


def test_a_full_copy_tells_on_every_page_for_whom_it_was_made() -> None:
    for page in pages(minutes_pdf(minutes(100, full=True, watermark=FOR_WHOM))):
        assert f"{FULL} – {FOR_WHOM}" in page
    book = minutes_xlsx(minutes(1, full=True, watermark=FOR_WHOM))
    assert f"{FULL} – {FOR_WHOM}" in _everything(book)


def test_a_full_copy_for_nobody_is_refused() -> None:
    for make in (minutes_pdf, minutes_xlsx):
        with pytest.raises(ValueError, match="watermark"):
            make(minutes(1, full=True))


def test_a_masked_copy_bears_no_watermark() -> None:
    assert FOR_WHOM not in whole(minutes_pdf(minutes(1, watermark=FOR_WHOM)))


def test_practice_is_called_so_on_every_page() -> None:
    practice = minutes(100, practice=True)
    found = pages(minutes_pdf(practice))
    assert len(found) > 4
    for page in found:
        assert PRACTICE in page
        assert page.count("LATIHAN") == 2
    assert PRACTICE in _everything(minutes_xlsx(practice))


def test_below_quorum_the_minutes_only_recommend() -> None:
    text = whole(minutes_pdf(minutes(1, quorate=False, quorum_sentence="Hadir 2 orang.")))
    assert "HANYA REKOMENDASI Kuorum tidak tercapai." in text
    assert "bukan keputusan" in text
    assert "C. Rekomendasi musyawarah" in text
    assert "Hasil musyawarah" not in text


def test_an_acting_chair_signs_with_the_letter() -> None:
    text = whole(minutes_pdf(minutes(1, chair_acting_letter="12/KP.01/2026")))
    assert (
        "selaku Pelaksana Harian (Plh.) Lurah Gambir berdasarkan surat nomor 12/KP.01/2026, dan"
        in text
    )


def test_a_correction_names_what_it_corrects() -> None:
    corrected = minutes(
        1, corrects="BA-001 (sidik isi 3fa9)", correction_reason="Nomor 12 tertukar."
    )
    text = whole(minutes_pdf(corrected))
    assert "PEMBETULAN" in text
    assert "membetulkan dan menggantikan Berita Acara BA-001 (sidik isi 3fa9)." in text
    assert "Alasan pembetulan: Nomor 12 tertukar." in text


def test_what_was_not_noted_is_said_to_be_none() -> None:
    nothing = Counts(proposed=0, not_proposed=0, field_check=0, postponed=0, open=0)
    bare = minutes(
        0, stepped_aside=(), dissent=(), notes="", attendance=(), officer_names=(),
        counts=nothing, totals_on_paper=False,
    )  # fmt: skip
    text = whole(minutes_pdf(bare))
    for said in (
        "Tidak ada peserta yang menarik diri.",
        "Tidak ada pendapat berbeda yang dicatat.",
        "Tidak ada kehadiran yang dicatat.",
        "Tidak ada rumah tangga dalam lampiran ini.",
        "Jumlah 0 nol",
        "Jumlah di atas belum dicocokkan dengan jumlah pada lembar kertas.",
    ):
        assert said in text
    assert "F. Catatan" not in text
    assert "Alasan bagi" not in text


def test_everyone_in_the_room_but_chair_and_observers_signs_by_element() -> None:
    text = whole(minutes_pdf(minutes(1)))
    start = text.index("Wakil unsur yang hadir:")
    signing = text[start : text.index("Halaman", start)]
    for person in ATTENDANCE:
        assert (person.element_label in signing) == (
            person.element_label not in {"Lurah", "Peninjau"}
        )


def test_pages_are_counted_and_the_head_of_the_annex_is_repeated() -> None:
    found = pages(minutes_pdf(minutes(3500)))
    total = len(found)
    for number, page in enumerate(found, start=1):
        assert f"Halaman {number} dari {total}" in page
    annex = [page for page in found if HEAD in page]
    assert len(annex) == total - 3
    numbers = [int(n) for page in annex for n in re.findall(r"(\d+) 3171••••••••", page)]
    assert numbers == list(range(1, 3501))


def test_the_code_on_the_first_page_leads_to_the_digest() -> None:
    made = minutes(1)
    first = pages(minutes_pdf(made))[0]
    digest = content_digest(made)
    grouped = " ".join(digest[n : n + 8] for n in range(0, 64, 8))
    assert grouped in first
    assert "daftar.example.go.id/berita-acara" in first
    assert f"({made.verify_url})".encode() in minutes_pdf(made)


def test_a_camera_finds_the_address_on_the_first_page() -> None:
    made = minutes(1)
    expected = [list(row) for row in segno.make_qr(made.verify_url, error="m").matrix]
    picture = pypdfium2.PdfDocument(minutes_pdf(made))[0].render(scale=4).to_pil().convert("L")
    dots = picture.height / 297  # in a millimetre of A4
    side = 24 / len(expected)
    left, top = 25 + INSET, 297 - 20 - INSET - 24  # margins of the page, and of the frame
    drawn = [
        [
            int(picture.getpixel((int((left + x) * dots), int((top + y) * dots))) < 128)
            for x in (side * (column + 0.5) for column in range(len(expected)))
        ]
        for y in (side * (row + 0.5) for row in range(len(expected)))
    ]
    assert drawn == expected


def test_an_address_that_is_not_of_this_content_is_refused() -> None:
    with pytest.raises(ValueError, match="with_verify_url"):
        minutes_pdf(replace(minutes(1), notes="Diubah."))


def test_number_and_digest_can_be_copied_out_of_the_file() -> None:
    digest = content_digest(minutes(1))
    made = minutes(1, corrects=f"BA-001/31.71.01.1001/2026-1 ({digest})")
    for page in pages(minutes_pdf(made)):
        assert "BA-001/31.71.01.1001/2026-1" in page
    assert digest in pages(minutes_pdf(made))[0]


def test_the_same_minutes_are_the_same_file() -> None:
    assert minutes_pdf(minutes(20)) == minutes_pdf(minutes(20))
    assert minutes_xlsx(minutes(20)) == minutes_xlsx(minutes(20))
    assert minutes_pdf(minutes(20)) != minutes_pdf(minutes(20, notes="Lain."))


def test_whatever_a_name_holds_it_stays_a_name() -> None:
    hostile = tuple(
        replace(line, name=text, address=text, description=text)
        for line, text in zip(lines(len(HOSTILE)), HOSTILE, strict=True)
    )
    people = tuple(
        replace(person, name=text) for person, text in zip(ATTENDANCE, HOSTILE, strict=True)
    )
    text = run_together(minutes_pdf(minutes(0, lines=hostile, attendance=people, dissent=HOSTILE)))
    for said in READABLE:
        # Name, address and description in the annex, name among those present, and the dissent.
        assert text.count(said) == 5


def test_a_long_name_stays_within_its_column() -> None:
    line = replace(lines(1)[0], name="W" * 200, address="Gang Buntu 7", description="")
    made = minutes(0, lines=(line,))
    document = pypdfium2.PdfDocument(minutes_pdf(made))
    text = document[len(document) - 1].get_textpage()
    address_at, _ = text.search("Gang Buntu 7").get_next()
    head_at, _ = text.search("Keterangan").get_next()
    below_head = text.get_charbox(head_at)[1]
    boxes = [text.get_charbox(at) for at, sign in enumerate(text.get_text_range()) if sign == "W"]
    name_ends = [right for _left, _bottom, right, top in boxes if top < below_head]
    assert len(name_ends) == 200
    assert max(name_ends) < text.get_charbox(address_at)[0]


# The workbook.


def _everything(book: bytes) -> str:
    with zipfile.ZipFile(BytesIO(book)) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist())


_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def _sheet(book: bytes, number: int) -> list[list[str]]:
    """Return the cells of a sheet, read as another program would."""
    with zipfile.ZipFile(BytesIO(book)) as parts:
        strings = [
            "".join(part.text or "" for part in entry.iter(f"{{{_NS['m']}}}t"))
            for entry in ET.fromstring(parts.read("xl/sharedStrings.xml"))
        ]
        page = ET.fromstring(parts.read(f"xl/worksheets/sheet{number}.xml"))
    assert page.findall(".//m:f", _NS) == []
    return [
        [
            strings[int(cell.findtext("m:v", "", _NS))]
            if cell.get("t") == "s"
            else cell.findtext("m:v", "", _NS)
            for cell in row.findall("m:c", _NS)
        ]
        for row in page.iterfind(".//m:row", _NS)
    ]


@pytest.mark.parametrize("count", [0, 1, 3500])
def test_the_workbook_holds_the_annex(count: int) -> None:
    title, head, *rows = _sheet(minutes_xlsx(minutes(count)), 1)
    assert title == ["Berita Acara Nomor BA-001/31.71.01.1001/2026-1"]
    assert head == HEAD.split()
    assert len(rows) == count
    if count:
        assert rows[0] == [
            "1", "3171••••••••0002", "Budi Santoso 1", "Gang Mawar 2 nomor 2", "002/002",
            "Diusulkan", "Disahkan dalam daftar RW",
        ]  # fmt: skip


def test_the_workbook_counts() -> None:
    rows = _sheet(minutes_xlsx(minutes(1)), 2)
    assert rows[1:] == [
        ["Hasil", "Rumah tangga"],
        ["Diusulkan", "2841"],
        ["Tidak diusulkan", "402"],
        ["Perlu kunjungan lapangan", "61"],
        ["Ditunda", "21"],
        ["Belum dibahas, dibawa ke sidang berikutnya", "175"],
        ["Alasan tidak diusulkan", "Rumah tangga"],
        ["Memiliki mobil", "212"],
        ["Alamat tidak ditemukan", "190"],
        ["Bagian agenda", "Rumah tangga"],
        ["Bagian a: disahkan sebagai daftar menurut RW", "2900"],
        ["Bagian b: keterangan dari dua sumber", "250"],
        ["Bagian c: dibahas satu per satu", "350"],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/c calc'!A0", "\t=1"])
def test_no_cell_becomes_a_formula(text: str) -> None:
    line = replace(lines(1)[0], name=text, address=text, description=text)
    book = minutes_xlsx(minutes(0, lines=(line,)))
    rows = _sheet(book, 1)
    assert rows[2][2] == text
    # Also not when somebody edits it: the cell says that it begins with a quotation mark.
    with zipfile.ZipFile(BytesIO(book)) as parts:
        assert 'quotePrefix="1"' in parts.read("xl/styles.xml").decode()


def test_a_workbook_is_made_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", "/nowhere")
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("tempfile.mkstemp", None)
    monkeypatch.setattr("tempfile.mkdtemp", None)
    assert minutes_xlsx(minutes(3))


def test_other_addresses_do_not_matter() -> None:
    made = with_verify_url(minutes(1), VERIFY.replace("daftar", "lain"))
    assert "lain.example.go.id/berita-acara" in pages(minutes_pdf(made))[0]
