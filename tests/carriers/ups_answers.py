"""Answers of UPS in its documented shape, with invented values."""

import json
from pathlib import Path

from carriers.contract import CarrierError, Reading
from carriers.events import Tracked, TrackingEvent
from carriers.registry import READ

NUMBER = "1Z9W8E770312345676"
FIXTURES = Path(__file__).parent / "fixtures" / "ups"


def an_activity(called: str = "I/AR/005", /, **changes: object) -> dict[str, object]:
    """A scan in Springfield, Illinois; "X//092" has no code, "I/AR" no number."""
    parts = dict(zip(("type", "code", "statusCode"), called.split("/"), strict=False))
    said: dict[str, object] = {
        "location": {"address": {"city": "SPRINGFIELD", "stateProvince": "IL", "countryCode": "US", "country": "US"}},
        "status": {"description": "Some words ", **{name: part for name, part in parts.items() if part}},
        "date": "20260310",
        "time": "093000",
        "gmtDate": "20260310",
        "gmtTime": "14:30:00",
        "gmtOffset": "-05:00",
    }
    return {name: value for name, value in {**said, **changes}.items() if value is not ...}


def a_package(*activities: object, **changes: object) -> dict[str, object]:
    """A package with these activities, newest first as UPS sends them."""
    return {"trackingNumber": NUMBER, "activity": list(activities), "packageCount": 1, **changes}


def an_answer(*packages: object, number: object = NUMBER) -> bytes:
    """A Track v1 answer to one number."""
    return json.dumps({"trackResponse": {"shipment": [{"inquiryNumber": number, "package": list(packages)}]}}).encode()


def an_error(*codes: str) -> bytes:
    """An answer that is only an error."""
    return json.dumps({"response": {"errors": [{"code": code, "message": "Words"} for code in codes]}}).encode()


def fixture(name: str) -> bytes:
    """A whole answer as a file."""
    return (FIXTURES / name).read_bytes()


def reading(body: bytes, *, number: str = NUMBER, http_status: int = 200) -> Reading:
    """What the answer says of the number."""
    return READ["ups"](body, http_status=http_status, numbers=[number]).readings[number]


def parcel(body: bytes, *, number: str = NUMBER) -> Tracked:
    """The one parcel of an answer."""
    found = reading(body, number=number)
    assert not isinstance(found, CarrierError), found
    (only,) = found
    return only


def scan(activity: object, **package: object) -> TrackingEvent:
    """The one event of an answer with one activity."""
    (event,) = parcel(an_answer(a_package(activity, **package))).events
    return event
