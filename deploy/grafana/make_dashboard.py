"""Writes dashboard.json beside this file: `python deploy/grafana/make_dashboard.py`.

Here a panel is a line; there it is thirty. A test compares the two.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

FILE = Path(__file__).with_name("dashboard.json")
COLUMNS, WIDTH, HEIGHT = 3, 8, 7
SOURCE = {"type": "prometheus", "uid": "${source}"}


class Panel(NamedTuple):
    """A chart: its unit, and query → legend."""

    title: str
    unit: str
    queries: dict[str, str]


class Row(NamedTuple):
    """Charts under one title."""

    title: str
    panels: tuple[Panel, ...]


def quantile(metric: str, share: float, by: str = "le") -> str:
    """Return the query of a percentile."""
    return f"histogram_quantile({share}, sum by ({by}) (rate({metric}_bucket[$__rate_interval])))"


def rate(metric: str, by: str = "") -> str:
    """Return the query of how fast a counter of all portals grows."""
    grouped = f" by ({by})" if by else ""
    return f"sum{grouped} (rate({metric}[$__rate_interval]))"


# What the inbox and the ticker tell is told by every portal alike: `max` takes it once.
ROWS = (
    Row(
        "People",
        (
            Panel("Accepted a second", "reqps", {rate("fmotm_accepted_total"): "accepted"}),
            Panel("Refused a second", "reqps", {rate("fmotm_refused_total", "kind"): "{{kind}}"}),
            Panel(
                "Requests a second", "reqps", {rate("fmotm_requests_total", "class"): "{{class}}"}
            ),
            Panel(
                "Answered with",
                "reqps",
                {rate("fmotm_requests_total", "status"): "{{status}}"},
            ),
            Panel(
                "Time to answer, 99 %",
                "s",
                {quantile("fmotm_request_duration_seconds", 0.99, "le, class"): "{{class}}"},
            ),
            Panel("A period is open", "bool_yes_no", {"max(fmotm_period_open)": "open"}),
        ),
    ),
    Row(
        "Inbox",
        (
            Panel("Entries that wait", "short", {"max(fmotm_inbox_depth)": "waiting"}),
            Panel("The oldest has waited", "s", {"max(fmotm_inbox_oldest_seconds)": "oldest"}),
            Panel(
                "Arrives and leaves",
                "reqps",
                {
                    "max(rate(fmotm_inbox_entries_total[$__rate_interval]))": "arrives",
                    "sum(max by (outcome) (rate(fmotm_drained_total[$__rate_interval])))": "leaves",
                },
            ),
            Panel(
                "Until it is on disk",
                "s",
                {
                    quantile("fmotm_inbox_append_duration_seconds", 0.5): "50 %",
                    quantile("fmotm_inbox_append_duration_seconds", 0.99): "99 %",
                },
            ),
            Panel(
                "Memory",
                "bytes",
                {
                    "max(fmotm_inbox_memory_bytes)": "used",
                    "max(fmotm_inbox_memory_limit_bytes)": "allowed",
                },
            ),
            Panel(
                "Must be 0",
                "short",
                {
                    "max(fmotm_inbox_halted)": "halted",
                    "max(fmotm_inbox_missing_entries)": "entries lost",
                    "max(fmotm_inbox_durability_complaints)": "not durable",
                    "1 - min(fmotm_balanced)": "out of balance",
                },
            ),
        ),
    ),
    Row(
        "Drain and other work",
        (
            Panel(
                "Drained a second, by outcome",
                "reqps",
                {"max by (outcome) (rate(fmotm_drained_total[$__rate_interval]))": "{{outcome}}"},
            ),
            Panel(
                "Time of a drain",
                "s",
                {
                    "max(rate(fmotm_drain_duration_seconds_sum[$__rate_interval]) /"
                    " rate(fmotm_drain_duration_seconds_count[$__rate_interval]))": "mean"
                },
            ),
            Panel(
                "Entries of a drain",
                "short",
                {
                    "max(rate(fmotm_drain_entries_sum[$__rate_interval]) /"
                    " rate(fmotm_drain_entries_count[$__rate_interval]))": "mean"
                },
            ),
            Panel("Jobs that wait", "short", {"max by (queue) (fmotm_queue_length)": "{{queue}}"}),
            Panel("Workers", "short", {"max by (queue) (fmotm_workers)": "{{queue}}"}),
            Panel(
                "Set aside, and photos that wait",
                "short",
                {
                    "max(fmotm_quarantine_entries)": "quarantine",
                    "max(fmotm_photos_waiting)": "photos",
                },
            ),
        ),
    ),
    Row(
        "Servers",
        (
            Panel("Answer", "bool_yes_no", {"min by (server) (fmotm_up)": "{{server}}"}),
            Panel(
                "Connections to PostgreSQL in use",
                "short",
                {"sum by (instance) (fmotm_database_connections_in_use)": "{{instance}}"},
            ),
            Panel(
                "Since",
                "s",
                {
                    "time() - max(fmotm_ticker_last_tick_timestamp_seconds)": "last tick",
                    "time() - max(fmotm_balance_timestamp_seconds)": "last balance",
                    "max(fmotm_events_unsealed_seconds)": "oldest event not sealed",
                },
            ),
        ),
    ),
)


def dashboard() -> dict[str, Any]:
    """Return the dashboard as Grafana reads it."""
    panels: list[dict[str, Any]] = []
    y = 0
    for row in ROWS:
        panels.append(_placed({"type": "row", "title": row.title, "panels": []}, 0, y, 24, 1))
        y += 1
        for number, panel in enumerate(row.panels):
            x = number % COLUMNS * WIDTH
            panels.append(_placed(_drawn(panel), x, y + number // COLUMNS * HEIGHT, WIDTH, HEIGHT))
        y += -(-len(row.panels) // COLUMNS) * HEIGHT
    for number, each in enumerate(panels, 1):
        each["id"] = number
    source = {"name": "source", "type": "datasource", "query": "prometheus", "label": "Prometheus"}
    return {
        "uid": "fmotm",
        "title": "Registration portal",
        "tags": ["fmotm"],
        "schemaVersion": 39,
        "editable": False,
        "timezone": "Asia/Jakarta",
        "refresh": "10s",
        "time": {"from": "now-3h", "to": "now"},
        "templating": {"list": [source]},
        "panels": panels,
    }


def _drawn(panel: Panel) -> dict[str, Any]:
    return {
        "type": "timeseries",
        "title": panel.title,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}},
        "targets": [
            {"refId": chr(65 + number), "datasource": SOURCE, "expr": expr, "legendFormat": legend}
            for number, (expr, legend) in enumerate(panel.queries.items())
        ],
    }


def _placed(panel: dict[str, Any], x: int, y: int, w: int, h: int) -> dict[str, Any]:
    return panel | {"gridPos": {"x": x, "y": y, "w": w, "h": h}}


def written() -> str:
    """Return what stands in the file."""
    return json.dumps(dashboard(), indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(written())
