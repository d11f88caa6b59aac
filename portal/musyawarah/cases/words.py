"""What officers are told of codes: states, events, rulings, helpers, photos. In Indonesian only."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from registry.photos import Kind
from registry.rules.events import Happening
from registry.rules.lifecycle import REASONS, WITHDRAWALS, Role, State
from registry.rules.questionnaire import questionnaire

if TYPE_CHECKING:
    from collections.abc import Mapping

STATES: Final[Mapping[State, str]] = MappingProxyType(
    {
        State.RECEIVED: "Diterima",
        State.NEEDS_CORRECTION: "Perlu diperbaiki",
        State.QUEUED: "Menunggu musyawarah",
        State.FIELD_CHECK: "Menunggu kunjungan rumah",
        State.PROPOSED: "Diusulkan",
        State.NOT_PROPOSED: "Tidak diusulkan",
        State.FINALISED: "Sudah ditetapkan",
        State.FORWARDED: "Sudah dikirim ke Kemensos",
        State.WITHDRAWN: "Ditarik",
        State.OBJECTED: "Keberatan keluarga",
    }
)

ROLES: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.SYSTEM: "komputer",
        Role.CITIZEN: "keluarga",
        Role.PENDAMPING: "pendamping",
        Role.REVIEWER: "petugas pemeriksa",
        Role.CHAIR: "lurah",
        Role.COUNTER: "petugas loket",
        Role.DINAS: "Dinas Sosial",
        Role.AUDITOR: "auditor",
    }
)

EVENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        State.RECEIVED: "Pendaftaran diterima",
        State.NEEDS_CORRECTION: "Perlu diperbaiki: RT dan RW tidak ada dalam daftar",
        State.QUEUED: "Masuk antrean musyawarah",
        State.FIELD_CHECK: "Kunjungan rumah diminta",
        State.PROPOSED: "Diusulkan oleh musyawarah",
        State.NOT_PROPOSED: "Tidak diusulkan oleh musyawarah",
        State.FINALISED: "Hasil ditetapkan",
        State.FORWARDED: "Dikirim ke Kementerian Sosial",
        State.WITHDRAWN: "Ditarik",
        State.OBJECTED: "Keluarga mengajukan keberatan",
        Happening.RESUBMITTED: "Dikirim lagi oleh keluarga",
        Happening.RECEIPT_REPRINTED: "Bukti daftar dicetak ulang",
        Happening.VISITED: "Rumah dikunjungi",
        Happening.ADDRESS_NOT_FOUND: "Alamat dinyatakan tidak ditemukan",
        Happening.QUESTION_ASKED: "Pertanyaan untuk keluarga ditulis",
        Happening.QUESTION_ANSWERED: "Pertanyaan dijawab",
        Happening.RULED_MERGED: "Digabung: pendaftaran lain dari keluarga yang sama ditarik",
        Happening.RULED_APART: "Dinyatakan dua keluarga yang berbeda",
        Happening.RULED_THEIRS: "KTP dilihat: pendaftaran ini milik pemegang KTP",
        Happening.POSTPONED: "Ditunda oleh musyawarah",
        Happening.RECOMMENDED: "Musyawarah tanpa kuorum memberi rekomendasi",
        Happening.CARRIED_OVER: "Belum terbahas, dibawa ke sidang berikutnya",
        Happening.SESSION_PLANNED: "Sidang direncanakan",
        Happening.AGENDA_FROZEN: "Agenda sidang dibekukan",
        Happening.SESSION_OPENED: "Sidang dibuka",
        Happening.SESSION_ENDED: "Sidang diakhiri petugas",
        Happening.SESSION_REOPENED: "Sidang dibuka lagi untuk memperbaiki catatan",
        Happening.SESSION_CLOSED: "Sidang ditutup lurah",
        Happening.MINUTES_MADE: "Berita acara dibuat",
        Happening.MINUTES_LATE: "Berita acara gagal dibuat tiga kali, dicoba lagi",
        Happening.MINUTES_OPENED: "Berita acara dibuka",
        Happening.ANNEX_OPENED: "Lampiran lengkap berita acara dibuka",
        Happening.CORRECTION_RECORDED: "Perbaikan berita acara diusulkan",
        Happening.CORRECTION_APPROVED: "Perbaikan berita acara disetujui lurah",
        Happening.CORRECTION_DECLINED: "Perbaikan berita acara ditolak lurah",
    }
)

RULINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "merged": "Satu keluarga: gabungkan, yang lain ditarik",
        "apart": "Dua keluarga berbeda: biarkan keduanya",
        "theirs": "Pendaftaran ini milik pemegang KTP (KTP sudah dilihat), yang lain ditarik",
    }
)
"""Ruling → what an officer chooses."""

RULED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "merged": "Digabung",
        "apart": "Dua keluarga berbeda",
        "theirs": "Milik pemegang KTP",
    }
)
"""Ruling → what was chosen."""

PHOTOS: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.KTP: "KTP",
        Kind.KK: "Kartu Keluarga",
        Kind.RUMAH_DEPAN: "Rumah dari depan",
        Kind.RUMAH_DALAM: "Bagian dalam rumah",
        Kind.ATAP: "Atap",
        Kind.LANTAI: "Lantai",
        Kind.DINDING: "Dinding",
        Kind.DAFTAR_HADIR: "Daftar hadir",
    }
)

OPENED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "case": "melihat kasus",
        "photo": "melihat foto",
        "name": "menemukan lewat pencarian nama",
        "receipt": "menemukan lewat kode bukti",
        "annex": "membuka lampiran lengkap",
        "unmasked": "membuka data pribadi",
    }
)

PLACE_UNKNOWN: Final = "RT/RW belum diketahui"


def place(rt: int | None, rw: int | None) -> str:
    """Return where in the kelurahan: `RT 003 / RW 007`."""
    if rt is None and rw is None:
        return PLACE_UNKNOWN
    return f"RT {_number(rt)} / RW {_number(rw)}"


def event(kind: str) -> str:
    """Return what happened; of a kind that only a newer portal knows, that it was noted."""
    return EVENTS.get(kind, "Catatan lain")


def reason(code: str | None) -> str:
    """Return the words of a reason; '' for none, and for words that have no code."""
    return (REASONS.get(code) or WITHDRAWALS.get(code) or "") if code else ""


def helper(code: str | None) -> str:
    """Return who filled the form in; '' where nobody said."""
    return questionnaire().question("diisi_oleh").label(code) if code else ""


def number(count: int) -> str:
    """Return a count as it is written: `3.412`."""
    return f"{count:,}".replace(",", ".")


def _number(given: int | None) -> str:
    return "?" if given is None else f"{given:03}"
