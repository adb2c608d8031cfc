"""Orders in every state a page can show; invented, at one instant: Monday 24 November 2025, 15:00 in New York."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from carriers.events import Clock, Milestone, Phase, Place, Reason, TrackingEvent
from tracker.domain.orders import Order, OrderStage, OrderState, ShopFacts
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
) -> tuple[Shipment, tuple[TrackingEvent, ...]]:
    """A shipment standing where its newest event put it."""
    newest = events[-1] if events else None
    return Shipment(
        id=ShipmentId(key),
        order_id=OrderId("o1"),
        carrier="ups",
        tracking_number="1Z999AA10123456784",
        created_at=at(20, 9),
        notify_after=at(20, 9),
        items=items,
        destination=Place(country="US"),
        destination_zone=HOME,
        service="UPS Ground",
        standing=Standing(
            milestone=milestone,
            reason=reason,
            since=newest.occurred_at if newest else None,
            event=newest.fingerprint if newest else None,
        ),
        window=window,
        first_window=first_window,
        judgement=Judgement(delayed=delayed, delayed_since=NOW if delayed else None),
        watch=watch,
        last_event_at=newest.occurred_at if newest else None,
        left_with=left_with,
        pickup_by=pickup_by,
    ), events


def view(
    stage: OrderStage,
    *parcels: tuple[Shipment, tuple[TrackingEvent, ...]],
    delivered: int = 0,
    promised: DeliveryWindow | None = None,
    number: str = "1001",
) -> PageView:
    """An order of these parcels."""
    shipments = tuple(shipment for shipment, _ in parcels)
    late = any(shipment.judgement.delayed for shipment in shipments)
    return PageView(
        order=Order(
            id=OrderId("o1"),
            brand="alpenglow",
            number=number,
            facts=ShopFacts(placed_at=at(19, 20)),
            destination_zone=HOME,
            items=ITEMS,
            shipments=shipments,
            promised=promised,
            state=OrderState(
                stage=stage, delayed=late, delivered=delivered, returned=0, parcels=len(shipments), ended=False
            ),
            created_at=at(19, 20),
        ),
        events={shipment.id: events for shipment, events in parcels},
        carrier_pages={shipment.id: CARRIER_PAGE for shipment in shipments},
    )


def blind(outcome: LookOutcome) -> Watch:
    """We have not been able to ask since this morning."""
    return replace(GOOD_WATCH, outcome=outcome, asked_at=at(24, 9), failing_since=at(24, 9, 10), failures=4)


def all_states() -> dict[str, PageView]:
    """Every page worth looking at, by name."""
    M, S = Milestone, OrderStage  # noqa: N806 - a table
    moving = WAY[:4]
    failed = scan(
        M.ATTEMPT_FAILED,
        at(24, 13, 2),
        "Brooklyn",
        "NY",
        reason=Reason.RECIPIENT_ABSENT,
        text="No one home",
    )
    shelf = scan(M.READY_FOR_PICKUP, at(24, 13, 40), "Brooklyn", "NY", reason=Reason.ACCESS_POINT)
    door = scan(M.DELIVERED, at(24, 14, 2), "Brooklyn", "NY", reason=Reason.SAFE_PLACE, text="DELIVERED")
    customs = scan(
        M.EXCEPTION,
        at(23, 7),
        "Louisville",
        "KY",
        reason=Reason.CUSTOMS,
        text="Customs: value of goods missing",
    )
    back = scan(M.RETURNING, at(24, 10), "Maspeth", "NY", reason=Reason.REFUSED)
    home = scan(M.RETURNED, at(24, 12), "Boulder", "CO")
    lost = scan(M.LOST, at(24, 12), "Maspeth", "NY")
    return {
        "placed": view(S.PLACED),
        "confirmed": view(S.CONFIRMED, promised=days(26, 28, by=PromisedBy.SHOP)),
        "cancelled": view(S.CANCELLED),
        "label": view(S.PACKED, parcel(M.LABEL_CREATED, WAY[:1])),
        "not_known_yet": view(S.PACKED, parcel(watch=replace(GOOD_WATCH, outcome=LookOutcome.NOT_KNOWN_YET))),
        "never_asked": view(S.PACKED, parcel(watch=Watch(next_look_at=NOW + timedelta(minutes=4)))),
        "in_transit": view(S.IN_TRANSIT, parcel(M.IN_TRANSIT, moving, window=days(25))),
        "in_transit_range": view(S.IN_TRANSIT, parcel(M.IN_TRANSIT, moving, window=days(26, 28, by=PromisedBy.SHOP))),
        "moved": view(S.IN_TRANSIT, parcel(M.IN_TRANSIT, moving, window=days(27), first_window=days(24))),
        "down": view(S.IN_TRANSIT, parcel(M.IN_TRANSIT, moving, window=days(25), watch=blind(LookOutcome.DOWN))),
        "refused": view(S.IN_TRANSIT, parcel(M.IN_TRANSIT, moving, watch=blind(LookOutcome.REFUSED))),
        "unreadable": view(S.IN_TRANSIT, parcel(M.IN_TRANSIT, moving, watch=blind(LookOutcome.UNREADABLE))),
        "busy": view(S.IN_TRANSIT, parcel(M.IN_TRANSIT, moving, watch=blind(LookOutcome.BUSY))),
        "out_for_delivery": view(S.OUT_FOR_DELIVERY, parcel(M.OUT_FOR_DELIVERY, (*WAY, OUT), window=TODAY_WINDOW)),
        "attempt_failed": view(
            S.OUT_FOR_DELIVERY,
            parcel(M.ATTEMPT_FAILED, (*WAY, OUT, failed), reason=Reason.RECIPIENT_ABSENT, delayed=DelayCause.MILESTONE),
        ),
        "ready_for_pickup": view(
            S.OUT_FOR_DELIVERY,
            parcel(M.READY_FOR_PICKUP, (*WAY, OUT, shelf), reason=Reason.ACCESS_POINT, pickup_by=date(2025, 12, 1)),
        ),
        "delivered": view(
            S.DELIVERED,
            parcel(M.DELIVERED, (*WAY, OUT, door), reason=Reason.SAFE_PLACE, left_with="Front Door"),
            delivered=1,
        ),
        "late": view(S.IN_TRANSIT, parcel(M.IN_TRANSIT, moving, window=days(21), delayed=DelayCause.PROMISE_PASSED)),
        "silent": view(S.IN_TRANSIT, parcel(M.IN_TRANSIT, moving, delayed=DelayCause.SILENT)),
        "customs": view(
            S.IN_TRANSIT, parcel(M.EXCEPTION, (*moving, customs), reason=Reason.CUSTOMS, delayed=DelayCause.MILESTONE)
        ),
        "returning": view(
            S.IN_TRANSIT, parcel(M.RETURNING, (*WAY, back), reason=Reason.REFUSED, delayed=DelayCause.MILESTONE)
        ),
        "returned": view(S.RETURNED, parcel(M.RETURNED, (*WAY, back, home))),
        "lost": view(S.IN_TRANSIT, parcel(M.LOST, (*WAY, lost), delayed=DelayCause.MILESTONE)),
        "three_parcels": view(
            S.IN_TRANSIT,
            parcel(M.DELIVERED, (*WAY, OUT, door), key="s1", reason=Reason.SAFE_PLACE, items=ITEMS[:1]),
            parcel(M.IN_TRANSIT, moving, key="s2", window=days(25), items=ITEMS[1:2]),
            parcel(M.LABEL_CREATED, WAY[:1], key="s3", delayed=DelayCause.NEVER_SCANNED, items=ITEMS[2:]),
            delivered=1,
        ),
    }
