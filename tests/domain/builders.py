"""Values that fill what does not matter in a test, so that what is written matters."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from carriers.events import Clock, Milestone, TrackingEvent
from notifiers.message import Channel
from tracker.domain.brands import Brand, Theme
from tracker.domain.cadence import Ladder, Rung
from tracker.domain.judgement import Calendar, Patience
from tracker.domain.notices import Notice, TellingPolicy
from tracker.domain.orders import Order, ShopFacts
from tracker.domain.people import Consent, Contact, Recipient, RecipientId
from tracker.domain.shipments import OrderId, Shipment, ShipmentId, Standing
from tracker.domain.windows import DeliveryWindow, PromisedBy

MONDAY = date(2026, 5, 4)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def a_scan(milestone: Milestone, at: datetime = NOON, **known: Any) -> TrackingEvent:
    """One scan; its code is its milestone and its wall time is UTC unless said otherwise."""
    facts: dict[str, Any] = {
        "code": milestone.value,
        "clock": Clock.EXACT,
        "utc_offset_minutes": 0,
        "local_text": at.isoformat(),
    }
    return TrackingEvent(milestone=milestone, occurred_at=at, **(facts | known))


def a_day_scan(milestone: Milestone, day: date, **known: Any) -> TrackingEvent:
    """A scan of which the carrier gives only the day."""
    at = datetime.combine(day, time(), tzinfo=UTC)
    return a_scan(milestone, at, **({"clock": Clock.DAY_ONLY} | known))


def stands(milestone: Milestone | None, **known: object) -> Standing:
    facts: dict[str, object] = {"milestone": milestone, "since": NOON, "event": "e", "day": MONDAY}
    return Standing(**(facts | known))  # type: ignore[arg-type]


def a_shipment(milestone: Milestone | None = None, **known: Any) -> Shipment:
    facts: dict[str, Any] = {
        "id": ShipmentId("s1"),
        "order_id": OrderId("o1"),
        "carrier": "ups",
        "tracking_number": "1Z0000000000000001",
        "created_at": NOON - DAY,
        "notify_after": NOON - 30 * DAY,
        "standing": Standing(milestone=milestone, since=NOON if milestone else None, day=MONDAY),
    }
    return Shipment(**(facts | known))


def a_window(first: date = MONDAY, last: date | None = None, **known: Any) -> DeliveryWindow:
    facts: dict[str, Any] = {"promised_by": PromisedBy.CARRIER, "told_at": NOON}
    return DeliveryWindow(first_day=first, last_day=last or first, **(facts | known))


def a_recipient(**known: Any) -> Recipient:
    facts: dict[str, Any] = {
        "id": RecipientId("r1"),
        "contacts": (Contact(channel=Channel.EMAIL, address="ann@shopper.example"),),
        "consents": (Consent(channel=Channel.EMAIL, granted=True, source="checkout", at=NOON - DAY),),
    }
    return Recipient(**(facts | known))


def an_order(*shipments: Shipment, **known: Any) -> Order:
    facts: dict[str, Any] = {
        "id": OrderId("o1"),
        "brand": "fern",
        "number": "1001",
        "facts": ShopFacts(placed_at=NOON - DAY),
        "recipients": (a_recipient(),),
        "shipments": shipments,
        "created_at": NOON - DAY,
    }
    return Order(**(facts | known))


def a_brand(**known: Any) -> Brand:
    colours = dict.fromkeys(
        ("accent", "on_accent", "ink", "paper", "accent_dark", "on_accent_dark", "ink_dark", "paper_dark"), "#000000"
    )
    facts: dict[str, Any] = {
        "slug": "fern",
        "name": "Fern",
        "theme": Theme(**colours, font="serif", radius_px=4),
        "mail_from": "Fern <post@fern.example>",
    }
    return Brand(**(facts | known))


SETTLE = dict.fromkeys(Notice, timedelta(seconds=90)) | {
    Notice.CONFIRMED: timedelta(),
    Notice.DELIVERED: timedelta(),
    Notice.OUT_FOR_DELIVERY: timedelta(seconds=15),
}
LIFETIME = dict.fromkeys(Notice, 24 * HOUR) | {
    Notice.SHIPPED: 48 * HOUR,
    Notice.IN_TRANSIT: 12 * HOUR,
    Notice.OUT_FOR_DELIVERY: 15 * HOUR,
    Notice.DELIVERED: 48 * HOUR,
    Notice.RETURNED: 48 * HOUR,
}
POLICY = TellingPolicy(
    settle=SETTLE, lifetime=LIFETIME, correction_stands=timedelta(minutes=10), window_moves=timedelta(hours=2)
)
PATIENCE = Patience(
    never_scanned=3 * DAY,
    silent={
        Milestone.PICKED_UP: 2 * DAY,
        Milestone.IN_TRANSIT: 3 * DAY,
        Milestone.OUT_FOR_DELIVERY: DAY,
        Milestone.ATTEMPT_FAILED: 2 * DAY,
        Milestone.READY_FOR_PICKUP: 7 * DAY,
        Milestone.EXCEPTION: DAY,
        Milestone.RETURNING: 7 * DAY,
    },
    promise_grace=2 * HOUR,
    pickup_ending=2 * DAY,
    cannot_ask=6 * HOUR,
    number_unknown=2 * DAY,
)
EVERY_DAY_WORKS = Calendar(holidays=frozenset(), weekend=frozenset())
LADDER = Ladder(
    rungs=dict.fromkeys((None, *Milestone), Rung(day=2 * HOUR, night=6 * HOUR, due=HOUR)),
    day_from_hour=7,
    day_to_hour=21,
    longest=DAY,
    watched=timedelta(minutes=5),
    watched_for=timedelta(minutes=15),
    error_steps=(timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=30)),
    unknown_steps=(timedelta(minutes=30), 2 * HOUR, 12 * HOUR),
    stop_after_end=DAY,
    give_up=45 * DAY,
)
