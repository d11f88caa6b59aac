"""One typed value → its canonical form, for each kind of question."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from registry.rules.errors import Invalid
from registry.rules.kk import NomorKK
from registry.rules.names import clean_name, clean_text
from registry.rules.nik import Nik
from registry.rules.phone import PhoneNumber
from registry.rules.position import parse_position
from registry.rules.questionnaire import Kind, Question
from registry.rules.receipts import parse_receipt
from registry.rules.regions import kelurahan

MAX_AGE: Final = 120
"""Years; an older birth date is a slip of the finger."""

_LONGEST_NUMBER: Final = 24
_RT_OR_RW: Final = {
    field: re.compile(rf"(?:{field})?[\s.:]*0*(\d{{1,3}})", re.IGNORECASE) for field in ("rt", "rw")
}


def read_date(parts: Sequence[str], today: date) -> str:
    """Return the ISO date of day, month and year.

    Raises Invalid: `date_incomplete`, `date_impossible`, `date_future`, `date_old`.
    """
    if len(parts) != 3 or not all(part.isdecimal() and len(part) <= 4 for part in parts):
        raise Invalid("date_incomplete")
    day, month, year = (int(part) for part in parts)
    if year < 100:
        raise Invalid("date_incomplete")
    try:
        stated = date(year, month, day)
    except ValueError:
        raise Invalid("date_impossible") from None
    if stated > today:
        raise Invalid("date_future")
    if today.year - year > MAX_AGE:
        raise Invalid("date_old")
    return stated.isoformat()


def read_rt_or_rw(text: str, field: str) -> str:
    """Return the number of an RT or RW ('5', 'RT 05'); of '005/003' the half that is asked for.

    '' when there is nothing in that half.
    `field` is `rt` or `rw`. Raises Invalid: `number_invalid`, `number_range`.
    """
    if len(text) > _LONGEST_NUMBER:
        raise Invalid("number_invalid")
    rt, slash, rw = text.partition("/")
    half = rw if slash and field == "rw" else rt
    if not half.strip():
        return ""
    match = _RT_OR_RW[field].fullmatch(half.strip())
    if match is None or "/" in rw:
        raise Invalid("number_invalid")
    number = int(match[1])
    if number == 0:
        raise Invalid("number_range")
    return str(number)


def _choice(text: str, question: Question) -> str:
    for choice in question.choices:
        if choice.code == text:
            return text
    raise Invalid("choice_unknown")


def _count(text: str, question: Question) -> str:
    if not text.isdecimal():
        raise Invalid("number_invalid")
    if len(text) > 4 or int(text) > question.maximum:
        raise Invalid("number_range")
    return str(int(text))


READ: Final[dict[Kind, Callable[[str, Question], str]]] = {
    Kind.CHOICE: _choice,
    Kind.TICK: _choice,
    Kind.COUNT: _count,
    Kind.NUMBER: lambda text, question: read_rt_or_rw(text, question.key),
    Kind.NAME: lambda text, _: clean_name(clean_name(text).upper()),  # KTP are in capitals
    Kind.TEXT: lambda text, question: clean_text(text, question.maximum),
    Kind.NIK: lambda text, _: Nik.parse(text).value,
    Kind.KK: lambda text, _: NomorKK.parse(text).value,
    Kind.PHONE: lambda text, _: PhoneNumber.parse(text).e164,
    Kind.KELURAHAN: lambda text, _: kelurahan(text).code,
    Kind.POSITION: lambda text, _: parse_position(text),
    Kind.RECEIPT: lambda text, _: parse_receipt(text),
}
"""Kind of question → what reads a text that is not blank; raises Invalid.

Persons and dates take more than one text and are read by the parser itself.
"""
