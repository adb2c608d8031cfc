"""How many segments a text needs, against vectors and against a count made in another way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.sandbox.septets import TABLE, pieces
from notifiers.segments import BASIC, EXTENSION, BadText, Encoding, check, cost, plain

GSM7, UCS2 = Encoding.GSM7, Encoding.UCS2
TRUCK = "\N{DELIVERY TRUCK}"
FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"  # eight units, one character
FLAG = "\N{REGIONAL INDICATOR SYMBOL LETTER D}\N{REGIONAL INDICATOR SYMBOL LETTER E}"

VECTORS = [
    ("a" * 160, GSM7, 160, 1),
    ("a" * 161, GSM7, 161, 2),
    ("a" * 306, GSM7, 306, 2),
    ("a" * 307, GSM7, 307, 3),
    ("a" * 158 + "€", GSM7, 160, 1),
    ("a" * 159 + "€", GSM7, 161, 2),
    ("a" * 152 + "€" + "a" * 152, GSM7, 306, 3),  # division by 153 says 2
    ("€" * 80, GSM7, 160, 1),
    ("€" * 81, GSM7, 162, 2),
    ("€" * 153, GSM7, 306, 3),
    ("я" * 70, UCS2, 70, 1),
    ("я" * 71, UCS2, 71, 2),
    ("я" * 134, UCS2, 134, 2),
    ("я" * 135, UCS2, 135, 3),
    (TRUCK * 35, UCS2, 70, 1),
    (TRUCK * 36, UCS2, 72, 2),
    (TRUCK * 66, UCS2, 132, 2),
    (TRUCK * 67, UCS2, 134, 3),
    ("a" * 69 + "ç", UCS2, 70, 1),
    ("a" * 70 + "ç", UCS2, 71, 2),
    ("\r\n", GSM7, 2, 1),
    ("Ç", GSM7, 1, 1),
    ("`", UCS2, 1, 1),
    ("\t", UCS2, 1, 1),
    ("\x1b", UCS2, 1, 1),  # a lone escape is no character of GSM-7
    ("a" * 65 + FAMILY, UCS2, 73, 2),
    (FAMILY * 16, UCS2, 128, 2),  # eight of them in a segment, though 67 units hold more
    (FAMILY * 17, UCS2, 136, 3),
    ("a" * 66 + FLAG + "я" * 4, UCS2, 74, 2),
    ("я" + "\u0301" * 140, UCS2, 141, 3),  # one character longer than a segment is torn
]


@pytest.mark.parametrize(("text", "encoding", "units", "segments"), VECTORS)
def test_a_text_costs_what_the_networks_charge(text: str, encoding: Encoding, units: int, segments: int) -> None:
    price = cost(text)

    assert (price.encoding, price.units, price.segments) == (encoding, units, segments)


@given(st.text(alphabet=TABLE.replace("\x1b", "") + "^{}\\[~]|€\f", min_size=1, max_size=700))
def test_gsm_texts_cost_what_the_sandbox_counts(text: str) -> None:
    alphabet, parts = pieces(text)

    assert (cost(text).segments, alphabet) == (len(parts), "GSM-7")
    assert cost(text).units == sum(map(len, parts))


@given(st.text(alphabet=st.sampled_from("aé€çя😀🚚漢\x1b`"), min_size=1, max_size=400))
def test_other_texts_cost_what_the_sandbox_counts(text: str) -> None:
    assert cost(text).segments == len(pieces(text)[1])


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300))
def test_keeping_characters_whole_never_costs_less_than_tearing_them(text: str) -> None:
    price = cost(text)

    assert price.units == sum(map(len, pieces(text)[1]))
    assert price.segments >= -(-price.units // {GSM7: 160, UCS2: 70}[price.encoding])


def test_the_alphabet_has_no_letter_too_many() -> None:
    assert len(BASIC) == 127  # 128 places, one of them the escape
    assert set(TABLE) - {"\x1b"} == BASIC
    assert len(EXTENSION) == 10
    assert not BASIC & EXTENSION


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("‘a’ “b” „c“", '\'a\' "b" "c"'),
        ("1–2 — 3‑4 −5", "1-2 - 3-4 -5"),
        ("wait…", "wait..."),
        ("12\u00a0€\u202fnow\tthen", "12 € now then"),
        ("a\u200bb\u2028c\ufeffd", "abcd"),
        ("one\r\ntwo", "one\ntwo"),
        ("François – “hi”", "François – “hi”"),  # ç needs UCS-2 anyway: nothing is gained
        (f"{FAMILY}…", f"{FAMILY}…"),
        ("Zoë", "Zoë"),  # a name is never respelled
    ],
)
def test_typography_gives_way_only_where_that_saves_segments(text: str, spelled: str) -> None:
    assert plain(text) == spelled


@given(st.text(min_size=1, max_size=200))
def test_spelling_plainly_twice_changes_nothing_more(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize("text", ["", "half \ud83d of a character"])
def test_what_cannot_be_sent_has_no_price(text: str) -> None:
    with pytest.raises(BadText):
        cost(text)


def test_a_text_is_held_to_three_segments_and_to_what_twilio_takes() -> None:
    assert check("a" * 459).segments == 3
    with pytest.raises(BadText, match="4 segments"):
        check("a" * 460)
    assert check("a" * 1600, most=11).segments == 11
    with pytest.raises(BadText, match="1601 characters"):
        check("a" * 1601, most=11)
