"""The time, dates as people in Jakarta say them, and the language of the pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from flask_babel import Babel

from registry.rules.periods import JAKARTA, civil_date, show_date, show_time

if TYPE_CHECKING:
    from flask import Flask


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def day(moment: date) -> str:
    """Write a day, or that of a time, in Jakarta: `17 Agustus 2026`."""
    return show_date(civil_date(moment) if isinstance(moment, datetime) else moment)


def until(closes_at: datetime) -> str:
    """Write until when something is open that closes at `closes_at`.

    What closes at midnight is open until 23.59 of the day before: '00.00' is read as the night
    after, and people would come a day late.
    """
    local = closes_at.astimezone(JAKARTA)
    midnight = (local.hour, local.minute) == (0, 0)
    return show_time(local - timedelta(minutes=1) if midnight else local)


def init_app(app: Flask) -> None:
    """Give the templates their language and these ways to write dates."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "id")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", JAKARTA.key)
    # Msgids are Indonesian: without a translation they are the text.
    Babel(app)
    app.jinja_env.filters.update(tanggal=day, tanggal_jam=show_time, sampai=until)
