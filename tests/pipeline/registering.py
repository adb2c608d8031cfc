"""How a test states an order, changes it and sees what became of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from carriers.events import Milestone
from tests.domain.builders import NOON, a_scan
from tests.pipeline.world import BOOT, RULES, SECRET
from tracker.domain.intake import NewOrder
from tracker.domain.orders import Order
from tracker.domain.shipments import OrderId, Standing
from tracker.pipeline import register
from tracker.pipeline.naming import Askable
from tracker.pipeline.register import Registered, Terms
from tracker.shops import orders
from tracker.store.outbox_tables import notifications
from tracker.store.schema import migrate
from tracker.store.tables import order_changes, shipments
from tracker.store.unit import SqlStore, open_store

ONE, TWO, THREE = "1Z999AA10123456784", "1Z999AA10000000006", "1Z999AA10000000015"
MINUTE = timedelta(minutes=1)
TERMS = Terms(
    rules=RULES,
    askable=Askable(on=frozenset({"ups"}), why_off={"fedex": "FEDEX_CLIENT_ID is not set"}),
    now=NOON,
    machine_now=BOOT,
    source="api",
)
STATED: dict[str, Any] = {
    "number": "2026/001",
    "placed_at": "2026-05-03T12:00:00Z",
    "confirmed_at": "2026-05-04T11:00:00Z",
    "destination": {"country": "NO", "city": "Bergen"},
    "items": [{"name": "Wool blanket"}],
    "recipients": [{"name": "Ada", "email": "ada@shopper.example"}],
    "shipments": [{"tracking_number": ONE, "carrier": "UPS Ground"}],
}


@contextmanager
def opened(database_url: str) -> Iterator[SqlStore]:
    """A migrated, empty database."""
    migrate(database_url)
    store = open_store(database_url, secret=SECRET)
    yield store
    store.close()


def stated(**fields: object) -> NewOrder:
    return orders.read(STATED | fields, now=NOON)


def take_in(store: SqlStore, new: NewOrder, terms: Terms = TERMS) -> Registered:
    with store.write() as unit:
        return register.register(unit, new, brand="fern", terms=terms)


def change(store: SqlStore, order: Order, terms: Terms = TERMS, **fields: object) -> Registered:
    with store.write() as unit:
        new = orders.read_change(fields, number=order.number, now=NOON)
        return register.change(unit, order.id, new, terms=terms)


def read(store: SqlStore, order_id: OrderId) -> Order:
    with store.write() as unit:
        return unit.order_dossier(order_id)[0]


def numbers(order: Order) -> list[str]:
    return [each.tracking_number for each in order.shipments]


def journeys(store: SqlStore) -> dict[str, Any]:
    with store.read() as snapshot:
        return {row.tracking_number: row for row in snapshot.connection.execute(select(shipments))}


def outbox(store: SqlStore) -> list[tuple[str, str, str | None]]:
    with store.read() as snapshot:
        rows = snapshot.connection.execute(select(notifications).order_by(notifications.c.id))
        return [(row.notice, row.state, row.why_not) for row in rows]


def recorded(store: SqlStore) -> list[dict[str, Any]]:
    with store.read() as snapshot:
        return [row.what for row in snapshot.connection.execute(select(order_changes).order_by(order_changes.c.id))]


def picked_up(store: SqlStore, order: Order) -> None:
    """The carrier has the first parcel."""
    first = order.shipments[0]
    event = a_scan(Milestone.PICKED_UP)
    with store.write() as unit:
        unit.add_events(first.id, [event], seen_at=NOON, not_seen_at=None)
        standing = Standing(milestone=Milestone.PICKED_UP, since=NOON, event=event.fingerprint)
        unit.save_shipment(replace(first, standing=standing, version=first.version + 1))
