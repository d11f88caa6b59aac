"""The words of verdicts and reasons on the pages of a meeting."""

from __future__ import annotations

from typing import Final

from registry.rules.errors import Invalid
from registry.rules.lifecycle import REASONS
from registry.rules.meeting_problems import MESSAGES as PROBLEMS
from registry.rules.verdicts import NOT_A_VERDICT, Verdict
from registry.store.meetings import MESSAGES, Refused

CHOICES: Final = (
    ("1", Verdict.PROPOSED, "Layak diusulkan"),
    ("2", Verdict.NOT_PROPOSED, "Tidak diusulkan"),
    ("3", Verdict.FIELD_CHECK, "Kunjungan rumah dahulu"),
    ("4", Verdict.POSTPONED, "Tunda"),
)
"""Key on the keyboard, verdict, its words."""

REASON_CHOICES: Final = {
    code: words for code, words in REASONS.items() if code not in NOT_A_VERDICT
}
"""The reasons that a meeting can give."""

SENTENCES: Final = {
    "address_not_found": "Alamat keluarga ini tidak ditemukan dalam dua kunjungan petugas.",
    "owns_car": "Keluarga ini memiliki mobil sendiri.",
    "able_family": "Musyawarah menilai keluarga ini mampu, karena ",
    "moved_out": "Keluarga ini sudah pindah ke luar DKI Jakarta.",
    "njop_over_1m": "NJOP rumah dan tanah keluarga ini di atas Rp1 miliar.",
    "permanent_employee": "Ada anggota keluarga yang bekerja sebagai pegawai tetap.",
    "no_civil_record": "Data keluarga ini tidak cocok dengan data Dukcapil.",
    "died": "Pemohon sudah meninggal dunia.",
    "ktp_not_dki": "KTP pemohon bukan KTP DKI Jakarta.",
    "branded_water": "Air minum utama keluarga ini air kemasan bermerek.",
}
"""Reason → the sentence to begin with; officers change it to what was said."""

_TYPED: Final = {
    "name_empty": "Tulis nama orang yang hadir.",
    "name_long": "Nama ini terlalu panjang. Tulis paling banyak 100 huruf.",
    "name_letters": "Nama hanya boleh berisi huruf. Periksa lagi namanya.",
    "verdict_missing": "Pilih dahulu putusannya.",
    "tie_missing": "Pilih mengapa orang itu tidak ikut membahas.",
    "element_unknown": "Pilih dari unsur mana orang itu hadir.",
    "number_missing": "Tulis nomor agendanya dengan angka.",
    "number_twice": "Nomor ini sudah ada di baris lain. Tulis satu kali saja.",
    "totals_missing": "Isi keempat jumlah dari kertas yang ditandatangani.",
    "text_long": "Jabatan ini terlalu panjang. Tulis paling banyak 80 huruf.",
}


def problem(error: Invalid | Refused) -> str:
    """Return what to do about something that was refused."""
    words = MESSAGES if isinstance(error, Refused) else {**PROBLEMS, **_TYPED}
    return words.get(error.code, "Isian ini belum benar. Periksa lagi.")
