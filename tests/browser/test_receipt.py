"""The receipt in the hand: kept as a picture, on paper, in one's own chat, or by pen."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
import segno
from PIL import Image
from playwright.sync_api import Page, expect

from portal.citizen import receipt
from portal.pictures import names
from registry.rules.receipts import format_receipt
from tests.browser.conftest import NewPage
from tests.stack import Stack

pytestmark = pytest.mark.timeout(300)

RECEIPT = receipt.Receipt(bytes(range(16)), datetime(2026, 3, 2, 1, 15, tzinfo=UTC))
CODE = format_receipt(RECEIPT.code)
QR_SIDE = 400
"""Pixels of the QR code in the picture."""


def open_receipt(stack: Stack, page: Page) -> None:
    page.goto(f"{stack.url}/bukti/{receipt.write(RECEIPT, stack.settings()['SECRET_KEY'])}")


def shows_qr(picture: Image.Image, text: str) -> bool:
    """Whether a row of the picture begins the QR code of a text, as the portal makes it."""
    rows = list(segno.make_qr(text, error="m", mask=0).matrix_iter(border=4))
    module, left = QR_SIDE / len(rows), (picture.width - QR_SIDE) / 2
    middles = [
        (left + module * (x + 0.5), module * (y + 0.5), bool(dark))
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
    ]
    grey, width = picture.tobytes(), picture.width
    return any(
        all((grey[int(top + y) * width + int(x)] < 128) == dark for x, y, dark in middles)
        for top in range(picture.height - QR_SIDE)
    )


def test_the_receipt_is_saved_as_a_small_picture_with_its_qr_code(
    stack: Stack, new_page: NewPage
) -> None:
    page = new_page()
    open_receipt(stack, page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Simpan gambar").click()
    expect(page.get_by_role("status").last).to_contain_text("Gambar disimpan")

    assert download.value.suggested_filename == "bukti-daftar.png"
    content = Path(download.value.path()).read_bytes()
    assert len(content) <= 100_000
    picture = Image.open(BytesIO(content)).convert("L")
    assert picture.width == 720
    assert shows_qr(picture, f"{stack.url}/cek#{CODE}")


def test_on_paper_it_is_one_page_with_the_code_and_no_buttons(
    stack: Stack, new_page: NewPage
) -> None:
    page = new_page()
    open_receipt(stack, page)
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1
    page.emulate_media(media="print")
    expect(page.get_by_role("heading")).to_have_text(["Bukti daftar — bukan bukti dapat bantuan"])
    expect(page.locator(".kode")).to_have_text(CODE)
    expect(page.locator(".bukti img")).to_be_visible()
    expect(page.locator("main a:visible, main button:visible")).to_have_count(0)


def test_what_comes_next_is_drawn(stack: Stack, new_page: NewPage) -> None:
    page = new_page(width=320)
    open_receipt(stack, page)
    page.wait_for_function("document.querySelector('.sesudah .gambar').getBBox().width > 0")
    drawn = page.locator(".sesudah .gambar").evaluate_all(
        """all => all.map(each => [each.firstElementChild.href.baseVal.split('#')[1],
                                   each.getBBox().width > 40, each.clientHeight >= 72])"""
    )
    assert drawn == [[name, True, True] for name in names() if name.startswith("sesudah-")]
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_without_scripts_it_says_what_still_works(stack: Stack, new_page: NewPage) -> None:
    page = new_page(javascript=False)
    open_receipt(stack, page)
    expect(page.get_by_text("Foto layar ini, atau tulis kodenya di kertas.")).to_be_visible()
    expect(page.get_by_role("link", name="Kirim ke WhatsApp sendiri")).to_be_visible()
    expect(page.locator("main button:visible")).to_have_count(0)
