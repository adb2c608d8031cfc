"""Which zone a place keeps; where there could be two, none."""

from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from carriers.events import Place
from carriers.zones import zone_of


@pytest.mark.parametrize(
    ("city", "region", "country", "zone"),
    [
        ("FRANKFURT", "", "DE", "Europe/Berlin"),
        ("", "", "CN", "Asia/Shanghai"),
        ("Denver", "CO", "US", "America/Denver"),
        ("", "ny", "US", "America/New_York"),
        ("Nashville", "TN", "US", "America/Chicago"),
        ("KNOXVILLE", "TN", "US", "America/New_York"),
        ("Cookeville", "TN", "US", None),
        ("Nashville", "", "US", None),
        ("", "", "US", None),
        ("St. John's", "NL", "CA", "America/St_Johns"),
        ("Perth", "WA", "AU", "Australia/Perth"),
        ("Madrid", "28", "ES", "Europe/Madrid"),
        ("Arrecife", "", "ES", None),
        ("Anywhere", "XX", "XX", None),
        ("", "", "", None),
    ],
)
def test_a_place_has_a_zone_only_when_no_other_is_possible(
    city: str, region: str, country: str, zone: str | None
) -> None:
    found = zone_of(Place(city=city, region=region, country=country))

    assert (found and found.key) == zone


def test_every_row_names_a_zone_that_exists_and_stands_once() -> None:
    lines = (files("carriers.codes") / "zones.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines]

    assert len({tuple(row[:3]) for row in rows}) == len(rows)
    for country, _, city, zone in rows:
        assert len(country) == 2
        assert city == city.upper()
        assert ZoneInfo(zone).key == zone
