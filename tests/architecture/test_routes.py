"""Who may ask for what: a new route is not there until it stands in this table."""

from __future__ import annotations

from portal.app import create_app
from registry.settings import Settings, new_secrets

# Everything so far is for anyone, and nothing sets a cookie, so no form needs a CSRF token.
PUBLIC = {
    ("/", "GET"),
    ("/bantuan", "GET"),
    ("/bukti/<token>", "GET"),
    ("/cek", "GET"),
    ("/cek", "POST"),
    ("/daftar", "GET"),
    ("/daftar", "POST"),
    ("/foto/<token>", "GET"),
    ("/foto/<token>/<kind>", "POST"),
    ("/healthz", "GET"),
    ("/lembar/<token>", "GET"),
    ("/lembar/<token>", "POST"),
    ("/luring", "GET"),
    ("/readyz", "GET"),
    ("/sw.js", "GET"),
}


def test_every_route_has_declared_who_may_use_it() -> None:
    settings = Settings.from_env(
        {
            **new_secrets(),
            "DATABASE_URL": "postgresql://127.0.0.1:1/none",
            "INBOX_REDIS_URL": "redis://127.0.0.1:1/0",
            "REDIS_URL": "redis://127.0.0.1:1/1",
        }
    )
    routes = {
        (rule.rule, method)
        for rule in create_app(settings).url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == PUBLIC
