import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.errors import Invalid
from registry.rules.names import NAME_LIMIT, clean_name, clean_text


def clean_or_code(text: str) -> str:
    try:
        return clean_name(text)
    except Invalid as refused:
        return refused.code


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Suharto", "Suharto"),  # one word is a name
        ("O", "O"),
        ("  Siti   Aminah \r\n", "Siti Aminah"),
        ("Siti\nAminah", "Siti Aminah"),
        ("Siti\N{NO-BREAK SPACE}Aminah\N{IDEOGRAPHIC SPACE}", "Siti Aminah"),
        ("SITI AMINAH, S.Pd.", "SITI AMINAH, S.Pd."),
        ("H. M. Sa'id", "H. M. Sa'id"),
        ("Ma’ruf", "Ma'ruf"),
        ("Ma`ruf", "Ma'ruf"),
        ("Ma´ruf", "Ma'ruf"),
        ("Maʼruf", "Ma'ruf"),
        ("Nur-Aini", "Nur-Aini"),
        ("Nur‑Aini", "Nur-Aini"),
        ("Nur–Aini", "Nur-Aini"),
        ("Rahmat s/o Ismail", "Rahmat s/o Ismail"),
        ("Rene\N{COMBINING ACUTE ACCENT}e", "Renée"),
        ("Renée", "Renée"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}Budi\N{POP DIRECTIONAL FORMATTING}", "Budi"),
        ("Bu\N{ZERO WIDTH SPACE}di\N{ZERO WIDTH NO-BREAK SPACE}", "Budi"),
        ("Bu\N{SOFT HYPHEN}di", "Budi"),
        ("Budi\x00\x1b\x7f", "Budi"),
        ("Budi\ud83d", "Budi"),  # half an emoji
        ("Budi\N{VARIATION SELECTOR-16}", "Budi"),
        ("Budi\N{HANGUL FILLER}", "Budi"),
        ("عبد الله", "عبد الله"),
        ("ꦧꦸꦢꦶ", "ꦧꦸꦢꦶ"),
        ("陳美麗", "陳美麗"),
        ("a" * NAME_LIMIT, "a" * NAME_LIMIT),
        ("e\N{COMBINING ACUTE ACCENT}" * NAME_LIMIT, "é" * NAME_LIMIT),
    ],
)
def test_a_name_is_kept_as_it_stands_on_the_card(typed: str, name: str) -> None:
    assert clean_name(typed) == name


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "name_empty"),
        (" \t\r\n\N{NO-BREAK SPACE}", "name_empty"),
        ("\N{ZERO WIDTH SPACE}\N{RIGHT-TO-LEFT MARK}\x00", "name_empty"),
        ("\N{HANGUL FILLER}", "name_empty"),  # a letter to Unicode
        ("a" * (NAME_LIMIT + 1), "name_long"),
        ("Budi " * 30, "name_long"),
        pytest.param("a" * 10_000_000, "name_long", id="huge a"),
        pytest.param(" " * 10_000_000, "name_long", id="huge blank"),
        ("-", "name_letters"),
        (". , ' /", "name_letters"),
        ("\N{COMBINING ACUTE ACCENT}", "name_letters"),
        ("3171011708450001", "name_letters"),  # the NIK in the wrong place
        ("Budi 2", "name_letters"),
        ("Budi ٢", "name_letters"),
        ("Budi²", "name_letters"),
        ("<b>Budi</b>", "name_letters"),
        ("{{7*7}}", "name_letters"),
        ("=HYPERLINK(A)", "name_letters"),
        ("budi@contoh.id", "name_letters"),
        ("Budi; DROP TABLE", "name_letters"),
        ("Budi 😀", "name_letters"),
        ("Budi\N{BRAILLE PATTERN BLANK}", "name_letters"),
        ("Budi\N{REPLACEMENT CHARACTER}", "name_letters"),
    ],
)
def test_what_is_no_name_is_refused_by_a_code(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_name(typed)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("", ""),
        (" \n\t ", ""),
        ("\x00\N{ZERO WIDTH SPACE}", ""),
        ("Jl. Kebon Jeruk No. 12A", "Jl. Kebon Jeruk No. 12A"),
        ("Gang Buntu\r\nRT 003 / RW 04", "Gang Buntu RT 003 / RW 04"),
        ("sebelah\N{LINE SEPARATOR}mushola\x85biru\vtoko", "sebelah mushola biru toko"),
        ("rumah\x00 petak\x1b[31m", "rumah petak[31m"),
        ("rumah 🏠 biru", "rumah 🏠 biru"),
        ("❤️", "❤️"),
        ("\U0001fae9", "\U0001fae9"),  # Unicode 16: unassigned to Python 3.11
        ("👩\N{ZERO WIDTH JOINER}👧", "👩👧"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}21 .oN", "21 .oN"),
        ("setengah\ud83d", "setengah"),
        ("a\ufffe\ufdd0\U0010ffffb\ue000", "ab"),
        ("<b>&amp;'\"", "<b>&amp;'\""),  # markup is text; escaping is for whoever shows it
        ("e\N{ZERO WIDTH SPACE}\N{COMBINING ACUTE ACCENT}", "é"),
        ("x" * 200, "x" * 200),
    ],
)
def test_free_text_becomes_one_clean_line(typed: str, text: str) -> None:
    assert clean_text(typed, 200) == text


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("x" * 201, id="one too many"),
        pytest.param("x" * 10_000_000, id="huge"),
        pytest.param("\x00" * 10_000_000, id="huge and invisible"),
    ],
)
def test_text_over_its_limit_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_text(typed, 200)
    assert refused.value.code == "text_long"


@given(st.text(st.characters(), max_size=60))  # NFC makes at most three of one
def test_clean_text_can_be_stored_and_stays_as_it_is(text: str) -> None:
    cleaned = clean_text(text, 200)
    cleaned.encode()  # no lone surrogate is left
    assert len(cleaned) <= 200
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in cleaned)
    assert clean_text(cleaned, 200) == cleaned


@given(
    st.text(st.characters())
    | st.text(st.characters(categories=["L", "M", "Zs", "Cf"]), max_size=NAME_LIMIT)
)
def test_any_text_is_a_name_or_refused_by_a_known_code(text: str) -> None:
    name = clean_or_code(text)
    if name in {"name_empty", "name_long", "name_letters"}:
        return
    assert 1 <= len(name) <= NAME_LIMIT
    assert any(map(str.isalpha, name))
    assert unicodedata.is_normalized("NFC", name)
    name.encode()  # no lone surrogate is left
    assert clean_or_code(name) == name


def test_a_run_of_marks_takes_no_time_to_put_in_order() -> None:
    marks = "\N{COMBINING ACUTE ACCENT}\N{COMBINING DOT BELOW}" * 500_000
    started = time.perf_counter()
    with pytest.raises(Invalid):
        clean_name("a" + marks)
    with pytest.raises(Invalid):
        clean_text("a" + marks, 500)
    assert time.perf_counter() - started < 10


@given(st.text("aZé '.,-/1\t’", max_size=NAME_LIMIT + 5))
def test_plain_names_are_read_as_any_other(text: str) -> None:
    # A letter with a mark of its own sends the same text the long way round.
    marked = f"{text}\N{LATIN SMALL LETTER E WITH ACUTE}"
    try:
        name = clean_name(marked)
    except Invalid:
        return
    if any(map(str.isalpha, text)):
        assert clean_name(text) == name[:-1].rstrip()
