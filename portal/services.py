"""What the views work with: the inbox, the keys, the database, and what the door knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from flask import current_app

from portal.door import Door
from registry.inbox import Inbox, connect
from registry.intake import Keys
from registry.store.session import engine, sessions

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session, sessionmaker

    from registry.settings import Settings

_EXTENSION = "fmotm"

CONNECTIONS: Final = 8
"""Connections to PostgreSQL that a process keeps: one for each of gunicorn's threads. More would be
opened and closed again for each request, which takes longer than the request."""


@dataclass(frozen=True, slots=True)
class Services:
    """Made once for each process; threads share it."""

    settings: Settings
    inbox: Inbox
    keys: Keys
    sessions: sessionmaker[Session]
    door: Door
    database: Engine

    def close(self) -> None:
        """Close the connections to PostgreSQL; those to Redis close when they are dropped."""
        self.database.dispose()


def services(app: Flask | None = None) -> Services:
    """Return the services of an app; of the one that answers this request, when none is given."""
    return cast("Services", (app or current_app).extensions[_EXTENSION])


def init_app(app: Flask, settings: Settings) -> None:
    """Set the services up. Connects to nothing: the servers may be down, or come later."""
    inbox = Inbox(connect(settings.inbox_redis_url))
    # Status is the only page that reads PostgreSQL: a citizen waits about two seconds for it at
    # most, and then gets what the inbox knows.
    database = engine(
        settings.portal_database_url,
        application="fmotm-portal",
        pool_size=CONNECTIONS,
        statement_timeout=2.0,
    )
    app.extensions[_EXTENSION] = Services(
        settings,
        inbox,
        Keys.of(settings),
        sessions(database),
        Door(inbox),
        database,
    )
