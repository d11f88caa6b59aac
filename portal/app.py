"""The factory of the portal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Flask

from portal import (
    accounts,
    admission,
    assets,
    citizen,
    dates,
    dinas,
    errors,
    front,
    headers,
    language,
    limits,
    lingkungan,
    loket,
    metrics,
    minutes_check,
    musyawarah,
    offline,
    patience,
    pendamping,
    pictures,
    probes,
    scraping,
    services,
    sounds,
    texts,
)
from portal.citizen import straight

if TYPE_CHECKING:
    from registry.settings import Settings

# In this order: what counts before all others, whose time it measures; what is answered without
# Flask, next to it, then the language, which those need to know, then the static files, which have
# one address for all, and all of them behind the gate of admission; only the proxies, of headers,
# are before that.
_PARTS: Final = (
    metrics, front, straight, texts, language, dates, assets, pictures, sounds, limits, admission,
    headers, patience, errors, probes, scraping, offline, accounts, citizen, lingkungan,
    minutes_check, musyawarah, loket, dinas, pendamping,
)  # fmt: skip


def create_app(settings: Settings, **config: Any) -> Flask:
    """Make the portal. No connection is opened yet: it may be made before workers are forked.

    `config` overrides Flask's configuration, for tests.
    """
    app = Flask(__name__, static_folder=None)
    app.config.update(SECRET_KEY=settings.secret_key, **config)
    services.init_app(app, settings)
    for part in _PARTS:
        part.init_app(app)
    return app
