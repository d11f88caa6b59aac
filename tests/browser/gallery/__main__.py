"""`python -m tests.browser.gallery [FOLDER] [--only CHAPTER]` takes the pictures."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from tests.browser.gallery import desk
from tests.browser.gallery.album import Album
from tests.browser.gallery.product import running
from tests.browser.gallery.scenes import CHAPTERS, Chapter

SCREENS = Path(__file__).parents[3] / "docs" / "screens"
ALL = (CHAPTERS, desk.CHAPTERS)
"""What citizens see, and the desk: each on a product of its own."""


def main() -> None:
    """Take the pictures, and say how many there are."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.gallery")
    parser.add_argument("folder", type=Path, nargs="?", default=SCREENS)
    every = [title for chapters in ALL for title in chapters]
    parser.add_argument("--only", action="append", choices=every, help="only this chapter")
    asked = parser.parse_args()
    album = Album(asked.folder)
    for chapters in ALL:
        wanted = [title for title in chapters if title in (asked.only or every)]
        if wanted:
            _take(album, {title: chapters[title] for title in wanted})
    number, size = album.close()
    print(f"{number} pictures, {size // 1024} KB, in {asked.folder}")  # noqa: T201


def _take(album: Album, chapters: Mapping[str, Chapter]) -> None:
    """Take the pictures of some chapters, on a product of their own."""
    with running() as product:
        for title, chapter in chapters.items():
            album.begin(title)
            for shot in chapter(product):
                album.add(shot)
                print(shot.name, flush=True)  # noqa: T201
            product.contexts.close()


if __name__ == "__main__":
    main()
