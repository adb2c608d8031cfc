"""How a worker takes rows that no other worker gets: the only SQL that differs by engine, the only row locks.

SQLite has one writer at a time (BEGIN IMMEDIATE), so a plain UPDATE claims. PostgreSQL skips what others are about to
claim. SQLAlchemy drops FOR UPDATE silently on SQLite: a select-then-update there handed 1,620 of 3,000 rows out twice.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, exists, func, null, or_, select, union_all, update

from tracker.domain.notices import NotificationState
from tracker.domain.shipments import LookOutcome, OrderId, ShipmentId
from tracker.domain.urgency import REST, Urgency
from tracker.store.machine_tables import facts, gates
from tracker.store.outbox_tables import notifications, pauses
from tracker.store.tables import orders, shipments

HOLD = "hold"  # the fact that stops all sending

_n, _s = notifications.c, shipments.c

_BY_SHIPMENTS = (
    select(orders, _s.id.label("of_shipment"))
    .join(shipments, _s.order_id == orders.c.id)
    .where(_s.id.in_(bindparam("ids", expanding=True)))
    .order_by(orders.c.id)
)
_BY_ORDER = select(orders).where(orders.c.id == bindparam("order_id"))

_GATE = select(gates).where(gates.c.name == bindparam("name"))
_ORDER_OF = select(_n.order_id).where(_n.id == bindparam("notification_id"))
_NOTIFICATION = select(notifications).where(_n.id == bindparam("notification_id"))
_LEASED = (
    select(_s.id, _s.fence)
    .where(_s.id.in_(bindparam("ids", expanding=True)), _s.lease_owner.is_not(None))
    .order_by(_s.id)
)

_FREE = or_(_s.lease_until_machine_at.is_(None), _s.lease_until_machine_at <= bindparam("machine_now"))
_DUE_LOOKS = select(_s.id, _s.urgency, _s.next_look_at).where(
    _s.carrier == bindparam("of_carrier"),
    _s.next_look_at <= bindparam("soon"),
    _FREE,
    or_(_s.next_look_at <= bindparam("now"), _s.tried_at.is_(None), _s.tried_at <= bindparam("tried_before")),
)
_WAITING_LOOKS = union_all(  # only a query of its own in each arm can be ordered and limited
    *(
        select(
            _DUE_LOOKS.where(_s.urgency == urgency).order_by(_s.next_look_at, _s.id).limit(bindparam("most")).subquery()
        )
        for urgency in Urgency
    )
)
_FREE_LOOKS = select(_s.id).where(  # chosen a moment ago; whoever held it may have written its look since
    _s.id.in_(bindparam("ids", expanding=True)), _FREE, _s.next_look_at <= bindparam("soon")
)

_PLANNED_LOOKS = select(_s.id).where(
    _s.id.in_(bindparam("ids", expanding=True)), _s.next_look_at > bindparam("at"), _s.lease_owner.is_(None)
)

_BLIND_LOOKS = (  # due and not asked: nobody holds it, and it has not found out by itself
    select(_s.id)
    .where(
        _s.carrier == bindparam("of_carrier"),
        _s.urgency.in_(Urgency),
        _s.next_look_at <= bindparam("now"),
        _s.failing_since.is_(None),
        _s.lease_owner.is_(None),
    )
    .limit(bindparam("most"))
)

_PAUSED = exists().where(
    pauses.c.brand.in_(("", _n.brand)), pauses.c.notice.in_(("", _n.notice)), pauses.c.channel.in_(("", _n.channel))
)
_ON_HOLD = exists().where(facts.c.name == HOLD)
_DUE_NOTIFICATIONS = select(_n.id).where(
    _n.state == NotificationState.PENDING,
    _n.final_machine_at.is_(None),
    _n.not_before_at <= bindparam("now"),
    _n.expires_at > bindparam("now"),
    or_(_n.retry_machine_at.is_(None), _n.retry_machine_at <= bindparam("machine_now")),
    ~_PAUSED,
    ~_ON_HOLD,
)
_NEXT_NOTIFICATIONS = _DUE_NOTIFICATIONS.order_by(_n.not_before_at, _n.id).limit(bindparam("most"))
_THIS_NOTIFICATION = _DUE_NOTIFICATIONS.where(_n.id == bindparam("only"))

_UNRUNG = _NEXT_NOTIFICATIONS.where(or_(_n.rung_machine_at.is_(None), _n.rung_machine_at <= bindparam("rung_before")))


def lock_order(connection: Connection, order_id: OrderId) -> Row[Any] | None:
    """The order's row, nobody else's until we commit."""
    return connection.execute(_LOCK_ORDER[connection.dialect.name], {"order_id": order_id}).one_or_none()


def lock_orders_of(connection: Connection, shipment_ids: Sequence[ShipmentId]) -> dict[ShipmentId, Row[Any]]:
    """As `lock_order`, found by their shipments; locked by id, so nobody deadlocks."""
    rows = connection.execute(_LOCK_BY_SHIPMENTS[connection.dialect.name], {"ids": shipment_ids})
    return {row.of_shipment: row for row in rows}


def lock_gate(connection: Connection, name: str) -> Row[Any] | None:
    """The gate's row, nobody else's until we commit; whoever counts a quota holds it."""
    return connection.execute(_LOCK_GATE[connection.dialect.name], {"name": name}).one_or_none()


def lock_notification(connection: Connection, notification_id: str) -> Row[Any] | None:
    """A notification and its order, nobody else's until we commit: two to one person cannot start at once."""
    order_id = connection.execute(_ORDER_OF, {"notification_id": notification_id}).scalar()
    if order_id is None:
        return None
    lock_order(connection, order_id)
    asked = {"notification_id": notification_id}
    return connection.execute(_LOCK_NOTIFICATION[connection.dialect.name], asked).one_or_none()


