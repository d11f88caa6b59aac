"""What a session refuses, and why, in words for those who sit in the kelurahan."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from registry.store.meetings.items import Standing

MESSAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "stale": "Sidang ini baru saja diubah petugas lain. Periksa halaman ini, lalu coba lagi.",
        "under_way": "Sidang lain di kelurahan ini belum ditutup lurah. Tutup dahulu sidang itu.",
        "stage_planned": "Agenda sidang ini belum dibekukan. Bekukan dahulu agendanya.",
        "stage_frozen": "Sidang ini belum dibuka. Buka dahulu sidangnya.",
        "stage_open": "Sidang ini masih berlangsung. Akhiri dahulu sidangnya.",
        "stage_ended": "Sidang ini sudah diakhiri. Untuk mengubah catatannya, buka lagi sidangnya.",
        "stage_closed": "Sidang ini sudah ditutup lurah. Catatannya tidak dapat diubah lagi.",
        "date_far": "Tanggal ini terlalu jauh. Pilih tanggal dalam 90 hari dari hari ini.",
        "agenda_empty": "Antrean kelurahan ini kosong. Belum ada yang dapat dibahas.",
        "list_ratified": "Daftar RW ini sudah disahkan. Tidak ada lagi yang perlu disahkan.",
        "list_not_ratified": "Daftar RW ini belum disahkan. Tidak ada yang dapat dibatalkan.",
        "not_on_a_list": "Nomor ini tidak ada di daftar RW. Nomor ini dibahas satu per satu.",
        "nothing_to_undo": "Nomor ini belum punya putusan. Tidak ada yang dapat dibatalkan.",
        "attendee_unknown": "Orang ini tidak ada di daftar hadir. Pilih dari daftar hadir.",
        "attendance_full": "Daftar hadir sudah penuh. Paling banyak 500 orang.",
        "totals_differ": "Jumlah di kertas berbeda dengan yang tercatat. "
        "Hitung lagi, atau minta petugas memperbaiki catatannya.",
    }
)
"""Code → what to do."""


class NoSuchSession(LookupError):  # noqa: N818 - named after what it is
    """A session that does not exist, or that the scope does not cover."""


class NoSuchItem(LookupError):  # noqa: N818 - named after what it is
    """A number that is not on the agenda."""


class Refused(Exception):  # noqa: N818 - reads as what it says at every raise
    """Something that a session does not allow now; ``code`` is one of MESSAGES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TotalsDiffer(Refused):
    """The signed paper and the record do not agree; ``names`` are the totals that differ."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__("totals_differ")
        self.names = tuple(names)


class Conflict(Exception):  # noqa: N818 - named after what happened
    """Another officer recorded something of this item meanwhile; ``other`` is what stands now."""

    def __init__(self, number: int, other: Standing) -> None:
        super().__init__(f"item {number} was recorded meanwhile")
        self.number = number
        self.other = other
