"""What UPS says of a number at one moment."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from carriers.sandbox.stories import Known, Scan, Spot, Story
from carriers.sandbox.telling import is_known, listed, lives, local, promised, signed, visible
from carriers.sandbox.ups.words import SUMMARIES

DELIVERY = frozenset({"011", "026"})  # status codes that end in the recipient's hands


def tracked(number: str, *, known: Known, now: datetime) -> dict[str, Any]:
    """The body of a 200: what is visible now, or the warning that nothing is."""
    found = lives(number, known=known, now=now)
    if not found:
        warning = {"code": "TW0001", "message": "Tracking Information Not Found"}
        return {"trackResponse": {"shipment": [{"inquiryNumber": number, "warnings": [warning]}]}}
    return {"trackResponse": {"shipment": [_shipment(life, known, now) for life in reversed(found)]}}


def failure(code: str, message: str) -> dict[str, Any]:
    """The body of every refusal."""
    return {"response": {"errors": [{"code": code, "message": message}]}}


def _shipment(story: Story, known: Known, now: datetime) -> dict[str, Any]:
    others = [life for number in story.travels_with for life in known.get(number, ()) if is_known(life, now)]
    pieces = 1 + len(story.travels_with)
    return {
        "inquiryNumber": story.number,
        "shipmentType": "P",
        "shipperNumber": story.number[2:8],
        "package": [_package(life, now, pieces=pieces) for life in (story, *others)],
        "userRelation": ["MYCHOICE_HOME"],
    }


def _package(story: Story, now: datetime, *, pieces: int) -> dict[str, Any]:
    scans = listed(story, visible(story, now))
    package: dict[str, Any] = {
        "trackingNumber": story.number,
        "deliveryDate": _dates(story, scans, now),
        "activity": [_activity(scan) for scan in scans],
        "packageAddress": [_address("ORIGIN", story.origin), _address("DESTINATION", story.destination)],
        "weight": {"unitOfMeasurement": "LBS", "weight": "3.00"},
        "service": {
            "code": story.service_code or "003",
            "levelCode": "011",
            "description": story.service or "UPS Ground",
        },
        "referenceNumber": [],
        "packageCount": pieces,
    }
    delivery = _delivery(scans)
    delivery_time = _delivery_time(story, delivery, now)
    if delivery_time:
        package["deliveryTime"] = delivery_time
    if delivery is not None:
        package["deliveryInformation"] = {"location": delivery.left_at, "receivedBy": delivery.received_by}
    summary = listed(story, visible(story, now - story.current_lag))
    if story.current_status and summary:
        package["currentStatus"] = _current(summary[-1] if story.oldest_first else summary[0])
    if story.pickup_by is not None:
        package["accessPointInformation"] = {"pickupByDate": f"{story.pickup_by:%Y%m%d}"}
    if story.handed_over_to:
        package["alternateTrackingNumber"] = [{"type": "USPS_PIC", "number": story.handed_over_to}]
    return package


def _activity(scan: Scan) -> dict[str, Any]:
    at = local(scan.at, scan.spot)
    status = {"type": scan.type, "description": scan.description, "code": scan.code, "statusCode": scan.status_code}
    activity: dict[str, Any] = {
        "location": {"address": _place(scan.spot), "slic": "7531"},
        "status": {name: value for name, value in status.items() if value},
        "date": f"{at:%Y%m%d}",
        "time": f"{at:%H%M%S}",
    }
    if scan.gmt:
        utc = scan.at.astimezone(UTC)
        offset = signed(scan.spot.utc_offset)
        activity |= {"gmtDate": f"{utc:%Y%m%d}", "gmtOffset": offset, "gmtTime": f"{utc:%H:%M:%S}"}
    return activity


def _place(spot: Spot) -> dict[str, str]:
    named = {
        "city": spot.city,
        "stateProvince": spot.region,
        "countryCode": spot.country,
        "country": spot.country,
    }
    return {name: value for name, value in named.items() if value}


def _address(kind: str, spot: Spot) -> dict[str, Any]:
    return {"type": kind, "address": _place(spot)}


def _current(scan: Scan) -> dict[str, str]:
    """Here `code` is the three-digit one, unlike in an activity."""
    summary = SUMMARIES.get(scan.status_code)
    current = {"description": scan.description, "code": scan.status_code}
    return {**current, "simplifiedTextDescription": summary} if summary else current


def _delivery(scans: Sequence[Scan]) -> Scan | None:
    return next((scan for scan in scans if scan.type == "D" and scan.status_code in DELIVERY), None)


def _dates(story: Story, scans: Sequence[Scan], now: datetime) -> list[dict[str, str]]:
    dates = [{"type": promise.kind, "date": f"{promise.day:%Y%m%d}"} for promise in promised(story, now)]
    delivery = _delivery(scans)
    if delivery is not None:
        dates.append({"type": "DEL", "date": f"{local(delivery.at, delivery.spot):%Y%m%d}"})
    return dates


def _delivery_time(story: Story, delivery: Scan | None, now: datetime) -> dict[str, str]:
    if delivery is not None:
        return {"type": "DEL", "endTime": f"{local(delivery.at, delivery.spot):%H%M%S}"}
    standing = promised(story, now)
    if not standing:
        return {}
    promise = next((promise for promise in standing if promise.kind == "RDD"), standing[0])
    if promise.not_after is None:
        return {"type": "EOD", "endTime": ""}
    window = {"type": "EDW" if promise.not_before else "CMT", "endTime": _clock(promise.not_after)}
    return {**window, "startTime": _clock(promise.not_before)} if promise.not_before else window


def _clock(at: time) -> str:
    return f"{at:%H%M%S}"
