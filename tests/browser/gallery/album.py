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
WIDTH, HEIGHT = 360, 740
LAPTOP = (1366, 768)
"""An officer's old laptop."""
TALLEST = 2400
"""Of a long page, the beginning: nobody looks at a picture of ten screens."""

MONTHS = Locale("id").months["format"]["wide"].values()
ENGLISH = Locale("en").months["format"]["wide"].values()
_YEAR = datetime.now(UTC).year
_YEARS = "|".join(str(_YEAR + n) for n in (-1, 0, 1))
# What differs from run to run, and what stands for it; a date of birth is older than these.
STILL = {
    rf"\d{{1,2}} (?:{'|'.join(MONTHS)}) (?:{_YEARS}) pukul \d\d\.\d\d WIB": (
        "17 Agustus 2026 pukul 23.59 WIB"
    ),
    rf"\d{{1,2}} (?:{'|'.join(MONTHS)}) (?:{_YEARS})(?! pukul| at)": "17 Agustus 2026",
    rf"\d{{1,2}} (?:{'|'.join(ENGLISH)}) (?:{_YEARS}) at \d\d\.\d\d WIB": (
        "17 August 2026 at 23.59 WIB"
    ),
    r"\d+ detik": "20 detik",
    r"\d+ seconds": "20 seconds",
    r"^[\d.]+ milidetik$": "4 milidetik",
    r"^\d+ persen$": "3 persen",
    r"\d\d\.\d\d sampai \d\d\.\d\d": "09.10 sampai 09.25",
    r"^\d\d\.\d\d$": "09.10",
}
_MAKE_STILL = """still => {
  for (const day of document.querySelectorAll("input[type=date]")) day.value &&= "2026-08-17";
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

In the order of a round, of made-up households: what citizens see at 360 px, then the desk on an
old laptop (1366 px) and on a phone (360 px), then what is printed. `make gallery` takes these
pictures of the running product; dates and seconds are replaced, so that only what has changed
changes. Of a long page there is only the beginning. Links, keys and codes in them were of that
moment, and are of no use. Screens are added in `tests/browser/gallery/scenes.py`, those of the desk
in `tests/browser/gallery/desk/`.
"""


class Shot(NamedTuple):
    """A screen that shows now: the name of its file, what it is, and where it is looked at."""

    name: str
    caption: str
    page: Page
    whole: bool = True
    """Whether all of the page, or only what the phone shows at once."""
    desk: bool = False
    """Whether at the desk: on a laptop and on a phone, whatever size the page has now."""


class Paper(NamedTuple):
    """A page that is printed."""

    name: str
    caption: str
    picture: Image.Image


class Kept(NamedTuple):
    """What README.md tells of a picture: its file, what it is, and how wide to show it."""

    name: str
    caption: str
    width: int


class Album:
    """A folder of pictures, and its README.md."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._chapters: list[tuple[str, list[list[Kept]]]] = []
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.png"):
            old.unlink()

    def begin(self, title: str) -> None:
        """Begin a chapter."""
        self._chapters.append((title, []))

    def add(self, shot: Shot | Paper) -> None:
        """Keep what shows, or what is printed; each has a name of its own."""
        if isinstance(shot, Paper):
            self._keep(shot.name, shot.caption, shot.picture, shown=480)
        elif shot.desk:
            self._chapters[-1][1].append([])
            for width, height, touch in ((*LAPTOP, False), (WIDTH, HEIGHT, True)):
                with _device(shot.page, width, height, touch=touch):
                    picture = _taken(shot.page, whole=shot.whole)
                shown = 600 if width > WIDTH else 240
                self._keep(f"{shot.name}-{width}", shot.caption, picture, shown, beside=True)
        else:
            self._keep(shot.name, shot.caption, _taken(shot.page, whole=shot.whole), shown=240)

    def _keep(
        self, name: str, caption: str, picture: Image.Image, shown: int, *, beside: bool = False
    ) -> None:
        """Keep a picture in few colours: text and flat drawings do not need more."""
        path = self._folder / f"{name}.png"
        assert re.fullmatch(r"[a-z0-9_-]+", name), name
        assert not path.exists(), f"there are two pictures {name}"
        top = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, TALLEST)))
        _in_few_colours(top).save(path, optimize=True)
        rows = self._chapters[-1][1]
        if not beside and (not rows or len(rows[-1]) == IN_A_ROW):
            rows.append([])
        rows[-1].append(Kept(name, caption, shown))

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


def _taken(page: Page, *, whole: bool) -> Image.Image:
    page.evaluate(_MAKE_STILL, STILL)
    with _unrolled(page) if whole else nullcontext():
        return Image.open(BytesIO(page.screenshot(animations="disabled")))


@contextmanager
def _device(page: Page, width: int, height: int, *, touch: bool) -> Iterator[None]:
    """Show the page on another device, with a finger or with a mouse and keys."""
    before = page.viewport_size
    assert before
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": touch})
    page.set_viewport_size({"width": width, "height": height})
    yield
    page.set_viewport_size(before)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    devtools.detach()


@contextmanager
def _unrolled(page: Page) -> Iterator[None]:
    """Make the phone as long as the page: what sticks to its lower edge is then below the rest."""
    size = page.viewport_size
    assert size
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    yield
    page.set_viewport_size(size)


def _chapter(title: str, rows: list[list[Kept]]) -> str:
    return "\n".join([f"## {title}", "", "<table>", *map(_row, rows), "</table>", ""])


def _row(shots: list[Kept]) -> str:
    cells = (
        f'<td valign="top">{escape(each.caption)}<br>'
        f'<img src="{each.name}.png" width="{each.width}" alt="{escape(each.caption)}"></td>'
        for each in shots
    )
    return "\n".join(["<tr>", *cells, "</tr>"])
