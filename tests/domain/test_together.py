"""Parcels of one order that travel together are told of together, with counts that are true."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from carriers.events import Milestone, Promise, Reason
from tests.domain.builders import DAY, HOUR, MONDAY, NOON, POLICY, a_scan, a_shipment, a_window, an_order, stands
from tests.domain.desk import Desk, a_desk, a_look
from tracker.domain.merging import LAST_MINUTE, MERGE_WAIT, in_one, together
from tracker.domain.notices import Notice, NotificationState, Told, WhyNot
from tracker.domain.orders import OrderStage, roll_up
from tracker.domain.shipments import Item
from tracker.domain.windows import PromisedBy

MINUTE = timedelta(minutes=1)
LABEL, PICKED_UP, TRANSIT = Milestone.LABEL_CREATED, Milestone.PICKED_UP, Milestone.IN_TRANSIT
OUT, ATTEMPT, READY = Milestone.OUT_FOR_DELIVERY, Milestone.ATTEMPT_FAILED, Milestone.READY_FOR_PICKUP
DELIVERED, TROUBLE, LOST = Milestone.DELIVERED, Milestone.EXCEPTION, Milestone.LOST


def see(desk: Desk, parcel: str, milestone: Milestone, at: datetime, **known: object) -> None:
    """One parcel's scan, a minute after it was made."""
    desk.look(a_look(at + MINUTE, a_scan(milestone, at, code=f"{milestone} {at}", **known)), parcel)


def counts(desk: Desk) -> list[tuple[Notice, int, int, int]]:
    """Of each message: its notice, how many parcels it tells of, how many were told earlier, how many are behind."""
    return [(row.notice, row.told.together, row.told.earlier, row.told.behind) for row in desk.told]


@pytest.mark.parametrize(
    ("before", "seen", "notice"),
    [(LABEL, PICKED_UP, Notice.SHIPPED), (LABEL, TRANSIT, Notice.IN_TRANSIT), (TRANSIT, OUT, Notice.OUT_FOR_DELIVERY)],
)
def test_parcels_that_move_together_are_told_in_one_message(before: Milestone, seen: Milestone, notice: Notice) -> None:
    desk = a_desk(before, before, before)
    see(desk, "s1", seen, NOON)
    see(desk, "s2", seen, NOON + 4 * MINUTE)
    desk.until(NOON + MINUTE + MERGE_WAIT)

    assert counts(desk) == [(notice, 2, 0, 1)]
    assert desk.left[0].at == NOON + MINUTE + MERGE_WAIT


def test_nobody_waits_once_all_are_there() -> None:
    desk = a_desk(LABEL, LABEL)
    see(desk, "s1", PICKED_UP, NOON)
    see(desk, "s2", PICKED_UP, NOON + MINUTE)
    desk.until(NOON + HOUR)

    assert counts(desk) == [(Notice.SHIPPED, 2, 0, 0)]
    assert desk.left[0].at == NOON + 2 * MINUTE + POLICY.settle[Notice.SHIPPED]


def test_a_parcel_alone_does_not_wait() -> None:
    desk = a_desk(LABEL)
    see(desk, "s1", PICKED_UP, NOON)
    desk.until(NOON + HOUR)

    assert desk.left[0].at == NOON + MINUTE + POLICY.settle[Notice.SHIPPED]
    assert counts(desk) == [(Notice.SHIPPED, 0, 0, 0)]


def test_taken_over_and_moving_are_one_thing_to_say() -> None:
    desk = a_desk(LABEL, LABEL, LABEL)
    see(desk, "s1", TRANSIT, NOON)
    see(desk, "s2", PICKED_UP, NOON + 2 * MINUTE)
    desk.until(NOON + HOUR)

    assert counts(desk) == [(Notice.SHIPPED, 2, 0, 1)]


