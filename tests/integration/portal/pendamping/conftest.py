"""Two community organisations, and households that come to them."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from registry.inbox import Inbox
from registry.intake import Keys
from tests.integration.portal.accounts.conftest import client, office, office_app, office_url
from tests.integration.portal.accounts.people import Office
from tests.integration.portal.musyawarah.conftest import period
from tests.integration.portal.pendamping.helping import Helping

__all__ = ["client", "office", "office_app", "office_url", "period"]


@pytest.fixture
def helping(office: Office, period: str, inbox: Inbox, keys: Keys, database: Engine) -> Helping:
    return Helping(office, inbox, keys, database)
