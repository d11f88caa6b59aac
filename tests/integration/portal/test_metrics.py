"""`/metrics`: who may see it, what it shows, and that no server that is down keeps it away."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from portal.admission import admission
from portal.admission.addresses import BUSY
from registry.inbox import Inbox, connect
from registry.rules.load import Sample
from registry.watch import Queues, Records, Watch
from tests.conftest import NewValkey
from tests.integration.portal.conftest import NOWHERE, NewApp
from tests.integration.portal.support import answers, form, post

TOKEN = "s3cr3t-0123456789abcdefghijklmnopqrstuvwxyz"
Metrics = dict[tuple[str, ...], float]


def read(text: str) -> Metrics:
    """Give each sample by its name and the values of its labels."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def shown(client: FlaskClient) -> Metrics:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    return read(answer.text)


def grew(client: FlaskClient, do: Callable[[], object]) -> Metrics:
    """Give what grew while something was done."""
    before = shown(client)
    do()
    return {
        name: value - before.get(name, 0.0)
        for name, value in shown(client).items()
        if value != before.get(name, 0.0)
    }


# Who may see it


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1"])
def test_without_a_token_this_machine_may_ask(client: FlaskClient, address: str) -> None:
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": address}).status_code == 200


@pytest.mark.parametrize("address", ["10.0.0.1", "192.0.2.1", "::2", "", "localhost", "127.0.0.1 "])
def test_to_strangers_there_is_no_such_page(client: FlaskClient, address: str) -> None:
    stranger = {"REMOTE_ADDR": address}
    refused = client.get("/metrics", environ_base=stranger)
    nowhere = client.get("/nothing-here", environ_base=stranger)
    assert (refused.status_code, refused.data) == (404, nowhere.data)


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_what_a_proxy_passes_on_is_not_of_this_machine(client: FlaskClient, name: str) -> None:
    assert client.get("/metrics", headers={name: "127.0.0.1"}).status_code == 404


def test_behind_proxies_a_token_is_needed(new_app: NewApp, inbox: Inbox) -> None:
    client = new_app(TRUSTED_PROXIES="1").test_client()
    for headers in ({}, {"X-Forwarded-For": "127.0.0.1"}):
        assert client.get("/metrics", headers=headers).status_code == 404


def test_with_a_token_it_alone_decides(new_app: NewApp, inbox: Inbox) -> None:
    client = new_app(METRICS_TOKEN=TOKEN, TRUSTED_PROXIES="1").test_client()
    far = {"REMOTE_ADDR": "192.0.2.1"}

    def ask(given: str | None) -> int:
        headers = {} if given is None else {"Authorization": given}
        return client.get("/metrics", headers=headers, environ_base=far).status_code

    assert ask(f"Bearer {TOKEN}") == 200
    wrong = (None, "", TOKEN, f"bearer {TOKEN}", f"Bearer {TOKEN}x", "Bearer é", f"Basic {TOKEN}")
    assert [ask(each) for each in wrong] == [404] * len(wrong)
    assert client.get("/metrics").status_code == 404  # this machine as well
    assert client.post("/metrics").status_code == 405


# What it shows


def test_an_application_is_counted(client: FlaskClient) -> None:
    found = grew(client, lambda: post(client, form(answers())))
    assert found["fmotm_accepted_total",] == 1
    assert found["fmotm_requests_total", "submission", "303"] == 1
    assert found["fmotm_request_duration_seconds_count", "submission"] == 1
    assert found["fmotm_inbox_append_duration_seconds_count",] == 1
    assert found["fmotm_inbox_entries_total",] == 1
    assert found["fmotm_inbox_depth",] == 1


def test_refusals_are_counted_by_kind(client: FlaskClient, new_app: NewApp) -> None:
    def one_nik_too_often() -> None:
        for number in range(11):
            post(client, form(answers(nama=f"Siti {'abcdefghijk'[number]}")))

    found = grew(client, one_nik_too_often)
    assert found["fmotm_refused_total", "nik"] == 1
    assert found["fmotm_requests_total", "submission", "429"] == 1
    assert found["fmotm_accepted_total",] == 10
    assert found["fmotm_inbox_append_duration_seconds_count",] == 11

    tried = new_app({"KK_TRIES": 0}).test_client()
    asked = {"nik": answers()["nik"], "kk": answers()["kk"]}
    found = grew(client, lambda: post(tried, asked, "/cek"))
    assert found["fmotm_refused_total", "nik_and_kk"] == 1
    assert found["fmotm_requests_total", "lookup", "429"] == 1

    flooded = new_app({"ADDRESS_CEILING": 1})
    flooding = flooded.test_client()
    for _ in range(BUSY):
        flooding.get("/")
    admission(flooded).addresses.add_up()
    found = grew(client, lambda: [flooding.get("/") for _ in range(2)])
    assert found["fmotm_refused_total", "address"] == 2


def test_refusals_of_all_portals_are_told(new_app: NewApp, new_valkey: NewValkey) -> None:
    url = new_valkey().url
    for _ in range(2):
        portal = new_app(INBOX_REDIS_URL=NOWHERE, REDIS_URL=url)
        assert post(portal.test_client(), form(answers())).status_code == 503
        portal.extensions["refusals"].write_now()
    with connect(url) as told:
        assert Watch(told).refused() == {"unavailable": 2}


