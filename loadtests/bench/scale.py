"""How long and how much: sizes of a whole bench, and of the tiny one that tests run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Sizes of every row; seconds are of one run."""

    runs: int = 4
    connections: int = 32
    warm_up: float = 2.0
    calibrate: float = 1.0
    """Seconds for each setting that is tried for the no-op; 0 tries none."""
    peak: float = 3.0
    """Seconds of one run of wrk."""
    sustained: float = 4.0
    samples: int = 20
    """Households of each run that are looked at one by one."""
    drained: int = 5_000
    """Applications of one drain."""
    one_by_one: int = 300
    """Applications that are drained by an RQ job each."""
    looked_up: int = 3_000
    """Applications that are asked for, half of them waiting."""
    steady: float = 4.0
    """Seconds of one run of k6."""
    steady_share: float = 0.7
    """Share of capacity at which latency is measured."""
    waiting: int = 10_000
    """Applications in the inbox whose memory is measured."""
    overload: float = 5.0
    head_start: float = 1.0
    """Seconds for which the overload lasts before it is timed, and after."""
    overload_times: float = 3.0
    offered_least: float = 0.9
    """Share of the overload that must really have been offered."""
    citizens: int = 2_000
    fairness: float = 40.0


FULL = Scale()
TINY = Scale(
    runs=1,
    connections=4,
    warm_up=0.0,
    calibrate=0.0,
    peak=1.0,
    sustained=1.0,
    samples=3,
    drained=60,
    one_by_one=10,
    looked_up=20,
    steady=1.0,
    waiting=100,
    overload=1.0,
    head_start=0.2,
    offered_least=0.0,
    citizens=20,
    fairness=2.0,
)
