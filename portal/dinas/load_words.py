"""How much comes, waits and is refused, in words that need no engineer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from registry.rules.load import State

if TYPE_CHECKING:
    from registry.rules.load import Now

KINDS: Final = {
    "busy_submission": "Pendaftaran, karena ramai",
    "busy_lookup": "Cek status, karena ramai",
    "busy_photo": "Foto, karena ramai",
    "busy_other": "Halaman lain, karena ramai",
    "inbox_memory": "Tempat antrean hampir penuh",
    "inbox_depth": "Antrean terlalu panjang",
    "inbox_slow": "Antrean terlalu lambat",
    "closed_by_dinas": "Ditutup oleh Dinas Sosial",
    "unavailable": "Server tidak menjawab",
    "nik": "Satu NIK mendaftar terlalu sering",
    "nik_and_kk": "Satu NIK dicek dengan KK terlalu sering",
    "address": "Terlalu banyak dari satu alamat internet",
    "organisation": "Lembaga melewati batas sejam",
}
"""Kind of refusal → what dinas reads; others are `Lainnya`."""

OTHERS: Final = "Lainnya"

_WELL: Final = "Semua lancar. {arriving}, {queue}."
_OLD: Final = "Antrean menumpuk: {waiting} menunggu, yang tertua sudah {oldest}. Hubungi operator."
_GROWING: Final = (
    "Antrean menumpuk: {waiting} menunggu. {arriving}, diproses {drained}. Pendaftaran tetap aman."
)
_REFUSING: Final = (
    "Sedang ramai: sebagian orang diminta mencoba lagi, {refused}. {arriving}, {queue}."
)
_HALTED: Final = "Penerimaan pendaftaran dihentikan. Hubungi operator."
_DOWN: Final = (
    "Antrean tidak menjawab, jadi pendaftaran tidak bisa diterima. Hubungi operator segera."
)
_NEVER: Final = "Belum ada ukuran. Kalau tetap begini, minta operator memeriksa pencatatnya."
_STOPPED: Final = "Tidak ada ukuran baru, angkanya lama. Minta operator memeriksa pencatatnya."
UNREADABLE: Final = (
    "Ukuran tidak bisa dibaca sekarang. Pendaftaran tidak terganggu olehnya. Hubungi operator."
)

_SENTENCES: Final = {
    State.WELL: _WELL,
    State.OLD: _OLD,
    State.GROWING: _GROWING,
    State.REFUSING: _REFUSING,
    State.HALTED: _HALTED,
    State.DOWN: _DOWN,
}


def sentence(now: Now) -> str:
    """Return how it is, in one or two sentences."""
    sample = now.sample
    if sample is None:
        return _NEVER
    if now.state is State.UNKNOWN:
        return _STOPPED
    waiting = sample.waiting or 0
    return _SENTENCES[now.state].format(
        arriving=f"Pendaftaran masuk {speed(now.arrived)}" if now.arrived else _none(now.arrived),
        queue=f"antrean {count(waiting)}" if waiting else "antrean kosong",
        waiting=f"{count(waiting)} pendaftaran",
        oldest=duration(sample.oldest or 0.0),
        drained=speed(now.drained),
        refused=speed(now.refused),
    )


def _none(arrived: float | None) -> str:
    return "Laju masuk belum terukur" if arrived is None else "Tidak ada pendaftaran masuk saat ini"


def count(value: float) -> str:
    """Write a count: `12.034`."""
    return f"{round(value):,}".replace(",", ".")


def speed(a_minute: float | None) -> str:
    """Write how many come: by the second when that is at least one."""
    if a_minute is None:
        return "belum terukur"
    if a_minute >= 60.0:
        return f"{count(a_minute / 60)} per detik"
    return f"{count(a_minute) if a_minute >= 0.5 or not a_minute else 'kurang dari 1'} per menit"


def duration(seconds: float) -> str:
    """Write how long something took: in seconds, from two minutes on in minutes, then in hours."""
    if seconds < 120:
        return f"{round(seconds)} detik"
    if seconds < 7_200:
        return f"{round(seconds / 60)} menit"
    return f"{count(seconds / 3_600)} jam"
