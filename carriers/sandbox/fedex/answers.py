"""What FedEx says of a number at one moment."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from carriers.sandbox.fedex.words import DERIVED, PLACES
from carriers.sandbox.stories import Known, Promise, Scan, Spot, Story
from carriers.sandbox.telling import estimate, listed, lives, local, promised, signed, visible

COUNTRIES = {"US": "United States", "CA": "Canada", "MX": "Mexico", "GB": "United Kingdom", "DE": "Germany"}
NOT_FOUND = "Tracking number cannot be found. Please correct the tracking number and try again."
IMPOSSIBLE = "This tracking number cannot be found. Please check the number or contact the sender."
LENGTHS = frozenset({10, 12, 15, 18, 20, 22, 34})  # of numbers that could be FedEx's


def tracked(number: str, *, known: Known, now: datetime, with_scans: bool) -> dict[str, Any]:
    """One entry of completeTrackResults: a result for every life, the oldest first, or the error instead."""
    found = lives(number, known=known, now=now)
    if not found:
        could_be = number.strip().isdigit() and len(number.strip()) in LENGTHS
        message = NOT_FOUND if could_be else IMPOSSIBLE
        error = {"code": "TRACKING.TRACKINGNUMBER.NOTFOUND", "message": message}
        nobody = {"trackingNumber": number, "trackingNumberUniqueId": "", "carrierCode": ""}
        return {"trackingNumber": number, "trackResults": [{"trackingNumberInfo": nobody, "error": error}]}
    echo = f" {number}" if found[-1].blank_before_number else number
    results = [_result(life, now, number=echo, with_scans=with_scans) for life in found]
    return {"trackingNumber": echo, "trackResults": results}


def _result(story: Story, now: datetime, *, number: str, with_scans: bool) -> dict[str, Any]:
    scans = _in_order(story, visible(story, now))
    summary = _in_order(story, visible(story, now - story.current_lag)) or scans
    result: dict[str, Any] = {
        "trackingNumberInfo": {
            "trackingNumber": number,
            "trackingNumberUniqueId": _unique_id(story),
            "carrierCode": "FDXG",
        },
        "additionalTrackingInfo": {
            "nickname": "",
            "packageIdentifiers": _identifiers(story),
            "hasAssociatedShipments": bool(story.travels_with),
        },
        "shipperInformation": {"contact": {}, "address": _address(story.origin)},
        "recipientInformation": {"contact": {}, "address": _address(story.destination)},
        "latestStatusDetail": _latest(summary[0]),
        "dateAndTimes": _dates(story, scans, now),
        "availableImages": [],
        "packageDetails": _package(story),
        "shipmentDetails": {"possessionStatus": scans[0].code not in {"OC", "DL"}},
        "deliveryDetails": _delivery(scans),
        "serviceDetail": _service(story),
        "standardTransitTimeWindow": {"window": _standard(story, now)},
        "estimatedDeliveryTimeWindow": {"window": _window(story, estimate(story, now))},
        "goodsClassificationCode": "",
        "returnDetail": {},
    }
    if with_scans:
        result["scanEvents"] = [_event(scan) for scan in scans]
    return result


def _in_order(story: Story, scans: Sequence[Scan]) -> list[Scan]:
    """By the time that is written: a pickup's midnight puts it below the label of the same day."""
    return sorted(listed(story, scans), key=lambda scan: (scan.on_top, _written_at(scan)), reverse=True)


def _written_at(scan: Scan) -> datetime:
    wall = local(scan.at, scan.spot)
    return datetime.combine(wall.date(), time()) if scan.day_only else wall


def _unique_id(story: Story) -> str:
    """Begins with the Julian day of the first scan, so that two lives of a number differ."""
    first = min(scan.at for scan in story.scans)
    return f"{first.toordinal() + 1721425}000~{story.number}~FX"


def _identifiers(story: Story) -> list[dict[str, Any]]:
    pieces = ("STANDARD_MPS", story.travels_with[:1])
    partner = ("PARTNER_CARRIER_NUMBER", (story.handed_over_to,) if story.handed_over_to else ())
    back = ("RETURNED_TO_SHIPPER_TRACKING_NUMBER", (story.goes_back_as,) if story.goes_back_as else ())
    return [
        {"type": kind, "values": list(values), "trackingNumberUniqueId": "", "carrierCode": ""}
        for kind, values in (pieces, partner, back)
        if values
    ]


