"""Where a shipment stands: the fold of its events through one table of legal moves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from carriers.events import NOWHERE, Milestone, Place, Reason, TrackingEvent
from tracker.domain.follows import ASIDE, FOLLOWS, SAID_FOR_GOOD, TRIP, Move, is_noise, stage_under
from tracker.domain.histories import in_order, local_day
from tracker.domain.problems import Problem, StuckReason, Untold
from tracker.domain.windows import DeliveryWindow

ShipmentId = NewType("ShipmentId", str)
OrderId = NewType("OrderId", str)


class Cause(StrEnum):
    """What made a Transition."""

    EVENT = "event"
    PROMISE_PASSED = "promise_passed"
    SILENCE = "silence"
    SHOP = "shop"
    OPS = "ops"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the events put a shipment."""

    milestone: Milestone | None = None
    reason: Reason | None = None
    since: datetime | None = None  # when the deciding event occurred, UTC
    event: str | None = None  # fingerprint of the deciding event
    visit: int = 0  # the carrier's trips to the door so far; an attempt ends one
    corrected_from: Milestone | None = None  # set while the newest move was a correction
    stage_before: Milestone | None = None  # under exception, returning, lost: how far it had come
    day: date | None = None  # local day of the deciding event
    trip_day: date | None = None  # local day of the current trip to the door
    trip_over: bool = False  # an attempt or a hand-over to a counter ended that trip


class DelayCause(StrEnum):
    """Why a parcel counts as delayed."""

    MILESTONE = "milestone"  # exception, attempt_failed, returning, lost
    PROMISE_PASSED = "promise_passed"
    SILENT = "silent"
    NEVER_SCANNED = "never_scanned"
    PICKUP_ENDING = "pickup_ending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What silence and passed promises mean as of one instant, and when that can next change by itself."""

    delayed: DelayCause | None = None
    delayed_since: datetime | None = None
    stuck: StuckReason | None = None
    stuck_since: datetime | None = None
    severity: int = 0  # 0 none, 1 look when you can, 2 today, 3 now
    problems: tuple[Problem, ...] = ()  # all there are, the gravest first: it is the one above
    review_at: datetime | None = None  # shop time; None: only an event can change it


class LookOutcome(StrEnum):
    """What one question to a carrier brought. "No news" and "could not ask" are different facts."""

    NEWS = "news"
    NOTHING_NEW = "nothing_new"
    NOT_KNOWN_YET = "not_known_yet"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    BUSY = "busy"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What we know about our own asking; shop times."""

    next_look_at: datetime | None = None  # None: no more looks
    asked_at: datetime | None = None  # last look that was answered in a shape we know
    tried_at: datetime | None = None  # last look of any outcome
    outcome: LookOutcome | None = None
    failing_since: datetime | None = None  # first of the unbroken run of looks that could not be used
    failures: int = 0
    looks: int = 0
    watched_at: datetime | None = None  # last time somebody opened the page


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of what was bought."""

    sku: str = ""
    name: str
    quantity: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """One tracking number at one carrier, for one order."""

    id: ShipmentId
    order_id: OrderId
    carrier: str
    tracking_number: str
    created_at: datetime
    notify_after: datetime  # events that occurred before are history and tell nobody
    items: tuple[Item, ...] = ()
    destination: Place = NOWHERE
    destination_zone: str = "UTC"  # IANA
    service: str = ""
    standing: Standing = field(default_factory=Standing)
    window: DeliveryWindow | None = None
    first_window: DeliveryWindow | None = None
    judgement: Judgement = field(default_factory=Judgement)
    watch: Watch = field(default_factory=Watch)
    last_event_at: datetime | None = None  # newest event that is not a forecast
    moved_at: datetime | None = None  # newest event that shows the parcel itself
    left_with: str = ""
    pickup_by: date | None = None
    handed_over_to: str = ""
    untold: Untold | None = None  # what the shopper could not be told, and nothing since
    missed_at: datetime | None = None  # since when the shopper says that it is not there
    superseded_by: ShipmentId | None = None
    removed_at: datetime | None = None
    version: int = 0

    @property
    def scanned_at(self) -> datetime | None:
        """When the parcel itself was last scanned; `moved_at` lies at the end of a day that has no time."""
        return min(self.moved_at, self.last_event_at) if self.moved_at and self.last_event_at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A recorded change of a shipment's state."""

    shipment_id: ShipmentId
    order_id: OrderId
    before: Milestone | None
    after: Milestone | None
    reason: Reason | None = None
    was_delayed: bool = False
    is_delayed: bool = False
    occurred_at: datetime  # when it happened, as the carrier or our judgement says
    seen_at: datetime  # shop time at which we knew
    cause: Cause
    event: str | None = None  # fingerprint
    correction: bool = False
    visit: int = 0
    seq: int  # the shipment's version after it


