"""What a shopper tells us from the page, and what the carrier had said by then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from carriers.events import Milestone, TrackingEvent
from tracker.domain.orders import Order, OrderStage
from tracker.domain.shipments import OrderId, Shipment, ShipmentId

SCANS_KEPT = 6  # the newest: what a claim at the carrier is about
CAN_BE_REDIRECTED = frozenset(
    {
        None,
        Milestone.LABEL_CREATED,
        Milestone.PICKED_UP,
        Milestone.IN_TRANSIT,
        Milestone.OUT_FOR_DELIVERY,
        Milestone.ATTEMPT_FAILED,
        Milestone.EXCEPTION,
    }
)


class TicketKind(StrEnum):
    """What is wrong, as the shopper says."""

    MISSING = "missing"  # it says delivered, and they do not have it
    ADDRESS = "address"
    DAMAGED = "damaged"
    PROBLEM = "problem"


class Check(StrEnum):
    """What the shopper did before writing that a parcel is missing."""

    DOOR = "door"
    HOUSEHOLD = "household"
    NEIGHBOURS = "neighbours"
    SPOT = "spot"  # where the carrier says it was left
    WAITED = "waited"  # until the end of the next working day


NEEDED = frozenset({Check.DOOR, Check.HOUSEHOLD, Check.NEIGHBOURS})  # without these a search has no sense yet


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidScan:
    """One scan as it stood when the shopper wrote."""

    at: datetime
    milestone: Milestone
    place: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the carrier said of the parcel when the shopper wrote."""

    carrier: str
    tracking_number: str
    milestone: Milestone | None
    since: datetime | None
    left_with: str
    scans: tuple[SaidScan, ...]  # the newest first
    page_seen_at: datetime | None  # when the page was last open


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a shopper writes."""

    kind: TicketKind
    shipment_id: ShipmentId | None
    checks: frozenset[Check] = frozenset()
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One matter for ops: what the shopper wrote last, and how it ended."""

    id: str
    brand: str
    order_id: OrderId
    order_number: str
    kind: TicketKind
    shipment_id: ShipmentId | None
    checks: frozenset[Check]
    comment: str
    evidence: Evidence | None
    is_erased: bool  # what was written is forgotten with its writer
    created_at: datetime
    updated_at: datetime
    times: int
    closed_at: datetime | None
    closed_by: str
    note: str


def kinds_for(order: Order) -> tuple[TicketKind, ...]:
    """What can be wrong with an order as it stands, the likeliest first."""
    milestones = {each.standing.milestone for each in order.shipments}
    found = []
    if Milestone.DELIVERED in milestones:
        found += [TicketKind.MISSING, TicketKind.DAMAGED]
    if milestones & CAN_BE_REDIRECTED or (not milestones and order.state.stage is not OrderStage.CANCELLED):
        found.append(TicketKind.ADDRESS)
    return (*found, TicketKind.PROBLEM)


def concerned(order: Order, kind: TicketKind) -> tuple[Shipment, ...]:
    """The parcels a report of this kind can be about."""
    match kind:
        case TicketKind.MISSING | TicketKind.DAMAGED:
            return tuple(each for each in order.shipments if each.standing.milestone is Milestone.DELIVERED)
        case TicketKind.ADDRESS:
            return tuple(each for each in order.shipments if each.standing.milestone in CAN_BE_REDIRECTED)
        case TicketKind.PROBLEM:
            return order.shipments


def evidence(shipment: Shipment, events: Sequence[TrackingEvent], *, at: datetime) -> Evidence:
    """What the carrier has said so far; who reports at this moment has the page open."""
    newest = sorted(events, key=lambda each: each.occurred_at, reverse=True)[:SCANS_KEPT]
    return Evidence(
        carrier=shipment.carrier,
        tracking_number=shipment.tracking_number,
        milestone=shipment.standing.milestone,
        since=shipment.standing.since,
        left_with=shipment.left_with,
        scans=tuple(
            SaidScan(at=each.occurred_at, milestone=each.milestone, place=_where(each), text=each.text)
            for each in newest
        ),
        page_seen_at=at,
    )


def _where(event: TrackingEvent) -> str:
    return ", ".join(part for part in (event.place.city, event.place.region, event.place.country) if part)
