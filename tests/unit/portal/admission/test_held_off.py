"""What is given back to somebody who was held off: all that they sent, and no markup of theirs."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from portal.admission.held_off import hidden, keeps, wants_words
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
    assert Page(html).values == fields
    assert "<script" not in html


@pytest.mark.parametrize("sent", [b"a=<b>", b"a=\"x&b='y'", b"<script>=1", b"a=1>&b"])
def test_what_no_browser_sends_becomes_no_markup(sent: bytes) -> None:
    html = hidden(sent)
    assert html is not None
    assert html.count("<") == html.count("<input ") == sent.count(b"&") + 1
    assert html.count('"') == 6 * html.count("<")


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
