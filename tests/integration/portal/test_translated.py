"""Every text of every page is translated: pages in a language that only puts ⟦marks⟧ around it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html.parser import HTMLParser
from itertools import product
from pathlib import Path

import pytest
from babel.support import NullTranslations
from flask import Flask, render_template, template_rendered
from flask.testing import FlaskClient

from portal import errors, language, minutes_check, wording
from portal.citizen import form_page, photo_links, photos
from portal.citizen.status import Answer, Asked, Found, Given, Question
from portal.dates import show_date
from registry.inbox import Inbox
from registry.photos import Refusal
from registry.photos import State as PhotoState
from registry.rules.lifecycle import REASONS, WITHDRAWALS, State
from registry.rules.nik import Nik
from registry.rules.regions import all_regions
from registry.store.minutes import Registered
from registry.store.photos import Shown
from tests.integration.portal.conftest import NewApp
from tests.integration.portal.support import answers, form, now, post, snapshot

TEMPLATES = Path(__file__).parents[3] / "portal" / "templates"
NAMES = {"DKI Jakarta", "Bahasa Indonesia", *(region.name for region in all_regions())}
NAMES |= {name.partition(" Administrasi ")[2] for name in NAMES}
"""What is called the same in every language."""

COMMANDS = {
    "Linux", "macOS", "Windows", "sha256sum berita-acara.pdf", "shasum -a 256 berita-acara.pdf",
    "certutil -hashfile berita-acara.pdf SHA256",
}  # fmt: skip
"""What is written so in every language."""

CODE = re.compile(r"\b[0-9A-Z]{4}\b")
TECHNICAL = {
    "accept", "action", "aria-autocomplete", "aria-controls", "aria-current", "aria-describedby",
    "aria-expanded", "aria-hidden", "aria-invalid", "aria-labelledby", "autocapitalize",
    "autocomplete", "autofocus", "capture", "charset", "class", "content", "d", "data-aksi",
    "data-alamat",
    "data-bagian", "data-batas", "data-bila", "data-bila-hp", "data-dengar", "data-gambar",
    "data-jenis", "data-keadaan", "data-kecuali", "data-layar", "data-luring", "data-modul",
    "data-soal", "data-ucap", "enctype", "enterkeyhint", "for", "form", "formaction", "href",
    "hreflang", "id", "inputmode", "kind", "lang", "maxlength", "method", "name", "rel", "role",
    "spellcheck", "src", "type", "value", "viewbox",
}  # fmt: skip
"""Attributes that nobody reads; what is in any other is a text."""


class Marking(NullTranslations):
    """A language in which every text is itself, between marks."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    ugettext = gettext


