"""Sheets are made from the queue, once for each RT and source, and give out one link."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fmotm.embedded import Postgres
from registry.rules.marks import Mark, Said, Source
from registry.rules.scope import Scope
from registry.store.grants import PORTAL
from registry.store.models import Sheet, SheetLine
from registry.store.session import SCOPE, engine, sessions
from registry.store.sheet_keying import Hand, NotKeyed, Read, Refused, key, keying
from registry.store.sheet_links import hand_in, linked_lines, linked_sheet, mark_lines
from registry.store.sheet_making import Made, Wanted, by_tokens, make, renew, withdraw
from registry.store.sheet_overview import overview
from registry.store.sheets import NoSuchSheet, said_of
from tests.integration.registry.store.factories import (
    GAMBIR,
    OTHER_KELURAHAN,
    PERIOD,
    checked,
    counted,
    index,
    record_now,
)

LATER = datetime.now(UTC) + timedelta(days=14)
BOTH = (Source.RT, Source.DASAWISMA)


def of(label: str) -> bytes:
    return index(f"application {label}")


def wanted(rw: int | None = None, *sources: Source, expires_at: datetime = LATER) -> Wanted:
    return Wanted(PERIOD, GAMBIR, rw, sources or BOTH, expires_at)


class Desk:
    """The portal's own connections, within the scope of Gambir unless told otherwise."""

    def __init__(self, bind: Engine) -> None:
        self.bind = bind

    @contextmanager
    def at(self, scope: Scope | None = None) -> Iterator[Session]:
        scope = scope or Scope.of_kelurahan([GAMBIR])
        with sessions(self.bind).begin() as session:
            session.execute(select(func.set_config(SCOPE, scope.setting, True)))
            yield session

    @contextmanager
    def link(self) -> Iterator[Session]:
        """Give a transaction of nobody who is signed in."""
        with sessions(self.bind).begin() as session:
            yield session

    def make(self, asked: Wanted | None = None) -> list[Made]:
        with self.at() as session:
            return make(session, asked or wanted(), "1")

    def key(self, by: str, marks: dict[int, Mark], hand: Hand, over_link: bool = False) -> None:
        with self.at() as session:
            found = keying(session, PERIOD, GAMBIR, 1, lock=True)
            key(session, found, Read(hand, marks, by, over_link))

    def said(self, *labels: str) -> dict[bytes, tuple[Said, ...]]:
        with self.at() as session:
            return said_of(session, [of(label) for label in labels])


@pytest.fixture
def desk(bind: Engine, postgres_server: Postgres) -> Iterator[Desk]:
    """Give the portal's connections to a kelurahan with three households in one RT, two beyond."""
    record_now(
        bind,
        *(checked(label, entry) for entry, label in enumerate("abc", 1)),
        checked("d", 4, rt=4),
        checked("e", 5, rw=8, rt=1),
        checked("f", 6, rt=None, rw=None),
        checked("g", 7, kelurahan=OTHER_KELURAHAN),
    )
    name = make_url(str(bind.url)).database
    assert name
    opened = engine(postgres_server.url(PORTAL, name))
    yield Desk(opened)
    opened.dispose()


def test_a_whole_kelurahan_gets_a_sheet_for_each_rt_and_source(desk: Desk) -> None:
    made = desk.make()
    assert [(each.number, each.rw, each.rt, each.source) for each in made] == [
        (1, 7, 3, Source.RT),
        (2, 7, 3, Source.DASAWISMA),
        (3, 7, 4, Source.RT),
        (4, 7, 4, Source.DASAWISMA),
        (5, 8, 1, Source.RT),
        (6, 8, 1, Source.DASAWISMA),
    ]
    assert len({each.token for each in made}) == 6
    with desk.at() as session:
        found = by_tokens(session, PERIOD, GAMBIR, [each.token for each in made])
    assert [[line.application_id for line in lines] for _, lines in found] == [
        [of("a"), of("b"), of("c")],
        [of("a"), of("b"), of("c")],
        [of("d")],
        [of("d")],
        [of("e")],
        [of("e")],
    ]


def test_asked_twice_it_makes_nothing_and_one_rw_can_come_first(desk: Desk) -> None:
    assert [each.rw for each in desk.make(wanted(8, Source.RT))] == [8]
    assert desk.make(wanted(8, Source.RT)) == []
    assert [(each.number, each.source) for each in desk.make(wanted(8))] == [(2, Source.DASAWISMA)]
    assert [each.number for each in desk.make()] == [3, 4, 5, 6]


def test_two_who_make_them_at_once_make_them_once(desk: Desk) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = [each for some in pool.map(lambda _: desk.make(), range(4)) for each in some]
    assert sorted(each.number for each in made) == [1, 2, 3, 4, 5, 6]


