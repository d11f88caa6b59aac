"""Telephone numbers of Indonesia, mobile and fixed."""

import re
from dataclasses import dataclass
from typing import Any, Final, Self

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType, ValidationResult

from registry.rules.digits import read_digits
from registry.rules.errors import Invalid

_COUNTRY: Final = "62"
_E164: Final = re.compile(r"\+62[1-9][0-9]{5,12}", re.ASCII)
# What nearly everybody types, told by the pattern that phonenumbers itself goes by. Asking it for
# all that a number may be took a third of the time that a whole application takes to be read.
_PLAN: Final[Any] = PhoneMetadata.metadata_for_region("ID")
_MOBILE: Final = re.compile(rf"0?({_PLAN.mobile.national_number_pattern})", re.ASCII)
_REACHES_A_PERSON: Final = frozenset(
    {
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }
)
_WRONG_LENGTH: Final = frozenset(
    {
        ValidationResult.TOO_SHORT,
        ValidationResult.TOO_LONG,
        ValidationResult.INVALID_LENGTH,
    }
)


@dataclass(frozen=True, slots=True, repr=False)
class PhoneNumber:
    """A telephone number in E.164, such as `+6281234567890`; households may share one.

    `str`, `repr` and format all mask. Raises Invalid: `phone_invalid`.
    """

    e164: str

    def __post_init__(self) -> None:
        # Light on purpose: `parse` asks the numbering plan, a number from storage passed it once
        # and must still be readable when the plan has changed.
        if not _E164.fullmatch(self.e164):
            raise Invalid("phone_invalid")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a number as people write it: 0812…, 812…, 62812…, +62 812…, (021) 555 1234.

        Letters are refused, not skipped: phonenumbers takes `0812 3456 789O` for a shorter number.
        Raises Invalid: `phone_empty`, `phone_letters`, `phone_length`, `phone_foreign` (a country
        code other than 62), `phone_invalid` (not a mobile or fixed number of the numbering plan).
        """
        national = _national(read_digits(text, "phone", keep="+＋()"))
        if mobile := _MOBILE.fullmatch(national):
            return cls(f"+{_COUNTRY}{mobile[1]}")
        try:
            number = phonenumbers.parse(f"+{_COUNTRY}{national}")
        except phonenumbers.NumberParseException:
            raise Invalid("phone_length") from None
        if phonenumbers.is_possible_number_with_reason(number) in _WRONG_LENGTH:
            raise Invalid("phone_length")
        if phonenumbers.number_type(number) not in _REACHES_A_PERSON:
            raise Invalid("phone_invalid")
        return cls(phonenumbers.format_number(number, PhoneNumberFormat.E164))

    @property
    def masked(self) -> str:
        """The number to show where it need only be recognised: `+62••••••••890`."""
        return f"{self.e164[:3]}{'•' * (len(self.e164) - 6)}{self.e164[-3:]}"

    def __repr__(self) -> str:
        return f"PhoneNumber({self.masked})"


def _national(text: str) -> str:
    """Return what follows the country code, from digits, `+` and brackets."""
    text = re.sub("[()]", "", text).replace("＋", "+")
    international = text.startswith(("+", "00"))
    digits = text.removeprefix("+").removeprefix("00")
    if not digits:
        raise Invalid("phone_empty")
    if "+" in digits or (international and digits.startswith("0")):  # no country code begins with 0
        raise Invalid("phone_invalid")
    # `62…` without a `+` is the country code too: phonenumbers takes 62812345678 for a fixed line
    # at 0628, but nobody writes an area code without its zero.
    if digits.startswith(_COUNTRY):
        return digits.removeprefix(_COUNTRY)
    if international:
        raise Invalid("phone_foreign")
    return digits
