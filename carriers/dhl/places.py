"""Where a DHL address is: city, region and country out of one line of text and, mostly, a country code."""

import re
from collections.abc import Mapping
from functools import lru_cache

from carriers.countries import country_named
from carriers.events import Place
from carriers.shapes import fields, words
from carriers.wording import clean

LONGEST = 80  # characters of a city or postcode
STATES_NAMED = frozenset({"US", "CA", "AU"})  # "Wilmette, IL, US"

_COUNTRY = re.compile(r"[A-Z]{2}")
_REGION = re.compile(r"[A-Z]{2,3}")
_BETWEEN = re.compile(r"\s*,\s*|\s+-\s+")  # "LEIPZIG - GERMANY"


def place_of(spot: object) -> Place:
    """The place of a location, origin or destination; streets and names stay where they are."""
    address = fields(fields(spot).get("address"))
    return _place(words(address.get("addressLocality")), words(address.get("countryCode")), _postcode(address))


def is_abroad(spot: object, place: Place) -> bool:
    """Whether its words name a country we cannot read."""
    named = words(fields(fields(spot).get("address")).get("addressLocality"))
    return not place.country and len(_BETWEEN.split(named)) > 1


def _postcode(address: Mapping[str, object]) -> str:
    return words(address.get("postalCode"))


@lru_cache(maxsize=10_000)
def _place(named: str, code: str, postcode: str) -> Place:
    country = code.upper() if _COUNTRY.fullmatch(code.upper()) else ""
    line, _, behind = clean(named, longest=2 * LONGEST).rpartition(" - ")
    if line and country_named(behind):  # "DUBLIN - IRELAND, REPUBLIC OF": the comma is the country's
        country = country or country_named(behind)
    else:
        line = clean(named, longest=2 * LONGEST)
    parts = [part for part in _BETWEEN.split(line) if part]
    if parts and country and parts[-1].upper() == country:
        parts.pop()
    elif parts and country_named(parts[-1]):
        country = country or country_named(parts[-1])
        parts.pop()
    region = parts.pop() if len(parts) > 1 and country in STATES_NAMED and _REGION.fullmatch(parts[-1]) else ""
    return Place(
        city=parts[-1][:LONGEST] if parts else "",  # what stands before it is a street
        region=region,
        postcode=clean(postcode, longest=LONGEST),
        country=country,
    )
