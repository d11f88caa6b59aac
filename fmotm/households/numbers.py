"""NIK, KK and telephone numbers that belong to nobody, and to one made-up household each.

**Serials from 5000.** The last four digits of a NIK count those who were registered in one
kecamatan with one birth date and sex; the largest kecamatan see some tens of births a day. A
serial of 5000 or more is a well-formed NIK that no office has given. Numbers of KK, counted by
kecamatan and day of issue, are made alike.

**Telephone numbers without an operator.** They begin with 0835, 0836, 0837, 0854, 0892 or 0893:
mobile numbers by the numbering plan, yet of no operator in libphonenumber's table of carriers
(resources/carrier/en/62.txt). The state may assign them one day, so never send anything to one.

**No number twice.** A household has a slot in its kelurahan: a day and a block of serials, a
person for each serial of the block. Slots repeat after 13,505 households of one kelurahan (a
round saw 6,700); only then, or between seeds, two persons may share a NIK, and rarely.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

from fmotm.households.dice import Dice
from registry.rules.nik import Sex
from registry.rules.regions import (
    Kelurahan,
    all_kecamatan,
    all_kelurahan,
    kelurahan,
    kelurahan_of,
    nik_prefixes,
)

LAST_YEAR: Final = 2025
"""The year in which everybody has had the birthday that makes them as old as they are."""

MAX_PEOPLE: Final = 12
"""Persons of a household, the applicant included; each has a serial of the household's block."""

FIRST_SERIAL: Final = 5000
"""Serials from here on are given to nobody."""

_DAYS: Final = 365
_LARGEST_KECAMATAN: Final = 11  # kelurahan of 31.73.04, which share the kecamatan's serials
_BLOCKS: Final = 5000 // MAX_PEOPLE // _LARGEST_KECAMATAN
_STRIDE: Final = 151  # prime: neighbours in order come to lie far apart
# Each person's birthday is another function of the slot's day, one to one in the days of a year.
_BIRTHDAYS: Final = ((1, 0), (2, 61), (3, 147), (4, 23), (6, 301), (7, 208), (8, 95), (9, 263),
                     (11, 340), (12, 118), (13, 180), (14, 236))  # fmt: skip
_KK_DAYS_AFTER: Final = 200
_FEMALE: Final = 40
# Banten, Jawa, Lampung, Sumatera: where most who have moved to Jakarta were first registered.
_ORIGINS: Final = ("12", "13", "16", "18", "32", "33", "34", "35", "36")
_NO_OPERATOR: Final = ("0835", "0836", "0837", "0854", "0892", "0893")


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a household lives, and the numbers that it alone may use."""

    kelurahan: Kelurahan
    day: int
    block: int

    @property
    def prefix(self) -> str:
        """The prefix of a NIK first registered in this kecamatan: 6 digits."""
        return self.kelurahan.kecamatan_code.replace(".", "")

    def birthday(self, number: int, age: int) -> date:
        """Return the birth date of a person who is ``age`` at the end of LAST_YEAR."""
        times, plus = _BIRTHDAYS[number]
        return _date(LAST_YEAR - age, self.day * times + plus)

    def nik(self, number: int, prefix: str, sex: Sex, born: date) -> str:
        """Return the NIK of the household's person ``number``."""
        day = born.day + (_FEMALE if sex is Sex.FEMALE else 0)
        serial = FIRST_SERIAL + self.block * MAX_PEOPLE + number
        return f"{prefix}{day:02}{born:%m%y}{serial}"

    def kk(self, issued: int) -> str:
        """Return the number of the family card, issued in that year."""
        on = _date(issued, self.day + _KK_DAYS_AFTER)
        return f"{self.prefix}{on:%d%m%y}{FIRST_SERIAL + self.block}"


def slot(seed: int, index: int, codes: tuple[str, ...]) -> Slot:
    """Return the slot of a household; ``codes`` are the kelurahan to live in, none means all.

    Every kelurahan gets as many households as any other. Raises Invalid: `kelurahan_unknown`.
    """
    pool = _pool(codes)
    stride = _STRIDE if len(pool) % _STRIDE else 1
    home = pool[(index * stride + seed) % len(pool)]
    nth = index // len(pool)
    position, rank = _position(home)
    return Slot(
        home,
        day=(nth * _STRIDE + seed + rank * _STRIDE) % _DAYS,
        block=position * _BLOCKS + (nth // _DAYS + seed // _DAYS + rank) % _BLOCKS,
    )


def origin(dice: Dice, home: Kelurahan) -> str:
    """Return a prefix from outside Jakarta.

    Each kecamatan has origins of its own: who moves to the city goes where neighbours went
    before, and no two kecamatan can then come upon the same number.
    """
    return dice.pick(_origins(home.kecamatan_code))


def phone(dice: Dice) -> str:
    """Return a mobile number of 11 or 12 digits that no operator has."""
    digits = dice.between(7, 8)
    return f"{dice.pick(_NO_OPERATOR)}{dice.between(0, 10**digits - 1):0{digits}}"


def _date(year: int, day: int) -> date:
    return date(year, 1, 1) + timedelta(days=day % _DAYS)


@cache
def _pool(codes: tuple[str, ...]) -> tuple[Kelurahan, ...]:
    return tuple(kelurahan(code) for code in codes) or all_kelurahan()


@cache
def _position(home: Kelurahan) -> tuple[int, int]:
    """Return the place of a kelurahan in its kecamatan and in all of Jakarta."""
    return kelurahan_of(home.kecamatan_code).index(home), all_kelurahan().index(home)


@cache
def _origins(kecamatan_code: str) -> tuple[str, ...]:
    codes = [kecamatan.code for kecamatan in all_kecamatan()]
    outside = sorted(prefix for prefix in nik_prefixes() if prefix.startswith(_ORIGINS))
    return tuple(outside[codes.index(kecamatan_code) :: len(codes)])
