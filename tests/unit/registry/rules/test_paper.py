"""Two keyings of one paper: what differs, and what comes of it."""

from hypothesis import given
from hypothesis import strategies as st

from registry.rules.answers import parse
from registry.rules.paper import differences, settled
from tests.unit.registry.rules.households import TODAY, Raw, applied, household, households


def of(raw: Raw) -> list[tuple[str, object, object]]:
    """List where the ordinary household and this one differ."""
    first, second = applied(), applied(raw)
    found = differences(first.answers, second.answers)
    return [(each.field, each.first, each.second) for each in found]


def test_the_same_paper_keyed_twice_has_no_difference() -> None:
    assert of(household()) == []


def test_each_field_that_differs_is_named_in_the_order_of_the_form() -> None:
    other = household(
        {
            "nik": "3171011708850002",
            "lahir-hari": "18",
            "anggota-2-nik": "3171014101120009",
            "bekerja": ["0", "1"],
            "lantai": "09",
        }
    )
    assert of(other) == [
        ("nik", "3171011708850001", "3171011708850002"),
        ("lahir", "1985-08-17", "1985-08-18"),
        ("anggota-2-nik", "3171014101120003", "3171014101120009"),
        ("bekerja", ["0"], ["0", "1"]),
        ("lantai", "02", "09"),
    ]


def test_a_member_more_differs_in_the_number_and_in_all_of_the_member() -> None:
    boxes = ("nama", "lahir-hari", "lahir-bulan", "lahir-tahun", "jenis_kelamin", "hubungan")
    gone = {f"anggota-3-{box}": None for box in boxes}
    found = differences(
        applied().answers, applied(household({**gone, "jumlah_anggota": "2"})).answers
    )
    assert [(each.field, each.member) for each in found] == [
        ("jumlah_anggota", 0),
        ("anggota-3-nama", 3),
        ("anggota-3-lahir", 3),
        ("anggota-3-jenis_kelamin", 3),
        ("anggota-3-hubungan", 3),
    ]


def test_free_text_and_capitals_of_names_are_no_difference() -> None:
    assert of(household(alamat="Gg. Mawar No. 7", nama="BUDI SANTOSO")) == []


def test_what_is_chosen_of_the_first_takes_the_place_of_the_seconds() -> None:
    first, second = applied(), applied(household(nik="3171011708850002", lantai="09"))
    both = settled(first.answers, second.answers, ["nik"])
    assert (both["nik"], both["lantai"]) == ("3171011708850001", "09")


def test_what_the_first_left_empty_can_be_chosen_too() -> None:
    first, second = applied(), applied(household(telepon="081211112222"))
    assert "telepon" not in settled(first.answers, second.answers, ["telepon"])


@given(one=households(), other=households(), data=st.data())
def test_all_of_one_keying_is_that_keying_but_for_free_text(
    one: Raw, other: Raw, data: st.DataObject
) -> None:
    first, second = applied(one).answers, applied(other).answers
    found = [each.field for each in differences(first, second)]
    assert differences(first, settled(first, second, found)) == ()
    assert settled(first, second, []) == second
    # Whatever is chosen, the parser tells what is wrong with it; nothing breaks.
    chosen = data.draw(st.lists(st.sampled_from(found), unique=True)) if found else []
    parse(settled(first, second, chosen), today=TODAY)
