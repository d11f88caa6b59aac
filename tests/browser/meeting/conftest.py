"""The portal in this process, with a room of Gambir and browsers that are signed in."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page
from werkzeug.serving import make_server

from tests.browser.conftest import NewPage
from tests.database import database, database_url, owners_engine
from tests.integration.portal.accounts.conftest import office, office_app, office_url
from tests.integration.portal.conftest import environ, idle_apps, inbox, new_app, secrets
from tests.integration.portal.musyawarah.conftest import period, room

__all__ = [
    "database",
    "database_url",
    "environ",
    "idle_apps",
    "inbox",
    "new_app",
    "office",
    "office_app",
    "office_url",
    "owners_engine",
    "period",
    "room",
    "secrets",
]


@pytest.fixture
def site(office_app: Flask) -> Iterator[str]:
    """Serve the portal; give its address."""
    server = make_server("127.0.0.1", 0, office_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join(10)


def as_person(client: FlaskClient, page: Page, site: str) -> Page:
    """Let a browser be the device on which somebody has signed in."""
    for cookie in (client._cookies or {}).values():
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
    return page


__all__ += ["NewPage"]
