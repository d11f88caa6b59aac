"""What a round came to, in figures: for a terminal and as loadtests/results/round.json."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from loadtests.round.playing import SENDERS, WHOLE
from loadtests.round.watch import per_minute

if TYPE_CHECKING:
    from loadtests.round.playing import Round

_GB, _MB = 1e9, 1e6


def figures(played: Round) -> dict[str, Any]:
    """Return every figure of a round that was checked."""
    sent = played.watch.sent()
    return {
        "registrations": played.registrations,
        "whole": played.registrations == WHOLE,
        "seconds": round(played.whole_seconds, 1),
        "accepting_seconds": round(played.accepting_seconds, 1),
        "per_second": _rate(played.registrations, played.whole_seconds),
        "accepted_per_second": _rate(played.registrations, played.accepting_seconds),
        "deepest": played.watch.deepest,
        "refused": dict(sent.refused),
        "unanswered": sent.unanswered,
        "receipts_opened": sent.opened,
        "sender_cores": round(sent.cpu / max(played.accepting_seconds, 0.001), 2),
        "senders": SENDERS,
        "sizes": played.sizes,
        "balance": played.balance,
        "ledger": asdict(played.comparison) if played.comparison else None,
        "minutes": per_minute(played.watch.points),
        "machine": asdict(played.machine),
    }


def as_text(found: dict[str, Any]) -> str:
    """Return the figures for a terminal."""
    sizes, ledger = found["sizes"], found["ledger"]
    lines = (
        ("registrations", f"{found['registrations']:,}"),
        ("time until all were in the review queue", _clock(found["seconds"])),
        ("time until the last receipt", _clock(found["accepting_seconds"])),
        ("accepted and drained", f"{found['per_second']:,.0f}/s"),
        ("most that waited at once", f"{found['deepest']:,}"),
        ("refused, and sent again", f"{sum(found['refused'].values()):,}"),
        ("not answered, and sent again", f"{found['unanswered']:,}"),
        ("cores that sending took", f"{found['sender_cores']:.2f}"),
        ("database", f"{sizes['database'] / _GB:.2f} GB"),
        ("inbox on disk at the end", f"{sizes['inbox'] / _MB:,.0f} MB"),
        ("client's ledger", f"{ledger['receipts']:,} receipts, {sizes['ledger'] / _MB:,.1f} MB"),
        ("balance", "adds up; every receipt leads to exactly one application"),
    )
    width = max(len(name) for name, _ in lines)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in lines)


def _rate(number: int, seconds: float) -> float:
    return round(number / seconds, 1) if seconds > 0 else 0.0


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
