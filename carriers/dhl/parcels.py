"""What DHL says of one shipment: its scans in order, what is promised, where it goes and who finishes the journey."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from carriers.contract import Unreadable
from carriers.dhl.codes import SERVICES, Meaning
from carriers.dhl.instants import Stamp, day, is_midnight, stamp
from carriers.dhl.numbers import partner_number
from carriers.dhl.places import place_of
from carriers.dhl.scans import habits_of, read_scan
from carriers.events import Milestone, Place, Promise, Tracked, TrackingEvent
from carriers.shapes import fields, items, words
from carriers.wording import clean
from carriers.zones import zone_of

END_OF_DAY = time(23, 59)  # a window's end that only says "that day"
RETURNS = frozenset({"parcel-de"})  # where a return has the same words as a delivery, told apart by a flag
WAY_BACK = {
    Milestone.OUT_FOR_DELIVERY: Milestone.RETURNING,
    Milestone.READY_FOR_PICKUP: Milestone.RETURNING,
    Milestone.DELIVERED: Milestone.RETURNED,
}

_PLACEHOLDERS = re.compile(r"UNKNOWN\b.*", re.IGNORECASE)


def read_parcel(shipment: Mapping[str, object], *, number: str) -> Tracked:
    """One shipment under this number. Raises Unreadable when it has events and none can be read."""
    service = words(shipment.get("service"))
    if service not in SERVICES:
        raise Unreadable("DHL does not say which of its divisions has the parcel, or one we do not know")
    events, unread = _events(shipment, service)
    if unread and not events:
        raise Unreadable(f"none of the {unread} events DHL sent can be read")
    destination = place_of(shipment.get("destination"))
    product = clean(words(fields(fields(shipment.get("details")).get("product")).get("productName")), longest=80)
    return Tracked(
        tracking_number=number,
        events=events,
        promise=_promise(shipment, destination),
        destination=destination,
        service="" if _PLACEHOLDERS.fullmatch(product) else product,
        handed_over_to=partner_number(shipment),
        unread=unread,
    )


def _events(shipment: Mapping[str, object], service: str) -> tuple[tuple[TrackingEvent, ...], int]:
    listed = shipment.get("events")
    if listed is not None and not isinstance(listed, list):
        raise Unreadable("DHL's list of events is no list")
    newest = shipment.get("status")
    entries = _listed_forward(items(listed) or [newest] * bool(fields(newest)))  # new labels can lack the list
    habits = habits_of(service, entries, newest)
    read = [read_scan(each, habits) for each in entries]
    events = _without_repeats([each for each in read if each])
    if service in RETURNS and shipment.get("returnFlag") is True:
        events = [_on_the_way_back(event) for event in events]
    return tuple(events), read.count(None)


def _listed_forward(entries: Sequence[object]) -> Sequence[object]:
    """The oldest first; they are mostly written newest first."""
    stamps = [stamp(words(fields(each).get("timestamp"))) for each in entries]
    walls = [each.wall for each in stamps if each]
    falling = sum(one > other for one, other in pairwise(walls))
    rising = sum(one < other for one, other in pairwise(walls))
    return entries[::-1] if falling >= rising else entries


def _without_repeats(read: Sequence[tuple[TrackingEvent, Meaning]]) -> list[TrackingEvent]:
    """By instant, those of one second in the order of the list; each scan once; a retraction names what it undoes."""
    once = {(event.code, event.local_text, event.place): (event, meaning) for event, meaning in read}
    events: list[TrackingEvent] = []
    for event, meaning in sorted(once.values(), key=lambda pair: pair[0].occurred_at):
        before = next((each.milestone for each in reversed(events) if each.milestone is not Milestone.UNKNOWN), None)
        events.append(replace(event, retracts=before) if meaning.retracts else event)
    return events


def _on_the_way_back(event: TrackingEvent) -> TrackingEvent:
    """What they write of a door or a counter is the sender's once the shipment is marked."""
    return replace(event, milestone=WAY_BACK.get(event.milestone, event.milestone))


def _promise(shipment: Mapping[str, object], destination: Place) -> Promise | None:
    """The window, else the estimate: days at the destination; a date written as its midnight is never shifted."""
    frame = fields(shipment.get("estimatedDeliveryTimeFrame"))
    first, last = (_there(frame.get(name), destination) for name in ("estimatedFrom", "estimatedThrough"))
    if first and last and first <= last:
        days = first.date(), max(first.date(), _last_day(frame.get("estimatedThrough"), last))
        return Promise(first_day=days[0], last_day=days[1], not_before=_hour(first), not_after=_hour(last))
    estimate = _there(shipment.get("estimatedTimeOfDelivery"), destination)
    return Promise(first_day=estimate.date(), last_day=estimate.date(), not_after=_hour(estimate)) if estimate else None


def _hour(wall: datetime) -> time | None:
    """The time of day, when it says more than "that day"."""
    return wall.time() if time(0) < wall.time() < END_OF_DAY else None


def _last_day(value: object, last: datetime) -> date:
    """A window whose end comes out as midnight there ends with the day before; one written as midnight is a date."""
    said = stamp(words(value))
    shifted = said is not None and not is_midnight(said)
    return (last - timedelta(minutes=1)).date() if shifted and last.time() == time(0) else last.date()


def _there(value: object, destination: Place) -> datetime | None:
    """The wall time at the destination."""
    only_day = day(words(value))
    if only_day:
        return datetime.combine(only_day, time(0))
    said = stamp(words(value))
    return _moved(said, destination) if said else None


def _moved(said: Stamp, destination: Place) -> datetime:
    """UTC becomes local where the destination has one zone; any other time is local already."""
    zone = zone_of(destination)
    if not said.in_utc or is_midnight(said) or zone is None:
        return said.wall
    local = (said.wall.replace(tzinfo=zone)).utcoffset() or timedelta(0)
    return said.wall + local
