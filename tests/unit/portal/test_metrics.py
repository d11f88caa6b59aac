"""Labels are words of ours, and few, whatever is asked or sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from portal import metrics
from portal.app import create_app
from portal.metrics import COUNTED, DURATION, class_of, refused, write_counts
from registry.settings import Settings, new_secrets

CLASSES = {
    "form", "submission", "lookup", "page", "receipt", "photo", "sheet", "probe", "desk", "unknown",
}  # fmt: skip


@pytest.fixture(scope="module")
def app() -> Flask:
    nowhere = {"DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    servers = dict.fromkeys(("INBOX_REDIS_URL", "REDIS_URL"), "redis://127.0.0.1:1/0")
    return create_app(Settings.from_env({**new_secrets(), **nowhere, **servers}))


@pytest.fixture
def no_kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    metrics.write_counts()
    monkeypatch.setattr(metrics, "_kinds", set())
    metrics.REFUSED.clear()
    yield
    metrics.REFUSED.clear()


def kinds() -> dict[str, float]:
    metrics.write_counts()
    return {
        sample.labels["kind"]: sample.value
        for metric in COUNTED.collect()
        if metric.name == "fmotm_refused"
        for sample in metric.samples
        if sample.name.endswith("_total")
    }


def test_every_route_is_of_a_known_class(app: Flask) -> None:
    found = {rule.endpoint: class_of(rule.endpoint) for rule in app.url_map.iter_rules()}
    assert set(found.values()) | {class_of(None)} == CLASSES
    of_the_desk = {
        name
        for name, view in app.view_functions.items()
        if getattr(view, "roles", None) is not None
    }
    assert {found[name] for name in of_the_desk} == {"desk"}
    assert {name for name in found.keys() - of_the_desk if found[name] == "desk"} == {
        "visits.offline"
    }


@pytest.mark.usefixtures("no_kinds")
@pytest.mark.parametrize(
    "hostile", ["3171010101010001", "", "A", "nik 1", "nik\n", "x" * 40, 'a"} 1', "é", "/daftar"]
)
def test_what_is_no_word_of_ours_is_no_label(app: Flask, hostile: str) -> None:
    with app.app_context():
        refused(hostile)
        refused("nik")
    assert kinds() == {"other": 1.0, "nik": 1.0}


@pytest.mark.usefixtures("no_kinds")
def test_kinds_are_bounded(app: Flask) -> None:
    with app.app_context():
        for number in range(1_000):
            refused("".join("abcdefghij"[int(digit)] for digit in str(number)))
    assert len(kinds()) == metrics.KINDS_AT_MOST + 1
    assert sum(kinds().values()) == 1_000


def test_many_durations_count_as_if_they_came_one_by_one() -> None:
    one, together = DURATION.labels("one"), DURATION.labels("together")
    given = [0.0, 0.001, 0.0011, 0.3, 9.0, 10.0, 99.0]
    for each in given:
        one.observe(each)
    together.observe_all(given)

    def counted(name: str) -> list[tuple[str, str | None, float]]:
        return [
            (sample.name, sample.labels.get("le"), round(sample.value, 9))
            for metric in COUNTED.collect()
            for sample in metric.samples
            if sample.labels.get("class") == name and not sample.name.endswith("created")
        ]

    assert counted("one") == counted("together")


def test_a_path_is_nowhere(app: Flask) -> None:
    secret = "3171010101010001"
    client = app.test_client()
    for path in (f"/{secret}", f"/bukti/{secret}", f"/foto/{secret}", f"/x?nik={secret}"):
        client.get(path, headers={"X-Forwarded-For": secret, "User-Agent": secret})
    write_counts()
    told = [
        value
        for metric in COUNTED.collect()
        for sample in metric.samples
        for value in sample.labels.values()
    ]
    assert told
    assert not any(secret in value for value in told)
