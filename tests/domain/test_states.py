"""The table of legal moves, in sentences, and the paper that shows it."""

from datetime import timedelta

import pytest

from carriers.events import Clock, Milestone, Reason, TrackingEvent
from tests.domain.builders import DAY, HOUR, MONDAY, NOON, a_day_scan, a_scan, a_shipment
from tests.domain.states import PAPER, drawn
from tracker.domain.follows import FOLLOWS, PROGRESS
from tracker.domain.histories import in_order
from tracker.domain.shipments import Cause, DelayCause, Judgement, Standing, advance, replay, transition

LABEL, PICKED_UP, TRANSIT = Milestone.LABEL_CREATED, Milestone.PICKED_UP, Milestone.IN_TRANSIT
OUT, ATTEMPT, READY = Milestone.OUT_FOR_DELIVERY, Milestone.ATTEMPT_FAILED, Milestone.READY_FOR_PICKUP
DELIVERED, TROUBLE, RETURNING = Milestone.DELIVERED, Milestone.EXCEPTION, Milestone.RETURNING
RETURNED, LOST, CANCELLED, UNKNOWN = Milestone.RETURNED, Milestone.LOST, Milestone.CANCELLED, Milestone.UNKNOWN


def line(*seen: Milestone, apart: timedelta = 2 * HOUR) -> list[TrackingEvent]:
    """Scans in order, some time apart."""
    return [a_scan(milestone, NOON + n * apart, code=f"{n}{milestone}") for n, milestone in enumerate(seen)]


@pytest.mark.parametrize(
    ("seen", "stands"),
    [
        ((LABEL,), LABEL),
        ((LABEL, PICKED_UP), PICKED_UP),
        ((PICKED_UP, LABEL), PICKED_UP),  # paperwork sent after the parcel
        ((TRANSIT, LABEL, PICKED_UP), TRANSIT),  # the branch reports after the hub
        ((TRANSIT, CANCELLED), TRANSIT),  # a void label is not a vanished parcel
        ((LABEL, CANCELLED), CANCELLED),
        ((LABEL, CANCELLED, PICKED_UP), PICKED_UP),
        ((TRANSIT, UNKNOWN), TRANSIT),
        ((TRANSIT, TROUBLE, TRANSIT), TRANSIT),
        ((OUT, TRANSIT), TRANSIT),  # came back undelivered
        ((OUT, ATTEMPT, TRANSIT), ATTEMPT),  # the depot's evening scan resolves nothing
        ((OUT, ATTEMPT, READY), READY),
        ((READY, DELIVERED), DELIVERED),
        ((DELIVERED, LABEL), DELIVERED),
        ((DELIVERED, OUT), OUT),
        ((DELIVERED, TRANSIT), TRANSIT),
        ((DELIVERED, ATTEMPT), ATTEMPT),
        ((DELIVERED, TROUBLE), TROUBLE),
        ((DELIVERED, OUT, DELIVERED), DELIVERED),
        ((RETURNING, TRANSIT, OUT), RETURNING),
        ((RETURNING, DELIVERED), RETURNED),  # delivered to the sender
        ((RETURNED, DELIVERED), RETURNED),
        ((LOST, TRANSIT), TRANSIT),
        ((LOST, DELIVERED), DELIVERED),
    ],
)
def test_a_shipment_moves_only_where_the_table_allows(seen: tuple[Milestone, ...], stands: Milestone) -> None:
    assert replay(line(*seen)).milestone is stands


def test_a_late_older_scan_leaves_delivered_as_it_is() -> None:
    told_in_time = line(LABEL, TRANSIT, DELIVERED)
    late = a_scan(OUT, NOON + 3 * HOUR)

    assert replay([*told_in_time, late]).milestone is DELIVERED
    assert replay([*told_in_time, late]).corrected_from is None


def test_a_facility_scan_minutes_after_the_end_is_noise_and_hours_after_a_correction() -> None:
    delivered = a_scan(DELIVERED)
    soon, later = a_scan(TRANSIT, NOON + HOUR), a_scan(TRANSIT, NOON + HOUR + timedelta(seconds=1))

    assert replay([delivered, soon]).milestone is DELIVERED
    assert replay([delivered, later]).corrected_from is DELIVERED


def test_a_facility_scan_on_the_day_after_an_attempt_moves_on() -> None:
    assert replay([a_scan(ATTEMPT), a_scan(TRANSIT, NOON + DAY)]).milestone is TRANSIT


