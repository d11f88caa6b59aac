"""What a sender reads on the portal's pages: as a browser and a citizen would, no more."""

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Final

from registry.rules.errors import Invalid
from registry.rules.receipts import ALPHABET, parse_receipt

_TAG: Final = re.compile(r"<[^>]*>")
_GROUP: Final = f"([{ALPHABET}]{{4}})"
_DASH: Final = r"\s*[-–]\s*"
_CODE: Final = re.compile(rf"(?<!\w){_GROUP}{_DASH}{_GROUP}{_DASH}{_GROUP}(?!\w)")


@dataclass(slots=True)
class FormPage:
    """A page with a form: its hidden fields, and the fields that its error summary names."""

    hidden: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def receipt_shown(page: str) -> str | None:
    """Return the receipt code that stands on a page, canonical; None when there is none.

    A code is three groups of four with dashes between them that pass the check character.
    """
    for match in _CODE.finditer(unescape(_TAG.sub(" ", page))):
        try:
            return parse_receipt("".join(match.groups()))
        except Invalid:
            continue
    return None


def read_form(page: str) -> FormPage:
    """Return what a page's forms send along unseen, and what its error summary points to."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    """Collects hidden inputs, and links of the alert to fields of the same page."""

    def __init__(self) -> None:
        super().__init__()
        self.found = FormPage()
        self._alert = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "input" and values.get("type", "").lower() == "hidden" and values.get("name"):
            self.found.hidden[values["name"]] = values.get("value", "")
        if self._depth:
            target = values.get("href", "")
            if tag == "a" and target.startswith("#"):
                self.found.problems.append(target[1:])
            # Only its own kind is counted: many end tags inside may be left out.
            self._depth += tag == self._alert
        elif values.get("role") == "alert":
            self._alert, self._depth = tag, 1

    def handle_endtag(self, tag: str) -> None:
        if self._depth and tag == self._alert:
            self._depth -= 1
