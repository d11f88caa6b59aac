"""The RQ queues, and the only ways a job gets into them.

A drain job carries nothing: what there is to do stands in the inbox. So RQ may lose jobs, run them
twice or keep them; the next tick brings another. A job for a photo or for minutes carries their
random id.
RQ never sees anything of a citizen.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

if TYPE_CHECKING:
    from collections.abc import Iterable

INTAKE: Final = "intake"
"""Name of the queue; a worker process listens to this one alone."""

PHOTOS: Final = "photos"
"""Name of the queue of photos: slow work, which must not hold a drain up."""

DOCUMENTS: Final = "documents"
"""Name of the queue of papers: seconds and half a gigabyte each, and no photo waits for one."""

MINUTES: Final = "worker.minutes.make_minutes"

MINUTES_TIMEOUT: Final = 240
"""Seconds for minutes: 120 to typeset them, the rest to gather and to keep them."""

PHOTO: Final = "worker.photo_jobs.work_off_photo"
SWEEP: Final = "worker.photo_jobs.sweep_photos"

PHOTO_TIMEOUT: Final = 45
"""Seconds for a photo: 20 to make it anew, the rest for the store and the database."""

DRAIN: Final = "worker.jobs.drain_inbox"

JOB_TIMEOUT: Final = 30
"""Seconds after which RQ interrupts a drain, which means to take 5: something hangs."""

JOB_TTL: Final = 60
"""Seconds that a drain may wait for a worker; until then no other is enqueued."""

FAILURE_TTL: Final = 3_600
"""Seconds that RQ keeps a failed drain, to be looked at; its default is a year."""


DEAD_AFTER: Final = 10
"""Seconds after which a server that takes nothing from us is given up. A worker waits for a job for
most of a minute, and would not notice before that its host was cut off."""

_KEEPALIVES: Final = {
    getattr(socket, name): value  # not every system has each
    for name, value in (
        ("TCP_KEEPIDLE", DEAD_AFTER // 2),
        ("TCP_KEEPINTVL", DEAD_AFTER // 2),
        ("TCP_KEEPCNT", 3),
        ("TCP_USER_TIMEOUT", DEAD_AFTER * 1000),
    )
    if hasattr(socket, name)
}


def connect(url: str, *, socket_timeout: float = 1.0) -> redis.Redis:
    """Give a client of RQ's Redis that answers or fails soon (timeout in seconds).

    However long an answer may take: that the network is dead is noticed after `DEAD_AFTER`.
    """
    # A socket in the file system knows no network.
    alive = {} if url.startswith("unix:") else {"socket_keepalive_options": _KEEPALIVES}
    return redis.Redis.from_url(
        url,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=0.5,
        socket_timeout=socket_timeout,
        **alive,
    )


def intake_queue(client: redis.Redis) -> Queue:
    """Give the queue of drains. JSON: what is read from Redis can run no code."""
    return Queue(INTAKE, connection=client, serializer=JSONSerializer)


def call_for_drain(queue: Queue) -> bool:
    """Enqueue one drain unless one waits; tell whether it was. Raises redis.RedisError.

    Two who ask at once may enqueue two: the second finds nothing to do.
    """
    if not queue.is_empty():
        return False
    queue.enqueue_call(
        DRAIN, timeout=JOB_TIMEOUT, ttl=JOB_TTL, result_ttl=0, failure_ttl=FAILURE_TTL
    )
    return True


def photo_queue(client: redis.Redis) -> Queue:
    """Give the queue of photos."""
    return Queue(PHOTOS, connection=client, serializer=JSONSerializer)


def call_for_photos(queue: Queue, ids: Iterable[bytes]) -> None:
    """Enqueue these photos; raises redis.RedisError."""
    for photo_id in ids:
        _enqueue(queue, PHOTO, photo_id.hex())


def call_for_sweep(queue: Queue) -> None:
    """Enqueue one sweep; raises redis.RedisError."""
    _enqueue(queue, SWEEP)


def document_queue(client: redis.Redis) -> Queue:
    """Give the queue of papers."""
    return Queue(DOCUMENTS, connection=client, serializer=JSONSerializer)


def call_for_minutes(queue: Queue, ids: Iterable[bytes]) -> None:
    """Enqueue these minutes; raises redis.RedisError."""
    for minutes_id in ids:
        _enqueue(queue, MINUTES, minutes_id.hex(), timeout=MINUTES_TIMEOUT)


def _enqueue(queue: Queue, job: str, *arguments: str, timeout: int = PHOTO_TIMEOUT) -> None:
    queue.enqueue_call(
        job,
        arguments,
        timeout=timeout,
        ttl=JOB_TTL,
        result_ttl=0,
        failure_ttl=FAILURE_TTL,
    )