def test_a_parcel_that_follows_the_next_day_is_told_on_its_own() -> None:
    desk = a_desk(LABEL, LABEL, LABEL)
    for parcel in ("s1", "s2"):
        see(desk, parcel, PICKED_UP, NOON)
    desk.until(NOON + HOUR)
    see(desk, "s3", PICKED_UP, NOON + DAY)
    desk.until(NOON + DAY + HOUR)

    assert counts(desk) == [(Notice.SHIPPED, 2, 0, 1), (Notice.SHIPPED, 1, 2, 0)]
    assert desk.left[1].at == NOON + DAY + MINUTE + POLICY.settle[Notice.SHIPPED]


def test_two_messages_of_one_stage_keep_ten_minutes_between_them() -> None:
    desk = a_desk(OUT, OUT, OUT)
    see(desk, "s1", DELIVERED, NOON)
    first = NOON + MINUTE + MERGE_WAIT
    see(desk, "s2", DELIVERED, first)
    see(desk, "s3", DELIVERED, first)
    desk.until(NOON + HOUR)

    assert [(left.at, left.row.told.delivered) for left in desk.left] == [(first, 1), (first + MERGE_WAIT, 3)]


def test_out_for_delivery_waits_for_no_sibling_that_no_van_will_bring() -> None:
    desk = a_desk(TRANSIT, READY, DELIVERED, LOST)
    see(desk, "s1", OUT, NOON)
    desk.until(NOON + HOUR)

    assert desk.left[0].at == NOON + MINUTE + POLICY.settle[Notice.OUT_FOR_DELIVERY]
    assert desk.left[0].row.told.behind == 1, "the lost one; who waits at a counter or has come is not behind"


def test_waiting_ends_before_the_news_does() -> None:
    desk = a_desk(TRANSIT, TRANSIT)
    evening = NOON + 8 * HOUR + 55 * MINUTE  # what is out for delivery is so until nine
    see(desk, "s1", OUT, evening)
    desk.until(evening + HOUR)

    assert [left.at for left in desk.left] == [NOON + 9 * HOUR - LAST_MINUTE]


def test_yesterdays_van_is_not_counted_with_todays() -> None:
    desk = a_desk(TRANSIT, TRANSIT)
    see(desk, "s1", OUT, NOON)
    see(desk, "s2", OUT, NOON + DAY)
    desk.until(NOON + DAY + HOUR)

    assert [one[:3] for one in counts(desk)] == [(Notice.OUT_FOR_DELIVERY, 1, 0), (Notice.OUT_FOR_DELIVERY, 1, 1)]


def test_a_waiting_count_is_made_anew_when_one_of_them_goes_on() -> None:
    desk = a_desk(LABEL, LABEL, LABEL)
    see(desk, "s1", PICKED_UP, NOON)
    see(desk, "s2", PICKED_UP, NOON + MINUTE)
    see(desk, "s1", OUT, NOON + 5 * MINUTE)
    desk.until(NOON + HOUR)

    assert counts(desk) == [(Notice.SHIPPED, 1, 0, 1), (Notice.OUT_FOR_DELIVERY, 1, 0, 2)]
    assert desk.left[0].row.shipment_id == "s2"
    assert desk.left[0].at == NOON + MINUTE + MERGE_WAIT, "made anew, it waits no longer"


def test_what_a_sibling_had_taken_over_is_told_when_the_sibling_goes_on() -> None:
    desk = a_desk(LABEL, LABEL, LABEL)
    see(desk, "s1", PICKED_UP, NOON)
    see(desk, "s2", PICKED_UP, NOON + MINUTE)
    see(desk, "s2", TROUBLE, NOON + 5 * MINUTE, reason=Reason.CUSTOMS)
    desk.until(NOON + HOUR)

    assert [(row.notice, row.shipment_id) for row in desk.told] == [(Notice.EXCEPTION, "s2"), (Notice.SHIPPED, "s1")]
    assert desk.left[1].at == NOON + MINUTE + MERGE_WAIT


