"""Where a shipment stands: the fold of its events through one table of legal moves."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from carriers.events import NOWHERE, Milestone, Place, Reason
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


class DelayCause(StrEnum):
    """Why a parcel counts as delayed."""

    MILESTONE = "milestone"  # exception, attempt_failed, returning, lost
    PROMISE_PASSED = "promise_passed"
    SILENT = "silent"
    NEVER_SCANNED = "never_scanned"
    PICKUP_ENDING = "pickup_ending"


class StuckReason(StrEnum):
    """Why ops should look at a shipment; our judgement, not a milestone."""

    NEVER_SCANNED = "never_scanned"
    SILENT = "silent"
    PAST_PROMISE = "past_promise"
    EXCEPTION = "exception"
    CUSTOMS = "customs"
    ADDRESS = "address"
    ATTEMPT_FAILED = "attempt_failed"
    PICKUP_ENDING = "pickup_ending"
    RETURNING = "returning"
    LOST = "lost"
    CANNOT_ASK = "cannot_ask"
    NUMBER_UNKNOWN = "number_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What silence and passed promises mean as of one instant, and when that can next change by itself."""

    delayed: DelayCause | None = None
    delayed_since: datetime | None = None
    stuck: StuckReason | None = None
    stuck_since: datetime | None = None
    severity: int = 0  # 0 none, 1 look when you can, 2 today, 3 now
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
    superseded_by: ShipmentId | None = None
    removed_at: datetime | None = None
    version: int = 0


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
