"""The door of the desk, one's own account, and how dinas keeps everybody's."""

from __future__ import annotations

from collections.abc import Iterator

from passlib.totp import TOTP
from playwright.sync_api import Page

from tests.browser.gallery.album import Shot
from tests.browser.gallery.desk.office import SITE, press, shot
from tests.browser.gallery.product import Product
from tests.browser.round.people import PASSWORD
from tests.browser.test_accounts import day

EMAIL = "ratna@contoh.example"
DINAS = ("--role", "dinas", "--name", "Ratna Wulandari", "--site", SITE)


def door(product: Product) -> Iterator[Shot]:
    """Come in by the link, and sign in; then keep the accounts of others."""
    page = product.laptop()
    link = product.stack.fmotm("user", "add", *DINAS, EMAIL).stdout.strip()
    page.goto(link)
    yield shot("undangan", "An invitation", page)
    _chosen(page, "pendek")
    yield shot("undangan-salah", "Too short a password", page)
    _chosen(page, PASSWORD)
    page.get_by_text("Tidak bisa memindai?").click()
    yield shot("pasang-kode", "Setting up the second factor", page)
    key = TOTP(key=page.locator(".kunci").text_content() or "", format="base32")
    page.get_by_label("Kode baru dari HP").fill(str(key.generate().token))
    press(page, "Simpan")
    codes = page.locator(".kode-pemulihan li").all_text_contents()
    yield shot("kode-pemulihan", "Recovery codes, shown once", page)
    page.get_by_text("Sudah saya simpan").click()
    yield from _accounts(page)
    page.get_by_text("Akun saya").click()
    yield shot("akun", "One's own account", page)
    press(page, "Keluar")
    yield shot("masuk", "Signing in", page)
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Kata sandi").fill("salah salah salah")
    press(page, "Masuk")
    yield shot("masuk-salah", "A wrong password", page)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    press(page, "Masuk")
    yield shot("kode", "The code from the phone", page)
    page.get_by_role("textbox").fill(codes[0])
    press(page, "Masuk")
    page.goto(link)
    yield shot("tautan-mati", "A link that was used", page)


def _chosen(page: Page, password: str) -> None:
    page.get_by_label("Kata sandi baru", exact=True).fill(password)
    page.get_by_label("sekali lagi").fill(password)
    press(page, "Simpan")


def _accounts(page: Page) -> Iterator[Shot]:
    page.get_by_text("Undang orang baru").click()
    yield shot("undang", "Dinas invites somebody", page)
    page.get_by_label("Nama lengkap").fill("Rahmat Hidayat")
    page.get_by_label("E-mail").fill("lurah.cideng@contoh.example")
    page.get_by_label("Peran").select_option("Lurah")
    page.get_by_label("Kode kelurahan").fill("31.71.01.1002")
    press(page, "Buat akun")
    yield shot("tautan", "The link to hand over, shown once", page)
    page.get_by_text("Ke akun ini").click()
    page.get_by_text("Tunjuk sebagai Plh Lurah").click()
    yield shot("orang", "An account, and who stands in for a lurah", page)
    _stands_in(page, "800/123/2026", day(0), day(30))
    page.get_by_text("Tunjuk sebagai Plh Lurah").click()
    _stands_in(page, "800/124/2026", day(30), day(35))
    yield shot("plh-ganda", "A second who would stand in", page)
    page.get_by_role("link", name="Petugas", exact=True).click()
    yield shot("petugas", "Everybody's accounts", page)


def _stands_in(page: Page, letter: str, first: str, last: str) -> None:
    page.get_by_label("Kode kelurahan").fill("31.71.01.1001")
    page.get_by_label("Nomor surat").fill(letter)
    page.get_by_label("Mulai tanggal").fill(first)
    page.get_by_label("Sampai tanggal").fill(last)
    press(page, "Tunjuk")
