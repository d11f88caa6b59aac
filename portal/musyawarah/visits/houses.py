"""A household as the officer who visits it sees it: where it is, and what is still to be done."""

from __future__ import annotations

import logging
import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from flask import abort

from portal.dates import show_time
from portal.services import services
from registry import opening
from registry.opening import CannotOpen
from registry.rules.lifecycle import Role
from registry.rules.questionnaire import member_key
from registry.rules.visits import LABELS, MISSING_LABELS, Outcome, what_is_missing
from registry.store.visits import Effect, visits_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from registry.rules.application import Answers
    from registry.rules.visits import Visit
    from registry.store.houses import House

_log = logging.getLogger(__name__)
_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)

VISITORS: Final = (Role.REVIEWER, Role.CHAIR)
"""Who goes to houses."""

UNREADABLE: Final = "Data keluarga ini tidak dapat dibuka. Beri tahu Dinas Sosial."
ONCE_MORE: Final = "Belum bertemu keluarga ini. Datangi lagi."


SAID: Final = {
    Effect.BACK: "Tersimpan. Keluarga ini ikut musyawarah berikutnya.",
    Effect.NOT_FOUND: "Tersimpan. Alamat ini terbukti tidak ditemukan; musyawarah membahasnya.",
    Effect.STAYS: "Tersimpan. Rumah ini tetap dalam daftar kunjungan.",
    Effect.TOO_LATE: "Kunjungan tersimpan, tetapi keluarga ini tidak lagi menunggu kunjungan.",
    Effect.KNOWN: "Kunjungan ini sudah tersimpan sebelumnya.",
}
"""What became of a household by a visit, in words."""


@dataclass(frozen=True, slots=True)
class Card:
    """What an officer takes along. ``phone`` is E.164, ``position`` `latitude,longitude`."""

    id: str
    name: str = field(repr=False)
    address: str = field(repr=False)
    landmark: str = field(repr=False)
    rt: int | None
    rw: int | None
    phone: str = field(repr=False)
    position: str = field(repr=False)
    people: tuple[str, ...] = field(repr=False)
    visits: tuple[str, ...]
    needs: tuple[str, ...]

    @property
    def where(self) -> str:
        """RT and RW, in words."""
        if self.rt is None and self.rw is None:
            return "RT dan RW belum diketahui"
        return f"RT {self.rt or '?'} / RW {self.rw or '?'}"

    @property
    def phone_shown(self) -> str:
        """The number as people here write it: 0812-3456-7890; '' where there is none."""
        if not self.phone:
            return ""
        local = f"0{self.phone.removeprefix('+62')}"
        return "-".join(filter(None, (local[:4], local[4:8], local[8:])))

    def to_take_along(self) -> dict[str, Any]:
        """Return what a phone keeps of it, sealed."""
        return {**asdict(self), "where": self.where, "phone_shown": self.phone_shown}


def id_from(text: str) -> bytes:
    """Return the id in an address; 404 for what is none."""
    if not _ID.fullmatch(text):
        abort(404)
    return bytes.fromhex(text)


def cards(session: Session, houses: Sequence[House]) -> list[Card]:
    """Return houses with the visits that were made to them, in the same order."""
    made = visits_of(session, [each.application_id for each in houses])
    return [card(each, made.get(each.application_id, [])) for each in houses]


def card(house: House, made: Sequence[Visit]) -> Card:
    """Return one house; one that cannot be opened says so in place of its address."""
    try:
        said = opening.answers(services().settings.seal_keys, house.application_id, house.sealed)
    except CannotOpen as error:
        _log.error("a household cannot be opened: %s", error)
        said = {"nama": "?", "alamat": UNREADABLE}
    return Card(
        id=house.application_id.hex(),
        name=text_of(said, "nama"),
        address=text_of(said, "alamat"),
        landmark=text_of(said, "patokan"),
        rt=house.rt,
        rw=house.rw,
        phone=text_of(said, "telepon"),
        position=text_of(said, "lokasi"),
        people=people_of(said),
        visits=tuple(told(visit) for visit in made),
        needs=needs(made, has_phone=bool(text_of(said, "telepon"))),
    )


def text_of(said: Mapping[str, str | list[str]], key: str) -> str:
    """Return one answer, '' where there is none."""
    value = said.get(key, "")
    return value if isinstance(value, str) else ""


def people_of(said: Answers) -> tuple[str, ...]:
    """Return the names of a household, the applicant's first."""
    others = int(text_of(said, "jumlah_anggota") or 0)
    return (
        text_of(said, "nama"),
        *(text_of(said, member_key(number, "nama")) for number in range(1, others + 1)),
    )


def told(visit: Visit) -> str:
    """Return a visit in words."""
    call = f", {LABELS[visit.call].lower()}" if visit.call else ""
    return f"{show_time(visit.started_at)}: {LABELS[visit.outcome].lower()}{call}"


def needs(made: Sequence[Visit], *, has_phone: bool) -> tuple[str, ...]:
    """Return what is still to be done for a house, in words; () before its first visit."""
    if not made:
        return ()
    if any(visit.outcome is Outcome.NOBODY_HOME for visit in made):
        return (ONCE_MORE,)
    return tuple(MISSING_LABELS[code] for code in what_is_missing(made, has_phone=has_phone))
