"""Sending photos from a phone: with scripts, without, on a network that fails."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from portal.citizen import photo_links
from tests.browser.conftest import NewPage
from tests.images import encoded, picture
from tests.stack import Stack

pytestmark = pytest.mark.timeout(300)

ARRIVED = re.compile("^Sudah")
SLOW = 30_000
"""Milliseconds: a busy computer decodes twelve megapixels as slowly as a phone."""


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give what a phone's camera makes: twelve megapixels, some megabytes."""
    path = tmp_path_factory.mktemp("photos") / "IMG_0001.jpg"
    path.write_bytes(encoded(picture(800, 600, noise=True).resize((4000, 3000))))
    assert 1_000_000 < path.stat().st_size < 8_000_000
    return path


def open_page(stack: Stack, page: Page, number: int) -> None:
    token = photo_links.write(bytes([number]) * 16, stack.settings()["SECRET_KEY"])
    page.goto(f"{stack.url}/foto/{token}")


def choose(page: Page, kind: str, file: Path | None) -> None:
    if file:
        page.locator(f"#foto-{kind}").set_input_files(file)
    page.locator(f"#{kind} button").click()


def test_a_photo_is_made_small_sent_and_looked_at(
    stack: Stack, new_page: NewPage, big: Path
) -> None:
    page = new_page()
    sent: list[int] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(int(request.header_value("content-length") or 0))

    page.on("requestfinished", note)
    open_page(stack, page, 1)
    choose(page, "ktp", big)
    expect(page.locator("#ktp .keadaan")).to_have_text(ARRIVED, timeout=SLOW)
    expect(page.locator("#ktp .keadaan")).to_have_text("Sudah ada.", timeout=SLOW)
    assert len(sent) == 1
    assert 10_000 < sent[0] <= 201 * 1024
    expect(page.locator("#kk .keadaan")).to_have_text("Belum ada.")
    assert page.url.count("/foto/") == 1


def test_without_scripts_the_same_photo_is_taken_as_it_is(
    stack: Stack, new_page: NewPage, big: Path
) -> None:
    page = new_page(javascript=False)
    open_page(stack, page, 2)
    choose(page, "rumah_depan", big)
    expect(page.locator("#rumah_depan .keadaan")).to_have_text(ARRIVED, timeout=SLOW)
    assert page.url.endswith("#rumah_depan")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_file_that_is_no_photo_is_explained_beside_its_question(
    stack: Stack, new_page: NewPage, tmp_path: Path, javascript: bool
) -> None:
    file = tmp_path / "surat.jpg"
    file.write_bytes(b"%PDF-1.7 not a photo")
    page = new_page(javascript=javascript)
    open_page(stack, page, 3)
    choose(page, "kk", file)
    expect(page.locator("#kk [role=alert]")).to_contain_text("Ini bukan foto yang bisa dibaca")
    expect(page.locator("#ktp [role=alert]")).to_have_count(0)
    if javascript:  # what was said of one photo is not said of the next
        page.context.set_offline(True)
        choose(page, "kk", file)
        expect(page.locator("#kk [role=status]")).to_contain_text("belum terkirim", timeout=SLOW)
        expect(page.locator("#kk [role=alert]")).to_have_count(0)


def test_a_network_that_fails_is_told_and_the_photo_can_be_sent_again(
    stack: Stack, new_page: NewPage, big: Path
) -> None:
    page = new_page()
    open_page(stack, page, 4)
    page.context.set_offline(True)
    choose(page, "kk", big)
    expect(page.locator("#kk [role=status]")).to_contain_text("belum terkirim", timeout=SLOW)
    page.context.set_offline(False)
    choose(page, "kk", None)
    expect(page.locator("#kk .keadaan")).to_have_text(ARRIVED, timeout=SLOW)


def test_nothing_chosen_is_told_without_asking_the_server(stack: Stack, new_page: NewPage) -> None:
    page = new_page()
    open_page(stack, page, 5)
    choose(page, "ktp", None)
    expect(page.locator("#ktp [role=status]")).to_have_text("Pilih fotonya dulu.")
