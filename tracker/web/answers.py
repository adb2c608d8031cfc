"""What the API says of an order, a shipment and the stuck queue."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from carriers.events import Milestone, Place, Reason, TrackingEvent
from notifiers.message import Channel
from tracker.domain.orders import Order, OrderStage
from tracker.domain.people import Recipient, mask
from tracker.domain.shipments import DelayCause, Item, LookOutcome, Shipment, StuckReason, Watch
from tracker.domain.windows import DeliveryWindow, PromisedBy


class Result(StrEnum):
    """What a request did."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAnswer:
    """One line of what was bought."""

    sku: str
    name: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceAnswer:
    """A place as far as it is known; empty text for what is not."""

    country: str
    region: str
    city: str
    postcode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowAnswer:
    """When it should arrive, in days and times at the destination, and whose promise that is."""

    first_day: date
    last_day: date
    not_before: time | None
    not_after: time | None
    promised_by: PromisedBy
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LookingAnswer:
    """Our own asking: "no news" and "could not ask" are different facts."""

    outcome: LookOutcome | None
    asked_at: datetime | None
    tried_at: datetime | None
    next_look_at: datetime | None
    looks: int
    failures: int
    failing_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentAnswer:
    """One tracking number at one carrier."""

    id: str
    tracking_number: str
    carrier: str
    service: str
    items: list[ItemAnswer]
    milestone: Milestone | None
    reason: Reason | None
    since: datetime | None
    delayed: DelayCause | None
    stuck: StuckReason | None
    stuck_since: datetime | None
    severity: int
    window: WindowAnswer | None
    last_event_at: datetime | None
    left_with: str
    pickup_by: date | None
    looking: LookingAnswer
    created_at: datetime
    superseded_by: str | None
    removed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAnswer:
    """One scan."""

    occurred_at: datetime
    milestone: Milestone
    reason: Reason | None
    code: str
    text: str
    place: PlaceAnswer
    forecast: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyAnswer:
    """One shipment with its scans, newest first."""

    order: str
    brand: str
    shipment: ShipmentAnswer
    events: list[EventAnswer]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientAnswer:
    """A person to tell; addresses are masked."""

    locale: str
    time_zone: str
    email: str | None
    phone: str | None
    erased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSummary:
    """One line of the list."""

    number: str
    brand: str
    state: str
    stage: OrderStage
    delayed: bool
    delivered: int
    returned: int
    parcels: int
    ended: bool
    placed_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAnswer:
    """An order with its parcels."""

    number: str
    brand: str
    state: str  # "delayed", or the stage
    stage: OrderStage  # the progress underneath
    delayed: bool
    delivered: int  # parcels
    returned: int
    parcels: int
    ended: bool
    placed_at: datetime
    confirmed_at: datetime | None
    packed_at: datetime | None
    cancelled_at: datetime | None
    destination: PlaceAnswer
    time_zone: str
    items: list[ItemAnswer]
    promised: WindowAnswer | None
    recipients: list[RecipientAnswer]
    shipments: list[ShipmentAnswer]
    page_url: str | None
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What a statement of the shop did."""

    result: Result
    changed: list[str]  # names of the fields
    order: OrderAnswer
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """Some orders, the newest first, and where the next ones begin."""

    orders: list[OrderSummary]
    next: str | None  # hand it back as ?after=


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckAnswer:
    """A shipment somebody should look at."""

    order: str
    brand: str
    shipment: ShipmentAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckPage:
    """The worst first."""

    stuck: list[StuckAnswer]


def of_order(order: Order, *, page_url: str | None) -> OrderAnswer:
    """Everything about one order."""
    facts, state = order.facts, order.state
    return OrderAnswer(
        number=order.number,
        brand=order.brand,
        state=state.state,
        stage=state.stage,
        delayed=state.delayed,
        delivered=state.delivered,
        returned=state.returned,
        parcels=state.parcels,
        ended=state.ended,
        placed_at=facts.placed_at,
        confirmed_at=facts.confirmed_at,
        packed_at=facts.packed_at,
        cancelled_at=facts.cancelled_at,
        destination=_place(order.destination),
        time_zone=order.destination_zone,
        items=_items(order.items),
        promised=_window(order.promised),
        recipients=[_recipient(each) for each in order.recipients],
        shipments=[of_shipment(each) for each in order.shipments],
        page_url=page_url,
        created_at=order.created_at,
        version=order.version,
    )


def summary(order: Order) -> OrderSummary:
    """One line of the list."""
    state = order.state
    return OrderSummary(
        number=order.number,
        brand=order.brand,
        state=state.state,
        stage=state.stage,
        delayed=state.delayed,
        delivered=state.delivered,
        returned=state.returned,
        parcels=state.parcels,
        ended=state.ended,
        placed_at=order.facts.placed_at,
        created_at=order.created_at,
    )


def of_shipment(shipment: Shipment) -> ShipmentAnswer:
    """Everything about one shipment but its scans."""
    standing, judgement = shipment.standing, shipment.judgement
    return ShipmentAnswer(
        id=shipment.id,
        tracking_number=shipment.tracking_number,
        carrier=shipment.carrier,
        service=shipment.service,
        items=_items(shipment.items),
        milestone=standing.milestone,
        reason=standing.reason,
        since=standing.since,
        delayed=judgement.delayed,
        stuck=judgement.stuck,
        stuck_since=judgement.stuck_since,
        severity=judgement.severity,
        window=_window(shipment.window),
        last_event_at=shipment.last_event_at,
        left_with=shipment.left_with,
        pickup_by=shipment.pickup_by,
        looking=_looking(shipment.watch),
        created_at=shipment.created_at,
        superseded_by=shipment.superseded_by,
        removed_at=shipment.removed_at,
    )


def events(found: Sequence[TrackingEvent]) -> list[EventAnswer]:
    """Scans, newest first."""
    return [
        EventAnswer(
            occurred_at=each.occurred_at,
            milestone=each.milestone,
            reason=each.reason,
            code=each.code,
            text=each.text,
            place=_place(each.place),
            forecast=each.forecast,
        )
        for each in sorted(found, key=lambda each: each.occurred_at, reverse=True)
    ]


def _recipient(person: Recipient) -> RecipientAnswer:
    masked = {contact.channel: mask(contact.address) for contact in person.contacts}
    return RecipientAnswer(
        locale=person.locale,
        time_zone=person.time_zone,
        email=masked.get(Channel.EMAIL),
        phone=masked.get(Channel.SMS),
        erased=person.erased,
    )


def _items(items: Sequence[Item]) -> list[ItemAnswer]:
    return [ItemAnswer(sku=each.sku, name=each.name, quantity=each.quantity) for each in items]


def _place(place: Place) -> PlaceAnswer:
    return PlaceAnswer(country=place.country, region=place.region, city=place.city, postcode=place.postcode)


def _window(window: DeliveryWindow | None) -> WindowAnswer | None:
    if window is None:
        return None
    return WindowAnswer(
        first_day=window.first_day,
        last_day=window.last_day,
        not_before=window.not_before,
        not_after=window.not_after,
        promised_by=window.promised_by,
        told_at=window.told_at,
    )


def _looking(watch: Watch) -> LookingAnswer:
    return LookingAnswer(
        outcome=watch.outcome,
        asked_at=watch.asked_at,
        tried_at=watch.tried_at,
        next_look_at=watch.next_look_at,
        looks=watch.looks,
        failures=watch.failures,
        failing_since=watch.failing_since,
    )