def test_what_is_no_longer_so_is_not_told_though_nothing_else_is_news() -> None:
    desk = a_desk(LABEL, LABEL)
    see(desk, "s1", TRANSIT, NOON)
    desk.until(NOON + HOUR)
    see(desk, "s1", OUT, NOON + HOUR)
    see(desk, "s1", TRANSIT, NOON + HOUR + 3 * MINUTE)  # back at the depot, and that it is in transit is old
    desk.until(NOON + 3 * HOUR)

    assert [row.notice for row in desk.told] == [Notice.IN_TRANSIT]
    assert [row.state for row in desk.rows if row.notice is Notice.OUT_FOR_DELIVERY] == [NotificationState.SUPERSEDED]


def test_a_removed_parcel_takes_nothing_with_it() -> None:
    desk = a_desk(LABEL, LABEL, LABEL)
    see(desk, "s1", PICKED_UP, NOON)
    see(desk, "s2", PICKED_UP, NOON + MINUTE)
    before, left = desk.order, tuple(one for one in desk.order.shipments if one.id != "s2")
    desk.order = replace(desk.order, shipments=left, state=roll_up(desk.order.facts, left))
    desk.rows = [
        replace(row, state=NotificationState.CANCELLED) if row.shipment_id == "s2" else row for row in desk.rows
    ]
    desk.decide(before, NOON + 3 * MINUTE, transitions=[], events={})
    desk.until(NOON + HOUR)

    assert [(row.shipment_id, row.told.together, row.told.parcels) for row in desk.told] == [("s1", 1, 2)]


def two_delivered_as_one() -> Desk:
    """Two of three parcels, told of by the second's message."""
    desk = a_desk(OUT, OUT, OUT)
    see(desk, "s1", DELIVERED, NOON)
    see(desk, "s2", DELIVERED, NOON + MINUTE)
    desk.until(NOON + HOUR)
    return desk


def test_a_delivery_that_a_siblings_message_counted_is_corrected() -> None:
    desk = two_delivered_as_one()
    see(desk, "s1", OUT, NOON + 2 * HOUR)
    desk.until(NOON + 3 * HOUR)

    assert [(row.notice, row.shipment_id) for row in desk.told] == [
        (Notice.DELIVERED, "s2"),
        (Notice.CORRECTED, "s1"),
    ]


def test_a_delivery_taken_back_while_a_siblings_message_waits_is_not_counted() -> None:
    desk = a_desk(OUT, OUT, OUT)
    see(desk, "s1", DELIVERED, NOON)
    see(desk, "s2", DELIVERED, NOON + MINUTE)
    see(desk, "s1", OUT, NOON + 4 * MINUTE)
    desk.until(NOON + HOUR)

    assert [(row.notice, row.shipment_id) for row in desk.told] == [
        (Notice.OUT_FOR_DELIVERY, "s1"),  # news of its own: nobody had heard of it
        (Notice.DELIVERED, "s2"),
    ]
    assert desk.told[1].told.delivered == 1


def test_a_delivery_that_comes_true_after_its_correction_is_counted_again() -> None:
    desk = two_delivered_as_one()
    see(desk, "s1", OUT, NOON + 2 * HOUR)
    see(desk, "s1", DELIVERED, NOON + 4 * HOUR)
    desk.until(NOON + 5 * HOUR)

    assert [(row.notice, row.told.delivered) for row in desk.told] == [
        (Notice.DELIVERED, 2),
        (Notice.CORRECTED, 1),
        (Notice.DELIVERED, 2),
    ]


def test_what_was_counted_is_never_told_as_something_lower() -> None:
    desk = a_desk(LABEL, LABEL)
    see(desk, "s1", OUT, NOON)
    see(desk, "s2", OUT, NOON + MINUTE)
    desk.until(NOON + HOUR)
    see(desk, "s1", TRANSIT, NOON + 2 * HOUR)
    desk.until(NOON + 3 * HOUR)

    assert counts(desk) == [(Notice.OUT_FOR_DELIVERY, 2, 0, 0)]
    assert desk.decided[-1].why_not is WhyNot.TOLD_HIGHER


