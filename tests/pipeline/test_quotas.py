"""Calls are reserved so that a late one still fits the carrier's window."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.pipeline.ports import Quota
from tracker.pipeline.quotas import LONGEST_DELAY, call_within, widened

SECOND = Quota(limit=5, per=timedelta(seconds=1))
HOUR = Quota(limit=5000, per=timedelta(hours=1))
DAY = Quota(limit=50_000, per=timedelta(days=1), calendar=True)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("quotas", "expected"),
    [
        ((SECOND, HOUR, DAY), timedelta(seconds=0.25)),
        ((HOUR, DAY), LONGEST_DELAY),
        ((DAY,), LONGEST_DELAY),
        ((), LONGEST_DELAY),
    ],
)
def test_a_call_leaves_soon_after_its_reservation(quotas: tuple[Quota, ...], expected: timedelta) -> None:
    assert call_within(quotas) == expected


def test_a_calendar_day_is_not_widened() -> None:
    assert widened((SECOND, DAY)) == (Quota(limit=5, per=timedelta(seconds=1.25)), DAY)


@given(st.lists(st.tuples(st.floats(0, 20), st.floats(0, 1)), max_size=60))
def test_late_calls_never_exceed_a_limit(wanted: list[tuple[float, float]]) -> None:
    """Reserve when the widened window allows, leave as late as one may: no true window holds more than its limit."""
    (quota,), delay = widened((SECOND,)), call_within((SECOND,))
    reserved: list[datetime] = []
    left: list[datetime] = []
    for after, lateness in sorted(wanted):
        at = NOON + timedelta(seconds=after)
        if sum(at - earlier < quota.per for earlier in reserved) < quota.limit:
            reserved.append(at)
            left.append(at + lateness * delay)

    for start in left:
        assert sum(start <= each < start + SECOND.per for each in left) <= SECOND.limit
