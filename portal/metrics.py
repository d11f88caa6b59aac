"""What the portal counts about itself, for those who watch it; `portal.scraping` shows it.

Each process counts in a file of its own in PROMETHEUS_MULTIPROC_DIR, where gunicorn_conf has set
that, and whoever is asked adds them up. A label says what kind of thing it was, in a word of ours:
never who, where from, or which address.
"""

from __future__ import annotations

import re
import threading
from collections import Counter as Tally
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Final

from flask import current_app, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from redis.exceptions import RedisError
from sqlalchemy import event

from portal.services import services
from registry.inbox import connect
from registry.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask, Response

COUNTED: Final = CollectorRegistry()
"""What this process counts."""

KINDS_AT_MOST: Final = 32
"""Kinds of refusals that are told apart; others are counted together, as `other`."""

TOLD_AFTER: Final = 2.0
"""Seconds after which other machines hear of a refusal."""

_TIMEOUT: Final = 0.3
_KIND: Final = re.compile(r"[a-z][a-z_]{0,30}", re.ASCII)
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_BEGAN: Final = "fmotm.began"
_CLASSES: Final = {
    "apply.form": "form",
    "apply.send": "submission",
    "status.ask": "lookup",
    "questions": "lookup",
    "status": "page",
    "home": "page",
    "offline": "page",
    "paper_form": "page",
    "minutes_check": "page",
    "receipt": "receipt",
    "photos": "photo",
    "neighbours": "sheet",
    "probes": "probe",
    "scraping": "probe",
}
"""Endpoint, or blueprint → class of request; pages of the signed-in are `desk`."""

REQUESTS: Final = Counter(
    "fmotm_requests", "Requests answered", ("class", "status"), registry=COUNTED
)
DURATION: Final = Histogram(
    "fmotm_request_duration_seconds",
    "Time to answer a request",
    ("class",),
    registry=COUNTED,
    buckets=_BUCKETS,
)
APPEND: Final = Histogram(
    "fmotm_inbox_append_duration_seconds",
    "Time until the inbox had an application on disk, or had refused it",
    registry=COUNTED,
    buckets=_BUCKETS,
)
ACCEPTED: Final = Counter("fmotm_accepted", "Applications accepted", registry=COUNTED)
REFUSED: Final = Counter("fmotm_refused", "People refused", ("kind",), registry=COUNTED)
CONNECTIONS: Final = Gauge(
    "fmotm_database_connections_in_use",
    "Connections to PostgreSQL that requests hold",
    registry=COUNTED,
    multiprocess_mode="livesum",
)


def refused(kind: str) -> None:
    """Count that somebody was refused, and why: a short word of ours, never anything of theirs."""
    teller: _Teller = current_app.extensions["refusals"]
    teller.add(kind)


@contextmanager
def appending() -> Iterator[None]:
    """Time the inbox while it takes an application; that counts as accepted unless it raises."""
    began = perf_counter()
    try:
        yield
        ACCEPTED.inc()
    finally:
        APPEND.observe(perf_counter() - began)


def watch() -> Watch:
    """Return what all processes tell each other, of the app that answers this request."""
    kept: Watch = current_app.extensions["watch"]
    return kept


def init_app(app: Flask) -> None:
    """Count every request; before all other parts, whose time counts too."""
    with app.app_context():
        here = services()
    told = Watch(
        connect(here.settings.redis_url, connect_timeout=_TIMEOUT, socket_timeout=_TIMEOUT)
    )
    app.extensions["watch"] = told
    app.extensions["refusals"] = _Teller(told)
    app.before_request(_begin)
    app.after_request(_end)
    event.listen(here.database, "checkout", lambda *_: CONNECTIONS.inc())
    event.listen(here.database, "checkin", lambda *_: CONNECTIONS.dec())


class _Teller:
    """Counts refusals here, and tells the sum in REDIS_URL soon after: not at each of them."""

    def __init__(self, told: Watch) -> None:
        self._watch = told
        self._untold: Tally[str] = Tally()
        self._kinds: set[str] = set()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def add(self, kind: str) -> None:
        with self._lock:
            known = self._known(kind)
            self._untold[known] += 1
            # A process that was forked has its parent's timer, which does not run.
            if self._timer is None or not self._timer.is_alive():
                self._timer = threading.Timer(TOLD_AFTER, self._tell)
                self._timer.daemon = True
                self._timer.start()
        REFUSED.labels(known).inc()

    def _known(self, kind: str) -> str:
        if kind in self._kinds:
            return kind
        if len(self._kinds) >= KINDS_AT_MOST or not _KIND.fullmatch(kind):
            return "other"
        self._kinds.add(kind)
        return kind

    def _tell(self) -> None:
        with self._lock:
            untold, self._untold, self._timer = self._untold, Tally(), None
        try:
            self._watch.add_refused(untold)
        except RedisError:
            with self._lock:
                self._untold += untold  # told with the next


def _begin() -> None:
    request.environ[_BEGAN] = perf_counter()


def _end(response: Response) -> Response:
    began = request.environ.get(_BEGAN)
    if began is not None:
        name = class_of(request.endpoint)
        REQUESTS.labels(name, response.status_code).inc()
        DURATION.labels(name).observe(perf_counter() - began)
    return response


def class_of(endpoint: str | None) -> str:
    """Return the class of a request by its endpoint; None for an address that is none."""
    if endpoint is None:
        return "unknown"
    known = _CLASSES.get(endpoint) or _CLASSES.get(endpoint.partition(".")[0])
    return known or "desk"
