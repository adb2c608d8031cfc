"""How a shipment, its scans and its transitions are written and read back as the same values."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, insert, select, update

from carriers.events import Clock, Milestone, Phase, Place, Reason, TrackingEvent
from tracker.domain import windows
from tracker.domain.cadence import ENDS
from tracker.domain.orders import Order
from tracker.domain.problems import Untold
from tracker.domain.shipments import (
    Item,
    LookOutcome,
    OrderId,
    Shipment,
    ShipmentId,
    Standing,
    Transition,
    Watch,
)
from tracker.domain.urgency import Urgency
from tracker.domain.windows import DeliveryWindow
from tracker.pipeline.ports import Raced
from tracker.store import judgements
from tracker.store.codec import from_plain, to_plain
from tracker.store.ids import new_id
from tracker.store.tables import events, shipments, transitions
from tracker.store.upserts import insert_or_change

IN_COLUMNS = frozenset({"milestone", "reason", "since", "event", "visit", "corrected_from"})
BESIDE = tuple(field.name for field in fields(Standing) if field.name not in IN_COLUMNS)
_OF_EVENT, _OF_STEP = (tuple(field.name for field in fields(kind)) for kind in (TrackingEvent, Transition))

_OF_ORDERS = (
    select(shipments).where(shipments.c.order_id.in_(bindparam("order_ids", expanding=True))).order_by(shipments.c.id)
)
OF_ORDER = select(shipments).where(shipments.c.order_id == bindparam("order_id"))
_SAVE = update(shipments).where(
    shipments.c.id == bindparam("this_id"), shipments.c.version == bindparam("this_version")
)
_REVIEWS = (
    select(shipments.c.id)
    .where(shipments.c.review_at <= bindparam("now"))
    .order_by(shipments.c.review_at)
    .limit(bindparam("most"))
)
_SCANS = select(events.c.shipment_id, *(events.c[name] for name in _OF_EVENT))
_EVENTS = _SCANS.where(events.c.shipment_id.in_(bindparam("shipment_ids", expanding=True)))
EVENTS_OF_ORDER = _SCANS.join(shipments, shipments.c.id == events.c.shipment_id).where(
    shipments.c.order_id == bindparam("order_id")
)
_TRANSITIONS = (
    select(transitions).where(transitions.c.shipment_id == bindparam("shipment_id")).order_by(transitions.c.seq)
)
# What an answer may say better of a scan that is known already: fields of the fingerprint cannot change.
TOLD_ANEW = tuple(
    field.name for field in fields(TrackingEvent) if field.name not in {"code", "local_text", "fingerprint"}
)
_ADD_EVENTS = insert_or_change(
    events, unique=["shipment_id", "fingerprint"], change=lambda row: {name: row[name] for name in TOLD_ANEW}
)
_ADD_TRANSITION = insert(transitions)


def of_order(connection: Connection, order_id: OrderId) -> list[Row[Any]]:
    """All journeys of an order, superseded and removed ones too, oldest first."""
    return of_orders(connection, [order_id])[order_id]


def of_orders(connection: Connection, order_ids: Sequence[OrderId]) -> dict[OrderId, list[Row[Any]]]:
    """As `of_order` for several; none for an order without journeys."""
    found = defaultdict[OrderId, list[Row[Any]]](list)
    for row in connection.execute(_OF_ORDERS, {"order_ids": order_ids}):
        found[row.order_id].append(row)
    return found


def is_current(row: Row[Any]) -> bool:
    """Whether this journey still counts for its order."""
    return row.superseded_by is None and row.removed_at is None


def add(connection: Connection, shipment: Shipment) -> None:
    """Insert; due at once unless its watch says when."""
    watch = shipment.watch
    row = _facts(shipment) | {
        "id": shipment.id,
        "order_id": shipment.order_id,
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
        "created_at": shipment.created_at,
        "next_look_at": watch.next_look_at or shipment.created_at,
        "watched_at": watch.watched_at,
        "superseded_by": shipment.superseded_by,
        "removed_at": shipment.removed_at,
        "version": shipment.version,
    }
    connection.execute(insert(shipments), row)


def save(connection: Connection, changed: Sequence[Shipment]) -> None:
    """Write what events and silence say. Raises Raced when a stored version is not one less."""
    rows = [
        _facts(each) | {"this_id": each.id, "this_version": each.version - 1, "version": each.version}
        for each in changed
    ]
    if rows and connection.execute(_SAVE, rows).rowcount != len(rows):
        raise Raced(f"one of {len(rows)} shipments is no longer at the version that was read")


def retire(connection: Connection, shipment_id: ShipmentId, *, by: ShipmentId | None, at: datetime) -> None:
    """Ask no more, judge no more, count no more; the journey stays readable."""
    ended = {"superseded_by": by, "removed_at": None if by else at, "next_look_at": None} | judgements.NOT_STUCK
    connection.execute(update(shipments).where(shipments.c.id == shipment_id), ended)


def watched(connection: Connection, order_id: OrderId, *, at: datetime, next_look_at: datetime | None) -> None:
    """Somebody opened the page: look no later than `next_look_at`, where we look at all; None: as planned."""
    s = shipments.c
    of_order = update(shipments).where(s.order_id == order_id)
    connection.execute(of_order.values(watched_at=at))
    if next_look_at is None:
        return
    connection.execute(of_order.values(urgency=case((s.milestone.in_(ENDS), s.urgency), else_=Urgency.URGENT)))
    connection.execute(of_order.where(s.next_look_at > next_look_at).values(next_look_at=next_look_at))


def due_reviews(connection: Connection, *, now: datetime, limit: int) -> list[ShipmentId]:
    """Shipments that silence or a passed promise may have changed, the longest due first."""
    return list(connection.execute(_REVIEWS, {"now": now, "most": limit}).scalars())


def event_row(
    shipment_id: ShipmentId, event: TrackingEvent, *, seen_at: datetime, not_seen_at: datetime | None
) -> dict[str, Any]:
    """One scan as it is stored."""
    return _event_row(event) | {"shipment_id": shipment_id, "seen_at": seen_at, "not_seen_at": not_seen_at}


def add_events(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Append; a scan that is there already is told anew, but was seen when it was first seen."""
    if rows:
        connection.execute(_ADD_EVENTS[connection.dialect.name], rows)


