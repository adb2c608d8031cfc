"""What is told of delays, of promises that move and of parcels that arrive together."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from carriers.events import Milestone, Promise
from tests.domain.builders import DAY, HOUR, MONDAY, NOON, a_scan, a_shipment, a_window, stands
from tests.domain.desk import Desk, a_desk, a_look, told
from tracker.domain.merging import MERGE_WAIT
from tracker.domain.notices import Notice, WhyNot
from tracker.domain.shipments import DelayCause, Judgement, Shipment

MINUTE = timedelta(minutes=1)
LABEL, PICKED_UP, TRANSIT = Milestone.LABEL_CREATED, Milestone.PICKED_UP, Milestone.IN_TRANSIT
OUT, ATTEMPT, READY = Milestone.OUT_FOR_DELIVERY, Milestone.ATTEMPT_FAILED, Milestone.READY_FOR_PICKUP
DELIVERED, TROUBLE, RETURNING = Milestone.DELIVERED, Milestone.EXCEPTION, Milestone.RETURNING


def late(cause: DelayCause) -> Shipment:
    judgement = Judgement(delayed=cause, delayed_since=NOON)
    return a_shipment(standing=stands(TRANSIT), judgement=judgement)


@pytest.mark.parametrize(
    "cause", [DelayCause.PROMISE_PASSED, DelayCause.SILENT, DelayCause.NEVER_SCANNED, DelayCause.PICKUP_ENDING]
)
def test_a_delay_by_judgement_is_told_with_its_cause(cause: DelayCause) -> None:
    (row,) = told(a_shipment(standing=stands(TRANSIT)), late(cause))

    assert (row.notice, row.told.delay) == (Notice.DELAYED, cause)


@pytest.mark.parametrize(("milestone", "cause"), [(OUT, DelayCause.PROMISE_PASSED), (READY, DelayCause.PICKUP_ENDING)])
def test_a_delay_at_the_door_or_the_counter_is_told_too(milestone: Milestone, cause: DelayCause) -> None:
    before = a_shipment(standing=stands(milestone))
    (row,) = told(before, replace(before, judgement=Judgement(delayed=cause, delayed_since=NOON)))

    assert (row.notice, row.told.milestone) == (Notice.DELAYED, milestone)


def test_a_promise_that_passed_is_told_once_however_often_it_is_judged() -> None:
    desk = a_desk(TRANSIT)
    parcel = replace(desk.shipment(), window=a_window(MONDAY))
    desk.settle(replace(parcel, moved_at=NOON), NOON)
    for hours in (14, 15, 90):  # passed, judged again, silent as well
        desk.until(NOON + hours * HOUR)
        desk.settle(desk.shipment(), NOON + hours * HOUR)

    assert [row.notice for row in desk.decided] == [Notice.DELAYED]


def test_a_late_parcel_that_moves_is_told_as_delayed_until_it_is_on_the_van() -> None:
    (moving,) = told(a_shipment(LABEL), late(DelayCause.PROMISE_PASSED))
    on_van = replace(late(DelayCause.PROMISE_PASSED), standing=stands(OUT))
    (out,) = told(a_shipment(standing=stands(TRANSIT, event="d")), on_van)

    assert (moving.notice, moving.told.milestone, out.notice) == (Notice.DELAYED, TRANSIT, Notice.OUT_FOR_DELIVERY)


def promised(day: date, **known: object) -> Promise:
    return Promise(first_day=day, last_day=day, **known)  # type: ignore[arg-type]


def a_desk_with_a_promise(promise: Promise) -> Desk:
    """In transit, told so, with a promise."""
    desk = a_desk(LABEL)
    desk.look(a_look(NOON + MINUTE, a_scan(TRANSIT, NOON), promise=promise))
    desk.until(NOON + HOUR)
    return desk


@pytest.mark.parametrize(
    ("promise", "notice"),
    [
        (promised(MONDAY + 4 * DAY), Notice.DELAYED),
        (promised(MONDAY + 2 * DAY), Notice.IN_TRANSIT),
        (promised(MONDAY + 3 * DAY), None),
        (promised(MONDAY + 3 * DAY, not_before=time(10), not_after=time(12)), None),
    ],
)
def test_a_promise_that_moves_by_a_day_is_told_by_its_direction(promise: Promise, notice: Notice | None) -> None:
    desk = a_desk_with_a_promise(promised(MONDAY + 3 * DAY))
    desk.look(a_look(NOON + HOUR, promise=promise))
    desk.until(NOON + 2 * HOUR)

    assert [row.notice for row in desk.told[1:]] == ([notice] if notice else [])


def test_a_promise_that_keeps_moving_is_told_once_in_twelve_hours() -> None:
    desk = a_desk_with_a_promise(promised(MONDAY + 3 * DAY))
    for hours, day in ((1, 4), (2, 5), (14, 6)):
        desk.look(a_look(NOON + hours * HOUR, promise=promised(MONDAY + day * DAY)))
    desk.until(NOON + 20 * HOUR)

    assert [(row.notice, row.why_not) for row in desk.decided[1:]] == [
        (Notice.DELAYED, None),
        (Notice.DELAYED, WhyNot.TOO_SOON),
        (Notice.DELAYED, None),
    ]
    assert [row.told.window.last_day for row in desk.told[1:] if row.told.window] == [
        MONDAY + 4 * DAY,
        MONDAY + 6 * DAY,
    ]


def by(hour: int, minute: int = 0) -> Promise:
    """Thursday, at the latest by that time."""
    return promised(MONDAY + 3 * DAY, not_after=time(hour, minute))


def test_a_promise_that_creeps_is_told_once_it_is_far_from_what_was_told() -> None:
    desk = a_desk_with_a_promise(by(12))
    for n, promise in enumerate((by(13), by(13, 30), by(14), by(14, 30), by(15))):
        desk.look(a_look(NOON + (n + 1) * HOUR, promise=promise))
    desk.until(NOON + 12 * HOUR)

    (row,) = desk.told[1:]
    assert (row.notice, row.why_not, row.told.window_before) == (Notice.DELAYED, None, desk.told[0].told.window)
    assert row.told.window
    assert row.told.window.not_after == time(14)


def test_a_promise_that_creeps_there_and_back_is_no_news() -> None:
    desk = a_desk_with_a_promise(by(12))
    for n, promise in enumerate((by(13), by(13, 30), by(12, 30), by(11), by(12))):
        desk.look(a_look(NOON + (n + 1) * HOUR, promise=promise))
    desk.until(NOON + 12 * HOUR)

    assert len(desk.told) == 1


def test_a_promise_first_known_after_the_message_is_what_creeping_is_measured_from() -> None:
    desk = a_desk(LABEL)
    desk.look(a_look(NOON + MINUTE, a_scan(TRANSIT, NOON)))
    for n, promise in enumerate((by(12), by(13, 30), by(15))):
        desk.look(a_look(NOON + (n + 1) * HOUR, promise=promise))
    desk.until(NOON + 12 * HOUR)

    assert [(row.notice, row.told.window_before and row.told.window_before.not_after) for row in desk.told[1:]] == [
        (Notice.DELAYED, time(12))
    ]


def test_each_parcels_creeping_is_measured_from_the_message_that_counted_it() -> None:
    desk = a_desk(LABEL, LABEL)
    desk.look(a_look(NOON, a_scan(TRANSIT, NOON), promise=by(12)), "s1")
    desk.look(a_look(NOON + MINUTE, a_scan(TRANSIT, NOON), promise=by(16)), "s2")
    desk.look(a_look(NOON + HOUR, promise=by(15)), "s1")  # within what was told: by four
    told_of_both = len(desk.told)
    desk.look(a_look(NOON + 2 * HOUR, promise=by(18)), "s1")
    desk.until(NOON + 3 * HOUR)

    assert told_of_both == 1
    assert [(row.notice, row.shipment_id) for row in desk.told[1:]] == [(Notice.DELAYED, "s1")]


def test_a_promise_nobody_was_told_moves_in_silence() -> None:
    desk = a_desk(LABEL)
    desk.look(a_look(NOON, promise=promised(MONDAY + 3 * DAY)))
    desk.look(a_look(NOON + HOUR, promise=promised(MONDAY + 4 * DAY)))

    assert not desk.decided


def test_parcels_that_arrive_together_are_counted_in_one_message() -> None:
    desk = a_desk(OUT, OUT, OUT)
    desk.look(a_look(NOON + MINUTE, a_scan(DELIVERED, NOON)), "s1")
    desk.look(a_look(NOON + 4 * MINUTE, a_scan(DELIVERED, NOON + 3 * MINUTE)), "s2")
    desk.until(NOON + MINUTE + MERGE_WAIT)
    two = [(row.told.delivered, row.told.parcels) for row in desk.told]
    desk.look(a_look(NOON + 2 * HOUR, a_scan(DELIVERED, NOON + 2 * HOUR)), "s3")
    desk.until(NOON + 2 * HOUR)

    assert two == [(2, 3)]
    assert [(row.told.delivered, row.told.parcels) for row in desk.told[1:]] == [(3, 3)]


def test_waiting_for_siblings_never_exceeds_ten_minutes() -> None:
    desk = a_desk(OUT, OUT, OUT)
    desk.look(a_look(NOON, a_scan(DELIVERED, NOON)), "s1")
    desk.look(a_look(NOON + 9 * MINUTE, a_scan(DELIVERED, NOON + 8 * MINUTE)), "s2")

    assert desk.decided[-1].not_before_at == NOON + MERGE_WAIT


def test_a_parcel_without_siblings_on_vans_is_told_at_once() -> None:
    desk = a_desk(OUT, TRANSIT)
    desk.look(a_look(NOON, a_scan(DELIVERED, NOON)), "s1")

    assert desk.decided[-1].not_before_at == NOON


def test_one_parcels_delivery_does_not_silence_another() -> None:
    desk = a_desk(OUT, LABEL)
    desk.look(a_look(NOON, a_scan(DELIVERED, NOON)), "s1")
    desk.look(a_look(NOON + HOUR, a_scan(PICKED_UP, NOON)), "s2")
    desk.until(NOON + 2 * HOUR)

    assert [row.notice for row in desk.told] == [Notice.DELIVERED, Notice.SHIPPED]
