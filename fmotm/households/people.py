"""Families: who lives together, how old they are, and who of them works."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fmotm.households.dice import Dice
from fmotm.households.numbers import MAX_PEOPLE
from fmotm.households.words import MEN, MEN_LAST, WOMEN, WOMEN_LAST
from registry.rules.nik import Sex

HEAD, SPOUSE, CHILD, IN_LAW, GRANDCHILD, PARENT, OTHER = "1", "2", "3", "4", "5", "6", "8"
"""PBDT2015 codes of the relation to the head (`hubungan`)."""

ADULT: Final = 17
"""Years from which a person has a KTP and may apply."""

MOTHER_FROM: Final = 18
"""Years from which a made-up mother has children; up to MOTHER_TO."""
MOTHER_TO: Final = 43
OLDEST: Final = 92


@dataclass(frozen=True, slots=True)
class Member:
    """One person; ``age`` in completed years at the end of numbers.LAST_YEAR."""

    relation: str
    age: int
    sex: Sex
    name: str
    works: bool
    disabled: bool


def family(dice: Dice, *, homeless: bool) -> list[Member]:
    """Return a family, who applies first; the head is among them."""
    shapes = _ON_THE_STREET if homeless else _SHAPES
    people = dice.weighted(shapes)(dice)
    if not homeless and dice.chance(0.05):
        people.append(_person(dice, OTHER, dice.between(17, 45)))
    del people[MAX_PEOPLE:]
    applicant = _applicant(dice, people)
    people.insert(0, people.pop(applicant))
    return people


def _applicant(dice: Dice, people: list[Member]) -> int:
    """Return who applies: mostly the head, often the wife, for the old a grown child."""
    for place, person in enumerate(people):
        if person.relation == SPOUSE and dice.chance(0.35):
            return place
        if person.relation == CHILD and person.age >= ADULT and people[0].age >= 60:
            return place if dice.chance(0.4) else 0
    return 0


def _alone(dice: Dice) -> list[Member]:
    old = dice.chance(0.6)
    return [_person(dice, HEAD, dice.between(60, 85) if old else dice.between(20, 59))]


def _couple(dice: Dice) -> list[Member]:
    return _pair(dice, dice.between(24, 78))


def _parents(dice: Dice) -> list[Member]:
    pair = _pair(dice, dice.between(24, 56))
    return pair + _children(dice, pair[1].age, CHILD)


def _single_parent(dice: Dice) -> list[Member]:
    parent = _person(dice, HEAD, dice.between(23, 58), Sex.FEMALE)
    if dice.chance(0.15):
        parent = _person(dice, HEAD, parent.age, Sex.MALE)
    return [parent, *_children(dice, parent.age, CHILD)]


def _with_grandparents(dice: Dice) -> list[Member]:
    young = _parents(dice)
    mother = min(OLDEST, young[0].age + dice.between(MOTHER_FROM, 34))
    old = [_person(dice, PARENT, mother, Sex.FEMALE)]
    if dice.chance(0.3):
        old.append(_person(dice, PARENT, min(OLDEST, mother + dice.between(0, 8)), Sex.MALE))
    return young + old


def _with_married_child(dice: Dice) -> list[Member]:
    pair = _pair(dice, dice.between(52, 72))
    wife = pair[1].age
    age = min(wife - dice.between(MOTHER_FROM, 24), 45)
    child = _person(dice, CHILD, age)
    other = Sex.MALE if child.sex is Sex.FEMALE else Sex.FEMALE
    in_law = _person(dice, IN_LAW, max(19, age + dice.between(-3, 3)), other)
    mother = child.age if child.sex is Sex.FEMALE else in_law.age
    return [*pair, child, in_law, *_children(dice, mother, GRANDCHILD)]


def _grandmother(dice: Dice) -> list[Member]:
    head = _person(dice, HEAD, dice.between(54, 80), Sex.FEMALE)
    oldest = min(16, head.age - 2 * MOTHER_FROM)
    ages = [dice.between(3, oldest) for _ in range(dice.between(1, 2))]
    return [head, *(_person(dice, GRANDCHILD, age) for age in ages)]


Shape = Callable[[Dice], list[Member]]
_SHAPES: Final[dict[Shape, float]] = {
    _alone: 0.11,
    _couple: 0.10,
    _parents: 0.47,
    _single_parent: 0.13,
    _with_grandparents: 0.08,
    _with_married_child: 0.07,
    _grandmother: 0.04,
}
_ON_THE_STREET: Final[dict[Shape, float]] = {_alone: 0.6, _couple: 0.15, _single_parent: 0.25}


def _pair(dice: Dice, age: int) -> list[Member]:
    """Return a husband of that age, as head, and his wife."""
    wife = max(20, age + dice.between(-8, 2))
    return [_person(dice, HEAD, age, Sex.MALE), _person(dice, SPOUSE, wife, Sex.FEMALE)]


def _children(dice: Dice, mother: int, relation: str) -> list[Member]:
    """Return her children who still live at home, the oldest first; maybe none."""
    wanted = dice.weighted({1: 26, 2: 37, 3: 22, 4: 9, 5: 4, 6: 2})
    age = mother - dice.between(MOTHER_FROM, 27)
    children: list[Member] = []
    while age >= 0 and wanted and mother - age <= MOTHER_TO:
        if age < 24 or dice.chance(0.35):
            children.append(_person(dice, relation, age))
        wanted -= 1
        age -= dice.between(2, 6)
    return children


def _person(dice: Dice, relation: str, age: int, sex: Sex | None = None) -> Member:
    if sex is None:
        sex = Sex.MALE if dice.chance(0.5) else Sex.FEMALE
    return Member(
        relation,
        age,
        sex,
        name=_name(dice, sex),
        works=dice.chance(_working(relation, age, sex)),
        disabled=dice.chance(0.12 if age >= 65 else 0.025),
    )


def _working(relation: str, age: int, sex: Sex) -> float:
    """Return the share of people like this one who worked in the week."""
    if age < 15:
        return 0.0
    if age < 18:
        return 0.06
    if age >= 65:
        return 0.25
    if sex is Sex.MALE:
        return 0.82 if relation == HEAD else 0.65
    return 0.6 if relation == HEAD else 0.38


def _name(dice: Dice, sex: Sex) -> str:
    """Return a name of one, two or three words; it is nobody's but by accident."""
    first, last = (MEN, MEN_LAST) if sex is Sex.MALE else (WOMEN, WOMEN_LAST)
    words = [dice.pick(first)]
    if dice.chance(0.25):
        words.append(dice.pick(first))
    if dice.chance(0.72):
        words.append(dice.pick(last))
    return " ".join(dict.fromkeys(words))
