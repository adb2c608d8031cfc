"""Where a DHL address is: city, region and country out of one line of text and, mostly, a country code."""

import re
from collections.abc import Mapping
from functools import lru_cache

from carriers.events import Place
from carriers.shapes import fields, words
from carriers.wording import clean

LONGEST = 80  # characters of a city or postcode
STATES_NAMED = frozenset({"US", "CA", "AU"})  # "Wilmette, IL, US"

# Country names that stand for a code where none is given ("Radefeld, Germany"); any other name is a place abroad.
COUNTRIES: Mapping[str, str] = {
    "austria": "AT",
    "belgium": "BE",
    "czech republic": "CZ",
    "denmark": "DK",
    "deutschland": "DE",
    "france": "FR",
    "germany": "DE",
    "ireland": "IE",
    "italy": "IT",
    "luxembourg": "LU",
    "netherlands": "NL",
    "poland": "PL",
    "sweden": "SE",
    "switzerland": "CH",
    "the netherlands": "NL",
    "united kingdom": "GB",
}

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
    parts = [part for part in _BETWEEN.split(clean(named, longest=2 * LONGEST)) if part]
    if parts and country and parts[-1].upper() == country:
        parts.pop()
    elif parts and parts[-1].casefold() in COUNTRIES:
        country = country or COUNTRIES[parts[-1].casefold()]
        parts.pop()
    region = parts.pop() if len(parts) > 1 and country in STATES_NAMED and _REGION.fullmatch(parts[-1]) else ""
    return Place(
        city=parts[-1][:LONGEST] if parts else "",  # what stands before it is a street
        region=region,
        postcode=clean(postcode, longest=LONGEST),
        country=country,
    )
