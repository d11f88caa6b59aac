"""The tables of docs/capacity.md, out of files of results; what is missing is named in them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from loadtests.bench.report import as_markdown
from loadtests.capacity.needs import BUSY, CORES, PLACES, RUSH, Costs, first_limit, needs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ROWS: Final = ("accept", "sustained", "drain", "memory", "form", "form-revalidated", "status")
"""Rows of `make bench` that tell what one machine carries."""

FIFTHS: Final = 5
POSTGRES_CORES: Final = (4, 16, 64)
_PARTS: Final = {
    "portal": "portal: parse, seal, append, answer",
    "worker": "worker: claim, open, check, record",
    "postgres": "PostgreSQL: what the worker records",
    "inbox": "inbox: append, claim, acknowledge",
    "ticker": "ticker",
    "queue": "queue (RQ)",
}
_BYTES: Final = {
    "form_sent": "network: a form as a phone sends it",
    "form_answer": "network: its answer",
    "page": "network: `/daftar`, fetched once by each phone, compressed",
    "inbox_in": "network: into the inbox, portals' and workers' commands",
    "inbox_out": "network: out of the inbox",
    "inbox_written": "disk: the inbox's append-only file, until it is rewritten",
    "database": "disk: PostgreSQL, tables and indexes, for good",
    "wal": "disk: PostgreSQL's log, until the next checkpoints",
}


def one_machine(rows: Sequence[Mapping[str, Any]] | None) -> str:
    """Return what one machine carries; ``rows`` as `make bench` wrote them."""
    found = {row["name"]: dict(row) for row in rows or () if row["value"] is not None}
    table = as_markdown([found[name] for name in ROWS if name in found]) if found else ""
    missing = [name for name in ROWS if name not in found]
    return _joined(table, _lacking(missing, f"make bench ONLY={','.join(missing)}"))


def household(costs: Mapping[str, Any] | None, cluster: Mapping[str, Any] | None) -> str:
    """Return what a household costs; between hosts, as `make cluster` counted it."""
    if costs is None:
        return _lacking(["what a household costs"], "make capacity")
    total = sum(costs["cpu_ms"].values())
    lines = [
        *((words, f"{costs['cpu_ms'][name]:.2f} ms") for name, words in _PARTS.items()),
        ("all of it", f"{total:.2f} ms"),
        *((words, f"{costs['bytes'][name]:,.0f} B") for name, words in _BYTES.items()),
        *_between_hosts(cluster),
    ]
    missing = [] if cluster else ["network between hosts"]
    table = _table(("a household costs", ""), lines)
    return _joined(table, _measured(costs), _lacking(missing, "make cluster"))


def _between_hosts(cluster: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    if cluster is None:
        return []
    named = "network: PostgreSQL, inbox and queue"
    received, sent = (count / cluster["households"] for count in cluster["traffic"]["data"])
    return [(f"{named} receive", f"{received:,.0f} B"), (f"{named} send", f"{sent:,.0f} B")]


def growth(played: Mapping[str, Any] | None) -> str:
    """Return how fast each fifth of a round went; ``played`` as `make round` wrote it."""
    minutes = (played or {}).get("minutes", [])[:-1]  # the last one is short
    if played is None or len(minutes) < FIFTHS:
        return _lacking(["a round of some minutes"], "make round")
    cuts = [len(minutes) * fifth // FIFTHS for fifth in range(FIFTHS + 1)]
    lines = []
    for fifth, (first, end) in enumerate(pairwise(cuts), 1):
        drained = sum(each["drained"] for each in minutes[first:end])
        waiting = max(each["waiting"] for each in minutes[first:end])
        lines.append((f"{fifth}.", f"{drained / (end - first) / 60:,.0f}/s", f"{waiting:,}"))
    heads = ("fifth of the round's time", "drained", "most that waited")
    stored = played["sizes"]["database"] / played["registrations"]
    said = f"Of {played['registrations']:,} registrations; {stored:,.0f} B each in PostgreSQL.\n"
    return _joined(_table(heads, lines), said)


def inbox(costs: Mapping[str, Any] | None) -> str:
    """Return what the inbox takes by itself."""
    if costs is None:
        return _lacking(["the inbox alone"], "make capacity")
    lines = [
        (f"{run['under_way']}", f"{run['per_second']:,.0f}/s", f"{run['server_ms']:.3f} ms")
        for run in costs["inbox_alone"]
    ]
    heads = ("under way at once", "appends, each on disk before its answer", "processor for each")
    return _joined(_table(heads, lines), f"On {_machine(costs)}.\n")


def places(rows: Sequence[Mapping[str, Any]] | None, costs: Mapping[str, Any] | None) -> str:
    """Return what a city, a province and the country need."""
    reckoned = costs_of(rows, costs)
    if isinstance(reckoned, str):
        return reckoned
    heads = ("where", "registered", "at the peak", "portals", "workers", "PostgreSQL",
             "of the inbox", "inbox's memory", "database")  # fmt: skip
    lines = []
    for place in PLACES:
        need = needs(place, reckoned)
        lines.append(
            (
                place.name,
                f"{place.registrations:,}",
                f"{need.per_second:,.0f}/s",
                f"{need.portals} hosts",
                f"{need.workers} hosts",
                f"{need.postgres_cores} core{'s' if need.postgres_cores > 1 else ''}",
                f"{need.inbox_share:.0%}",
                f"{need.inbox_gb:,.1f} GB",
                f"{need.database_gb:,.0f} GB",
            )
        )
    assumed = (
        f"A peak is {RUSH:g} times the busiest moment of the shapes; hosts have {CORES} cores, busy"
        f" for {BUSY:.0%}, and there is one more of each than is needed."
    )
    said = [assumed, *(f"{place.name}: {place.source}." for place in PLACES)]
    return _joined(_table(heads, lines), "\n".join(f"- {line}" for line in said) + "\n")


def limits(rows: Sequence[Mapping[str, Any]] | None, costs: Mapping[str, Any] | None) -> str:
    """Return which limit comes first, by PostgreSQL's cores."""
    reckoned = costs_of(rows, costs)
    if isinstance(reckoned, str):
        return reckoned
    lines = []
    for cores in POSTGRES_CORES:
        name, rate = first_limit(reckoned, cores)
        lines.append((f"{cores} cores", name, f"{rate:,.0f}/s"))
    return _table(("PostgreSQL has", "full first", "at"), lines)


