"""Row-level security: whoever has no scope for a household sees none of its rows, in no table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, func, insert, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from fmotm.embedded import Postgres
from registry.photos import Kind
from registry.rules.scope import Scope
from registry.store import models
from registry.store.bulk import table_of
from registry.store.grants import PORTAL
from registry.store.intake import set_aside
from registry.store.models import Base
from registry.store.photos import of_application
from registry.store.queries import status_by_receipt
from registry.store.session import SCOPE, engine, sessions
from tests.integration.registry.store.factories import (
    GAMBIR,
    OTHER_KELURAHAN,
    PERIOD,
    aside,
    checked,
    code,
    index,
    record_now,
)
from tests.integration.registry.store.rows import fill, of, rows_of

NOBODYS = {
    "region",
    "neighbourhood",
    "period",
    "period_change",
    "event_chain",
    "quorum_rule",
    "admission_rule",
} | {
    name
    for name in Base.metadata.tables
    if name.startswith(("account", "acting", "invit", "recov"))
}
"""Tables in which no household stands."""

ORGANISATION = "lsm-melati"


@pytest.fixture
def filled(bind: Engine) -> Engine:
    """Give a database with one household in Gambir, one elsewhere, and rows of every table."""
    fill(bind, {"a": GAMBIR, "b": OTHER_KELURAHAN})
    with sessions(bind).begin() as session:
        set_aside(session, aside("c", 3))
        theirs = update(table_of(models.Application)).where(models.Application.id == of("b"))
        session.execute(theirs.values(organisation=ORGANISATION))
    return bind


@pytest.fixture
def portal(filled: Engine, postgres_server: Postgres) -> Iterator[Engine]:
    """Give the portal's own connections, one only: every transaction uses what the last one did."""
    name = make_url(str(filled.url)).database
    assert name
    opened = engine(postgres_server.url(PORTAL, name), pool_size=1)
    yield opened
    opened.dispose()


def within(session: Session, scope: Scope) -> None:
    session.execute(select(func.set_config(SCOPE, scope.setting, True)))


def seen(bind: Engine, scope: Scope | None, table: str) -> int:
    with sessions(bind).begin() as session:
        if scope is not None:
            within(session, scope)
        return session.scalar(select(func.count()).select_from(Base.metadata.tables[table])) or 0


SCOPED = sorted({"application", "event", "person_index", "photo", *rows_of("a", GAMBIR)})


def test_every_table_that_leads_to_a_household_is_guarded_from_its_owner_too(bind: Engine) -> None:
    with bind.connect() as connection:
        guarded = connection.execute(
            text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        ).scalars()
        ours = {name for name in Base.metadata.tables if name not in NOBODYS}
        assert ours - set(guarded) == set()


@pytest.mark.parametrize("table", SCOPED)
def test_a_kelurahan_sees_its_own_rows_and_no_others(portal: Engine, table: str) -> None:
    everything = seen(portal, Scope.EVERYTHING, table)
    here = seen(portal, Scope.of_kelurahan([GAMBIR]), table)
    there = seen(portal, Scope.of_kelurahan([OTHER_KELURAHAN]), table)
    assert here == there == everything // 2 > 0
    assert seen(portal, Scope.of_kelurahan([GAMBIR, OTHER_KELURAHAN]), table) == everything
    assert seen(portal, Scope.of_kelurahan(["31.71.02.1001"]), table) == 0


@pytest.mark.parametrize("table", SCOPED)
def test_without_a_scope_nobody_sees_anything_whatever_came_before(
    portal: Engine, table: str
) -> None:
    assert seen(portal, None, table) == 0
    assert seen(portal, Scope.EVERYTHING, table) > 0
    # The same connection, from the pool.
    assert seen(portal, None, table) == 0
    assert seen(portal, Scope.NOTHING, table) == 0


def test_an_organisation_sees_what_it_sent_and_no_meeting(portal: Engine) -> None:
    its = Scope.of_organisation(ORGANISATION)
    assert seen(portal, its, "application") == 1
    assert seen(portal, its, "event") > 0
    assert seen(portal, its, "musyawarah") == 0
    assert seen(portal, Scope.of_organisation("lsm-mawar"), "application") == 0


@pytest.mark.parametrize("table", ["intake", "quarantine"])
def test_the_portal_has_no_right_to_what_only_software_needs(portal: Engine, table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        seen(portal, Scope.EVERYTHING, table)


def test_nothing_can_be_changed_outside_the_scope(portal: Engine) -> None:
    change = update(table_of(models.Application)).values(state="withdrawn")
    with sessions(portal).begin() as session:
        within(session, Scope.of_kelurahan([GAMBIR]))
        changed = session.execute(change.returning(models.Application.id)).scalars().all()
    assert changed == [of("a")]


@pytest.mark.parametrize(
    "table", ["visit", "paper_form", "sheet", "question", "access", "ruling", "objection"]
)
def test_nothing_can_be_added_outside_the_scope(portal: Engine, table: str) -> None:
    row = rows_of("b", OTHER_KELURAHAN)[table]
    row |= {name: index("new") for name in ("id",) if name in row}
    adding = insert(Base.metadata.tables[table]).values(**row)
    with sessions(portal)() as session:
        within(session, Scope.of_kelurahan([GAMBIR]))
        with pytest.raises(ProgrammingError, match="row-level security"):
            session.execute(adding)


def test_the_public_functions_need_no_scope_and_leave_none_behind(portal: Engine) -> None:
    with sessions(portal).begin() as session:
        (status,) = status_by_receipt(session, index("nik b"), code("b"))
        assert (status.kelurahan, status.state) == (OTHER_KELURAHAN, "queued")
        assert set(of_application(session, of("b"))) == {Kind.KTP}
        assert session.scalar(select(func.count()).select_from(models.Application)) == 0
        within(session, Scope.of_kelurahan([GAMBIR]))
        status_by_receipt(session, index("nik b"), code("b"))
        assert session.scalars(select(models.Application.id)).all() == [of("a")]


def test_kin_in_another_kelurahan_are_told_without_their_receipt(
    filled: Engine, portal: Engine
) -> None:
    record_now(filled, checked("a2", 4, nik="a", kelurahan=OTHER_KELURAHAN))
    with sessions(portal).begin() as session:
        within(session, Scope.of_kelurahan([GAMBIR]))
        kin = func.kin([of("a")]).table_valued("other_id", "kelurahan_code", "rival")
        assert session.execute(select(kin)).all() == [(of("a2"), OTHER_KELURAHAN, True)]


def test_an_application_replaced_from_another_kelurahan_is_known_to_be(
    filled: Engine, portal: Engine
) -> None:
    record_now(filled, checked("a2", 4, nik="a", kelurahan=OTHER_KELURAHAN, replaces="a"))
    with sessions(portal).begin() as session:
        within(session, Scope.of_kelurahan([GAMBIR]))
        gone = session.scalars(select(func.superseded_in(PERIOD, GAMBIR))).all()
    assert gone == [of("a")]
