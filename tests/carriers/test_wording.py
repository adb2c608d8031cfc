"""What is left of a carrier's words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carriers.wording import clean


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("DELIVERED ", "DELIVERED"),
        ("Came\n  in\t", "Came in"),
        ("UPS Saver<SUP>&#174;</SUP>", "UPS Saver ®"),
        ("5 < 6 & 7 > 4", "5 4"),  # an unclosed bracket looks like markup: dropping a little is safe
        ("&lt;script&gt;x&lt;/script&gt;", "x"),
        ("left\u202eright", "left right"),
        ("null", ""),
        ("String", ""),
        ("", ""),
    ],
)
def test_markup_placeholders_and_hidden_characters_go(said: str, left: str) -> None:
    assert clean(said) == left


@given(st.text(max_size=2000))
def test_any_text_becomes_one_short_visible_line(said: str) -> None:
    left = clean(said)

    assert len(left) <= 500
    assert left == left.strip()
    assert not {unicodedata.category(each) for each in left} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    left.encode()
