"""Which pages there can be: what a carrier may say of a parcel, what may be late, and what an order may be made of."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations_with_replacement, product

from carriers.events import Milestone, Reason, TrackingEvent
from tracker.domain.follows import FOLLOWS, Move
from tracker.domain.orders import Order, ShopFacts, roll_up
from tracker.domain.shipments import DelayCause, LookOutcome, OrderId, Shipment, ShipmentId, Watch, replay
from tracker.domain.windows import DeliveryWindow
from tracker.render.gallery.orders import GOOD_WATCH, HOME, NOW, TODAY_WINDOW, at, blind, days, scan
from tracker.render.gallery.orders import parcel as a_parcel
from tracker.render.pages import PageView

M, R, D = Milestone, Reason, DelayCause
Parcel = tuple[Shipment, tuple[TrackingEvent, ...]]

_LEFT = (R.ACCESS_POINT, R.DAMAGED, R.FRONT_DESK, R.LOCKER, R.MAILBOX, R.NEIGHBOUR, R.POST_OFFICE, R.SAFE_PLACE)

REASONS: dict[Milestone | None, tuple[Reason | None, ...]] = {  # what some carrier's table of codes can say
    None: (None,),
    M.LABEL_CREATED: (None,),
    M.PICKED_UP: (None,),
    M.IN_TRANSIT: (None,),
    M.OUT_FOR_DELIVERY: (None,),
    M.ATTEMPT_FAILED: (
        None,
        R.ACCESS_POINT,
        R.ADDRESS,
        R.BUSINESS_CLOSED,
        R.DAMAGED,
        R.LOCKER,
        R.NOT_COLLECTED,
        R.OPERATIONAL,
        R.PAYMENT,
        R.RECIPIENT_ABSENT,
        R.REFUSED,
        R.RESCHEDULED,
        R.SECURITY,
        R.SIGNATURE_NEEDED,
    ),
    M.READY_FOR_PICKUP: (None, R.ACCESS_POINT, R.LOCKER, R.POST_OFFICE),
    M.DELIVERED: (None, *_LEFT),
    M.EXCEPTION: (
        None,
        R.ACCESS_POINT,
        R.ADDRESS,
        R.BUSINESS_CLOSED,
        R.CUSTOMS,
        R.DAMAGED,
        R.HELD,
        R.MISSENT,
        R.OPERATIONAL,
        R.PAYMENT,
        R.RESCHEDULED,
        R.SECURITY,
        R.WEATHER,
    ),
    M.RETURNING: (None, R.ADDRESS, R.CUSTOMS, R.DAMAGED, R.NOT_COLLECTED, R.PAYMENT, R.REFUSED),
    M.RETURNED: (None, R.ADDRESS, R.CUSTOMS, R.NOT_COLLECTED, R.REFUSED, *_LEFT),  # or handed over on the way back
    M.LOST: (None, R.DAMAGED),
    M.CANCELLED: (None,),
}

LATE: dict[Milestone | None, tuple[DelayCause | None, ...]] = {  # what the judge can say beside it
    None: (None, D.PROMISE_PASSED, D.NEVER_SCANNED),
    M.LABEL_CREATED: (None, D.PROMISE_PASSED, D.NEVER_SCANNED),
    M.PICKED_UP: (None, D.PROMISE_PASSED, D.SILENT),
    M.IN_TRANSIT: (None, D.PROMISE_PASSED, D.SILENT),
    M.OUT_FOR_DELIVERY: (None, D.PROMISE_PASSED, D.SILENT),
    M.ATTEMPT_FAILED: (D.MILESTONE,),
    M.READY_FOR_PICKUP: (None, D.PICKUP_ENDING),
    M.DELIVERED: (None,),
    M.EXCEPTION: (D.MILESTONE,),
    M.RETURNING: (D.MILESTONE,),
    M.RETURNED: (None,),
    M.LOST: (D.MILESTONE,),
    M.CANCELLED: (None,),
}

WINDOWS: dict[str, tuple[DeliveryWindow | None, DeliveryWindow | None]] = {  # now and first promised
    "none": (None, None),
    "today": (TODAY_WINDOW, None),
    "coming": (days(25, 26), None),
    "moved": (days(27), days(24)),
    "passed": (days(21), None),
}
WATCHES: dict[str, Watch] = {
    "good": GOOD_WATCH,
    "first": Watch(next_look_at=NOW + timedelta(minutes=4)),
    "unknown": replace(GOOD_WATCH, outcome=LookOutcome.NOT_KNOWN_YET),
    "over": replace(GOOD_WATCH, next_look_at=None),
    "overdue": replace(GOOD_WATCH, next_look_at=NOW - timedelta(hours=2)),
    **{each.value: blind(each) for each in (LookOutcome.DOWN, LookOutcome.BUSY, LookOutcome.REFUSED)},
    "unreadable": blind(LookOutcome.UNREADABLE),
    "off": GOOD_WATCH,  # the shop has not connected this carrier
}
# One of every kind that an order's summary tells apart; two and three of them make every mix.
KINDS: dict[str, tuple[Milestone | None, Reason | None, DelayCause | None, str]] = {
    "nothing known": (None, None, None, "good"),
    "label": (M.LABEL_CREATED, None, None, "good"),
    "never scanned": (M.LABEL_CREATED, None, D.NEVER_SCANNED, "good"),
    "on its way": (M.IN_TRANSIT, None, None, "good"),
    "silent": (M.IN_TRANSIT, None, D.SILENT, "good"),
    "blind": (M.IN_TRANSIT, None, None, "down"),
    "out": (M.OUT_FOR_DELIVERY, None, None, "good"),
    "to collect": (M.READY_FOR_PICKUP, R.ACCESS_POINT, None, "good"),
    "customs": (M.EXCEPTION, R.CUSTOMS, D.MILESTONE, "good"),
    "storm": (M.EXCEPTION, R.WEATHER, D.MILESTONE, "good"),
    "lost": (M.LOST, None, D.MILESTONE, "good"),
    "delivered": (M.DELIVERED, R.NEIGHBOUR, None, "good"),
    "returned": (M.RETURNED, None, None, "good"),
    "void": (M.CANCELLED, None, None, "good"),
}


def of_one() -> Iterator[tuple[str, PageView]]:
    """Every milestone, reason and delay, with every promise and with nobody to ask; without a reason every outcome."""
    for milestone, reasons in REASONS.items():
        for reason, delay, window in product(reasons, LATE[milestone], WINDOWS):
            yield _one(milestone, reason, delay, window=window)
        for reason, delay, watch in product(reasons, LATE[milestone], WATCHES):
            if watch in ("down", "off") or (reason is None and watch != "good"):
                yield _one(milestone, reason, delay, watch=watch)
    for until in (date(2025, 11, 23), date(2025, 11, 24), date(2025, 12, 1)):
        for reason, delay in product(REASONS[M.READY_FOR_PICKUP], LATE[M.READY_FOR_PICKUP]):
            yield _one(M.READY_FOR_PICKUP, reason, delay, pickup_by=until)


def of_corrections() -> Iterator[tuple[str, PageView]]:
    """Every move that says that what was said before was not true; and every end, retracted."""
    for (before, after), move in FOLLOWS.items():
        if move is Move.CORRECT and before is not None:
            yield _corrected(scan(before, at(23, 9)), scan(after, at(24, 9)))
    for before in (M.OUT_FOR_DELIVERY, M.DELIVERED, M.RETURNING, M.RETURNED, M.LOST):
        back = scan(before, at(24, 9), retracts=before)
        yield _corrected(scan(M.PICKED_UP, at(22, 9)), scan(before, at(23, 9)), back)


def of_several() -> Iterator[tuple[str, PageView]]:
    """Every pair of kinds, one of each with two delivered, and all pairs of an order that was called off."""
    for pair in combinations_with_replacement(KINDS, 2):
        yield _several(pair)
        yield _several((*pair, "delivered"))
        yield _several(pair, cancelled=True)


def _one(
    milestone: Milestone | None,
    reason: Reason | None,
    delay: DelayCause | None,
    *,
    window: str = "none",
    watch: str = "good",
    pickup_by: date | None = None,
) -> tuple[str, PageView]:
    of, events = _parcel("s1", milestone, reason, delay, window=window, watch=watch)
    name = f"{milestone}/{reason}/{delay}/{window}/{watch}/{pickup_by}"
    return name, _view([(replace(of, pickup_by=pickup_by), events)], off=watch == "off")


def _corrected(*events: TrackingEvent) -> tuple[str, PageView]:
    standing = replay(events)
    of, _ = a_parcel(standing.milestone, events, reason=standing.reason)
    return " then ".join(each.code for each in events), _view([(of, events)])


def _several(kinds: tuple[str, ...], *, cancelled: bool = False) -> tuple[str, PageView]:
    made = []
    for n, kind in enumerate(kinds):
        milestone, reason, delay, watch = KINDS[kind]
        made.append(_parcel(f"s{n}", milestone, reason, delay, window="none", watch=watch))
    return f"{' + '.join(kinds)}{', cancelled' if cancelled else ''}", _view(made, cancelled=cancelled)


def _parcel(
    key: str,
    milestone: Milestone | None,
    reason: Reason | None,
    delay: DelayCause | None,
    *,
    window: str,
    watch: str,
) -> Parcel:
    now, first = WINDOWS[window]
    events = (scan(milestone, at(23, 7), reason=reason),) if milestone else ()
    return a_parcel(
        milestone,
        events,
        reason=reason,
        window=now,
        first_window=first,
        delayed=delay,
        watch=WATCHES[watch],
        key=key,
        items=(),
    )


def _view(parcels: list[Parcel], *, cancelled: bool = False, off: bool = False) -> PageView:
    facts = ShopFacts(placed_at=at(19, 20), confirmed_at=at(19, 21), cancelled_at=at(22, 8) if cancelled else None)
    shipments = tuple(shipment for shipment, _ in parcels)
    order = Order(
        id=OrderId("o1"),
        brand="alpenglow",
        number="1001",
        facts=facts,
        destination_zone=HOME,
        shipments=shipments,
        state=roll_up(facts, shipments),
        created_at=at(19, 20),
    )
    nobody_asks = frozenset({ShipmentId("s1")}) if off else frozenset()
    return PageView(order=order, events={each.id: events for each, events in parcels}, cannot_be_asked=nobody_asks)
