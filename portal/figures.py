"""The figures that `/metrics` asks the servers for, each for a second or two at most."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.dates import now
from registry.inbox import InboxUnavailable
from registry.inbox.figures import load, server
from registry.watch import FRESH

if TYPE_CHECKING:
    from portal.services import Services
    from registry.watch import Queues, Records, Watch

    Asked: TypeAlias = Iterable[Metric]


class Figures(Collector):
    """Asks the servers of one portal, each time anew."""

    def __init__(self, services: Services, watch: Watch) -> None:
        self._services = services
        self._watch = watch

    def collect(self) -> Iterator[Metric]:
        """Give what can be had, and which servers answered."""
        up = GaugeMetricFamily("fmotm_up", "Whether a server answered", labels=["server"])
        for name, ask, failures in (
            ("inbox", self._inbox, InboxUnavailable),
            ("database", self._database, SQLAlchemyError),
            ("queue", self._queue, RedisError),
        ):
            try:
                yield from list(ask())
            except failures:
                up.add_metric([name], 0)
            else:
                up.add_metric([name], 1)
        yield up

    def _inbox(self) -> Asked:
        inbox = self._services.inbox
        found, told = load(inbox), server(inbox)
        opened = self._services.door.rounds(now()).open
        return [
            CounterMetricFamily("fmotm_inbox_entries", "Entries ever numbered", found.last_number),
            _gauge("inbox_depth", "Entries that wait", found.depth),
            _gauge(
                "inbox_oldest_seconds",
                "How long the oldest entry has waited",
                found.oldest_seconds(now()),
            ),
            _gauge("inbox_halted", "Whether accepting is stopped", found.halted),
            _gauge("inbox_memory_bytes", "Memory in use", told.memory),
            _gauge("inbox_memory_limit_bytes", "Memory allowed; 0: no limit", told.memory_limit),
            _gauge(
                "inbox_durability_complaints",
                "Ways in which the inbox could lose entries",
                told.complaints,
            ),
            _gauge("period_open", "Whether a registration period is open", opened is not None),
        ]

    def _database(self) -> Asked:
        with self._services.database.connect() as connection:
            connection.execute(text("SELECT 1"))
        return ()

    def _queue(self) -> Asked:
        queues, records = self._watch.told()
        yield from _drains(self._watch.drained())
        if queues:
            yield from _of_queues(queues)
        if records and abs(time.time() - records.at) <= FRESH:
            yield from _of_records(records)


def _gauge(name: str, help_: str, value: float) -> Metric:
    return GaugeMetricFamily(f"fmotm_{name}", help_, float(value))


def _drains(totals: dict[str, float]) -> Asked:
    many, seconds = totals.pop("drains", 0.0), totals.pop("seconds", 0.0)
    outcomes = CounterMetricFamily(
        "fmotm_drained", "Entries that left the inbox, by what became of them", labels=["outcome"]
    )
    for outcome, total in totals.items():
        outcomes.add_metric([outcome], total)
    return [
        outcomes,
        SummaryMetricFamily("fmotm_drain_duration_seconds", "Time of a drain", int(many), seconds),
        SummaryMetricFamily(
            "fmotm_drain_entries", "Entries of a drain", int(many), sum(totals.values())
        ),
    ]


def _of_queues(queues: Queues) -> Asked:
    yield _gauge(
        "ticker_last_tick_timestamp_seconds", "When the ticker was last heard of", queues.at
    )
    if abs(time.time() - queues.at) > FRESH:
        return
    waiting = GaugeMetricFamily("fmotm_queue_length", "Jobs that wait", labels=["queue"])
    workers = GaugeMetricFamily("fmotm_workers", "Workers that live", labels=["queue"])
    for metric, of in ((waiting, queues.waiting), (workers, queues.workers)):
        for name, many in of.items():
            metric.add_metric([name], many)
        yield metric


def _of_records(records: Records) -> Asked:
    yield _gauge(
        "inbox_missing_entries",
        "By how much the inbox's last number is below PostgreSQL's: entries were lost",
        records.missing,
    )
    yield _gauge("quarantine_entries", "Entries set aside", records.quarantine)
    yield _gauge("photos_waiting", "Photos that no worker has finished with", records.photos)
    yield _gauge(
        "events_unsealed_seconds", "How long the oldest unsealed event has waited", records.unsealed
    )
    if records.balanced is not None:
        yield _gauge("balanced", "Whether the last balance added up", records.balanced)
        yield _gauge("balance_timestamp_seconds", "When it was drawn", records.balanced_at)