class Texts(HTMLParser):
    """Collects what a page says, also in its attributes and in what scripts copy from it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name not in TECHNICAL and value:
                self.found += json.loads(value).values() if value.startswith("{") else [value]


def unmarked(page: str, *typed: str) -> list[str]:
    """Give the texts of a page that went past the catalogue, but for names and what was typed."""
    left: list[str] = []
    for text in Texts(page).found:
        rest = text
        while (stripped := re.sub("⟦[^⟦⟧]*⟧", "", rest)) != rest:
            rest = stripped
        rest = CODE.sub("", rest.strip())
        if re.search(r"[^\W\d_]", rest) and rest not in {*NAMES, *COMMANDS, *typed}:
            left.append(text)
    return left


@pytest.fixture
def seen() -> set[str]:
    """Give the names of the templates that were shown."""
    return set()


@pytest.fixture
def marking(new_app: NewApp, inbox: Inbox, seen: set[str], photo_folder: Path) -> Iterator[Flask]:
    config = {"CATALOGUES": {"en": Marking()}, "KK_TRIES": 1}
    app = new_app(config, PHOTO_STORE=photo_folder.as_uri())

    def note(_app: Flask, template: object, **_context: object) -> None:
        seen.add(str(getattr(template, "name", "")))

    with template_rendered.connected_to(note, app):
        yield app


def asked_for(client: FlaskClient) -> Iterator[str]:
    """Give every page that can be had by asking for it while a round is open."""
    for path in ("/", "/bantuan", "/daftar", "/cek", "/luring", "/tidak-ada"):
        yield client.get(f"/en{path}").text
    yield client.put("/en/daftar").text
    yield client.post("/en/daftar", json={}).text
    yield client.post("/en/cek", json={}).text
    yield client.post("/en/cek", data={"nik": "1" * 70_000}).text
    yield post(client, {}, "/en/cek").text
    yield post(client, {"nik": ["1"], "kk": ["2"]}, "/en/cek").text
    for fields in (
        form({"jumlah_anggota": ["2"], "sta_bangunan": ["1"]}),
        form({"jumlah_anggota": ["2"]}, aksi="anggota"),
        form({"anggota-1-nik": ["1"], "anggota-1-hubungan": ["1"]}),
    ):
        yield post(client, fields, "/en/daftar").text
    sent = post(client, form(answers()), "/en/daftar")
    yield client.get(sent.location).text
    by_kk = {"nik": answers()["nik"], "kk": ["3171010101010009"]}
    yield from (post(client, by_kk, "/en/cek").text for _ in range(2))
    photo_page = photo_links.write(b"1" * 16, client.application.config["SECRET_KEY"])
    yield client.get(f"/en/foto/{photo_page}").text


def minutes_checked() -> Iterator[str]:
    """Give the pages that tell of minutes, registered or not."""
    meeting = {"kelurahan_code": "31.71.01.1001", "period_id": "2026-1", "session": 1}
    meeting |= {"held_on": now().date(), "made_at": now(), "number": 2}
    for is_file, corrects, corrected_by in ((False, 1, None), (True, None, 3)):
        found = Registered(
            **meeting,  # type: ignore[arg-type]
            is_file=is_file,
            corrects=corrects,
            corrected_by=corrected_by,
        )
        yield minutes_check._page(found, code="0" * 64)
    yield minutes_check._page(unknown=True, code="0" * 64)
    yield minutes_check._page(typed="1", wrong=True)
    yield minutes_check._page()


def made(*pages: Callable[[], object]) -> Iterator[str]:
    for page in pages:
        answer = page()
        yield str(answer[0] if isinstance(answer, tuple) else answer)


def held_off() -> Iterator[str]:
    """Give the waiting pages."""
    for why, kira in product(("sibuk", "jaringan", "ditutup"), ("", language.gettext("9 detik"))):
        shared = {"why": why, "kira": kira, "wait": 9, "action": "/en/cek"}
        for either in (False, True):
            yield render_template("sibuk.html", **shared, lost=either)
            yield render_template("kirim_lagi.html", **shared, cut="⟦⟧", own=either)


def otherwise() -> Iterator[str]:
    """Give the pages of bad moments, made with what their views would give them."""
    yield from made(*(lambda code=code: errors.page(code) for code in errors.PAGES))
    for kind in form_page.NOTICES:
        yield from made(lambda kind=kind: form_page.again({}, status=400, notice=kind))  # type: ignore[misc]
    for why in ("ramai", "sibuk"):
        yield render_template("kirim_lagi.html", why=why, wait=9, kept={}, hidden={})
    yield render_template("galat_pintu.html")
    for incomplete in (False, True):
        found = tuple(Found(wording.step(state), "", now(), now()) for state in State)
        for each in (found, ()):
            yield render_template("status.html", answer=Answer(each, incomplete))
    for reason_code in (*REASONS, *WITHDRAWALS):
        told = Found(wording.step(State.NOT_PROPOSED), reason=wording.reason(reason_code))
        yield render_template("status.html", answer=Answer((told,), incomplete=False))
    for answered in (False, True):
        # What officers wrote is not translated.
        put = Answer((), incomplete=True, questions=(Question(1, "", now(), answered),))
        nik = Nik.parse(answers()["nik"][0])
        yield render_template(
            "status.html",
            answer=put,
            asked=Asked(nik, "7KQ29FMAX4TD", None),
            given=Given(1, "", language.gettext("Perbaiki:")),
        )
    replaced = Found(wording.step(State.QUEUED), "", now(), now(), superseded=True)
    yield render_template("status.html", answer=Answer((replaced,), incomplete=False))
    for state, reason in (
        (PhotoState.RECEIVED, None),
        (PhotoState.READY, None),
        *((PhotoState.REFUSED, refusal) for refusal in Refusal),
    ):
        shown = {kind: (Shown(kind, state, reason, now()),) for kind in photos.LABELS}
        lines = [photos._line(kind, each, "") for kind, each in shown.items()]
        yield render_template("foto.html", token="-", lines=lines)
    for message in (photos.LATER, photos.BUSY, photos.WAITING):
        yield render_template("foto_nanti.html", message=message)


def test_every_text_of_every_page_goes_through_the_catalogue(
    marking: Flask, inbox: Inbox, seen: set[str]
) -> None:
    client = marking.test_client()
    typed = answers()["nama"][0], "localhost/en/cek"  # where the receipt says to look
    for page in asked_for(client):
        assert unmarked(page, *typed) == []
    with marking.test_request_context("/cek", environ_overrides={"portal.language": "en"}):
        for page in (*held_off(), *otherwise()):
            assert unmarked(page) == []
        numbers = [CODE.sub("", f"BA-00{each}/31.71.01.1001/2026-1") for each in (1, 2, 3)]
        numbers.append(CODE.sub("", show_date(now().date())))
        for page in minutes_checked():
            assert unmarked(page, *numbers) == []
    assert {each.name for each in TEMPLATES.glob("[!_]*.html")} - seen <= {
        "dasar.html", "ditutup.html", "meja.html",
    }  # fmt: skip


@pytest.mark.parametrize(
    "rounds",
    [
        [],
        [snapshot(opens=timedelta(days=1))],
        [snapshot(closes=timedelta(hours=-1))],
        [
            snapshot(closes=timedelta(hours=-1)),
            snapshot(timedelta(days=30), timedelta(days=50), period="2026-2"),
        ],
    ],
    ids=["none", "next", "last", "last and next"],
)
def test_every_text_while_no_round_is_open_goes_through_the_catalogue(
    new_app: NewApp, inbox: Inbox, rounds: list[object]
) -> None:
    inbox.publish_periods(rounds)  # type: ignore[arg-type]
    client = new_app({"CATALOGUES": {"en": Marking()}}).test_client()

    for page in (
        client.get("/en/"),
        client.get("/en/daftar"),
        post(client, form({}), "/en/daftar"),
    ):
        assert unmarked(page.text) == []
    closed = post(client, form(answers()), "/en/daftar")
    assert unmarked(closed.text) == []


def test_a_text_that_goes_past_the_catalogue_is_seen() -> None:
    page = (
        '<p data-kata="Halo">⟦Cek ⟦satu⟧ dua⟧ <b>Kirim</b> 17</p><i data-pesan=\'{"a": "Tidak"}\'>'
    )

    assert unmarked(page) == ["Halo", "Kirim", "Tidak"]
    assert unmarked("<p>Gambir</p><p>⟦Kode⟧: 7KQ2</p>") == []
