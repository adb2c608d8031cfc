"""What UPS says of one parcel: its scans in order, what is promised, where it goes and where it was left."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from itertools import pairwise

from carriers.contract import Unreadable
from carriers.events import NOWHERE, Milestone, Place, Promise, PromiseKind, Tracked, TrackingEvent
from carriers.shapes import fields, items, words
from carriers.ups.instants import clock, day
from carriers.ups.scans import has_number, place_of, read_scan
from carriers.wording import clean

# An estimate ("RDD" rescheduled before "SDD" scheduled); "DEL" is the day it was delivered, never a promise.
ESTIMATES = (("RDD", PromiseKind.RESCHEDULED), ("SDD", PromiseKind.SCHEDULED))
NO_PLACES = frozenset({"DELIVERY PHOTO", "DEL"})  # stand in "location" without naming one
POST_NUMBERS = frozenset({"USPS_PIC"})  # types of alternate numbers under which the post goes on

_POSTAL_NUMBER = re.compile(r"(?:420[0-9]{5}(?:[0-9]{4})?)?9[0-9]{19,25}")
_NUMBER = re.compile(r"[A-Z0-9]{7,40}")


def read_parcel(package: Mapping[str, object], *, number: str) -> Tracked:
    """One package under this number. Raises Unreadable when it has activities and none can be read."""
    events, unread = _events(package, mail_innovations=_is_mail_innovations(package, number))
    if unread and not events:
        raise Unreadable(f"none of the {unread} activities UPS sent can be read")
    delivered = any(event.milestone is Milestone.DELIVERED for event in events)
    left_with = clean(words(fields(package.get("deliveryInformation")).get("location")), longest=80)
    if left_with.upper() in NO_PLACES:
        left_with = ""
    return Tracked(
        tracking_number=number,
        events=events,
        promise=_promise(package),
        destination=_destination(package),
        service=clean(words(fields(package.get("service")).get("description")), longest=80),
        left_with=left_with if delivered else "",
        pickup_by=day(fields(package.get("accessPointInformation")).get("pickupByDate")),
        handed_over_to=_handed_over_to(package),
        unread=unread,
    )


def _events(package: Mapping[str, object], *, mail_innovations: bool) -> tuple[tuple[TrackingEvent, ...], int]:
    listed = package.get("activity")
    if listed is not None and not isinstance(listed, list):
        raise Unreadable("UPS's list of activities is no list")
    activities = items(listed)
    numbered = _speaks_numbers(package, activities)
    read = [read_scan(each, numbered=numbered, mail_innovations=mail_innovations) for each in activities]
    events = [event for event in read if event]
    return _oldest_first(events), len(read) - len(events)


def _speaks_numbers(package: Mapping[str, object], activities: Sequence[object]) -> bool:
    """Today's answers carry a three-digit number everywhere, older ones nowhere."""
    current = words(fields(package.get("currentStatus")).get("code"))
    return any(map(has_number, activities)) or (len(current) == 3 and current.isdigit())


def _oldest_first(events: list[TrackingEvent]) -> tuple[TrackingEvent, ...]:
    """By instant; scans of one second in the order of the list, which mostly runs backwards. Each scan once."""
    falling = sum(one.occurred_at > other.occurred_at for one, other in pairwise(events))
    rising = sum(one.occurred_at < other.occurred_at for one, other in pairwise(events))
    listed = events[::-1] if falling >= rising else events
    once = {(event.code, event.local_text, event.place): event for event in listed}
    return tuple(sorted(once.values(), key=lambda event: event.occurred_at))


def _promise(package: Mapping[str, object]) -> Promise | None:
    days = {
        words(fields(each).get("type")): day(fields(each).get("date")) for each in items(package.get("deliveryDate"))
    }
    for name, kind in ESTIMATES:
        promised = days.get(name)
        if promised:
            return _with_times(fields(package.get("deliveryTime")), promised, kind)
    return None


def _with_times(said: Mapping[str, object], promised: date, kind: PromiseKind) -> Promise:
    start, end = clock(said.get("startTime")), clock(said.get("endTime"))
    match words(said.get("type")):
        case "CMT":  # a time that was sold with the service
            kind = PromiseKind.COMMITTED if kind is PromiseKind.SCHEDULED else kind
            start = None
        case "EDW" | "CDW" | "IDW":  # a window
            start = start if _in_order(start, end) else None
        case _:  # "EOD", the end of the day; "DEL", when it was delivered
            start = end = None
    return Promise(first_day=promised, last_day=promised, not_before=start, not_after=end, kind=kind)


def _in_order(start: time | None, end: time | None) -> bool:
    return start is not None and (end is None or start <= end)


def _destination(package: Mapping[str, object]) -> Place:
    for each in map(fields, items(package.get("packageAddress"))):
        if words(each.get("type")) == "DESTINATION":
            return place_of(fields(each.get("address")))
    return NOWHERE


def _handed_over_to(package: Mapping[str, object]) -> str:
    for each in map(fields, items(package.get("alternateTrackingNumber"))):
        number = words(each.get("number"))
        if words(each.get("type")) in POST_NUMBERS and _NUMBER.fullmatch(number):
            return number
    return ""


def _is_mail_innovations(package: Mapping[str, object], number: str) -> bool:
    service = words(fields(package.get("service")).get("description"))
    return "mail innovations" in service.casefold() or bool(_POSTAL_NUMBER.fullmatch(number))
