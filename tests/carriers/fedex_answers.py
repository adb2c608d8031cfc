"""Answers of FedEx in its documented shape, with invented values."""

import json
from pathlib import Path

from carriers.contract import CarrierError, Reading
from carriers.events import Tracked, TrackingEvent
from carriers.registry import READ

NUMBER = "770481236654"
OTHER = "770481236665"
FIXTURES = Path(__file__).parent / "fixtures" / "fedex"
NOT_FOUND = {"code": "TRACKING.TRACKINGNUMBER.NOTFOUND", "message": "Words"}
PLACE = {"streetLines": [""], "city": "SPRINGFIELD", "stateOrProvinceCode": "IL", "countryCode": "US"}


def a_scan(called: str = "AR", /, **changes: object) -> dict[str, object]:
    """A scan in Springfield, Illinois; "DE/007" has an exception code. `...` leaves a member out."""
    event_type, _, exception = called.partition("/")
    said: dict[str, object] = {
        "date": "2026-03-10T09:30:00-05:00",
        "eventType": event_type,
        "eventDescription": "Some words",
        "exceptionCode": exception,
        "exceptionDescription": "A reason" if exception else "",
        "scanLocation": PLACE,
        "locationType": "FEDEX_FACILITY",
        "derivedStatusCode": "DL",  # lies
        "derivedStatus": "Delivered",
    }
    return {name: value for name, value in {**said, **changes}.items() if value is not ...}


def a_result(*scans: object, number: object = NUMBER, **changes: object) -> dict[str, object]:
    """One life of a number with these scans, newest first as FedEx sends them."""
    said: dict[str, object] = {
        "trackingNumberInfo": {"trackingNumber": number, "trackingNumberUniqueId": "1~x~FX", "carrierCode": "FDXG"},
        "latestStatusDetail": {"code": "IT", "derivedCode": "DL", "statusByLocale": "Delivered"},
        "scanEvents": list(scans),
        "packageDetails": {"count": "1"},
    }
    return {name: value for name, value in {**said, **changes}.items() if value is not ...}


def an_unknown(number: object = NUMBER, **error: object) -> dict[str, object]:
    """A result that is only an error."""
    info = {"trackingNumber": number, "trackingNumberUniqueId": "", "carrierCode": ""}
    return {"trackingNumberInfo": info, "error": {**NOT_FOUND, **error}}


def an_answer(*results: object, number: object = NUMBER, **output: object) -> bytes:
    """A Track v1 answer to one number."""
    return a_batch({"trackingNumber": number, "trackResults": list(results)}, **output)


def a_batch(*completes: object, **output: object) -> bytes:
    """A Track v1 answer to several numbers."""
    listed = {"completeTrackResults": list(completes), **output}
    return json.dumps({"transactionId": "11111111-2222", "output": listed}).encode()


def an_error(code: str, message: str = "Words") -> bytes:
    """An answer that is only an error."""
    return json.dumps({"transactionId": "11111111-2222", "errors": [{"code": code, "message": message}]}).encode()


def fixture(name: str) -> bytes:
    """A whole answer as a file."""
    return (FIXTURES / name).read_bytes()


def reading(body: bytes, *, number: str = NUMBER, http_status: int = 200) -> Reading:
    """What the answer says of the number."""
    return READ["fedex"](body, http_status=http_status, numbers=[number]).readings[number]


def parcel(body: bytes, *, number: str = NUMBER) -> Tracked:
    """The one parcel of an answer."""
    found = reading(body, number=number)
    assert not isinstance(found, CarrierError), found
    (only,) = found
    return only


def scan(said: object, **result: object) -> TrackingEvent:
    """The one event of an answer with one scan."""
    (event,) = parcel(an_answer(a_result(said, **result))).events
    return event
