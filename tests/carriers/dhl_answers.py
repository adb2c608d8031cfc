"""Answers of DHL in their documented shape, with invented values."""

import json
from pathlib import Path

from carriers.contract import CarrierError, Reading
from carriers.events import Tracked, TrackingEvent
from carriers.registry import READ

NUMBER = "1234567891"
FIXTURES = Path(__file__).parent / "fixtures" / "dhl"
WHOLE = {  # every fixture, and the number it answers
    "parcel_de.json": "00340434000000000017",
    "parcel_nl.json": "3SHM00000000011",
    "ecommerce.json": "7000123",
    "express.json": NUMBER,
    "express_sentences.json": NUMBER,
    "dsc.json": "DSC0000001",
    "not_found.json": NUMBER,
}


def an_event(status: str = "AF", kind: str = "transit", /, **changes: object) -> dict[str, object]:
    """A scan in Dublin; a value of ... leaves a member out."""
    said: dict[str, object] = {
        "timestamp": "2026-03-10T09:30:00Z",
        "location": {"address": {"countryCode": "IE", "addressLocality": "DUBLIN - IRELAND"}},
        "statusCode": kind,
        "status": status,
    }
    return {name: value for name, value in {**said, **changes}.items() if value is not ...}


def a_shipment(*events: object, service: object = "express", **changes: object) -> dict[str, object]:
    """A shipment with these events, newest first as DHL sends them."""
    told = {"id": NUMBER, "service": service, "status": events[0] if events else {}, "events": list(events), **changes}
    return {name: value for name, value in told.items() if value is not ...}


def an_answer(*shipments: object) -> bytes:
    """An answer to one number."""
    return json.dumps({"shipments": list(shipments)}).encode()


def a_problem(status: int, detail: str = "Words") -> bytes:
    """An answer that is only an error."""
    return json.dumps({"title": "A title", "detail": detail, "status": status}).encode()


def fixture(name: str) -> bytes:
    """A whole answer as a file."""
    return (FIXTURES / name).read_bytes()


def reading(body: bytes, *, number: str = NUMBER, http_status: int = 200) -> Reading:
    """What the answer says of the number."""
    return READ["dhl"](body, http_status=http_status, numbers=[number]).readings[number]


def parcels(body: bytes, *, number: str = NUMBER) -> tuple[Tracked, ...]:
    """The parcels of an answer."""
    found = reading(body, number=number)
    assert not isinstance(found, CarrierError), found
    return found


def parcel(body: bytes, *, number: str = NUMBER) -> Tracked:
    """The one parcel of an answer."""
    (only,) = parcels(body, number=number)
    return only


def scan(event: object, *, service: str = "express") -> TrackingEvent:
    """The one event of an answer with one event."""
    (only,) = parcel(an_answer(a_shipment(event, service=service))).events
    return only
