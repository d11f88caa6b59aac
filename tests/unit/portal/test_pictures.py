"""The drawings, of choices and of what comes next: all there, all different, small, harmless."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from xml.etree import ElementTree as ET

import pytest

from portal.assets import FOLDER
from portal.pictures import SPRITE, names
from registry.rules.questionnaire import questionnaire

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = [
    "sta_bangunan", "lantai", "dinding", "fasbab", "sumber_penerangan", "daya", "sumber_airminum",
    "ktp_dki", "ada_mobil",
]  # fmt: skip
WHOLE_QUESTIONS = {
    "nik", "kk", "disabilitas", "khawatir_makan", "tidak_beli_pakaian",
}  # fmt: skip
WHOSE_PHONE = {"hp-sendiri", "hp-pinjaman"}
AFTERWARDS = {"sesudah-periksa", "sesudah-rumah", "sesudah-musyawarah", "sesudah-hasil"}
OTHER = {"sta_bangunan-5", "lantai-10", "sumber_airminum-12"}
TINT = "#b4cfe8"
PARTS = {"svg", "symbol", "g", "path", "rect", "circle", "ellipse", "text"}


@pytest.fixture(scope="module")
def symbols() -> list[ET.Element]:
    return list(ET.parse(SPRITE).getroot())


def test_every_choice_of_a_drawn_question_has_a_drawing_and_no_drawing_lacks_a_choice() -> None:
    asked = questionnaire().question
    choices = {f"{key}-{choice.code}" for key in DRAWN for choice in asked(key).choices}

    assert set(names()) == choices | WHOLE_QUESTIONS | WHOSE_PHONE | AFTERWARDS


def test_a_name_is_given_once(symbols: list[ET.Element]) -> None:
    assert [each.get("id") for each in symbols] == list(names())
    assert max(Counter(names()).values()) == 1


def test_no_two_choices_look_alike(symbols: list[ET.Element]) -> None:
    """Only 'something else' is the same drawing in every question."""
    alike: dict[str, set[str | None]] = {}
    for each in symbols:
        body = "".join(ET.tostring(part, encoding="unicode") for part in each)
        alike.setdefault(body, set()).add(each.get("id"))

    assert [found for found in alike.values() if len(found) > 1] == [OTHER]


def test_the_sprite_is_nothing_but_drawings(symbols: list[ET.Element]) -> None:
    """No script, no style, no link, no text but the numbers and Rp that are on the thing itself."""
    parts = list(ET.parse(SPRITE).iter())

    assert {each.tag.removeprefix(SVG) for each in parts} <= PARTS
    assert not [
        (name, value)
        for each in parts
        for name, value in each.attrib.items()
        if name == "style" or name.startswith("on") or "href" in name or "url(" in value
    ]
    assert "<!DOCTYPE" not in SPRITE.read_text()
    words = {each.text for each in parts if each.tag == f"{SVG}text"}
    assert words == {"450", "900", "1.300", "2.200", ">2.200", "Rp"}


def test_the_label_of_the_meter_is_what_the_choice_says(symbols: list[ET.Element]) -> None:
    labels = {each.get("id"): each.findtext(f"{SVG}text") for each in symbols}

    for choice in questionnaire().question("daya").choices[:4]:
        assert labels[f"daya-{choice.code}"] == choice.label


def test_the_colours_are_those_of_the_portal_and_one_tint() -> None:
    palette = set(re.findall(r"#[0-9a-f]{6}", (FOLDER / "portal.css").read_text())) | {TINT, "#fff"}
    used = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]+)"', SPRITE.read_text()))

    assert used <= palette


def test_the_whole_set_is_small() -> None:
    assert len(gzip.compress(SPRITE.read_bytes(), 9)) <= 11_000
