"""The questions that page, API, console and CLI ask; one function each, so that no two of them answer differently."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, JSON, Row, String, any_, bindparam, column, func, or_, select, tuple_

from carriers.events import TrackingEvent
from tracker.domain.orders import Order, OrderStage
from tracker.domain.shipments import OrderId, Shipment, ShipmentId, Transition
from tracker.domain.urgency import Urgency
from tracker.store import orders as order_rows
from tracker.store import shipments as shipment_rows
from tracker.store.columns import EPOCH, ID, MICROSECOND, Instant
from tracker.store.outbox_tables import page_tokens
from tracker.store.tables import orders as order_table
from tracker.store.tables import shipments
from tracker.store.unit import Snapshot

_o, _s, _t = order_table.c, shipments.c, page_tokens.c

_THESE = {  # one parameter for all, however many: thousands are asked about once a second
    "sqlite": _t.token_sha256.in_(select(column("value")).select_from(func.json_each(bindparam("tokens", type_=JSON)))),
    "postgresql": _t.token_sha256 == any_(bindparam("tokens", type_=ARRAY(String))),
}
_BY_TOKENS = select(_t.token_sha256, _o.version).join(order_table, _o.id == _t.order_id).where(_t.revoked_at.is_(None))
_NUMBERED = select(_s.id).where(_s.tracking_number == bindparam("number")).order_by(_s.created_at.desc())
_SAME_NUMBER = select(_o.id).where(_o.number == bindparam("number")).order_by(_o.created_at.desc())


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """One shipment from its label to its end, current or not."""

    order: Order
    shipment: Shipment
    events: tuple[TrackingEvent, ...]
    transitions: tuple[Transition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderList:
    """Some orders, the newest first, without their people and parcels; `next` continues after the last."""

    orders: tuple[Order, ...]
    next: str | None


def page_versions(snapshot: Snapshot, fingerprints: Collection[str]) -> dict[str, int]:
    """Of links, by fingerprint, the versions that say whether anything has changed; what leads nowhere is missing."""
    connection = snapshot.connection
    rows = connection.execute(_BY_TOKENS.where(_THESE[connection.dialect.name]), {"tokens": list(fingerprints)})
    return {row.token_sha256: row.version for row in rows}


def order(snapshot: Snapshot, brand: str, number: str) -> Order | None:
    """One order by the shop's own number."""
    connection = snapshot.connection
    order_id = order_rows.find(connection, brand, number)
    if order_id is None:
        return None
    return order_rows.load(connection, order_rows.row_of(connection, order_id), vault=snapshot.vault)


def order_by_id(snapshot: Snapshot, order_id: OrderId) -> Order | None:
    """One order by our own id."""
    row = snapshot.connection.execute(select(order_table).where(_o.id == order_id)).one_or_none()
    return None if row is None else order_rows.load(snapshot.connection, row, vault=snapshot.vault)


def orders(snapshot: Snapshot, brand: str, *, after: str | None, stage: OrderStage | None, limit: int) -> OrderList:
    """Orders of one brand, the newest first; an `after` that is not ours begins at the front."""
    place = _read_place(after)
    wanted = [_o.brand == brand]
    if stage is not None:
        wanted.append(_o.stage == stage)
    if place is not None:
        wanted.append(tuple_(_o.created_at, _o.id) < tuple_(*place, types=(Instant(), ID)))
    query = select(order_table).where(*wanted).order_by(_o.created_at.desc(), _o.id.desc()).limit(limit + 1)
    rows = snapshot.connection.execute(query).all()
    more = len(rows) > limit
    return OrderList(
        orders=tuple(order_rows.from_row(row) for row in rows[:limit]),
        next=_place(rows[limit - 1]) if more else None,
    )


def journey(snapshot: Snapshot, shipment_id: ShipmentId) -> Journey | None:
    """One shipment with its scans and changes, also when it was superseded or removed."""
    connection = snapshot.connection
    row = connection.execute(select(shipments).where(_s.id == shipment_id)).one_or_none()
    if row is None:
        return None
    whole = order_rows.load(connection, order_rows.row_of(connection, row.order_id), vault=snapshot.vault)
    return Journey(
        order=whole,
        shipment=shipment_rows.from_row(row, whole),
        events=shipment_rows.read_events(connection, shipment_id),
        transitions=shipment_rows.read_transitions(connection, shipment_id),
    )


def find(snapshot: Snapshot, number: str) -> list[Journey]:
    """Every journey under a tracking number, or of every order under an order number; the newest first."""
    ids = list(snapshot.connection.execute(_NUMBERED, {"number": number}).scalars())
    if not ids:
        of = snapshot.connection.execute(_SAME_NUMBER, {"number": number}).scalars().all()
        ids = list(snapshot.connection.execute(select(_s.id).where(_s.order_id.in_(of)).order_by(_s.id)).scalars())
    found = (journey(snapshot, each) for each in ids)
    return [each for each in found if each is not None]


def carriers_due(snapshot: Snapshot, carriers: list[str], *, now: datetime, machine_now: datetime) -> list[str]:
    """Which of these carriers have something to be asked now."""
    free = or_(_s.lease_until_machine_at.is_(None), _s.lease_until_machine_at <= machine_now)
    due = select(_s.id).where(_s.urgency.in_(Urgency), _s.next_look_at <= now, free).limit(1)  # as the index is ordered
    return [each for each in carriers if snapshot.connection.execute(due.where(_s.carrier == each)).first()]


def _place(row: Row[Any]) -> str:
    micros = (row.created_at - EPOCH) // MICROSECOND
    return urlsafe_b64encode(f"{micros}:{row.id}".encode()).rstrip(b"=").decode()


def _read_place(after: str | None) -> tuple[datetime, str] | None:
    """None for anything we did not write ourselves."""
    try:
        raw = urlsafe_b64decode((after or "").encode("ascii") + b"=" * (-len(after or "") % 4)).decode("ascii")
        micros, _, id_ = raw.partition(":")
        if not id_.isalnum():
            return None
        return EPOCH + timedelta(microseconds=int(micros)), id_
    except (ValueError, OverflowError):
        return None
