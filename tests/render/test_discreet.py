"""A link that was passed on names nobody; what was left out stands where more was proven."""

from datetime import UTC, datetime

import pytest

from carriers.events import Clock, Milestone, TrackingEvent
from tracker.render.discreet import may_name_somebody


def a_scan(text: str, milestone: Milestone) -> TrackingEvent:
    at = datetime(2026, 5, 4, 12, tzinfo=UTC)
    return TrackingEvent(
        code="X", milestone=milestone, occurred_at=at, clock=Clock.EXACT, local_text=at.isoformat(), text=text
    )


@pytest.mark.parametrize(
    ("text", "milestone"),
    [
        ("Delivered - Signed for by: J SMITH", Milestone.DELIVERED),
        ("DELIVERED, FRONT DESK, MS. ROE", Milestone.DELIVERED),
        ("Parcel handed over to JANE ROE, 4 Elm Street", Milestone.IN_TRANSIT),
        ("Further consignee information needed ROE, ELM STREET 4", Milestone.EXCEPTION),
        ("Signature: SMITH", Milestone.UNKNOWN),
        ("Left with ROE", Milestone.READY_FOR_PICKUP),
        ("Returned to the sender, received by DOE", Milestone.RETURNED),
    ],
)
def test_words_that_may_name_somebody_are_kept_back(text: str, milestone: Milestone) -> None:
    assert may_name_somebody(a_scan(text, milestone))


@pytest.mark.parametrize(
    ("text", "milestone"),
    [
        ("Departed from facility", Milestone.IN_TRANSIT),
        ("Out For Delivery Today", Milestone.OUT_FOR_DELIVERY),
        ("The customer was not available on the 1st attempt", Milestone.ATTEMPT_FAILED),
        ("Design package sorted", Milestone.IN_TRANSIT),
    ],
)
def test_other_words_of_the_carrier_stay_one_tap_away(text: str, milestone: Milestone) -> None:
    assert not may_name_somebody(a_scan(text, milestone))
