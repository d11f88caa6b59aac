"""The time, and dates as people in Jakarta say them, in the language of the page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, assert_never

from babel.dates import format_date

from portal import language
from portal.language import gettext as _
from registry.rules.periods import JAKARTA, Milestone, civil_date

if TYPE_CHECKING:
    from flask import Flask

    from registry.rules.periods import NextDate


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def show_date(day: date) -> str:
    """Write a date: `17 Agustus 2026`."""
    return _written(date(day.year, day.month, day.day), language.current().code)


@lru_cache(maxsize=1024)
def _written(day: date, locale: str) -> str:
    """Write a date; the same few stand on most pages."""
    return format_date(day, "d MMMM y", locale=locale)


def show_time(moment: datetime) -> str:
    """Write an aware time as read in Jakarta: `17 Agustus 2026 pukul 23.59 WIB`."""
    local = moment.astimezone(JAKARTA)
    return _("%(hari)s pukul %(jam)s WIB", hari=show_date(local), jam=f"{local:%H.%M}")


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


def say(coming: NextDate) -> str:
    """Write the next date of a round as a sentence."""
    what, when = coming
    saat = show_time(when) if isinstance(when, datetime) else show_date(when) if when else ""
    match what:
        case Milestone.OPENS:
            return _("Pendaftaran dibuka %(saat)s.", saat=saat)
        case Milestone.CLOSES:
            return _("Pendaftaran ditutup %(saat)s.", saat=saat)
        case Milestone.MEETINGS_UNKNOWN:
            return _("Tanggal musyawarah belum ditentukan.")
        case Milestone.MEETINGS_BEGIN:
            return _("Musyawarah dimulai %(saat)s.", saat=saat)
        case Milestone.MEETINGS_BEGAN:
            return _("Musyawarah sudah dimulai %(saat)s.", saat=saat)
        case _:
            assert_never(what)


def init_app(app: Flask) -> None:
    """Give the templates these ways to write dates."""
    app.jinja_env.filters.update(tanggal=day, tanggal_jam=show_time, sampai=until)
