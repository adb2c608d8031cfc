"""What USPS says of a number at one moment."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any
from zlib import crc32

from carriers.sandbox.stories import Promise, Scan, Spot, Story
from carriers.sandbox.telling import estimate, listed, local, signed, visible
from carriers.sandbox.usps.words import WITHOUT_GMT

MOST_EVENTS = 99


def detail(story: Story, now: datetime) -> dict[str, Any]:
    """The body of a 200 that was asked with expand=DETAIL."""
    scans = listed(story, visible(story, now))
    newest = (listed(story, visible(story, now - story.current_lag)) or scans)[0]
    category = (listed(story, visible(story, now - story.category_lag)) or scans)[0].status_code
    return {
        **_ends(story),
        "emailEnabled": "true",
        "kahalaIndicator": "false",
        "mailClass": story.service or "USPS Ground Advantage<SUP>&#153;</SUP>",
        "mailType": "DM",
        "proofOfDeliveryEnabled": "false",
        "restoreEnabled": "false",
        "RRAMEnabled": "false",
        "RREEnabled": "false",
        "services": ["USPS Tracking<SUP>&#174;</SUP>"],
        "serviceTypeCode": story.service_code or "003",
        "status": newest.description,
        "statusCategory": category,
        "statusSummary": _prose(newest),
        "tableCode": "T",
        **_identity(story),
        **_expected(story, scans, now),
        "trackingEvents": [_event(scan) for scan in scans[:MOST_EVENTS]],
        "trackingNumber": story.number,
    }


def summary(story: Story, now: datetime) -> dict[str, Any]:
    """The body of a 200 that was asked without it: prose only."""
    scans = listed(story, visible(story, now))
    return {"trackingNumber": story.number, "eventSummaries": [_prose(scan) for scan in scans[:MOST_EVENTS]]}


def _ends(story: Story) -> dict[str, str]:
    return {
        "destinationCity": story.destination.city,
        "destinationState": story.destination.region,
        "originCity": story.origin.city,
        "originState": story.origin.region,
    }


def _identity(story: Story) -> dict[str, str]:
    """Tells two lives of a number apart."""
    first = min(story.scans, key=lambda scan: scan.at)
    taken_in = local(first.at, first.spot)
    identity = crc32(f"{story.number} {first.at.isoformat()}".encode())
    return {"uniqueMailPieceID": str(identity), "mailPieceIntakeDate": f"{taken_in:%Y-%m-%d %H:%M:%S}.000000"}


def _expected(story: Story, scans: Sequence[Scan], now: datetime) -> dict[str, Any]:
    """A local day with a midnight; hours beside it only if they are known. Nothing once it is delivered."""
    promise = estimate(story, now)
    if promise is None or any(scan.code == "01" for scan in scans):
        return {}
    expected: dict[str, Any] = {"expectedDeliveryTimeStamp": f"{promise.day.isoformat()}T00:00:00"}
    if promise.not_after is not None:
        expected |= _hours(promise, promise.not_after)
    return expected


def _hours(promise: Promise, until: time) -> dict[str, str]:
    day = promise.day.isoformat()
    if promise.not_before is None:
        return {"expectedDeliveryDate": day, "expectedDeliveryTime": _spoken(until)}
    begins, ends = _spoken(promise.not_before), _spoken(until)
    window = {"predictedDeliveryWindowStartTime": begins, "predictedDeliveryWindowEndTime": ends}
    return {"predictedDeliveryDate": day, **window}


def _event(scan: Scan) -> dict[str, Any]:
    """Local to the minute. Events without GMT fields end with a Z that is not true."""
    wall = local(scan.at, scan.spot).replace(second=0, microsecond=0)
    if scan.day_only:
        wall = datetime.combine(wall.date(), time())
    has_gmt = scan.gmt and scan.code not in WITHOUT_GMT
    return {
        "eventType": scan.description,
        "eventTimestamp": f"{wall:%Y-%m-%dT%H:%M:%S}" + ("" if has_gmt else "Z"),
        **(_gmt(scan) if has_gmt else {}),
        "eventCountry": scan.spot.country if scan.spot.country not in {"", "US"} else None,
        "eventCity": scan.spot.city or None,
        "eventState": scan.spot.region or None,
        "eventZIP": None,
        "firm": None,
        "name": scan.received_by or None,
        "authorizedAgent": "false",
        "eventCode": scan.code,
        "additionalProp": None,
    }


def _gmt(scan: Scan) -> dict[str, str]:
    """The time is GMT's, the date stays the local one: it does not roll over past midnight."""
    day, utc = local(scan.at, scan.spot), scan.at.astimezone(UTC)
    return {"GMTTimestamp": f"{day:%Y-%m-%d}T{utc:%H:%M:%S}Z", "GMTOffset": signed(scan.spot.utc_offset)}


def _prose(scan: Scan) -> str:
    wall = local(scan.at, scan.spot)
    return f"{scan.description}, {wall:%B} {wall.day}, {wall.year}, {_spoken(wall.time()).lower()}, {_named(scan.spot)}"


def _named(spot: Spot) -> str:
    return ", ".join(part for part in (spot.city, spot.region) if part)


def _spoken(at: time) -> str:
    """As 6:05 PM."""
    return f"{at.hour % 12 or 12}:{at:%M} {'PM' if at.hour >= 12 else 'AM'}"
