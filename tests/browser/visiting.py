"""A visit on an officer's phone, where there is no network: what they took along, and the form."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

CODE = "melati7"
"""What an officer makes up for the day, to open what they took along."""


def unlock(page: Page, code: str = CODE) -> None:
    page.get_by_label("Kode untuk hari ini").fill(code)
    page.get_by_role("button", name="Buka", exact=True).click()


def fill_in(page: Page, photo: Path) -> None:
    page.get_by_label("Bertemu keluarga").check()
    page.get_by_label("KTP sama dengan foto").check()
    page.get_by_role("button", name="Catat letak HP ini").click()
    expect(page.locator(".letak [role=status]")).to_contain_text("tepat sampai 14 meter")
    for kind in ("rumah_depan", "atap"):
        page.locator(f"#foto-{kind}").set_input_files(photo)
        status = page.locator(f".foto:has(#foto-{kind}) [role=status]")
        expect(status).to_contain_text("Foto tersimpan di HP ini", timeout=30_000)
    page.get_by_text("Bangunan", exact=True).click()
    page.get_by_label("Luas lantai (m²)").fill("18")
    page.get_by_label("Catatan").fill("Di ujung gang.")
    expect(page.get_by_text("Isian tersimpan di HP ini")).to_be_visible()
