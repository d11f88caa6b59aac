"""The states of an application, the moves between them, and what each means to its household.

    received → needs_correction | queued → field_check ⇄ queued → proposed | not_proposed
             → finalised → forwarded;  withdrawn and objected beside it

Each move is made by an actor and becomes one event. Software receives, checks for completeness
and reopens; whatever decides about a household is a person's move.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from registry.rules.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping


class State(StrEnum):
    """Where an application stands."""

    RECEIVED = "received"
    NEEDS_CORRECTION = "needs_correction"
    QUEUED = "queued"
    FIELD_CHECK = "field_check"
    PROPOSED = "proposed"
    NOT_PROPOSED = "not_proposed"
    FINALISED = "finalised"
    FORWARDED = "forwarded"
    WITHDRAWN = "withdrawn"
    OBJECTED = "objected"


class Role(StrEnum):
    """As whom someone acts. One account has one."""

    SYSTEM = "system"
    CITIZEN = "citizen"
    PENDAMPING = "pendamping"
    """Of an organisation that helps people register."""
    REVIEWER = "reviewer"
    """An officer of one or more kelurahan, who checks, visits and records the meeting."""
    CHAIR = "chair"
    """The lurah, who chairs the musyawarah and closes it."""
    COUNTER = "counter"
    """The desk (loket) of a kelurahan."""
    DINAS = "dinas"
    """The office of the province that runs rounds and names the others."""
    AUDITOR = "auditor"
    """Reads everything, changes nothing."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. ``id`` is an account's, None for a citizen and for the software.

    ``scope`` bounds what they see. ``acting_chair_of`` are the kelurahan whose lurah they stand in
    for today (Plh), by letter; they lie within ``scope``.
    """

    id: str | None
    role: Role
    scope: Scope = Scope.NOTHING
    acting_chair_of: frozenset[str] = frozenset()

    def holds(self, role: Role, kelurahan: str | None = None) -> bool:
        """Tell whether they are that today: in that kelurahan, or where None is asked, anywhere.

        A Plh is CHAIR in the kelurahan they stand in for, beside their own role.
        """
        if role is Role.CHAIR and self.acting_chair_of:
            acting = kelurahan is None or kelurahan in self.acting_chair_of
        else:
            acting = False
        own = self.role is role and (kelurahan is None or self.scope.covers(kelurahan))
        return own or acting


SYSTEM: Final = Actor(None, Role.SYSTEM, Scope.EVERYTHING)
"""The software itself."""

ALLOWED: Final[Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        State.RECEIVED: frozenset({State.NEEDS_CORRECTION, State.QUEUED, State.WITHDRAWN}),
        State.NEEDS_CORRECTION: frozenset({State.QUEUED, State.WITHDRAWN}),
        State.QUEUED: frozenset(
            {State.FIELD_CHECK, State.PROPOSED, State.NOT_PROPOSED, State.WITHDRAWN}
        ),
        State.FIELD_CHECK: frozenset({State.QUEUED, State.WITHDRAWN}),
        State.PROPOSED: frozenset({State.FINALISED, State.OBJECTED, State.WITHDRAWN}),
        State.NOT_PROPOSED: frozenset({State.FINALISED, State.OBJECTED}),
        State.FINALISED: frozenset({State.FORWARDED, State.OBJECTED}),
        State.FORWARDED: frozenset(),
        # Sent again: the household wants to take part after all.
        State.WITHDRAWN: frozenset({State.QUEUED}),
        # Heard again by the meeting, from the queue like everyone.
        State.OBJECTED: frozenset({State.QUEUED}),
    }
)
"""State → the states it may move to."""

BY_SOFTWARE: Final = frozenset(
    {
        (State.RECEIVED, State.QUEUED),
        (State.RECEIVED, State.NEEDS_CORRECTION),
        (State.NEEDS_CORRECTION, State.QUEUED),
        (State.WITHDRAWN, State.QUEUED),
    }
)
"""The moves that decide nothing about a household, and so may be made by software."""

REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # KJP Plus I/2023, the commonest first. Its 36 blank reasons are why one is required.
        "address_not_found": "Alamat tidak ditemukan",
        "owns_car": "Memiliki mobil",
        "able_family": "Keluarga dinilai mampu",
        "moved_out": "Pindah ke luar DKI Jakarta",
        "njop_over_1m": "NJOP tanah atau bangunan di atas Rp1 miliar",
        "permanent_employee": "Ada anggota keluarga PNS, TNI, Polri, pegawai tetap BUMN, "
        "atau anggota DPR/DPRD",
        "no_civil_record": "Data tidak cocok dengan data kependudukan (Dukcapil)",
        "died": "Pemohon meninggal dunia",
        "not_discussed": "Belum dibahas dalam musyawarah",
        # Criteria of the 2022 musyawarah that had no code in that list.
        "ktp_not_dki": "KTP bukan DKI Jakarta",
        "branded_water": "Air minum utama air kemasan bermerek",
    }
)
"""Code → why a household was not proposed, in words that may be said to it."""

WITHDRAWALS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "by_household": "Ditarik oleh keluarga sendiri",
        "merged": "Digabung dengan pendaftaran lain dari keluarga yang sama",
        "not_theirs": "KTP pemilik NIK ini sudah dilihat: ini bukan pendaftarannya",
    }
)
"""Code → why an application was withdrawn, in words that may be said to who holds its receipt."""


class IllegalMove(ValueError):  # noqa: N818 - named after what it is
    """A move that does not exist, that software may not make, or that lacks its reason.

    The message names states and codes only, never a person.
    """


@dataclass(frozen=True, slots=True)
class Move:
    """A move that may be made: what becomes of the state, and what its event says."""

    before: State
    after: State
    actor: Actor
    reason: str | None = None


def move(state: State, target: State, actor: Actor, *, reason: str | None = None) -> Move:
    """Return the move of an application from ``state`` to ``target``.

    `not_proposed` needs one of REASONS; `objected` needs a reason too, in any words; `withdrawn`
    takes one of WITHDRAWALS or none; elsewhere a reason may be given. Raises IllegalMove.
    """
    if target not in ALLOWED[state]:
        raise _illegal(state, target, "there is no such move")
    if actor.role is Role.SYSTEM and (state, target) not in BY_SOFTWARE:
        raise _illegal(state, target, "people decide this, not software")
    if actor.role is Role.AUDITOR:
        raise _illegal(state, target, "an auditor changes nothing")
    reason = (reason or "").strip() or None
    if target is State.NOT_PROPOSED and reason not in REASONS:
        raise _illegal(state, target, f"the reason must be one of {', '.join(REASONS)}")
    if target is State.WITHDRAWN and reason is not None and reason not in WITHDRAWALS:
        raise _illegal(state, target, f"the reason must be one of {', '.join(WITHDRAWALS)}")
    if target is State.OBJECTED and reason is None:
        raise _illegal(state, target, "an objection needs its reason")
    return Move(state, target, actor, reason)


def _illegal(state: State, target: State, why: str) -> IllegalMove:
    return IllegalMove(f"{state} → {target}: {why}")


@dataclass(frozen=True, slots=True)
class Step:
    """A state in the words of a household: where it stands, and what comes next."""

    title: str
    next: str


_STEPS: Final[Mapping[State, Step]] = MappingProxyType(
    {
        State.RECEIVED: Step(
            "Pendaftaran sudah diterima",
            "Kami sedang memeriksa isinya. Anda tidak perlu mengirim lagi.",
        ),
        State.NEEDS_CORRECTION: Step(
            "Ada yang perlu diperbaiki",
            "Hubungi kelurahan, atau kirim pendaftaran baru dengan kode bukti ini.",
        ),
        State.QUEUED: Step(
            "Menunggu musyawarah kelurahan",
            "Petugas dapat datang ke rumah Anda. Setelah itu musyawarah membahasnya.",
        ),
        State.FIELD_CHECK: Step(
            "Petugas akan datang",
            "Petugas memeriksa keadaan rumah Anda. Siapkan KTP dan Kartu Keluarga.",
        ),
        State.PROPOSED: Step(
            "Diusulkan oleh musyawarah",
            "Dinas Sosial akan menetapkan daftar. Ini belum berarti menerima bantuan.",
        ),
        State.NOT_PROPOSED: Step(
            "Tidak diusulkan oleh musyawarah",
            "Tidak setuju? Datang ke kelurahan dan ajukan keberatan.",
        ),
        State.FINALISED: Step(
            "Hasil musyawarah sudah ditetapkan",
            "Yang diusulkan akan dikirim ke Kementerian Sosial.",
        ),
        State.FORWARDED: Step(
            "Sudah dikirim ke Kementerian Sosial",
            "Kementerian Sosial yang memutuskan siapa menerima bantuan.",
        ),
        State.WITHDRAWN: Step(
            "Pendaftaran ini ditarik",
            "Mau ikut lagi? Kirim formulir selama pendaftaran masih dibuka.",
        ),
        State.OBJECTED: Step(
            "Keberatan sudah diterima",
            "Pendaftaran ini akan dibahas lagi oleh musyawarah.",
        ),
    }
)


def step(state: State) -> Step:
    """Return what a state means to the household, in plain Indonesian."""
    return _STEPS[state]