def test_a_forecast_moves_nothing() -> None:
    standing = Standing(milestone=PICKED_UP, since=NOON)

    assert advance(standing, a_scan(OUT, NOON + HOUR, forecast=True)) == (standing, False)


@pytest.mark.parametrize("milestone", [one for one in Milestone if one is not UNKNOWN])
def test_every_milestone_can_be_the_first_and_has_a_place_in_its_day(milestone: Milestone) -> None:
    assert replay([a_scan(milestone)]).milestone is milestone
    assert milestone in PROGRESS


def test_unknown_is_never_a_state_and_never_moves_one() -> None:
    assert not [pair for pair in FOLLOWS if UNKNOWN in pair]


@pytest.mark.parametrize(
    ("seen", "visits"),
    [
        ([(OUT, 8)], 1),
        ([(OUT, 8), (OUT, 9)], 1),  # scanned twice on one trip
        ([(OUT, 8), (ATTEMPT, 12)], 1),
        ([(ATTEMPT, 12)], 1),  # a trip nobody announced
        ([(OUT, 8), (ATTEMPT, 12), (OUT, 15)], 2),  # the van came again
        ([(OUT, 8), (TRANSIT, 10), (OUT, 11)], 1),  # never left
        ([(OUT, 8), (OUT, 32)], 2),
        ([(OUT, 8), (ATTEMPT, 12), (ATTEMPT, 36)], 2),
        ([(OUT, 8), (DELIVERED, 12)], 1),
        ([(DELIVERED, 12)], 0),
    ],
)
def test_a_visit_is_a_trip_to_the_door(seen: list[tuple[Milestone, int]], visits: int) -> None:
    midnight = NOON - 12 * HOUR
    scans = [a_scan(milestone, midnight + hour * HOUR) for milestone, hour in seen]

    assert replay(scans).visit == visits


def test_a_trip_day_is_the_day_where_the_scan_was_made() -> None:
    evening, night = NOON + 11.5 * HOUR, NOON + 12.5 * HOUR  # 18:30 and 19:30 in Chicago, two days in UTC
    scans = [a_scan(OUT, evening, utc_offset_minutes=-300), a_scan(ATTEMPT, night, utc_offset_minutes=-300)]

    assert replay(scans).visit == 1


def test_another_reason_is_told_again_and_none_says_nothing_new() -> None:
    customs = a_scan(TROUBLE, NOON, reason=Reason.CUSTOMS)
    silent, address = a_scan(TROUBLE, NOON + HOUR), a_scan(TROUBLE, NOON + 2 * HOUR, reason=Reason.ADDRESS)

    assert replay([customs, silent]).reason is Reason.CUSTOMS
    assert replay([customs, silent, address]).reason is Reason.ADDRESS


@pytest.mark.parametrize(
    ("seen", "stage"),
    [
        ((TROUBLE,), None),
        ((LABEL, TROUBLE), LABEL),
        ((TRANSIT, TROUBLE), TRANSIT),
        ((OUT, TROUBLE, RETURNING), OUT),
        ((TRANSIT, TROUBLE, LOST), TRANSIT),
        ((DELIVERED, TROUBLE), TRANSIT),
        ((TROUBLE, TRANSIT), None),
    ],
)
def test_trouble_keeps_the_stage_it_befell(seen: tuple[Milestone, ...], stage: Milestone | None) -> None:
    assert replay(line(*seen)).stage_before is stage


@pytest.mark.parametrize(
    ("seen", "retracted", "stands"),
    [
        ((LABEL, PICKED_UP), PICKED_UP, LABEL),
        ((TRANSIT, DELIVERED), DELIVERED, TRANSIT),
        ((TRANSIT, OUT, DELIVERED), OUT, DELIVERED),
        ((PICKED_UP,), PICKED_UP, None),
        ((LABEL, TRANSIT), PICKED_UP, TRANSIT),  # nothing to take back
    ],
)
def test_a_retraction_undoes_the_newest_scan_of_its_milestone(
    seen: tuple[Milestone, ...], retracted: Milestone, stands: Milestone | None
) -> None:
    undone = a_scan(UNKNOWN, NOON + 12 * HOUR, retracts=retracted)
    standing = replay([undone, *line(*seen)])

    assert standing.milestone is stands
    assert (standing.corrected_from is None) == (stands is seen[-1])


def test_each_retraction_undoes_one_scan_and_may_say_what_is_true_instead() -> None:
    twice = [*line(TRANSIT, OUT, OUT, apart=DAY), a_scan(UNKNOWN, NOON + 2.1 * DAY, retracts=OUT)]
    instead = a_scan(TROUBLE, NOON + 3 * DAY, retracts=OUT, reason=Reason.DAMAGED)

    assert replay(twice).visit == 1
    assert replay([*twice, instead]).milestone is TROUBLE
    assert replay([*twice, instead]).stage_before is TRANSIT