def _latest(scan: Scan) -> dict[str, Any]:
    """A parcel to be collected is HL here, while its newest scan is HP with the derived code IT."""
    code, derived = ("HL", "HL") if scan.code == "HP" else (scan.code, scan.status_code)
    latest: dict[str, Any] = {
        "code": code,
        "derivedCode": derived,
        "statusByLocale": DERIVED.get(derived, scan.description),
        "description": scan.description,
        "scanLocation": _address(scan.spot),
    }
    if scan.reason or scan.reason_text:
        reason = {"reason": scan.reason, "reasonDescription": scan.reason_text, "action": "", "actionDescription": ""}
        latest["ancillaryDetails"] = [reason]
    if scan.delay:
        latest["delayDetail"] = {"type": scan.delay, "subType": "", "status": "DELAYED"}
    return latest


def _dates(story: Story, scans: Sequence[Scan], now: datetime) -> list[dict[str, str]]:
    """Days stand as midnights; the label's day is the day of shipping."""
    dates = []
    delivered = next((scan for scan in scans if scan.code == "DL"), None)
    if delivered is not None:
        dates.append({"type": "ACTUAL_DELIVERY", "dateTime": _zoned(delivered.at, delivered.spot)})
    elif promise := estimate(story, now):
        dates.append({"type": "ESTIMATED_DELIVERY", "dateTime": _on_day(promise, story.destination, promise.not_after)})
    for kind, code in (("ACTUAL_PICKUP", "PU"), ("SHIP", "OC")):
        first = next((scan for scan in reversed(scans) if scan.code == code), None)
        if first is not None:
            day = f"{local(first.at, first.spot):%Y-%m-%dT00:00:00}"
            dates.append({"type": kind, "dateTime": day + _offset(first.spot)})
    return dates


def _standard(story: Story, now: datetime) -> dict[str, str]:
    first = next((promise for promise in promised(story, now) if promise.kind == "SDD"), None)
    return {"ends": _on_day(first, story.destination, None)} if first else {}


def _window(story: Story, promise: Promise | None) -> dict[str, str]:
    """Empty unless hours are known."""
    if promise is None or promise.not_after is None:
        return {}
    ends = {"ends": _on_day(promise, story.destination, promise.not_after)}
    begins = promise.not_before
    return {"begins": _on_day(promise, story.destination, begins), **ends} if begins else ends


def _on_day(promise: Promise, spot: Spot, at: time | None) -> str:
    return f"{promise.day.isoformat()}T{(at or time()):%H:%M:%S}{_offset(spot)}"


def _offset(spot: Spot) -> str:
    return signed(spot.utc_offset)


def _zoned(at: datetime, spot: Spot) -> str:
    return f"{local(at, spot):%Y-%m-%dT%H:%M:%S}{_offset(spot)}"


def _package(story: Story) -> dict[str, Any]:
    pieces = sorted((story.number, *story.travels_with))
    return {
        "packagingDescription": {"type": "YOUR_PACKAGING", "description": "Package"},
        "physicalPackagingType": "PACKAGE",
        "sequenceNumber": str(pieces.index(story.number) + 1),
        "count": str(len(pieces)),
        "weightAndDimensions": {"weight": [{"value": "3.0", "unit": "LB"}, {"value": "1.36", "unit": "KG"}]},
        "packageContent": [],
    }


def _delivery(scans: Sequence[Scan]) -> dict[str, Any]:
    """The attempts are a text, and a parcel on its way back has a receiver too."""
    attempts = sum(scan.code == "DE" for scan in scans)
    named = next((scan for scan in scans if scan.code in {"DL", "RS"}), None)
    details: dict[str, Any] = {"deliveryAttempts": str(attempts)}
    if named is not None:
        details |= {"receivedByName": named.received_by, "actualDeliveryAddress": _address(named.spot)}
        if named.left_at:
            details |= {"locationDescription": named.left_at}
    return details


def _service(story: Story) -> dict[str, str]:
    name = story.service or "FedEx Ground"
    return {"type": story.service_code or "FEDEX_GROUND", "description": name, "shortDescription": "FG"}


def _event(scan: Scan) -> dict[str, Any]:
    wall = _written_at(scan)
    return {
        "date": f"{wall:%Y-%m-%dT%H:%M:%S}" + ("" if scan.day_only else _offset(scan.spot)),
        "eventType": scan.code,
        "eventDescription": scan.description,
        "exceptionCode": scan.reason,
        "exceptionDescription": scan.reason_text,
        "scanLocation": {"streetLines": [""], **_address(scan.spot), "postalCode": ""},
        "locationType": PLACES.get(scan.code, "FEDEX_FACILITY"),
        "derivedStatusCode": scan.status_code,
        "derivedStatus": DERIVED.get(scan.status_code, scan.description),
    }


def _address(spot: Spot) -> dict[str, Any]:
    named = {"city": spot.city, "stateOrProvinceCode": spot.region, "countryCode": spot.country}
    given: dict[str, Any] = {name: value for name, value in named.items() if value}
    return {**given, "residential": False, "countryName": COUNTRIES.get(spot.country, spot.country)}
