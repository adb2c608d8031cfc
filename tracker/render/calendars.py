"""The delivery as calendar entries that move with the window: one per parcel that is expected, or was."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from carriers.events import Milestone
from tracker.domain.brands import Brand
from tracker.domain.orders import Order, OrderStage
from tracker.domain.shipments import Shipment
from tracker.domain.windows import DeliveryWindow
from tracker.render import times
from tracker.render.languages import N_, Language
from tracker.render.plain import one_line

if TYPE_CHECKING:
    from icalendar import Event

ASK_AGAIN = timedelta(hours=1)  # who subscribes; programs ask far less often anyway
DELIVERY = N_("Delivery: order %(number)s from %(shop)s")
DELIVERY_ONE = N_("Delivery: parcel %(n)s of order %(number)s from %(shop)s")
COLLECT = N_("Collect order %(number)s from %(shop)s")
COLLECT_ONE = N_("Collect parcel %(n)s of order %(number)s from %(shop)s")
DELIVERED = N_("Delivered: order %(number)s from %(shop)s")
DELIVERED_ONE = N_("Delivered: parcel %(n)s of order %(number)s from %(shop)s")
NEVER = (Milestone.LOST, Milestone.RETURNING, Milestone.RETURNED, Milestone.CANCELLED)


Span = tuple[date | datetime, date | datetime]  # the end is not included, as calendars count


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One parcel in a calendar, or an order that has none yet."""

    uid: str
    summary: str
    span: Span
    status: str


def has_day(order: Order, *, now: datetime) -> bool:
    """Whether there is a day ahead that is worth an entry."""
    if order.state.ended:
        return False
    if not order.shipments:
        return _is_ahead(_promised(order), order.destination_zone, now)
    waited_for = [one for one in order.shipments if one.standing.milestone not in (Milestone.DELIVERED, *NEVER)]
    return any(_is_ahead(_days(one, order), one.destination_zone, now) for one in waited_for)


def file(order: Order, brand: Brand, *, language: Language, now: datetime, past: Sequence[Shipment] = ()) -> bytes:
    """iCalendar (RFC 5545) for a download or a subscription. An entry's UID is that of one parcel for good, by whatever
    number: the order's own for the first parcel it ever had. Its SEQUENCE rises with the order: it moves, or is
    cancelled, instead of standing there twice or for ever. No person's data, and no link: calendars are shared.
    `past`: superseded and removed journeys."""
    import icalendar  # 7 MB that a process nobody asks for a calendar need not hold

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Wismo//Tracking//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", language.say("Order %(number)s", number=one_line(order.number)))
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in _entries(order, brand, language, past):
        calendar.add_component(_event(icalendar.Event(), entry, order, now=now))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _entries(order: Order, brand: Brand, language: Language, past: Sequence[Shipment]) -> Iterator[_Entry]:
    facts = {"number": one_line(order.number), "shop": one_line(brand.name)}
    is_off = order.state.stage is OrderStage.CANCELLED
    own = None if order.shipments else _promised(order)
    if own:
        yield _Entry(uid=order.id, summary=language.say(DELIVERY, **facts), span=own, status=_status(is_off=is_off))
    parcels = _parcels(order.shipments, past)
    oldest = min((journeys[0] for journeys in parcels), key=lambda each: (each.created_at, each.id), default=None)
    for n, journeys in enumerate(parcels, start=1):
        shipment, is_first = journeys[-1], journeys[0] is oldest
        told = _last_told(journeys, order)
        if told is None or (own and is_first):
            continue
        is_named = len(order.shipments) > 1 and shipment.removed_at is None
        yield _Entry(
            uid=order.id if is_first else journeys[0].id,
            summary=_summary(language, shipment.standing.milestone, n=n if is_named else 0, **facts),
            span=told,
            status=_status(is_off=is_off or _is_off(shipment, order)),
        )


def _is_off(shipment: Shipment, order: Order) -> bool:
    """It was taken back, or its day was, or it will not come."""
    is_gone = shipment.removed_at is not None
    return is_gone or _days(shipment, order) is None or shipment.standing.milestone in NEVER


def _last_told(journeys: Sequence[Shipment], order: Order) -> Span | None:
    """The day of a parcel, or the last that may stand in somebody's calendar."""
    return next(filter(None, (_days(each, order) or _once_named(each) for each in reversed(journeys))), None)


def _parcels(current: Sequence[Shipment], past: Sequence[Shipment]) -> list[tuple[Shipment, ...]]:
    """The journeys of each parcel, the newest last: a corrected number is another journey of the same. First those that
    are expected, as the page counts them, then those that were taken back."""
    before = {each.superseded_by: each for each in past if each.superseded_by}
    found = []
    for last in (*current, *(each for each in past if each.removed_at)):
        journeys = [last]
        while earlier := before.get(journeys[0].id):
            journeys.insert(0, earlier)
        found.append(tuple(journeys))
    return found


def _status(*, is_off: bool) -> str:
    """Cancelled: nobody should wait at the door for it any more."""
    return "CANCELLED" if is_off else "CONFIRMED"


def _summary(language: Language, milestone: Milestone | None, *, n: int, **facts: str) -> str:
    match milestone:
        case Milestone.READY_FOR_PICKUP:
            return language.say(COLLECT_ONE if n else COLLECT, n=n, **facts)
        case Milestone.DELIVERED:
            return language.say(DELIVERED_ONE if n else DELIVERED, n=n, **facts)
        case _:
            return language.say(DELIVERY_ONE if n else DELIVERY, n=n, **facts)


def _days(shipment: Shipment, order: Order) -> Span | None:
    """From when to when; None when nobody named a day."""
    standing, zone = shipment.standing, shipment.destination_zone
    if standing.milestone is Milestone.DELIVERED and standing.day:
        return standing.day, standing.day + timedelta(days=1)
    if standing.milestone is Milestone.READY_FOR_PICKUP and (last := shipment.pickup_by or standing.day):
        return last, last + timedelta(days=1)  # where nobody says how long it waits, the day from which it does
    window = shipment.window or order.promised
    return _span(window, zone) if window else None


def _once_named(shipment: Shipment) -> Span | None:
    """The first day that was named, which may stand in somebody's calendar after it was taken back."""
    return _span(shipment.first_window, shipment.destination_zone) if shipment.first_window else None


def _promised(order: Order) -> Span | None:
    return _span(order.promised, order.destination_zone) if order.promised else None


def _span(window: DeliveryWindow, zone: str) -> Span:
    """Hours of one day where the parcel goes, else whole days; a carrier's "by 20:00" is the hours before it."""
    if window.not_after is None or window.first_day != window.last_day:
        return window.first_day, window.last_day + timedelta(days=1)
    place = times.zone_info(zone)
    until = datetime.combine(window.last_day, window.not_after, place)
    since = datetime.combine(window.first_day, window.not_before or time(8), place)
    return (since, until) if since < until else (until - timedelta(hours=1), until)


def _is_ahead(span: Span | None, zone: str, now: datetime) -> bool:
    if span is None:
        return False
    end = span[1]
    return end > now if isinstance(end, datetime) else end > times.today_at(now, zone)


def _event(event: "Event", entry: _Entry, order: Order, *, now: datetime) -> "Event":
    event.add("uid", f"{entry.uid}@wismo")
    event.add("dtstamp", now)
    event.add("sequence", order.version)
    event.add("summary", entry.summary)
    event.add("dtstart", entry.span[0])
    event.add("dtend", entry.span[1])
    event.add("status", entry.status)
    event.add("transp", "TRANSPARENT")  # waiting for a parcel keeps nobody from a meeting
    return event
