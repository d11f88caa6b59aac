"""`python -m loadtests.bench.table`: the last results into the README and docs/performance.md.

A command of its own, so that a run to try something changes no document.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from loadtests.bench.report import as_markdown

if TYPE_CHECKING:
    from collections.abc import Sequence

PROJECT: Final = Path(__file__).resolve().parents[2]
RESULTS: Final = PROJECT / "loadtests" / "results"
PAGES: Final = (PROJECT / "README.md", PROJECT / "docs" / "performance.md")
TABLES: Final = ("bench", "growth")
"""Files of results, each with the marks of its name."""


class NoPlace(ValueError):  # noqa: N818 - named after what is the case
    """A page has no marks, or not a pair of them, between which a table belongs."""


def put(page: str, name: str, table: str) -> str:
    """Return a page with a table between `<!-- NAME -->` and `<!-- /NAME -->`.

    Raises NoPlace when it does not have both marks once, in this order.
    """
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, _, rest = page.partition(begin)
    _, found, after = rest.partition(end)
    if page.count(begin) != 1 or page.count(end) != 1 or not found:
        message = f"no place for the table {name}"
        raise NoPlace(message)
    return f"{before}{begin}{table}{found}{after}"


def main(names: Sequence[str]) -> int:
    """Write the tables whose results are there; give the exit code."""
    for name in names or [each for each in TABLES if _results(each).exists()]:
        table = as_markdown(json.loads(_results(name).read_text("utf-8")))
        for page in PAGES:
            text = page.read_text("utf-8")
            if f"<!-- {name} -->" in text:
                page.write_text(put(text, name, table), "utf-8")
                print(f"{name} written to {page.relative_to(PROJECT)}")
    return 0


def _results(name: str) -> Path:
    return RESULTS / f"{name}.json"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
