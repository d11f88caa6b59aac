"""The portal on real servers, an inbox with an open period, and a portal under gunicorn."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient

from fmotm.embedded import free_port
from portal.app import create_app
from portal.door import Door
from portal.services import services
from registry.inbox import Inbox, connect
from registry.intake import Keys
from registry.settings import Settings, new_secrets
from tests.integration.portal.support import snapshot

NOWHERE = "redis://127.0.0.1:1/0"
NO_DATABASE = "postgresql://nobody:nothing@127.0.0.1:1/none"
ROOT = Path(__file__).parents[3]

REUSED = {"DATABASE_URL", "PORTAL_DATABASE_URL", "PHOTO_STORE"}
"""Settings with which a portal remembers nothing of one test that another would notice."""

Environ = dict[str, str]
Kind = frozenset[tuple[str, str]]
"""What is special about a portal: its settings."""
NewApp = Callable[..., Flask]


@pytest.fixture(scope="session")
def secrets() -> Environ:
    return new_secrets()


@pytest.fixture
def environ(
    secrets: Environ,
    valkey_url: str,
    redis_url: str,
    inbox_client: redis.Redis,
    queue_client: redis.Redis,
) -> Environ:
    """Give the settings of a portal whose inbox works and whose PostgreSQL is down.

    That is how everything but the status page must work. Servers are emptied.
    """
    return _environ(secrets, valkey_url, redis_url)


def _environ(secrets: Environ, inbox_url: str, redis_url: str) -> Environ:
    return {
        **secrets,
        "DATABASE_URL": NO_DATABASE,
        "INBOX_REDIS_URL": inbox_url,
        "REDIS_URL": redis_url,
    }


@pytest.fixture(scope="session")
def idle_apps() -> Iterator[dict[Kind, list[Flask]]]:
    """Keep portals that no test uses now, by their settings."""
    idle: dict[Kind, list[Flask]] = defaultdict(list)
    yield idle
    for app in chain.from_iterable(idle.values()):
        _close(app)


@pytest.fixture
def new_app(environ: Environ, idle_apps: dict[Kind, list[Flask]]) -> Iterator[NewApp]:
    """Make a portal; keywords in capitals replace settings, `config` Flask's configuration.

    Making one takes most of a second, so the usual ones are used again; only what they remember
    of the inbox is forgotten.
    """
    usual: list[tuple[Kind, Flask]] = []
    special: list[Flask] = []

    def new(config: dict[str, object] | None = None, **settings: str) -> Flask:
        if config or settings.keys() - REUSED:
            special.append(_made(environ | settings, config or {}))
            return special[-1]
        kind = frozenset(({"DATABASE_URL": NO_DATABASE} | settings).items())
        idle = idle_apps[kind]
        app = idle.pop() if idle else _made(environ | settings, {})
        _forget(app)
        usual.append((kind, app))
        return app

    yield new
    for app in special:
        _close(app)
    for kind, app in usual:
        idle_apps[kind].append(app)


@pytest.fixture(scope="session")
def photo_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store") / "photos"


@pytest.fixture
def photo_folder(photo_path: Path) -> Iterator[Path]:
    """Give the folder of a store, which is not there yet: the same for all, as portals are."""
    yield photo_path
    shutil.rmtree(photo_path, ignore_errors=True)


def without_database(new_app: NewApp, client: FlaskClient) -> FlaskClient:
    """Give somebody who is signed in a portal whose PostgreSQL is down."""
    down = new_app(DATABASE_URL=NO_DATABASE).test_client()
    cookie = client.get_cookie("meja")
    assert cookie
    down.set_cookie("meja", cookie.value)
    return down


def _made(environ: Environ, config: dict[str, object]) -> Flask:
    return create_app(Settings.from_env(environ), **config)


def _forget(app: Flask) -> None:
    with app.app_context():
        known = services()
    app.extensions["fmotm"] = replace(known, door=Door(known.inbox))
    app.extensions["front"].forget()


def _close(app: Flask) -> None:
    with app.app_context():
        services().close()


@pytest.fixture
def inbox(valkey_url: str, inbox_client: redis.Redis) -> Iterator[Inbox]:
    """Give the inbox, with a period that is open."""
    with connect(valkey_url) as client:
        opened = Inbox(client)
        opened.publish_periods([snapshot()])
        yield opened


@pytest.fixture
def app(new_app: NewApp, inbox: Inbox) -> Flask:
    return new_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def keys(secrets: Environ, environ: Environ) -> Keys:
    return Keys.of(Settings.from_env(environ))


@dataclass
class Served:
    """A portal under gunicorn."""

    url: str
    port: int
    log: Path
    pid: int


@pytest.fixture(scope="session")
def served(
    secrets: Environ, valkey_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """Serve the portal as in production, with all that it logs in one file.

    Tests that need an open period ask for `inbox` too.
    """
    log = tmp_path_factory.mktemp("served") / "portal.log"
    with serving(_environ(secrets, valkey_url, redis_url), log) as running:
        yield running


@contextmanager
def serving(environ: Environ, log: Path, processes: int = 1) -> Iterator[Served]:
    """Serve a portal under gunicorn."""
    port = free_port()
    served = ("-m", "gunicorn", "-c", "python:portal.gunicorn_conf", "portal.wsgi:app")
    how = {"PORT": str(port), "WEB_CONCURRENCY": str(processes)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *served],
            cwd=ROOT,
            env={**os.environ, **environ, **how},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _until_served(f"{url}/healthz", log)
        yield Served(url, port, log, process.pid)
    finally:
        process.terminate()
        process.wait(10)


def _until_served(url: str, log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    pytest.fail(log.read_text())
