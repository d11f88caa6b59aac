"""Number of a family card (Nomor Kartu Keluarga)."""

from dataclasses import dataclass
from typing import Final, Self

from registry.rules.digits import read_digits
from registry.rules.errors import Invalid

_LENGTH: Final = 16


@dataclass(frozen=True, slots=True, repr=False)
class NomorKK:
    """Number of a family card: 16 digits, nothing more is known for sure of them.

    No permanent key: a new card brings a new number. `str`, `repr` and format all mask.
    Raises Invalid: `kk_length`, `kk_letters`.
    """

    value: str

    def __post_init__(self) -> None:
        if len(self.value) != _LENGTH:
            raise Invalid("kk_length")
        if not (self.value.isascii() and self.value.isdigit()):
            raise Invalid("kk_letters")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a number as people type it; separators and digits of other scripts are fine.

        Raises Invalid: `kk_empty` and the codes of the class.
        """
        return cls(read_digits(text, "kk"))

    @property
    def masked(self) -> str:
        """The number to show where it need only be recognised: `3171••••••••0001`."""
        return f"{self.value[:4]}••••••••{self.value[12:]}"

    def __repr__(self) -> str:
        return f"NomorKK({self.masked})"
