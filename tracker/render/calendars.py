"""The delivery as calendar entries that move with the window: one per parcel that is expected, or was."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from carriers.events import Milestone
from tracker.domain.brands import Brand
from tracker.domain.orders import Order, OrderStage
from tracker.domain.shipments import Shipment
from tracker.domain.windows import DeliveryWindow
from tracker.render import times, words
from tracker.render.languages import Language
from tracker.render.plain import one_line

if TYPE_CHECKING:
    from icalendar import Event

ASK_AGAIN = timedelta(hours=1)  # who subscribes; programs ask far less often anyway
NEVER = (Milestone.LOST, Milestone.RETURNING, Milestone.RETURNED, Milestone.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One parcel in a calendar."""

    shipment: Shipment
    summary: str
    start: date | datetime
    end: date | datetime  # not included, as calendars count
    status: str


def has_day(order: Order, *, now: datetime) -> bool:
    """Whether there is a day ahead that is worth an entry."""
    if order.state.ended:
        return False
    return any(_is_ahead(shipment, order, now) for shipment in order.shipments)


def file(order: Order, brand: Brand, *, language: Language, now: datetime) -> bytes:
    """iCalendar (RFC 5545) for a download or a subscription. The same entry keeps its UID, and its SEQUENCE rises with
    the order, so that it moves instead of standing there twice. No person's data, and no link: calendars are shared."""
    import icalendar  # 7 MB that a process nobody asks for a calendar need not hold

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Wismo//Tracking//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", language.say("Order %(number)s", number=one_line(order.number)))
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in _entries(order, brand, language):
        calendar.add_component(_event(icalendar.Event(), entry, order, now=now))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _entries(order: Order, brand: Brand, language: Language) -> Iterator[_Entry]:
    several = len(order.shipments) > 1
    for n, shipment in enumerate(order.shipments, start=1):
        days = _days(shipment, order)
        if days is None:
            continue
        names = words.names(language, shipment.carrier, shop=brand.name)
        yield _Entry(
            shipment=shipment,
            summary=_summary(language, order, shipment, number=n if several else 0, **names),
            start=days[0],
            end=days[1],
            status="CANCELLED" if _is_off(shipment, order) else "CONFIRMED",
        )


def _summary(language: Language, order: Order, shipment: Shipment, *, number: int, **names: str) -> str:
    facts = {"number": one_line(order.number), "shop": names["shop"], "n": number}
    match shipment.standing.milestone:
        case Milestone.READY_FOR_PICKUP if number:
            return language.say("Collect parcel %(n)s of order %(number)s from %(shop)s", **facts)
        case Milestone.READY_FOR_PICKUP:
            return language.say("Collect order %(number)s from %(shop)s", **facts)
        case Milestone.DELIVERED if number:
            return language.say("Delivered: parcel %(n)s of order %(number)s from %(shop)s", **facts)
        case Milestone.DELIVERED:
            return language.say("Delivered: order %(number)s from %(shop)s", **facts)
        case _ if number:
            return language.say("Delivery: parcel %(n)s of order %(number)s from %(shop)s", **facts)
        case _:
            return language.say("Delivery: order %(number)s from %(shop)s", **facts)


def _days(shipment: Shipment, order: Order) -> tuple[date | datetime, date | datetime] | None:
    """From when to when; None when nobody named a day."""
    standing, zone = shipment.standing, shipment.destination_zone
    if standing.milestone is Milestone.DELIVERED and standing.day:
        return standing.day, standing.day + timedelta(days=1)
    if standing.milestone is Milestone.READY_FOR_PICKUP:
        last = shipment.pickup_by
        return (last, last + timedelta(days=1)) if last else None
    window = shipment.window or order.promised
    return _span(window, zone) if window else None


def _span(window: DeliveryWindow, zone: str) -> tuple[date | datetime, date | datetime]:
    """Hours of one day where the parcel goes, else whole days; a carrier's "by 20:00" is the hours before it."""
    if window.not_after is None or window.first_day != window.last_day:
        return window.first_day, window.last_day + timedelta(days=1)
    place = times.zone_info(zone)
    until = datetime.combine(window.last_day, window.not_after, place)
    since = datetime.combine(window.first_day, window.not_before or time(8), place)
    return (since, until) if since < until else (until - timedelta(hours=1), until)


def _is_ahead(shipment: Shipment, order: Order, now: datetime) -> bool:
    days = _days(shipment, order)
    if days is None or _is_off(shipment, order) or shipment.standing.milestone is Milestone.DELIVERED:
        return False
    end = days[1]
    if isinstance(end, datetime):
        return end > now
    return end > times.today_at(now, shipment.destination_zone)


def _is_off(shipment: Shipment, order: Order) -> bool:
    """Nobody should wait at the door for it any more."""
    return shipment.standing.milestone in NEVER or order.state.stage is OrderStage.CANCELLED


def _event(event: "Event", entry: _Entry, order: Order, *, now: datetime) -> "Event":
    event.add("uid", f"{entry.shipment.id}@wismo")
    event.add("dtstamp", now)
    event.add("sequence", order.version)
    event.add("summary", entry.summary)
    event.add("dtstart", entry.start)
    event.add("dtend", entry.end)
    event.add("status", entry.status)
    event.add("transp", "TRANSPARENT")  # waiting for a parcel keeps nobody from a meeting
    return event
