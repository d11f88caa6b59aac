"""The position of a home: sent only with its tick, which is seen whenever there is one."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from registry.inbox import Inbox
from tests.integration.portal.support import Page, answers, form, post

POSITION = "-6.17540,106.82720"


def fieldset(html: str) -> str:
    found = re.search(r'<fieldset[^>]*data-soal="lokasi".*?</fieldset>', html, re.DOTALL)
    assert found
    return found[0]


def test_the_empty_form_asks_for_none(client: FlaskClient) -> None:
    page = client.get("/daftar").text
    assert re.match(r'<fieldset class="soal" hidden ', fieldset(page))
    assert "lokasi" not in Page(page).values


def test_one_that_was_agreed_to_is_kept_with_the_other_answers(client: FlaskClient) -> None:
    page = post(client, form(answers(nik="1", lokasi=POSITION))).text
    assert " hidden " not in fieldset(page)
    assert Page(page).values["lokasi"] == [POSITION]


def test_one_that_can_not_be_is_shown_so_that_its_tick_can_be_taken_away(
    client: FlaskClient, inbox: Inbox
) -> None:
    page = post(client, form(answers(lokasi="-6.9147,107.6098")))
    assert page.status_code == 422
    assert "Titik lokasi ini bukan di Jakarta. Hapus tandanya." in fieldset(page.text)
    assert " hidden " not in fieldset(page.text)
    assert "#lokasi" in Page(page.text).links
    assert 'id="lokasi"' in fieldset(page.text)
    assert inbox.last_number() == 0
