"""What is typed into each question, and what becomes of it."""

from datetime import date

import pytest

from registry.rules.questionnaire import questionnaire
from tests.unit.registry.rules.households import HOUSE, applied, codes, household, single

OLD_RECEIPT = "000G40R40M3N"
FORM = questionnaire()

# Question by question: what is typed, and what is kept of it.
VALID: list[tuple[str, str | list[str], str | list[str]]] = [
    ("persetujuan", "1", "1"),
    *(("diisi_oleh", code, code) for code in "123456"),
    ("kelurahan", "31.71.01.1001", "31.71.01.1001"),
    ("kelurahan", "3171011001", "31.71.01.1001"),
    ("kelurahan", "31.01.01.1001", "31.01.01.1001"),
    ("lokasi", "-6.1753949,106.8271530", "-6.17539,106.82715"),
    ("rt", "5", "5"),
    ("rt", "005", "5"),
    ("rt", " 05 ", "5"),
    ("rt", "RT 005", "5"),
    ("rt", "rt.5", "5"),
    ("rt", "RT: 12", "12"),
    ("rt", "٥", "5"),
    ("rt", "５", "5"),
    ("rt", "999", "999"),
    ("rt", "005/003", "5"),
    ("rt", "RT 005 / RW 003", "5"),
    ("rw", "003", "3"),
    ("rw", "RW 3", "3"),
    ("rw", "005/003", "3"),
    ("alamat", "  Jl.  Kramat\nRaya\t12 ", "Jl. Kramat Raya 12"),
    ("alamat", "x" * 200, "x" * 200),
    ("alamat", "7", "7"),
    ("patokan", "dekat musala Al-Huda 🕌", "dekat musala Al-Huda 🕌"),
    *(("ktp_dki", code, code) for code in "12"),
    ("nik", "3171 0117 0885 0001", "3171011708850001"),
    ("nik", "31.71.01.170885.0001", "3171011708850001"),
    ("nik", "３１７１０１１７０８８５０００１", "3171011708850001"),
    ("nama", "budi santoso", "BUDI SANTOSO"),
    ("nama", "Sukarno", "SUKARNO"),
    ("nama", "H. Ma’ruf  Amin, S.Pd.", "H. MA'RUF AMIN, S.PD."),
    ("nama", "Jose\u0301", "JOSÉ"),
    ("jenis_kelamin", "2", "2"),
    ("kk", "3171-0112-0310-0004", "3171011203100004"),
    ("jumlah_anggota", "3", "3"),
    ("jumlah_anggota", "03", "3"),
    ("bekerja", ["1", "0"], ["0", "1"]),
    ("bekerja", ["0", "0"], ["0"]),
    ("bekerja", ["3"], ["3"]),
    ("bekerja", "2", ["2"]),
    ("bekerja", ["tidak_ada"], ["tidak_ada"]),
    ("bekerja", ["", "tidak_ada"], ["tidak_ada"]),
    ("pegawai_tetap", ["0", "1", "2", "3"], ["0", "1", "2", "3"]),
    ("disabilitas", ["3"], ["3"]),
    ("telepon", "0812 3456 7890", "+6281234567890"),
    ("telepon", "(021) 555 1234", "+62215551234"),
    ("bukti_lama", "ooog-4or4-om3n", OLD_RECEIPT),
    # The first of several wins where one is asked for.
    ("lantai", ["", "09", "02"], "09"),
    *(
        (question.key, choice.code, choice.code)
        for question in FORM.questions
        if question.key in {*HOUSE, "ada_mobil", "khawatir_makan", "makan_lebih_setengah"}
        for choice in question.choices
    ),
    *(("tidak_beli_pakaian", code, code) for code in "129"),
    *(("anggota-1-hubungan", str(code), str(code)) for code in range(1, 9)),
    ("anggota-1-nama", "siti", "SITI"),
    ("anggota-1-nik", "3171.0155.0388.0002", "3171015503880002"),
]


@pytest.mark.parametrize(("field", "typed", "kept"), VALID)
def test_what_people_type_is_read(
    field: str, typed: str | list[str], kept: str | list[str]
) -> None:
    assert applied(household({field: typed})).answers[field] == kept


