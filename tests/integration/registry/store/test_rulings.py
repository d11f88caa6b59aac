"""Rulings on applications that are like each other: by whom, about what, and what goes."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from fmotm.embedded import Postgres
from registry.rules.lifecycle import Actor, Role, State
from registry.rules.scope import Scope
from registry.store.case import history
from registry.store.grants import PORTAL
from registry.store.moves import MovedMeanwhile, Ordered, carry_out
from registry.store.queue import kin
from registry.store.rulings import AlreadyDecided, Done, NotAlike, Order, rule, rulings_of
from registry.store.session import SCOPE, engine, sessions
from tests.integration.registry.store.factories import (
    GAMBIR,
    OTHER_KELURAHAN,
    application,
    checked,
    index,
    kinds,
    record_now,
)

OFFICER = Actor("7", Role.REVIEWER, Scope.of_kelurahan([GAMBIR]))


def of(label: str) -> bytes:
    return index(f"application {label}")


def order(label: str, *others: str, kind: str = "merged") -> Order:
    return Order(of(label), tuple(map(of, others)), kind, b"sealed")  # type: ignore[arg-type]


def states(session: Session, *labels: str) -> list[str]:
    session.rollback()
    return [application(session, label).state for label in labels]


@pytest.fixture
def portal(bind: Engine, postgres_server: Postgres) -> Iterator[Engine]:
    name = make_url(str(bind.url)).database
    assert name
    opened = engine(postgres_server.url(PORTAL, name), pool_size=2)
    yield opened
    opened.dispose()


def ruled(portal: Engine, given: Order, actor: Actor = OFFICER) -> Done:
    """Rule as the portal does, in the officer's scope."""
    with sessions(portal).begin() as session:
        session.execute(select(func.set_config(SCOPE, actor.scope.setting, True)))
        return rule(session, given, actor)


@pytest.fixture
def three(bind: Engine) -> None:
    """Record `a`, its rival `rival`, and `far`, another rival in another kelurahan."""
    record_now(
        bind,
        checked("a", 1),
        checked("rival", 2, nik="a"),
        checked("far", 3, nik="a", kelurahan=OTHER_KELURAHAN),
        checked("stranger", 4),
    )


@pytest.mark.parametrize(("kind", "reason"), [("merged", "merged"), ("theirs", "not_theirs")])
@pytest.mark.usefixtures("three")
def test_the_other_goes_and_its_history_says_why(
    portal: Engine, session: Session, kind: str, reason: str
) -> None:
    assert ruled(portal, order("a", "rival", kind=kind)) == Done((of("rival"),), ())
    assert states(session, "a", "rival") == ["queued", "withdrawn"]
    assert kinds(session, "a")[-1] == f"ruled_{kind}"
    assert kinds(session, "rival")[-1] == "withdrawn"
    (said,) = rulings_of(session, of("rival"))
    assert (said.other_id, said.kind, said.actor_id, said.sealed) == (of("a"), kind, "7", b"sealed")
    assert kin(session, [of("a")])[of("a")][0].application_id == of("far")
    assert history(session, of("rival"))[-1].reason == reason


@pytest.mark.usefixtures("three")
def test_who_lies_elsewhere_stays_and_its_kelurahan_is_named(
    portal: Engine, session: Session
) -> None:
    done = ruled(portal, order("a", "rival", "far", kind="theirs"))
    assert done == Done((of("rival"),), (OTHER_KELURAHAN,))
    assert states(session, "a", "rival", "far") == ["queued", "withdrawn", "queued"]
    assert [each.other_id for each in rulings_of(session, of("a"))] == [of("rival"), of("far")]


@pytest.mark.usefixtures("three")
def test_two_households_stay_both_and_are_no_rivals_any_more(
    portal: Engine, session: Session
) -> None:
    assert ruled(portal, order("a", "rival", kind="apart")) == Done((), ())
    assert states(session, "a", "rival") == ["queued", "queued"]
    assert [other.application_id for other in kin(session, [of("a")])[of("a")]] == [of("far")]
    assert kinds(session, "rival")[-1] == "ruled_apart"


@pytest.mark.usefixtures("three")
def test_a_ruling_can_be_put_right(portal: Engine, session: Session) -> None:
    ruled(portal, order("a", "rival", kind="apart"))
    assert ruled(portal, order("a", "rival")).withdrawn == (of("rival"),)


@pytest.mark.parametrize("others", [(), ("stranger",), ("rival", "stranger"), ("a",)])
@pytest.mark.usefixtures("three")
def test_only_of_those_who_are_alike(
    portal: Engine, session: Session, others: tuple[str, ...]
) -> None:
    with pytest.raises(NotAlike):
        ruled(portal, order("a", *others))
    assert states(session, "a", "rival", "stranger") == ["queued"] * 3


@pytest.mark.usefixtures("three")
def test_nothing_is_ruled_of_what_is_out_of_scope_or_not_queued(
    bind: Engine, portal: Engine, session: Session
) -> None:
    with pytest.raises(MovedMeanwhile):
        ruled(portal, order("far", "a"))
    with sessions(bind).begin() as moving:
        carry_out(moving, [Ordered(of("a"), State.QUEUED, State.FIELD_CHECK)], OFFICER)
    with pytest.raises(MovedMeanwhile):
        ruled(portal, order("a", "rival"))
    assert states(session, "rival", "far") == ["queued", "queued"]


@pytest.mark.usefixtures("three")
def test_what_a_meeting_has_decided_does_not_go(
    bind: Engine, portal: Engine, session: Session
) -> None:
    with sessions(bind).begin() as moving:
        carry_out(moving, [Ordered(of("rival"), State.QUEUED, State.PROPOSED)], OFFICER)
    with pytest.raises(AlreadyDecided):
        ruled(portal, order("a", "rival"))
    assert states(session, "a", "rival") == ["queued", "proposed"]
    assert rulings_of(session, of("a")) == []


@pytest.mark.usefixtures("three")
def test_of_two_officers_who_each_keep_another_one_is_told(
    portal: Engine, session: Session
) -> None:
    together, done = threading.Barrier(2), list[str]()

    def try_to(mine: str, other: str) -> None:
        together.wait(10)
        try:
            ruled(portal, order(mine, other))
            done.append("ruled")
        except (MovedMeanwhile, NotAlike):
            done.append("told")

    threads = [
        threading.Thread(target=try_to, args=pair) for pair in (("a", "rival"), ("rival", "a"))
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert sorted(done) == ["ruled", "told"]
    assert sorted(states(session, "a", "rival")) == ["queued", "withdrawn"]
