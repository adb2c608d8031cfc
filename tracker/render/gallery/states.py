"""Every page worth looking at, by name, at one instant: Monday 24 November 2025, 15:00 in New York."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from carriers.events import Milestone, Reason
from tracker.domain.orders import OrderStage
from tracker.domain.shipments import DelayCause, LookOutcome, ShipmentId, Watch
from tracker.domain.windows import PromisedBy
from tracker.render.gallery.orders import (
    GOOD_WATCH,
    ITEMS,
    NOW,
    OUT,
    TODAY_WINDOW,
    WAY,
    at,
    blind,
    days,
    parcel,
    scan,
    view,
)
from tracker.render.pages import PageView
from tracker.render.parcels import Partner

M, S = Milestone, OrderStage
MOVING = WAY[:4]
FAILED = scan(M.ATTEMPT_FAILED, at(24, 13, 2), "Brooklyn", "NY", reason=Reason.RECIPIENT_ABSENT, text="No one home")
SHELF = scan(M.READY_FOR_PICKUP, at(24, 13, 40), "Brooklyn", "NY", reason=Reason.ACCESS_POINT)
DOOR = scan(M.DELIVERED, at(24, 14, 2), "Brooklyn", "NY", reason=Reason.SAFE_PLACE, text="DELIVERED")
NEXT_DOOR = scan(M.DELIVERED, at(24, 12, 17), "Brooklyn", "NY", reason=Reason.NEIGHBOUR, text="Left with neighbor")
CUSTOMS = scan(M.EXCEPTION, at(23, 7), reason=Reason.CUSTOMS, text="Customs: value of goods missing")
STORM = scan(M.EXCEPTION, at(23, 7), reason=Reason.WEATHER, text="Severe weather has delayed your package")
ADDRESS = scan(M.EXCEPTION, at(24, 9), "Maspeth", "NY", reason=Reason.ADDRESS, text="Street number missing")
PAYMENT = scan(M.EXCEPTION, at(24, 9), "Maspeth", "NY", reason=Reason.PAYMENT)
DAMAGED = scan(M.EXCEPTION, at(24, 9), "Maspeth", "NY", reason=Reason.DAMAGED)
BACK = scan(M.RETURNING, at(24, 10), "Maspeth", "NY", reason=Reason.REFUSED)
HOME_AGAIN = scan(M.RETURNED, at(24, 12), "Boulder", "CO")
LOST = scan(M.LOST, at(24, 12), "Maspeth", "NY")
VOID = scan(M.CANCELLED, at(21, 9), "", "")
TAKEN_BACK = scan(M.DELIVERED, at(24, 14, 40), "Brooklyn", "NY", text="Delivery cancelled", retracts=M.DELIVERED)
FOUND = scan(M.IN_TRANSIT, at(24, 14, 30), "Maspeth", "NY")
RIDDLE = scan(M.UNKNOWN, at(23, 7), text="ZX-9 processed")


def all_states() -> dict[str, PageView]:
    """Of every kind, the usual first."""
    return {name: made for group in GROUPS.values() for name, made in group().items()}


def _before_the_carrier() -> dict[str, PageView]:
    not_known = replace(GOOD_WATCH, outcome=LookOutcome.NOT_KNOWN_YET)
    return {
        "placed": view(S.PLACED),
        "confirmed": view(S.CONFIRMED, promised=days(26, 28, by=PromisedBy.SHOP)),
        "promise_passed": view(S.CONFIRMED, promised=days(21, by=PromisedBy.SHOP)),
        "cancelled": view(S.CANCELLED),
        "cancelled_label": view(S.CANCELLED, parcel(M.LABEL_CREATED, WAY[:1])),
        "void_label": view(S.CONFIRMED, parcel(M.CANCELLED, (*WAY[:1], VOID))),
        "label": view(S.PACKED, parcel(M.LABEL_CREATED, WAY[:1])),
        "never_scanned": view(S.PACKED, parcel(M.LABEL_CREATED, WAY[:1], delayed=DelayCause.NEVER_SCANNED)),
        "not_known_yet": view(S.PACKED, parcel(watch=not_known)),
        "never_asked": view(S.PACKED, parcel(watch=Watch(next_look_at=NOW + timedelta(minutes=4)))),
        "nothing_said": view(S.PACKED, parcel()),
        "unknown_codes": view(S.PACKED, parcel(None, (RIDDLE,))),
    }


def _on_the_way() -> dict[str, PageView]:
    handed, scans = parcel(M.IN_TRANSIT, MOVING, window=days(26), handed_over_to="9274890100000000000005")
    partner = Partner(carrier="usps", page_url="https://partner.example/track?n=9274890100000000000005")
    return {
        "picked_up": view(S.SHIPPED, parcel(M.PICKED_UP, WAY[:2])),
        "in_transit": view(S.IN_TRANSIT, parcel(M.IN_TRANSIT, MOVING, window=days(25))),
        "in_transit_range": view(S.IN_TRANSIT, parcel(M.IN_TRANSIT, MOVING, window=days(26, 28, by=PromisedBy.SHOP))),
        "no_day": view(S.IN_TRANSIT, parcel(M.IN_TRANSIT, MOVING)),
        "moved": view(S.IN_TRANSIT, parcel(M.IN_TRANSIT, MOVING, window=days(27), first_window=days(24))),
        "handed_over": replace(view(S.IN_TRANSIT, (handed, scans)), partners={handed.id: partner}),
        "out_for_delivery": view(S.OUT_FOR_DELIVERY, parcel(M.OUT_FOR_DELIVERY, (*WAY, OUT), window=TODAY_WINDOW)),
        "correction": view(S.OUT_FOR_DELIVERY, parcel(M.OUT_FOR_DELIVERY, (*WAY, OUT, DOOR, TAKEN_BACK))),
        "found_again": view(S.IN_TRANSIT, parcel(M.IN_TRANSIT, (*WAY, LOST, FOUND))),
    }


def _blind() -> dict[str, PageView]:
    moving = {
        each: view(S.IN_TRANSIT, parcel(M.IN_TRANSIT, MOVING, watch=blind(each)))
        for each in (LookOutcome.REFUSED, LookOutcome.UNREADABLE, LookOutcome.BUSY)
    }
    off = frozenset({ShipmentId("s1")})
    return {
        "down": view(S.IN_TRANSIT, parcel(M.IN_TRANSIT, MOVING, window=days(25), watch=blind(LookOutcome.DOWN))),
        "refused": moving[LookOutcome.REFUSED],
        "unreadable": moving[LookOutcome.UNREADABLE],
        "busy": moving[LookOutcome.BUSY],
        "down_label": view(S.PACKED, parcel(M.LABEL_CREATED, WAY[:1], watch=blind(LookOutcome.DOWN))),
        "down_unknown": view(S.PACKED, parcel(watch=blind(LookOutcome.DOWN))),
        "carrier_off": view(S.PACKED, parcel(), off=off),
    }


def _late() -> dict[str, PageView]:
    stormy = parcel(
        M.EXCEPTION,
        (*MOVING, STORM),
        reason=Reason.WEATHER,
        window=days(27),
        first_window=days(24),
        delayed=DelayCause.MILESTONE,
    )
    held_up = parcel(M.EXCEPTION, (*MOVING, STORM), reason=Reason.WEATHER, delayed=DelayCause.MILESTONE)
    return {
        "late": view(S.IN_TRANSIT, parcel(M.IN_TRANSIT, MOVING, window=days(21), delayed=DelayCause.PROMISE_PASSED)),
        "silent": view(S.IN_TRANSIT, parcel(M.IN_TRANSIT, MOVING, delayed=DelayCause.SILENT)),
        "weather": view(S.IN_TRANSIT, stormy),
        "weather_no_day": view(S.IN_TRANSIT, held_up),
    }


def _for_the_reader() -> dict[str, PageView]:
    shelf = (*WAY, OUT, SHELF)
    counter = Reason.ACCESS_POINT
    late = DelayCause.MILESTONE
    return {
        "attempt_failed": view(
            S.OUT_FOR_DELIVERY,
            parcel(M.ATTEMPT_FAILED, (*WAY, OUT, FAILED), reason=Reason.RECIPIENT_ABSENT, delayed=late),
        ),
        "ready_for_pickup": view(
            S.OUT_FOR_DELIVERY, parcel(M.READY_FOR_PICKUP, shelf, pickup_by=date(2025, 12, 1), reason=counter)
        ),
        "pickup_without_day": view(S.OUT_FOR_DELIVERY, parcel(M.READY_FOR_PICKUP, shelf, reason=counter)),
        "pickup_ending": view(
            S.OUT_FOR_DELIVERY,
            parcel(
                M.READY_FOR_PICKUP,
                shelf,
                pickup_by=date(2025, 11, 25),
                delayed=DelayCause.PICKUP_ENDING,
                reason=counter,
            ),
        ),
        "customs": view(S.IN_TRANSIT, parcel(M.EXCEPTION, (*MOVING, CUSTOMS), reason=Reason.CUSTOMS, delayed=late)),
        "address": view(S.IN_TRANSIT, parcel(M.EXCEPTION, (*WAY, ADDRESS), reason=Reason.ADDRESS, delayed=late)),
        "payment": view(S.IN_TRANSIT, parcel(M.EXCEPTION, (*WAY, PAYMENT), reason=Reason.PAYMENT, delayed=late)),
    }


def _ends() -> dict[str, PageView]:
    late = DelayCause.MILESTONE
    return {
        "delivered": view(
            S.DELIVERED, parcel(M.DELIVERED, (*WAY, OUT, DOOR), reason=Reason.SAFE_PLACE, left_with="Front Door")
        ),
        "left_with_neighbor": view(S.DELIVERED, parcel(M.DELIVERED, (*WAY, OUT, NEXT_DOOR), reason=Reason.NEIGHBOUR)),
        "damaged": view(S.IN_TRANSIT, parcel(M.EXCEPTION, (*WAY, DAMAGED), reason=Reason.DAMAGED, delayed=late)),
        "returning": view(S.IN_TRANSIT, parcel(M.RETURNING, (*WAY, BACK), reason=Reason.REFUSED, delayed=late)),
        "returned": view(S.RETURNED, parcel(M.RETURNED, (*WAY, BACK, HOME_AGAIN))),
        "lost": view(S.IN_TRANSIT, parcel(M.LOST, (*WAY, LOST), delayed=late)),
    }


def _several() -> dict[str, PageView]:
    done = parcel(M.DELIVERED, (*WAY, OUT, DOOR), key="s1", reason=Reason.SAFE_PLACE, items=ITEMS[:1])
    done_too = parcel(M.DELIVERED, (*WAY, OUT, NEXT_DOOR), key="s2", reason=Reason.NEIGHBOUR, items=ITEMS[1:2])
    done_last = parcel(M.DELIVERED, (*WAY, OUT, DOOR), key="s3", reason=Reason.SAFE_PLACE, items=ITEMS[2:])
    coming = parcel(M.IN_TRANSIT, MOVING, key="s2", window=days(25), items=ITEMS[1:2])
    coming_too = parcel(M.IN_TRANSIT, WAY, key="s3", window=days(25), items=ITEMS[2:])
    label = parcel(M.LABEL_CREATED, WAY[:1], key="s3", delayed=DelayCause.NEVER_SCANNED, items=ITEMS[2:])
    back = parcel(M.RETURNED, (*WAY, BACK, HOME_AGAIN), key="s3", items=ITEMS[2:])
    lost = parcel(M.LOST, (*WAY, LOST), key="s3", delayed=DelayCause.MILESTONE, items=ITEMS[2:])
    overdue = parcel(
        M.IN_TRANSIT, MOVING, key="s2", window=days(21), delayed=DelayCause.PROMISE_PASSED, items=ITEMS[1:2]
    )
    shelves = [
        parcel(
            M.READY_FOR_PICKUP,
            (*WAY, OUT, SHELF),
            key=key,
            reason=Reason.ACCESS_POINT,
            pickup_by=date(2025, 12, 1),
            items=ITEMS[n : n + 1],
        )
        for n, key in enumerate(("s1", "s2"))
    ]
    unseen = parcel(M.IN_TRANSIT, MOVING, key="s3", carrier="fedex", watch=blind(LookOutcome.DOWN), items=ITEMS[2:])
    return {
        "three_parcels": view(S.SHIPPED, done, coming, label),
        "twins": view(S.IN_TRANSIT, done, coming, coming_too),
        "both_delivered": view(S.DELIVERED, done, done_too),
        "all_delivered": view(S.DELIVERED, done, done_too, done_last),
        "one_counter": view(S.OUT_FOR_DELIVERY, *shelves),
        "one_overdue": view(S.IN_TRANSIT, done, overdue),
        "one_lost": view(S.IN_TRANSIT, done, coming, lost),
        "delivered_and_lost": view(S.IN_TRANSIT, done, lost),
        "delivered_and_returned": view(S.DELIVERED, done, done_too, back),
        "one_blind": view(S.IN_TRANSIT, done, coming, unseen),
        "cancelled_on_the_way": view(S.IN_TRANSIT, coming, label, cancelled=True),
    }


GROUPS: dict[str, Callable[[], dict[str, PageView]]] = {
    "Before the carrier has it": _before_the_carrier,
    "On the way": _on_the_way,
    "We cannot ask": _blind,
    "Late": _late,
    "Somebody must act": _for_the_reader,
    "How it ended": _ends,
    "Several parcels": _several,
}