def costs_of(
    rows: Sequence[Mapping[str, Any]] | None, costs: Mapping[str, Any] | None
) -> Costs | str:
    """Return what is reckoned with; a sentence when something of it was not measured."""
    waiting = next((row["value"] for row in rows or () if row["name"] == "memory"), None)
    missing = [] if waiting else ["memory (make bench ONLY=memory)"]
    missing += [] if costs else ["what a household costs"]
    if waiting is None or costs is None:
        return _lacking(missing, "make capacity")
    alone = max(run["per_second"] for run in costs["inbox_alone"])
    return Costs(
        portal_ms=costs["cpu_ms"]["portal"],
        worker_ms=costs["cpu_ms"]["worker"],
        postgres_ms=costs["cpu_ms"]["postgres"],
        database_bytes=costs["bytes"]["database"],
        waiting_bytes=float(waiting) * 1000,
        # Many connections, claims and acknowledgements cost it more than appending alone.
        inbox_per_second=min(alone, 1000 / costs["cpu_ms"]["inbox"]),
    )


def _lacking(missing: Iterable[str], command: str) -> str:
    named = ", ".join(missing)
    return f"Not measured yet: {named} (`{command}`).\n" if named else ""


def _measured(costs: Mapping[str, Any]) -> str:
    return f"Of {costs['households']:,} households on {_machine(costs)}.\n"


def _machine(costs: Mapping[str, Any]) -> str:
    machine = costs["machine"]
    return (
        f"{machine['cores']} cores ({machine['processor']}), {machine['memory_gb']:g} GB,"
        f" {machine['system']}, commit {machine['commit']}"
    )


def _joined(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _table(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rule = ("---", *("---:" for _ in heads[1:]))
    return "".join(f"| {' | '.join(line)} |\n" for line in (heads, rule, *lines))
