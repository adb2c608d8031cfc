"""What a scan is, in words no carrier owns."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256


class Milestone(StrEnum):
    """What a scan means; a shipment's state is its current milestone."""

    LABEL_CREATED = "label_created"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPT_FAILED = "attempt_failed"
    READY_FOR_PICKUP = "ready_for_pickup"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    RETURNING = "returning"
    RETURNED = "returned"
    LOST = "lost"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"  # on events only, never a state: shown, counted, moves nothing


class Reason(StrEnum):
    """The finer cause of a milestone, or where a delivered parcel was left."""

    CUSTOMS = "customs"
    ADDRESS = "address"
    DAMAGED = "damaged"
    WEATHER = "weather"
    OPERATIONAL = "operational"
    MISSENT = "missent"
    HELD = "held"
    PAYMENT = "payment"
    RECIPIENT_ABSENT = "recipient_absent"
    BUSINESS_CLOSED = "business_closed"
    SIGNATURE_NEEDED = "signature_needed"
    REFUSED = "refused"
    NOT_COLLECTED = "not_collected"
    RESCHEDULED = "rescheduled"
    SECURITY = "security"
    ACCESS_POINT = "access_point"
    NEIGHBOUR = "neighbour"
    LOCKER = "locker"
    SAFE_PLACE = "safe_place"
    MAILBOX = "mailbox"
    FRONT_DESK = "front_desk"
    POST_OFFICE = "post_office"


class Phase(StrEnum):
    """Where in its journey a parcel is, finer than the milestone; unused by the fold, learned from by the cadence."""

    LABEL = "label"
    ACCEPTED = "accepted"
    MOVED = "moved"
    ARRIVED_LAST = "arrived_last"  # at the facility it will be delivered from
    ON_VEHICLE = "on_vehicle"
    ENDED = "ended"


class Clock(StrEnum):
    """How we know the instant of a scan."""

    EXACT = "exact"  # the carrier gave an offset or UTC
    BY_PLACE = "by_place"  # local time, zone found from the scan's place
    ASSUMED = "assumed"  # local time, place unknown or in several zones: read as UTC
    DAY_ONLY = "day_only"  # only a day was given; the time of day means nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a scan was made, as far as the carrier says; empty text for what it does not."""

    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""  # ISO 3166-1 alpha-2, upper case


NOWHERE = Place()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingEvent:
    """One scan, normalized."""

    code: str  # the carrier's own code, whole ("X/RZ/012"), so that an unknown one can become a table row
    milestone: Milestone
    reason: Reason | None = None
    phase: Phase | None = None
    occurred_at: datetime  # aware, UTC
    clock: Clock
    utc_offset_minutes: int | None = None  # of the place at that instant; None when the clock is ASSUMED
    local_text: str  # the carrier's own wall time as ISO text: stable when an answer later gains its zone
    place: Place = NOWHERE
    text: str = ""  # the carrier's sentence, markup removed, at most 500 characters
    retracts: Milestone | None = None  # undoes the newest earlier event of this milestone ("arrival cancelled")
    forecast: bool = False  # "arriving on time": shown, but neither movement nor news
    known: bool = True  # False: no row of the carrier's code table says what it means; counted, shown to ops
    # The same for the same scan however often and in whatever order it is told; kept, for every replay asks for it.
    fingerprint: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.occurred_at.utcoffset() is None:
            raise ValueError(f"event {self.code!r} has no time zone; resolve it before building the event")
        seen = "\x1f".join((self.code, self.local_text, self.place.city.casefold(), self.place.country))
        object.__setattr__(self, "fingerprint", sha256(seen.encode()).hexdigest()[:32])


def surely_by(occurred_at: datetime, clock: Clock | None) -> datetime:
    """The instant by which it had happened: of a scan that names only a day, the end of that day."""
    return occurred_at + timedelta(days=1) if clock is Clock.DAY_ONLY else occurred_at


class PromiseKind(StrEnum):
    """Whose words a promise is."""

    SCHEDULED = "scheduled"
    RESCHEDULED = "rescheduled"
    COMMITTED = "committed"  # sold with the service


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """When the carrier says it will deliver: days at the destination, never shifted by a zone."""

    first_day: date
    last_day: date
    not_before: time | None = None  # wall time at the destination, of first_day
    not_after: time | None = None  # wall time at the destination, of last_day; None means the end of the day
    kind: PromiseKind = PromiseKind.SCHEDULED


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """What one answer says of one parcel; events oldest first, each once."""

    tracking_number: str
    events: tuple[TrackingEvent, ...]
    promise: Promise | None = None
    destination: Place = NOWHERE
    service: str = ""
    left_with: str = ""  # "Front Door"; never a person's name
    pickup_by: date | None = None
    handed_over_to: str = ""  # the partner's number when another carrier finishes the journey
    unread: int = 0  # scans left out because they lack what makes them readable; counted, never guessed
