"""Which cases of the queue are asked for: read from an address, and carried on in links."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from portal.dates import now
from portal.musyawarah.officers import organisation_names
from registry.rules.lifecycle import State
from registry.rules.questionnaire import questionnaire
from registry.rules.scope import ORGANISATION
from registry.rules.screening import FlagKind, screening_rules
from registry.store.organisations import organisations_in
from registry.store.queue import DECIDED, Asked, Filter, alike, superseded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session
    from werkzeug.datastructures import MultiDict

    from registry.store.queue import Area, Number

Query = dict[str, str | list[str]]
"""What an address carries: nothing personal is ever in it."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A group of states that is looked at together."""

    label: str
    states: tuple[State, ...]


_OF_ORGANISATION: Final = "lembaga:"
"""What an organisation's id stands behind, where a helper is chosen."""

WAITING: Final = "antre"
TABS: Final[Mapping[str, Tab]] = MappingProxyType(
    {
        WAITING: Tab("Menunggu musyawarah", (State.QUEUED,)),
        "kunjungan": Tab("Kunjungan rumah", (State.FIELD_CHECK,)),
        "perbaikan": Tab("Perlu diperbaiki", (State.NEEDS_CORRECTION,)),
        "putus": Tab("Sudah diputuskan", DECIDED),
    }
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter, and the query that leads to it again."""

    tab: str
    filter: Filter
    query: Query
    alike: bool = False
    """Whether only those are asked for that are like another application."""

    @property
    def narrows(self) -> bool:
        """Whether it asks for more than a state and a place."""
        return self.alike or self.filter.narrows

    def only(self, *names: str) -> Query:
        """Return these parts of the query: for a link that leaves the others behind."""
        return {name: each for name, each in self.query.items() if name in names}

    def besides(self, *names: str) -> Query:
        """Return the query without these parts."""
        return {name: each for name, each in self.query.items() if name not in names}


def criteria() -> dict[str, str]:
    """Return the criteria that an answer can meet: id → label."""
    return {
        rule.id: rule.label
        for rule in screening_rules().rules
        if rule.kind is FlagKind.CRITERION and rule.decided_by is None
    }


def helpers() -> dict[str, str]:
    """Return who may have filled a form in: code → label."""
    return {each.code: each.label for each in questionnaire().question("diisi_oleh").choices}


def chosen(args: MultiDict[str, str]) -> Chosen:
    """Read what an address asks for; what is not understood asks for nothing."""
    tab = args.get("status", WAITING)
    tab = tab if tab in TABS else WAITING
    flags = tuple(each for each in criteria() if each in args.getlist("kriteria"))
    numbers = {name: _number(args.get(name)) for name in ("rw", "rt", "skor", "hari")}
    ticked = {name: args.get(name) == "1" for name in ("rt0", "mirip")}
    helper = args.get("dibantu", "")
    organisation = _organisation(helper)
    helper = helper if helper in helpers() or organisation else ""
    days = numbers["hari"]
    wanted = Filter(
        TABS[tab].states,
        rw=numbers["rw"],
        rt=numbers["rt"],
        unplaced=ticked["rt0"],
        flags=flags,
        score=numbers["skor"],
        before=now() - timedelta(days=days) if days else None,
        helped_by=None if organisation else helper or None,
        organisation=organisation,
    )
    query: Query = {name: str(each) for name, each in numbers.items() if each is not None}
    query |= {name: "1" for name, each in ticked.items() if each}
    query |= {"status": tab} if tab != WAITING else {}
    query |= {"kriteria": list(flags)} if flags else {}
    query |= {"dibantu": helper} if helper else {}
    query |= {"putaran": args["putaran"]} if args.get("putaran") else {}
    return Chosen(tab, wanted, query, ticked["mirip"])


def organisations(session: Session, area: Area) -> dict[str, str]:
    """Return the organisations that registered households here: as `helpers` → name.

    One query, or two.
    """
    ids = organisations_in(session, area.period, area.kelurahan)
    named = organisation_names(session, ids)
    found = {f"{_OF_ORGANISATION}{each}": named.get(each, each) for each in ids}
    return dict(sorted(found.items(), key=lambda each: each[1].casefold()))


def asked(session: Session, area: Area, wanted: Chosen) -> Asked:
    """Return what is asked of the queue of a kelurahan. One query, or two."""
    every = Asked(area, superseded(session, area), wanted.filter)
    return replace(every, among=alike(session, every)) if wanted.alike else every


def by_tab(every: Iterable[Number]) -> dict[str, int]:
    """Count the cases of each group."""
    counted = dict.fromkeys(TABS, 0)
    for each in every:
        for name, tab in TABS.items():
            counted[name] += each.cases if each.state in tab.states else 0
    return counted


def turn(text: str | None) -> int | None:
    """Read where a page begins; None for what is no turn."""
    plain = bool(text) and text is not None and text.isascii() and text.isdigit()
    return int(text) if plain and text is not None and len(text) < 19 else None


def _organisation(text: str) -> str | None:
    named = text.removeprefix(_OF_ORGANISATION)
    return named if named != text and ORGANISATION.fullmatch(named) else None


def _number(text: str | None) -> int | None:
    plain = text is not None and text.isascii() and text.isdigit() and len(text) < 5
    return int(text) if plain and text is not None else None
