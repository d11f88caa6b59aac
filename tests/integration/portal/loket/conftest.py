"""A counter in Gambir, and people who have registered."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from registry.inbox import Inbox
from registry.intake import Keys
from tests.integration.portal.accounts.conftest import client, office, office_app, office_url
from tests.integration.portal.accounts.people import Office
from tests.integration.portal.loket.visitors import Counter
from tests.integration.portal.musyawarah.conftest import period

__all__ = ["client", "office", "office_app", "office_url", "period"]


@pytest.fixture
def counter(office: Office, period: str, inbox: Inbox, keys: Keys, database: Engine) -> Counter:
    return Counter(office, inbox, keys, database)