@pytest.mark.parametrize("milestone", [TROUBLE, ATTEMPT, LOST])
def test_trouble_stays_with_its_parcel(milestone: Milestone) -> None:
    desk = a_desk(OUT, OUT)
    for parcel in ("s1", "s2"):
        see(desk, parcel, milestone, NOON)
    desk.until(NOON + HOUR)

    assert [(row.shipment_id, row.told.together, row.told.tracking_number) for row in desk.told] == [
        ("s1", 0, "1Z0000000000000001"),
        ("s2", 0, "1Z0000000000000001"),
    ]


TENT, STOVE = Item(name="Tent"), Item(name="Stove")


def told_together(one: dict[str, Any], other: dict[str, Any]) -> Told:
    """What a message says of two parcels that are in transit, of three."""
    parcels = (
        a_shipment(standing=stands(TRANSIT), **one),
        a_shipment(standing=stands(TRANSIT), id="s2", **other),
        a_shipment(LABEL, id="s3"),
    )
    order = an_order(*parcels)
    order = replace(order, state=roll_up(order.facts, parcels))
    them = together(order, Notice.IN_TRANSIT, rows=(), audience="r1:email")
    assert order.state.stage is OrderStage.SHIPPED
    told = Told(order_number="1001", notice=Notice.IN_TRANSIT, occurred_at=NOON, carrier="ups", tracking_number="1Z")
    return in_one(told, order, them)


@pytest.mark.parametrize(
    ("one", "other", "window"),
    [
        (a_window(MONDAY), a_window(MONDAY), a_window(MONDAY)),
        (a_window(MONDAY), a_window(MONDAY + DAY), a_window(MONDAY, MONDAY + DAY)),
        (a_window(MONDAY + DAY), a_window(MONDAY, MONDAY + 2 * DAY), a_window(MONDAY, MONDAY + 2 * DAY)),
        (
            a_window(MONDAY, not_before=time(9), not_after=time(12)),
            a_window(MONDAY, not_before=time(10), not_after=time(14)),
            a_window(MONDAY, not_before=time(9), not_after=time(14)),
        ),
        (a_window(MONDAY, not_after=time(12)), a_window(MONDAY), a_window(MONDAY)),
        (a_window(MONDAY), None, None),
        (a_window(MONDAY), a_window(MONDAY, promised_by=PromisedBy.SHOP), None),
    ],
)
def test_a_promise_is_stated_only_where_it_is_true_of_each(one: object, other: object, window: object) -> None:
    assert told_together({"window": one}, {"window": other}).window == window


def test_promises_of_two_carriers_are_left_to_the_page() -> None:
    told = told_together({"window": a_window(MONDAY)}, {"window": a_window(MONDAY), "carrier": "usps"})

    assert (told.carrier, told.window, told.tracking_number) == ("", None, "")


@pytest.mark.parametrize(
    ("one", "other", "items"), [((TENT,), (STOVE,), (TENT, STOVE)), ((TENT,), (), ()), ((), (), ())]
)
def test_contents_are_listed_where_all_are_known(one: object, other: object, items: object) -> None:
    assert told_together({"items": one}, {"items": other}).items == items


def test_a_waiting_message_states_a_promise_that_came_meanwhile() -> None:
    desk = a_desk(LABEL)
    desk.look(a_look(NOON + MINUTE, a_scan(PICKED_UP, NOON)))
    friday = Promise(first_day=MONDAY + 4 * DAY, last_day=MONDAY + 4 * DAY)
    desk.look(a_look(NOON + 2 * MINUTE, promise=friday))
    desk.until(NOON + HOUR)

    assert [(row.notice, row.told.window and row.told.window.last_day) for row in desk.told] == [
        (Notice.SHIPPED, MONDAY + 4 * DAY)
    ]
    assert desk.left[0].at == NOON + MINUTE + POLICY.settle[Notice.SHIPPED]
