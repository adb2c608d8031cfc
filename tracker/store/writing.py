"""One write transaction as the steps see it: the domain's values in and out."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from carriers.events import TrackingEvent
from notifiers.message import Channel
from tracker.domain.notices import Notice, Notification, ToldBefore, WhyNot
from tracker.domain.orders import Order, OrderState
from tracker.domain.shipments import OrderId, Shipment, ShipmentId, Transition
from tracker.pipeline.dossier import Audience, Dossier
from tracker.pipeline.ports import LookRecord, NotificationId
from tracker.store import claims, dossiers, looks, orders, planning, shipments
from tracker.store.vault import Vault


class SqlUnit:
    """Implements `ports.OrderUnit`; each method is described there."""

    def __init__(self, connection: Connection, vault: Vault, *, make_id: Callable[[], str]) -> None:
        self._connection = connection
        self._vault = vault
        self._make_id = make_id

    def dossier(self, shipment_id: ShipmentId) -> Dossier:
        return dossiers.of_shipment(self._connection, shipment_id)

    def audience(self, order: Order) -> Audience:
        return dossiers.audience(self._connection, order, vault=self._vault)

    def order_dossier(self, order_id: OrderId) -> tuple[Order, tuple[ToldBefore, ...], frozenset[tuple[Channel, str]]]:
        return dossiers.of_order(self._connection, order_id, vault=self._vault)

    def record_looks(self, done: Sequence[LookRecord]) -> int:
        return looks.record(self._connection, done)

    def look_sooner(self, shipment_ids: Sequence[ShipmentId], *, at: datetime) -> None:
        claims.bring_forward(self._connection, shipment_ids, at=at)

    def add_events(
        self,
        shipment_id: ShipmentId,
        events: Iterable[TrackingEvent],
        *,
        seen_at: datetime,
        not_seen_at: datetime | None,
    ) -> None:
        shipments.add_events(self._connection, shipment_id, events, seen_at=seen_at, not_seen_at=not_seen_at)

    def save_shipment(self, shipment: Shipment) -> None:
        shipments.save(self._connection, shipment)

    def save_state(self, order_id: OrderId, state: OrderState) -> None:
        orders.save_state(self._connection, order_id, state)

    def add_transition(self, transition: Transition) -> None:
        shipments.add_transition(self._connection, transition)

    def queue(self, notifications: Sequence[Notification], *, machine_now: datetime) -> list[NotificationId]:
        return planning.queue(self._connection, notifications, machine_now=machine_now)

    def pull_back(self, order_id: OrderId, *, why: WhyNot, notices: frozenset[Notice] | None = None) -> int:
        return planning.pull_back(self._connection, order_id, why=why, notices=notices)

    def order_id(self, brand: str, number: str) -> OrderId | None:
        return orders.find(self._connection, brand, number)

    def body_sha256(self, order_id: OrderId) -> str:
        return str(orders.row_of(self._connection, order_id).body_sha256)

    def new_id(self) -> str:
        return self._make_id()

    def add_order(self, order: Order, *, body_sha256: str) -> None:
        orders.add(self._connection, order, body_sha256=body_sha256, vault=self._vault)

    def save_order(self, order: Order, *, body_sha256: str) -> None:
        orders.save(self._connection, order, body_sha256=body_sha256, vault=self._vault)

    def add_change(self, order_id: OrderId, *, at: datetime, source: str, what: dict[str, object]) -> None:
        orders.add_change(self._connection, order_id, at=at, source=source, what=what)

    def add_shipment(self, shipment: Shipment) -> None:
        shipments.add(self._connection, shipment)
        orders.touch(self._connection, shipment.order_id)

    def supersede(self, old: ShipmentId, new: ShipmentId, *, at: datetime) -> None:
        shipments.retire(self._connection, old, by=new, at=at)
        planning.pull_back_of(self._connection, old)

    def remove_shipment(self, shipment_id: ShipmentId, *, at: datetime) -> None:
        shipments.retire(self._connection, shipment_id, by=None, at=at)
        planning.pull_back_of(self._connection, shipment_id)

    def remembered(self, brand: str, key: str) -> tuple[str, int, dict[str, object]] | None:
        return orders.remembered(self._connection, brand, key)

    def remember(
        self, brand: str, key: str, *, body_sha256: str, status: int, answer: dict[str, object], machine_now: datetime
    ) -> None:
        orders.remember(
            self._connection,
            brand,
            key,
            body_sha256=body_sha256,
            status=status,
            answer=answer,
            machine_now=machine_now,
        )
