"""A kelurahan of made-up households, and the people who work on them, each on their own laptop."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from io import BytesIO

from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Page
from sqlalchemy import Engine

from fmotm.households import Options, household
from registry.intake import Keys
from registry.rules.scope import Scope
from registry.settings import Settings
from registry.store.session import engine
from tests.browser.gallery.album import Shot
from tests.browser.gallery.product import HOST, Product
from tests.browser.round.kelurahan import CODE
from tests.browser.round.neighbours import Sheet, hands_out
from tests.browser.round.people import PASSWORD, Person, takes_over
from tests.browser.typing import put_what_is_there
from tests.integration.portal.support import Fields

SITE = f"http://{HOST}"
SEED = 44
EACH_RT = 8
MADE = Options(flags=0.2, rivals=0.06, kelurahan=(CODE,))
HOUSEHOLDS = 48
"""Three RW of two RT, eight households each."""


def shot(name: str, caption: str, page: Page, *, whole: bool = True) -> Shot:
    """Show a screen of the desk, on a laptop and on a phone."""
    page.wait_for_load_state()
    return Shot(name, caption, page, whole, desk=True)


def answers(number: int, **changed: str) -> Fields:
    """Give a household of the kelurahan, in one of its RT."""
    rt, rw = number // EACH_RT % 2 + 1, number // (2 * EACH_RT) % 3 + 1
    raw = household(SEED, number, MADE) | {"rt": f"{rt:03}", "rw": f"{rw:03}"} | changed
    raw.pop("tanpa_rt_rw", None)
    return {name: [each] if isinstance(each, str) else each for name, each in raw.items()}


@dataclass
class Office:
    """Who works on a product; each signs in when a chapter first needs them."""

    product: Product

    @cached_property
    def siti(self) -> Person:
        """Give the reviewer; households wait for her."""
        for number in range(HOUSEHOLDS):
            self.product.apply(answers(number))
        self.product.stack.drained()
        return self._person("reviewer", "Siti Rahma")

    @cached_property
    def budi(self) -> Person:
        return self._person("reviewer", "Budi Santoso")

    @cached_property
    def lurah(self) -> Person:
        return self._person("chair", "Hendra Wijaya")

    @cached_property
    def dinas(self) -> Person:
        return self._person("dinas", "Wahyu Nugroho")

    @cached_property
    def sheets(self) -> list[Sheet]:
        """Give the sheets of all RT; the reviewer's page shows their links."""
        return hands_out(self.siti)

    @cached_property
    def database(self) -> Engine:
        return engine(self.product.stack.settings()["DATABASE_URL"], scope=Scope.EVERYTHING)

    @cached_property
    def keys(self) -> Keys:
        return Keys.of(Settings.from_env(self.product.stack.settings()))

    def _person(self, role: str, name: str) -> Person:
        return takes_over(self.product.stack, self.product.laptop(), role, name, url=SITE)

    def at_the_counter(self, name: str) -> Page:
        """Sign an officer of the counter in."""
        return self._by_password(name, "loket", "--role", "counter", "--kelurahan", CODE)

    def at_an_organisation(self, name: str, organisation: str) -> Page:
        """Sign somebody of an organisation in."""
        which = ("--organisation", "posko-gambir", "--organisation-name", organisation)
        return self._by_password(name, "pendamping", "--role", "pendamping", *which)

    def _by_password(self, name: str, to: str, *about: str) -> Page:
        """Sign somebody in who has no second factor, and go to their pages."""
        page, email = self.product.laptop(), f"{name.split(maxsplit=1)[0].lower()}@contoh.example"
        named = ("--name", name, "--site", SITE)
        page.goto(self.product.stack.fmotm("user", "add", *about, *named, email).stdout)
        page.get_by_label("Kata sandi baru", exact=True).fill(PASSWORD)
        page.get_by_label("sekali lagi").fill(PASSWORD)
        page.get_by_role("button", name="Simpan").click()
        page.goto(f"{SITE}/{to}")
        return page


_offices: dict[int, Office] = {}


def office(product: Product) -> Office:
    """Give the office of a product: the same in every chapter."""
    return _offices.setdefault(id(product), Office(product))


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def typed(page: Page, given: Fields) -> None:
    """Fill the form of a household that sits at the desk."""
    put_what_is_there(page, given)
    press(page, "Lanjut isi data mereka")
    put_what_is_there(page, given)


def photo(name: str = "rumah.jpg") -> FilePayload:
    """Draw a house, as flat as a picture in few colours may be."""
    image = Image.new("RGB", (1200, 900), "#bcd7ee")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 620, 1200, 900), fill="#8fae7b")
    draw.polygon([(220, 420), (600, 160), (980, 420)], fill="#8c4a32")
    draw.rectangle((280, 420, 920, 740), fill="#e9dcc3")
    draw.rectangle((520, 520, 660, 740), fill="#6b4a2b")
    content = BytesIO()
    image.save(content, "JPEG", quality=80)
    return {"name": name, "mimeType": "image/jpeg", "buffer": content.getvalue()}
