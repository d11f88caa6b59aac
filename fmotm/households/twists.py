"""What is added on request: answers that meet a criterion of exclusion, and typical mistakes."""

from collections.abc import Callable
from typing import Final

from fmotm.households.dice import Dice
from fmotm.households.home import HOMELESS, Raw
from registry.rules.questionnaire import APPLICANT, NOBODY, member_key


def raise_flags(raw: Raw, dice: Dice) -> None:
    """Answer one or two of the musyawarah's criteria of exclusion of 2021-2022 with yes."""
    possible = [_ktp_outside, _car, _employee]
    if raw["sta_bangunan"] != HOMELESS:
        possible += [_branded_water, _dear_house]
    for _ in range(2 if dice.chance(0.2) else 1):
        twist = dice.pick(possible)
        possible.remove(twist)
        twist(raw)


def _ktp_outside(raw: Raw) -> None:
    raw["ktp_dki"] = "2"


def _car(raw: Raw) -> None:
    raw["ada_mobil"] = "1"


def _employee(raw: Raw) -> None:
    """Make somebody who works a permanent employee; where nobody does, the applicant works."""
    works = [number for number in raw["bekerja"] if number != NOBODY] or [APPLICANT]
    raw["bekerja"] = works
    raw["pegawai_tetap"] = works[:1]


def _branded_water(raw: Raw) -> None:
    raw["sumber_airminum"] = "01"


def _dear_house(raw: Raw) -> None:
    raw["sta_bangunan"] = "1"
    raw["njop_lebih_1m"] = "1"


def make_mistake(raw: Raw, dice: Dice) -> None:
    """Put one mistake into the form that the parser refuses: those that people really made.

    FMOTM's commonest were an empty address, a wrong RT/RW and unanswered yes/no questions.
    """
    possible = dict(_MISTAKES)
    if raw["sta_bangunan"] != HOMELESS:
        possible |= _MISTAKES_AT_HOME
    if raw["jumlah_anggota"] != "0":
        possible |= _MISTAKES_WITH_MEMBERS
    if "kk" in raw:
        possible[_nik_for_kk] = 4
    dice.weighted(possible)(raw)


def _left_out(*fields: str) -> Callable[[Raw], None]:
    def leave_out(raw: Raw) -> None:
        for field in fields:
            raw.pop(field, None)

    return leave_out


def _rt_in_words(raw: Raw) -> None:
    raw.pop("tanpa_rt_rw", None)
    raw["rt"], raw["rw"] = "lima", "tiga"


def _rt_missing(raw: Raw) -> None:
    raw.pop("tanpa_rt_rw", None)
    raw["rt"] = raw["rw"] = ""


def _rt_zero(raw: Raw) -> None:
    raw.pop("tanpa_rt_rw", None)
    raw["rt"], raw["rw"] = "000", "000"


def _nik_short(raw: Raw) -> None:
    raw["nik"] = str(raw["nik"])[:-1]


def _nik_letter(raw: Raw) -> None:
    nik = str(raw["nik"])
    raw["nik"] = f"{nik[:-1]}O"


def _day_of_no_month(raw: Raw) -> None:
    raw["lahir-hari"], raw["lahir-bulan"] = "31", "2"


def _year_short(raw: Raw) -> None:
    raw["lahir-tahun"] = str(raw["lahir-tahun"])[2:]


def _name_is_nik(raw: Raw) -> None:
    raw["nama"] = raw["nik"]


def _phone_short(raw: Raw) -> None:
    raw["telepon"] = "08123"


def _nik_for_kk(raw: Raw) -> None:
    raw["kk"] = raw["nik"]


def _address_empty(raw: Raw) -> None:
    raw["alamat"] = "   "


def _fewer_members(raw: Raw) -> None:
    raw["jumlah_anggota"] = str(int(str(raw["jumlah_anggota"])) - 1)


def _member_has_my_nik(raw: Raw) -> None:
    raw[member_key(1, "nik")] = raw["nik"]


def _member_without_number(raw: Raw) -> None:
    for key in ("nik", "lahir-hari", "lahir-bulan", "lahir-tahun", "jenis_kelamin"):
        raw.pop(member_key(1, key), None)


_MISTAKES: Final[dict[Callable[[Raw], None], float]] = {
    _rt_in_words: 6,
    _rt_missing: 10,
    _rt_zero: 3,
    _nik_short: 10,
    _nik_letter: 3,
    _day_of_no_month: 2,
    _year_short: 3,
    _name_is_nik: 3,
    _phone_short: 3,
    _left_out("persetujuan"): 2,
    _left_out("pegawai_tetap"): 14,
    _left_out("bekerja"): 4,
    _left_out("khawatir_makan"): 3,
}
_MISTAKES_AT_HOME: Final[dict[Callable[[Raw], None], float]] = {
    _address_empty: 18,
    _left_out("patokan"): 6,
    _left_out("sumber_airminum"): 12,
    _left_out("lantai"): 3,
}
_MISTAKES_WITH_MEMBERS: Final[dict[Callable[[Raw], None], float]] = {
    _fewer_members: 4,
    _member_has_my_nik: 4,
    _member_without_number: 4,
    _left_out(member_key(1, "hubungan")): 4,
}
