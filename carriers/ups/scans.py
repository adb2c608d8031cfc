"""Which TrackingEvent one UPS activity is, if it says enough to be one.

An activity counts as read only with a type, a code, a wall time and, in an answer that speaks three-digit numbers, a
number. One that lacks any of these is left out and counted: what remains of it could mean something else.
"""

import re
from collections.abc import Mapping

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
    country = words(address.get("countryCode")).upper()
    if not _COUNTRY.fullmatch(country):
        country = words(address.get("country")).upper()
    return Place(
        city=clean(words(address.get("city")), longest=LONGEST_NAME),
        region=clean(words(address.get("stateProvince")), longest=LONGEST_NAME),
        postcode=clean(words(address.get("postalCode")), longest=LONGEST_NAME),
        country=country if _COUNTRY.fullmatch(country) else "",
    )


def _status(status: Mapping[str, object], *, numbered: bool, mail_innovations: bool) -> Status | None:
    kind, code, number = status.get("type"), status.get("code"), status.get("statusCode")
    if not _is(kind, _TYPE) or not (_is_absent(code) or _is(code, _CODE)):
        return None
    if not (_is(number, _NUMBER) or (_is_absent(number) and not numbered)):
        return None
    return Status(type=words(kind), code=words(code), number=words(number), mail_innovations=mail_innovations)


def _is(value: object, pattern: re.Pattern[str]) -> bool:
    return bool(pattern.fullmatch(words(value)))


def _is_absent(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
