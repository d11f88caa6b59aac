"""A household's answers, filled into the form as a person would type them."""

from typing import Final

from fmotm.households import numbers
from fmotm.households.dice import Dice
from fmotm.households.home import Raw, Want, hardship, house, place
from fmotm.households.people import ADULT, Member, family
from registry.rules.questionnaire import NOBODY, member_key

_HELPERS: Final = {"1": 62, "2": 17, "3": 6, "4": 8, "5": 4, "6": 3}
_HELPER_NAMES: Final = (
    "Bu Aminah", "Bu Lilis", "Bu Nining", "Bu RT", "Dedi", "Kak Tuti", "Pak Mulyono", "Pak Rohim",
    "Pak RW", "Ratna", "Yanto",
)  # fmt: skip
_MIGRANTS: Final = 0.3
_WITHOUT_NIK: Final = {0: 0.4, 1: 0.15, 2: 0.08}  # by age


def fill(seed: int, people_of: int, index: int, codes: tuple[str, ...]) -> Raw:
    """Return the form of household ``index``, with the people of household ``people_of``.

    The two differ for a rival application alone: the same family, said to live another way.
    """
    want = Want(Dice(seed, people_of, "people"))
    people = _people(seed, people_of, codes, homeless=want.homeless)
    if people_of != index:
        want = Want(Dice(seed, index, "people"))
    hand = Dice(seed, index, "form")
    return {
        "persetujuan": "1",
        **_helper(hand),
        "kelurahan": numbers.slot(seed, index, codes).kelurahan.code,
        **place(hand, homeless=want.homeless),
        "ktp_dki": "1",
        **people,
        "ada_mobil": "2",
        **house(want),
        **hardship(want),
        **_phone(hand),
    }


def _people(seed: int, index: int, codes: tuple[str, ...], *, homeless: bool) -> Raw:
    """Return what is asked about the persons, who applies first."""
    dice = Dice(seed, index, "family")
    members = family(dice, homeless=homeless)
    slot = numbers.slot(seed, index, codes)
    elsewhere = numbers.origin(dice, slot.kelurahan) if dice.chance(_MIGRANTS) else slot.prefix
    raw: Raw = {"jumlah_anggota": str(len(members) - 1)}
    for number, member in enumerate(members):
        moved = member.age >= ADULT and dice.chance(0.85)
        known, stated = _person(dice, slot, number, member, elsewhere if moved else slot.prefix)
        if number == 0:
            raw |= known | stated
            continue
        fields = stated if _unregistered(dice, member, homeless=homeless) else known
        fields |= {"nama": known["nama"], "hubungan": member.relation}
        raw |= {member_key(number, key): value for key, value in fields.items()}
    return raw | _card(dice, slot, homeless=homeless) | _ticks(members)


def _person(
    dice: Dice, slot: numbers.Slot, number: int, member: Member, prefix: str
) -> tuple[Raw, Raw]:
    """Return a person's name and NIK, and the birth date and sex that the NIK tells."""
    born = slot.birthday(number, member.age)
    nik = slot.nik(number, prefix, member.sex, born)
    known: Raw = {"nama": _typed_name(dice, member.name), "nik": _typed_number(dice, nik)}
    stated: Raw = {
        "lahir-hari": str(born.day),
        "lahir-bulan": str(born.month),
        "lahir-tahun": str(born.year),
        "jenis_kelamin": member.sex.value,
    }
    return known, stated


def _ticks(members: list[Member]) -> Raw:
    """Return who works, is permanently employed (nobody) and is disabled."""

    def numbers_of(chosen: list[bool]) -> list[str]:
        return [str(number) for number, is_so in enumerate(chosen) if is_so] or [NOBODY]

    return {
        "bekerja": numbers_of([member.works for member in members]),
        "pegawai_tetap": [NOBODY],
        "disabilitas": numbers_of([member.disabled for member in members]),
    }


def _unregistered(dice: Dice, member: Member, *, homeless: bool) -> bool:
    """Whether this member has no NIK yet: some babies, and more of those on the street."""
    if homeless:
        return dice.chance(0.3)
    return dice.chance(_WITHOUT_NIK.get(member.age, 0.0))


def _card(dice: Dice, slot: numbers.Slot, *, homeless: bool) -> Raw:
    if dice.chance(0.4 if homeless else 0.03):
        return {"tanpa_kk": "1"}
    number = slot.kk(dice.between(numbers.LAST_YEAR - 18, numbers.LAST_YEAR))
    return {"kk": _typed_number(dice, number)}


def _helper(dice: Dice) -> Raw:
    kind = dice.weighted(_HELPERS)
    raw: Raw = {"diisi_oleh": kind}
    if kind != "1" and dice.chance(0.6):
        raw["nama_pembantu"] = dice.pick(_HELPER_NAMES)
    return raw


def _phone(dice: Dice) -> Raw:
    if dice.chance(0.15):
        return {}
    number = numbers.phone(dice)
    if dice.chance(0.2):
        number = f"{number[:4]}-{number[4:8]}-{number[8:]}"
    elif dice.chance(0.1):
        number = f"+62 {number[1:]}"
    return {"telepon": number}


def _typed_number(dice: Dice, number: str) -> str:
    """Return a number of 16 digits as typed: some put a space after every four."""
    if dice.chance(0.08):
        return " ".join(number[start : start + 4] for start in range(0, 16, 4))
    return number


def _typed_name(dice: Dice, name: str) -> str:
    """Return a name as typed: in capitals as on the KTP, all small, or as names are written."""
    style = dice.unit()
    if style < 0.35:
        return name.upper()
    return name.lower() if style < 0.5 else name
