import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.errors import Invalid
from registry.rules.position import EAST, NORTH, SOUTH, WEST, metres_between, parse_position


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("-6.17540,106.82720", "-6.17540,106.82720"),
        ("-6.1754,106.8272", "-6.17540,106.82720"),
        ("-6.175394999,106.827153001", "-6.17539,106.82715"),
        ("-6,106.5", "-6.00000,106.50000"),
        ("-5.20245,106.39042", "-5.20245,106.39042"),
    ],
)
def test_a_position_is_kept_to_the_metre(sent: str, kept: str) -> None:
    assert parse_position(sent) == kept


@pytest.mark.parametrize(
    "sent",
    [
        "106.8272,-6.1754",
        "-6.9147,107.6098",  # Bandung
        "0,0",
        "-6.1754",
        "-6.1754,106.8272,40",
        "-6.1754, 106.8272",
        "-6.1754;106.8272",
        "-6,1754,106,8272",
        "6.1754° S,106.8272° E",
        "-6.1754,+106.8272",
        "-6.1754,1e2",
        "nan,106.8272",
        "-6.1754,106.8272\n",
        "-٦.1754,106.8272",
        f"-6.{'1' * 1000},106.8272",
        "y",
        "",
    ],
)
def test_what_is_no_position_in_jakarta_is_refused(sent: str) -> None:
    with pytest.raises(Invalid, match="position_invalid"):
        parse_position(sent)


@given(st.decimals(SOUTH, NORTH, places=7), st.decimals(WEST, EAST, places=7))
def test_what_is_kept_is_read_as_the_same(latitude: object, longitude: object) -> None:
    kept = parse_position(f"{latitude},{longitude}")
    assert parse_position(kept) == kept


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        ("-6.17540,106.82720", "-6.17540,106.82720", 0),
        ("-6.17540,106.82720", "-6.17640,106.82720", 111),
        ("-6.17540,106.82720", "-6.17540,106.82820", 111),
        ("-6.17540,106.82720", "-6.12440,106.91090", 10_862),
    ],
)
def test_metres_between_two_places(one: str, other: str, metres: int) -> None:
    assert metres_between(one, other) == pytest.approx(metres, rel=0.01, abs=1)
    assert metres_between(other, one) == pytest.approx(metres, rel=0.01, abs=1)
