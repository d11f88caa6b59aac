"""Believable households of Jakarta that nobody belongs to: for trying out, tests and load.

:func:`household` is pure: household ``index`` of a ``seed`` is the same whatever others are made.
Names are common words joined at random, numbers are such as no office gives (see
:mod:`fmotm.households.numbers`), and what is answered hangs together: ages with relations, work
with ages, floor, wall, toilet and power with one measure of want.
"""

from dataclasses import dataclass

from fmotm.households.answers import fill
from fmotm.households.dice import Dice
from fmotm.households.home import Raw
from fmotm.households.twists import make_mistake, raise_flags
from registry.rules.regions import kelurahan

__all__ = ["PLAIN", "Options", "Raw", "household"]


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked for beyond plain households.

    Shares are of all households, from 0 to 1 (``rivals``: to 0.5, every second one). ``flags``:
    a criterion of exclusion is met. ``rivals``: the household before, whose NIK it is, registered
    once more with other answers. ``mistakes``: the form has one mistake that the parser refuses.
    ``kelurahan``: codes to live in; none means all 267, each as often.

    Raises ValueError for a share out of range, Invalid (`kelurahan_unknown`) for a code.
    """

    flags: float = 0.0
    rivals: float = 0.0
    mistakes: float = 0.0
    kelurahan: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, share, most in (
            ("flags", self.flags, 1.0),
            ("rivals", self.rivals, 0.5),
            ("mistakes", self.mistakes, 1.0),
        ):
            if not 0.0 <= share <= most:
                message = f"{name} must be a share from 0 to {most:g}, not {share}"
                raise ValueError(message)
        for code in self.kelurahan:
            kelurahan(code)


PLAIN = Options()
"""No flags, no rivals, no mistakes, all of Jakarta."""


def household(seed: int, index: int, options: Options = PLAIN) -> Raw:
    """Return the form of one household: field → what was typed, or all that was ticked.

    ``seed`` and ``index`` are from 0 up. Fields that the form sends for itself (period, version,
    button) are left out.
    """
    if seed < 0 or index < 0:
        raise ValueError("seed and index count from 0")
    people_of = index - 1 if options.rivals and _is_rival(seed, index, options.rivals) else index
    raw = fill(seed, people_of, index, options.kelurahan)
    if options.flags and (dice := Dice(seed, index, "flags")).chance(options.flags):
        raise_flags(raw, dice)
    if options.mistakes and (dice := Dice(seed, index, "mistakes")).chance(options.mistakes):
        make_mistake(raw, dice)
    return raw


def _is_rival(seed: int, index: int, share: float) -> bool:
    """Whether this is a second application: only ever of a pair, so that its first one exists."""
    return index % 2 == 1 and Dice(seed, index, "rival").chance(2 * share)