def test_the_number_of_statements_does_not_grow_with_the_sheets(bind: Engine, desk: Desk) -> None:
    with counted(desk.bind) as few:
        desk.make()
    more = (checked(f"n{n}", 100 + n, rw=20 + n % 9, rt=1 + n % 13) for n in range(200))
    record_now(bind, *more)
    with counted(desk.bind) as many:
        assert len(desk.make()) == 2 * 117
    assert len(many) == len(few)


def test_nobody_makes_sheets_of_another_kelurahan(desk: Desk) -> None:
    asked = Wanted(PERIOD, OTHER_KELURAHAN, None, BOTH, LATER)
    assert desk.make(asked) == []
    with desk.at(Scope.of_kelurahan([OTHER_KELURAHAN])) as session:
        assert len(make(session, asked, "1")) == 2
        tokens = [each.token for each in desk.make()]
        assert by_tokens(session, PERIOD, GAMBIR, tokens) == []


def test_who_was_replaced_stands_on_no_sheet(bind: Engine, desk: Desk) -> None:
    record_now(bind, checked("a2", 8, nik="a", kelurahan=OTHER_KELURAHAN, replaces="a"))
    made = desk.make(wanted(7, Source.RT))
    with desk.link() as session:
        lines = linked_lines(session, made[0].token)
    assert [line.application_id for line in lines] == [of("b"), of("c")]


def test_a_new_link_ends_the_old_one_and_adds_those_who_came_since(
    bind: Engine, desk: Desk
) -> None:
    (old, *_) = desk.make()
    with desk.link() as session:
        assert mark_lines(session, old.token, {2: Mark.MOVED}) == 1
        assert hand_in(session, old.token)
    record_now(bind, checked("h", 8), checked("i", 9))
    with desk.at() as session:
        (new,) = renew(session, PERIOD, GAMBIR, [1], LATER)
    with desk.link() as session:
        assert linked_sheet(session, old.token) is None
        sheet = linked_sheet(session, new.token)
        assert sheet
        assert (sheet.number, sheet.handed_in_at) == (1, None)
        assert [(x.line, x.application_id, x.mark) for x in linked_lines(session, new.token)] == [
            (1, of("a"), None),
            (2, of("b"), Mark.MOVED),
            (3, of("c"), None),
            (4, of("h"), None),
            (5, of("i"), None),
        ]


def test_a_withdrawn_sheet_counts_no_more_and_makes_room_for_another(desk: Desk) -> None:
    (old, *_) = desk.make(wanted(7, Source.RT))
    with desk.link() as session:
        mark_lines(session, old.token, {1: Mark.DIED})
    assert desk.said("a") == {of("a"): (Said(Source.RT, Mark.DIED),)}
    with desk.at() as session:
        withdraw(session, PERIOD, GAMBIR, 1, "9")
    assert desk.said("a") == {}
    with desk.link() as session:
        assert linked_sheet(session, old.token) is None
        assert linked_lines(session, old.token) == []
    with desk.at() as session:
        with pytest.raises(NoSuchSheet):
            withdraw(session, PERIOD, GAMBIR, 1, "9")
        with pytest.raises(NoSuchSheet):
            renew(session, PERIOD, GAMBIR, [1], LATER)
        assert session.get_one(Sheet, old.id).withdrawn_by == "9"
    assert [each.number for each in desk.make(wanted(7, Source.RT))] == [3]


def test_a_link_marks_its_own_lines_until_it_is_handed_in(desk: Desk) -> None:
    (sheet, *_) = desk.make(wanted(7, Source.RT))
    with desk.link() as session:
        assert mark_lines(session, sheet.token, {1: Mark.KNOWN, 3: Mark.DISCUSS, 99: Mark.DIED})
        assert mark_lines(session, sheet.token, {1: Mark.MOVED}) == 1
    assert desk.said("a", "b", "c", "d") == {
        of("a"): (Said(Source.RT, Mark.MOVED),),
        of("c"): (Said(Source.RT, Mark.DISCUSS),),
    }
    with desk.link() as session:
        assert hand_in(session, sheet.token)
        assert not hand_in(session, sheet.token)
        assert mark_lines(session, sheet.token, {1: Mark.DIED}) == 0
    assert desk.said("a") == {of("a"): (Said(Source.RT, Mark.MOVED),)}


def test_an_expired_link_and_a_strangers_open_nothing(desk: Desk) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    (expired, *_) = desk.make(wanted(8, Source.RT, expires_at=past))
    with desk.link() as session:
        for token in (expired.token, "A" * 43, ""):
            assert linked_sheet(session, token) is None
            assert linked_lines(session, token) == []
            assert mark_lines(session, token, {1: Mark.DIED}) == 0
            assert not hand_in(session, token)
    assert desk.said("e") == {}


