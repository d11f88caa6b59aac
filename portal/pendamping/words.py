"""What an organisation reads of the stages at which its households stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from registry.rules.lifecycle import State

if TYPE_CHECKING:
    from collections.abc import Mapping

STAGES: Final = (
    ("Menunggu musyawarah", (State.RECEIVED, State.QUEUED, State.OBJECTED)),
    ("Perlu diperbaiki", (State.NEEDS_CORRECTION,)),
    ("Akan didatangi petugas", (State.FIELD_CHECK,)),
    ("Diusulkan", (State.PROPOSED,)),
    ("Tidak diusulkan", (State.NOT_PROPOSED,)),
    ("Sudah ditetapkan", (State.FINALISED,)),
    ("Dikirim ke Kemensos", (State.FORWARDED,)),
    ("Ditarik", (State.WITHDRAWN,)),
)
"""Words of a stage, and the states that are counted together."""

REPLACED: Final = "Diganti yang baru"


def stages(counts: Mapping[State, int], replaced: int) -> list[tuple[str, int]]:
    """Return how many households stand at each stage, without those at which none does."""
    found = [(words, sum(counts.get(each, 0) for each in states)) for words, states in STAGES]
    return [(words, count) for words, count in (*found, (REPLACED, replaced)) if count]
