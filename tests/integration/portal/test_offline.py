"""What phones keep to work without a network, and how soon they learn of another version."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from portal.headers import KEPT_FOR
from tests.integration.portal.conftest import NOWHERE, NewApp


def test_service_worker_is_asked_for_anew_and_names_this_versions_scripts(
    client: FlaskClient,
) -> None:
    worker = client.get("/sw.js")

    assert worker.mimetype == "text/javascript"
    assert worker.headers["Cache-Control"] == "no-cache"
    assert "worker-src 'self'" in worker.headers["Content-Security-Policy"]
    address = re.findall(
        r'^import "(/static/[0-9a-f]{12}/pekerja\.js)";$', worker.text, re.MULTILINE
    )[0]
    with client.get(address) as script:
        assert script.status_code == 200


@pytest.mark.parametrize("path", ["/", "/luring"])
def test_pages_that_are_the_same_for_everybody_are_kept_and_asked_for_again(
    client: FlaskClient, path: str
) -> None:
    page = client.get(path)

    assert page.headers["Cache-Control"] == f"public, max-age={KEPT_FOR}"
    unchanged = client.get(path, headers={"If-None-Match": page.headers["ETag"]})
    assert (unchanged.status_code, unchanged.data) == (304, b"")


def test_page_without_a_network_leads_to_the_form(client: FlaskClient) -> None:
    page = client.get("/luring").text

    assert "Tidak ada jaringan" in page
    assert 'href="/daftar"' in page
    assert 'href=""' in page  # what was asked for, once more


# Where the phone is can be told by the outlines of the kelurahan alone, and those are not kept.
ONLINE = {"lokasi.js"}


def test_form_names_every_script_that_it_may_load_without_a_network(client: FlaskClient) -> None:
    page = client.get("/daftar").text
    needed, seen = re.findall(r'type="module" src="([^"]+)"', page), set[str]()

    while needed:
        address = needed.pop()
        seen.add(address)
        with client.get(address) as script:
            imported = re.findall(
                r'(?:from|import|import\() ?"\./([a-z]+\.js)"', script.get_data(as_text=True)
            )
        folder = address.rpartition("/")[0]
        needed += {f"{folder}/{name}" for name in {*imported} - ONLINE} - seen

    assert len(seen) > 10
    assert [address for address in seen if f'"{address}"' not in page] == []


def test_home_of_a_portal_that_knows_no_round_is_not_kept(new_app: NewApp) -> None:
    client = new_app(INBOX_REDIS_URL=NOWHERE).test_client()

    assert client.get("/").headers["Cache-Control"] == "no-store"
