"""Which TrackingEvent one FedEx scan is, if it says enough to be one.

A scan counts as read with an event type and a wall time. Derived codes are never looked at.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from carriers.events import Phase, Place, TrackingEvent
from carriers.fedex.codes import Meaning, meaning_of
from carriers.fedex.instants import instant_of
from carriers.shapes import fields, words
from carriers.wording import EMPTY_WORDS, clean

LONGEST_NAME = 80  # of a city
PICKUPS = frozenset({"PU", "PX"})  # whose midnight is a placeholder even with an offset
LAST_FACILITY = "DESTINATION_FEDEX_FACILITY"  # the type of place an arrival leaves for the door from

_EVENT_TYPE = re.compile(r"[A-Z]{2}")
_EXCEPTION = re.compile(r"[A-Z0-9]{1,5}")
_COUNTRY = re.compile(r"[A-Z]{2}")


def read_scan(value: object) -> TrackingEvent | None:
    """The event of one scan; None when it lacks what makes it readable."""
    scan = fields(value)
    event_type, exception = words(scan.get("eventType")), _exception(scan.get("exceptionCode"))
    if not _EVENT_TYPE.fullmatch(event_type) or exception is None:
        return None
    place = place_of(scan.get("scanLocation"))
    instant = instant_of(scan.get("date"), place, midnight_is_placeholder=event_type in PICKUPS)
    if not instant:
        return None
    meaning = meaning_of(event_type, exception, _said(scan.get("exceptionDescription")))
    return TrackingEvent(
        code=f"{event_type}/{exception}".rstrip("/"),
        milestone=meaning.milestone,
        reason=meaning.reason,
        phase=_phase(meaning, words(scan.get("locationType"))),
        occurred_at=instant.occurred_at,
        clock=instant.clock,
        utc_offset_minutes=instant.utc_offset_minutes,
        local_text=instant.local_text,
        place=place,
        text=_text(scan),
        forecast=meaning.forecast,
        known=meaning.known,
    )


def place_of(location: object) -> Place:
    """The city, region, postcode and country of a location; streets and names stay where they are."""
    told = fields(location)
    inner = fields(fields(told.get("locationContactAndAddress")).get("address"))
    names = ("city", "stateOrProvinceCode", "postalCode", "countryCode")
    city, region, postcode, country = (words(told.get(name)) or words(inner.get(name)) for name in names)
    return _place(city, region, postcode, country)


@lru_cache(maxsize=10_000)
def _place(city: str, region: str, postcode: str, country: str) -> Place:
    return Place(
        city=clean(city, longest=LONGEST_NAME),
        region=clean(region, longest=LONGEST_NAME),
        postcode=clean(postcode, longest=LONGEST_NAME),
        country=country.upper() if _COUNTRY.fullmatch(country.upper()) else "",
    )


def _exception(value: object) -> str | None:
    """A code, empty when there is none; None for what cannot stand there."""
    if value is None:
        return ""
    code = words(value)
    if code.casefold() in EMPTY_WORDS or value == "":
        return ""
    return code if _EXCEPTION.fullmatch(code) else None


def _phase(meaning: Meaning, kind_of_place: str) -> Phase | None:
    arrived = meaning.phase is Phase.MOVED and kind_of_place == LAST_FACILITY
    return Phase.ARRIVED_LAST if arrived else meaning.phase


def _text(scan: Mapping[str, object]) -> str:
    said = _said(scan.get("eventDescription")), _said(scan.get("exceptionDescription"))
    return clean(": ".join(each for each in said if each))


def _said(value: object) -> str:
    return clean(words(value))
