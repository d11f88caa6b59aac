"""Marks of the pra-musyawarah as a form sends them: `b-<line>=<mark>`, by link and from paper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from portal.services import services
from registry.opening import CannotOpen, name_and_address
from registry.rules.marks import LABELS, Mark

if TYPE_CHECKING:
    from collections.abc import Container

    from werkzeug.datastructures import MultiDict

_PREFIX: Final = "b-"
_FIELD: Final = re.compile(rf"{_PREFIX}([1-9][0-9]{{0,4}})", re.ASCII)

CHOICES: Final = tuple((mark.value, LABELS[mark]) for mark in Mark)
"""The marks in the order of the paper: their code, and their words."""


class BadMarks(ValueError):  # noqa: N818 - named after what it is
    """A form that none of our pages sends: an unknown line or mark, or two marks for one line."""


class Home(NamedTuple):
    """A household as a sheet shows it."""

    name: str
    address: str


def read_marks(form: MultiDict[str, str], lines: Container[int]) -> dict[int, Mark]:
    """Return line → mark, only of what was marked; raise BadMarks, all or nothing."""
    marks: dict[int, Mark] = {}
    for field, values in form.lists():
        if not field.startswith(_PREFIX):
            continue
        found = _FIELD.fullmatch(field)
        given = {value for value in values if value}
        if found is None or int(found[1]) not in lines or len(given) > 1:
            raise BadMarks
        for value in given:
            try:
                marks[int(found[1])] = Mark(value)
            except ValueError:
                raise BadMarks from None
    return marks


def home(application_id: bytes, sealed: bytes) -> Home:
    """Return name and address of a household; where they can not be opened, say so."""
    try:
        return Home(*name_and_address(services().settings.seal_keys, application_id, sealed))
    except CannotOpen:
        return Home("(nama tidak terbaca)", "Beri tahu kelurahan")
