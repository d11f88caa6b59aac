"""What the player is told: everything that a load is made of."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Task:
    """One load. ``helpers`` are tokens of invitations; ``reviewers`` have their kelurahan too."""

    url: str
    form: dict[str, str]
    shape: str
    peak: float
    """Citizens a second, at the busiest."""
    seconds: float
    hurry: float
    """How many times faster than real people these think."""
    first: int
    """Number of the first household, and how many there may be."""
    households: int
    ledger: str
    result: str
    looking_up: float = 0.4
    """People who only look up, by those who register."""
    seed: int = 5
    helpers: list[list[str]] = field(default_factory=list)
    reviewers: list[list[str]] = field(default_factory=list)
