"""Held off at the gate: what was sent is kept, when to come again is said, and it arrives once."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from urllib.parse import quote, unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis.exceptions import ConnectionError as Gone

from portal import limits
from portal.admission import Admission, admission
from portal.admission.sampler import FIGURES, figures
from portal.headers import HEADERS, HSTS
from portal.limits import connect_limits
from registry.inbox import Inbox, connect
from registry.inbox.admission import publish
from registry.rules.admission import Kind, Limits, Refusal
from tests.conftest import NewValkey
from tests.integration.portal.conftest import NOWHERE, NewApp
from tests.integration.portal.support import (
    FORM,
    Page,
    answered,
    answers,
    body,
    form,
    post,
    snapshot,
)

Held = Callable[[Refusal | None], None]


@pytest.fixture
def mine(new_app: NewApp, inbox: Inbox) -> Flask:
    """Give a portal of one's own: what it remembers goes with it."""
    return new_app({"TESTING": True})


@pytest.fixture
def client(mine: Flask) -> FlaskClient:
    return mine.test_client()


@pytest.fixture
def gate(mine: Flask) -> Admission:
    return admission(mine)


@pytest.fixture
def hold(gate: Admission, monkeypatch: pytest.MonkeyPatch) -> Held:
    """Hold everybody off for a reason, or nobody."""

    def because(why: Refusal | None) -> None:
        monkeypatch.setattr(gate.load, "refusal", lambda _kind, _waited: why)

    return because


@pytest.mark.parametrize("language", ["", "/en"])
def test_a_form_that_was_held_off_is_kept_and_arrives_once(
    client: FlaskClient, inbox: Inbox, hold: Held, language: str
) -> None:
    hold(Refusal.BUSY_SUBMISSION)
    first = post(client, form(answers()), f"{language}/daftar")
    assert (first.status_code, inbox.last_number()) == (503, 0)
    again = post(client, Page(first.text).values, f"{language}/daftar")
    assert Page(again.text).values == Page(first.text).values == form(answers())
    assert f'action="{language}/daftar" data-kirim-lagi=' in first.text
    assert ("Belum terkirim" in first.text) is (language == "")
    assert ("Not sent yet" in first.text) is (language == "/en")

    hold(None)
    receipts = {post(client, Page(again.text).values).location for _ in range(2)}
    assert inbox.last_number() == 2
    codes = {client.get(each).text.split('class="kode"')[1].split("</p>")[0] for each in receipts}
    assert len(codes) == 1


def test_what_it_says_is_worked_out_from_how_many_come(
    client: FlaskClient, gate: Admission, hold: Held
) -> None:
    hold(Refusal.BUSY_SUBMISSION)
    unknown = post(client, form(answers()))
    assert "Kami belum tahu berapa lama." in unknown.text
    assert unknown.headers["Retry-After"] == "60"
    for _ in range(10):
        gate.load.let_in(Kind.SUBMISSION)
    for _ in range(200):
        gate.load.refused(Kind.SUBMISSION, Refusal.BUSY_SUBMISSION)
    known = post(client, form(answers()))
    seconds = int(known.headers["Retry-After"])
    assert 20 <= seconds <= 21
    assert "Coba lagi dalam kira-kira 20 detik." in known.text
    assert f'data-kirim-lagi="{seconds}"' in known.text
    assert "about 20 seconds" in post(client, form(answers()), "/en/daftar").text
    gate.load._held_off[Kind.SUBMISSION].add(1_500)
    assert "kira-kira 3 menit" in post(client, form(answers())).text


def test_a_script_is_told_in_words_and_reads_no_page(client: FlaskClient, hold: Held) -> None:
    hold(Refusal.INBOX_MEMORY)
    headers = {"Accept": "application/json"}
    told = client.post("/daftar", data=body(form(answers())), content_type=FORM, headers=headers)
    assert (told.status_code, told.json) == (503, {"tunggu": 60})
    assert told.headers["Retry-After"] == "60"


@pytest.mark.parametrize("path", ["/cek", "/bantuan", "/", "/masuk", "/tidak-ada", "/bukti/x"])
def test_a_page_that_was_held_off_leads_to_itself(
    client: FlaskClient, hold: Held, path: str
) -> None:
    hold(Refusal.BUSY_OTHER)
    for language in ("", "/en"):
        page = client.get(language + path)
        assert page.status_code == 503
        assert int(page.headers["Retry-After"]) > 0
        assert language + path in Page(page.text).links
    asked = client.get(path, query_string={"halaman": "2", "cari": "a b"})
    assert f"{path}?halaman=2&cari=a+b" in Page(asked.text).links
    head = client.head(path)
    assert (head.status_code, head.data) == (503, b"")


