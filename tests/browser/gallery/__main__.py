"""`python -m tests.browser.gallery [FOLDER] [--only CHAPTER]` takes the pictures."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.browser.gallery.album import Album
from tests.browser.gallery.product import running
from tests.browser.gallery.scenes import CHAPTERS

SCREENS = Path(__file__).parents[3] / "docs" / "screens"


def main() -> None:
    """Take the pictures, and say how many there are."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.gallery")
    parser.add_argument("folder", type=Path, nargs="?", default=SCREENS)
    parser.add_argument("--only", action="append", choices=CHAPTERS, help="only this chapter")
    asked = parser.parse_args()
    album = Album(asked.folder)
    with running() as product:
        for title in asked.only or CHAPTERS:
            album.begin(title)
            for shot in CHAPTERS[title](product):
                album.add(shot)
                print(shot.name, flush=True)  # noqa: T201
            product.contexts.close()
    number, size = album.close()
    print(f"{number} pictures, {size // 1024} KB, in {asked.folder}")  # noqa: T201


if __name__ == "__main__":
    main()
