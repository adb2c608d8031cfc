"""Orders and parcels to put into words; invented, at one instant: Monday 24 November 2025, 15:00 in New York."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from carriers.events import Clock, Milestone, Phase, Place, Reason, TrackingEvent
from tracker.domain.orders import Order, OrderStage, ShopFacts, roll_up
from tracker.domain.shipments import (
    DelayCause,
    Item,
    Judgement,
    LookOutcome,
    OrderId,
    Shipment,
    ShipmentId,
    Standing,
    Watch,
    replay,
)
from tracker.domain.windows import DeliveryWindow, PromisedBy
from tracker.render.pages import PageView

NOW = datetime(2025, 11, 24, 20, 0, tzinfo=UTC)
HOME = "America/New_York"
TODAY = date(2025, 11, 24)
CARRIER_PAGE = "https://carrier.example/track?n=1Z999AA10123456784"

ITEMS = (
    Item(sku="TENT-2", name="Ridgeline tent, two people"),
    Item(sku="PEG", name="Titanium pegs, set of six", quantity=2),
    Item(sku="MUG", name="Enamel mug", quantity=4),
)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A wall time in New York in November 2025, after the end of summer time."""
    return datetime(2025, 11, day, hour, minute, tzinfo=UTC) + timedelta(hours=5)


def scan(
    milestone: Milestone,
    when: datetime,
    city: str = "Louisville",
    region: str = "KY",
    *,
    reason: Reason | None = None,
    phase: Phase | None = None,
    text: str = "",
    retracts: Milestone | None = None,
) -> TrackingEvent:
    """One scan on the east coast."""
    return TrackingEvent(
        code=f"{milestone}/{when:%d%H%M}",
        milestone=milestone,
        reason=reason,
        phase=phase,
        occurred_at=when,
        clock=Clock.BY_PLACE,
        utc_offset_minutes=-300,
        local_text=when.isoformat(),
        place=Place(city=city, region=region, country="US"),
        text=text,
        retracts=retracts,
    )


WAY = (
    scan(
        Milestone.LABEL_CREATED,
        at(20, 9, 12),
        "",
        "",
        text="Label made, parcel not handed over",
    ),
    scan(Milestone.PICKED_UP, at(20, 18, 40), "Boulder", "CO", text="Pickup Scan"),
    scan(Milestone.IN_TRANSIT, at(21, 2, 5), "Commerce City", "CO", phase=Phase.MOVED, text="Departed from Facility"),
    scan(Milestone.IN_TRANSIT, at(22, 23, 51), "LOUISVILLE", "KY", phase=Phase.MOVED, text="Arrived at Facility"),
    scan(Milestone.IN_TRANSIT, at(23, 8, 0), "Maspeth", "NY", phase=Phase.ARRIVED_LAST, text="Arrived at Facility"),
)
OUT = scan(Milestone.OUT_FOR_DELIVERY, at(24, 8, 31), "Brooklyn", "NY", text="Out For Delivery Today")
TODAY_WINDOW = DeliveryWindow(
    first_day=TODAY,
    last_day=TODAY,
    not_before=time(14),
    not_after=time(18),
    promised_by=PromisedBy.CARRIER,
    told_at=at(24, 8),
)


def days(first: int, last: int | None = None, *, by: PromisedBy = PromisedBy.CARRIER) -> DeliveryWindow:
    """A promise of whole days in November."""
    return DeliveryWindow(
        first_day=date(2025, 11, first), last_day=date(2025, 11, last or first), promised_by=by, told_at=at(20, 19)
    )


GOOD_WATCH = Watch(
    next_look_at=NOW + timedelta(minutes=26),
    asked_at=NOW - timedelta(minutes=12),
    tried_at=NOW - timedelta(minutes=12),
    outcome=LookOutcome.NOTHING_NEW,
    looks=14,
)


def parcel(
    milestone: Milestone | None = None,
    events: tuple[TrackingEvent, ...] = (),
    *,
    reason: Reason | None = None,
    window: DeliveryWindow | None = None,
    first_window: DeliveryWindow | None = None,
    delayed: DelayCause | None = None,
    watch: Watch = GOOD_WATCH,
    key: str = "s1",
    items: tuple[Item, ...] = ITEMS,
    left_with: str = "",
    pickup_by: date | None = None,
    carrier: str = "ups",
    handed_over_to: str = "",
) -> tuple[Shipment, tuple[TrackingEvent, ...]]:
    """A shipment standing where its newest event put it."""
    newest = events[-1] if events else None
    return Shipment(
        id=ShipmentId(key),
        order_id=OrderId("o1"),
        carrier=carrier,
        tracking_number="1Z999AA10123456784",
        created_at=at(20, 9),
        notify_after=at(20, 9),
        items=items,
        destination=Place(country="US"),
        destination_zone=HOME,
        service="UPS Ground" if carrier == "ups" else "",
        standing=_standing(milestone, reason, events),
        window=window,
        first_window=first_window,
        judgement=Judgement(delayed=delayed, delayed_since=NOW if delayed else None),
        watch=watch,
        last_event_at=newest.occurred_at if newest else None,
        left_with=left_with,
        pickup_by=pickup_by,
        handed_over_to=handed_over_to,
    ), events


def _standing(milestone: Milestone | None, reason: Reason | None, events: tuple[TrackingEvent, ...]) -> Standing:
    """As the fold has it; of a parcel whose events are left out, as the caller says."""
    folded = replay(events)
    if folded.milestone is milestone and folded.reason is reason:
        return folded
    newest = events[-1] if events else None
    return Standing(
        milestone=milestone,
        reason=reason,
        since=newest.occurred_at if newest else None,
        event=newest.fingerprint if newest else None,
    )


def said_by_shop(stage: OrderStage) -> ShopFacts:
    """What the shop must have said of an order that stands there."""
    steps = list(OrderStage)
    return ShopFacts(
        placed_at=at(19, 20),
        confirmed_at=at(19, 21) if steps.index(stage) >= steps.index(OrderStage.CONFIRMED) else None,
        packed_at=at(20, 9) if steps.index(stage) >= steps.index(OrderStage.PACKED) else None,
        cancelled_at=at(21, 9) if stage is OrderStage.CANCELLED else None,
    )


def view(
    stage: OrderStage,
    *parcels: tuple[Shipment, tuple[TrackingEvent, ...]],
    promised: DeliveryWindow | None = None,
    number: str = "1001",
    cancelled: bool = False,
    off: frozenset[ShipmentId] = frozenset(),
) -> PageView:
    """An order of these parcels, which they must put into this stage."""
    shipments = tuple(shipment for shipment, _ in parcels)
    facts = said_by_shop(stage)
    facts = replace(facts, cancelled_at=at(21, 9)) if cancelled else facts
    state = roll_up(facts, shipments)
    assert state.stage is stage, f"these parcels make the order {state.stage}"
    return PageView(
        order=Order(
            id=OrderId("o1"),
            brand="alpenglow",
            number=number,
            facts=facts,
            destination_zone=HOME,
            items=ITEMS,
            shipments=shipments,
            promised=promised,
            state=state,
            created_at=at(19, 20),
        ),
        events={shipment.id: events for shipment, events in parcels},
        carrier_pages={shipment.id: CARRIER_PAGE for shipment in shipments},
        cannot_be_asked=off,
    )


def blind(outcome: LookOutcome) -> Watch:
    """We have not been able to ask since this morning."""
    return replace(GOOD_WATCH, outcome=outcome, asked_at=at(24, 9), failing_since=at(24, 9, 10), failures=4)
