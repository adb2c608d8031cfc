"""Everything ops may want to know of one order: its journeys, each look at them, each message about them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

from tracker.domain.orders import Order
from tracker.domain.shipments import LookOutcome, OrderId, ShipmentId
from tracker.domain.tickets import Ticket
from tracker.store import acknowledgements as seen
from tracker.store import lookups, tellings, tickets
from tracker.store import orders as order_rows
from tracker.store.acknowledgements import Acknowledgement
from tracker.store.lookups import Journey
from tracker.store.tables import acknowledgements, looks, shipments
from tracker.store.tellings import Telling
from tracker.store.unit import Snapshot

LOOKS_SHOWN = 20  # the newest, of each shipment

_SHIPMENTS = select(shipments.c.id).where(shipments.c.order_id == bindparam("order_id")).order_by(shipments.c.id)
_LOOKS = (
    select(looks)
    .where(looks.c.shipment_id == bindparam("shipment_id"))
    .order_by(looks.c.fence.desc())
    .limit(LOOKS_SHOWN)
)
_SEEN = select(*(acknowledgements.c[name].label(f"seen_{name}") for name in ("who", "note", "at", "until_at"))).where(
    acknowledgements.c.shipment_id == bindparam("shipment_id")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One question to a carrier and what came of it."""

    at: datetime
    outcome: LookOutcome
    http_status: int | None
    new_events: int
    took_ms: int
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """One journey, current or not, with our questions about it."""

    journey: Journey
    looks: tuple[Look, ...]  # the newest first
    seen: Acknowledgement | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One order, as the console shows it."""

    order: Order
    traced: tuple[Traced, ...]
    told: tuple[Telling, ...]
    tickets: tuple[Ticket, ...]  # what its shopper wrote, the newest first


def case(snapshot: Snapshot, brand: str, number: str) -> Case | None:
    """None when there is no such order."""
    order_id = order_rows.find(snapshot.connection, brand, number)
    if order_id is None:
        return None
    order = lookups.order_by_id(snapshot, order_id)
    if order is None:
        return None
    told = tuple(tellings.of_order(snapshot, number, brand=brand))
    written = tickets.of_order(snapshot, order_id)
    return Case(order=order, traced=_traced(snapshot, order_id), told=told, tickets=written)


def _traced(snapshot: Snapshot, order_id: OrderId) -> tuple[Traced, ...]:
    ids = snapshot.connection.execute(_SHIPMENTS, {"order_id": order_id}).scalars().all()
    found = [lookups.journey(snapshot, ShipmentId(each)) for each in ids]
    return tuple(_one(snapshot, each) for each in found if each)


def _one(snapshot: Snapshot, journey: Journey) -> Traced:
    asked = {"shipment_id": journey.shipment.id}
    said = snapshot.connection.execute(_SEEN, asked).one_or_none()
    return Traced(
        journey=journey,
        looks=tuple(_look(row) for row in snapshot.connection.execute(_LOOKS, asked)),
        seen=seen.from_row(said) if said else None,
    )


def _look(row: Row[Any]) -> Look:
    return Look(
        at=row.at,
        outcome=LookOutcome(row.outcome),
        http_status=row.http_status,
        new_events=row.new_events,
        took_ms=row.took_ms,
        detail=row.detail,
    )
