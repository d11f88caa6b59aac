"""What tests of sessions do to get to where they begin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from registry.rules.lifecycle import Actor, Role
from registry.rules.quorum import Element, Quorum
from registry.rules.scope import Scope
from registry.rules.verdicts import Decision, Verdict, decide
from registry.sealing import KeyRing
from registry.store import meetings, quorums
from registry.store.intake import Checked
from registry.store.meetings import Entry, Order, Paper, Standing
from registry.store.models import Musyawarah, Sheet, SheetLine
from registry.store.session import SCOPE, sessions
from tests.integration.registry.store.factories import (
    GAMBIR,
    LONG_AGO,
    OTHER_KELURAHAN,
    PERIOD,
    checked,
    index,
    record_now,
)

HERE = Scope.of_kelurahan([GAMBIR])
OFFICER = Actor("11", Role.REVIEWER, HERE)
OTHER_OFFICER = Actor("12", Role.REVIEWER, HERE)
LURAH = Actor("20", Role.CHAIR, HERE)
ELSEWHERE = Actor("31", Role.REVIEWER, Scope.of_kelurahan([OTHER_KELURAHAN]))
RING = KeyRing({1: bytes(range(32))})
DINAS = Actor("40", Role.DINAS, Scope.EVERYTHING)
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
TODAY = NOW.date()
SMALL = Quorum(2, 2, frozenset({Element.LURAH, Element.RT_RW}))

CAR = {"id": "mobil", "answer": "1", "label": "Memiliki mobil", "kind": "kriteria"}
_keys = count(1)


def key() -> bytes:
    return next(_keys).to_bytes(16, "big")


def of(label: str) -> bytes:
    return index(f"application {label}")


def plain(label: str, entry: int, **changes: Any) -> Checked:
    """Give an application against which no answer speaks."""
    return checked(label, entry, **{"screening": {"version": "1", "flags": []}} | changes)


def with_car(label: str, entry: int, **changes: Any) -> Checked:
    return checked(label, entry, screening={"version": "1", "flags": [CAR]}, **changes)


def known(session: Session, *labels: str, mark: str = "known", source: str = "rt") -> None:
    """Let one source say this of these households."""
    sheet = index(f"sheet {source} {mark} {labels}")
    session.add(
        Sheet(
            id=sheet,
            period_id=PERIOD,
            kelurahan_code=GAMBIR,
            rw=7,
            rt=sheet[0] + 1,
            source=source,
            number=int.from_bytes(sheet[:2], "big") % 30_000,
            token_hash=sha256(sheet).digest(),
            expires_at=LONG_AGO + timedelta(days=9_999),
            made_by="1",
        )
    )
    session.flush()
    session.add_all(
        SheetLine(
            sheet_id=sheet,
            line=line,
            application_id=of(label),
            mark=mark,
            via="link",
            marked_at=LONG_AGO,
        )
        for line, label in enumerate(labels, 1)
    )


@dataclass
class Evening:
    """Sessions of Gambir; each step is one transaction of the portal, within its scope."""

    owner: Engine
    portal: Engine
    id: bytes = field(default_factory=key)

    @contextmanager
    def within(self, actor: Actor = OFFICER) -> Iterator[Session]:
        with sessions(self.portal).begin() as session:
            session.execute(select(func.set_config(SCOPE, actor.scope.setting, True)))
            yield session

    def registered(self, *applications: Checked, known_to_rt: tuple[str, ...] = ()) -> None:
        record_now(self.owner, *applications)
        if known_to_rt:
            with self.within() as session:
                known(session, *known_to_rt)

    def asked(self, quorum: Quorum | None, kelurahan: str | None = None) -> None:
        """Let dinas set what meetings need, as one who has just looked."""
        with self.within(DINAS) as session:
            rule, exceptions = quorums.of_round(session, PERIOD)
            seen = exceptions.get(kelurahan) if kelurahan else rule
            version = seen.version if seen else 0
            quorums.set_(session, PERIOD, kelurahan, quorum, seen=version, actor=DINAS)

    def now(self) -> Musyawarah:
        with self.within() as session:
            return session.scalars(select(Musyawarah).filter_by(id=self.id)).one()

    def planned(self, held_on: date = TODAY, quorum: Quorum = SMALL) -> Musyawarah:
        with self.within() as session:
            return meetings.plan(
                session,
                GAMBIR,
                PERIOD,
                held_on=held_on,
                quorum=quorum,
                actor=OFFICER,
                key=self.id,
                now=NOW,
            )

    def frozen(self, each: int = 175) -> None:
        found = self.planned()
        with self.within() as session:
            meetings.freeze(session, self.id, found.version, OFFICER, each)

    def opened(self, each: int = 175, *, quorate: bool = True) -> None:
        self.frozen(each)
        with self.within() as session:
            meetings.open_(session, self.id, 2, OFFICER)
        if quorate:
            self.attended(Element.LURAH)
            self.attended(Element.RT_RW)

    def attended(self, element: Element, name: str = "Siti Aminah") -> int:
        with self.within() as session:
            person = (element, name, "Ketua RT 005")
            return meetings.attend(session, RING, self.id, person, OFFICER)

    def said(
        self,
        number: int,
        decision: Decision | Verdict | None,
        *,
        version: int = 0,
        actor: Actor = OFFICER,
        given: bytes | None = None,
    ) -> Standing:
        if isinstance(decision, Verdict):
            decision = decide(decision)
        entry = Entry(self.id, number, decision, version, given or key())
        with self.within(actor) as session:
            return meetings.record(session, RING, entry, actor)

    def ended(self) -> Musyawarah:
        with self.within() as session:
            return meetings.end(session, self.id, self.now().version, OFFICER)

    def closed(
        self, *paper: int, actor: Actor = LURAH, now: datetime | None = None
    ) -> meetings.Closed:
        order = Order(self.id, self.now().version, Paper(*paper))
        with self.within(actor) as session:
            return meetings.close(session, RING, order, actor, now or datetime.now(UTC))
