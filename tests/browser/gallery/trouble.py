"""What people see when something fails, and between two rounds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page

from portal.admission.load import Load
from registry.inbox.stream import BURST
from registry.rules.admission import Kind, Refusal
from tests.browser.gallery.album import Shot
from tests.browser.gallery.product import CEILING, Product
from tests.integration.portal.support import Fields, answers
from tests.stack import until

# As the page itself sends it: a form that was filled in, without the filling in.
SEND = """([fields, to]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = to;
  for (const [name, values] of Object.entries(fields)) {
    for (const value of values) {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name, value });
      form.append(input);
    }
  }
  document.body.append(form);
  form.submit();
}"""

TOO_MANY = "n => Promise.all(Array.from({ length: n }, () => fetch('/bantuan')))"


def failures(product: Product) -> Iterator[Shot]:
    yield Shot("tidak-ada", "404: no such page", product.open("/tidak-ada"))
    product.stack.fmotm("inbox", "halt", "for a picture")
    try:
        page = send(product.open("/"), product.form(answers(4)))
        page.locator("[role=timer]:not(:empty)").wait_for()
        yield Shot("sibuk", "503: not accepted, sent again by itself", page)
        page = send(product.open("/", javascript=False), product.form(answers(4)))
        yield Shot("sibuk-polos", "The same without scripts", page)
    finally:
        product.stack.fmotm("inbox", "resume")
    for number in range(BURST):
        product.apply(answers(5, alamat=f"Gang Mawar nomor {number}"))
    page = send(product.open("/"), product.form(answers(5)))
    page.locator("[role=timer]:not(:empty)").wait_for()
    yield Shot("ramai", "429: very many applications of one NIK", page)
    page = send(product.open("/"), product.form(answers(6), versi="0"))
    yield Shot("versi", "409: the form has changed meanwhile", page)
    page = send(product.open("/"), {**product.form(answers(6)), "alamat": ["x" * 300_000]})
    yield Shot("terlalu-besar", "413: too much", page)
    yield Shot("awal-sibuk", "Home, when the rounds are not known", product.open("/", broken=True))
    page = product.open("/daftar", broken=True)
    yield Shot("pintu-sibuk", "503: the form cannot be shown", page)
    page = product.open("/cek", broken=True)
    page.locator("[name=nik]").fill(answers(1)["nik"][0])
    page.locator("[name=bukti]").fill("0000-0000-0000")
    page.locator("main form button.tombol").click()
    page.locator("h1", has_text="Status").wait_for()
    yield Shot("status-sibuk", "503: the status cannot be read", page)
    page.evaluate(TOO_MANY, 2 * CEILING)
    address = page.url.replace("/cek", "/bantuan")
    until(lambda: (answer := page.goto(address)) is not None and answer.status == 429, 10)
    yield Shot("terlalu-banyak", "429: too many requests of one address", page)


def crowds(product: Product) -> Iterator[Shot]:
    """Come when too many do: that is told at the gate, whatever is behind it."""
    with _crowded(product.crowd, Refusal.BUSY_SUBMISSION):
        page = send(product.open("/bantuan", broken=True), product.form(answers(4)))
        yield Shot("padat-entah", "503: nobody knows how long", page)
        for kind, late in ((Kind.SUBMISSION, 200), (Kind.LOOKUP, 900)):
            product.crowd.let_in(kind)
            product.crowd._held_off[kind].add(late // 10)
        page = send(product.open("/bantuan", broken=True), product.form(answers(4)))
        page.locator("[role=timer]:not(:empty)").wait_for()
        yield Shot("padat", "503: about how long, and sent again by itself", page)
        page = send(product.open("/bantuan", broken=True), product.form(answers(4)), "/en/daftar")
        page.locator("[role=timer]:not(:empty)").wait_for()
        yield Shot("padat-inggris", "The same in English", page)
        page = product.open("/bantuan", broken=True, javascript=False)
        yield Shot("padat-polos", "Without scripts", send(page, product.form(answers(4))))
        page = send(product.open("/bantuan", broken=True), {"nik": answers(1)["nik"]}, "/cek")
        yield Shot("padat-cek", "A look-up, sent again by its button", page)
        yield Shot("padat-halaman", "Any other page", product.open("/bantuan", broken=True))
        page = send(product.open("/", broken=True), {"x": ["x"]}, "/foto/x/ktp")
        yield Shot("padat-hilang", "What is not given back", page)
    with _crowded(product.crowd, Refusal.CLOSED):
        yield Shot("padat-ditutup", "Closed by dinas", product.open("/cek", broken=True))


@contextmanager
def _crowded(load: Load, why: Refusal) -> Iterator[None]:
    ordinary = load.refusal
    load.refusal = lambda _kind, _waited: why  # type: ignore[method-assign,assignment]
    yield
    load.refusal = ordinary  # type: ignore[method-assign]


def closed(product: Product) -> Iterator[Shot]:
    begun = product.form(answers(7), periode="2020-1")
    product.stack.fmotm("period", "close", product.period, "--reason", "for a picture")
    home = product.open("/")
    home.get_by_text("Pendaftaran sudah ditutup").wait_for()
    yield Shot("awal-ditutup", "Home, after a round", home)
    yield Shot("ditutup", "The form, after a round", product.open("/daftar"))
    yield Shot("ditutup-terlambat", "410: sent too late", send(product.open("/"), begun))
    opens = datetime.now(UTC) + timedelta(days=30)
    product.stack.fmotm("period", "open", f"{opens.year}-9", "--opens", f"{opens:%Y-%m-%d}")
    page = product.open("/")
    yield Shot("awal-berikutnya", "Home, before the next round", page)
    yield Shot("ditutup-berikutnya", "The form, before the next round", product.open("/daftar"))


def send(page: Page, fields: Fields, to: str = "/daftar") -> Page:
    with page.expect_navigation():
        page.evaluate(SEND, [fields, to])
    return page
