"""What can be wrong with an answer, said so that the person can mend it.

Codes are stable (tests, statistics and translations hang on them); the sentences are plain
Indonesian for citizens. A question's own ``empty`` text goes before the general one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "empty": "Pertanyaan ini belum dijawab.",
    "choice_unknown": "Pilih salah satu jawaban yang ada.",
    "text_long": "Tulisannya terlalu panjang. Tulis lebih singkat.",
    "number_invalid": "Tulis angkanya saja. Contoh: 5",
    "number_range": "Angka ini terlalu besar atau terlalu kecil. Periksa lagi.",
    "rt_rw_unknown": "RT dan RW ini tidak ada di kelurahan yang dipilih. Periksa lagi.",
    "kelurahan_unknown": "Pilih kelurahan dari daftar.",
    "position_invalid": "Titik lokasi ini bukan di Jakarta. Hapus tandanya.",
    "date_incomplete": "Tulis tanggal, bulan, dan tahun dengan angka. Contoh: 17 8 1985",
    "date_impossible": "Tanggal ini tidak ada di kalender. Periksa lagi.",
    "date_future": "Tanggal ini belum terjadi. Periksa tahunnya.",
    "date_old": "Tahun ini terlalu lama. Periksa tahunnya.",
    "nik_letters": "NIK hanya angka. Periksa lagi, jangan pakai huruf.",
    "nik_length": "NIK harus 16 angka. Hitung lagi angkanya.",
    "nik_day": "Angka ke-7 dan ke-8 NIK salah. Samakan dengan KTP.",
    "nik_month": "Angka ke-9 dan ke-10 NIK salah. Samakan dengan KTP.",
    "nik_serial": "Empat angka terakhir NIK salah. Samakan dengan KTP.",
    "nik_twice": "NIK ini sudah dipakai orang lain di formulir ini. Periksa lagi.",
    "kk_letters": "Nomor KK hanya angka. Periksa lagi, jangan pakai huruf.",
    "kk_length": "Nomor KK harus 16 angka. Hitung lagi angkanya.",
    "kk_is_nik": "Ini NIK, bukan nomor KK. Nomor KK ada di bagian atas Kartu Keluarga.",
    "kk_zeros": "Tidak punya KK? Kosongkan, lalu pilih 'Saya tidak punya KK'.",
    "phone_foreign": "Tulis nomor HP Indonesia. Contoh: 0812 3456 7890",
    "phone_invalid": "Nomor HP ini tidak benar. Contoh: 0812 3456 7890",
    "phone_letters": "Nomor HP hanya angka. Contoh: 0812 3456 7890",
    "phone_length": "Jumlah angka nomor HP tidak benar. Contoh: 0812 3456 7890",
    "name_letters": "Tulis nama dengan huruf.",
    "name_long": "Nama terlalu panjang. Tulis paling banyak 100 huruf.",
    "receipt_invalid": "Kode bukti tidak benar. Ada 12 huruf dan angka. Salin dari bukti Anda.",
    "people_unknown": "Pilih orang dari daftar keluarga Anda.",
    "people_contradiction": "Pilih orangnya, atau pilih 'Tidak ada'. Jangan keduanya.",
    "members_more": "Jumlah orang lebih kecil dari data yang diisi. Samakan jumlahnya.",
    "two_heads": "Kepala keluarga hanya satu orang. Pilih hubungan lain.",
}
"""Problem code → what to do, in one or two short sentences."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: the field it concerns, a stable code, and what to do in plain words."""

    field: str
    code: str
    message: str


def problem(field: str, code: str, empty: str = "") -> Problem:
    """Return the problem ``code`` at ``field``; ``empty`` is the question's own text for it."""
    message = empty if empty and code == "empty" else MESSAGES[code]
    return Problem(field, code, message)
