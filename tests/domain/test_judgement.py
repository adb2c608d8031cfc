"""What silence and passed promises mean, and when that can change by itself."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carriers.events import Milestone, Reason
from tests.domain.builders import DAY, EVERY_DAY_WORKS, HOUR, MONDAY, NOON, PATIENCE, a_shipment, a_window
from tracker.domain.judgement import Calendar, after_working_time, judge
from tracker.domain.problems import StuckReason, Untold
from tracker.domain.shipments import (
    DelayCause,
    Judgement,
    LookOutcome,
    Shipment,
    ShipmentId,
    Standing,
    Watch,
)

WEEKEND = Calendar(holidays=frozenset(), weekend=frozenset({6, 7}))
FRIDAY_NOON = NOON + 4 * DAY


def at(shipment: Shipment, as_of: datetime, calendar: Calendar = EVERY_DAY_WORKS) -> Judgement:
    return judge(shipment, as_of, PATIENCE, calendar)


@pytest.mark.parametrize(
    ("milestone", "reason", "stuck", "severity"),
    [
        (Milestone.EXCEPTION, None, StuckReason.EXCEPTION, 2),
        (Milestone.EXCEPTION, Reason.WEATHER, StuckReason.EXCEPTION, 2),
        (Milestone.EXCEPTION, Reason.CUSTOMS, StuckReason.CUSTOMS, 2),
        (Milestone.EXCEPTION, Reason.ADDRESS, StuckReason.ADDRESS, 3),
        (Milestone.EXCEPTION, Reason.DAMAGED, StuckReason.EXCEPTION, 3),
        (Milestone.ATTEMPT_FAILED, Reason.ADDRESS, StuckReason.ATTEMPT_FAILED, 1),
        (Milestone.RETURNING, None, StuckReason.RETURNING, 2),
        (Milestone.LOST, None, StuckReason.LOST, 3),
    ],
)
def test_trouble_is_delayed_and_stuck_from_its_scan_on(
    milestone: Milestone, reason: Reason | None, stuck: StuckReason, severity: int
) -> None:
    standing = Standing(milestone=milestone, reason=reason, since=NOON, day=MONDAY)

    judgement = at(a_shipment(standing=standing), NOON + HOUR)

    assert (judgement.delayed, judgement.delayed_since) == (DelayCause.MILESTONE, NOON)
    assert (judgement.stuck, judgement.stuck_since, judgement.severity) == (stuck, NOON, severity)


@pytest.mark.parametrize("milestone", [Milestone.DELIVERED, Milestone.RETURNED, Milestone.CANCELLED])
def test_an_ended_parcel_is_never_late(milestone: Milestone) -> None:
    assert at(a_shipment(milestone, window=a_window()), NOON + 90 * DAY) == Judgement()


def test_a_removed_or_superseded_parcel_is_not_judged() -> None:
    late = a_shipment(Milestone.IN_TRANSIT, window=a_window())

    assert at(replace(late, removed_at=NOON), NOON + 90 * DAY) == Judgement()
    assert at(replace(late, superseded_by=ShipmentId("s2")), NOON + 90 * DAY) == Judgement()


def test_a_promise_passes_at_the_end_of_its_day_there_plus_a_grace() -> None:
    shipment = a_shipment(Milestone.IN_TRANSIT, window=a_window(MONDAY), destination_zone="America/New_York")
    passes = datetime(2026, 5, 5, 5, 59, 59, tzinfo=UTC)

    before, after = at(shipment, passes - timedelta(seconds=1)), at(shipment, passes)

    assert (before.delayed, before.review_at) == (None, passes)
    assert (after.delayed, after.delayed_since, after.stuck) == (
        DelayCause.PROMISE_PASSED,
        passes,
        StuckReason.PAST_PROMISE,
    )


@pytest.mark.parametrize("milestone", [Milestone.READY_FOR_PICKUP, Milestone.RETURNING, Milestone.LOST])
def test_a_promise_says_nothing_of_a_parcel_that_waits_goes_back_or_is_lost(milestone: Milestone) -> None:
    judgement = at(a_shipment(milestone, window=a_window()), NOON + 6 * DAY)

    assert judgement.delayed is not DelayCause.PROMISE_PASSED


@pytest.mark.parametrize(
    ("milestone", "limit"),
    [(Milestone.PICKED_UP, 2 * DAY), (Milestone.IN_TRANSIT, 3 * DAY), (Milestone.OUT_FOR_DELIVERY, DAY)],
)
def test_silence_counts_from_the_last_sign_of_the_parcel(milestone: Milestone, limit: timedelta) -> None:
    shipment = a_shipment(milestone, moved_at=NOON + HOUR)
    silent_at = NOON + HOUR + limit

    assert at(shipment, silent_at - timedelta(seconds=1)) == Judgement(review_at=silent_at)
    assert at(shipment, silent_at).delayed is DelayCause.SILENT
    assert at(shipment, silent_at).stuck is StuckReason.SILENT


@pytest.mark.parametrize("milestone", [None, Milestone.LABEL_CREATED])
def test_a_parcel_never_scanned_is_late_by_the_limit(milestone: Milestone | None) -> None:
    shipment = a_shipment(milestone, created_at=NOON)

    assert at(shipment, NOON + 3 * DAY - HOUR).delayed is None
    assert at(shipment, NOON + 3 * DAY).delayed is DelayCause.NEVER_SCANNED


@pytest.mark.parametrize(
    ("start", "span", "holidays", "ends"),
    [
        (NOON, DAY, (), NOON + DAY),
        (FRIDAY_NOON, DAY, (), FRIDAY_NOON + 3 * DAY),
        (FRIDAY_NOON, DAY, (date(2026, 5, 11),), FRIDAY_NOON + 4 * DAY),
        (FRIDAY_NOON + DAY, HOUR, (), datetime(2026, 5, 11, 1, tzinfo=UTC)),  # begins on a Saturday
        (NOON, timedelta(), (), NOON),
    ],
)
def test_only_days_on_which_the_carrier_works_are_silent(
    start: datetime, span: timedelta, holidays: tuple[date, ...], ends: datetime
) -> None:
    calendar = Calendar(holidays=frozenset(holidays), weekend=frozenset({6, 7}))

    assert after_working_time(start, span, zone="UTC", calendar=calendar) == ends


def test_a_working_day_is_one_there_not_here() -> None:
    friday_evening = datetime(2026, 5, 9, 3, tzinfo=UTC)  # 23:00 in New York, one hour of Friday left

    ends = after_working_time(friday_evening, 2 * HOUR, zone="America/New_York", calendar=WEEKEND)

    assert ends == datetime(2026, 5, 11, 5, tzinfo=UTC)


def test_a_calendar_without_working_days_does_not_hang() -> None:
    never = Calendar(holidays=frozenset(), weekend=frozenset(range(1, 8)))

    assert after_working_time(NOON, DAY, zone="UTC", calendar=never) > NOON + 300 * DAY


def test_a_parcel_at_a_counter_is_late_before_its_last_day_and_urgent_after_it() -> None:
    shipment = a_shipment(Milestone.READY_FOR_PICKUP, pickup_by=date(2026, 5, 10))
    ends = datetime(2026, 5, 10, 23, 59, 59, tzinfo=UTC)

    assert at(shipment, ends - 2 * DAY - HOUR).delayed is None
    assert (at(shipment, ends - 2 * DAY).delayed, at(shipment, ends - DAY).severity) == (DelayCause.PICKUP_ENDING, 2)
    assert at(shipment, ends).severity == 3


def test_silence_makes_trouble_more_urgent_under_its_own_name() -> None:
    customs = Standing(milestone=Milestone.EXCEPTION, reason=Reason.CUSTOMS, since=NOON, day=MONDAY)

    judgement = at(a_shipment(standing=customs), NOON + DAY)

    assert (judgement.stuck, judgement.severity) == (StuckReason.CUSTOMS, 3)


@pytest.mark.parametrize(
    ("outcome", "severity"), [(LookOutcome.DOWN, 2), (LookOutcome.UNREADABLE, 2), (LookOutcome.REFUSED, 3)]
)
def test_could_not_ask_is_our_trouble_and_no_delay(outcome: LookOutcome, severity: int) -> None:
    watch = Watch(outcome=outcome, failing_since=NOON, failures=9)
    shipment = a_shipment(Milestone.IN_TRANSIT, watch=watch)

    judgement = at(shipment, NOON + 30 * DAY)

    assert at(shipment, NOON + 5 * HOUR).review_at == NOON + 6 * HOUR
    assert (judgement.stuck, judgement.severity, judgement.delayed) == (StuckReason.CANNOT_ASK, severity, None)


def test_silence_that_began_before_we_went_deaf_stays() -> None:
    watch = Watch(outcome=LookOutcome.DOWN, failing_since=NOON + 4 * DAY)

    assert at(a_shipment(Milestone.IN_TRANSIT, watch=watch), NOON + 5 * DAY).delayed is DelayCause.SILENT


def test_a_number_the_carrier_never_knew_is_stuck_and_one_it_purged_is_not() -> None:
    watch = Watch(outcome=LookOutcome.NOT_KNOWN_YET)
    never, purged = a_shipment(None, watch=watch, created_at=NOON), a_shipment(Milestone.READY_FOR_PICKUP, watch=watch)

    assert at(never, NOON + 2 * DAY).stuck is StuckReason.NUMBER_UNKNOWN
    assert at(purged, NOON + 2 * DAY).stuck is None


SHIPMENTS = st.builds(
    lambda milestone, reason, moved, window, pickup, outcome, failing, zone: a_shipment(
        standing=Standing(milestone=milestone, reason=reason, since=NOON if milestone else None, day=MONDAY),
        created_at=NOON - DAY,
        moved_at=NOON + moved * HOUR if milestone else None,
        window=a_window(MONDAY + window * DAY) if window is not None else None,
        pickup_by=MONDAY + pickup * DAY if pickup is not None else None,
        watch=Watch(outcome=outcome, failing_since=NOON + failing * HOUR if failing is not None else None),
        destination_zone=zone,
    ),
    st.sampled_from([None, *(one for one in Milestone if one is not Milestone.UNKNOWN)]),
    st.sampled_from([None, Reason.CUSTOMS, Reason.ADDRESS]),
    st.integers(0, 90),
    st.none() | st.integers(0, 9),
    st.none() | st.integers(0, 9),
    st.none() | st.sampled_from(LookOutcome),
    st.none() | st.integers(0, 90),
    st.sampled_from(["UTC", "America/New_York", "Pacific/Auckland"]),
)


@given(
    shipment=SHIPMENTS,
    hours=st.floats(0, 400),
    share=st.floats(0, 1, exclude_max=True),
    calendar=st.sampled_from([EVERY_DAY_WORKS, WEEKEND]),
)
def test_nothing_changes_before_the_review_and_something_does_at_it(
    shipment: Shipment, hours: float, share: float, calendar: Calendar
) -> None:
    now = NOON + hours * HOUR
    judgement = at(shipment, now, calendar)

    if judgement.review_at is None:
        assert at(shipment, now + 1000 * DAY, calendar) == judgement
        return
    assert judgement.review_at > now
    between = min(now + share * (judgement.review_at - now), judgement.review_at - timedelta(microseconds=1))
    assert at(shipment, between, calendar) == judgement
    assert at(shipment, judgement.review_at, calendar) != judgement


def test_every_problem_is_kept_and_the_gravest_stands_first() -> None:
    late = a_shipment(
        Milestone.EXCEPTION,
        window=a_window(MONDAY),
        standing=Standing(milestone=Milestone.EXCEPTION, reason=Reason.CUSTOMS, since=NOON, day=MONDAY),
        untold=Untold(notice="exception", channel="email", why="no_address", since=NOON + HOUR),
    )

    judgement = at(late, NOON + 3 * DAY)

    assert [each.reason for each in judgement.problems] == [
        StuckReason.CUSTOMS,
        StuckReason.NOT_TOLD,
        StuckReason.PAST_PROMISE,
    ]
    first = judgement.problems[0]
    assert (judgement.stuck, judgement.stuck_since, judgement.severity) == (first.reason, first.since, first.severity)


def test_a_reason_that_holds_twice_stands_once_as_grave_as_it_gets() -> None:
    waits = a_shipment(Milestone.READY_FOR_PICKUP, pickup_by=MONDAY)

    judgement = at(waits, NOON + 2 * DAY)

    assert [(each.reason, each.severity) for each in judgement.problems] == [(StuckReason.PICKUP_ENDING, 3)]


def test_a_delivered_parcel_that_its_shopper_misses_is_a_problem_until_it_moves_again() -> None:
    missed = a_shipment(Milestone.DELIVERED, missed_at=NOON + HOUR)
    found = replace(missed, standing=Standing(milestone=Milestone.IN_TRANSIT, since=NOON + 2 * HOUR))

    before, after, moving = at(missed, NOON), at(missed, NOON + 30 * DAY), at(found, NOON + 3 * HOUR)

    assert (before.stuck, before.review_at) == (None, NOON + HOUR)
    assert (after.stuck, after.stuck_since, after.severity) == (StuckReason.NOT_THERE, NOON + HOUR, 3)
    assert (after.delayed, moving.stuck) == (None, None)


def test_an_end_nobody_was_told_of_is_a_problem_for_a_week() -> None:
    untold = Untold(notice="returned", channel="email", why="refused_by_provider", since=NOON)
    ended = a_shipment(Milestone.RETURNED, untold=untold)

    during, after = at(ended, NOON + DAY), at(ended, NOON + 8 * DAY)

    assert (during.stuck, during.severity, during.delayed) == (StuckReason.NOT_TOLD, 2, None)
    assert after == Judgement()
