"""The drain, on real servers: whatever happens, each application is there exactly once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from registry.inbox import Inbox, InboxUnavailable, Neighbourhood
from registry.intake import submission
from registry.rules.application import Helper
from registry.store import models
from registry.store.intake import Checked, InboxLostEntries, Recorded, record
from tests.integration.worker.support import (
    KEYS,
    PERIOD,
    application,
    balanced,
    count,
    drain,
    now,
    outcomes,
    sent,
    sessions_of,
)

Examine = Callable[..., Checked]


def fill(inbox: Inbox, numbers: range) -> None:
    for number in numbers:
        inbox.append(sent(number))


def test_entries_become_applications(inbox: Inbox, database: Engine) -> None:
    fill(inbox, range(30))
    done = drain(inbox, database).run()
    assert done.as_dict() == {"inserted": 30, "repeated": 0, "already": 0, "quarantined": 0}
    assert inbox.depth() == 0
    assert count(database) == 30
    balanced(database, inbox)


def test_whose_account_sent_it_is_kept(inbox: Inbox, database: Engine) -> None:
    helped = submission(application(1), PERIOD, KEYS, now(), helper=Helper("7", "lsm-melati"))
    assert helped.application_id == sent(1).application_id
    at_a_counter = submission(application(3), PERIOD, KEYS, now(), helper=Helper("9"))
    for each in (helped, sent(2), at_a_counter):
        inbox.append(each)
    drain(inbox, database).run()
    with sessions_of(database)() as session:
        rows = session.execute(
            select(models.Application.entry, models.Application.organisation).order_by(
                models.Application.entry
            )
        )
        assert [tuple(row) for row in rows] == [(1, "lsm-melati"), (2, None), (3, None)]
        senders = session.execute(
            select(models.Event.actor_role, models.Event.actor_id)
            .where(models.Event.kind == "received")
            .order_by(models.Event.id)
        )
        assert [tuple(each) for each in senders] == [
            ("pendamping", "7"),
            ("citizen", None),
            ("counter", "9"),
        ]


def test_nothing_waiting_is_nothing_done(inbox: Inbox, database: Engine) -> None:
    assert drain(inbox, database).run().total == 0


def test_more_than_a_batch_is_recorded_once(inbox: Inbox, database: Engine) -> None:
    fill(inbox, range(1_200))
    done = drain(inbox, database).run()
    assert done.as_dict() == {"inserted": 1_200, "repeated": 0, "already": 0, "quarantined": 0}
    balanced(database, inbox)


def test_more_than_a_batch_of_a_dead_worker_is_recorded_once(
    inbox: Inbox, database: Engine
) -> None:
    fill(inbox, range(600))
    for _ in range(2):
        inbox.claim("one", 300, only_new=True)  # of a run of this worker that was killed
    done = drain(inbox, database, seconds=60).run()
    assert done.as_dict() == {"inserted": 600, "repeated": 0, "already": 0, "quarantined": 0}
    balanced(database, inbox)


def test_a_database_that_goes_away_under_way_leaves_every_entry_in_the_inbox(
    inbox: Inbox, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(inbox, range(1_200))
    recorded = iter([False, True])

    def goes_away(session: Session, batch: Sequence[Checked]) -> Recorded:
        if next(recorded):
            raise OperationalError("", {}, Exception())
        return record(session, batch)

    with monkeypatch.context() as patched:
        patched.setattr("worker.drain.record", goes_away)
        with pytest.raises(OperationalError):
            drain(inbox, database).run()
    assert (count(database), inbox.depth()) == (500, 700)
    balanced(database, inbox)
    assert drain(inbox, database, seconds=60).run().inserted == 700
    balanced(database, inbox)


def test_same_application_twice_is_one(inbox: Inbox, database: Engine) -> None:
    for _ in range(3):
        inbox.append(sent(1))
    done = drain(inbox, database).run()
    assert (done.inserted, done.repeated) == (1, 2)
    assert count(database) == 1
    assert inbox.pending(sent(1).nik_index) == []


def test_draining_again_changes_nothing(inbox: Inbox, database: Engine) -> None:
    fill(inbox, range(10))
    drain(inbox, database).run()
    before = balanced(database, inbox)
    assert drain(inbox, database).run().total == 0
    assert balanced(database, inbox) == before


def test_recorded_but_not_acknowledged_is_recorded_once(
    inbox: Inbox, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(inbox, range(10))
    with monkeypatch.context() as patched:

        def lost(*_: object) -> None:
            raise InboxUnavailable("down", "TimeoutError")

        patched.setattr(Inbox, "acknowledge", lost)
        with pytest.raises(InboxUnavailable):
            drain(inbox, database).run()
    assert (inbox.depth(), count(database)) == (10, 10)
    balanced(database, inbox)
    assert drain(inbox, database).run().already == 10
    assert (inbox.depth(), count(database)) == (0, 10)
    assert count(database, models.Event) == 20


def test_many_at_once_change_nothing(inbox: Inbox, database: Engine) -> None:
    fill(inbox, range(300))
    fill(inbox, range(300))

    def work(name: int) -> int:
        return drain(inbox, database, f"worker-{name}").run().total

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    drain(inbox, database).run()
    assert inbox.depth() == 0
    assert count(database) == 300
    assert outcomes(database) == {"inserted": 300, "repeated": 300}
    balanced(database, inbox)


def test_reused_number_is_told_and_recorded_nowhere(
    inbox: Inbox, database: Engine, client: redis.Redis
) -> None:
    fill(inbox, range(5))
    drain(inbox, database).run()
    client.delete("fmotm:inbox")
    inbox.append(sent(77))
    with pytest.raises(InboxLostEntries):
        drain(inbox, database).run()
    with pytest.raises(InboxLostEntries):
        drain(inbox, database).run()
    assert (inbox.depth(), count(database), outcomes(database)) == (1, 5, {"inserted": 5})


def test_stops_when_its_time_is_up_and_leaves_the_rest(inbox: Inbox, database: Engine) -> None:
    fill(inbox, range(600))
    assert drain(inbox, database, seconds=0.0).run().total == 0
    assert drain(inbox, database, seconds=0.01).run().total == 500
    assert inbox.depth() == 100


def test_stops_in_the_midst_of_a_batch_when_asked_to(inbox: Inbox, database: Engine) -> None:
    fill(inbox, range(100))
    asked = iter(range(1_000))
    assert drain(inbox, database, stopping=lambda: next(asked) > 30).run().total == 30
    assert inbox.depth() == 70
    balanced(database, inbox)
    assert drain(inbox, database).run().inserted == 70


def test_unlisted_neighbourhood_needs_a_correction(inbox: Inbox, database: Engine) -> None:
    place = application(1)
    inbox.publish_neighbourhoods({place.kelurahan: [Neighbourhood(999, 999)]})
    inbox.append(sent(1))
    drain(inbox, database).run()
    with sessions_of(database)() as session:
        expected = "needs_correction" if place.rt and place.rw else "queued"
        assert session.scalar(select(models.Application.state)) == expected
