"""Waiting for something to become true."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from loadtests.bench.measure import CheckFailed

if TYPE_CHECKING:
    from collections.abc import Callable


def until(
    condition: Callable[[], bool], seconds: float, otherwise: str, *, every: float = 0.05
) -> None:
    """Wait until a condition holds; raise CheckFailed when it does not within ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            message = f"{otherwise} within {seconds:g} s"
            raise CheckFailed(message)
        time.sleep(every)