def read_events(connection: Connection, shipment_id: ShipmentId) -> tuple[TrackingEvent, ...]:
    """Every scan of one shipment, in no order."""
    return tuple(events_of(connection, [shipment_id])[shipment_id])


def events_of(connection: Connection, shipment_ids: Sequence[ShipmentId]) -> dict[ShipmentId, list[TrackingEvent]]:
    """As `read_events` for several; none for a shipment without scans."""
    found = defaultdict[ShipmentId, list[TrackingEvent]](list)
    for row in connection.execute(_EVENTS, {"shipment_ids": shipment_ids}):
        found[row.shipment_id].append(event_of(row))
    return found


def add_transitions(connection: Connection, steps: Sequence[Transition]) -> None:
    """Append changes of state."""
    rows = [{name: getattr(step, name) for name in _OF_STEP} | {"id": new_id()} for step in steps]
    if rows:
        connection.execute(_ADD_TRANSITION, rows)


def read_transitions(connection: Connection, shipment_id: ShipmentId) -> tuple[Transition, ...]:
    """Every change of state of one shipment, oldest first."""
    rows = connection.execute(_TRANSITIONS, {"shipment_id": shipment_id})
    return tuple(from_plain(Transition, _plain_transition(row)) for row in rows)


def from_row(row: Row[Any], order: Order) -> Shipment:
    """The domain's value; place and zone are its order's."""
    return Shipment(
        id=row.id,
        order_id=row.order_id,
        carrier=row.carrier,
        tracking_number=row.tracking_number,
        created_at=row.created_at,
        notify_after=row.notify_after,
        items=from_plain(tuple[Item, ...], row.items),
        destination=order.destination,
        destination_zone=order.destination_zone,
        service=row.service,
        standing=_standing(row),
        window=from_plain(DeliveryWindow, row.window) if row.window else None,
        first_window=from_plain(DeliveryWindow, row.first_window) if row.first_window else None,
        judgement=judgements.from_row(row),
        watch=_watch(row),
        last_event_at=row.last_event_at,
        moved_at=row.moved_at,
        left_with=row.left_with,
        pickup_by=row.pickup_by,
        handed_over_to=row.handed_over_to,
        untold=from_plain(Untold, row.untold) if row.untold else None,
        missed_at=row.missed_at,
        superseded_by=row.superseded_by,
        removed_at=row.removed_at,
        version=row.version,
    )


def _standing(row: Row[Any]) -> Standing:
    known = {
        "milestone": row.milestone,
        "reason": row.reason,
        "since": row.since and row.since.isoformat(),
        "event": row.event,
        "visit": row.visit,
        "corrected_from": row.corrected_from,
    }
    return from_plain(Standing, (row.standing or {}) | known)


def _watch(row: Row[Any]) -> Watch:
    return Watch(
        next_look_at=row.next_look_at,
        asked_at=row.asked_at,
        tried_at=row.tried_at,
        outcome=LookOutcome(row.outcome) if row.outcome else None,
        failing_since=row.failing_since,
        failures=row.failures,
        looks=row.looks,
        watched_at=row.watched_at,
    )


def _facts(shipment: Shipment) -> dict[str, Any]:
    standing = shipment.standing
    return {
        "notify_after": shipment.notify_after,
        "items": to_plain(shipment.items),
        "service": shipment.service,
        "milestone": standing.milestone,
        "reason": standing.reason,
        "since": standing.since,
        "event": standing.event,
        "visit": standing.visit,
        "corrected_from": standing.corrected_from,
        "standing": {name: to_plain(getattr(standing, name)) for name in BESIDE},
        "window": to_plain(shipment.window),
        "first_window": to_plain(shipment.first_window),
        "promised_end_at": shipment.window and windows.ends_at(shipment.window, shipment.destination_zone),
        "last_event_at": shipment.last_event_at,
        "moved_at": shipment.moved_at,
        "left_with": shipment.left_with,
        "pickup_by": shipment.pickup_by,
        "handed_over_to": shipment.handed_over_to,
    } | judgements.to_row(shipment.judgement)


def _event_row(event: TrackingEvent) -> dict[str, Any]:
    row = {name: getattr(event, name) for name in _OF_EVENT}
    return row | {"id": new_id(), "fingerprint": event.fingerprint, "place": to_plain(event.place)}


def event_of(row: Row[Any]) -> TrackingEvent:
    """The scan of a row."""
    return TrackingEvent(
        code=row.code,
        milestone=Milestone(row.milestone),
        reason=Reason(row.reason) if row.reason else None,
        phase=Phase(row.phase) if row.phase else None,
        occurred_at=row.occurred_at,
        clock=Clock(row.clock),
        utc_offset_minutes=row.utc_offset_minutes,
        local_text=row.local_text,
        place=from_plain(Place, row.place),
        text=row.text,
        retracts=Milestone(row.retracts) if row.retracts else None,
        forecast=row.forecast,
        known=row.known,
    )


def _plain_transition(row: Row[Any]) -> dict[str, Any]:
    plain = dict(row._mapping)
    return plain | {name: plain[name].isoformat() for name in ("occurred_at", "seen_at")}
