"""Forms of households of four, each another household, made as fast as they can be sent.

One of the project's made-up households is the template: its answers stay, its numbers, dates and
neighbourhood follow from the household's number. So Python, wrk's Lua and k6's JavaScript make the
same form for the same number, and what was sent can be told again when it is looked for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus, urlencode

from fmotm.households import household
from fmotm.households.numbers import FIRST_SERIAL
from loadtests.bench.measure import CheckFailed
from registry.rules.questionnaire import member_key
from registry.rules.regions import all_kelurahan, nik_prefixes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fmotm.households import Raw

SEED: Final = 5
MEMBERS: Final = 3
"""Beside the applicant: a household of four."""

SERIALS: Final = 10_000 - FIRST_SERIAL
RTS, RWS = 15, 12
_DAYS, _MONTHS = 28, 12
_FEMALE: Final = 40
_KK: Final = "kk"
_WANTED: Final = frozenset({"kk", "telepon", "rt", "alamat", "patokan", "njop_lebih_1m", "daya"})
# Parts of a text that stand for what changes: letters alone, which no encoding touches.
_SLOT: Final = "qzSLOT{}zq"


@dataclass(frozen=True, slots=True)
class Template:
    """A form whose numbers are left open. ``fields`` are what is sent, with slots in them.

    ``numbers``: slot → (what is added to the day, the year of birth or issue, 2 digits).
    """

    fields: Raw
    numbers: Mapping[str, tuple[int, int]]
    prefixes: tuple[str, ...]
    kelurahan: tuple[str, ...]

    @property
    def capacity(self) -> int:
        """How many households differ; then the numbers begin again."""
        return SERIALS * len(self.prefixes) * _DAYS * _MONTHS

    def values(self, number: int) -> dict[str, str]:
        """Return what stands in the slots of household ``number``."""
        serial = FIRST_SERIAL + number % SERIALS
        prefix = self.prefixes[number // SERIALS % len(self.prefixes)]
        days = number // (SERIALS * len(self.prefixes))
        day, month = 1 + days % _DAYS, 1 + days // _DAYS % _MONTHS
        place = number // len(self.kelurahan)
        values = {
            "day": str(day),
            "month": str(month),
            "kelurahan": self.kelurahan[number % len(self.kelurahan)],
            "rt": str(1 + place % RTS),
            "rw": str(1 + place // RTS % RWS),
        }
        for slot, (plus, year) in self.numbers.items():
            values[slot] = f"{prefix}{day + plus:02}{month:02}{year:02}{serial:04}"
        return values

    def answers(self, number: int) -> Raw:
        """Return the form of household ``number``, as its fields."""
        values = self.values(number)
        return {
            name: [_filled(each, values) for each in given]
            if isinstance(given, list)
            else _filled(given, values)
            for name, given in self.fields.items()
        }

    def body(self, number: int) -> str:
        """Return the form as it is sent."""
        return _filled(urlencode(self.fields, doseq=True), self.values(number))

    def nik(self, number: int) -> str:
        """Return the applicant's NIK."""
        return self.values(number)["nik0"]

    def kk(self, number: int) -> str:
        """Return the number of the household's card."""
        return self.values(number)[_KK]

    def as_json(self) -> str:
        """Return what other languages need to make the same forms."""
        segments, slots = self._cut()
        described = {
            "segments": segments,
            "slots": slots,
            "numbers": self.numbers,
            "prefixes": self.prefixes,
            "kelurahan": self.kelurahan,
            "first_serial": FIRST_SERIAL,
            "serials": SERIALS,
            "rts": RTS,
            "rws": RWS,
        }
        return json.dumps(described)

    def as_lua(self) -> str:
        """Return the same as a Lua chunk."""
        return f"return {_lua(json.loads(self.as_json()))}\n"

    def _cut(self) -> tuple[list[str], list[str]]:
        """Return the text between the slots, and the slots, in their order."""
        rest = urlencode(self.fields, doseq=True)
        start, end = _SLOT.split("{}")
        segments, slots = [], []
        while start in rest:
            before, _, rest = rest.partition(start)
            slot, _, rest = rest.partition(end)
            segments.append(before)
            slots.append(slot)
        return [*segments, rest], slots


def template(form: Mapping[str, str | list[str]]) -> Template:
    """Make the template; ``form`` is what the portal's form sends for itself (period, version)."""
    raw = next(filter(_fits, (household(SEED, index) for index in range(10_000))))
    fields: Raw = {**form, **raw, "aksi": "kirim"}
    numbers = {"nik0": _born(str(raw["nik"])), _KK: _born(str(raw["kk"]))}
    fields |= {"nik": _slot("nik0"), "kk": _slot(_KK)}
    for member in range(1, MEMBERS + 1):
        key = member_key(member, "nik")
        numbers[f"nik{member}"] = _born(str(raw[key]))
        fields[key] = _slot(f"nik{member}")
    fields |= {"lahir-hari": _slot("day"), "lahir-bulan": _slot("month")}
    fields |= {name: _slot(name) for name in ("kelurahan", "rt", "rw")}
    prefixes = tuple(sorted(each for each in nik_prefixes() if each.startswith("31")))
    return Template(fields, numbers, prefixes, tuple(each.code for each in all_kelurahan()))


def _fits(raw: Raw) -> bool:
    """Whether it is a household of four that left nothing out, each born in another year."""
    niks = [str(raw[key]) for key in _nik_keys() if key in raw]
    complete = raw["jumlah_anggota"] == str(MEMBERS) and len(niks) == MEMBERS + 1
    if not (complete and raw.keys() >= _WANTED and raw["diisi_oleh"] == "1"):
        return False
    years = {each.replace(" ", "")[10:12] for each in (*niks, str(raw["kk"]))}
    return len(years) == MEMBERS + 2


def _nik_keys() -> tuple[str, ...]:
    return ("nik", *(member_key(number, "nik") for number in range(1, MEMBERS + 1)))


def _born(number: str) -> tuple[int, int]:
    digits = number.replace(" ", "")
    return (_FEMALE if int(digits[6:8]) > _FEMALE else 0), int(digits[10:12])


def _slot(name: str) -> str:
    return _SLOT.format(name)


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(_slot(name), value)
    return text


def _lua(value: object) -> str:
    match value:
        case dict():
            inner = ", ".join(f"[{_lua(str(key))}] = {_lua(each)}" for key, each in value.items())
            return "{ " + inner + " }"
        case list():
            return "{ " + ", ".join(map(_lua, value)) + " }"
        case str():
            return json.dumps(value)
        case _:
            return str(value)


def looked_up(nik: str, *, receipt: str = "", kk: str = "") -> str:
    """Return the form by which somebody asks for the status."""
    by = f"bukti={quote_plus(receipt)}" if receipt else f"kk={quote_plus(kk)}"
    return f"nik={quote_plus(nik)}&{by}"


@dataclass(slots=True)
class Numbers:
    """Gives out numbers of households, none twice."""

    capacity: int
    _next: int = 0

    def take(self, most: int) -> int:
        """Return the first of ``most`` numbers that nobody else gets. Raises CheckFailed."""
        first = self._next
        self._next += most
        if self._next > self.capacity:
            raise CheckFailed("all households that differ have been sent")
        return first