@pytest.mark.parametrize(
    "path", ["//elsewhere.example/cek", "/\\elsewhere.example", "/b%C3%A9/%3F"]
)
def test_no_address_leads_away(client: FlaskClient, hold: Held, path: str) -> None:
    hold(Refusal.BUSY_OTHER)
    asked = client.get(environ_overrides={"PATH_INFO": unquote(path, "latin-1")})
    links = Page(asked.text).links
    away = [each for each in links if each.startswith("//") or "\\" in each]
    assert away == []
    assert quote(unquote(path).lstrip("/"), safe="/") in {each.lstrip("/") for each in links}


def test_what_is_closed_is_not_said_to_open_soon(
    client: FlaskClient, gate: Admission, hold: Held
) -> None:
    gate.load.let_in(Kind.LOOKUP)  # the moment before
    hold(Refusal.CLOSED)
    page = client.get("/cek")
    assert "<h1>Ditutup sebentar</h1>" in page.text
    assert "Kami belum tahu berapa lama." in page.text
    assert page.headers["Retry-After"] == "60"


def test_every_such_answer_is_kept_nowhere_and_protected(client: FlaskClient, hold: Held) -> None:
    hold(Refusal.BUSY_SUBMISSION)
    for page in (post(client, form(answers())), client.get("/cek")):
        assert page.headers["Cache-Control"] == "no-store"
        assert {name: page.headers[name] for name in HEADERS} == HEADERS
        assert "Set-Cookie" not in page.headers
        assert "Strict-Transport-Security" not in page.headers
    safe = client.get("/cek", base_url="https://localhost")
    assert safe.headers["Strict-Transport-Security"] == HSTS


def test_files_probes_and_the_page_of_dinas_are_never_held_off(
    client: FlaskClient, hold: Held
) -> None:
    page = client.get("/")
    style = page.text.split('rel="stylesheet" href="')[1].split('"')[0]
    hold(Refusal.BUSY_OTHER)
    for path in (style, "/healthz", "/readyz"):
        with client.get(path) as answer:
            assert answer.status_code == 200
    assert client.get("/dinas/pintu").status_code == 302  # to sign in


@pytest.mark.parametrize(
    ("path", "given_back"),
    [("/loket/daftar", True), ("/loket/keberatan", True), ("/pendamping/daftar", True),
     ("/cek", True), ("/masuk", False), ("/akun/sandi", False), ("/foto/x/ktp", False)],
)  # fmt: skip
def test_forms_of_the_desk_are_kept_and_passwords_are_not(
    client: FlaskClient, hold: Held, path: str, given_back: bool
) -> None:
    hold(Refusal.BUSY_SUBMISSION)
    page = post(client, {"csrf_token": ["t"], "sandi": ["rahasia sekali"]}, path)
    assert page.status_code == 503
    assert ("rahasia sekali" in page.text) is given_back
    assert (f'action="{path}"' in page.text) is given_back
    assert ("Tekan tombol kembali" in page.text) is not given_back
    assert "data-kirim-lagi" not in page.text


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (b"nama=%FF", FORM),
        (b"a=" + b"x" * 70_000, FORM),
        (b"&".join([b"a=1"] * 700), FORM),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b'{"nama": 1}', "application/json"),
        (b"", FORM),
    ],
)
def test_what_is_no_form_of_ours_is_held_off_as_well(
    client: FlaskClient, inbox: Inbox, hold: Held, sent: bytes, kind: str
) -> None:
    hold(Refusal.BUSY_SUBMISSION)
    page = client.post("/daftar", data=sent, content_type=kind)
    assert page.status_code == 503
    assert int(page.headers["Retry-After"]) > 0
    assert inbox.last_number() == 0


def test_a_form_that_was_cut_off_is_not_given_back_as_whole(
    client: FlaskClient, hold: Held
) -> None:
    hold(Refusal.BUSY_SUBMISSION)
    whole = body(form(answers()))
    page = client.post(
        "/daftar",
        content_type=FORM,
        environ_overrides={
            "wsgi.input": BytesIO(whole[:-20]),
            "CONTENT_LENGTH": str(len(whole)),
        },
    )
    assert page.status_code == 503
    assert Page(page.text).values == {}
    assert "Tekan tombol kembali" in page.text


def test_hostile_fields_and_addresses_become_no_markup(client: FlaskClient, hold: Held) -> None:
    hold(Refusal.BUSY_SUBMISSION)
    page = post(client, {'"><script>': ['</form><script src="//x">']})
    assert "<script>" not in page.text
    assert 'src="//x"' not in page.text
    away = client.get('/cek/"><script>alert(1)</script>').text
    assert "<script>alert" not in away


