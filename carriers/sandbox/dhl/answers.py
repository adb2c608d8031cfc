"""What DHL says of a number at one moment."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from carriers.sandbox.dhl.words import GERMAN, PARCEL_DE
from carriers.sandbox.stories import Promise, Scan, Spot, Story
from carriers.sandbox.telling import estimate, listed, local, signed, visible

PRODUCTS = {
    "express": "EXPRESS WORLDWIDE",
    "ecommerce": "DHL SM Parcel Ground",
    "parcel-de": "DHL PAKET (parcel)",
    "parcel-nl": "DHL PARCEL",
}
TEXTS = {words.description: GERMAN[kind] for kind, words in PARCEL_DE.items() if kind in GERMAN}


def division(story: Story) -> str:
    """Which of the divisions has the parcel."""
    return story.service_code or "express"


def shipment(story: Story, now: datetime, *, language: str) -> dict[str, Any]:
    """One of the shipments; its status is whichever event has the newest time, whatever that event is."""
    scans = listed(story, visible(story, now))
    newest = max(reversed(scans), key=lambda scan: scan.at)
    found: dict[str, Any] = {
        "id": story.number,
        "service": division(story),
        "origin": {"address": _address(story.origin)},
        "destination": {"address": _address(story.destination)},
        "status": _event(story, newest, language),
        **_expected(story, scans, now),
        "details": _details(story),
        "events": [_event(story, scan, language) for scan in scans],
    }
    return found


def _event(story: Story, scan: Scan, language: str) -> dict[str, Any]:
    status, description = scan.code, scan.description
    if language == "de" and division(story) == "parcel-de":
        status, description = TEXTS.get(status, status), TEXTS.get(description, description)
    event: dict[str, Any] = {"timestamp": _timestamp(story, scan)}
    if place := _address(scan.spot):
        event["location"] = {"address": place}
    event |= {"statusCode": scan.status_code, "status": status}
    if description:
        event["description"] = description
    if scan.reason_text:
        event["remark"] = scan.reason_text
    return event


def _timestamp(story: Story, scan: Scan) -> str:
    """Each division has its own way with zones."""
    wall = f"{local(scan.at, scan.spot):%Y-%m-%dT%H:%M:%S}"
    match division(story):
        case "parcel-de":
            return wall
        case "ecommerce":
            return wall if scan.status_code == "pre-transit" else wall + signed(scan.spot.utc_offset)
        case "parcel-nl":
            return wall + signed(scan.spot.utc_offset)
        case _:
            return f"{scan.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


def _expected(story: Story, scans: Sequence[Scan], now: datetime) -> dict[str, Any]:
    """Nothing once it is delivered; hours, where they are known, as the destination's wall clock shows them."""
    promise = estimate(story, now)
    if promise is None or any(scan.status_code == "delivered" for scan in scans):
        return {}
    midnight = f"{promise.day.isoformat()}T00:00:00" + ("Z" if division(story) == "express" else "")
    expected: dict[str, Any] = {"estimatedTimeOfDelivery": midnight}
    if promise.not_after is None:
        return {**expected, "estimatedTimeOfDeliveryRemark": "By End of Day"}
    frame = {
        "estimatedFrom": _framed(promise, promise.not_before or time(), story.destination, division(story)),
        "estimatedThrough": _framed(promise, promise.not_after, story.destination, division(story)),
    }
    return {**expected, "estimatedDeliveryTimeFrame": frame}


def _framed(promise: Promise, at: time, spot: Spot, of: str) -> str:
    """Without a zone in the parcel divisions, even where their events have one."""
    wall = datetime.combine(promise.day, at)
    if of == "express":
        return f"{wall - spot.utc_offset:%Y-%m-%dT%H:%M:%S}Z"
    return f"{wall:%Y-%m-%dT%H:%M:%S}"


def _details(story: Story) -> dict[str, Any]:
    pieces = (story.number, *story.travels_with)
    details: dict[str, Any] = {
        "product": {"productName": story.service or PRODUCTS.get(division(story), "UNKNOWN - Product unknown")},
        "proofOfDeliverySignedAvailable": False,
        "totalNumberOfPieces": len(pieces),
        "pieceIds": [piece[:-1] if division(story) == "parcel-de" else piece for piece in pieces],
        "weight": {"value": 1.2, "unitText": "kg"},
    }
    if story.handed_over_to:
        details["references"] = [{"number": story.handed_over_to, "type": "local-tracking-number"}]
    return details


def _address(spot: Spot) -> dict[str, str]:
    town = ", ".join(part for part in (spot.city, spot.region, spot.country) if part)
    named = {"countryCode": spot.country, "addressLocality": town if spot.city else ""}
    return {name: value for name, value in named.items() if value}
