"""What USPS says of one parcel: its scans in order, what is promised, where it goes and where it was left."""

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from itertools import pairwise

from carriers.contract import Unreadable
from carriers.events import Milestone, Place, Promise, PromiseKind, Tracked, TrackingEvent
from carriers.shapes import items, words
from carriers.usps.instants import clock, day, wall
from carriers.usps.scans import place_of, plain, read_scan

# They use numbers again. The day this use was announced stands beside the scans: one far before it is another parcel's.
FORMER_USE = timedelta(days=14)
LONGEST_NOTE = 80

_SPOT = re.compile(r"Delivered, (.+)", re.IGNORECASE)


def read_parcel(payload: Mapping[str, object], *, number: str) -> Tracked:
    """One parcel under this number. Raises Unreadable when it has scans and none can be read."""
    listed = payload.get("trackingEvents")
    if listed is not None and not isinstance(listed, list):
        raise Unreadable("USPS's list of tracking events is no list")
    read = [read_scan(each) for each in items(listed)]
    events = _oldest_first([event for event in read if event])
    unread = read.count(None)
    if unread and not events:
        raise Unreadable(f"none of the {unread} tracking events USPS sent can be read")
    return Tracked(
        tracking_number=number,
        events=_of_this_use(events, payload),
        promise=_promise(payload),
        destination=_destination(payload),
        service=_service(payload),
        left_with=_left_with(events),
        pickup_by=day(payload.get("returnDateNotice")),  # the day it goes back if nobody collects it
        unread=unread,
    )


def _oldest_first(events: list[TrackingEvent]) -> tuple[TrackingEvent, ...]:
    """By instant; scans of one minute in the order of the list, which mostly runs backwards. Each scan once."""
    falling = sum(one.occurred_at > other.occurred_at for one, other in pairwise(events))
    rising = sum(one.occurred_at < other.occurred_at for one, other in pairwise(events))
    listed = events[::-1] if falling >= rising else events
    once = {(event.code, event.local_text, event.place): event for event in listed}
    return tuple(sorted(once.values(), key=lambda event: event.occurred_at))


def _of_this_use(events: tuple[TrackingEvent, ...], payload: Mapping[str, object]) -> tuple[TrackingEvent, ...]:
    announced = day(payload.get("mailPieceIntakeDate"))
    if not announced:
        return events
    earliest = datetime.combine(announced, time()) - FORMER_USE
    return tuple(event for event in events if datetime.fromisoformat(event.local_text) >= earliest)


def _promise(payload: Mapping[str, object]) -> Promise | None:
    """What they predict moves with the parcel and goes before what they expected; a guarantee was sold."""
    predicted = day(payload.get("predictedDeliveryDate"))
    if predicted:
        start = clock(payload.get("predictedDeliveryWindowStartTime"))
        end = clock(payload.get("predictedDeliveryWindowEndTime"))
        if start and end and start > end:
            start = None
        end = end or clock(payload.get("endOfDay"))
        return Promise(first_day=predicted, last_day=predicted, not_before=start, not_after=end)
    for name, kind in (("expected", PromiseKind.SCHEDULED), ("guaranteed", PromiseKind.COMMITTED)):
        stamp = payload.get(f"{name}DeliveryTimeStamp")
        promised = day(stamp) or day(payload.get(f"{name}DeliveryDate"))
        if promised:
            at = clock(payload.get(f"{name}DeliveryTime")) or _time_of(stamp) or clock(payload.get("endOfDay"))
            return Promise(first_day=promised, last_day=promised, not_after=at, kind=kind)
    return None


def _time_of(stamp: object) -> time | None:
    """Midnight means that only the day is promised."""
    at = wall(stamp)
    return at.time() if at and at.time() != time() else None


def _destination(payload: Mapping[str, object]) -> Place:
    names = ("destinationCity", "destinationState", "destinationZIP", "destinationCountryCode")
    city, state, postcode, country = (payload.get(name) for name in names)
    return place_of(city, state, postcode, country)


def _service(payload: Mapping[str, object]) -> str:
    """The class of mail, or the first of its services, which are a list or one text."""
    listed = payload.get("services")
    services = [words(each) for each in items(listed)] or [words(listed)]
    return plain(payload.get("mailClass"), longest=LONGEST_NOTE) or plain(services[0], longest=LONGEST_NOTE)


def _left_with(events: tuple[TrackingEvent, ...]) -> str:
    """The spot in the newest word of a delivery; names of people stand in other fields, which are not read."""
    for event in reversed(events):
        found = _SPOT.fullmatch(event.text) if event.milestone is Milestone.DELIVERED else None
        if found:
            return found[1][:LONGEST_NOTE].rstrip()
    return ""
