"""How an order is written and read back as the same value, with its people and parcels."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from carriers.events import Place
from tracker.domain.orders import Order, OrderStage, OrderState, ShopFacts
from tracker.domain.shipments import Item, OrderId
from tracker.domain.windows import DeliveryWindow
from tracker.store import people, shipments
from tracker.store.codec import from_plain, to_plain
from tracker.store.ids import new_id
from tracker.store.machine_tables import idempotency
from tracker.store.outbox_tables import page_tokens
from tracker.store.tables import order_changes, orders
from tracker.store.upserts import insert_once
from tracker.store.vault import Vault, fingerprint

_BY_ID = select(orders).where(orders.c.id == bindparam("order_id"))
_BY_NUMBER = select(orders.c.id).where(orders.c.brand == bindparam("brand"), orders.c.number == bindparam("number"))
_SAVE_STATE = update(orders).where(orders.c.id == bindparam("this_id")).values(version=orders.c.version + 1)
_REMEMBERED = select(idempotency).where(
    idempotency.c.brand == bindparam("brand"), idempotency.c.key == bindparam("key")
)
_REMEMBER = insert_once(idempotency)


def find(connection: Connection, brand: str, number: str) -> OrderId | None:
    """The id behind the shop's own number."""
    found: OrderId | None = connection.execute(_BY_NUMBER, {"brand": brand, "number": number}).scalar()
    return found


def row_of(connection: Connection, order_id: OrderId) -> Row[Any]:
    """The bare row. Raises KeyError when there is none."""
    row = connection.execute(_BY_ID, {"order_id": order_id}).one_or_none()
    if row is None:
        raise KeyError(order_id)
    return row


def load(connection: Connection, row: Row[Any], *, vault: Vault) -> Order:
    """The order behind a row, with recipients and current shipments."""
    bare = from_row(row)
    journeys = (each for each in shipments.of_order(connection, bare.id) if shipments.is_current(each))
    return replace(
        bare,
        recipients=people.of_order(connection, bare.id, vault=vault),
        shipments=tuple(shipments.from_row(each, bare) for each in journeys),
    )


def add(connection: Connection, order: Order, *, body_sha256: str, vault: Vault) -> None:
    """Insert with recipients, consents and shipments."""
    identity = {"id": order.id, "brand": order.brand, "number": order.number, "created_at": order.created_at}
    row = _facts(order) | _state(order.state) | identity
    connection.execute(insert(orders), row | {"body_sha256": body_sha256, "version": order.version})
    connection.execute(insert(page_tokens), _token_row(order, vault))
    for person in order.recipients:
        people.add(connection, person, order_id=order.id, vault=vault)
    for shipment in order.shipments:
        shipments.add(connection, shipment)


def save(connection: Connection, order: Order, *, body_sha256: str, vault: Vault) -> None:
    """Write what the shop states; the order's version rises by one."""
    row = _facts(order) | _state(order.state) | {"body_sha256": body_sha256}
    connection.execute(_SAVE_STATE, row | {"this_id": order.id})
    people.replace_all(connection, order.recipients, order_id=order.id, vault=vault)


def save_states(connection: Connection, states: Sequence[tuple[OrderId, OrderState]]) -> None:
    """Write roll-ups; each order's version rises by one."""
    if states:
        connection.execute(_SAVE_STATE, [_state(state) | {"this_id": order_id} for order_id, state in states])


def touch(connection: Connection, order_id: OrderId) -> None:
    """Raise the version: the page shows something else now."""
    connection.execute(_SAVE_STATE, {"this_id": order_id})


def add_change(
    connection: Connection, order_id: OrderId, *, at: datetime, source: str, what: dict[str, object]
) -> None:
    """Append to the order's record of changes."""
    row = {"id": new_id(), "order_id": order_id, "at": at, "source": source, "what": what}
    connection.execute(insert(order_changes), row)


def remembered(connection: Connection, brand: str, key: str) -> tuple[str, int, dict[str, object]] | None:
    """(body hash, status, answer) of an earlier request."""
    row = connection.execute(_REMEMBERED, {"brand": brand, "key": key}).one_or_none()
    return None if row is None else (row.body_sha256, row.status, row.answer)


def remember(
    connection: Connection,
    brand: str,
    key: str,
    *,
    body_sha256: str,
    status: int,
    answer: dict[str, object],
    machine_now: datetime,
) -> None:
    """Keep an answer until the sweep of idempotency keys; the first one stays."""
    row = {"brand": brand, "key": key, "body_sha256": body_sha256, "status": status, "answer": answer}
    connection.execute(_REMEMBER[connection.dialect.name], row | {"created_machine_at": machine_now})


def from_row(row: Row[Any]) -> Order:
    """The order without its people and parcels."""
    return Order(
        id=row.id,
        brand=row.brand,
        number=row.number,
        facts=ShopFacts(
            placed_at=row.placed_at,
            confirmed_at=row.confirmed_at,
            packed_at=row.packed_at,
            cancelled_at=row.cancelled_at,
        ),
        destination=Place(city=row.city, region=row.region, postcode=row.postcode, country=row.country),
        destination_zone=row.destination_zone,
        items=from_plain(tuple[Item, ...], row.items),
        promised=from_plain(DeliveryWindow, row.promised) if row.promised else None,
        state=OrderState(
            stage=OrderStage(row.stage),
            delayed=row.delayed,
            delivered=row.delivered,
            returned=row.returned,
            parcels=row.parcels,
            ended=row.ended,
        ),
        created_at=row.created_at,
        version=row.version,
    )


def _token_row(order: Order, vault: Vault) -> dict[str, Any]:
    """The link the shop gets in its answers; its row has the order's own id, so it can be told without a query."""
    token = fingerprint(vault.page_token(order.id))
    row = {"id": order.id, "token_sha256": token, "order_id": order.id, "purpose": "api"}
    return row | {"created_at": order.created_at}


def _facts(order: Order) -> dict[str, Any]:
    facts, place = order.facts, order.destination
    return {
        "placed_at": facts.placed_at,
        "confirmed_at": facts.confirmed_at,
        "packed_at": facts.packed_at,
        "cancelled_at": facts.cancelled_at,
        "city": place.city,
        "region": place.region,
        "postcode": place.postcode,
        "country": place.country,
        "destination_zone": order.destination_zone,
        "items": to_plain(order.items),
        "promised": to_plain(order.promised),
    }


def _state(state: OrderState) -> dict[str, Any]:
    return {
        "stage": state.stage,
        "delayed": state.delayed,
        "delivered": state.delivered,
        "returned": state.returned,
        "parcels": state.parcels,
        "ended": state.ended,
    }