def agree_to_write(connection: Connection, contact_hmac: str) -> None:
    """Until we commit nobody can opt this address out; whoever did so before us is seen by our next query."""
    if connection.dialect.name == "postgresql":
        connection.execute(_SHARE_CONTACT, {"contact_hmac": contact_hmac})


def end_writing(connection: Connection, contact_hmac: str) -> None:
    """Wait for the attempts that are just starting; none starts after we have committed."""
    if connection.dialect.name == "postgresql":
        connection.execute(_OWN_CONTACT, {"contact_hmac": contact_hmac})


def lock_leased(connection: Connection, shipment_ids: Sequence[str]) -> dict[str, int]:
    """Shipment -> fence for those that are leased, nobody else's until we commit; locked by id, so nobody deadlocks."""
    rows = connection.execute(_LOCK_LEASED[connection.dialect.name], {"ids": shipment_ids})
    return {row.id: row.fence for row in rows}


def waiting_looks(
    connection: Connection, carrier: str, *, of_each: int, now: datetime, soon: datetime, machine_now: datetime
) -> Sequence[Row[Any]]:
    """The first of each urgency that nobody has leased: due, or due until `soon` and not tried of late. One query, an
    index range for each urgency; no row is locked yet."""
    asked = {"of_carrier": carrier, "now": now, "soon": soon, "tried_before": now - REST, "machine_now": machine_now}
    return connection.execute(_WAITING_LOOKS, asked | {"most": of_each}).all()


def take_looks(
    connection: Connection,
    shipment_ids: Sequence[str],
    *,
    soon: datetime,
    machine_now: datetime,
    until_machine_at: datetime,
    owner: str,
) -> dict[str, Row[Any]]:
    """Lease those of them that are free and due until `soon`; what their claims say, with their fences from now on,
    by id."""
    asked = {"ids": shipment_ids, "machine_now": machine_now, "soon": soon}
    leased = {"set_owner": owner, "set_until": until_machine_at}
    rows = connection.execute(_TAKE_LOOKS[connection.dialect.name], asked | leased)
    return {row.id: row for row in rows}


def bring_forward(connection: Connection, shipment_ids: Sequence[str], *, at: datetime) -> None:
    """Make looks due at `at` that were planned for later. A row that somebody holds is being asked: it is not waited
    for, so that orders and parcels are never locked in a circle."""
    connection.execute(_FORWARD[connection.dialect.name], {"ids": shipment_ids, "at": at})


def go_blind(connection: Connection, carrier: str, *, outcome: LookOutcome, at: datetime, most: int) -> None:
    """What is due and cannot be asked is failing as if it had been, and judged anew; rows that are held wait for the
    next time. The version rises: whoever read a row before judges it without this."""
    said = {"of_carrier": carrier, "now": at, "most": most, "set_outcome": outcome}
    connection.execute(_GO_BLIND[connection.dialect.name], said)


def take_notifications(
    connection: Connection,
    *,
    only: str | None,
    most: int,
    now: datetime,
    machine_now: datetime,
    until_machine_at: datetime,
    owner: str,
) -> Sequence[str]:
    """T1: pending and due -> leased, fence + 1; their ids. `only`: this one, if it is due and free."""
    asked = {"now": now, "machine_now": machine_now, "set_owner": owner, "set_until": until_machine_at}
    if only is None:
        return connection.execute(_TAKE_NEXT[connection.dialect.name], asked | {"most": most}).scalars().all()
    return connection.execute(_TAKE_THIS[connection.dialect.name], asked | {"only": only}).scalars().all()


