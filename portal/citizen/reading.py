"""Reading a posted form: all of it or nothing is taken, and what can be read is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from urllib.parse import unquote_plus

from registry.rules.answers import DATE_PARTS
from registry.rules.questionnaire import MAX_MEMBERS, Kind, member_key, questionnaire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.wrappers import Request

    from registry.rules.questionnaire import Question

Fields: TypeAlias = dict[str, list[str]]
"""Field → what was typed into it, in the order it came."""

MAX_FIELDS: Final = 600
"""Fields of one form; a household of 21 that ticks everything sends about 260."""

FORM: Final = "application/x-www-form-urlencoded"
"""How browsers, and our scripts, send a form."""


class UnreadableForm(Exception):  # noqa: N818 - named after what it is
    """A posted form that is not to be taken; ``readable`` is what could be made out of it."""

    def __init__(
        self, kind: Literal["type", "cut", "encoding", "fields"], readable: Fields | None = None
    ) -> None:
        super().__init__(kind)
        self.kind = kind
        self.readable = readable or {}


def read_form(request: Request) -> Fields:
    """Return the fields of an URL-encoded UTF-8 form.

    Flask's own reading takes a body that was cut off, and replaces bytes that are no UTF-8: a
    household would be registered with a member or half a name missing. Raises UnreadableForm, and
    RequestEntityTooLarge (413).
    """
    if request.mimetype != FORM:
        raise UnreadableForm("type")
    body = request.get_data(cache=False)
    # A chunked body has no length to be compared with; browsers send none.
    whole = request.content_length is not None and len(body) == request.content_length
    return read_body(body, whole=whole)


def read_body(body: bytes, *, whole: bool) -> Fields:
    """Return the fields of a body, of which all came or not. Raises UnreadableForm."""
    if body.count(b"&") >= MAX_FIELDS:
        raise UnreadableForm("fields")
    try:
        fields = _fields(body.decode("utf-8"), "strict")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
        raise UnreadableForm("encoding", _fields(text, "replace")) from None
    if not whole:
        raise UnreadableForm("cut", fields)
    return fields


def _fields(text: str, errors: str) -> Fields:
    fields: Fields = {}
    for pair in text.split("&"):
        if pair:
            name, _, value = pair.partition("=")
            fields.setdefault(_plain(name, errors), []).append(_plain(value, errors))
    return fields


def _plain(text: str, errors: str) -> str:
    # Most names and codes have nothing to be decoded: asked first, a form is read in half the time.
    if "%" in text or "+" in text:
        return unquote_plus(text, errors=errors)
    return text


def first(fields: Fields, name: str) -> str:
    """Return the first text of a field, '' when there is none."""
    values = fields.get(name)
    return values[0].strip() if values else ""


def known(fields: Fields) -> Fields:
    """Return the answers to our questions alone: only they are ever written into a page again."""
    return {name: values for name, values in fields.items() if name in _KNOWN}


def _names() -> Iterator[str]:
    form = questionnaire()
    for question in form.questions:
        yield from field_names(question.key, question)
    for number in range(1, MAX_MEMBERS + 1):
        for question in form.member_questions:
            yield from field_names(member_key(number, question.key), question)


def field_names(field: str, question: Question) -> tuple[str, ...]:
    """Return the names of the inputs that a question has in the form."""
    if question.kind is Kind.DATE:
        return tuple(f"{field}-{part}" for part in DATE_PARTS)
    return (field,)


_KNOWN: Final = frozenset(_names())
