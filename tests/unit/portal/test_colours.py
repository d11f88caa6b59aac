"""The colours: text stands out 7:1 from every ground that it may stand on, large letters too."""

from __future__ import annotations

import re

import pytest

from portal.assets import FOLDER

STYLES = {file.name: file.read_text() for file in FOLDER.glob("*.css")}
COLOURS = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", STYLES["portal.css"]))
WHITE = "#ffffff"
GROUNDS = [WHITE, *(COLOURS[name] for name in COLOURS if name.startswith("lapis"))]
DARK = [COLOURS[name] for name in ("biru", "tombol", "hijau")]
"""What white letters stand on."""


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour as WCAG defines it, from 0 to 1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000000", WHITE) == pytest.approx(21)
    assert contrast("#777777", WHITE) == pytest.approx(4.478, abs=0.001)


def test_text_stands_out_seven_to_one_from_every_ground() -> None:
    letters = {
        name
        for style in STYLES.values()
        for name in re.findall(r"[ {;]color: var\(--(\w+)\)", style)
    }
    assert letters >= {"tinta", "redup", "merah", "hijau", "tombol", "biru"}
    assert [
        (name, ground)
        for name in letters
        for ground in GROUNDS
        if contrast(COLOURS[name], ground) < 7
    ] == []
    assert [ground for ground in DARK if contrast(WHITE, ground) < 7] == []


def test_letters_have_no_other_colours() -> None:
    written = {
        colour for style in STYLES.values() for colour in re.findall(r"[ {;]color: ([^;}]+)", style)
    }
    assert {each for each in written if not each.startswith("var(--")} <= {
        "#fff",
        "inherit",
        "#000",
    }
