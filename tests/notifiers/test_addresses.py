"""An address is one address, spelled one way, or refused with a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.addresses import LONGEST, BadAddress, needs_smtputf8, parse_email, parse_phone


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" ada@Example.COM ", "ada@example.com"),
        ("Ada.Love+tag@example.com", "Ada.Love+tag@example.com"),
        ("o'brien@example.co.uk", "o'brien@example.co.uk"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@faß.example", "ada@xn--fa-hia.example"),
        ("аня@example.com", "аня@example.com"),
    ],
)
def test_an_address_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert parse_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "", "ada", "@example.com", "ada@", "ada@localhost", "ada@example..com", "ada@-example.com", "ada@1.2.3.4",
        "ada@[127.0.0.1]", "a@b.example,c@d.example", "a@b.example;c@d.example", "Ada <ada@example.com>",
        "a b@c.example",
        "a\r\nBcc: x@y.example@example.com", "a\x00@example.com", "a\u202e@example.com", ".ada@example.com",
        "ada.@example.com", "a..b@example.com", '"a b"@example.com', "a@b@example.com", "x" * 65 + "@example.com",
        "ada@" + "a" * 64 + ".com", "ada@" + ".".join(["abcdefgh"] * 30), "\ud800@example.com",
    ],
)  # fmt: skip
def test_what_is_not_one_address_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(BadAddress, match=r"^[A-Z].+\.$|^[A-Z].+@example\.com\.$"):
        parse_email(typed)


@given(st.text(max_size=80))
def test_what_is_accepted_is_short_has_no_control_character_and_stays_as_it_is(typed: str) -> None:
    try:
        kept = parse_email(typed)
    except BadAddress:
        return

    assert len(kept.encode()) <= LONGEST
    assert kept.isprintable()
    assert parse_email(kept) == kept


def test_only_a_foreign_local_part_needs_a_modern_server() -> None:
    assert needs_smtputf8(parse_email("аня@example.com"))
    assert not needs_smtputf8(parse_email("ada@bücher.example"))


@pytest.mark.parametrize(
    ("typed", "region", "kept"),
    [
        ("+1 202-555-0123", None, "+12025550123"),
        ("(202) 555-0123", "US", "+12025550123"),
        ("030 901820", "DE", "+4930901820"),
        ("0044 20 7946 0018", "DE", "+442079460018"),
    ],
)
def test_a_phone_number_is_kept_as_e164(typed: str, region: str | None, kept: str) -> None:
    assert parse_phone(typed, region=region) == kept


@pytest.mark.parametrize(
    ("typed", "region"),
    [("", "US"), ("12", "US"), ("202 555 0123", None), ("call me", "US"), ("+1 555", None), ("1" * 50, "US"),
     ("+12025550123\nX: y", None), ("+1 202 555 0123 ext. 5", None)],
)  # fmt: skip
def test_what_is_not_a_phone_number_is_refused_with_a_sentence(typed: str, region: str | None) -> None:
    with pytest.raises(BadAddress, match=r"^[A-Z].+\.$"):
        parse_phone(typed, region=region)
