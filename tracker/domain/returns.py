"""Which hand-overs ended a return: carriers call them delivered, to the shopper they are none."""

from collections.abc import Iterable

from carriers.events import Milestone, TrackingEvent
from tracker.domain.corrections import taken_back
from tracker.domain.histories import in_order
from tracker.domain.shipments import Standing, advance

_GOES_BACK = frozenset({Milestone.RETURNING, Milestone.RETURNED})


def came_back(events: Iterable[TrackingEvent]) -> frozenset[str]:
    """Fingerprints of the deliveries of a parcel that was on its way back, or back already."""
    history = in_order(events)
    if not any(each.milestone in _GOES_BACK for each in history):
        return frozenset()
    retracted = {mark for mark, by in taken_back(history).items() if by.retracts is not None}
    standing, found = Standing(), set[str]()
    for event in history:
        if event.fingerprint in retracted or event.retracts is event.milestone:
            continue
        if event.milestone is Milestone.DELIVERED and standing.milestone in _GOES_BACK:
            found.add(event.fingerprint)
        standing, _ = advance(standing, event)
    return frozenset(found)
