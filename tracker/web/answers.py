"""What the API says of an order and a shipment."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from carriers.events import Milestone, Reason
from tracker.domain.orders import OrderStage
from tracker.domain.problems import StuckReason
from tracker.domain.shipments import DelayCause, LookOutcome
from tracker.domain.windows import PromisedBy


class Result(StrEnum):
    """What a request did."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAnswer:
    """One line of what was bought."""

    sku: str
    name: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceAnswer:
    """A place as far as it is known; empty text for what is not."""

    country: str
    region: str
    city: str
    postcode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowAnswer:
    """When it should arrive, in days and times at the destination, and whose promise that is."""

    first_day: date
    last_day: date
    not_before: time | None
    not_after: time | None
    promised_by: PromisedBy
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LookingAnswer:
    """Our own asking: "no news" and "could not ask" are different facts."""

    outcome: LookOutcome | None
    asked_at: datetime | None
    tried_at: datetime | None
    next_look_at: datetime | None
    looks: int
    failures: int
    failing_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentAnswer:
    """One tracking number at one carrier."""

    id: str
    tracking_number: str
    carrier: str
    service: str
    items: list[ItemAnswer]
    milestone: Milestone | None
    reason: Reason | None
    since: datetime | None
    delayed: DelayCause | None
    stuck: StuckReason | None
    stuck_since: datetime | None
    severity: int
    window: WindowAnswer | None
    last_event_at: datetime | None
    left_with: str
    pickup_by: date | None
    looking: LookingAnswer
    created_at: datetime
    superseded_by: str | None
    removed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAnswer:
    """One scan."""

    occurred_at: datetime
    milestone: Milestone
    reason: Reason | None
    code: str
    text: str
    place: PlaceAnswer
    forecast: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyAnswer:
    """One shipment with its scans, newest first."""

    order: str
    brand: str
    shipment: ShipmentAnswer
    events: list[EventAnswer]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientAnswer:
    """A person to tell; addresses are masked."""

    locale: str
    time_zone: str
    email: str | None
    phone: str | None
    erased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSummary:
    """One line of the list."""

    number: str
    brand: str
    state: str
    stage: OrderStage
    delayed: bool
    delivered: int
    returned: int
    parcels: int
    ended: bool
    placed_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAnswer:
    """An order with its parcels."""

    number: str
    brand: str
    state: str  # "delayed", or the stage
    stage: OrderStage  # the progress underneath
    delayed: bool
    delivered: int  # parcels
    returned: int
    parcels: int
    ended: bool
    placed_at: datetime
    confirmed_at: datetime | None
    packed_at: datetime | None
    cancelled_at: datetime | None
    destination: PlaceAnswer
    time_zone: str
    items: list[ItemAnswer]
    promised: WindowAnswer | None
    recipients: list[RecipientAnswer]
    shipments: list[ShipmentAnswer]
    page_url: str | None
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What a statement of the shop did."""

    result: Result
    changed: list[str]  # names of the fields
    order: OrderAnswer
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """Some orders, the newest first, and where the next ones begin."""

    orders: list[OrderSummary]
    next: str | None  # hand it back as ?after=
