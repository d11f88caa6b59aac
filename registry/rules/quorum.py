"""When a meeting may decide: who attends, by element, and what a quorum asks for.

No quorum of the musyawarah kelurahan is published, so dinas sets for each round what a meeting
needs at least, with exceptions for single kelurahan; until then a default of ours holds. Who plans
a session may ask for more. Below its quorum a meeting may only recommend.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Self

from registry.rules.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping


class Element(StrEnum):
    """For whom someone sits in the meeting. An acting chair (Plh) sits as LURAH."""

    LURAH = "lurah"
    RT_RW = "rt_rw"
    PKK_DASAWISMA = "pkk_dasawisma"
    PENDAMPING = "pendamping"
    TOKOH_MASYARAKAT = "tokoh_masyarakat"
    TOKOH_AGAMA = "tokoh_agama"
    PENINJAU = "peninjau"
    """Observers: they listen, and never count."""


LABELS: Final[Mapping[Element, str]] = MappingProxyType(
    {
        Element.LURAH: "Lurah",
        Element.RT_RW: "RT/RW",
        Element.PKK_DASAWISMA: "PKK/Dasawisma",
        Element.PENDAMPING: "Pendamping sosial",
        Element.TOKOH_MASYARAKAT: "Tokoh masyarakat",
        Element.TOKOH_AGAMA: "Tokoh agama",
        Element.PENINJAU: "Peninjau",
    }
)
"""Element → its words."""

COUNTED: Final = frozenset(Element) - {Element.PENINJAU}
"""The elements that count for a quorum."""

MOST_PEOPLE: Final = 500
"""More than any meeting room of a kelurahan holds: a slip of the finger."""


@dataclass(frozen=True, slots=True)
class Quorum:
    """What a meeting needs: so many people, of so many elements, these among them.

    Raises Invalid: `quorum_impossible` (nobody or over 500 people, no or too many elements,
    observers required).
    """

    people: int
    elements: int
    required: frozenset[Element]

    def __post_init__(self) -> None:
        if not (
            1 <= self.people <= MOST_PEOPLE
            and 1 <= self.elements <= len(COUNTED)
            and self.required <= COUNTED
        ):
            raise Invalid("quorum_impossible")

    def as_json(self) -> dict[str, Any]:
        """Return the quorum as JSON can hold it."""
        required = [element.value for element in Element if element in self.required]
        return {"people": self.people, "elements": self.elements, "required": required}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the quorum that :meth:`as_json` wrote.

        Raises Invalid: `quorum_impossible`, also for what is no quorum.
        """
        match stored:
            case {
                "people": int(people),
                "elements": int(elements),
                "required": list(required),
            } if all(name in list(Element) for name in required):
                return cls(people, elements, frozenset(map(Element, required)))
        raise Invalid("quorum_impossible")


def demand(quorum: Quorum, least: Quorum) -> None:
    """Refuse a quorum that asks for less than is asked for at least: of people, elements, which.

    Raises Invalid: `quorum_below`.
    """
    if (
        quorum.people < least.people
        or quorum.elements < least.elements
        or not quorum.required >= least.required
    ):
        raise Invalid("quorum_below")


DEFAULT: Final = Quorum(people=10, elements=4, required=frozenset({Element.LURAH, Element.RT_RW}))
"""Ours, until a dinas sets its own: enough people that no single group is among itself."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What a meeting still lacks: people, elements, and which of the required ones."""

    people: int
    elements: int
    required: tuple[Element, ...]

    @property
    def met(self) -> bool:
        """Whether nothing is missing: the meeting may decide."""
        return not (self.people or self.elements or self.required)


def missing(quorum: Quorum, attendance: Mapping[Element, int]) -> Missing:
    """Return what is missing of a quorum when so many of each element attend.

    Observers never count. Raises Invalid: `attendance_negative`.
    """
    if any(people < 0 for people in attendance.values()):
        raise Invalid("attendance_negative")
    present = {element: attendance.get(element, 0) for element in Element if element in COUNTED}
    elements = sum(people > 0 for people in present.values())
    return Missing(
        max(0, quorum.people - sum(present.values())),
        max(0, quorum.elements - elements),
        tuple(e for e, people in present.items() if e in quorum.required and not people),
    )
