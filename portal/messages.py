"""Bring the catalogues up to date with the texts in the code: `make messages`.

New texts come in untranslated, what is no longer said goes out, translations stay as they are: the
same code gives the same files. A test fails while a text has no translation.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from portal.language import NAME, catalogue_files
from portal.wording import citizen_texts

_PORTAL: Final = Path(__file__).parent
_METHODS: Final = [("**.py", "python"), ("templates/**.html", "jinja2")]
_KEYWORDS: Final = {"_": None, "gettext": None, "lazy_gettext": None}
_HEADER: Final = r"""msgid ""
msgstr ""
"Language: {code}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""
"""Only what programs need: a date would differ each time."""

_OF_NAME: Final = "What this language calls itself, such as: English"


def texts() -> Catalog:
    """Return every text of the portal and of the domain that a citizen may see, untranslated."""
    found = Catalog(charset="utf-8")
    found.add(NAME, auto_comments=[_OF_NAME])
    for file, _, message, _, _ in extract_from_dir(
        _PORTAL, _METHODS, keywords=_KEYWORDS, comment_tags=()
    ):
        found.add(message, locations=[(f"portal/{file}", 1)])
    for text in citizen_texts():
        found.add(text, locations=[("registry", 1)])
    return found


def update(file: Path, code: str, found: Catalog) -> int:
    """Bring one catalogue up to date; returns how many texts wait for their translation."""
    with file.open("rb") as source:
        catalogue = read_po(source, locale=code)
    catalogue.update(found, no_fuzzy_matching=True)
    with file.open("wb") as target:
        target.write(_HEADER.format(code=code).encode())
        write_po(
            target,
            catalogue,
            width=100,
            sort_by_file=True,
            include_lineno=False,
            omit_header=True,
            ignore_obsolete=True,
        )
    return sum(1 for message in catalogue if message.id and not message.string)


def main() -> int:
    """Update every catalogue; the exit code is 1 while a text waits for its translation."""
    found, waiting = texts(), 0
    for code, file in catalogue_files().items():
        missing = update(file, code, found)
        print(f"{file.relative_to(_PORTAL.parent)}: {missing} texts to translate")  # noqa: T201
        waiting += missing
    return 1 if waiting else 0


if __name__ == "__main__":
    sys.exit(main())
