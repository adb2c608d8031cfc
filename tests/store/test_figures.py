"""Whether the figures count what they say they count."""

from dataclasses import replace
from datetime import timedelta

from carriers.events import Milestone
from tests.store.builders import BOOT, NOON, a_scan, an_order, stored
from tracker.store import figures
from tracker.store.unit import SqlStore

A_YEAR = timedelta(days=365)


def test_codes_without_a_row_are_counted_and_informational_scans_are_not(store: SqlStore) -> None:
    shipment = stored(store, an_order()).shipments[0]
    informational = a_scan(Milestone.UNKNOWN)
    strange = [replace(a_scan(Milestone.UNKNOWN, minute=at), code="X/ZZ/999", known=False) for at in (1, 2)]
    with store.write() as unit:
        unit.add_events(shipment.id, [informational, *strange], seen_at=NOON, not_seen_at=None)

    with store.read() as snapshot:
        found = figures.unknown_codes(snapshot, machine_now=BOOT)
        later = figures.unknown_codes(snapshot, machine_now=BOOT + 100 * A_YEAR)

    assert found == {("ups", "X/ZZ/999"): 2}
    assert later == {}
