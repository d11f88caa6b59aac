"""What an organisation registered, in which order, and what of it the household is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from fmotm.embedded import Postgres
from registry.rules.lifecycle import Actor, Role, State
from registry.rules.scope import Scope
from registry.store.grants import PORTAL
from registry.store.models import Application
from registry.store.moves import Ordered, carry_out
from registry.store.organisations import Theirs, counts, organisations_in, page, replaced
from registry.store.questions import ask, note_answer, open_of
from registry.store.session import SCOPE, engine, sessions
from tests.integration.registry.store.factories import (
    GAMBIR,
    OTHER_KELURAHAN,
    OTHER_PERIOD,
    PERIOD,
    application,
    checked,
    code,
    counted,
    index,
    kinds,
    record_now,
)

MELATI, MAWAR = "lsm-melati", "lsm-mawar"
OFFICER = Actor("7", Role.REVIEWER, Scope.EVERYTHING)


def of(label: str) -> bytes:
    return index(f"application {label}")


def sent(label: str, entry: int, organisation: str | None = MELATI, **more: Any) -> Any:
    return checked(label, entry, organisation=organisation, **more)


@pytest.fixture
def portal(bind: Engine, postgres_server: Postgres) -> Iterator[Session]:
    """Give a session of the portal in which an account of LSM Melati is signed in."""
    name = make_url(str(bind.url)).database
    assert name
    opened = engine(postgres_server.url(PORTAL, name), pool_size=1)
    with sessions(opened)() as session:
        setting = Scope.of_organisation(MELATI).setting
        session.execute(select(func.set_config(SCOPE, setting, False)))
        yield session
    opened.dispose()


def theirs(portal: Session, period: str = PERIOD) -> Theirs:
    return Theirs(period, MELATI, replaced(portal, period, MELATI))


def asked(bind: Engine, *labels: str) -> list[int]:
    """Put a question to each of them; give the numbers."""
    with sessions(bind).begin() as session:
        for label in labels:
            ask(session, of(label), b"sealed", OFFICER)
        return [each.id for each in open_of(session, map(of, labels))]


def test_each_sees_exactly_what_its_own_accounts_sent(bind: Engine, portal: Session) -> None:
    record_now(
        bind,
        sent("a", 1),
        sent("b", 2, kelurahan=OTHER_KELURAHAN),
        sent("c", 3, MAWAR),
        sent("d", 4, None),
        sent("e", 5, period=OTHER_PERIOD),
    )
    assert [each.application_id for each in page(portal, theirs(portal)).rows] == [of("b"), of("a")]
    assert set(portal.scalars(select(Application.id))) == {of("a"), of("b"), of("e")}
    # Even asked for by name: the transaction is another organisation's.
    assert page(portal, Theirs(PERIOD, MAWAR)).rows == ()
    assert counts(portal, Theirs(PERIOD, MAWAR)) == {}


def test_what_the_household_replaced_itself_is_known_as_replaced_and_the_newer_is_not_shown(
    bind: Engine, portal: Session
) -> None:
    record_now(bind, sent("a", 1), sent("a2", 2, None, nik="a", replaces="a"))
    own = theirs(portal)
    assert own.gone == {of("a")}
    assert [each.application_id for each in page(portal, own).rows] == [of("a")]
    assert counts(portal, own) == {}


def test_what_an_organisation_sends_in_place_of_the_households_own_is_the_organisations(
    bind: Engine, portal: Session
) -> None:
    record_now(bind, sent("a", 1, None), sent("a2", 2, nik="a", replaces="a"))
    own = theirs(portal)
    assert (own.gone, counts(portal, own)) == (frozenset(), {State.QUEUED: 1})
    assert [each.application_id for each in page(portal, own).rows] == [of("a2")]


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize(
    ("by", "owner"),
    [
        ((None, MELATI), MELATI),
        ((MELATI, None), MELATI),
        ((MELATI, MAWAR), MELATI),
        ((None, None), None),
    ],
)
def test_the_same_answers_again_are_followed_by_the_first_who_helped(
    bind: Engine,
    session: Session,
    by: tuple[str | None, str | None],
    owner: str | None,
    together: bool,
) -> None:
    batch = [sent("a", number, each) for number, each in enumerate(by, 1)]
    for part in [batch] if together else [[each] for each in batch]:
        record_now(bind, *part)
    assert application(session, "a").organisation == owner
    assert kinds(session, "a") == ["received", "queued", "resubmitted"]


def test_those_who_are_asked_stand_on_top_oldest_question_first(
    bind: Engine, portal: Session
) -> None:
    record_now(bind, *(sent(label, number) for number, label in enumerate("abcde", 1)))
    _, of_b = asked(bind, "d", "b")
    rows = page(portal, theirs(portal)).rows
    assert [each.application_id for each in rows] == [of(label) for label in "dbeca"]
    with sessions(bind).begin() as session:
        assert note_answer(session, of("b"), of_b, b"sealed", OFFICER)
    rows = page(portal, theirs(portal)).rows
    assert [each.application_id for each in rows] == [of(label) for label in "decba"]


def test_no_answer_is_awaited_of_what_is_replaced_or_decided(bind: Engine, portal: Session) -> None:
    record_now(bind, *(sent(label, number) for number, label in enumerate("abc", 1)))
    asked(bind, "a", "b")
    record_now(bind, sent("a2", 4, None, nik="a", replaces="a"))
    with bind.begin() as connection:
        decided = update(Application).where(Application.id == of("b"))
        connection.execute(decided.values(state="not_proposed"))
    rows = page(portal, theirs(portal)).rows
    assert [each.application_id for each in rows] == [of(label) for label in "cba"]


def test_pages_follow_each_other_over_the_asked_and_the_rest(bind: Engine, portal: Session) -> None:
    record_now(bind, *(sent(str(number), number) for number in range(1, 8)))
    asked(bind, "3", "1", "5")
    own, found, after = theirs(portal), [], None
    for later in (True, True, True, False):
        shown = page(portal, own, after=after, limit=2)
        assert shown.later is later
        found += [each.application_id for each in shown.rows]
        after = shown.rows[-1].turn
    assert found == [of(label) for label in "3157642"]
    assert page(portal, own, after=after).rows == ()


def test_a_list_costs_the_same_few_statements_however_long_it_is(
    bind: Engine, portal: Session
) -> None:
    def cost() -> int:
        with counted(portal.get_bind()) as statements:  # type: ignore[arg-type]
            own = theirs(portal)
            counts(portal, own)
            ids = [each.application_id for each in page(portal, own).rows]
            open_of(portal, ids)
        return len(statements)

    record_now(bind, sent("1", 1))
    one = cost()
    record_now(bind, *(sent(str(number), number) for number in range(2, 60)))
    asked(bind, *map(str, range(2, 20)))
    assert (one, cost()) == (4, 4)


def test_the_reason_is_the_one_that_the_household_is_told(bind: Engine, portal: Session) -> None:
    record_now(bind, sent("a", 1), sent("b", 2))
    with sessions(bind).begin() as session:
        order = Ordered(of("a"), State.QUEUED, State.NOT_PROPOSED, "owns_car")
        carry_out(session, [order], OFFICER)
    first, second = page(portal, theirs(portal)).rows
    assert (first.state, first.reason, first.receipt) == (State.QUEUED, None, code("b"))
    assert (second.state, second.reason, second.verdict) == (State.NOT_PROPOSED, "owns_car", None)
    assert counts(portal, theirs(portal)) == {State.QUEUED: 1, State.NOT_PROPOSED: 1}


def test_a_kelurahan_is_told_which_organisations_came(bind: Engine, session: Session) -> None:
    record_now(
        bind, sent("a", 1), sent("b", 2), sent("c", 3, None), sent("d", 4, MAWAR, period=PERIOD)
    )
    assert sorted(organisations_in(session, PERIOD, GAMBIR)) == [MAWAR, MELATI]
    assert organisations_in(session, PERIOD, OTHER_KELURAHAN) == []
    assert organisations_in(session, OTHER_PERIOD, GAMBIR) == []
