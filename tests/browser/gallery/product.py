"""What the pictures are of: the whole product, and beside it a portal whose servers are gone."""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from fmotm.embedded import free_port
from portal.admission import admission, watch
from portal.admission.load import Load
from portal.app import create_app
from portal.services import services
from registry.settings import Settings
from tests.browser.chromium import install
from tests.browser.conftest import QUIET
from tests.browser.gallery.album import HEIGHT, LAPTOP, WIDTH
from tests.database import all_rows
from tests.integration.portal.conftest import NO_DATABASE, NOWHERE
from tests.integration.portal.support import FORM, Fields, body, form
from tests.stack import Stack

HOST, BROKEN_HOST = "bansos.localhost", "rusak.localhost"
"""Names that the browser alone knows: pictures must not change with the port."""

CEILING = 40
"""Requests a minute that the broken portal takes of one address."""


@dataclass
class Product:
    """The running product, as scenes use it."""

    stack: Stack
    browser: Browser
    contexts: ExitStack
    crowd: Load
    """How the broken portal is told that too many come."""

    def open(self, path: str, *, javascript: bool = True, broken: bool = False) -> Page:
        """Open a page on a phone that has never been here."""
        page = self.phone(javascript=javascript).new_page()
        page.set_default_timeout(15_000)
        page.goto(f"http://{BROKEN_HOST if broken else HOST}{path}")
        return page

    def phone(self, *, javascript: bool = True) -> BrowserContext:
        context = self.browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT},
            has_touch=True,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        self.contexts.callback(context.close)
        return context

    def laptop(self) -> Page:
        """Open a browser at the desk; it stays open from chapter to chapter."""
        width, height = LAPTOP
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        return context.new_page()

    def apply(self, answers: Fields) -> str:
        """Send an application without a browser; return the path of its receipt."""
        connection = HTTPConnection("127.0.0.1", self.stack.port, timeout=30)
        with closing(connection):
            connection.request("POST", "/daftar", body(self.form(answers)), {"Content-Type": FORM})
            answer = connection.getresponse()
            assert answer.status == 303, answer.status
            return urlsplit(str(answer.getheader("Location"))).path

    def form(self, answers: Fields, **hidden: str) -> Fields:
        """Add what the form sends for itself."""
        return form(answers, **{"periode": self.period, **hidden})

    @cached_property
    def period(self) -> str:
        """The round that a first start opens."""
        [only] = self.stack.json("period", "list")
        return str(only["id"])

    def sql(self, command: str, parameters: Mapping[str, object] | None = None) -> None:
        """Do in the database what no page and no command does yet."""
        with all_rows(self.stack.settings()["DATABASE_URL"]) as connection:
            connection.execute(command.encode(), parameters)


@contextmanager
def running() -> Iterator[Product]:
    """Run everything, on a folder that is removed afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="fmotm-gallery-", ignore_cleanup_errors=True) as folder,
        ExitStack() as stopping,
    ):
        Path(folder).chmod(0o755)  # the servers of a root's run belong to another user
        stack = Stack(Path(folder) / "data")
        # The same answers have the same receipt code in every run, and the same picture.
        stack.environ["ID_KEY"] = _lasting_key()
        stack.start()
        stopping.callback(stack.stop)
        broken, crowd = stopping.enter_context(_broken_portal(stack))
        playwright = stopping.enter_context(sync_playwright())
        names = f"MAP {HOST} 127.0.0.1:{stack.port}, MAP {BROKEN_HOST} 127.0.0.1:{broken}"
        sandbox = [] if os.geteuid() else ["--no-sandbox"]
        browser = playwright.chromium.launch(
            executable_path=install(),
            args=[*QUIET, *sandbox, f"--host-resolver-rules={names}"],
        )
        stopping.callback(browser.close)
        yield Product(stack, browser, stopping.enter_context(ExitStack()), crowd)


def _lasting_key() -> str:
    """Return the key of these made-up households, and of nothing else."""
    return base64.b64encode(hashlib.sha256(b"pictures of made-up households").digest()).decode()


class _Silent(WSGIRequestHandler):
    """Does not write down what it is asked."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - its name there
        pass


@contextmanager
def _broken_portal(stack: Stack) -> Iterator[tuple[int, Load]]:
    """Serve a portal that reaches no server; gives its port and its load."""
    gone = {
        "INBOX_REDIS_URL": NOWHERE,
        "REDIS_URL": NOWHERE,
        "DATABASE_URL": NO_DATABASE,
        "PORTAL_DATABASE_URL": NO_DATABASE,
    }
    settings = Settings.from_env({**stack.settings(), **gone})
    app = create_app(settings, ADDRESS_CEILING=CEILING)
    watch(app)
    server = make_server("127.0.0.1", free_port(), app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port, admission(app).load
    finally:
        server.shutdown()
        thread.join()
        with app.app_context():
            services().close()
