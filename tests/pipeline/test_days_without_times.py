"""What a scan that names only its day says about silence."""

from datetime import datetime, timedelta

import pytest

from carriers.events import Milestone, Tracked
from tests.domain.builders import MONDAY, NOON, a_day_scan, a_scan, a_shipment
from tracker.pipeline.ingest import folded

DAY = timedelta(days=1)
MIDNIGHT = NOON - timedelta(hours=12)  # at which the day begins


@pytest.mark.parametrize(
    ("seen_at", "moved_at"),
    [(NOON, NOON), (NOON + 2 * DAY, MIDNIGHT + DAY), (MIDNIGHT, MIDNIGHT)],
    ids=["seen on the day", "seen later", "a day that has just begun"],
)
def test_silence_after_a_day_begins_when_the_day_is_over_or_we_saw_it(seen_at: datetime, moved_at: datetime) -> None:
    scan = a_day_scan(Milestone.PICKED_UP, MONDAY)

    seen = folded(a_shipment(), [scan], Tracked(tracking_number="1", events=(scan,)), seen_at=seen_at)

    assert seen.moved_at == moved_at


def test_what_is_no_scan_of_the_parcel_leaves_its_last_scan_as_it_is() -> None:
    """A search says nothing of the parcel, nor does a report that was taken back, or its taking back."""
    day, last = a_day_scan(Milestone.PICKED_UP, MONDAY), a_scan(Milestone.IN_TRANSIT, NOON)
    wrong = a_scan(Milestone.DELIVERED, NOON + DAY)
    retraction = a_scan(Milestone.DELIVERED, NOON + DAY, retracts=Milestone.DELIVERED)
    searched = a_scan(Milestone.LOST, NOON + 2 * DAY)

    for scans, scanned_at in (
        ((last, wrong, retraction, searched), NOON),
        ((day,), MIDNIGHT),
        ((searched,), None),
    ):
        told = Tracked(tracking_number="1", events=scans)
        assert folded(a_shipment(), scans, told, seen_at=NOON + 3 * DAY).scanned_at == scanned_at
