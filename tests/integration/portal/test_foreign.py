"""Every page of the signed-in, asked for by somebody of another kelurahan: it is not there.

Walks all routes that there are, so a new one is walked too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.routing import Rule

from portal.accounts.models import OF_KELURAHAN
from registry.rules.lifecycle import Role
from registry.store.models import Base
from tests.integration.portal.accounts.conftest import office, office_app, office_url
from tests.integration.portal.accounts.people import Office, token_of
from tests.integration.registration import CIDENG, GAMBIR
from tests.integration.registry.store.factories import index, open_periods
from tests.integration.registry.store.rows import fill

__all__ = ["office", "office_app", "office_url"]

ABOUT_ACCOUNTS = ("account", "acting", "invit", "recov")
HERE = {"code"}
"""What of an address says where, and not what."""

ELSEWHERE = "31.71.02.1001"

NOT_AN_ID = {"kind", "form", "rw"}


@pytest.fixture
def theirs(database: Engine) -> dict[str, Any]:
    """Fill every table for two kelurahan; give what stands in addresses."""
    open_periods(database)
    fill(database, {"a": GAMBIR, "b": CIDENG})
    return {
        "case": index("application a").hex(),
        "household": index("application a").hex(),
        "visit": index("visit a").hex(),
        "photo": index("photo a").hex(),
        "paper": index("paper a").hex(),
        "kind": "rumah_depan",
        "form": "pdf",
        **dict.fromkeys(("number", "item", "attendee", "question"), 1),
        "rw": 7,
    }


def routes(app: Flask) -> Iterator[tuple[Rule, str, frozenset[Role]]]:
    for rule in app.url_map.iter_rules():
        roles: frozenset[Role] = getattr(app.view_functions[rule.endpoint], "roles", frozenset())
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield rule, method, roles & OF_KELURAHAN


def everything(database: Engine) -> dict[str, list[Any]]:
    """Give all that is in the database but what signing in itself leaves."""
    with database.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(select(table))))
            for name, table in Base.metadata.tables.items()
            if not name.startswith(ABOUT_ACCOUNTS)
        }


def ask(client: FlaskClient, token: str, address: str, method: str) -> int:
    headers = {"X-CSRFToken": token}
    sent = {"csrf_token": token} if method == "POST" else None
    return client.open(address, method=method, data=sent, headers=headers).status_code


def address(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    with app.test_request_context():
        return url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})


@pytest.mark.timeout(300)
def test_an_organisation_finds_nothing_but_its_own_pages(
    office_app: Flask, office: Office, database: Engine, theirs: dict[str, Any]
) -> None:
    stranger = office.signed_in(Role.PENDAMPING)
    token = token_of(stranger, "/akun")
    before = everything(database)
    found = {}
    for rule in office_app.url_map.iter_rules():
        view = office_app.view_functions[rule.endpoint]
        roles: frozenset[Role] = getattr(view, "roles", frozenset())
        if not roles or Role.PENDAMPING in roles:
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            there = address(
                office_app, rule, {**theirs, "code": GAMBIR, "account_id": 1, "acting_id": 1}
            )
            found[f"{method} {there}"] = ask(stranger, token, there, method)
    assert len(found) >= 50
    assert {where: status for where, status in found.items() if status != 404} == {}
    assert everything(database) == before
    # Its own list stands open to it, and has none of them.
    assert '<th scope="row">' not in stranger.get("/pendamping").text


@pytest.mark.timeout(300)
@pytest.mark.parametrize("role", sorted(OF_KELURAHAN))
def test_nobody_of_another_kelurahan_finds_a_page_or_changes_a_row(
    office_app: Flask, office: Office, database: Engine, theirs: dict[str, Any], role: Role
) -> None:
    stranger = office.signed_in(role, ELSEWHERE)
    token = token_of(stranger, "/akun")
    before = everything(database)
    found = {}
    for rule, method, roles in routes(office_app):
        if role not in roles or not rule.arguments:
            continue
        there = address(office_app, rule, {**theirs, "code": GAMBIR})
        found[f"{method} {there}"] = ask(stranger, token, there, method)
        if rule.arguments - HERE - NOT_AN_ID and "code" in rule.arguments:
            mine = address(office_app, rule, {**theirs, "code": ELSEWHERE})
            found[f"{method} {mine}"] = ask(stranger, token, mine, method)
    assert len(found) >= 5
    assert {where: status for where, status in found.items() if status != 404} == {}
    assert everything(database) == before