def test_a_retraction_follows_what_it_takes_back_at_the_same_instant() -> None:
    assert replay([a_scan(UNKNOWN, retracts=PICKED_UP), a_scan(PICKED_UP), a_scan(LABEL)]).milestone is LABEL


def test_scans_of_one_instant_are_ordered_by_progress() -> None:
    assert replay([a_scan(DELIVERED), a_scan(OUT), a_scan(RETURNING)]).milestone is RETURNED
    assert [event.milestone for event in in_order([a_scan(OUT), a_scan(TRANSIT)])] == [TRANSIT, OUT]


@pytest.mark.parametrize(
    ("milestone", "place"),
    [(LABEL, 0), (PICKED_UP, 1), (TRANSIT, 2), (OUT, 3), (DELIVERED, 3)],
)
def test_a_scan_without_a_time_stands_before_what_is_further_that_day(milestone: Milestone, place: int) -> None:
    timed = [a_scan(LABEL, NOON, code="x"), a_scan(TRANSIT, NOON + HOUR), a_scan(OUT, NOON + 2 * HOUR, code="y")]
    tomorrow = a_scan(TRANSIT, NOON + DAY)

    ordered = in_order([tomorrow, *timed, a_day_scan(milestone, MONDAY)])

    assert [event.clock for event in ordered].index(Clock.DAY_ONLY) == place + (milestone is LABEL)


def test_a_scan_told_twice_with_different_certainty_counts_once_as_the_surer() -> None:
    guess = a_scan(TRANSIT, NOON, clock=Clock.ASSUMED, utc_offset_minutes=None, local_text="2026-05-04T12:00:00")
    sure = a_scan(TRANSIT, NOON + 5 * HOUR, clock=Clock.BY_PLACE, local_text="2026-05-04T12:00:00")

    assert in_order([guess, sure]) == in_order([sure, guess]) == (sure,)


def test_a_transition_names_what_happened_and_whether_it_takes_something_back() -> None:
    before = a_shipment(standing=replay(line(TRANSIT, DELIVERED)))
    after = a_shipment(standing=replay(line(TRANSIT, DELIVERED, OUT, ATTEMPT)), version=3)

    step = transition(before=before, after=after, seen_at=NOON + DAY)

    assert step is not None
    assert (step.before, step.after, step.correction, step.cause) == (DELIVERED, ATTEMPT, True, Cause.EVENT)
    assert (step.occurred_at, step.seen_at, step.seq) == (NOON + 6 * HOUR, NOON + DAY, 3)


def test_a_late_older_scan_that_turns_an_end_round_is_a_correction() -> None:
    before = a_shipment(standing=replay(line(TRANSIT, DELIVERED)))
    after = a_shipment(standing=replay([*line(TRANSIT, DELIVERED), a_scan(RETURNING, NOON + HOUR)]))

    step = transition(before=before, after=after, seen_at=NOON + DAY)

    assert step is not None
    assert (step.after, step.correction) == (RETURNED, True)


@pytest.mark.parametrize(
    ("delayed", "cause"),
    [
        (DelayCause.PROMISE_PASSED, Cause.PROMISE_PASSED),
        (DelayCause.SILENT, Cause.SILENCE),
        (DelayCause.NEVER_SCANNED, Cause.SILENCE),
        (DelayCause.PICKUP_ENDING, Cause.SILENCE),
    ],
)
def test_a_delay_by_judgement_is_a_transition_like_any_other(delayed: DelayCause, cause: Cause) -> None:
    judged = a_shipment(TRANSIT, judgement=Judgement(delayed=delayed, delayed_since=NOON + DAY))

    step = transition(before=a_shipment(TRANSIT), after=judged, seen_at=NOON + 2 * DAY)

    assert step is not None
    assert (step.cause, step.occurred_at, step.is_delayed, step.event) == (cause, NOON + DAY, True, None)


def test_nothing_visible_changed_is_no_transition() -> None:
    assert transition(before=a_shipment(TRANSIT), after=a_shipment(TRANSIT, version=2), seen_at=NOON) is None


def test_the_paper_shows_the_tables_in_use() -> None:
    paper = PAPER.read_text(encoding="utf-8")

    assert paper == drawn(paper), "run: .venv/bin/python -m tests.domain.states"
