"""Every metric that the dashboard and the alerts name is shown by the real portal."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request

import yaml

from tests.integration.portal.support import answers, body, form
from tests.stack import Stack, until
from tests.unit.deploy.test_watching_files import GRAFANA, PROMETHEUS

NAME = re.compile(r"\bfmotm_[a-z_]+")


def named() -> set[str]:
    """Give the names in all queries."""
    rules = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())["groups"]
    panels = json.loads((GRAFANA / "dashboard.json").read_text())["panels"]
    queries = [rule["expr"] for group in rules for rule in group["rules"]]
    queries += [each["expr"] for panel in panels for each in panel.get("targets", ())]
    return {name for query in queries for name in NAME.findall(query)}


def shown(stack: Stack) -> set[str]:
    with urllib.request.urlopen(f"{stack.url}/metrics", timeout=20) as answer:
        text = answer.read().decode()
    return {line.partition("{")[0].partition(" ")[0] for line in text.splitlines()}


def send(stack: Stack, data: bytes) -> None:
    try:
        urllib.request.urlopen(f"{stack.url}/daftar", data, timeout=20).close()
    except urllib.error.HTTPError as error:
        error.close()


def test_what_is_watched_is_there(stack: Stack) -> None:
    period = str(stack.json("period", "list")[0]["id"])
    for number in range(11):  # the last is refused
        given = answers(nama=f"Siti {'abcdefghijk'[number]}")
        send(stack, body(form(given, periode=period)))
    stack.drained()
    until(lambda: named() <= shown(stack), 30)
    assert len(named()) >= 25
