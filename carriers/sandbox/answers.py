"""What the tracking API says of a number at one moment."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from carriers.sandbox.stories import Promise, Scan, Spot, Story
from carriers.sandbox.words import SUMMARIES

Known = Mapping[str, Sequence[Story]]  # by number; a recycled number has several lives
DELIVERY = frozenset({"011", "026"})  # status codes that end in the recipient's hands


def tracked(number: str, *, known: Known, now: datetime) -> dict[str, Any]:
    """The body of a 200: what is visible now, or the warning that nothing is."""
    lives = [life for life in known.get(number, ()) if _is_known(life, now)]
    if not lives:
        warning = {"code": "TW0001", "message": "Tracking Information Not Found"}
        return {"trackResponse": {"shipment": [{"inquiryNumber": number, "warnings": [warning]}]}}
    newest_life_first = sorted(lives, key=lambda life: max(scan.at for scan in _visible(life, now)), reverse=True)
    return {"trackResponse": {"shipment": [_shipment(life, known, now) for life in newest_life_first]}}


def failure(code: str, message: str) -> dict[str, Any]:
    """The body of every refusal."""
    return {"response": {"errors": [{"code": code, "message": message}]}}


def _is_known(story: Story, now: datetime) -> bool:
    purged = story.purged_at is not None and now >= story.purged_at
    return not purged and bool(_visible(story, now))


def _visible(story: Story, now: datetime) -> list[Scan]:
    return [scan for scan in story.scans if scan.at + scan.lag <= now and (scan.gone_at is None or now < scan.gone_at)]


def _shipment(story: Story, known: Known, now: datetime) -> dict[str, Any]:
    others = [life for number in story.travels_with for life in known.get(number, ()) if _is_known(life, now)]
    pieces = 1 + len(story.travels_with)
    return {
        "inquiryNumber": story.number,
        "shipmentType": "P",
        "shipperNumber": story.number[2:8],
        "package": [_package(life, now, pieces=pieces) for life in (story, *others)],
        "userRelation": ["MYCHOICE_HOME"],
    }


def _package(story: Story, now: datetime, *, pieces: int) -> dict[str, Any]:
    scans = _listed(story, _visible(story, now))
    package: dict[str, Any] = {
        "trackingNumber": story.number,
        "deliveryDate": _dates(story, scans, now),
        "activity": [_activity(scan) for scan in scans],
        "packageAddress": [_address("ORIGIN", story.origin), _address("DESTINATION", story.destination)],
        "weight": {"unitOfMeasurement": "LBS", "weight": "3.00"},
        "service": {"code": story.service_code, "levelCode": "011", "description": story.service},
        "referenceNumber": [],
        "packageCount": pieces,
    }
    delivery = _delivery(scans)
    delivery_time = _delivery_time(story, delivery, now)
    if delivery_time:
        package["deliveryTime"] = delivery_time
    if delivery is not None:
        package["deliveryInformation"] = {"location": delivery.left_at, "receivedBy": delivery.received_by}
    summary = _listed(story, _visible(story, now - story.current_lag))
    if story.current_status and summary:
        package["currentStatus"] = _current(summary[-1] if story.oldest_first else summary[0])
    if story.pickup_by is not None:
        package["accessPointInformation"] = {"pickupByDate": f"{story.pickup_by:%Y%m%d}"}
    if story.handed_over_to:
        package["alternateTrackingNumber"] = [{"type": "USPS_PIC", "number": story.handed_over_to}]
    return package


def _listed(story: Story, scans: Sequence[Scan]) -> list[Scan]:
    """Newest first; of two at the same second the later told stands first."""
    told = sorted(enumerate(scans), key=lambda place: (place[1].on_top, place[1].at, place[0]), reverse=True)
    ordered = [scan for _, scan in told]
    return ordered[::-1] if story.oldest_first else ordered


def _activity(scan: Scan) -> dict[str, Any]:
    local = scan.at.astimezone(UTC).replace(tzinfo=None) + scan.spot.utc_offset
    status = {"type": scan.type, "description": scan.description, "code": scan.code, "statusCode": scan.status_code}
    activity: dict[str, Any] = {
        "location": {"address": _place(scan.spot), "slic": "7531"},
        "status": {name: value for name, value in status.items() if value},
        "date": f"{local:%Y%m%d}",
        "time": f"{local:%H%M%S}",
    }
    if scan.gmt:
        utc = scan.at.astimezone(UTC)
        offset = _offset(scan.spot.utc_offset)
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


def _offset(offset: timedelta) -> str:
    sign, size = ("-", -offset) if offset < timedelta(0) else ("+", offset)
    minutes = int(size.total_seconds()) // 60
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}"


def _current(scan: Scan) -> dict[str, str]:
    """Here `code` is the three-digit one, unlike in an activity."""
    summary = SUMMARIES.get(scan.status_code)
    current = {"description": scan.description, "code": scan.status_code}
    return {**current, "simplifiedTextDescription": summary} if summary else current


def _delivery(scans: Sequence[Scan]) -> Scan | None:
    return next((scan for scan in scans if scan.type == "D" and scan.status_code in DELIVERY), None)


def _promised(story: Story, now: datetime) -> list[Promise]:
    """What stands now: the newest of each kind; the scheduled date stays beside the new one."""
    standing: dict[str, Promise] = {}
    for promise in sorted(story.promises, key=lambda promise: promise.shown_at):
        if promise.shown_at <= now and (promise.gone_at is None or now < promise.gone_at):
            standing[promise.kind] = promise
    return [standing[kind] for kind in sorted(standing, reverse=True)]


def _dates(story: Story, scans: Sequence[Scan], now: datetime) -> list[dict[str, str]]:
    dates = [{"type": promise.kind, "date": f"{promise.day:%Y%m%d}"} for promise in _promised(story, now)]
    delivery = _delivery(scans)
    if delivery is not None:
        local = delivery.at.astimezone(UTC) + delivery.spot.utc_offset
        dates.append({"type": "DEL", "date": f"{local:%Y%m%d}"})
    return dates


def _delivery_time(story: Story, delivery: Scan | None, now: datetime) -> dict[str, str]:
    if delivery is not None:
        local = delivery.at.astimezone(UTC) + delivery.spot.utc_offset
        return {"type": "DEL", "endTime": f"{local:%H%M%S}"}
    promised = _promised(story, now)
    if not promised:
        return {}
    promise = next((promise for promise in promised if promise.kind == "RDD"), promised[0])
    if promise.not_after is None:
        return {"type": "EOD", "endTime": ""}
    window = {"type": "EDW" if promise.not_before else "CMT", "endTime": _clock(promise.not_after)}
    return {**window, "startTime": _clock(promise.not_before)} if promise.not_before else window


def _clock(at: time) -> str:
    return f"{at:%H%M%S}"
