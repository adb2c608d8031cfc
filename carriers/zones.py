"""Which time zone a place keeps, when there can be only one.

A row of codes/zones.tsv stands for a country, a state or a city in which fewer than one person in a hundred lives by
another clock. Tennessee, Florida and Texas are split, so only their larger cities have rows. No row, no zone.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from carriers.events import Place

_NOT_LETTERS = re.compile(r"[^A-Z]+")

Key = tuple[str, str, str]  # country, region, city; empty for all of them


@lru_cache(maxsize=10_000)
def zone_of(place: Place) -> ZoneInfo | None:
    """The only zone this place can be in, or None."""
    name = _zones().get(_key(place)) or _zones().get((place.country, place.region.upper(), ""))
    if not name:
        city_alone = _key(Place(country=place.country, city=place.city))
        name = _zones().get(city_alone) or _zones().get((place.country, "", ""))
    return ZoneInfo(name) if name else None


def _key(place: Place) -> Key:
    return place.country, place.region.upper(), _NOT_LETTERS.sub(" ", place.city.upper()).strip()


@cache
def _zones() -> Mapping[Key, str]:
    lines = (files("carriers.codes") / "zones.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {(country, region, city): zone for country, region, city, zone in rows}
