"""How an answer becomes state: its events join the stored ones, all are replayed, and what follows is concluded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from carriers.events import Tracked, TrackingEvent, surely_by
from tracker.domain import corrections, windows
from tracker.domain.histories import in_order
from tracker.domain.orders import Order
from tracker.domain.shipments import LookOutcome, Shipment, replay
from tracker.pipeline.conclude import Rules, conclude
from tracker.pipeline.dossier import Dossier
from tracker.pipeline.faults import Hit, no_fault
from tracker.pipeline.ports import NotificationId, Unit
from tracker.pipeline.watching import watched

# Carriers use a number again after months. What was scanned long before the order was placed happened to another
# parcel; a label may be printed a little before, and a shop's import may round the day it was placed.
FORMER_LIFE = timedelta(days=14)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What one answer brought."""

    shipment: Shipment  # as it stands now
    outcome: LookOutcome
    new_events: int = 0
    due: tuple[NotificationId, ...] = ()


def ingest(
    unit: Unit,
    dossier: Dossier,
    parcels: Sequence[Tracked],
    *,
    seen_at: datetime,
    machine_now: datetime,
    rules: Rules,
    hit: Hit = no_fault,
) -> Ingested:
    """Write down what an answer says of the dossier's shipment, all in the unit.

    `parcels`: all that answered to its number. An answer without a usable event takes nothing back: a carrier that has
    purged a parcel has not un-delivered it.
    """
    before = dossier.shipment
    tracked = of_this_journey(pick(before.tracking_number, parcels), placed_at=_floor(dossier.order))
    if tracked is None:
        return _not_known(unit, dossier, seen_at=seen_at, machine_now=machine_now, rules=rules, hit=hit)
    events = in_order((*dossier.events, *tracked.events))
    stored = {event.fingerprint: event for event in dossier.events}
    told = [event for event in events if stored.get(event.fingerprint) != event]
    if told:
        unit.add_events(before.id, told, seen_at=seen_at, not_seen_at=before.watch.asked_at)
    outcome = LookOutcome.NEWS if told else LookOutcome.NOTHING_NEW
    after = folded(before, events, tracked, seen_at=seen_at)
    concluded = conclude(
        unit,
        dossier,
        replace(after, watch=watched(before.watch, outcome, at=seen_at)),
        events=events,
        now=seen_at,
        machine_now=machine_now,
        rules=rules,
        hit=hit,
    )
    return Ingested(
        shipment=concluded.shipment,
        outcome=LookOutcome.NEWS if told or concluded.changed else LookOutcome.NOTHING_NEW,
        new_events=sum(event.fingerprint not in stored for event in told),
        due=concluded.due,
    )


def _not_known(
    unit: Unit, dossier: Dossier, *, seen_at: datetime, machine_now: datetime, rules: Rules, hit: Hit
) -> Ingested:
    """They answered, and do not speak of this parcel: that too may be what the judge waits for."""
    outcome, before = LookOutcome.NOT_KNOWN_YET, dossier.shipment
    concluded = conclude(
        unit,
        dossier,
        replace(before, watch=watched(before.watch, outcome, at=seen_at)),
        events=dossier.events,
        now=seen_at,
        machine_now=machine_now,
        rules=rules,
        hit=hit,
    )
    return Ingested(shipment=concluded.shipment, outcome=outcome, due=concluded.due)


def pick(number: str, parcels: Sequence[Tracked]) -> Tracked | None:
    """The parcel that was asked about among all that answered; of several lives of one number the newest."""
    ours = [parcel for parcel in parcels if _plain(parcel.tracking_number) == _plain(number)]
    if not ours and len(parcels) == 1:
        return parcels[0]  # known to them under another writing of the number
    return max(ours, key=_last_scan, default=None)


def of_this_journey(tracked: Tracked | None, *, placed_at: datetime) -> Tracked | None:
    """Without the scans of a former life of the number; None when nothing but a former life is known."""
    if tracked is None:
        return None
    ours = tuple(event for event in tracked.events if event.occurred_at >= placed_at - FORMER_LIFE)
    if tracked.events and not ours:
        return None
    return replace(tracked, events=ours)


def _floor(order: Order) -> datetime:
    return min(order.facts.placed_at, order.created_at)


def _plain(number: str) -> str:
    return "".join(letter for letter in number.upper() if letter.isalnum())


def _last_scan(parcel: Tracked) -> datetime:
    return max((event.occurred_at for event in parcel.events), default=LONG_AGO)


def folded(before: Shipment, events: Sequence[TrackingEvent], tracked: Tracked, *, seen_at: datetime) -> Shipment:
    """The shipment with what its events and this answer say; the answer's silence about a thing changes nothing."""
    window = windows.merge(before.window, tracked.promise, seen_at)
    said = [event for event in events if not event.forecast]
    seen = corrections.scans_of_it(events, corrections.taken_back(events))
    return replace(
        before,
        standing=replay(events),
        window=window,
        first_window=before.first_window or window,
        service=tracked.service or before.service,
        left_with=tracked.left_with or before.left_with,
        pickup_by=tracked.pickup_by or before.pickup_by,
        handed_over_to=tracked.handed_over_to or before.handed_over_to,
        last_event_at=max((event.occurred_at for event in said), default=None),
        moved_at=max((_moved_by(event, seen_at) for event in seen), default=None),
    )


def _moved_by(event: TrackingEvent, seen_at: datetime) -> datetime:
    """Silence begins when it has surely happened, and never after we saw it."""
    return min(surely_by(event.occurred_at, event.clock), max(seen_at, event.occurred_at))
