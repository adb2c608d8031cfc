"""Which TrackingEvent one UPS activity is, if it says enough to be one.

An activity counts as read only with a type, a code, a wall time and, in an answer that speaks three-digit numbers, a
number. One that lacks any of these is left out and counted: what remains of it could mean something else.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from carriers.events import Place, TrackingEvent
from carriers.shapes import fields, words
from carriers.ups.codes import Status, meaning_of
from carriers.ups.instants import instant_of
from carriers.wording import clean

LONGEST_NAME = 80  # of a city

_TYPE = re.compile(r"[A-Z]{1,2}")
_CODE = re.compile(r"[A-Z0-9]{2,3}|[0-9]")
_NUMBER = re.compile(r"[0-9]{3}")
_COUNTRY = re.compile(r"[A-Z]{2}")


def read_scan(value: object, *, numbered: bool, mail_innovations: bool) -> TrackingEvent | None:
    """The event of one activity; None when it lacks what makes it readable."""
    activity = fields(value)
    status = _status(fields(activity.get("status")), numbered=numbered, mail_innovations=mail_innovations)
    place = place_of(fields(fields(activity.get("location")).get("address")))
    instant = instant_of(activity, place)
    meaning = meaning_of(status) if status else None
    if not status or not instant or not meaning:
        return None
    return TrackingEvent(
        code=status.name,
        milestone=meaning.milestone,
        reason=meaning.reason,
        phase=meaning.phase,
        occurred_at=instant.occurred_at,
        clock=instant.clock,
        utc_offset_minutes=instant.utc_offset_minutes,
        local_text=instant.local_text,
        place=place,
        text=clean(words(fields(activity.get("status")).get("description"))),
        retracts=meaning.retracts,
        forecast=meaning.forecast,
        known=meaning.known,
    )


def has_number(value: object) -> bool:
    """Whether an activity carries a three-digit number."""
    return bool(_NUMBER.fullmatch(words(fields(fields(value).get("status")).get("statusCode"))))


def place_of(address: Mapping[str, object]) -> Place:
    """The city, region, postcode and country of an address; streets and names stay where they are."""
    city, region = words(address.get("city")), words(address.get("stateProvince"))
    countries = words(address.get("countryCode")), words(address.get("country"))
    return _place(city, region, words(address.get("postalCode")), countries)


@lru_cache(maxsize=10_000)
def _place(city: str, region: str, postcode: str, countries: tuple[str, ...]) -> Place:
    codes = [each.upper() for each in countries if _COUNTRY.fullmatch(each.upper())]
    return Place(
        city=clean(city, longest=LONGEST_NAME),
        region=clean(region, longest=LONGEST_NAME),
        postcode=clean(postcode, longest=LONGEST_NAME),
        country=codes[0] if codes else "",
    )


def _status(status: Mapping[str, object], *, numbered: bool, mail_innovations: bool) -> Status | None:
    parts = [_part(status.get(name)) for name in ("type", "code", "statusCode")]
    kind, code, number = parts
    if not kind or code is None or number is None or (numbered and not number):
        return None
    return _checked_status(kind, code, number, mail_innovations)


def _part(value: object) -> str | None:
    """A text, empty when it is not there; None for what cannot stand there."""
    return "" if value is None else value.strip() if isinstance(value, str) else None


@lru_cache(maxsize=4096)
def _checked_status(kind: str, code: str, number: str, mail_innovations: bool) -> Status | None:
    if not _TYPE.fullmatch(kind) or (code and not _CODE.fullmatch(code)) or (number and not _NUMBER.fullmatch(number)):
        return None
    return Status(type=kind, code=code, number=number, mail_innovations=mail_innovations)
