"""What a household costs, measured on real servers: every program, and the inbox alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from loadtests.bench.measure import CheckFailed
from loadtests.bench.servers import Servers
from loadtests.capacity import inbox_alone
from loadtests.capacity.costs import PROGRAMS, measure

HOUSEHOLDS = 200


@pytest.fixture(scope="module")
def measured(servers: Servers) -> dict[str, Any]:
    found = measure(servers, lambda _: None, HOUSEHOLDS, alone=((1, 20), (16, 320)))
    return dict(json.loads(json.dumps(found)))


def test_every_program_has_its_share(measured: dict[str, Any]) -> None:
    assert set(measured["cpu_ms"]) == set(PROGRAMS)
    for busy in ("portal", "worker", "postgres"):
        assert measured["cpu_ms"][busy] > 0
    assert measured["households"] == HOUSEHOLDS


def test_bytes_are_those_of_a_household(measured: dict[str, Any]) -> None:
    """Within an order of magnitude: a form has hundreds of bytes, and so has what is kept of it."""
    found = measured["bytes"]

    assert all(100 < found[name] < 10_000 for name in ("form_sent", "form_answer", "inbox_in"))
    assert found["inbox_written"] > 300
    assert 5_000 < found["page"] < 20_000
    assert found["wal"] > 500


def test_the_inbox_alone_took_all_that_was_appended(measured: dict[str, Any]) -> None:
    assert [each["under_way"] for each in measured["inbox_alone"]] == [1, 16]
    assert all(each["per_second"] > 0 for each in measured["inbox_alone"])


def test_an_inbox_that_does_not_accept_is_no_measurement(
    servers: Servers, measured: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It knows no period, so it accepts nothing."""
    monkeypatch.setattr(inbox_alone, "_NAME", "closed")
    monkeypatch.setattr(type(servers.inbox), "periods", lambda _: [])

    with pytest.raises(CheckFailed, match=r"did not accept.*closed"):
        inbox_alone.measure(servers, [(1, 1)])
