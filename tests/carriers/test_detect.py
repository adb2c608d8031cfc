"""Which carriers a number can belong to, and what people are told of numbers that were hurt on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carriers.detect import candidates, damage, normalise


@pytest.mark.parametrize(
    ("number", "carriers"),
    [
        ("1Z9W8E770312345676", ("ups",)),
        ("1z 9w8 e77 03 1234 5676", ("ups",)),
        ("1ZABCDEF0100000015", ("ups",)),  # letters weigh as digits
        ("H1234567895", ("ups",)),
        ("1R000000000000AB", ("ups",)),
        ("TBA123456789012", ("amazon_shipping",)),
        ("JJD0123456789", ("dhl",)),
        ("GM2951000000000000", ("dhl",)),
        ("EA123456785US", ("usps",)),
        ("RB123456785GB", ("royal_mail",)),
        ("RB123456785DE", ("dhl",)),
        ("9400100000000000000006", ("usps",)),
        ("420123459400100000000000000006", ("usps",)),
        ("9200100000000000000008", ("usps", "ups", "fedex", "dhl")),
        ("03100000000000000004", ("usps",)),
        ("700000000000", ("fedex",)),
        ("1234567891", ("dhl",)),
        ("00340000000000000007", ("usps", "dhl")),
    ],
)
def test_all_carriers_a_number_fits_are_named_likeliest_first(number: str, carriers: tuple[str, ...]) -> None:
    assert candidates(number) == carriers


@pytest.mark.parametrize("number", ["1Z9W8E770312345677", "H1234567890", "9400100000000000000003", "RB123456786GB"])
def test_a_wrong_check_digit_fits_nobody(number: str) -> None:
    assert candidates(number) == ()


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "   ",
        "123456",
        "1" * 41,
        "1" * 1_000_000,
        "ABCDEFGHIJ",
        "1Z' OR 1=1 --",
        "../../etc/passwd1",
        "１Ｚ9W8E770312345672",
        "1Z9W8E77\u202e0312345672",
        "1Z9W8E77\x000312345672",
        "<script>1</script>",
    ],
)
def test_what_cannot_be_a_number_is_refused_in_words(hostile: str) -> None:
    with pytest.raises(
        ValueError, match="cannot be a tracking number: it needs 7 to 40 letters A-Z and digits"
    ) as said:
        normalise(hostile)

    assert len(str(said.value)) < 300
    assert str(said.value).isascii()


@given(st.text(max_size=60))
def test_any_text_is_refused_or_normal(text: str) -> None:
    damage(text)
    try:
        plain = normalise(text)
    except ValueError:
        return

    assert normalise(plain) == plain
    assert plain.isascii()
    assert isinstance(candidates(plain), tuple)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("1.22816E+14", "export the column as text"),
        ("1,22816E+14", "export the column as text"),
        ("9.4E21", "export the column as text"),
        ("700000000000.0", "If 700000000000 is right"),
        ("9400100000000010000000", "kept 15 digits"),
        ("73938000549295", ""),  # 14 digits are a number of their own
        ("7393800054926", "007393800054926 would be a valid number"),
        ("1Z9W8E770312345676", ""),
        ("700000000000", ""),
        ("nonsense", ""),
    ],
)
def test_what_a_spreadsheet_did_is_said_in_a_sentence(number: str, said: str) -> None:
    assert said in damage(number) if said else damage(number) == ""