def test_refusals_that_cannot_be_told_refuse_nobody_else(new_app: NewApp, inbox: Inbox) -> None:
    app = new_app(INBOX_REDIS_URL=NOWHERE, REDIS_URL=NOWHERE)
    assert post(app.test_client(), form(answers())).status_code == 503
    app.extensions["refusals"].write_now()


def test_what_the_ticker_told_is_shown(client: FlaskClient, redis_url: str) -> None:
    before = shown(client)
    assert not any(name[0].startswith("fmotm_ticker") for name in before)
    now = time.time()
    with connect(redis_url) as told:
        watch = Watch(told)
        watch.tell(Queues(now, {"intake": 3}, {"intake": 2}))
        watch.tell(Records(now, 1, 2, 3, 4.5, balanced=False, balanced_at=now - 9))
        watch.add_drain({"inserted": 90, "repeated": 10}, 0.5)
    found = shown(client)
    assert found["fmotm_ticker_last_tick_timestamp_seconds",] == now
    assert found["fmotm_queue_length", "intake"] == 3
    assert found["fmotm_workers", "intake"] == 2
    assert found["fmotm_inbox_missing_entries",] == 1
    assert found["fmotm_quarantine_entries",] == 2
    assert found["fmotm_photos_waiting",] == 3
    assert found["fmotm_events_unsealed_seconds",] == 4.5
    assert found["fmotm_balanced",] == 0
    assert found["fmotm_balance_timestamp_seconds",] == now - 9
    assert found["fmotm_drained_total", "inserted"] == 90
    assert found["fmotm_drain_entries_sum",] == 100
    assert found["fmotm_drain_duration_seconds_count",] == 1


def test_what_was_told_long_ago_is_no_figure_of_now(client: FlaskClient, redis_url: str) -> None:
    old = time.time() - 61
    with connect(redis_url) as told:
        Watch(told).tell(Queues(old, {"intake": 3}, {"intake": 2}))
        Watch(told).tell(Records(old, 1, 2, 3, 4.5))
    found = shown(client)
    assert found["fmotm_ticker_last_tick_timestamp_seconds",] == old
    assert not any(name[0] in {"fmotm_workers", "fmotm_quarantine_entries"} for name in found)


def test_nothing_of_anybody_is_in_it(client: FlaskClient) -> None:
    given = answers()
    receipt = post(client, form(given)).headers["Location"]
    client.get(receipt)
    client.get(f"/{given['nik'][0]}")
    post(client, {"nik": given["nik"], "bukti": ["0000-0000-0000"]}, "/cek")
    text = client.get("/metrics").text
    for secret in (given["nik"][0], given["nama"][0], receipt.rpartition("/")[2], "127.0.0.1"):
        assert secret not in text


# Servers that are down


def test_each_server_that_is_down_leaves_its_figures_out(
    new_app: NewApp, inbox: Inbox, new_valkey: NewValkey
) -> None:
    everything_down = new_app(INBOX_REDIS_URL=NOWHERE, REDIS_URL=NOWHERE)
    found = shown(everything_down.test_client())
    up = {name[1]: value for name, value in found.items() if name[0] == "fmotm_up"}
    assert up == {"inbox": 0, "database": 0, "queue": 0}
    assert not any(name[0].startswith(("fmotm_inbox_depth", "fmotm_drained")) for name in found)
    assert ("fmotm_accepted_total",) in found


def test_servers_that_hang_are_given_up_before_prometheus_gives_up(
    new_app: NewApp, new_valkey: NewValkey
) -> None:
    servers = [new_valkey(), new_valkey()]
    client = new_app(
        INBOX_REDIS_URL=servers[0].url, REDIS_URL=servers[1].url, METRICS_TOKEN=TOKEN
    ).test_client()
    for each in servers:
        each.freeze()
    began = time.monotonic()
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    took = time.monotonic() - began
    for each in servers:
        each.thaw()
    assert answer.status_code == 200
    assert read(answer.text)["fmotm_up", "inbox"] == 0
    assert took < 10


def test_a_database_that_answers_is_up(new_app: NewApp, inbox: Inbox, database_url: str) -> None:
    found = shown(new_app(DATABASE_URL=database_url).test_client())
    assert found["fmotm_up", "database"] == 1
    assert found["fmotm_database_connections_in_use",] == 0


def test_halted_and_careless_inboxes_are_told(
    client: FlaskClient, inbox: Inbox, new_app: NewApp, new_valkey: NewValkey
) -> None:
    assert shown(client)["fmotm_inbox_halted",] == 0
    assert shown(client)["fmotm_period_open",] == 1
    inbox.halt("moving")
    assert shown(client)["fmotm_inbox_halted",] == 1
    careless: Flask = new_app(INBOX_REDIS_URL=new_valkey({"appendfsync": "everysec"}).url)
    found = shown(careless.test_client())
    assert found["fmotm_inbox_durability_complaints",] == 1
    assert found["fmotm_period_open",] == 0


def test_samples_are_no_part_of_it(client: FlaskClient, redis_url: str) -> None:
    with connect(redis_url) as told:
        Watch(told).keep(Sample(time.time(), 5, 1))
    assert shown(client)["fmotm_up", "queue"] == 1
