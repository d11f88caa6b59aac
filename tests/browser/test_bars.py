"""What every page, and every screen of the guided form, is measured by; in each language.

Each is looked at once, on a phone 320 px wide. Each bar then has a test of its own, which names
the pages that miss it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import NewPage, visitors
from tests.browser.every_page import Answer, every_page
from tests.browser.looking import LANGUAGES, Seen, look
from tests.browser.typing import household_of_four
from tests.browser.walking import LAST, answer_screen, onward, screen
from tests.stack import Stack
from tests.w3c.checker import Fault, faults

pytestmark = pytest.mark.timeout(600)

LONG = ("form, sent empty", "form, members to fill in")
"""Pages that show every question at once; other forms are parts of these."""

Everything = dict[str, tuple[list[Answer], list[Seen]]]
"""The pages in each language, and what was seen on them."""

STATIC = Path(__file__).parents[2] / "portal" / "static"


@pytest.fixture(scope="module")
def everything(stack: Stack, browser: Browser) -> Everything:
    """Look once, in each language, at every page and every screen."""
    found = {}
    for language, answers in every_page(stack, LANGUAGES).items():
        with visitors(browser) as new_page:
            seen = list(_pages(stack, new_page, answers))
            seen += _screens(stack, new_page(width=320, height=640), language)
        found[language] = answers, seen
    return found


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """Give what addresses begin with in one language."""
    return str(request.param)


@pytest.fixture
def answers(everything: Everything, language: str) -> list[Answer]:
    """Give every page in one language."""
    return everything[language][0]


@pytest.fixture
def seen(everything: Everything, language: str) -> list[Seen]:
    """Give what was seen on every page and every screen in one language."""
    return everything[language][1]


def _pages(stack: Stack, new_page: NewPage, answers: list[Answer]) -> Iterator[Seen]:
    """Show each page where a browser would; the form guided, or as the one long form it is too."""
    guided, plain = new_page(width=320, height=640), new_page(width=320, height=640)
    plain.route("**/formulir.js", lambda route: route.abort())
    for answer in answers:
        if "data-pandu" not in answer.html or answer.name in LONG:
            yield look(_show(plain, stack, answer), answer.name)
        else:
            _show(guided, stack, answer).locator("html.dipandu").wait_for()
            yield look(guided, f"{answer.name}, guided")


def _show(page: Page, stack: Stack, answer: Answer) -> Page:
    address = stack.url + answer.language + answer.path
    page.route(
        address,
        lambda route: route.fulfill(
            status=answer.status, headers=dict(answer.headers), body=answer.html
        ),
    )
    page.goto(address)
    page.unroute(address)
    return page


def _screens(stack: Stack, page: Page, language: str) -> Iterator[Seen]:
    """Walk the form: each screen when it asks, when it was not answered, and answered."""
    household = household_of_four(300)
    page.goto(f"{stack.url}{language}/daftar")
    yield look(page, screen(page))
    onward(page)
    while (here := screen(page)) != LAST:
        onward(page)  # unanswered: its errors, or on when nothing is required
        if screen(page) != here:
            continue
        yield look(page, f"{here}, not answered")
        if here == "kelurahan":
            yield from _kelurahan(page)
        answer_screen(page, household)
        yield look(page, f"{here}, answered")
        onward(page)
    yield look(page, LAST)


def _kelurahan(page: Page) -> Iterator[Seen]:
    for name, typed in (("none of that name", "xyz"), ("names to choose from", "jati")):
        page.get_by_role("combobox").fill(typed)
        yield look(page, f"kelurahan, {name}")


def missed(seen: list[Seen], bar: str) -> list[tuple[str, str]]:
    """Return each page that misses a bar, and by what."""
    return [(each.name, fault) for each in seen for fault in getattr(each, bar)]


def test_all_was_seen(seen: list[Seen]) -> None:
    names = [each.name for each in seen]
    assert len(names) == len(set(names)) >= 45


def test_no_rule_of_wcag_is_broken(seen: list[Seen]) -> None:
    assert missed(seen, "rules") == []


def test_words_stand_out_seven_to_one(seen: list[Seen]) -> None:
    assert missed(seen, "contrast") == []


def test_a_finger_hits_every_target(seen: list[Seen]) -> None:
    assert missed(seen, "small") == []


def test_nothing_is_cut(seen: list[Seen]) -> None:
    assert missed(seen, "cut") == []


def test_nothing_is_cut_when_letters_are_twice_the_size(seen: list[Seen]) -> None:
    assert missed(seen, "cut_at_twice_the_size") == []


@pytest.fixture(scope="module")
def wrong(everything: Everything, tmp_path_factory: pytest.TempPathFactory) -> list[Fault]:
    """Let the W3C checker read it all at once; a fault's file is the page's language and name.

    Pages as they are sent, screens as scripts have made them, and styles and drawings.
    """
    html: dict[str, tuple[str, str]] = {}
    for language, (answers, seen) in everything.items():
        pages = [(each.name, each.html) for each in answers]
        pages += [(each.name, each.html) for each in seen if "dipandu" in each.html]
        for name, text in pages:
            html[f"{len(html)}.html"] = f"{language} {name}", text
    files: dict[str, str | bytes] = {file: text for file, (_, text) in html.items()}
    static = [file for file in STATIC.iterdir() if file.suffix in {".css", ".svg"}]
    assert len(static) >= 4
    files |= {file.name: file.read_bytes() for file in static}
    found = faults(tmp_path_factory.mktemp("w3c"), files)
    return [each._replace(file=html.get(each.file, (each.file,))[0]) for each in found]


def test_the_w3c_checker_finds_no_error(wrong: list[Fault], language: str) -> None:
    """In pages and screens of a language, and in what all of them share."""
    others = tuple(f"{each} " for each in LANGUAGES if each != language)
    assert [each for each in wrong if not each.file.startswith(others)] == []


def test_a_page_says_its_language_and_title_and_has_one_heading(answers: list[Answer]) -> None:
    for each in answers:
        assert re.findall(r"<html lang=\"(\w+)\">", each.html) == [each.language.strip("/") or "id"]
        assert re.search(r"<title>[^<-]+ - [^<]+</title>", each.html), each.name
        assert each.html.count("<h1") == 1, each.name


def test_the_policy_lets_in_nothing_inline_and_nobody_else(answers: list[Answer]) -> None:
    for each in answers:
        policy = dict(
            directive.split(maxsplit=1)
            for directive in each.headers["Content-Security-Policy"].split("; ")
        )
        assert policy["default-src"] == "'none'", each.name
        sources = {source for directive in policy.values() for source in directive.split()}
        assert sources <= {"'none'", "'self'", "data:", "blob:"}, each.name
        assert policy["script-src"] == "'self'", each.name
        assert policy["style-src"] == "'self'", each.name
