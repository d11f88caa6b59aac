"""What is said aloud: every spoken text by its key, sentence by sentence.

The questionnaire has what is spoken for a question (`lantai`), a choice (`lantai-09`) and the title
of a screen (`judul-lantai`); `suara.toml` has the fixed words of the pages; what spells an answer
(`eja-7`, `bulan-5`) is made here. A phone's own voice says the sentences; for phones without one
each sentence is a file: `lantai.1.opus`.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from babel import Locale

from portal.language import OWN, catalogues
from registry.rules.questionnaire import questionnaire
from registry.rules.receipts import ALPHABET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOUNDS: Final = Path(__file__).parent / "static" / "suara"
"""The sound files, a folder for each language."""

SUFFIX: Final = ".opus"
_WORDS: Final = Path(__file__).parent / "suara.toml"
_HIGHEST: Final = 31
"""Numbers are said as a whole up to the days of a month, beyond that digit by digit."""

Spoken = dict[str, tuple[str, ...]]
"""The sentences of each key, in the order of the pages."""


def languages() -> dict[str, Callable[[str], str]]:
    """Return the languages that are spoken, and how each has its words from the Indonesian."""
    return {OWN: str} | {code: read.gettext for code, read in catalogues().items()}


def spoken(language: str) -> Spoken:
    """Return everything that is said in a language; KeyError for one that is not spoken."""
    translate = languages()[language]
    texts = {key: translate(text) for key, text in words().items()} | _spelling(language)
    return {key: tuple(_sentences(text)) for key, text in texts.items()}


def words() -> dict[str, str]:
    """Return the Indonesian texts, by key: what another language translates."""
    fixed: dict[str, str] = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    return dict(_of_questionnaire()) | fixed


def sound(key: str, sentence: int) -> str:
    """Return the name of the file for a sentence; sentences count from 1."""
    return f"{key}.{sentence}{SUFFIX}"


def _of_questionnaire() -> Iterator[tuple[str, str]]:
    for screen in questionnaire().screens:
        if not screen.per_member:  # a member's screen is 'Orang ke', and the number
            yield f"judul-{screen.key}", screen.said
        for question in screen.questions:
            key = f"{screen.key}-{question.key}" if screen.per_member else question.key
            yield key, question.spoken
            yield from ((f"{key}-{choice.code}", choice.said) for choice in question.choices)


def _spelling(language: str) -> dict[str, str]:
    """Return what receipts, numbers and dates are spelled with; a voice knows how to say it."""
    letters = {f"eja-{each.lower()}": each for each in ALPHABET if each.isalpha()}
    numbers = {f"eja-{each}": str(each) for each in range(_HIGHEST + 1)}
    months = Locale(language).months["format"]["wide"]
    return letters | numbers | {f"bulan-{each}": name for each, name in months.items()}


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.?!])\s+", text.strip())
