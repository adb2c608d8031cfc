"""When to look next: never in the past, never too long, and sooner for somebody who is waiting."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carriers.events import Milestone
from tests.domain.builders import DAY, HOUR, LADDER, NOON
from tracker.domain.cadence import LookView, Rung, brought_forward, next_look

MINUTE = timedelta(minutes=1)
JITTER = 0.9


def a_view(**known: object) -> LookView:
    facts: dict[str, object] = {
        "shipment_id": "s1",
        "milestone": Milestone.IN_TRANSIT,
        "since": NOON - HOUR,
        "created_at": NOON - DAY,
        "last_event_at": NOON - HOUR,
        "asked_at": NOON,
        "destination_zone": "UTC",
        "promised_last_day_ends_at": None,
        "watched_at": None,
        "failures": 0,
        "unknown_looks": 0,
        "looks": 5,
        "quota_left": 1.0,
    }
    return LookView(**(facts | known))  # type: ignore[arg-type]


def wait(view: LookView, now: datetime = NOON) -> timedelta:
    at = next_look(view, now, LADDER)
    assert at is not None
    return at - now


@pytest.mark.parametrize(
    ("view", "longest"),
    [
        (a_view(), 2 * HOUR),
        (a_view(promised_last_day_ends_at=NOON + 10 * HOUR), HOUR),  # today is the day
        (a_view(promised_last_day_ends_at=NOON + 2 * DAY), 2 * HOUR),
        (a_view(promised_last_day_ends_at=NOON - 2 * DAY), HOUR),  # late
        (a_view(watched_at=NOON - MINUTE), 5 * MINUTE),
        (a_view(watched_at=NOON - 20 * MINUTE), 2 * HOUR),
        (a_view(watched_at=NOON - MINUTE, quota_left=0.05), 8 * HOUR),  # too little left to be generous
        (a_view(failures=1), 5 * MINUTE),
        (a_view(failures=2), 10 * MINUTE),
        (a_view(failures=50), 30 * MINUTE),
        (a_view(milestone=None, unknown_looks=1), 30 * MINUTE),
        (a_view(milestone=None, unknown_looks=9), 12 * HOUR),
        (a_view(unknown_looks=9), 2 * HOUR),  # known before, purged now: the ladder goes on
        (a_view(quota_left=0.25), 4 * HOUR),
        (a_view(quota_left=0.0), 8 * HOUR),
    ],
)
def test_the_wait_is_the_rungs_and_a_little_less(view: LookView, longest: timedelta) -> None:
    assert JITTER * longest <= wait(view) <= longest


@pytest.mark.parametrize(
    ("hour", "zone", "longest"),
    [
        (12, "UTC", 2 * HOUR),
        (22, "UTC", 6 * HOUR),
        (5, "UTC", 2 * HOUR),  # the morning is near: by its own step
        (2, "UTC", 5 * HOUR),  # at seven, not at eight
        (12, "Asia/Tokyo", 6 * HOUR),  # 21:00 there
        (2, "America/New_York", 6 * HOUR),  # 22:00 there
    ],
)
def test_nights_are_where_the_parcel_goes(hour: int, zone: str, longest: timedelta) -> None:
    now = datetime(2026, 5, 4, hour, tzinfo=UTC)

    assert JITTER * longest <= wait(a_view(destination_zone=zone, last_event_at=now, asked_at=now), now) <= longest


def test_the_first_look_is_at_once() -> None:
    assert next_look(a_view(looks=0, asked_at=None, milestone=None), NOON, LADDER) == NOON


@pytest.mark.parametrize("milestone", [Milestone.DELIVERED, Milestone.RETURNED, Milestone.CANCELLED])
def test_an_ended_parcel_is_asked_once_more_and_then_no_longer(milestone: Milestone) -> None:
    ended = a_view(milestone=milestone, since=NOON - HOUR)

    assert next_look(ended, NOON, LADDER) == NOON - HOUR + DAY
    assert next_look(replace(ended, asked_at=NOON + DAY), NOON + DAY, LADDER) is None


def test_a_last_look_that_failed_is_tried_again() -> None:
    ended = a_view(milestone=Milestone.DELIVERED, since=NOON - 2 * DAY, asked_at=NOON - 2 * DAY, failures=1)

    assert next_look(ended, NOON, LADDER) == NOON + 5 * MINUTE


def test_a_parcel_silent_for_weeks_is_given_up() -> None:
    assert next_look(a_view(last_event_at=NOON - 45 * DAY), NOON, LADDER) is None
    assert next_look(a_view(last_event_at=None, created_at=NOON - 45 * DAY), NOON, LADDER) is None


def test_parcels_registered_together_drift_apart_and_the_same_view_never_does() -> None:
    waits = {wait(a_view(shipment_id=f"s{n}")) for n in range(50)}

    assert len(waits) == 50
    assert wait(a_view()) == wait(a_view())


@pytest.mark.parametrize(
    ("view", "at"),
    [
        (a_view(asked_at=NOON - HOUR), NOON),
        (a_view(asked_at=NOON - 2 * MINUTE), NOON + 3 * MINUTE),  # not more often than for one who watches
        (a_view(asked_at=None), NOON),
        (a_view(milestone=Milestone.DELIVERED), None),
        (a_view(failures=1), None),  # a carrier in trouble is not asked for a page view
        (a_view(quota_left=0.1), None),
        (a_view(last_event_at=NOON - 46 * DAY), None),
    ],
)
def test_a_page_view_brings_the_next_look_forward_within_reason(view: LookView, at: datetime | None) -> None:
    assert brought_forward(view, NOON, LADDER) == at


MOMENTS = st.none() | st.integers(0, 24 * 80).map(lambda hours: NOON - hours * HOUR)
VIEWS = st.builds(
    a_view,
    shipment_id=st.text(max_size=8),
    milestone=st.sampled_from([None, *Milestone]),
    since=MOMENTS,
    created_at=MOMENTS.filter(bool),
    last_event_at=MOMENTS,
    asked_at=MOMENTS,
    watched_at=MOMENTS,
    promised_last_day_ends_at=st.none() | st.integers(-99, 99).map(lambda hours: NOON + hours * HOUR),
    destination_zone=st.sampled_from(["UTC", "America/New_York", "Pacific/Apia", "Asia/Kolkata"]),
    failures=st.integers(0, 40),
    unknown_looks=st.integers(0, 40),
    looks=st.integers(0, 1000),
    quota_left=st.floats(0, 1),
)


@given(view=VIEWS, minutes=st.integers(0, 60 * 48))
def test_a_look_is_never_in_the_past_nor_later_than_the_longest_wait(view: LookView, minutes: int) -> None:
    now = NOON + minutes * MINUTE

    at = next_look(view, now, LADDER)

    assert at == next_look(view, now, LADDER)
    assert at is None or now <= at <= now + LADDER.longest
    sooner = brought_forward(view, now, LADDER)
    assert sooner is None or sooner >= now


@given(view=VIEWS, more=st.floats(0, 1))
def test_less_quota_never_means_sooner(view: LookView, more: float) -> None:
    poor, rich = sorted((view.quota_left, more))

    late = next_look(replace(view, quota_left=poor), NOON, LADDER)
    soon = next_look(replace(view, quota_left=rich), NOON, LADDER)

    assert (late is None) == (soon is None)
    assert late is None or soon is None or soon <= late


def test_no_rung_waits_longer_than_the_ladder_allows() -> None:
    slow = replace(LADDER, rungs=dict.fromkeys((None, *Milestone), Rung(day=9 * DAY, night=9 * DAY, due=9 * DAY)))

    at = next_look(a_view(), NOON, slow)

    assert at is not None
    assert at <= NOON + LADDER.longest
