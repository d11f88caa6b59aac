"""The regions of DKI Jakarta, and every region prefix that a NIK can begin with.

Facts of `registry/data`, read once: Kepmendagri 300.2.2-2430/2025 and the postal codes.
"""

import csv
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

from registry.rules.digits import read_digits
from registry.rules.errors import Invalid


class Level(StrEnum):
    """What kind of region; a kota here may be the kabupaten of Kepulauan Seribu."""

    KOTA = "kota"
    KECAMATAN = "kecamatan"
    KELURAHAN = "kelurahan"


@dataclass(frozen=True, slots=True)
class Region:
    """A kota, kecamatan or kelurahan, with its Kemendagri code such as `31.71.01.1001`."""

    code: str
    level: Level
    name: str
    parent_code: str


@dataclass(frozen=True, slots=True)
class Kelurahan:
    """A kelurahan with the names of what it lies in and its 5-digit postal code."""

    code: str
    name: str
    kecamatan: str
    kota: str
    kode_pos: str

    @property
    def kecamatan_code(self) -> str:
        """Code of its kecamatan, such as `31.71.01`."""
        return self.code[:8]

    @property
    def kota_code(self) -> str:
        """Code of its kota, such as `31.71`."""
        return self.code[:5]


PRACTICE: Final = Kelurahan("00.00.00.0000", "Latihan", "Latihan", "Latihan", "00000")
"""Where people practise, with made-up cases; nobody lives there. See `registry.rules.practice`."""


def kelurahan(code: str) -> Kelurahan:
    """Return the kelurahan of a code, with or without its dots. PRACTICE is none.

    Raises Invalid: `kelurahan_unknown`, whatever is wrong with the code.
    """
    try:
        return _kelurahan_by_digits()[read_digits(code, "kelurahan")]
    except (Invalid, KeyError):
        raise Invalid("kelurahan_unknown") from None


def place_of(code: str) -> Kelurahan:
    """Return the kelurahan that a row or a page is about: one of the 267, or PRACTICE.

    Raises Invalid: `kelurahan_unknown`.
    """
    return PRACTICE if code == PRACTICE.code else kelurahan(code)


@cache
def all_regions() -> tuple[Region, ...]:
    """Return all 6 kota, 44 kecamatan and 267 kelurahan, in order of code: parents come first."""
    regions = (
        Region(row["code"], Level(row["level"]), row["name"], row["parent_code"])
        for row in _rows("wilayah_dki.csv")
    )
    return tuple(sorted(regions, key=lambda region: region.code))


@cache
def all_kota() -> tuple[Region, ...]:
    """Return the 5 kota and the kabupaten, in order of code."""
    return tuple(region for region in all_regions() if region.level is Level.KOTA)


@cache
def all_kecamatan() -> tuple[Region, ...]:
    """Return the 44 kecamatan, in order of code."""
    return tuple(region for region in all_regions() if region.level is Level.KECAMATAN)


@cache
def all_kelurahan() -> tuple[Kelurahan, ...]:
    """Return the 267 kelurahan, in order of code."""
    names = {region.code: region.name for region in all_regions()}
    postal = {row["code"]: row["kode_pos"] for row in _rows("kodepos_dki.csv")}
    return tuple(
        Kelurahan(
            region.code,
            region.name,
            kecamatan=names[region.parent_code],
            kota=names[region.code[:5]],
            kode_pos=postal[region.code],
        )
        for region in all_regions()
        if region.level is Level.KELURAHAN
    )


def kelurahan_of(kecamatan_code: str) -> tuple[Kelurahan, ...]:
    """Return the kelurahan of a kecamatan such as `31.71.01`, in order of code; none if unknown."""
    # Not cached: the code may come from a citizen, and a cache would keep all they ever sent.
    return tuple(found for found in all_kelurahan() if found.kecamatan_code == kecamatan_code)


@cache
def nik_prefixes() -> frozenset[str]:
    """Return the 6-digit prefixes of every kecamatan since 2018, withdrawn ones too."""
    return frozenset(
        row["prefix"] for row in _rows("nik_prefix_wilayah.csv") if row["level"] == "kecamatan"
    )


def search_key(name: str) -> str:
    """Fold a name for search: small letters and digits only, so `Pal Merah` finds `Palmerah`."""
    # No name of a region has more than 50 characters; what is longer may as well find nothing.
    folded = unicodedata.normalize("NFKD", name[:100]).casefold()
    return "".join(filter(str.isalnum, folded))


@cache
def _kelurahan_by_digits() -> Mapping[str, Kelurahan]:
    return {found.code.replace(".", ""): found for found in all_kelurahan()}


def _rows(filename: str) -> Iterator[dict[str, str]]:
    text = (files("registry") / "data" / filename).read_text(encoding="utf-8")
    return iter(csv.DictReader(text.splitlines()))
