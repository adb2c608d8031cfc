"""Which carriers a number can belong to, and what people are told of numbers that were hurt on the way."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carriers.detect import candidates, damage, normalise
from tracker.domain.intake import NewShipment
from tracker.pipeline.naming import Undecided, carrier_of


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
        ("JJD000390000000000017", ("dhl",)),
        ("JD010000000000000001", ("dhl",)),
        ("JVGL01234567890", ("dhl",)),
        ("GM2951000000000000", ("dhl",)),
        ("3SHM00000000011", ("postnl", "dhl")),
        ("340000000030", ("dhl",)),
        ("61290000000000000007", ("fedex",)),
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


# What the list of formats calls carriers, and what we do; an S10 number names its post by its country.
LISTED = {
    "Amazon": "amazon_shipping",
    "DHL": "dhl",
    "FedEx": "fedex",
    "GOFO Express": "gofo",
    "Landmark Global LTN": "landmark",
    "Old Dominion Freight Line": "old_dominion",
    "S10 International Standard": "",
    "UPS": "ups",
    "United States Postal Service": "usps",
}


def test_every_example_of_the_list_of_formats_is_recognised() -> None:
    """Reads the list beside CARRIER_SAMPLES when that is set; the table above holds where it is not."""
    listed = Path(os.environ.get("CARRIER_SAMPLES", "/nowhere")).parent / "tracking-numbers.tsv"
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.is_file() else []
    rows = [line.split("\t") for line in lines if not line.startswith(("#", "carrier\t"))]

    missed = []
    for row in rows:
        ours = LISTED.get(row[0], row[0].lower().removesuffix(" delivery").replace("-", "_").replace(" ", "_"))
        missed += [each for each in row[6].split(" ; ") if each and not _names(candidates(each), ours)]

    assert missed == []


def _names(found: tuple[str, ...], carrier: str) -> bool:
    return carrier in found if carrier else bool(found)


@pytest.mark.parametrize(
    ("said", "carrier"),
    [
        ("dhl", "dhl"),
        ("DHL eCommerce", "dhl"),
        ("DHL Express", "dhl"),
        ("Deutsche Post", "dhl"),
        ("FedEx Ground", "fedex"),
        ("USPS Priority Mail", "usps"),
        ("Some Courier", "some_courier"),
    ],
)
def test_the_shop_s_word_goes_before_what_the_number_looks_like(said: str, carrier: str) -> None:
    stated = NewShipment(tracking_number="9200100000000000000008", carrier=said)

    assert carrier_of(stated, field="shipments[0]") == carrier


def test_a_number_of_several_carriers_is_asked_back_and_never_guessed() -> None:
    with pytest.raises(Undecided, match="usps, ups, fedex, dhl") as asked:
        carrier_of(NewShipment(tracking_number="9200100000000000000008"), field="shipments[0]")

    assert asked.value.candidates == ("usps", "ups", "fedex", "dhl")


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