def take_rings(
    connection: Connection, *, most: int, now: datetime, machine_now: datetime, rung_before: datetime
) -> Sequence[str]:
    """Mark what is due and was not rung of late as rung; their ids."""
    asked = {"now": now, "machine_now": machine_now, "most": most, "rung_before": rung_before}
    return connection.execute(_TAKE_RINGS[connection.dialect.name], asked).scalars().all()


def _skipping(wanted: Select[Any]) -> dict[str, Select[Any]]:
    return {"sqlite": wanted, "postgresql": wanted.with_for_update(skip_locked=True)}


def _take_looks(free: Select[Any]) -> Any:
    leased: dict[Any, Any] = {_s.lease_owner: bindparam("set_owner"), _s.lease_until_machine_at: bindparam("set_until")}
    taken = update(shipments).where(_s.id.in_(free)).values({**leased, _s.fence: _s.fence + 1})
    zone = select(orders.c.destination_zone).where(orders.c.id == _s.order_id).scalar_subquery()
    return taken.returning(
        _s.id,
        _s.order_id,
        _s.tracking_number,
        _s.fence,
        _s.answer_sha256,
        _s.outcome,
        _s.milestone,
        _s.since,
        _s.created_at,
        _s.last_event_at,
        _s.asked_at,
        zone.label("destination_zone"),
        _s.promised_end_at,
        _s.watched_at,
        _s.failures,
        _s.unknown_looks,
        _s.looks,
    )


def _forward(planned: Select[Any]) -> Any:
    return update(shipments).where(_s.id.in_(planned)).values(next_look_at=bindparam("at"))


def _go_blind(blind: Select[Any]) -> Any:
    failing: dict[Any, Any] = {
        _s.failing_since: bindparam("now"),
        _s.outcome: bindparam("set_outcome"),
        _s.review_at: bindparam("now"),
        _s.version: _s.version + 1,
    }
    return update(shipments).where(_s.id.in_(blind)).values(failing)


def _take_rings(due: Select[Any]) -> Any:
    rung: dict[Any, Any] = {_n.rung_machine_at: bindparam("machine_now")}
    return update(notifications).where(_n.id.in_(due)).values(rung).returning(_n.id)


def _take_notifications(due: Select[Any]) -> Any:
    taken: dict[Any, Any] = {
        _n.state: NotificationState.LEASED,
        _n.lease_owner: bindparam("set_owner"),
        _n.lease_until_machine_at: bindparam("set_until"),
        _n.retry_machine_at: null(),
        _n.fence: _n.fence + 1,
    }
    return update(notifications).where(_n.id.in_(due)).values(taken).returning(_n.id)


_KEY = func.hashtextextended(bindparam("contact_hmac"), 0)
_SHARE_CONTACT = select(func.pg_advisory_xact_lock_shared(_KEY))
_OWN_CONTACT = select(func.pg_advisory_xact_lock(_KEY))
_LOCK_ORDER = {"sqlite": _BY_ORDER, "postgresql": _BY_ORDER.with_for_update()}
_LOCK_BY_SHIPMENTS = {"sqlite": _BY_SHIPMENTS, "postgresql": _BY_SHIPMENTS.with_for_update(of=orders)}
_LOCK_GATE = {"sqlite": _GATE, "postgresql": _GATE.with_for_update()}
_LOCK_NOTIFICATION = {"sqlite": _NOTIFICATION, "postgresql": _NOTIFICATION.with_for_update()}
_LOCK_LEASED = {"sqlite": _LEASED, "postgresql": _LEASED.with_for_update()}
_TAKE_LOOKS = {name: _take_looks(free) for name, free in _skipping(_FREE_LOOKS).items()}
_TAKE_NEXT = {name: _take_notifications(due) for name, due in _skipping(_NEXT_NOTIFICATIONS).items()}
_TAKE_THIS = {name: _take_notifications(due) for name, due in _skipping(_THIS_NOTIFICATION).items()}
_FORWARD = {name: _forward(planned) for name, planned in _skipping(_PLANNED_LOOKS).items()}
_GO_BLIND = {name: _go_blind(blind) for name, blind in _skipping(_BLIND_LOOKS).items()}
_TAKE_RINGS = {name: _take_rings(due) for name, due in _skipping(_UNRUNG).items()}
