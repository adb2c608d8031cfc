"""All that the rules need to judge one shipment's news, loaded under its order's lock."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from carriers.events import TrackingEvent
from notifiers.message import Channel
from tracker.domain.notices import Notice, NotificationState, ToldBefore
from tracker.domain.orders import Order
from tracker.domain.shipments import OrderId, ShipmentId
from tracker.domain.windows import DeliveryWindow
from tracker.pipeline.dossier import Audience, Dossier
from tracker.store import claims, orders, people, shipments
from tracker.store.codec import from_plain
from tracker.store.outbox_tables import notifications
from tracker.store.vault import Vault

_TOLD = (
    select(notifications).where(notifications.c.order_id == bindparam("order_id")).order_by(notifications.c.planned_at)
)


def of_shipments(connection: Connection, shipment_ids: Sequence[ShipmentId]) -> dict[ShipmentId, Dossier]:
    """Load and lock; shipments that are gone are left out."""
    rows = claims.lock_orders_of(connection, shipment_ids)
    if not rows:
        return {}
    journeys = shipments.of_orders(connection, sorted({row.id for row in rows.values()}))
    scans = shipments.events_of(connection, list(rows))
    return {id_: _dossier(id_, row, journeys[row.id], tuple(scans[id_])) for id_, row in rows.items()}


def _dossier(
    shipment_id: ShipmentId, row: Row[Any], journeys: Sequence[Row[Any]], events: tuple[TrackingEvent, ...]
) -> Dossier:
    bare = orders.from_row(row)
    parcels = {each.id: shipments.from_row(each, bare) for each in journeys}
    current = tuple(parcels[each.id] for each in journeys if shipments.is_current(each))
    return Dossier(order=replace(bare, shipments=current), shipment=parcels[shipment_id], events=events)


def audience(connection: Connection, order: Order, *, vault: Vault) -> Audience:
    """Whom to tell about an order that is locked, and what they were told."""
    recipients = people.of_order(connection, order.id, vault=vault)
    return Audience(
        recipients=recipients,
        told=told_before(connection, order.id),
        suppressed=people.suppressed(connection, replace(order, recipients=recipients)),
    )


def of_order(
    connection: Connection, order_id: OrderId, *, vault: Vault
) -> tuple[Order, tuple[ToldBefore, ...], frozenset[tuple[Channel, str]]]:
    """Load and lock without any shipment's events. Raises KeyError when the order is gone."""
    row = claims.lock_order(connection, order_id)
    if row is None:
        raise KeyError(order_id)
    order = orders.load(connection, row, vault=vault)
    return order, told_before(connection, order_id), people.suppressed(connection, order)


def told_before(connection: Connection, order_id: OrderId) -> tuple[ToldBefore, ...]:
    """Every notification of the order so far, in whatever state, in the order of planning."""
    return tuple(told(row) for row in connection.execute(_TOLD, {"order_id": order_id}))


def told(row: Row[Any]) -> ToldBefore:
    """One row of the outbox as the rules see it."""
    return ToldBefore(
        dedupe_key=row.dedupe_key,
        shipment_id=row.shipment_id,
        recipient_id=row.recipient_id,
        notice=Notice(row.notice),
        channel=Channel(row.channel),
        seq=row.seq,
        rank=row.rank,
        visit=row.visit,
        correction=row.correction,
        collapse_key=row.collapse_key,
        planned_at=row.planned_at,
        not_before_at=row.not_before_at,
        state=NotificationState(row.state),
        started_at=row.started_at,
        window=from_plain(DeliveryWindow, row.told["window"]) if row.told.get("window") else None,
    )
