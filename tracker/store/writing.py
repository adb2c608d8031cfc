"""One write transaction as the steps see it: the domain's values in and out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from carriers.events import TrackingEvent
from notifiers.message import Channel
from tracker.domain.notices import Notice, Notification, ToldBefore, WhyNot
from tracker.domain.orders import Order, OrderState
from tracker.domain.shipments import OrderId, Shipment, ShipmentId, Transition
from tracker.pipeline.dossier import Audience, Dossier
from tracker.pipeline.look_record import LookRecord
from tracker.pipeline.ports import NotificationId
from tracker.store import claims, dossiers, looks, orders, planning, shipments, untold
from tracker.store.vault import Vault


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Rows of one kind that are written together: a statement for ten rows costs little more than for one."""

    events: list[dict[str, Any]] = field(default_factory=list)
    shipments: list[Shipment] = field(default_factory=list)
    states: list[tuple[OrderId, OrderState]] = field(default_factory=list)
    steps: list[Transition] = field(default_factory=list)

    def write(self, connection: Connection) -> None:
        """Raises Raced when a shipment has been changed by another."""
        shipments.add_events(connection, self.events)
        shipments.save(connection, self.shipments)
        orders.save_states(connection, self.states)
        shipments.add_transitions(connection, self.steps)


class SqlUnit:
    """Implements `ports.OrderUnit`; each method is described there.

    What the fold says of a shipment waits until something else is asked or written, or the unit ends.
    """

    def __init__(self, connection: Connection, vault: Vault, *, make_id: Callable[[], str]) -> None:
        self._connection = connection
        self._vault = vault
        self._make_id = make_id
        self._waiting = _Waiting()
        self._not_sent: list[NotificationId] = []

    def close(self) -> None:
        """Write what waits, and after it the marks: they count on the versions it brings. Raises Raced as `settle`."""
        untold.mark(self.settle(), self._not_sent)

    def settle(self) -> Connection:
        """Write what waits. Raises Raced when a shipment has been changed by another."""
        waiting, self._waiting = self._waiting, _Waiting()
        waiting.write(self._connection)
        return self._connection

    def dossier(self, shipment_id: ShipmentId) -> Dossier:
        return self.dossiers([shipment_id])[shipment_id]

    def dossiers(self, shipment_ids: Sequence[ShipmentId]) -> dict[ShipmentId, Dossier]:
        return dossiers.of_shipments(self.settle(), shipment_ids)

    def audience(self, order: Order) -> Audience:
        return dossiers.audience(self._connection, order, vault=self._vault)  # reads nothing that can wait

    def order_dossier(self, order_id: OrderId) -> tuple[Order, tuple[ToldBefore, ...], frozenset[tuple[Channel, str]]]:
        return dossiers.of_order(self.settle(), order_id, vault=self._vault)

    def record_looks(self, done: Sequence[LookRecord]) -> int:
        return looks.record(self.settle(), done)

    def look_sooner(self, shipment_ids: Sequence[ShipmentId], *, at: datetime) -> None:
        claims.bring_forward(self.settle(), shipment_ids, at=at)

    def add_events(
        self,
        shipment_id: ShipmentId,
        events: Iterable[TrackingEvent],
        *,
        seen_at: datetime,
        not_seen_at: datetime | None,
    ) -> None:
        self._waiting.events.extend(
            shipments.event_row(shipment_id, event, seen_at=seen_at, not_seen_at=not_seen_at) for event in events
        )

    def save_shipment(self, shipment: Shipment) -> None:
        self._waiting.shipments.append(shipment)

    def save_state(self, order_id: OrderId, state: OrderState) -> None:
        self._waiting.states.append((order_id, state))

    def add_transition(self, transition: Transition) -> None:
        self._waiting.steps.append(transition)

    def queue(self, notifications: Sequence[Notification], *, machine_now: datetime) -> list[NotificationId]:
        queued = planning.queue(self._connection, notifications, machine_now=machine_now)  # nor does this
        self._not_sent += queued.not_sent
        return queued.due

    def pull_back(self, order_id: OrderId, *, why: WhyNot, notices: frozenset[Notice] | None = None) -> int:
        return planning.pull_back(self.settle(), order_id, why=why, notices=notices)

    def order_id(self, brand: str, number: str) -> OrderId | None:
        return orders.find(self.settle(), brand, number)

    def body_sha256(self, order_id: OrderId) -> str:
        return str(orders.row_of(self.settle(), order_id).body_sha256)

    def new_id(self) -> str:
        return self._make_id()

    def add_order(self, order: Order, *, body_sha256: str) -> None:
        orders.add(self.settle(), order, body_sha256=body_sha256, vault=self._vault)

    def save_order(self, order: Order, *, body_sha256: str) -> None:
        orders.save(self.settle(), order, body_sha256=body_sha256, vault=self._vault)

    def add_change(self, order_id: OrderId, *, at: datetime, source: str, what: dict[str, object]) -> None:
        orders.add_change(self.settle(), order_id, at=at, source=source, what=what)

    def add_shipment(self, shipment: Shipment) -> None:
        shipments.add(self.settle(), shipment)
        orders.touch(self.settle(), shipment.order_id)

    def supersede(self, old: ShipmentId, new: ShipmentId, *, at: datetime) -> None:
        shipments.retire(self.settle(), old, by=new, at=at)
        planning.pull_back_of(self.settle(), old)

    def remove_shipment(self, shipment_id: ShipmentId, *, at: datetime) -> None:
        shipments.retire(self.settle(), shipment_id, by=None, at=at)
        planning.pull_back_of(self.settle(), shipment_id)

    def remembered(self, brand: str, key: str) -> tuple[str, int, dict[str, object]] | None:
        return orders.remembered(self.settle(), brand, key)

    def remember(
        self, brand: str, key: str, *, body_sha256: str, status: int, answer: dict[str, object], machine_now: datetime
    ) -> None:
        orders.remember(
            self.settle(),
            brand,
            key,
            body_sha256=body_sha256,
            status=status,
            answer=answer,
            machine_now=machine_now,
        )
