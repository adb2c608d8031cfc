"""A number says in which zones its owner may be, or nothing at all."""

import pytest

from tracker.pipeline.phones import zones_of


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+12025550123", {"America/New_York"}),  # Washington
        ("+4790000000", {"Europe/Oslo", "Arctic/Longyearbyen"}),
        ("+80012345678", set()),  # free of charge, of no country
        ("+99912345", set()),
        ("not a number", set()),
        ("", set()),
    ],
)
def test_zones_come_from_country_and_area(number: str, zones: set[str]) -> None:
    assert set(zones_of(number)) == zones


def test_a_number_of_a_wide_country_may_be_in_many_zones() -> None:
    assert {"Europe/Moscow", "Asia/Vladivostok"} < set(zones_of("+79161234567"))
