"""How decided notifications enter the outbox, and which older ones give way to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select, true, update

from tracker.domain.notices import Notice, Notification, NotificationState, WhyNot
from tracker.domain.ranks import supersedes
from tracker.domain.shipments import OrderId, ShipmentId
from tracker.pipeline.ports import NotificationId
from tracker.store.codec import to_plain
from tracker.store.dossiers import told
from tracker.store.endings import ended
from tracker.store.ids import new_id
from tracker.store.outbox_tables import notifications
from tracker.store.tables import orders
from tracker.store.upserts import insert_once

_n = notifications.c
NO_WAY = frozenset({WhyNot.NO_ADDRESS, WhyNot.OPTED_OUT})

_ADD = insert_once(notifications, unique=["dedupe_key"])
_ADDED = select(_n.id).where(_n.id.in_(bindparam("ids", expanding=True)))
_BRANDS = select(orders.c.id, orders.c.brand).where(orders.c.id.in_(bindparam("order_ids", expanding=True)))
_UNBEGUN = _n.state.in_((NotificationState.PENDING, NotificationState.LEASED))
_MAY_LEAVE = _n.state.in_((NotificationState.SENDING, NotificationState.UNKNOWN))  # or has left: nobody knows yet
_OPEN = select(notifications).where(_n.order_id.in_(bindparam("order_ids", expanding=True)), or_(_UNBEGUN, _MAY_LEAVE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """The ids of new rows."""

    due: list[NotificationId]  # pending
    not_sent: list[NotificationId]  # there was no way to their reader


def queue(connection: Connection, decided: Sequence[Notification], *, machine_now: datetime) -> Queued:
    """Insert what was not decided before."""
    if not decided:
        return Queued(due=[], not_sent=[])
    brands = _brands(connection, {each.order_id for each in decided})
    rows = [_row(each, brand=brands[each.order_id], machine_now=machine_now) for each in decided]
    connection.execute(_ADD[connection.dialect.name], rows)
    added = set(connection.execute(_ADDED, {"ids": [row["id"] for row in rows]}).scalars())
    fresh = [(row["id"], each) for row, each in zip(rows, decided, strict=True) if row["id"] in added]
    gone = _supersede(connection, [each for _, each in fresh], machine_now=machine_now)
    return Queued(
        due=[id_ for id_, each in fresh if each.state is NotificationState.PENDING and id_ not in gone],
        not_sent=[id_ for id_, each in fresh if each.why_not in NO_WAY],
    )


def pull_back(connection: Connection, order_id: OrderId, *, why: WhyNot, notices: frozenset[Notice] | None) -> int:
    """End what has not been started; what may have left already is not sent again."""
    ours = and_(_n.order_id == order_id, _n.notice.in_(notices) if notices is not None else true())
    last = ended(NotificationState.CANCELLED, why)
    connection.execute(update(notifications).where(ours, _MAY_LEAVE).values(no_resend=True))
    return connection.execute(update(notifications).where(ours, _UNBEGUN).values(last)).rowcount


def pull_back_of(connection: Connection, shipment_id: ShipmentId) -> None:
    """As `pull_back`, for one journey that does not count any more."""
    ours = _n.shipment_id == shipment_id
    last = ended(NotificationState.CANCELLED, WhyNot.TAKEN_BACK, machine_now=None)
    connection.execute(update(notifications).where(ours, _MAY_LEAVE).values(no_resend=True))
    connection.execute(update(notifications).where(ours, _UNBEGUN).values(last))


def _supersede(connection: Connection, fresh: Sequence[Notification], *, machine_now: datetime) -> set[str]:
    """Rows nobody has begun to send give way, claimed ones too: their start finds the lease gone.

    One that may leave or have left is not sent again, and resolved at once: it blocks the new one.
    """
    open_ones = connection.execute(_OPEN, {"order_ids": sorted({each.order_id for each in fresh})}) if fresh else ()
    old = [(row.id, told(row)) for row in open_ones]
    gone = {id_ for id_, each in old if any(supersedes(new, each) for new in fresh)}
    if gone:
        last = ended(NotificationState.SUPERSEDED, WhyNot.SUPERSEDED, machine_now=machine_now)
        these, no_more = _n.id.in_(gone), {"no_resend": True, "retry_machine_at": machine_now}
        connection.execute(update(notifications).where(these, _MAY_LEAVE).values(no_more))
        connection.execute(update(notifications).where(these, _UNBEGUN).values(last))
    return gone


def _brands(connection: Connection, order_ids: set[OrderId]) -> dict[str, str]:
    rows = connection.execute(_BRANDS, {"order_ids": sorted(order_ids)})
    return {row.id: row.brand for row in rows}


def _row(decided: Notification, *, brand: str, machine_now: datetime) -> dict[str, Any]:
    is_final = decided.state is not NotificationState.PENDING
    return {
        "id": new_id(),
        "dedupe_key": decided.dedupe_key,
        "brand": brand,
        "order_id": decided.order_id,
        "shipment_id": decided.shipment_id,
        "recipient_id": decided.recipient_id,
        "notice": decided.notice,
        "channel": decided.channel,
        "seq": decided.seq,
        "rank": decided.rank,
        "visit": decided.visit,
        "correction": decided.correction,
        "collapse_key": decided.collapse_key,
        "occurred_at": decided.occurred_at,
        "planned_at": decided.planned_at,
        "planned_machine_at": machine_now,
        "not_before_at": decided.not_before_at,
        "expires_at": decided.expires_at,
        "state": decided.state,
        "why_not": decided.why_not,
        "told": to_plain(decided.told),
        "final_machine_at": machine_now if is_final else None,
    }
