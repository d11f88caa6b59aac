"""Homes and hardship: answers that hang together because one measure of want is behind them all."""

from typing import Final

from fmotm.households.dice import Dice
from fmotm.households.words import BESIDE, LANDMARKS, ROADS, SLEEPS, STREETS

Raw = dict[str, str | list[str]]
"""Field → what was typed or ticked, as the form sends it."""

Blend = dict[str, tuple[float, float]]
"""Code → its weight among the poorest, and among the least poor."""

HOMELESS: Final = "0"
_HOMELESS_SHARE: Final = 0.008

_TENURE: Final[Blend] = {
    "1": (22, 48), "2": (45, 38), "3": (30, 11), "4": (0, 1), "5": (3, 2),
}  # fmt: skip
_NJOP: Final[Blend] = {"2": (75, 90), "8": (25, 10)}
_FLOOR: Final[Blend] = {
    "09": (9, 0), "06": (56, 14), "02": (12, 66), "04": (10, 17), "08": (10, 1), "05": (0, 1),
    "07": (2, 0), "03": (0, 1), "10": (1, 0),
}  # fmt: skip
_WALL: Final[Blend] = {
    "1": (44, 96), "3": (36, 3), "2": (3, 0), "4": (4, 0), "6": (2, 0), "5": (1, 0), "7": (10, 1),
}  # fmt: skip
_TOILET: Final[Blend] = {"1": (24, 90), "2": (38, 8), "3": (29, 2), "4": (9, 0)}
_LIGHT: Final[Blend] = {"1": (94, 99.8), "2": (4, 0.2), "3": (2, 0)}
_POWER: Final[Blend] = {
    "1": (46, 12), "2": (22, 50), "3": (3, 28), "4": (0, 4), "6": (22, 1), "8": (7, 5),
}  # fmt: skip
# Never branded water: it is a criterion of exclusion.
_WATER: Final[Blend] = {
    "02": (44, 58), "03": (10, 24), "04": (24, 3), "05": (12, 14), "06": (5, 1), "07": (2, 0),
    "11": (1, 0), "12": (2, 0),
}  # fmt: skip
_FOOD: Final[Blend] = {"1": (74, 18), "2": (16, 76), "9": (10, 6)}
_HALF: Final[Blend] = {"1": (70, 30), "2": (10, 52), "8": (14, 12), "9": (6, 6)}
_CLOTHES: Final[Blend] = {"1": (62, 14), "2": (33, 82), "9": (5, 4)}


class Want:
    """How poor a household is: ``depth`` from 0, the least, to 1; and whether it has a home."""

    __slots__ = ("_dice", "depth", "homeless")

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        place = dice.unit()
        self.depth = place * place * (3 - 2 * place)  # most are near one end: answers hang together
        self.homeless = dice.chance(_HOMELESS_SHARE)

    def pick(self, codes: Blend) -> str:
        """Return a code as likely as this household's want makes it."""
        depth = self.depth
        return self._dice.weighted(
            {code: poor * depth + rest * (1 - depth) for code, (poor, rest) in codes.items()}
        )


def house(want: Want) -> Raw:
    """Return the answers about the home, none but its lack for who has none."""
    if want.homeless:
        return {"sta_bangunan": HOMELESS}
    raw: Raw = {"sta_bangunan": want.pick(_TENURE)}
    if raw["sta_bangunan"] == "1":
        raw["njop_lebih_1m"] = want.pick(_NJOP)
    raw["lantai"] = want.pick(_FLOOR)
    raw["dinding"] = want.pick(_WALL)
    raw["fasbab"] = want.pick(_TOILET)
    raw["sumber_penerangan"] = want.pick(_LIGHT)
    if raw["sumber_penerangan"] == "1":
        raw["daya"] = want.pick(_POWER)
    raw["sumber_airminum"] = want.pick(_WATER)
    return raw


def hardship(want: Want) -> Raw:
    """Return the answers about food and clothes; some would rather not say."""
    return {
        "khawatir_makan": want.pick(_FOOD),
        "makan_lebih_setengah": want.pick(_HALF),
        "tidak_beli_pakaian": want.pick(_CLOTHES),
    }


def place(dice: Dice, *, homeless: bool) -> Raw:
    """Return RT and RW, the address and a landmark; for who has no home, where they sleep."""
    raw: Raw = {}
    if dice.chance(0.7 if homeless else 0.04):
        raw["tanpa_rt_rw"] = "1"
    else:
        rt, rw = dice.between(1, 15), dice.between(1, 12)
        width = 3 if dice.chance(0.3) else 1  # half the city writes RT 005
        raw["rt"], raw["rw"] = f"{rt:0{width}}", f"{rw:0{width}}"
    if homeless:
        raw["tempat_tidur"] = dice.pick(SLEEPS)
        return raw
    road = f"{dice.pick(ROADS)} {dice.pick(STREETS)}"
    if dice.chance(0.5):
        road += f" {dice.pick(('I', 'II', 'III', 'IV', '1', '2', '3', '5', 'Dalam'))}"
    raw["alamat"] = f"{road} {dice.pick(('No.', 'nomor', 'no'))} {dice.between(1, 120)}"
    raw["patokan"] = f"{dice.pick(BESIDE)} {dice.pick(LANDMARKS)}"
    return raw
