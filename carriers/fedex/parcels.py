"""What FedEx says of one parcel: its scans in order, what is promised, where it goes and where it was left."""

import re
from collections.abc import Mapping
from datetime import date, time
from itertools import pairwise

from carriers.contract import Unreadable
from carriers.events import NOWHERE, Milestone, Place, Promise, PromiseKind, Tracked, TrackingEvent
from carriers.fedex.instants import day_and_time
from carriers.fedex.scans import place_of, read_scan
from carriers.shapes import fields, items, words
from carriers.wording import clean

NO_PLACES = frozenset({"RESIDENCE"})  # stand where a spot belongs without naming one
PARTNERS_NUMBER = "PARTNER_CARRIER_NUMBER"
# Dates that promise; ESTIMATED_DELIVERY moves, COMMITMENT was sold. The standard transit time promises nothing.
PROMISES = (("ESTIMATED_DELIVERY", PromiseKind.SCHEDULED), ("COMMITMENT", PromiseKind.COMMITTED))

_NUMBER = re.compile(r"[A-Z0-9]{7,40}")


def read_parcel(result: Mapping[str, object], *, number: str) -> Tracked:
    """One track result under this number. Raises Unreadable when it has scans and none can be read."""
    events, unread = _events(result)
    if unread and not events:
        raise Unreadable(f"none of the {unread} scans FedEx sent can be read")
    delivered = any(event.milestone is Milestone.DELIVERED for event in events)
    return Tracked(
        tracking_number=number,
        events=events,
        promise=_promise(result),
        destination=_destination(result),
        service=clean(words(fields(result.get("serviceDetail")).get("description")), longest=80),
        left_with=_left_with(fields(result.get("deliveryDetails"))) if delivered else "",
        handed_over_to=_handed_over_to(fields(result.get("additionalTrackingInfo"))),
        unread=unread,
    )


def says_something(result: Mapping[str, object]) -> bool:
    """Whether a result is about a parcel at all."""
    return bool(result.get("scanEvents")) or bool(words(fields(result.get("latestStatusDetail")).get("code")))


def _events(result: Mapping[str, object]) -> tuple[tuple[TrackingEvent, ...], int]:
    listed = result.get("scanEvents")
    if listed is not None and not isinstance(listed, list):
        raise Unreadable("FedEx's list of scans is no list")
    scans = items(listed) or _delivery_alone(result)
    read = [read_scan(each) for each in scans]
    events = [event for event in read if event]
    return _oldest_first(events), len(read) - len(events)


def _delivery_alone(result: Mapping[str, object]) -> list[object]:
    """An old parcel can have lost its scans; that it was delivered, and when, still stands in two other places."""
    latest = fields(result.get("latestStatusDetail"))
    delivered_at = _dates(result).get("ACTUAL_DELIVERY")
    if words(latest.get("code")) != "DL" or not delivered_at:
        return []
    where = latest.get("scanLocation")
    return [
        {
            "eventType": "DL",
            "date": delivered_at,
            "eventDescription": latest.get("description"),
            "scanLocation": where,
        }
    ]


def _oldest_first(events: list[TrackingEvent]) -> tuple[TrackingEvent, ...]:
    """By instant; scans of one second in the order of the list, which mostly runs backwards. Each scan once."""
    falling = sum(one.occurred_at > other.occurred_at for one, other in pairwise(events))
    rising = sum(one.occurred_at < other.occurred_at for one, other in pairwise(events))
    listed = events[::-1] if falling >= rising else events
    once = {(event.code, event.local_text, event.place): event for event in listed}
    return tuple(sorted(once.values(), key=lambda event: event.occurred_at))


def _dates(result: Mapping[str, object]) -> dict[str, str]:
    listed = [fields(each) for each in items(result.get("dateAndTimes"))]
    return {words(each.get("type")): words(each.get("dateTime")) for each in listed}


def _promise(result: Mapping[str, object]) -> Promise | None:
    estimated = fields(fields(result.get("estimatedDeliveryTimeWindow")).get("window"))
    begins, ends = day_and_time(estimated.get("begins")), day_and_time(estimated.get("ends"))
    if ends:
        return _between(begins if begins and begins[0] <= ends[0] else None, ends)
    dates = _dates(result)
    for name, kind in PROMISES:
        promised = day_and_time(dates.get(name))
        if promised:
            on, until = promised
            return Promise(first_day=on, last_day=on, not_after=until, kind=kind)
    return None


def _between(begins: tuple[date, time | None] | None, ends: tuple[date, time | None]) -> Promise:
    last_day, not_after = ends
    first_day, not_before = begins or (last_day, None)
    if first_day == last_day and not_before and not_after and not_before > not_after:
        not_before = None
    return Promise(first_day=first_day, last_day=last_day, not_before=not_before, not_after=not_after)


def _destination(result: Mapping[str, object]) -> Place:
    """Where the recipient is; where it goes instead after a redirection only if that is all they say."""
    place = place_of(fields(result.get("recipientInformation")).get("address"))
    return place if place != NOWHERE else place_of(result.get("lastUpdatedDestinationAddress"))


def _left_with(details: Mapping[str, object]) -> str:
    """A spot ("Front Desk"); who received or signed is a person, or "Signature not required"."""
    spot = clean(words(details.get("locationDescription")), longest=80)
    return "" if spot.upper() in NO_PLACES else spot


def _handed_over_to(info: Mapping[str, object]) -> str:
    for each in map(fields, items(info.get("packageIdentifiers"))):
        if words(each.get("type")) == PARTNERS_NUMBER:
            numbers = [words(number) for number in (*items(each.get("values")), each.get("value"))]
            return next((number for number in numbers if _NUMBER.fullmatch(number)), "")
    return ""
