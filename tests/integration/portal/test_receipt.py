"""The receipt: shown to who holds its address, whatever is down, and kept by nobody."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from babel.dates import format_date
from flask import Flask
from flask.testing import FlaskClient

from portal.citizen import receipt
from registry.inbox import Inbox
from registry.rules.periods import civil_date
from registry.rules.receipts import format_receipt, receipt_code
from tests.integration.portal.conftest import NOWHERE, NewApp
from tests.integration.portal.support import Page, answers, form, now, post, snapshot

SECRET = "not the portal's secret, but as long as it"
TITLE = "Bukti daftar — bukan bukti dapat bantuan"
GRATIS = "GRATIS. Jangan beri uang atau kode Anda kepada siapa pun."
BOUGHT = receipt.Receipt(bytes(range(16)), now())


def address(app: Flask, shown: receipt.Receipt = BOUGHT) -> str:
    return f"/bukti/{receipt.write(shown, app.config['SECRET_KEY'])}"


def test_receipt_shows_its_code_in_groups(app: Flask, client: FlaskClient) -> None:
    page = client.get(address(app))

    for group in format_receipt(receipt_code(BOUGHT.application_id)).split("-"):
        assert f"<span>{group}</span>" in page.text
    assert "data:image/svg+xml" in page.text


def test_receipt_says_what_it_is_and_that_nobody_must_be_paid(
    app: Flask, client: FlaskClient
) -> None:
    page = client.get(address(app)).text

    assert f'<h1 data-ucap="bukti" data-gambar="44">{TITLE}</h1>' in page
    assert f"<title>{TITLE} - " in page
    assert GRATIS in Page(page).text


def test_message_to_oneself_says_where_to_ask_and_nothing_of_the_household(
    app: Flask, client: FlaskClient
) -> None:
    page = client.get(address(app)).text
    [(link, rel)] = re.findall(r'href="(https://wa\.me/[^"]+)" rel="([^"]+)"', page)
    asked = urlsplit(unescape(link))

    assert rel == "noopener noreferrer"
    assert "+" not in asked.query
    said = [
        TITLE,
        f"Kode bukti: {format_receipt(BOUGHT.code)}",
        "Cek status di http://localhost/cek",
        GRATIS,
    ]
    assert parse_qs(asked.query) == {"text": ["\n".join(said)]}


def test_receipt_names_the_dates_of_the_round_it_was_received_in(
    app: Flask, client: FlaskClient, inbox: Inbox
) -> None:
    meetings = civil_date(now() - timedelta(days=50))
    ended = snapshot(timedelta(days=-90), timedelta(days=-60), period="2025-4")
    inbox.publish_periods([replace(ended, musyawarah_on=meetings), snapshot()])
    earlier = receipt.Receipt(bytes(16), now() - timedelta(days=70))

    of_then, of_now = (client.get(address(app, each)).text for each in (earlier, BOUGHT))

    assert f"Mulai {format_date(meetings, 'd MMMM y', locale='id')}." in of_then
    assert "Tanggalnya belum ditentukan." in of_now


def test_receipt_is_kept_by_no_cache_and_no_search_engine(app: Flask, client: FlaskClient) -> None:
    headers = client.get(address(app)).headers

    assert headers["Cache-Control"] == "no-store"
    assert "noindex" in headers["X-Robots-Tag"]
    assert headers["Referrer-Policy"] == "no-referrer"


def test_receipt_does_not_hold_its_code_in_the_address(client: FlaskClient) -> None:
    sent = post(client, form(answers()))
    page = client.get(sent.location)

    code = "".join(part.split("</span>")[0] for part in page.text.split("<span>")[-3:])
    assert code not in sent.location


def test_receipt_works_while_every_server_is_down(new_app: NewApp) -> None:
    app = new_app(INBOX_REDIS_URL=NOWHERE, REDIS_URL=NOWHERE)

    assert app.test_client().get(address(app)).status_code == 200


def forged() -> dict[str, str]:
    good = receipt.write(BOUGHT, SECRET)
    return {
        "other secret": good,
        "empty signature": good.rpartition(".")[0] + ".",
        "no signature": good.rpartition(".")[0],
        "garbage": "x",
        "dots": "...",
        "not ascii": "é" * 40,
        "huge": "A" * 1500,
        "bare code": "7KQ29FMAX4TD",
    }


@pytest.mark.parametrize("name", forged())
def test_receipt_that_we_did_not_sign_is_not_found(client: FlaskClient, name: str) -> None:
    page = client.get(f"/bukti/{forged()[name]}")

    assert page.status_code == 404
    assert forged()[name] not in page.text or name == "garbage"


def test_every_changed_character_makes_the_address_worthless(
    app: Flask, client: FlaskClient
) -> None:
    good = address(app).removeprefix("/bukti/")
    # The last character of base64 may carry bits that stand for nothing.
    for place in range(0, len(good) - 1, 5):
        other = "A" if good[place] != "A" else "B"
        assert client.get(f"/bukti/{good[:place]}{other}{good[place + 1 :]}").status_code == 404


def test_time_and_id_survive_the_way() -> None:
    read = receipt.read(receipt.write(BOUGHT, SECRET), SECRET)

    assert read is not None
    assert read.application_id == BOUGHT.application_id
    assert abs((read.received_at - BOUGHT.received_at).total_seconds()) < 0.001