def replay(events: Iterable[TrackingEvent]) -> Standing:
    """Fold a shipment's events: any order, any repetition, the same standing."""
    standing = Standing()
    standing_events: list[TrackingEvent] = []
    for event in in_order(events):
        if event.forecast:
            continue
        if event.retracts is not None:
            standing = _undo(standing, standing_events, event)
            if event.milestone is event.retracts:
                continue
        standing, _ = advance(standing, event)
        standing_events.append(event)
    return standing


def advance(standing: Standing, event: TrackingEvent) -> tuple[Standing, bool]:
    """One newer scan: where it puts the shipment, and whether it moved. A retraction needs the history: `replay`."""
    move = FOLLOWS.get((standing.milestone, event.milestone))
    if move is None or event.forecast:
        return standing, False
    day = local_day(event)
    if move is Move.AGAIN:
        if not _is_new_here(standing, event, day):
            return standing, False
    elif is_noise(
        standing.milestone, event, since=standing.since, later_day=standing.day is None or day > standing.day
    ):
        return standing, False
    return _moved(standing, event, move=move, day=day), True


def transition(*, before: Shipment, after: Shipment, seen_at: datetime) -> Transition | None:
    """What to record between two states of one shipment; None when nothing a reader could see has changed."""
    was, now = before.standing, after.standing
    moved = (was.milestone, was.reason, was.visit) != (now.milestone, now.reason, now.visit)
    was_delayed, is_delayed = before.judgement.delayed is not None, after.judgement.delayed is not None
    if not moved and was_delayed == is_delayed:
        return None
    return Transition(
        shipment_id=after.id,
        order_id=after.order_id,
        before=was.milestone,
        after=now.milestone,
        reason=now.reason,
        was_delayed=was_delayed,
        is_delayed=is_delayed,
        occurred_at=(now.since if moved else after.judgement.delayed_since) or seen_at,
        seen_at=seen_at,
        cause=Cause.EVENT if moved else _cause(after.judgement),
        event=now.event if moved else None,
        correction=moved and _takes_back(was, now),
        visit=now.visit,
        seq=after.version,
    )


def _undo(standing: Standing, earlier: list[TrackingEvent], event: TrackingEvent) -> Standing:
    """Forget the newest earlier scan of the retracted milestone; a state that changes by it was not true."""
    found = next((i for i in reversed(range(len(earlier))) if earlier[i].milestone is event.retracts), None)
    if found is None:
        return standing
    del earlier[found]
    again = _fold(earlier)
    if again.milestone is standing.milestone:
        return again
    return replace(
        again,
        corrected_from=standing.milestone,
        since=event.occurred_at,
        event=event.fingerprint,
        day=local_day(event),
    )


def _fold(events: Sequence[TrackingEvent]) -> Standing:
    standing = Standing()
    for event in events:
        standing, _ = advance(standing, event)
    return standing


def _is_new_here(standing: Standing, event: TrackingEvent, day: date) -> bool:
    """Whether a second scan of the same milestone says more than the first."""
    if event.milestone in TRIP and _starts_trip(standing, event.milestone, day):
        return True
    return event.reason is not None and event.reason is not standing.reason


def _starts_trip(standing: Standing, seen: Milestone, day: date) -> bool:
    """A trip is one local day on the van; an attempt ends it, after which the van may come again the same day."""
    if standing.trip_day is None or day > standing.trip_day:
        return True
    return seen is Milestone.OUT_FOR_DELIVERY and standing.trip_over


def _moved(standing: Standing, event: TrackingEvent, *, move: Move, day: date) -> Standing:
    seen = event.milestone
    starts = seen in TRIP and _starts_trip(standing, seen, day)
    ends = seen is Milestone.ATTEMPT_FAILED or seen is Milestone.READY_FOR_PICKUP
    return Standing(
        milestone=Milestone.RETURNED if move is Move.BECOMES_RETURNED else seen,
        reason=event.reason,
        since=event.occurred_at,
        event=event.fingerprint,
        visit=standing.visit + starts,
        corrected_from=standing.milestone if move is Move.CORRECT else None,
        stage_before=stage_under(standing.milestone, standing.stage_before) if seen in ASIDE else None,
        day=day,
        trip_day=day if starts else standing.trip_day,
        trip_over=ends or (standing.trip_over and not starts),
    )


def _takes_back(was: Standing, now: Standing) -> bool:
    """Whether what we said before was not true, however many moves lie between."""
    if now.corrected_from is not None and now.event != was.event:
        return True
    if was.milestone is now.milestone or was.milestone not in SAID_FOR_GOOD or now.milestone is None:
        return False
    return FOLLOWS.get((was.milestone, now.milestone)) in (None, Move.CORRECT)


def _cause(judgement: Judgement) -> Cause:
    """Who changed the overlay when no scan did; a delay ends by a carrier's word, a new promise."""
    match judgement.delayed:
        case DelayCause.PROMISE_PASSED:
            return Cause.PROMISE_PASSED
        case DelayCause.SILENT | DelayCause.NEVER_SCANNED | DelayCause.PICKUP_ENDING:
            return Cause.SILENCE
        case DelayCause.MILESTONE | None:
            return Cause.EVENT
