"""Paper forms: sealed, checked by another, once."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry.opening import CannotOpen
from registry.rules.lifecycle import Actor, Role
from registry.rules.scope import Scope
from registry.sealing import KeyRing
from registry.store.models import PaperForm
from registry.store.paper import (
    NotInSight,
    NotWaiting,
    OwnKeying,
    keep_paper,
    lock_paper,
    note_checked,
    typed_on,
    waiting_papers,
    withdraw_papers,
)
from registry.store.session import sessions
from tests.integration.registry.store.factories import GAMBIR, PERIOD, index

RING = KeyRing({1: b"k" * 32})
KEYER = Actor("7", Role.COUNTER, Scope.of_kelurahan([GAMBIR]))
CHECKER = Actor("8", Role.COUNTER, Scope.of_kelurahan([GAMBIR]))
TYPED = {"nama": ["Siti Aminah"], "bekerja": ["0", "1"]}
SENT = index("application")
PAPER = index("paper")


def keep(bind: Engine, *, complete: bool = True) -> bytes:
    with sessions(bind).begin() as session:
        keep_paper(
            session,
            RING,
            PAPER,
            TYPED,
            period=PERIOD,
            kelurahan=GAMBIR,
            complete=complete,
            actor=KEYER,
        )
    return PAPER


def test_what_was_keyed_is_sealed_and_comes_out_as_it_went_in(
    bind: Engine, session: Session
) -> None:
    kept = keep(bind)
    row = session.scalars(select(PaperForm)).one()
    assert b"Siti" not in row.sealed
    assert typed_on(session, RING, kept) == TYPED
    (waiting,) = waiting_papers(session)
    assert (waiting.id, waiting.keyed_by, waiting.complete) == (kept, "7", True)


def test_kept_twice_it_is_one_paper(bind: Engine, session: Session) -> None:
    keep(bind)
    keep(bind)
    assert len(waiting_papers(session)) == 1


def test_another_checks_it_and_then_it_waits_no_more(bind: Engine, session: Session) -> None:
    kept = keep(bind)
    note_checked(session, lock_paper(session, kept), SENT, CHECKER)
    assert waiting_papers(session) == []
    with pytest.raises(NotWaiting):
        lock_paper(session, kept)


def test_the_keyer_does_not_check_and_the_database_holds_that_too(
    bind: Engine, session: Session
) -> None:
    kept = keep(bind)
    with pytest.raises(OwnKeying):
        note_checked(session, lock_paper(session, kept), SENT, KEYER)
    row = session.get_one(PaperForm, kept)
    row.checked_by, row.application_id = "7", SENT
    with pytest.raises(IntegrityError, match="ck_paper_form_two_people"):
        session.flush()


def test_half_a_form_is_never_sent(bind: Engine, session: Session) -> None:
    paper = lock_paper(session, keep(bind, complete=False))
    with pytest.raises(IntegrityError, match="ck_paper_form_sent"):
        note_checked(session, paper, SENT, CHECKER)


def test_a_withdrawn_one_waits_no_more(bind: Engine, session: Session) -> None:
    kept = keep(bind)
    withdraw_papers(session, [lock_paper(session, kept).id], KEYER)
    assert waiting_papers(session) == []
    with pytest.raises(NotWaiting):
        lock_paper(session, kept)


def test_of_two_who_check_at_once_one_is_told(bind: Engine) -> None:
    kept = keep(bind)
    ready = threading.Barrier(2)
    done: list[str] = []

    def check(name: str) -> None:
        with sessions(bind)() as session:
            ready.wait()
            try:
                paper = lock_paper(session, kept)
                note_checked(session, paper, index(name), Actor(name, Role.COUNTER))
                session.commit()
            except NotWaiting:
                done.append("late")
            else:
                done.append("sent")

    checkers = [threading.Thread(target=check, args=(name,)) for name in ("8", "9")]
    for each in checkers:
        each.start()
    for each in checkers:
        each.join()
    assert sorted(done) == ["late", "sent"]


def test_what_nobody_kept_is_not_in_sight(session: Session) -> None:
    with pytest.raises(NotInSight):
        lock_paper(session, PAPER)
    with pytest.raises(NotInSight):
        typed_on(session, RING, PAPER)


def test_another_key_does_not_open_it(bind: Engine, session: Session) -> None:
    with pytest.raises(CannotOpen):
        typed_on(session, KeyRing({1: b"x" * 32}), keep(bind))
