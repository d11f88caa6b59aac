"""What can be wrong with what is entered around a meeting, said so that the officer can mend it.

Beside `problems`, whose words are for citizens. Codes are stable; the sentences are for those who
sit in a kelurahan.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

MESSAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "visit_time_zone": "Waktu kunjungan tidak lengkap. Buka lagi formulirnya, lalu isi ulang.",
        "visit_ends_before_start": "Kunjungan ini selesai sebelum mulai. "
        "Periksa jam di HP Anda, lalu buka lagi formulirnya.",
        "visit_in_future": "Waktu kunjungan ini belum terjadi. Periksa jam di HP Anda.",
        "visit_too_long": "Kunjungan ini lebih dari 6 jam. "
        "Formulirnya terbuka terlalu lama. Buka lagi di rumah itu, lalu isi ulang.",
        "visit_id": "Nomor kunjungan ini rusak. Buka lagi formulirnya, lalu isi ulang.",
        "visit_outcome": "Pilih hasil kunjungan ini.",
        "visit_call": "Hasil telepon ini tidak ada dalam daftar. Pilih lagi.",
        "visit_ktp": "Pilih hasil pemeriksaan KTP.",
        "note_too_long": "Catatannya terlalu panjang. Tulis paling banyak 300 huruf.",
        "finding_unknown": "Pertanyaan ini tidak ada dalam formulir. Muat ulang halamannya.",
        "finding_choice": "Pilihan ini tidak ada dalam daftar. Pilih lagi.",
        "finding_number": "Tulis dengan angka saja, tanpa koma.",
        "finding_range": "Angka ini tidak mungkin. Periksa lagi.",
        "quorum_impossible": "Kuorum ini tidak mungkin dipenuhi. "
        "Isi 1 sampai 500 orang dan 1 sampai 6 unsur. Peninjau tidak dihitung.",
        "quorum_below": "Kuorum ini kurang dari ketentuan untuk kelurahan ini. "
        "Isi sama dengan ketentuan itu, atau lebih.",
        "attendance_negative": "Jumlah hadir tidak boleh kurang dari nol. Perbaiki jumlahnya.",
        "agenda_size": "Jumlah kasus yang dibahas tidak boleh kurang dari nol. Perbaiki jumlahnya.",
        "reason_missing": "Pilih alasan mengapa keluarga ini tidak diusulkan.",
        "reason_unknown": "Alasan ini tidak ada. Pilih alasan dari daftar.",
        "reason_not_for_verdict": "Alasan ini tidak berlaku untuk putusan ini. "
        "Pilih alasan lain, atau kosongkan.",
        "reason_unproven": "Alasan ini belum terbukti. "
        "Perlu dua sumber yang sama, kunjungan, atau dokumen. Pilih 'Kunjungan rumah' dahulu.",
        "sentence_missing": "Tulis alasannya dalam satu kalimat, paling sedikit 10 huruf. "
        "Keluarga akan membacanya.",
        "too_long": "Kalimatnya terlalu panjang. Tulis paling banyak 500 huruf.",
        "question_not_for_verdict": "Pertanyaan untuk keluarga hanya untuk putusan 'Ditunda'. "
        "Ubah putusannya, atau hapus pertanyaannya.",
        "question_too_long": "Pertanyaannya terlalu panjang. Tulis paling banyak 300 huruf.",
        "stepped_aside_twice": "Orang ini sudah dicatat tidak ikut membahas. "
        "Cukup catat satu kali.",
        "closer_recorded_alone": "Ada putusan yang Anda catat sendiri. "
        "Minta pejabat lain menutup sidang ini.",
    }
)
"""Problem code → what to do, in one to three short sentences."""
