"""The pictures and the page that shows them in order. What was there before is replaced."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from html import escape
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from babel import Locale
from PIL import Image
from playwright.sync_api import Page

COLOURS = 64
IN_A_ROW = 4
WIDTH = 360

MONTHS = Locale("id").months["format"]["wide"].values()
ENGLISH = Locale("en").months["format"]["wide"].values()
_YEAR = datetime.now(UTC).year
_YEARS = "|".join(str(_YEAR + n) for n in (-1, 0, 1))
# What differs from run to run, and what stands for it; a date of birth is older than these.
STILL = {
    rf"\d{{1,2}} (?:{'|'.join(MONTHS)}) (?:{_YEARS}) pukul \d\d\.\d\d WIB": (
        "17 Agustus 2026 pukul 23.59 WIB"
    ),
    rf"\d{{1,2}} (?:{'|'.join(MONTHS)}) (?:{_YEARS})(?! pukul)": "17 Agustus 2026",
    rf"\d{{1,2}} (?:{'|'.join(ENGLISH)}) (?:{_YEARS}) at \d\d\.\d\d WIB": (
        "17 August 2026 at 23.59 WIB"
    ),
    r"\d+ detik": "20 detik",
}
_MAKE_STILL = """still => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    for (const [pattern, word] of Object.entries(still)) {
      const text = walker.currentNode.data.replace(new RegExp(pattern, "g"), word);
      if (text !== walker.currentNode.data) walker.currentNode.data = text;
    }
  }
}"""

INTRODUCTION = """\
# Every screen

At 360 px, in order, of made-up households. `make gallery` takes these pictures of the running
product; dates and seconds are replaced, so that only what has changed changes. Screens are added in
`tests/browser/gallery/scenes.py`.
"""


class Shot(NamedTuple):
    """A screen that shows now: the name of its file, what it is, and where it is looked at."""

    name: str
    caption: str
    page: Page
    whole: bool = True
    """Whether all of the page, or only what the phone shows at once."""


class Album:
    """A folder of pictures, and its README.md."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._chapters: list[tuple[str, list[tuple[str, str]]]] = []
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.png"):
            old.unlink()

    def begin(self, title: str) -> None:
        """Begin a chapter."""
        self._chapters.append((title, []))

    def add(self, shot: Shot) -> None:
        """Take a picture; each has a name of its own."""
        path = self._folder / f"{shot.name}.png"
        assert re.fullmatch(r"[a-z0-9_-]+", shot.name), shot.name
        assert not path.exists(), f"there are two pictures {shot.name}"
        shot.page.evaluate(_MAKE_STILL, STILL)
        with _unrolled(shot.page) if shot.whole else nullcontext():
            png = shot.page.screenshot(animations="disabled")
        self.keep(shot.name, shot.caption, Image.open(BytesIO(png)))

    def keep(self, name: str, caption: str, picture: Image.Image) -> None:
        """Keep a picture in few colours: text and flat drawings do not need more."""
        small = _in_few_colours(picture.convert("RGB"))
        small.save(self._folder / f"{name}.png", optimize=True)
        self._chapters[-1][1].append((name, caption))

    def close(self) -> tuple[int, int]:
        """Write README.md; return how many pictures there are and how many bytes."""
        pages = [INTRODUCTION, *(_chapter(title, shots) for title, shots in self._chapters)]
        (self._folder / "README.md").write_text("\n".join(pages), encoding="utf-8")
        sizes = [each.stat().st_size for each in self._folder.glob("*.png")]
        return len(sizes), sum(sizes)


def _in_few_colours(picture: Image.Image) -> Image.Image:
    """Give a picture in its commonest colours, exactly; Pillow's own choice would shift them."""
    pixels = picture.tobytes()
    counted = Counter(pixels[n : n + 3] for n in range(0, len(pixels), 3))
    # One of each few shades: between two that are close Pillow takes either.
    chosen: dict[tuple[int, ...], bytes] = {}
    for colour, _ in counted.most_common():
        chosen.setdefault(tuple(part // 8 for part in colour), colour)
    palette = Image.new("P", (1, 1))
    palette.putpalette(b"".join(list(chosen.values())[:COLOURS]))
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


@contextmanager
def _unrolled(page: Page) -> Iterator[None]:
    """Make the phone as long as the page: what sticks to its lower edge is then below the rest."""
    size = page.viewport_size
    assert size
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    yield
    page.set_viewport_size(size)


def _chapter(title: str, shots: list[tuple[str, str]]) -> str:
    rows = [shots[n : n + IN_A_ROW] for n in range(0, len(shots), IN_A_ROW)]
    return "\n".join([f"## {title}", "", "<table>", *map(_row, rows), "</table>", ""])


def _row(shots: list[tuple[str, str]]) -> str:
    cells = (
        f'<td valign="top">{escape(caption)}<br>'
        f'<img src="{name}.png" width="{WIDTH * 2 // 3}" alt="{escape(caption)}"></td>'
        for name, caption in shots
    )
    return "\n".join(["<tr>", *cells, "</tr>"])
