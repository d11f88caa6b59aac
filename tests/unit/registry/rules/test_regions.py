import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.errors import Invalid
from registry.rules.regions import (
    Kelurahan,
    Level,
    all_kecamatan,
    all_kelurahan,
    all_kota,
    all_regions,
    kelurahan,
    kelurahan_of,
    nik_prefixes,
    search_key,
)


def test_jakarta_has_6_kota_44_kecamatan_267_kelurahan() -> None:
    assert (len(all_kota()), len(all_kecamatan()), len(all_kelurahan())) == (6, 44, 267)
    assert len(all_regions()) == 6 + 44 + 267


def test_codes_are_unique_and_every_region_comes_after_its_parent() -> None:
    seen = {"31"}
    for region in all_regions():
        assert region.parent_code in seen
        assert region.code.startswith(f"{region.parent_code}.")
        assert region.code not in seen
        seen.add(region.code)


@pytest.mark.parametrize(
    ("level", "length"), [(Level.KOTA, 5), (Level.KECAMATAN, 8), (Level.KELURAHAN, 13)]
)
def test_codes_have_the_length_of_their_level(level: Level, length: int) -> None:
    assert {len(region.code) for region in all_regions() if region.level is level} == {length}


def test_every_kelurahan_has_kecamatan_kota_and_postal_code() -> None:
    names = {region.code: region.name for region in all_regions()}
    for found in all_kelurahan():
        assert found.name == names[found.code]
        assert found.kecamatan == names[found.kecamatan_code]
        assert found.kota == names[found.kota_code]
        assert len(found.kode_pos) == 5
        assert found.kode_pos.isdigit()
        assert kelurahan(found.code) is found


@pytest.mark.parametrize(
    "code",
    ["31.71.01.1001", "3171011001", " 31 71 01 1001\n", "31-71-01-1001", "３１.７１.０１.１００１"],
)
def test_a_kelurahan_is_found_by_its_code(code: str) -> None:
    assert kelurahan(code) == Kelurahan(
        "31.71.01.1001", "Gambir", "Gambir", "Kota Administrasi Jakarta Pusat", "10110"
    )


@pytest.mark.parametrize(
    "code",
    [
        "",
        " ",
        "31",
        "31.71",
        "31.71.01",
        "31.71.01.9999",
        "32.71.01.1001",
        "Gambir",
        "31.71.01.1001'--",
        "31.71.01.10011",
        "\ud800",
        pytest.param("3" * 10_000_000, id="huge"),
    ],
)
def test_any_other_code_is_unknown(code: str) -> None:
    with pytest.raises(Invalid) as refused:
        kelurahan(code)
    assert refused.value.code == "kelurahan_unknown"
    assert refused.value.__cause__ is None


@given(st.text())
def test_text_is_refused_as_unknown_and_nothing_else(text: str) -> None:
    with pytest.raises(Invalid, match="kelurahan_unknown"):
        kelurahan(text)


def test_the_kelurahan_of_all_kecamatan_are_all_kelurahan() -> None:
    found = [one for kecamatan in all_kecamatan() for one in kelurahan_of(kecamatan.code)]
    assert tuple(found) == all_kelurahan()
    assert all(kelurahan_of(kecamatan.code) for kecamatan in all_kecamatan())


@pytest.mark.parametrize("code", ["", "31", "31.71", "31.99.01", "31.71.01.1001"])
def test_what_is_no_kecamatan_has_no_kelurahan(code: str) -> None:
    assert kelurahan_of(code) == ()


def test_prefixes_are_the_kecamatan_of_all_indonesia() -> None:
    prefixes = nik_prefixes()
    assert len(prefixes) == 7879
    assert all(len(prefix) == 6 and prefix.isdigit() for prefix in prefixes)
    assert {kecamatan.code.replace(".", "") for kecamatan in all_kecamatan()} <= prefixes
    assert len({prefix[:2] for prefix in prefixes}) == 38


def test_prefixes_withdrawn_since_a_nik_was_given_are_known() -> None:
    assert "910104" in nik_prefixes()  # Kimaam in Merauke, before Papua was divided in 2022


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Pal Merah", "palmerah"),
        ("PALMERAH ", "palmerah"),
        ("pal-merah", "palmerah"),
        ("Pulau  Panggang", "pulaupanggang"),
        ("Pulogadúng", "pulogadung"),
        ("ＧＡＭＢＩＲ", "gambir"),
        ("Kelurahan 1", "kelurahan1"),
        ("", ""),
        (" .-", ""),
    ],
)
def test_names_are_folded_for_search(typed: str, key: str) -> None:
    assert search_key(typed) == key


def test_folding_a_huge_name_stops_early() -> None:
    assert len(search_key("a" * 10_000_000)) == 100


def test_every_kelurahan_has_a_key() -> None:
    assert all(search_key(found.name) for found in all_kelurahan())


@given(st.text())
def test_any_text_has_a_key(text: str) -> None:
    key = search_key(text)
    assert not key or key.isalnum()
