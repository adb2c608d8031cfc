"""Which scans turned out not to be true, and which later scan says so."""

from collections.abc import Iterable

from carriers.events import TrackingEvent
from tracker.domain.histories import in_order
from tracker.domain.shipments import Standing, advance, replay


def taken_back(events: Iterable[TrackingEvent]) -> dict[str, TrackingEvent]:
    """Fingerprint of each such scan -> the scan that retracted or contradicted it."""
    standing, kept = Standing(), list[TrackingEvent]()
    found: dict[str, TrackingEvent] = {}
    for event in in_order(events):
        if event.forecast:
            continue
        if event.retracts is not None:
            undone = next((each for each in reversed(kept) if each.milestone is event.retracts), None)
            if undone is not None:
                found[undone.fingerprint] = event
                kept.remove(undone)
                standing = replay(kept)
            if event.milestone is event.retracts:
                continue
        before = standing.event
        standing, moved = advance(standing, event)
        if moved and before is not None and standing.corrected_from is not None:
            found[before] = event
        kept.append(event)
    return found
