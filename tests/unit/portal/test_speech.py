"""What is said aloud: all of it, in words that a voice can say, with a file for each sentence."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from pathlib import Path

import pytest

from portal.assets import FOLDER
from portal.pictures import names
from portal.speech import SOUNDS, languages, sound, spoken, words
from registry.rules.questionnaire import Kind, questionnaire
from registry.rules.receipts import ALPHABET
from tests.unit.registry.rules.words import longest_sentence, mean_sentence

TEMPLATES = sorted((FOLDER.parent / "templates").glob("*.html"))
FORM = questionnaire()
# Said of a person who is ticked: by number, 'Anda sendiri' or 'Tidak ada'.
PEOPLE = {"orang-ke", "orang-0", "orang-tidak_ada"}


def seconds(opus: bytes) -> float:
    """Return how long an Ogg Opus file plays: its last granule position, less the pre-skip."""
    pages = [match.start() for match in re.finditer(b"OggS\x00", opus)]
    granule = int.from_bytes(opus[pages[-1] + 6 : pages[-1] + 14], "little", signed=True)
    head = opus.index(b"OpusHead")
    return (granule - int.from_bytes(opus[head + 10 : head + 12], "little")) / 48_000


@pytest.mark.parametrize("language", languages())
def test_every_sentence_has_a_sound_file_that_is_small_and_short(language: str) -> None:
    for key, sentences in spoken(language).items():
        for number in range(1, len(sentences) + 1):
            name = sound(key, number)
            opus = SOUNDS.joinpath(language, name).read_bytes()
            assert opus.startswith(b"OggS"), name
            assert len(opus) <= 20_000, name
            assert 0.2 < seconds(opus) <= 10, name


@pytest.mark.parametrize("language", languages())
def test_every_sound_file_says_what_is_said_now(language: str) -> None:
    record = json.loads(SOUNDS.joinpath(language, "dibuat.json").read_text())
    made_for = {name: entry["teks"] for name, entry in record.items()}

    assert made_for == {
        sound(key, number): hashlib.sha256(sentence.encode()).hexdigest()[:16]
        for key, sentences in spoken(language).items()
        for number, sentence in enumerate(sentences, 1)
    }
    assert {file.name for file in SOUNDS.joinpath(language).glob("*.opus")} == set(made_for)


@pytest.mark.parametrize("language", languages())
def test_all_sounds_of_a_language_are_less_than_one_and_a_half_megabytes(language: str) -> None:
    assert sum(file.stat().st_size for file in SOUNDS.joinpath(language).iterdir()) < 1_500_000


@pytest.mark.parametrize("language", languages())
def test_every_title_question_and_choice_is_spoken(language: str) -> None:
    said = spoken(language)
    for screen in FORM.screens:
        prefix = f"{screen.key}-" if screen.per_member else ""
        assert screen.per_member or f"judul-{screen.key}" in said
        for question in screen.questions:
            assert prefix + question.key in said
            for choice in question.choices:
                assert f"{prefix}{question.key}-{choice.code}" in said
            assert question.kind is not Kind.PEOPLE or said.keys() >= PEOPLE


@pytest.mark.parametrize("language", languages())
def test_receipts_numbers_and_dates_can_be_spelled(language: str) -> None:
    wanted = {f"eja-{each}" for each in [*ALPHABET.lower(), *range(32)]}
    wanted |= {f"bulan-{each}" for each in range(1, 13)}
    assert wanted <= spoken(language).keys()


def test_every_key_on_a_page_has_words_and_no_words_are_left_over() -> None:
    fixed = tomllib.loads(FOLDER.with_name("suara.toml").read_text()).keys()
    on_pages = {key for file in TEMPLATES for key in _keys(file)} - {"#"}
    by_script = set(
        re.findall(r'"([a-z]+(?:-[a-z]+)*)(?:\.1)?"', (FOLDER / "suara.js").read_text())
    )
    titles = {each for each in fixed if each.startswith("judul-")}
    fields = {f"cek-{name}" for name in ("nik", "bukti", "kk")}
    afterwards = {name for name in names() if name.startswith("sesudah-")}

    assert on_pages | afterwards <= fixed
    assert fixed - on_pages - by_script - titles - fields - afterwards - PEOPLE == set()


def _keys(template: Path) -> list[str]:
    return re.findall(r'data-ucap="([^"]+)"', template.read_text())


def test_what_is_spoken_spells_out_what_a_voice_would_stumble_over() -> None:
    written = {key: re.findall(r"\b[A-Z]{2,}\b|\d|/|\bRp", text) for key, text in words().items()}
    assert {key: found for key, found in written.items() if found} == {}


def test_spoken_sentences_are_short() -> None:
    texts = list(words().values())
    assert max(map(longest_sentence, texts)) <= 20
    assert mean_sentence(*texts) <= 12
