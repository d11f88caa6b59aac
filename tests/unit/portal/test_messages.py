"""The catalogues: complete, up to date with the code, and in plain words in every language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from portal import messages
from portal.language import NAME, OWN, catalogue_files
from portal.wording import citizen_texts
from tests.unit.registry.rules.words import (
    is_sentence,
    longest_sentence,
    mean_sentence,
    sentences,
)

FILES = catalogue_files()
SOURCE = messages.texts()
OFFICIAL = (
    r"\b(NIK|KK|KTP|RT|RW|RT/RW|NJOP|PBB|DKI|PLN|PAM|BUMN|PNS|TNI|DPR|DPRD|JPG|PNG|WEBP|WIB)\b"
)
"""Words that stand on papers, cards and meters: they are the same in every language."""


def catalogue(code: str) -> Catalog:
    with FILES[code].open("rb") as file:
        return read_po(file, locale=code)


def texts_of(found: Catalog) -> dict[str, str]:
    return {str(each.id): str(each.string) for each in found if each.id}


CATALOGUES = {code: catalogue(code) for code in FILES}
SPOKEN: dict[str, list[str]] = {
    OWN: list(texts_of(SOURCE)),
    **{code: list(texts_of(found).values()) for code, found in CATALOGUES.items()},
}
"""Language → everything that its pages say."""


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)s|%|#\w*", text))


def test_english_is_there() -> None:
    assert "en" in FILES


@pytest.mark.parametrize("code", FILES)
def test_a_catalogue_has_what_the_code_says_and_nothing_else(code: str) -> None:
    """`make messages` brings it up to date."""
    assert texts_of(CATALOGUES[code]).keys() == texts_of(SOURCE).keys()
    assert not CATALOGUES[code].obsolete


@pytest.mark.parametrize("code", FILES)
def test_every_text_is_translated(code: str) -> None:
    assert [each.id for each in CATALOGUES[code] if each.id and not each.string] == []
    assert [each.id for each in CATALOGUES[code] if each.fuzzy and each.id] == []
    assert texts_of(CATALOGUES[code])[NAME] != NAME


@pytest.mark.parametrize("code", FILES)
def test_places_for_values_and_official_words_stay(code: str) -> None:
    for text, translated in texts_of(CATALOGUES[code]).items():
        assert placeholders(translated) == placeholders(text), text
        if "NIK" in text:
            assert "NIK" in translated, text
        assert set(re.findall(OFFICIAL, translated)) <= set(re.findall(OFFICIAL, text)) | {
            "KK", "KTP",
        }, text  # fmt: skip


@pytest.mark.parametrize("code", SPOKEN)
def test_texts_are_text_and_no_markup(code: str) -> None:
    """Templates do not escape what they translate."""
    assert [text for text in SPOKEN[code] if re.search(r"[<>&\"]|%(?!\(\w+\)s)", text)] == []
    assert [text for text in SPOKEN[code] if text != text.strip() or "\n" in text] == []


@pytest.mark.parametrize("code", SPOKEN)
def test_sentences_are_short(code: str) -> None:
    said = [text for text in SPOKEN[code] if is_sentence(text)]
    assert len(said) > 250
    assert [text for text in SPOKEN[code] if longest_sentence(text) > 20] == []
    assert mean_sentence(*said) <= 12
    assert max(len(sentences(text)) for text in said) <= 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Pilih satu. Lalu tekan Kirim!", [2, 3]),
        ("Di atas Rp1 miliar. Daya 2.200 saja.", [4, 3]),
        ("Pilih Kec. Gambir dari daftar.", [5]),
        ("Sebelah warung Bu Sri. Contoh: 5", [4, 2]),
        ("Bukti daftar - bukan bukti bantuan", [5]),
        ("Tekan 'Kirim.' Tunggu.", [2, 1]),
    ],
)
def test_sentences_are_counted_honestly(text: str, words: list[int]) -> None:
    assert [longest_sentence(each) for each in sentences(text)] == words


def test_updating_a_catalogue_keeps_its_translations_and_is_the_same_each_time(
    tmp_path: Path,
) -> None:
    file = tmp_path / "messages.po"
    before = FILES["en"].read_text(encoding="utf-8")
    file.write_text(before.replace('msgstr "English"', 'msgstr ""'), encoding="utf-8")

    assert messages.update(file, "en", SOURCE) == 1
    file.write_text(before, encoding="utf-8")
    assert messages.update(file, "en", SOURCE) == 0
    assert file.read_text(encoding="utf-8") == before


def test_what_the_domain_says_is_among_the_texts() -> None:
    assert set(citizen_texts()) <= texts_of(SOURCE).keys()
    assert {"Dinding", "NIK hanya angka. Periksa lagi, jangan pakai huruf."} <= set(citizen_texts())
