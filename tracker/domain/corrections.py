"""Which scans turned out not to be true, and which later scan says so."""

from collections.abc import Iterable, Mapping

from carriers.events import Milestone, TrackingEvent
from tracker.domain.histories import in_order
from tracker.domain.shipments import Standing, advance, replay

# Paperwork, riddles, and the word of a carrier that searches: nobody had the parcel in hand.
NO_SIGN_OF_IT = frozenset({Milestone.LABEL_CREATED, Milestone.CANCELLED, Milestone.LOST, Milestone.UNKNOWN})


def scans_of_it(events: Iterable[TrackingEvent], taken_back: Mapping[str, TrackingEvent]) -> tuple[TrackingEvent, ...]:
    """The events that are scans of the parcel itself, in the order given."""
    return tuple(
        event
        for event in events
        if not (event.forecast or event.retracts or event.milestone in NO_SIGN_OF_IT or event.fingerprint in taken_back)
    )


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
