"""What it came to, for a terminal and as loadtests/results/cluster.json."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from loadtests.cluster.playing import Played
    from loadtests.cluster.trouble import Incident


def figures(played: Played) -> dict[str, Any]:
    """Return every figure."""
    heard, balance = played.heard, played.balance
    return {
        "hosts": {"portals": played.size.portals, "workers": played.size.workers, "data": 1},
        "households": played.households,
        "seconds": round(played.seconds, 1),
        "accepted": dict(heard.accepted),
        "come_again": dict(heard.refused),
        "silent": dict(heard.silent),
        "resent": heard.resent,
        "slowest_answer": round(heard.slowest, 2),
        "incidents": [asdict(each) for each in played.incidents],
        "reclaimed": sum(each.held for each in played.incidents),
        "doubles": balance["repeated"],
        "applications_twice_sent": played.twice,
        "traffic": played.traffic,
        "balance": balance,
        "ledger": asdict(played.comparison) if played.comparison else None,
        "machine": asdict(played.machine),
    }


def as_text(played: Played) -> str:
    """Return the report for a terminal."""
    found = figures(played)
    told = (
        ("hosts", _many(found["hosts"])),
        ("households", f"{found['households']:,}, each with its receipt"),
        ("accepted", _many(found["accepted"])),
        ("told to come again", _many(found["come_again"])),
        ("not answered, sent elsewhere", _many(found["silent"])),
        ("sent more than once", f"{found['resent']:,} households"),
        ("slowest answer", f"{found['slowest_answer']:.2f} s"),
        ("taken over by another worker", f"{found['reclaimed']:,} entries"),
        ("doubles", f"{found['doubles']:,} entries, recorded as repeated: each stands once"),
        ("balance", _balance(found["balance"])),
        ("ledger", f"{found['ledger']['receipts']:,} receipts, each in the database exactly once"),
    )
    width = max(len(name) for name, _ in told)
    lines = [f"{name:<{width}}  {value}" for name, value in told]
    return "\n".join([*lines, "", *map(incident_line, played.incidents)])


def incident_line(incident: Incident) -> str:
    """Return an incident as a line."""
    until = "never back" if incident.until is None else f"until {incident.until:.1f} s"
    parts = [f"{incident.host} {incident.what} at {incident.at:.1f} s, {until}"]
    if incident.held:
        parts.append(f"held {incident.held} entries")
    if incident.rolled_back is not None:
        parts.append(f"its transaction given up after {incident.rolled_back:.1f} s")
    if incident.taken_over is not None:
        parts.append(f"its entries with another after {incident.taken_over:.1f} s")
        parts.append(f"{incident.waiting} waited at most meanwhile")
    if incident.back_at_work is not None:
        parts.append(f"at work {incident.back_at_work:.1f} s after it was back")
    return "; ".join(parts)


def _many(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items())) or "none"


def _balance(balance: dict[str, Any]) -> str:
    named = ("entries", "inserted", "repeated", "quarantined", "waiting")
    return ", ".join(f"{balance[name]:,} {name}" for name in named) + ": it adds up"
