"""What is given back to somebody who was held off: all that they sent, and no markup of theirs."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.admission.held_off import _one_by_one, hidden, keeps, wants_words
from registry.rules.admission import Kind
from tests.integration.portal.support import Page

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    "fields",
    [
        {"nama": ["Siti Aminah"], "alamat": ["Gang Mawar 3 & 4, RT 01"]},
        {"punya": ["a", "b", "a"], "kosong": [""]},
        {"nama": ['"><script>alert(1)</script>'], "<b>": ["'x' & \"y\""]},
        {"nama": ["é", "名", "&amp;", "%41", "+"]},
        {"baris": ["satu\r\ndua"]},
    ],
)
def test_what_was_sent_comes_back_as_it_was(fields: dict[str, list[str]]) -> None:
    sent = urlencode(fields, doseq=True).encode()
    html = hidden(sent)
    assert html is not None
    assert Page(html.decode()).values == fields
    assert b"<script" not in html


@pytest.mark.parametrize("sent", [b"a=<b>", b"a=\"x&b='y'", b"<script>=1", b"a=1>&b"])
def test_what_no_browser_sends_becomes_no_markup(sent: bytes) -> None:
    html = hidden(sent)
    assert html is not None
    assert html.count(b"<") == html.count(b"<input ") == sent.count(b"&") + 1
    assert html.count(b'"') == 6 * html.count(b"<")


PIECES = [b"a", b"=", b"&", b"+", b"%", b"%20", b"%C3%A9", b"%c3", b"\xc3\xa9", b"<", b'"', b"'"]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join))
def test_all_fields_at_once_are_what_they_are_one_by_one(sent: bytes) -> None:
    try:
        expected = _one_by_one(sent)
    except UnicodeDecodeError:
        assert hidden(sent) is None
    else:
        assert hidden(sent) == expected


@pytest.mark.parametrize("sent", [b"a=\xff", b"a=%FF", b"&".join([b"a=1"] * 601)])
def test_what_is_no_form_of_ours_is_not_given_back(sent: bytes) -> None:
    assert hidden(sent) is None


@pytest.mark.parametrize(
    ("kind", "content_type", "length", "kept"),
    [
        (Kind.SUBMISSION, FORM, "17", 17),
        (Kind.SUBMISSION, f"{FORM.upper()}; charset=utf-8", "0", 0),
        (Kind.FINISHING, FORM, "17", 17),
        (Kind.LOOKUP, FORM, "65536", 65_536),
        (Kind.LOOKUP, FORM, "65537", None),
        (Kind.SUBMISSION, FORM, "", None),
        (Kind.SUBMISSION, FORM, "-1", None),
        (Kind.SUBMISSION, FORM, "9" * 5_000, None),
        (Kind.SUBMISSION, FORM, "١٧", None),
        (Kind.SUBMISSION, "multipart/form-data", "17", None),
        (Kind.SUBMISSION, "", "17", None),
        (Kind.ENTRANCE, FORM, "17", None),  # passwords
        (Kind.OTHER, FORM, "17", None),
    ],
)
def test_only_forms_that_are_to_be_sent_again_are_read(
    kind: Kind, content_type: str, length: str, kept: int | None
) -> None:
    assert keeps(kind, content_type, length) == kept


@pytest.mark.parametrize(
    ("accepts", "words"),
    [
        ("application/json", True),
        ("application/json, */*", True),
        ("text/html,application/xhtml+xml,application/json;q=0.9", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_scripts_are_told_in_words(accepts: str, words: bool) -> None:
    assert wants_words(accepts) is words