def test_paper_counts_when_two_people_have_keyed_the_same(desk: Desk) -> None:
    desk.make(wanted(7, Source.RT))
    desk.key("5", {1: Mark.MOVED, 2: Mark.KNOWN}, Hand.FIRST)
    assert desk.said("a", "b") == {}
    desk.key("6", {1: Mark.MOVED, 3: Mark.KNOWN}, Hand.SECOND)
    assert desk.said("a", "b", "c") == {of("a"): (Said(Source.RT, Mark.MOVED),)}
    with desk.at() as session:
        found = keying(session, PERIOD, GAMBIR, 1)
    assert (found.differences, found.sheet.handed_in_at) == ((2, 3), None)
    # The first looks again: line 2 was meant for line 3.
    desk.key("5", {1: Mark.MOVED, 3: Mark.KNOWN}, Hand.FIRST)
    assert set(desk.said("a", "b", "c")) == {of("a"), of("c")}
    with desk.at() as session:
        assert keying(session, PERIOD, GAMBIR, 1).sheet.handed_in_at
    with pytest.raises(NotKeyed, match=Refused.HANDED_IN):
        desk.key("6", {1: Mark.DIED}, Hand.SECOND)


def test_one_person_is_never_both_hands(desk: Desk) -> None:
    desk.make(wanted(7, Source.RT))
    desk.key("5", {1: Mark.MOVED}, Hand.FIRST)
    with pytest.raises(NotKeyed, match=Refused.OTHER_HAND):
        desk.key("5", {1: Mark.MOVED}, Hand.SECOND)
    desk.key("6", {1: Mark.DIED}, Hand.SECOND)
    with pytest.raises(NotKeyed, match=Refused.TWO_OTHERS):
        desk.key("7", {1: Mark.DIED}, Hand.SECOND)
    with desk.at() as session:
        line = session.scalars(select(SheetLine).filter_by(keyed_by="5")).one()
        line.checked_by = "5"
        with pytest.raises(IntegrityError, match="ck_sheet_line_two_people"):
            session.flush()
        session.rollback()


@pytest.mark.parametrize(
    ("marks", "refused"),
    [({}, Refused.EMPTY), ({1: Mark.MOVED, 4: Mark.DIED}, Refused.NO_SUCH_LINE)],
)
def test_what_no_paper_can_say_is_refused_whole(
    desk: Desk, marks: dict[int, Mark], refused: Refused
) -> None:
    desk.make(wanted(7, Source.RT))
    with pytest.raises(NotKeyed, match=refused):
        desk.key("5", marks, Hand.FIRST)
    with desk.at() as session:
        assert keying(session, PERIOD, GAMBIR, 1).first is None


def test_paper_replaces_marks_by_link_only_when_somebody_says_so(desk: Desk) -> None:
    (sheet, *_) = desk.make(wanted(7, Source.RT))
    with desk.link() as session:
        mark_lines(session, sheet.token, {1: Mark.KNOWN, 2: Mark.KNOWN})
    with pytest.raises(NotKeyed, match=Refused.BY_LINK):
        desk.key("5", {1: Mark.MOVED}, Hand.FIRST)
    desk.key("5", {1: Mark.MOVED}, Hand.FIRST, over_link=True)
    assert desk.said("a", "b") == {}
    with desk.link() as session:
        assert [line.on_paper for line in linked_lines(session, sheet.token)] == [
            True,
            False,
            False,
        ]
        assert mark_lines(session, sheet.token, {1: Mark.KNOWN}) == 0
    with desk.link() as session:
        hand_in(session, sheet.token)
    with pytest.raises(NotKeyed, match=Refused.HANDED_IN):
        desk.key("6", {1: Mark.MOVED}, Hand.SECOND, over_link=True)


def test_the_overview_counts_what_is_there_and_what_is_missing(bind: Engine, desk: Desk) -> None:
    rt, dasawisma = desk.make(wanted(8))
    with desk.link() as session:
        mark_lines(session, rt.token, {1: Mark.KNOWN})
        hand_in(session, rt.token)
    record_now(bind, checked("h", 8, rw=8, rt=1))
    with desk.at() as session, counted(desk.bind) as sent:
        found = overview(session, PERIOD, GAMBIR)
    assert len(sent) == 2
    assert [(each.rw, each.rt, each.queued) for each in found.rts] == [
        (7, 3, 3), (7, 4, 1), (8, 1, 2),
    ]  # fmt: skip
    assert (found.nowhere, found.complete, found.without([Source.RT])) == (1, 0, 2)
    ours = found.rts[2]
    assert ours.of_rt
    assert (ours.of_rt.lines, ours.of_rt.marked, ours.missing(ours.of_rt)) == (1, 1, 1)
    assert not ours.complete
    with desk.link() as session:
        hand_in(session, dasawisma.token)
    with desk.at() as session:
        assert overview(session, PERIOD, GAMBIR, 8).rts[0].complete
        assert overview(session, PERIOD, GAMBIR, 9).rts == ()
    with desk.at(Scope.of_kelurahan([OTHER_KELURAHAN])) as session:
        assert overview(session, PERIOD, GAMBIR).rts == ()
