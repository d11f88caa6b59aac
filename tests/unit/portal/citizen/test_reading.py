"""What stands in a posted body, and in no other way than urllib reads it."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlencode

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from portal.citizen.reading import UnreadableForm, read_form

TYPE = "application/x-www-form-urlencoded"


def posted(body: bytes) -> Request:
    return Request(EnvironBuilder(method="POST", data=body, content_type=TYPE).get_environ())


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=12)), max_size=12))
def test_what_a_browser_encodes_is_read_back(pairs: list[tuple[str, str]]) -> None:
    expected: dict[str, list[str]] = {}
    for name, value in pairs:
        expected.setdefault(name, []).append(value)
    assert read_form(posted(urlencode(pairs).encode())) == expected


@given(st.text("ab=&+%41cé;~\x00", max_size=40))
def test_anything_else_is_read_as_urllib_reads_it(body: str) -> None:
    assert outcome(lambda: read_form(posted(body.encode()))) == outcome(
        lambda: parse_qs(body, keep_blank_values=True, errors="strict")
    )


def outcome(read: Callable[[], dict[str, list[str]]]) -> dict[str, list[str]] | None:
    """Give what was read, None for bytes that are no UTF-8."""
    try:
        return read()
    except UnicodeDecodeError:
        return None
    except UnreadableForm as refused:
        return None if refused.kind == "encoding" else {refused.kind: []}
