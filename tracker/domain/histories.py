"""In which order a shipment's scans happened, whatever order they were told in."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from operator import itemgetter

from carriers.events import Clock, TrackingEvent
from tracker.domain.follows import PROGRESS

FIRST_THREE = itemgetter(0, 1, 2)

# Told twice with different certainty (an answer gained its zone later): the surer telling stands.
SURENESS = {Clock.EXACT: 0, Clock.BY_PLACE: 1, Clock.DAY_ONLY: 2, Clock.ASSUMED: 3}


def local_day(event: TrackingEvent) -> date:
    """The day on the wall where the scan was made; as written when no zone is known."""
    if event.utc_offset_minutes:
        return (event.occurred_at + timedelta(minutes=event.utc_offset_minutes)).date()
    return event.occurred_at.date()


def in_order(events: Iterable[TrackingEvent]) -> tuple[TrackingEvent, ...]:
    """Oldest first, each fingerprint once: by instant, then by progress, then by fingerprint."""
    once: dict[str, TrackingEvent] = {}
    for event in events:
        told = once.setdefault(event.fingerprint, event)
        if told is not event and told != event:
            once[event.fingerprint] = min(told, event, key=_sureness)
    timed = [(event.occurred_at, _progress(event), mark, event) for mark, event in once.items()]
    timed.sort(key=FIRST_THREE)
    day_only = Clock.DAY_ONLY
    days = [event for _, _, _, event in timed if event.clock is day_only]
    if not days:
        return tuple([event for _, _, _, event in timed])
    return _with_days([event for _, _, _, event in timed if event.clock is not day_only], days)


def _with_days(line: list[TrackingEvent], days: list[TrackingEvent]) -> tuple[TrackingEvent, ...]:
    """Put each scan that has a day but no time before the first scan of that day that is further than it."""
    for event in sorted(days, key=lambda event: (local_day(event), _progress(event), event.fingerprint)):
        place = (local_day(event), _progress(event))
        at = next((i for i, other in enumerate(line) if (local_day(other), _progress(other)) > place), len(line))
        line.insert(at, event)
    return tuple(line)


def _progress(event: TrackingEvent) -> int:
    """A retraction comes right after what it takes back."""
    return PROGRESS[event.milestone] if event.retracts is None else PROGRESS[event.retracts] + 1


def _sureness(event: TrackingEvent) -> tuple[int, datetime, str, str, str, str]:
    return (
        SURENESS[event.clock],
        event.occurred_at,
        event.milestone,
        event.reason or "",
        event.retracts or "",
        event.text,
    )
