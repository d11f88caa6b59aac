import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.errors import Invalid
from registry.rules.phone import PhoneNumber

PHONE_CODES = {"phone_empty", "phone_letters", "phone_length", "phone_foreign", "phone_invalid"}


def parse_or_code(text: str) -> PhoneNumber | str:
    try:
        return PhoneNumber.parse(text)
    except Invalid as refused:
        return refused.code


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("081234567890", "+6281234567890"),
        ("0812-3456-7890", "+6281234567890"),
        ("0812 3456 7890", "+6281234567890"),
        ("0812.3456.7890", "+6281234567890"),
        ("(0812) 34567890", "+6281234567890"),
        ("81234567890", "+6281234567890"),
        ("+6281234567890", "+6281234567890"),
        ("+62 812-3456-7890", "+6281234567890"),
        ("+62 (0)812 3456 7890", "+6281234567890"),
        ("+62 0812 3456 7890", "+6281234567890"),
        ("6281234567890", "+6281234567890"),
        ("62 0812 3456 7890", "+6281234567890"),
        ("006281234567890", "+6281234567890"),
        ("＋６２８１２３４５６７８９０", "+6281234567890"),
        ("٠٨١٢٣٤٥٦٧٨٩٠", "+6281234567890"),
        # As contacts and WhatsApp give it: with marks of direction and hyphens that do not break.
        ("\u202a+62 812\u20113456\u20117890\u202c", "+6281234567890"),
        ("62812345678", "+62812345678"),  # not a fixed line at 0628
        ("0628 20123", "+6262820123"),  # which is written with its zero
        ("089512345678", "+6289512345678"),
        ("021 555 1234", "+62215551234"),
        ("(021) 5551234", "+62215551234"),
        ("+62 21 5551234", "+62215551234"),
        ("6221 5551234", "+62215551234"),
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str, e164: str) -> None:
    assert PhoneNumber.parse(typed).e164 == e164


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "phone_empty"),
        (" - ", "phone_empty"),
        ("+", "phone_empty"),
        ("()", "phone_empty"),
        ("00", "phone_empty"),
        ("0", "phone_length"),
        ("+62", "phone_length"),
        ("1234", "phone_length"),
        ("112", "phone_length"),
        ("0812", "phone_length"),
        ("9" * 30, "phone_length"),
        pytest.param("0" + "8" * 10_000_000, "phone_length", id="huge 0"),
        ("0812 3456 789O", "phone_letters"),  # phonenumbers alone takes it for +628123456789
        ("0857x", "phone_letters"),
        ("081234567890 ext 5", "phone_letters"),
        ("wa 081234567890", "phone_letters"),
        ("tel:+6281234567890", "phone_letters"),
        ("081234567890/081234567891", "phone_letters"),
        ("tidak ada", "phone_letters"),
        ("0812\x003456789", "phone_letters"),
        ("+1 202 555 0123", "phone_foreign"),
        ("+60 12 345 6789", "phone_foreign"),
        ("0060 12 345 6789", "phone_foreign"),
        ("+081234567890", "phone_invalid"),
        ("+62+81234567890", "phone_invalid"),
        ("62+81234567890", "phone_invalid"),
        ("5551234", "phone_invalid"),  # no area code
        ("0800-1-123456", "phone_invalid"),  # free call: nobody's telephone
        ("000000000000", "phone_invalid"),
    ],
)
def test_what_is_no_telephone_here_is_refused_by_a_code(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        PhoneNumber.parse(typed)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "value", ["", "081234567890", "+6281234567890\n", "+62", "+60123456789", "+62８１２３４５６７"]
)
def test_a_number_that_is_not_e164_can_not_be_built(value: str) -> None:
    with pytest.raises(Invalid) as refused:
        PhoneNumber(value)
    assert refused.value.code == "phone_invalid"


def test_masked_shows_country_and_last_three_digits() -> None:
    number = PhoneNumber("+6281234567890")
    assert number.masked == "+62••••••••890"
    assert repr(number) == str(number) == f"{number}" == "PhoneNumber(+62••••••••890)"


@given(st.from_regex(r"08[1-35-9][0-9]{8,9}", fullmatch=True))
def test_a_mobile_number_is_the_same_in_all_spellings(typed: str) -> None:
    national = typed[1:]
    spellings = [typed, national, f"62{national}", f"+62{national}", f"+62 {typed}"]
    assert {parse_or_code(spelling) for spelling in spellings} == {PhoneNumber(f"+62{national}")}


@given(st.text() | st.text("+0123456789 ()-.x８٨", max_size=24))
def test_any_text_is_a_number_or_refused_by_a_known_code(text: str) -> None:
    outcome = parse_or_code(text)
    if isinstance(outcome, PhoneNumber):
        assert PhoneNumber.parse(outcome.e164) == outcome
        assert outcome.e164[3:-3] not in str(outcome)
    else:
        assert outcome in PHONE_CODES


@given(st.from_regex(r"0?8[0-9]{5,13}", fullmatch=True))
def test_a_mobile_number_is_taken_exactly_when_the_numbering_plan_has_it(typed: str) -> None:
    plan = phonenumbers.parse(typed, "ID")
    is_one = phonenumbers.is_valid_number(plan) and phonenumbers.number_type(plan) in {
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }
    taken = parse_or_code(typed)
    assert isinstance(taken, PhoneNumber) is is_one
    if isinstance(taken, PhoneNumber):
        as_it_says = phonenumbers.format_number(plan, phonenumbers.PhoneNumberFormat.E164)
        assert taken.e164 == as_it_says
