"""What the portal counts about itself, for those who watch it; `portal.scraping` shows it.

Under gunicorn each process counts in files of its own, in `portal.metrics_folder`, and whichever is
asked adds them up. A label says what kind of thing it was, in a word of ours:
never who, where from, or which address.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter as Tally
from contextlib import contextmanager, suppress
from time import perf_counter
from typing import TYPE_CHECKING, Final, NamedTuple

from flask import current_app, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from redis.exceptions import RedisError
from sqlalchemy import event

from portal.later import Later
from portal.services import services
from registry.inbox import connect
from registry.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flask import Flask, Response

COUNTED: Final = CollectorRegistry()
"""What this process counts."""

KINDS_AT_MOST: Final = 32
"""Kinds of refusals that are told apart; others are counted together, as `other`."""

WRITTEN_AFTER: Final = 1.0
"""Seconds after which other processes know what was counted here."""

TOLD_AFTER: Final = 2.0
"""Seconds after which other machines hear of a refusal."""

_TIMEOUT: Final = 0.3
_KIND: Final = re.compile(r"[a-z][a-z_]{0,30}", re.ASCII)
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_BEGAN: Final = "fmotm.began"
_kinds: Final[set[str]] = set()
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


class _Durations(Histogram):
    """A histogram that takes many durations at once: one at a time costs twenty times as much."""

    def observe_all(self, seconds: Sequence[float]) -> None:
        """Count these durations."""
        places = Tally(bisect_left(self._upper_bounds, each) for each in seconds)
        for place, many in places.items():
            self._buckets[place].inc(many)
        self._sum.inc(sum(seconds))


REQUESTS: Final = Counter(
    "fmotm_requests", "Requests answered", ("class", "status"), registry=COUNTED
)
DURATION: Final = _Durations(
    "fmotm_request_duration_seconds",
    "Time to answer a request",
    ("class",),
    registry=COUNTED,
    buckets=_BUCKETS,
)
APPEND: Final = _Durations(
    "fmotm_inbox_append_duration_seconds",
    "Time until the inbox had an application on disk, or did not take it",
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


class _Done(NamedTuple):
    """Something that was done once: where it counts, and how long it took."""

    counter: Counter | None
    durations: _Durations
    seconds: float


def _write(done: Sequence[_Done]) -> None:
    for counter, many in Tally(each.counter for each in done).items():
        if counter is not None:
            counter.inc(many)
    by_histogram: dict[_Durations, list[float]] = {}
    for each in done:
        by_histogram.setdefault(each.durations, []).append(each.seconds)
    for histogram, seconds in by_histogram.items():
        histogram.observe_all(seconds)


def _write_refusals(kinds: Sequence[str]) -> None:
    for kind, many in Tally(kinds).items():
        REFUSED.labels(kind).inc(many)


_done: Final = Later(WRITTEN_AFTER, _write)
_refusals: Final = Later(WRITTEN_AFTER, _write_refusals)
_where: Final[dict[tuple[str | None, int], tuple[Counter, _Durations]]] = {}


def write_counts() -> None:
    """Write what this process has counted so far, for whoever is asked."""
    _done.write_now()
    _refusals.write_now()


def refused(kind: str, app: Flask | None = None) -> None:
    """Count that somebody was refused, and why: a short word of ours, never anything of theirs.

    ``app`` where no request of Flask is under way.
    """
    known = _known(kind)
    _refusals.note(known)
    untold: Later[str] = (app or current_app).extensions["refusals"]
    untold.note(known)


def answered(endpoint: str | None, status: int, seconds: float) -> None:
    """Count a request that was answered. Flask's are counted by themselves."""
    which = endpoint, status
    counter, durations = _where.get(which) or _counted_at(*which)
    _done.note(_Done(counter, durations, seconds))


@contextmanager
def appending() -> Iterator[None]:
    """Time the inbox while it takes an application; that counts as accepted unless it raises."""
    began, taken = perf_counter(), None
    try:
        yield
        taken = ACCEPTED
    finally:
        _done.note(_Done(taken, APPEND, perf_counter() - began))


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
    app.extensions["refusals"] = Later(TOLD_AFTER, _told_by(told))
    app.before_request(_begin)
    app.after_request(_end)
    event.listen(here.database, "checkout", lambda *_: CONNECTIONS.inc())
    event.listen(here.database, "checkin", lambda *_: CONNECTIONS.dec())


def _told_by(told: Watch) -> Callable[[Sequence[str]], None]:
    """Return what adds refusals to those of all portals; what cannot be told is not."""

    def tell(kinds: Sequence[str]) -> None:
        with suppress(RedisError):
            told.add_refused(Tally(kinds))

    return tell


def _known(kind: str) -> str:
    if kind in _kinds:
        return kind
    if len(_kinds) >= KINDS_AT_MOST or not _KIND.fullmatch(kind):
        return "other"
    _kinds.add(kind)
    return kind


def _begin() -> None:
    request.environ[_BEGAN] = perf_counter()


def _end(response: Response) -> Response:
    began = request.environ.get(_BEGAN)
    if began is not None:
        answered(request.endpoint, response.status_code, perf_counter() - began)
    return response


def _counted_at(endpoint: str | None, status: int) -> tuple[Counter, _Durations]:
    name = class_of(endpoint)
    where = REQUESTS.labels(name, status), DURATION.labels(name)
    _where[endpoint, status] = where
    return where


def class_of(endpoint: str | None) -> str:
    """Return the class of a request by its endpoint; None for an address that is none."""
    if endpoint is None:
        return "unknown"
    known = _CLASSES.get(endpoint) or _CLASSES.get(endpoint.partition(".")[0])
    return known or "desk"
