"""NIK, the number of a person in the population register (Nomor Induk Kependudukan).

PPKKCC DDMMYY SSSS: the region of *first* registration, the birth date (women: day + 40), a serial
from 0001. It is for life: it follows neither a move nor a corrected birth date (PP 40/2019
art. 30(2)). So only what no NIK can be is refused; whatever may be an old mistake in the register
is a flag for people to look at.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Self

from registry.rules.digits import read_digits
from registry.rules.errors import Invalid
from registry.rules.kk import NomorKK

__all__ = ["Invalid", "Nik", "NomorKK", "Sex"]

_LENGTH: Final = 16
_FEMALE_OFFSET: Final = 40
_DAYS: Final = frozenset(
    f"{day + offset:02}" for offset in (0, _FEMALE_OFFSET) for day in range(1, 32)
)
_MONTHS: Final = frozenset(f"{month:02}" for month in range(1, 13))
_DKI: Final = "31"


class Sex(StrEnum):
    """Sex as the civil register has it; values are the PBDT2015 codes of `jenis_kelamin`."""

    MALE = "1"
    FEMALE = "2"


@dataclass(frozen=True, slots=True, repr=False)
class Nik:
    """A NIK that can be one: a `Nik` with an impossible value does not exist.

    `str`, `repr` and format all mask; only `value` has the number.
    Raises Invalid: `nik_length`, `nik_letters`, `nik_day`, `nik_month`, `nik_serial`.
    """

    value: str

    def __post_init__(self) -> None:
        value = self.value
        if len(value) != _LENGTH:
            raise Invalid("nik_length")
        if not (value.isascii() and value.isdigit()):
            raise Invalid("nik_letters")
        if value[6:8] not in _DAYS:
            raise Invalid("nik_day")
        if value[8:10] not in _MONTHS:
            raise Invalid("nik_month")
        if value[12:] == "0000":
            raise Invalid("nik_serial")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a NIK as people type it; separators and digits of other scripts are fine.

        Raises Invalid: `nik_empty` and the codes of the class.
        """
        return cls(read_digits(text, "nik"))

    @property
    def prefix(self) -> str:
        """Region of first registration: 6 digits, province, kabupaten/kota, kecamatan."""
        return self.value[:6]

    @property
    def sex(self) -> Sex:
        """Sex that the day of birth tells."""
        return Sex.FEMALE if int(self.value[6:8]) > _FEMALE_OFFSET else Sex.MALE

    def birth_date(self, today: date) -> date | None:
        """Return the latest birth date up to `today` that fits; None for a 30 February.

        The NIK has no century, so someone of over a hundred comes out a hundred years too young:
        a date the person has stated goes before this one.
        """
        latest = today.year - (today.year - self._year) % 100
        for year in (latest, latest - 100):
            born = self._date_in(year)
            if born is not None and born <= today:
                return born
        return None

    def flags(
        self,
        stated_birth: date | None,
        stated_sex: Sex | None,
        known_prefixes: frozenset[str] | None,
    ) -> tuple[str, ...]:
        """Tell what people should look at; no flag is a reason to refuse.

        In this order: `prefix_unknown` (unless `known_prefixes` is None), `prefix_not_dki`,
        `date_impossible`, `birth_differs` (the century is not compared: the NIK has none; nor is
        an impossible date), `sex_differs`.
        """
        possible = self._date_in(2000 + self._year) or self._date_in(1900 + self._year)
        found = {
            "prefix_unknown": known_prefixes is not None and self.prefix not in known_prefixes,
            "prefix_not_dki": not self.value.startswith(_DKI),
            "date_impossible": possible is None,
            "birth_differs": possible is not None
            and stated_birth is not None
            and f"{stated_birth.day:02}{stated_birth.month:02}{stated_birth.year % 100:02}"
            != f"{self._day:02}{self.value[8:12]}",
            "sex_differs": stated_sex is not None and stated_sex != self.sex,
        }
        return tuple(flag for flag, is_so in found.items() if is_so)

    @property
    def masked(self) -> str:
        """The NIK to show where it need only be recognised: `3171••••••••0001`."""
        return f"{self.value[:4]}••••••••{self.value[12:]}"

    def __repr__(self) -> str:
        return f"Nik({self.masked})"

    @property
    def _day(self) -> int:
        day = int(self.value[6:8])
        return day - _FEMALE_OFFSET if day > _FEMALE_OFFSET else day

    @property
    def _year(self) -> int:
        return int(self.value[10:12])

    def _date_in(self, year: int) -> date | None:
        try:
            return date(year, int(self.value[8:10]), self._day)
        except ValueError:
            return None