def test_what_dinas_sets_holds_when_it_was_heard_and_while_the_server_is_gone(
    new_app: NewApp, new_valkey: NewValkey
) -> None:
    server = new_valkey()
    app = new_app(INBOX_REDIS_URL=server.url)
    client, gate = app.test_client(), admission(app)
    with connect(server.url) as told:
        Inbox(told).publish_periods([snapshot()])
        publish(Inbox(told), 1, Limits(lookups_closed=True, others_closed=True))
    assert client.get("/cek").status_code == 200
    gate.sampler.sample()
    server.stop()
    gate.sampler.sample()
    shut = [client.get(path).status_code for path in ("/cek", "/bantuan", "/daftar", "/", "/masuk")]
    assert shut[:2] == [503, 503]
    assert 503 not in shut[3:]
    assert "ditutup sebentar, supaya pendaftaran tetap jalan" in client.get("/cek").text


def test_a_full_inbox_holds_submissions_off_before_it_refuses_them(
    new_app: NewApp, new_valkey: NewValkey
) -> None:
    server = new_valkey({"maxmemory": "64mb"})
    app = new_app(INBOX_REDIS_URL=server.url)
    client, gate = app.test_client(), admission(app)
    with connect(server.url) as told:
        inbox = Inbox(told)
        inbox.publish_periods([snapshot()])
        assert post(client, form(answers())).status_code == 303
        for depth, status in ((1, 503), (2, 303)):
            publish(inbox, 1, Limits(depth=depth))
            gate.sampler.sample()
            assert post(client, form(answers())).status_code == status
        told.config_set("maxmemory", "1mb")
        gate.sampler.sample()
        assert Page(post(client, form(answers())).text).answered() == answered(answers())
        assert gate.load.figures()["refused"]["inbox_memory"] == 1
        assert inbox.last_number() == 2
        assert client.get("/cek").status_code == 200


def test_a_server_that_hangs_stops_nobody_but_the_sampler(
    new_app: NewApp, new_valkey: NewValkey
) -> None:
    server = new_valkey()
    app = new_app(INBOX_REDIS_URL=server.url, REDIS_URL=server.url)
    server.freeze()
    admission(app).sampler.sample()
    server.thaw()
    assert app.test_client().get("/cek").status_code == 200
    admission(app).sampler.sample()
    assert admission(app).load.inbox.depth == 0


def test_processes_tell_each_other_how_they_do_and_the_dead_are_forgotten(
    gate: Admission, redis_url: str, client: FlaskClient, hold: Held
) -> None:
    others = connect_limits(redis_url)
    others.hset(FIGURES, "host:1", '{"at": 1, "append": null, "waited": 0, "refused": {}}')
    hold(Refusal.BUSY_LOOKUP)
    client.get("/cek")
    gate.sampler.sample()
    [told] = figures(others)
    assert told["refused"]["busy_lookup"] == 1
    assert others.hlen(FIGURES) == 1


def test_a_flood_of_one_address_is_stopped_and_who_applies_there_is_not(
    new_app: NewApp, inbox: Inbox
) -> None:
    app = new_app({"ADDRESS_CEILING": 1_000})
    client, gate = app.test_client(), admission(app)
    for _ in range(1_001):
        gate.addresses.over("127.0.0.1")
    gate.addresses.add_up()
    for path in ("/cek", "/bantuan", "/", "/masuk"):
        refused = client.get(path)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= 61
    asked = post(client, {"nik": ["1"], "bukti": ["x"]}, "/cek")
    assert asked.status_code == 429
    assert "dari jaringan yang Anda pakai" in asked.text
    assert client.get("/daftar").status_code == 200
    sent = post(client, form(answers()))
    assert sent.status_code == 303
    assert client.get(sent.location).status_code == 200
    assert client.get("/readyz").status_code == 200
    elsewhere = {"REMOTE_ADDR": "10.0.0.9"}
    assert client.get("/cek", environ_overrides=elsewhere).status_code == 200


def test_the_address_is_what_trusted_proxies_say_and_nobody_else(
    new_app: NewApp, inbox: Inbox
) -> None:
    flood = {"X-Forwarded-For": "10.1.1.1"}
    for proxies, status in (("0", 200), ("1", 429)):
        app = new_app({"ADDRESS_CEILING": 1_000}, TRUSTED_PROXIES=proxies)
        client, gate = app.test_client(), admission(app)
        for _ in range(1_100):
            gate.addresses.over("10.1.1.1")
        gate.addresses.add_up()
        assert client.get("/cek", headers=flood).status_code == status
        assert client.get("/cek").status_code == 200


def test_a_server_of_limits_that_is_gone_is_asked_once_and_then_left_alone(
    new_app: NewApp, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = new_app({"TESTING": True}, REDIS_URL=NOWHERE)
    asked = []
    shared = limits.counted_together(app)

    def hit(*_given: object) -> bool:
        asked.append(1)
        raise Gone

    monkeypatch.setattr(shared, "hit", hit)
    tries = app.extensions["kk_tries"]
    with app.app_context():
        allowed = [tries.allow(b"n" * 32) for _ in range(limits.KK_TRIES + 1)]
    assert allowed == [True] * limits.KK_TRIES + [False]
    assert asked == [1]
