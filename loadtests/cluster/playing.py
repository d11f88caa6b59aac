"""Playing it: citizens, trouble, and what is true at the end."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from fmotm.households.send import open_form
from loadtests.bench.measure import CheckFailed
from loadtests.bench.waiting import until
from loadtests.books import balance_of, compared, seeing_all
from loadtests.cluster.citizens import Citizens, Heard
from loadtests.cluster.hosts import PORT
from loadtests.cluster.trouble import Incident, Trouble
from loadtests.households import Households
from loadtests.machine import Machine as Measured
from loadtests.machine import this_machine

if TYPE_CHECKING:
    from collections.abc import Callable

    from loadtests.cluster.hosts import Cluster
    from loadtests.ledger import Comparison

DRAINED_WITHIN: Final = 120.0
"""Seconds for what waits when the last citizen has gone."""

KINDS: Final = 100
"""Patterns that households follow."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is played. Hosts must be at least two each; seconds are of a link that is cut."""

    portals: int = 2
    workers: int = 2
    rate: float = 50.0
    """Households a second."""
    calm: float = 3.0
    """Seconds between two incidents."""
    portal_cut: float = 8.0
    data_cut: float = 5.0
    worker_cut: float = 25.0


@dataclass(slots=True)
class Played:
    """What it came to."""

    size: Size
    households: int = 0
    seconds: float = 0.0
    heard: Heard = field(default_factory=Heard)
    incidents: list[Incident] = field(default_factory=list)
    balance: dict[str, Any] = field(default_factory=dict)
    comparison: Comparison | None = None
    twice: int = 0
    """Applications that two entries led to, and that stand once."""
    still_connected: dict[str, int] = field(default_factory=dict)
    """Connections that PostgreSQL still holds to a host that died."""
    traffic: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Bytes that each host received and sent, from the first citizen until all was drained."""
    machine: Measured = field(default_factory=this_machine)


def play(cluster: Cluster, size: Size, say: Callable[[str], None]) -> Played:
    """Let citizens come while things go wrong, and check everything. Raises CheckFailed."""
    portals = [(each.name, each.host.address, PORT) for each in cluster.portals]
    form = open_form(f"http://{portals[0][1]}:{PORT}")
    households = Households.of(form, kinds=KINDS)
    ledger = cluster.folder / "ledger.bin"
    citizens = Citizens(portals, households, ledger, size.rate)
    trouble = Trouble(cluster, citizens.heard, say)
    played = Played(size, heard=citizens.heard, incidents=trouble.incidents)
    began, before = time.monotonic(), _traffic(cluster)
    citizens.start()
    try:
        _go_wrong(cluster, size, trouble)
    except BaseException:
        citizens.stop(at_once=True)
        raise
    citizens.stop()
    played.households, played.seconds = citizens.sent, time.monotonic() - began
    say(f"{played.seconds:6.1f} s  the last of {played.households:,} has sent; draining")
    inbox = cluster.inbox
    until(lambda: inbox.depth() == 0, DRAINED_WITHIN, "the inbox was not drained")
    played.traffic = {
        name: (received - before[name][0], sent - before[name][1])
        for name, (received, sent) in _traffic(cluster).items()
    }
    played.balance = balance_of(cluster)
    played.comparison = compared(cluster, [ledger], households, 0)
    _look_closer(cluster, played)
    if problems := problems_of(played):
        raise CheckFailed("; ".join(problems))
    return played


def _go_wrong(cluster: Cluster, size: Size, trouble: Trouble) -> None:
    """Cut off a portal, a worker, then all data; at last let a worker's host die."""
    first, *_, last = cluster.workers
    time.sleep(size.calm)
    trouble.cut_portal(cluster.portals[0], size.portal_cut)
    time.sleep(size.calm)
    trouble.cut_worker(first, size.worker_cut)
    time.sleep(size.calm)
    trouble.cut_data(size.data_cut)
    time.sleep(size.calm)
    trouble.kill_worker(last)
    time.sleep(size.calm)


def _traffic(cluster: Cluster) -> dict[str, tuple[int, int]]:
    machines = (cluster.data, *cluster.portals, *cluster.workers)
    return {each.name: cluster.network.traffic(each.host) for each in machines}


def _look_closer(cluster: Cluster, played: Played) -> None:
    """See what was recorded twice, and what PostgreSQL still keeps for who is gone."""
    with seeing_all(cluster) as database:
        row = database.execute(_TWICE).fetchone()
        played.twice = int(row[0]) if row else 0
        rows = database.execute(_CONNECTED).fetchall()
    connected = Counter(dict(rows))
    died = {each.host for each in played.incidents if each.until is None}
    played.still_connected = {
        each.name: connected[each.host.address] for each in cluster.workers if each.name in died
    }


def problems_of(played: Played) -> list[str]:
    """Say what is not as it must be."""
    found = [*played.heard.failures[:5]]
    compared_ = played.comparison
    if compared_ is None:
        return [*found, "nothing was compared"]
    found += compared_.problems()
    if compared_.households != played.households:
        found.append(f"{compared_.households:,} of {played.households:,} hold a receipt")
    if compared_.applications != played.balance["inserted"]:
        found.append(f"{compared_.applications:,} applications, but {played.balance}")
    found += [
        f"PostgreSQL still holds {count} connections to {name}, which died"
        for name, count in played.still_connected.items()
        if count
    ]
    return found


_TWICE: Final = """
SELECT count(*) FROM (
    SELECT FROM intake GROUP BY application_id HAVING count(*) > 1
) AS twice
"""
_CONNECTED: Final = """
SELECT host(client_addr), count(*) FROM pg_stat_activity
WHERE client_addr IS NOT NULL GROUP BY 1
"""
