"""Answers of USPS in its documented shape, with invented values."""

import json
from pathlib import Path

from carriers.contract import CarrierError, Reading
from carriers.events import Tracked, TrackingEvent
from carriers.registry import READ

NUMBER = "9400100000000000000013"
FIXTURES = Path(__file__).parent / "fixtures" / "usps"


def an_event(
    code: str = "10", sentence: str = "Arrived at USPS Regional Facility", **changes: object
) -> dict[str, object]:
    """A scan in Springfield, Illinois."""
    said: dict[str, object] = {
        "eventType": sentence,
        "eventTimestamp": "2026-03-10T09:30:00",
        "GMTTimestamp": "2026-03-10T14:30:21Z",
        "GMTOffset": "-05:00",
        "eventCountry": None,
        "eventCity": "SPRINGFIELD",
        "eventState": "IL",
        "eventZIP": "62701",
        "firm": None,
        "name": None,
        "authorizedAgent": "false",
        "eventCode": code,
    }
    return {name: value for name, value in {**said, **changes}.items() if value is not ...}


def an_answer(*events: object, **changes: object) -> bytes:
    """A Tracking v3 answer in detail with these events, newest first as USPS sends them."""
    said: dict[str, object] = {
        "trackingNumber": NUMBER,
        "status": "Alert",
        "statusCategory": "Delivered",  # it lags and errs; nothing may come of it
        "trackingEvents": list(events),
    }
    return json.dumps({name: value for name, value in {**said, **changes}.items() if value is not ...}).encode()


def an_error(code: object, *details: str, message: str = "Words") -> bytes:
    """An answer that is only an error; a detail of digits is a code, any other a sentence."""
    errors = [{"code": each} if each.isdigit() else {"title": "Words", "detail": each} for each in details]
    error = {"code": code, "message": message, "errors": errors}
    return json.dumps({"apiVersion": "/tracking/v3", "error": error}).encode()


def fixture(name: str) -> bytes:
    """A whole answer as a file."""
    return (FIXTURES / name).read_bytes()


def reading(body: bytes, *, number: str = NUMBER, http_status: int = 200) -> Reading:
    """What the answer says of the number."""
    return READ["usps"](body, http_status=http_status, numbers=[number]).readings[number]


def parcel(body: bytes, *, number: str = NUMBER) -> Tracked:
    """The one parcel of an answer."""
    found = reading(body, number=number)
    assert not isinstance(found, CarrierError), found
    (only,) = found
    return only


def scan(event: object, **answer: object) -> TrackingEvent:
    """The one event of an answer with one event."""
    (only,) = parcel(an_answer(event, **answer)).events
    return only