# What is typed, and what is said about it; the problem is at that field and there is no other.
INVALID: list[tuple[str, str | list[str], str]] = [
    ("persetujuan", "2", "choice_unknown"),
    ("persetujuan", "on", "choice_unknown"),
    ("persetujuan", "", "empty"),
    ("diisi_oleh", "0", "choice_unknown"),
    ("diisi_oleh", "7", "choice_unknown"),
    ("kelurahan", "31.71.01.9999", "kelurahan_unknown"),
    ("kelurahan", "32.73.01.1001", "kelurahan_unknown"),
    ("kelurahan", "Gambir", "kelurahan_unknown"),
    ("kelurahan", "31.71.01", "kelurahan_unknown"),
    ("lokasi", "-6.9147,107.6098", "position_invalid"),
    ("lokasi", "on", "position_invalid"),
    ("rt", "lima", "number_invalid"),
    ("rt", "-5 a", "number_invalid"),
    ("rt", "5.5", "number_invalid"),
    ("rt", "1000", "number_invalid"),
    ("rt", "5/3/1", "number_invalid"),
    ("rt", "0", "number_range"),
    ("rt", "000", "number_range"),
    ("rt", "5" * 1000, "number_invalid"),
    ("rw", "²", "number_invalid"),
    ("rw", "00", "number_range"),
    # FMOTM's commonest error, also as people who are in a hurry send it.
    *(
        ("alamat", typed, "empty")
        for typed in ("", " ", "-", ".", "--", "?", "🏠", "\u200b", "\x00")
    ),
    *(("patokan", typed, "empty") for typed in ("", "-", "...")),
    ("alamat", "x" * 201, "text_long"),
    ("alamat", "x" * 100_000, "text_long"),
    ("ktp_dki", "3", "choice_unknown"),
    ("nik", "317101170885000", "nik_length"),
    ("nik", "31710117088500011", "nik_length"),
    ("nik", "317101170885000l", "nik_letters"),
    ("nik", "3171013208850001", "nik_day"),
    ("nik", "3171010008850001", "nik_day"),
    ("nik", "3171017208850001", "nik_day"),
    ("nik", "3171011713850001", "nik_month"),
    ("nik", "3171011708850000", "nik_serial"),
    ("nik", "---", "empty"),
    ("nama", "3171011708850001", "name_letters"),
    ("nama", "Budi2", "name_letters"),
    ("nama", "x" * 101, "name_long"),
    ("nama", "ß" * 51, "name_long"),  # two letters each in capitals
    ("nama", "\u3164", "empty"),  # a letter to Unicode, nothing to the eye
    ("jenis_kelamin", "L", "choice_unknown"),
    ("kk", "317101120310000", "kk_length"),
    ("kk", "tidak punya", "kk_letters"),
    ("kk", "3171011708850001", "kk_is_nik"),
    ("kk", "0000 0000 0000 0000", "kk_zeros"),
    ("bekerja", ["4"], "people_unknown"),
    ("bekerja", ["-1"], "people_unknown"),
    ("bekerja", ["0", "tidak_ada"], "people_contradiction"),
    ("bekerja", [], "empty"),
    ("bekerja", ["", " "], "empty"),
    ("pegawai_tetap", ["x"], "people_unknown"),
    ("pegawai_tetap", [], "empty"),
    ("disabilitas", [], "empty"),
    ("ada_mobil", "", "empty"),
    ("ada_mobil", "0", "choice_unknown"),
    ("lantai", "9", "choice_unknown"),
    ("sumber_airminum", "1", "choice_unknown"),
    ("sumber_airminum", "", "empty"),
    ("khawatir_makan", "8", "choice_unknown"),
    ("telepon", "0812", "phone_length"),
    ("telepon", "nomor ibu", "phone_letters"),
    ("telepon", "+1 212 555 1234", "phone_foreign"),
    ("telepon", "0899999999999999999999", "phone_length"),
    ("bukti_lama", "7KQ2-9FMA-X4TD", "receipt_invalid"),
    ("bukti_lama", "x", "receipt_invalid"),
    ("anggota-1-nama", "", "empty"),
    ("anggota-1-nik", "1", "nik_length"),
    ("anggota-1-nik", "3171011708850001", "nik_twice"),
    ("anggota-2-nik", "3171015503880002", "nik_twice"),
    ("anggota-2-hubungan", "9", "choice_unknown"),
    ("anggota-2-hubungan", "", "empty"),
]


@pytest.mark.parametrize(("field", "typed", "code"), INVALID)
def test_what_can_not_be_is_said_at_its_question(
    field: str, typed: str | list[str], code: str
) -> None:
    assert codes(household({field: typed})) == [(field, code)]


def test_many_noughts_do_not_hide_the_end_of_a_number() -> None:
    assert applied(household(rt="0" * 11 + "51")).rt == 51


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (("", "8", "1985"), "date_incomplete"),
        (("17", "", "1985"), "date_incomplete"),
        (("17", "8", ""), "date_incomplete"),
        (("17", "8", "85"), "date_incomplete"),
        (("17", "Agustus", "1985"), "date_incomplete"),
        (("17", "8", "19850"), "date_incomplete"),
        (("-17", "8", "1985"), "date_incomplete"),
        (("1²", "8", "1985"), "date_incomplete"),
        (("31", "2", "1985"), "date_impossible"),
        (("29", "2", "1985"), "date_impossible"),
        (("0", "8", "1985"), "date_impossible"),
        (("17", "13", "1985"), "date_impossible"),
        (("17", "8", "9999"), "date_future"),
        (("2", "3", "2026"), "date_future"),
        (("17", "8", "1885"), "date_old"),
        (("17", "8", "0100"), "date_old"),
        (("", "", ""), "empty"),
    ],
)
def test_a_birth_date_that_can_not_be(typed: tuple[str, str, str], code: str) -> None:
    boxes = dict(zip(("lahir-hari", "lahir-bulan", "lahir-tahun"), typed, strict=True))
    assert codes(household(boxes)) == [("lahir", code)]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (("1", "3", "2026"), "2026-03-01"),  # born today
        (("29", "2", "2024"), "2024-02-29"),
        (("07", "08", "1985"), "1985-08-07"),
        (("٧", "８", "1985"), "1985-08-07"),
        ((" 7 ", "8", "1906"), "1906-08-07"),
    ],
)
def test_a_birth_date_from_three_boxes(typed: tuple[str, str, str], kept: str) -> None:
    boxes = dict(zip(("lahir-hari", "lahir-bulan", "lahir-tahun"), typed, strict=True))
    assert applied(household(boxes)).answers["lahir"] == kept


def test_the_first_of_march_in_a_leap_year_is_no_trouble() -> None:
    assert applied(single(), today=date(2028, 2, 29)).applicant.birth_date == date(1985, 8, 17)
