"""Look at the page that shows as the bars want it: by axe, and by the boxes of what is on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

LANGUAGES: Final = ("", "/en")
"""What the addresses of each language begin with."""

RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
CONTRAST: Final = "color-contrast-enhanced"
"""axe's rule for 7:1, and 4.5:1 for large letters."""

_AXE: Final = {
    "runOnly": {"type": "tag", "values": [*RULES, "best-practice"]},
    # 7:1 takes in 4.5:1, which takes as long again.
    "rules": {CONTRAST: {"enabled": True}, "color-contrast": {"enabled": False}},
    "resultTypes": ["violations"],
}
_MEASURE: Final = (Path(__file__).parent / "looking.js").read_text().partition("\n")[2].strip()
# Screens that do not show are away while axe looks: it would take five times as long to pass them
# over. All at one go: each question to a browser costs as much as its boxes.
_LOOK: Final = f"""async (options) => {{
  const away = [...document.querySelectorAll("section[data-layar][hidden]")].map((screen) => {{
    const place = document.createComment("");
    screen.replaceWith(place);
    return () => place.replaceWith(screen);
  }});
  const {{ violations }} = await axe.run(options);
  away.forEach((bring) => bring());
  const doctype = new XMLSerializer().serializeToString(document.doctype);
  return {{
    violations,
    measured: ({_MEASURE})(),
    html: doctype + document.documentElement.outerHTML,
  }};
}}"""
_MEASURE_AT_SIZE: Final = f"""async (size) => {{
  const style = getComputedStyle(document.documentElement);
  while (style.fontSize !== `${{size}}px`) await new Promise(requestAnimationFrame);
  return ({_MEASURE})();
}}"""
_ORDINARY, _TWICE = 16, 32


@dataclass(frozen=True, slots=True)
class Seen:
    """A page or a screen that was looked at, and what is wrong with it; lists are empty if nothing.

    Each fault says what and where, for who has to mend it.
    """

    name: str
    html: str
    rules: list[str]
    """Of WCAG 2.2 A and AA, and of axe's best practices."""
    contrast: list[str]
    small: list[str]
    """Targets that a finger may miss; links in the middle of a sentence do not count."""
    cut: list[str]
    cut_at_twice_the_size: list[str]


def look(page: Page, name: str) -> Seen:
    """Look at what shows now, without changing it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(_LOOK, _AXE)
    broken = list(_broken(found["violations"]))
    with _letters_at_twice_the_size(page):
        enlarged = page.evaluate(_MEASURE_AT_SIZE, _TWICE)
    return Seen(
        name=name,
        html=found["html"],
        rules=[fault for rule, fault in broken if rule != CONTRAST],
        contrast=[fault for rule, fault in broken if rule == CONTRAST],
        small=found["measured"]["small"],
        cut=found["measured"]["cut"],
        cut_at_twice_the_size=enlarged["cut"],
    )


def _broken(violations: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for each in violations:
        for node in each["nodes"]:
            yield each["id"], f"{each['id']}: {node['html'][:160]} {node['failureSummary']}"


@contextmanager
def _letters_at_twice_the_size(page: Page) -> Iterator[None]:
    """Set what a phone's settings set: the size of letters, to which media queries answer too."""
    devtools = page.context.new_cdp_session(page)
    try:
        devtools.send("Page.setFontSizes", {"fontSizes": {"standard": _TWICE}})
        yield
    finally:
        devtools.send("Page.setFontSizes", {"fontSizes": {"standard": _ORDINARY}})
        devtools.detach()
