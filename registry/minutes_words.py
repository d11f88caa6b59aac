"""Sentences of the minutes: on quorum, on who stepped aside, and on who saw it otherwise."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from registry.rules.agenda import PART_LABELS, Part
from registry.rules.lifecycle import REASONS
from registry.rules.quorum import COUNTED, Element, missing
from registry.rules.quorum import LABELS as ELEMENTS
from registry.rules.verdicts import LABELS, Tie, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from registry.rules.quorum import Quorum
    from registry.store.meetings import Line as Item

OPEN: Final = "Belum dibahas"
ADVICE: Final = "Rekomendasi: "
"""Before what was said below the quorum."""

LEFT_OUT: Final = "Tidak dilaksanakan: pendaftaran ini ditarik atau diganti sebelum sidang ditutup."


def quorum_sentence(quorum: Quorum, there: Mapping[Element, int]) -> str:
    """Return what was asked for, who was there, and what is missing."""
    counted = {element: people for element, people in there.items() if element in COUNTED}
    required = [ELEMENTS[element] for element in Element if element in quorum.required]
    asked = f"Kuorum paling sedikit {quorum.people} orang dari {quorum.elements} unsur"
    asked += f", termasuk unsur {_listed(required)}" if required else ""
    came = f"hadir {sum(counted.values())} orang dari {sum(map(bool, counted.values()))} unsur"
    lacking = missing(quorum, there)
    if lacking.met:
        return f"{asked}. Yang {came}, sehingga kuorum tercapai."
    lacks = [f"{lacking.people} orang"] if lacking.people else []
    lacks += [f"{lacking.elements} unsur"] if lacking.elements else []
    lacks += [f"unsur {ELEMENTS[element]}" for element in lacking.required]
    return f"{asked}. Yang {came}, sehingga kuorum tidak tercapai: kurang {_listed(lacks)}."


def stepped_aside(items: Iterable[Item], elements: Mapping[int, Element]) -> Iterator[str]:
    """Say who stepped aside, by element and tie, never by name."""
    for item in _decided(items):
        for aside in item.standing.stepped_aside if item.standing else ():
            element = elements.get(aside.attendee)
            who = f"seorang dari unsur {ELEMENTS[element]}" if element else "seorang peserta"
            yield f"Nomor {item.number}: {who} menarik diri ({_tie(aside.tie)})."


def dissent(items: Iterable[Item]) -> Iterator[str]:
    """Say which elements saw it otherwise."""
    for item in _decided(items):
        if item.standing and item.standing.dissent:
            names = _listed([ELEMENTS[element] for element in item.standing.dissent])
            yield f"Nomor {item.number}: unsur {names} berpendapat lain."


def by_reason(items: Iterable[Item]) -> tuple[tuple[str, int], ...]:
    """Return the cases that were not proposed, by reason, in the order of REASONS."""
    counted = Counter(item.standing.reason for item in items if item.standing)
    return tuple((REASONS[code], counted[code]) for code in REASONS if counted[code])


def by_part(items: Iterable[Item]) -> tuple[tuple[str, int], ...]:
    """Return the cases by part of the agenda."""
    counted = Counter(item.part for item in items)
    return tuple(
        (f"Bagian {part.value}: {PART_LABELS[part].lower()}", counted[part])
        for part in Part
        if counted[part]
    )


def status(item: Item, *, quorate: bool) -> str:
    """Return the verdict on a case in words."""
    if item.verdict is None:
        return OPEN
    return LABELS[item.verdict] if quorate else ADVICE + LABELS[item.verdict].lower()


def description(item: Item, said: Mapping[str, str], *, left_out: bool) -> str:
    """Return what the annex says of a case; ``said`` are its sentence and question."""
    parts: list[str] = []
    if item.verdict is not None and item.standing is not None:
        if item.listed and item.standing.via == "list" and item.rw is not None:
            parts.append(f"Disahkan dalam daftar RW {item.rw:03}.")
        if item.standing.reason:
            parts.append(f"{REASONS[item.standing.reason]}.")
        parts.append(said.get("sentence", ""))
        if item.verdict is Verdict.POSTPONED and said.get("question"):
            parts.append(f"Pertanyaan kepada keluarga: {said['question']}")
    if left_out:
        parts.append(LEFT_OUT)
    return " ".join(filter(None, parts))


def _decided(items: Iterable[Item]) -> Iterator[Item]:
    return (item for item in items if item.verdict is not None)


def _tie(tie: Tie) -> str:
    return LABELS[tie].lower()


def _listed(words: Sequence[str]) -> str:
    """Write `a`, `a dan b`, `a, b, dan c`."""
    if len(words) < 3:
        return " dan ".join(words)
    return f"{', '.join(words[:-1])}, dan {words[-1]}"
