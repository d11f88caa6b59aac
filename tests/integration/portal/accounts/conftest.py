"""The portal with people who sign in, as the role fmotm_portal, which may do only so much."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from fmotm.embedded import Postgres
from registry.store.grants import PORTAL
from tests.integration.portal.accounts.people import Office
from tests.integration.portal.conftest import NewApp


@pytest.fixture
def office_url(database_url: str, postgres_server: Postgres) -> str:
    """Give the portal's own address of the shared database."""
    name = make_url(database_url).database
    assert name
    return postgres_server.url(PORTAL, name)


@pytest.fixture
def office_app(new_app: NewApp, database: Engine, office_url: str) -> Flask:
    return new_app(DATABASE_URL=office_url)


@pytest.fixture
def office(office_app: Flask, database: Engine) -> Office:
    """Make people, and let them sign in."""
    return Office(office_app, database)


@pytest.fixture
def client(office_app: Flask) -> FlaskClient:
    return office_app.test_client()


NewClient = Callable[[], FlaskClient]


@pytest.fixture
def new_client(office_app: Flask) -> NewClient:
    """Give further devices."""
    return office_app.test_client
