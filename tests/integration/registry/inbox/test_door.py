"""Who is let in: periods by the server's clock, the limit on a NIK, tickets, halting."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import redis

from registry.inbox import (
    Halted,
    Inbox,
    Neighbourhood,
    PeriodClosed,
    SlowDown,
)
from registry.rules.periods import Period
from tests.integration.registry.inbox.support import NIK_A, NIK_B, now, period, submission


@pytest.mark.parametrize(
    ("opens", "closes", "grace", "reason"),
    [
        (-60, 60, 0, None),
        (60, 120, 0, "not_yet"),
        (-120, -60, 0, "over"),
        (-120, -60, 3600, None),
        (-7200, -3660, 3600, "over"),
    ],
)
def test_the_period_decides_by_the_servers_clock(
    inbox: Inbox, opens: float, closes: float, grace: float, reason: str | None
) -> None:
    inbox.publish_periods([period(opens, closes, grace)])
    # What the portal's clock says does not matter.
    late = replace(submission(), received_at=now() + timedelta(days=400))
    if reason is None:
        assert inbox.append(late).number == 1
        return
    with pytest.raises(PeriodClosed) as caught:
        inbox.append(late)
    assert caught.value.reason == reason
    assert (inbox.depth(), inbox.pending(NIK_A)) == (0, [])


def test_an_unknown_period_is_closed(inbox: Inbox) -> None:
    with pytest.raises(PeriodClosed) as caught:
        inbox.append(replace(submission(), period="2019-9"))
    assert caught.value.reason == "unknown"


@pytest.mark.parametrize("damaged", ["", "x", "1 2", "nil nil nil - "])
def test_a_period_that_cannot_be_read_is_closed(
    client: redis.Redis, inbox: Inbox, damaged: str
) -> None:
    client.hset("fmotm:periods", "2026-1", damaged)
    with pytest.raises(PeriodClosed):
        inbox.append(submission())
    assert inbox.periods() == []


def test_a_period_is_extended_by_publishing_it_again(inbox: Inbox) -> None:
    inbox.publish_periods([period(closes=-1)])
    with pytest.raises(PeriodClosed):
        inbox.append(submission())
    inbox.publish_periods([period(closes=60)])
    assert inbox.append(submission()).number == 1


def test_periods_come_back_as_published(inbox: Inbox) -> None:
    later = Period("2026-2", "Putaran 2", now() + timedelta(days=9), now() + timedelta(days=30))
    odd = replace(period(grace=1800), title="Putaran «1»  2026\n", musyawarah_on=date(2027, 1, 5))
    inbox.publish_periods([later, odd])
    found = inbox.periods()
    assert [each.id for each in found] == ["2026-1", "2026-2"]
    assert found[0].title == odd.title
    assert found[0].grace == timedelta(minutes=30)
    assert [each.musyawarah_on for each in found] == [date(2027, 1, 5), None]
    assert abs(found[0].opens_at - odd.opens_at) < timedelta(milliseconds=1)
    assert abs(found[1].closes_at - later.closes_at) < timedelta(milliseconds=1)
    inbox.publish_periods([])
    assert inbox.periods() == []


def test_a_snapshot_tells_open_from_accepting() -> None:
    snapshot = period(grace=60)
    moments = [
        snapshot.opens_at - timedelta(milliseconds=1),
        snapshot.opens_at,
        snapshot.closes_at - timedelta(milliseconds=1),
        snapshot.closes_at,
        snapshot.closes_at + timedelta(seconds=59),
        snapshot.closes_at + timedelta(seconds=60),
    ]
    assert [snapshot.is_open(at) for at in moments] == [False, True, True, False, False, False]
    assert [snapshot.accepts(at) for at in moments] == [False, True, True, True, True, False]


def test_neighbourhoods_come_back_as_published(inbox: Inbox) -> None:
    known = {
        "31.71.01.1001": frozenset(Neighbourhood(rt, rw) for rt in range(1, 16) for rw in (1, 2)),
        "31.71.01.1002": frozenset({Neighbourhood(rt=999, rw=1)}),
        "31.71.01.1003": frozenset(),
    }
    inbox.publish_neighbourhoods(known)
    assert inbox.neighbourhoods() == known
    inbox.publish_neighbourhoods({"31.71.01.1002": [Neighbourhood(1, 1)]})
    assert inbox.neighbourhoods() == {"31.71.01.1002": frozenset({(1, 1)})}


def test_all_of_jakarta_can_be_published(inbox: Inbox) -> None:
    each = frozenset(Neighbourhood(rt, rw) for rt in range(1, 13) for rw in range(1, 11))
    known = {f"31.71.01.{code}": each for code in range(1001, 1268)}
    inbox.publish_neighbourhoods(known)
    assert inbox.neighbourhoods() == known


# The limit on a NIK


def send(inbox: Inbox, count: int, nik: bytes = NIK_A) -> None:
    for number in range(count):
        assert not inbox.append(submission((nik, number), nik)).flooded


def test_ten_applications_of_a_nik_are_free_and_the_next_has_to_wait(inbox: Inbox) -> None:
    send(inbox, 10)
    with pytest.raises(SlowDown) as caught:
        inbox.append(submission("eleventh"))
    assert caught.value.retry_after == 60
    assert (inbox.depth(), len(inbox.pending(NIK_A))) == (10, 10)
    send(inbox, 10, NIK_B)


def test_a_ticket_lets_one_more_in_and_flags_it(inbox: Inbox) -> None:
    send(inbox, 10)
    accepted = inbox.append(submission("eleventh"), ticket="nonce-1")
    assert (accepted.number, accepted.flooded) == (11, True)
    with pytest.raises(SlowDown):
        inbox.append(submission("twelfth"), ticket="nonce-1")
    assert inbox.append(submission("twelfth"), ticket="nonce-2").flooded
    assert [entry.flooded for entry in inbox.claim("one")] == [False] * 10 + [True] * 2


def test_a_ticket_lets_its_own_application_in_again(inbox: Inbox) -> None:
    send(inbox, 10)
    inbox.append(submission("eleventh"), ticket="nonce")
    inbox.acknowledge(inbox.claim("one"))
    assert inbox.append(submission("eleventh"), ticket="nonce").number == 12


def test_a_ticket_is_not_used_up_where_none_is_needed(inbox: Inbox) -> None:
    send(inbox, 9)
    assert not inbox.append(submission("tenth"), ticket="nonce").flooded
    assert inbox.append(submission("eleventh"), ticket="nonce").flooded


def test_the_same_application_again_does_not_count_while_it_waits(inbox: Inbox) -> None:
    for _ in range(30):
        inbox.append(submission("same"))
    send(inbox, 9)
    assert inbox.append(submission("same")).number == 40
    with pytest.raises(SlowDown):
        inbox.append(submission("another"))


def test_waiting_does_not_make_the_day_longer(client: redis.Redis, inbox: Inbox) -> None:
    send(inbox, 10)
    client.expire(b"fmotm:limit:" + NIK_A, 100)
    with pytest.raises(SlowDown):
        inbox.append(submission("eleventh"))
    inbox.append(submission("eleventh"), ticket="nonce")
    assert 0 < client.ttl(b"fmotm:limit:" + NIK_A) <= 100
    client.delete(b"fmotm:limit:" + NIK_A)
    assert not inbox.append(submission("tomorrow")).flooded
    assert 86_000 < client.ttl(b"fmotm:limit:" + NIK_A) <= 86_400
    assert 86_000 < client.ttl("fmotm:ticket:nonce") <= 86_400


def test_marks_never_expire(client: redis.Redis, inbox: Inbox) -> None:
    send(inbox, 1)
    assert client.ttl(b"fmotm:pending:" + NIK_A) == -1


# Halting


def test_a_halted_inbox_accepts_nothing_but_is_drained(inbox: Inbox) -> None:
    inbox.append(submission(1))
    inbox.halt("entries were lost")
    assert inbox.halted() == "entries were lost"
    with pytest.raises(Halted, match="entries were lost") as caught:
        inbox.append(submission(1))
    assert caught.value.reason == "entries were lost"
    inbox.acknowledge(inbox.claim("one"))
    assert inbox.depth() == 0
    inbox.resume()
    assert inbox.halted() is None
    assert inbox.append(submission(2)).number == 2


def test_halting_without_a_reason_halts_too(inbox: Inbox) -> None:
    inbox.halt("")
    with pytest.raises(Halted):
        inbox.append(submission())
