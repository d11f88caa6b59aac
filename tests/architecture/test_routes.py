"""Who may ask for what: a new route is not there until it says so.

What is for anyone stands in PUBLIC; every other view declares its roles by `for_roles`. The few
that have a session but nobody signed in, for they lead there, stand in AT_THE_DOOR.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from portal.accounts.models import ROLES
from portal.app import create_app
from registry.rules.lifecycle import Role
from registry.settings import Settings, new_secrets

# None of these reads or sets a cookie, so no form of them needs a CSRF token.
PUBLIC = {
    ("/", "GET"),
    ("/bantuan", "GET"),
    ("/berita-acara", "GET"),
    ("/berita-acara/<code>", "GET"),
    ("/bukti/<token>", "GET"),
    ("/cek", "GET"),
    ("/cek", "POST"),
    ("/cek/jawab", "POST"),
    ("/daftar", "GET"),
    ("/daftar", "POST"),
    ("/formulir.pdf", "GET"),
    ("/foto/<token>", "GET"),
    ("/foto/<token>/<kind>", "POST"),
    ("/healthz", "GET"),
    ("/lembar/<token>", "GET"),
    ("/lembar/<token>", "POST"),
    ("/luring", "GET"),
    ("/metrics", "GET"),  # to operators; 404 to others
    ("/musyawarah/<code>/kunjungan/luring", "GET"),  # without anything of anybody
    ("/readyz", "GET"),
    ("/sw.js", "GET"),
}
AT_THE_DOOR = {
    ("/keluar", "POST"),
    ("/masuk", "GET"),
    ("/masuk", "POST"),
    ("/masuk/kode", "GET"),
    ("/masuk/kode", "POST"),
    ("/undangan/<token>", "GET"),
    ("/undangan/<token>", "POST"),
}


@pytest.fixture(scope="module")
def app() -> Flask:
    settings = Settings.from_env(
        {
            **new_secrets(),
            "DATABASE_URL": "postgresql://127.0.0.1:1/none",
            "INBOX_REDIS_URL": "redis://127.0.0.1:1/0",
            "REDIS_URL": "redis://127.0.0.1:1/1",
        }
    )
    return create_app(settings)


def routes(app: Flask) -> Iterator[tuple[str, str, frozenset[Role] | None]]:
    """Give each route with its method and roles: None for a public one, none at the door."""
    for rule in app.url_map.iter_rules():
        roles = getattr(app.view_functions[rule.endpoint], "roles", None)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield rule.rule, method, roles


def test_every_route_has_declared_who_may_use_it(app: Flask) -> None:
    assert {(path, method) for path, method, roles in routes(app) if roles is None} == PUBLIC


def test_only_the_door_has_a_session_for_anybody(app: Flask) -> None:
    assert {
        (path, method) for path, method, roles in routes(app) if roles == frozenset[Role]()
    } == AT_THE_DOOR


def test_declared_roles_are_those_of_accounts(app: Flask) -> None:
    declared = [roles for _, _, roles in routes(app) if roles]
    assert declared
    assert set().union(*declared) <= set(ROLES)


def test_dinas_pages_are_for_dinas(app: Flask) -> None:
    """Auditors may look into some of them; nobody else into any."""
    of_dinas = [roles for path, _, roles in routes(app) if path.startswith("/dinas/")]
    assert of_dinas
    assert all(roles and roles <= {Role.DINAS, Role.AUDITOR} for roles in of_dinas)


def test_auditors_change_nothing(app: Flask) -> None:
    """But for their own account; and they may give a reason to see what is masked."""
    allowed = {path for path, method, roles in routes(app) if method != "GET" and roles
               and Role.AUDITOR in roles}  # fmt: skip
    others = {path for path in allowed if not path.startswith("/akun")}
    assert others == {"/musyawarah/<code>/kasus/<case>/buka"}
