"""What one look's outcome says about our own asking, for the judge and for the cadence."""

from dataclasses import replace
from datetime import datetime

from tracker.domain import windows
from tracker.domain.cadence import LookView
from tracker.domain.shipments import LookOutcome, Shipment, Watch

# Outcomes in which the carrier answered in a shape we know; the others mean that we could not ask.
ANSWERED = frozenset({LookOutcome.NEWS, LookOutcome.NOTHING_NEW, LookOutcome.NOT_KNOWN_YET})


def watched(watch: Watch, outcome: LookOutcome, *, at: datetime) -> Watch:
    """The watch after one more look."""
    if outcome in ANSWERED:
        heard = replace(watch, asked_at=at, failing_since=None, failures=0)
    else:
        heard = replace(watch, failing_since=watch.failing_since or at, failures=watch.failures + 1)
    return replace(heard, tried_at=at, outcome=outcome, looks=watch.looks + 1)


def seen_after(view: LookView, outcome: LookOutcome, *, at: datetime) -> LookView:
    """The cadence's view after one more look that changed nothing else."""
    if outcome is LookOutcome.NOT_KNOWN_YET:
        return replace(view, asked_at=at, failures=0, unknown_looks=view.unknown_looks + 1, looks=view.looks + 1)
    if outcome in ANSWERED:
        return replace(view, asked_at=at, failures=0, unknown_looks=0, looks=view.looks + 1)
    return replace(view, failures=view.failures + 1, looks=view.looks + 1)


def with_news(view: LookView, shipment: Shipment) -> LookView:
    """The view when a look has moved the shipment."""
    window = shipment.window
    return replace(
        view,
        milestone=shipment.standing.milestone,
        since=shipment.standing.since,
        last_event_at=shipment.last_event_at,
        promised_last_day_ends_at=windows.ends_at(window, shipment.destination_zone) if window else None,
    )


def view_of(shipment: Shipment) -> LookView:
    """The view of a shipment nobody has claimed, for the question whether a reader may bring its look forward."""
    watch = shipment.watch
    bare = LookView(
        shipment_id=shipment.id,
        milestone=None,
        since=None,
        created_at=shipment.created_at,
        last_event_at=None,
        asked_at=watch.asked_at,
        destination_zone=shipment.destination_zone,
        promised_last_day_ends_at=None,
        watched_at=watch.watched_at,
        failures=watch.failures,
        unknown_looks=0,
        looks=watch.looks,
        quota_left=1.0,
    )
    return with_news(bare, shipment)
