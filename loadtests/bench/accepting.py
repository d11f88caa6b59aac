"""Rows of accepting: at its peak, and with the drain at work beside it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from loadtests.bench.measure import CheckFailed, Goal, Row, Sample, alternately

if TYPE_CHECKING:
    from loadtests.bench.bench import Bench
    from loadtests.bench.wrk import Answers

ACCEPT: Final = Goal(
    name="accept",
    what="accepted applications ÷ no-op POSTs",
    unit="/s",
    goal=0.30,
)
SUSTAINED: Final = Goal(
    name="sustained",
    what="accepted and drained into the review queue at once ÷ no-op POSTs",
    unit="/s",
    goal=0.20,
)


def accept(bench: Bench) -> tuple[Row, ...]:
    """Applications a second that get their receipt while nothing else is done."""
    scale = bench.scale
    warm_up(bench)
    notes: list[str] = []

    def portal(_: int) -> Sample:
        answers = bench.send(scale.peak)
        note(notes, answers)
        return answers.sample

    pairs = alternately(scale.runs, lambda _: _noop(bench), portal)
    bench.servers.drain()
    bench.books.close()
    return (Row(ACCEPT, pairs, notes=tuple(notes)),)


def sustained(bench: Bench) -> tuple[Row, ...]:
    """Applications a second from the first request to the last entry in the review queue."""
    scale = bench.scale
    warm_up(bench)
    notes: list[str] = []

    def portal(_: int) -> Sample:
        ended = 0.0

        def wait() -> None:
            nonlocal ended
            bench.servers.wait_drained()
            ended = time.monotonic()

        with bench.servers.draining():
            began = time.monotonic()
            answers = bench.send(scale.sustained, wait)
        note(notes, answers)
        return Sample(answers.good / (ended - began), answers.cores)

    pairs = alternately(scale.runs, lambda _: _noop(bench), portal)
    bench.books.close()
    return (Row(SUSTAINED, pairs, notes=tuple(notes)),)


def _noop(bench: Bench) -> Sample:
    return clean(bench.post_noop(bench.scale.peak), "the no-op").sample


def warm_up(bench: Bench) -> None:
    """Send for a while, so that caches and connections are there."""
    if bench.scale.warm_up:
        bench.send(bench.scale.warm_up)
        bench.servers.drain()


def clean(answers: Answers, of: str) -> Answers:
    """Return the answers of a baseline, which has no reason to refuse any."""
    if answers.refused or answers.unanswered > answers.answered // 100:
        message = f"{of} did not answer well: {answers}"
        raise CheckFailed(message)
    return answers


def note(notes: list[str], answers: Answers) -> None:
    """Note what did not go well: the figures count good answers alone."""
    if answers.refused or answers.unanswered:
        notes.append(str(answers))
