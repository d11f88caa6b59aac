"""What comes after sending: the receipt, the status in each state, photos."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from portal.limits import KK_TRIES
from registry.rules.lifecycle import State
from registry.rules.receipts import parse_receipt
from tests.browser.gallery.album import HEIGHT, WIDTH, Shot
from tests.browser.gallery.product import Product
from tests.images import jpeg
from tests.integration.portal.support import Fields, answers

STATES = {
    State.QUEUED: "waits for the meeting",
    State.NEEDS_CORRECTION: "something must be mended",
    State.FIELD_CHECK: "an officer will come",
    State.PROPOSED: "proposed",
    State.NOT_PROPOSED: "not proposed",
    State.OBJECTED: "objection received",
    State.FINALISED: "the meeting's result stands",
    State.FORWARDED: "sent to the ministry",
    State.WITHDRAWN: "withdrawn",
}
NOT_REGISTERED = "3171010101015001"


def receipts(product: Product) -> Iterator[Shot]:
    path = product.apply(answers(1))
    page = product.open(path)
    yield Shot("bukti", "The receipt", page)
    with page.expect_download() as download:
        page.locator("#simpan-gambar").click()
    expect(page.locator("#kabar-gambar")).not_to_be_empty()
    page.locator("#kabar-gambar").scroll_into_view_if_needed()
    yield Shot("bukti-disimpan", "Saved as a picture", page, whole=False)
    yield Shot("bukti-gambar", "That picture", _picture(product, download.value.path()))
    page.emulate_media(media="print")
    yield Shot("bukti-cetak", "On paper", page)
    yield Shot("bukti-polos", "Without scripts", product.open(path, javascript=False))


def _picture(product: Product, path: Path) -> Page:
    """Show a picture as the phone's gallery does."""
    page = product.phone().new_page()
    picture = Image.open(path)
    picture.thumbnail((WIDTH, HEIGHT))
    shrunk = BytesIO()
    picture.save(shrunk, "PNG")
    page.route(
        "**/*", lambda route: route.fulfill(body=shrunk.getvalue(), content_type="image/png")
    )
    page.set_viewport_size({"width": WIDTH, "height": picture.height})
    page.goto("http://gambar.localhost/")
    return page


def status(product: Product) -> Iterator[Shot]:
    page = product.open("/cek")
    yield Shot("cek", "Ask for the status", page)
    page.locator("main form button.tombol").click()
    yield Shot("cek-kosong", "Nothing filled in", page)
    page = product.open("/cek")
    page.locator("summary").click()
    yield Shot("cek-kk", "The code is lost", page)
    look_up(page, nik=NOT_REGISTERED, bukti="0000-0000-0000")
    yield Shot("status-tidak-ada", "Nothing fits", page)
    mine = answers(2)
    worker = product.stack.pid("worker")
    os.kill(worker, signal.SIGSTOP)
    try:
        code = receipt_code(product, mine)
        look_up(page, nik=mine["nik"][0], bukti=code)
        yield Shot("status-received", "Received: not yet seen by a worker", page)
    finally:
        os.kill(worker, signal.SIGCONT)
    product.stack.drained()
    for state, caption in STATES.items():
        move(product, code, state)
        look_up(page, nik=mine["nik"][0], bukti=code)
        yield Shot(f"status-{state}", f"{state}: {caption}", page)
    move(product, code, State.QUEUED)
    look_up(page, nik=mine["nik"][0], kk=mine["kk"][0])
    yield Shot("status-kk", "By NIK and KK: the step alone", page)
    receipt_code(product, {**mine, "alamat": ["Gang Baru nomor 9"], "bukti_lama": [code]})
    product.stack.drained()
    look_up(page, nik=mine["nik"][0], bukti=code)
    yield Shot("status-diganti", "Replaced by a later application", page)
    for _ in range(KK_TRIES):
        look_up(page, nik=NOT_REGISTERED, kk=mine["kk"][0])
    look_up(page, nik=NOT_REGISTERED, kk=mine["kk"][0])
    yield Shot("cek-batas", "Too many tries by KK in a day", page)


def receipt_code(product: Product, household: Fields) -> str:
    """Apply, and return the code as the receipt shows it."""
    page = product.open(product.apply(household))
    return page.locator(".kode").inner_text()


def look_up(page: Page, **fields: str) -> None:
    page.goto(page.url.partition("/cek")[0] + "/cek")
    if "kk" in fields:
        page.locator("summary").click()
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("main form button.tombol").click()
    page.locator("h1", has_not_text="Cek status").wait_for()


def move(product: Product, code: str, state: State) -> None:
    """Put an application into a state: only later pages will move one."""
    product.sql(
        "UPDATE application SET state = %(state)s, state_since = now() WHERE receipt = %(code)s",
        {"state": str(state), "code": parse_receipt(code)},
    )


def photos(product: Product) -> Iterator[Shot]:
    page = product.open(product.apply(answers(3)))
    page.get_by_role("link", name="Kirim foto").click()
    yield Shot("foto", "Photos, none yet", page)
    worker = product.stack.pid("worker.photos")
    os.kill(worker, signal.SIGSTOP)
    try:
        page.locator("#ktp button").click()
        page.locator("#foto-kk").set_input_files(_file("surat.jpg", b"%PDF-1.7 not a photo"))
        page.locator("#kk button").click()
        page.locator("#kk [role=alert]").wait_for()
        yield Shot("foto-salah", "None chosen, and one that is no photo", page)
        page.locator("#foto-ktp").set_input_files(_file("ktp.jpg", jpeg()))
        page.locator("#ktp button").click()
        page.locator("#ktp[data-keadaan=received]").wait_for()
        page.locator("#foto-kk").set_input_files([])
        yield Shot("foto-terkirim", "One is being looked at", page)
    finally:
        os.kill(worker, signal.SIGCONT)
    expect(page.locator("#ktp .keadaan")).to_have_text("Sudah ada.", timeout=60_000)
    yield Shot("foto-ada", "It is there", page)
    page.context.set_offline(True)
    page.locator("#foto-kk").set_input_files(_file("kk.jpg", jpeg()))
    page.locator("#kk button").click()
    expect(page.locator("#kk [role=status]")).to_contain_text("belum terkirim")
    yield Shot("foto-putus", "The network failed", page)
    address = page.url.partition("/foto/")[2]
    yield Shot("foto-nanti", "The database is away", product.open(f"/foto/{address}", broken=True))


def _file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}
