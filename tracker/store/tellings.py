"""What was told about an order, what waits, and what was not told and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

from notifiers.message import Channel
from tracker.domain.notices import Notice, NotificationState, WhyNot
from tracker.pipeline.ports import NotificationId
from tracker.store.outbox_tables import notifications
from tracker.store.tables import orders
from tracker.store.unit import Snapshot

_n = notifications.c
_OF_NUMBER = (
    select(notifications, orders.c.number)
    .join(orders, orders.c.id == _n.order_id)
    .where(orders.c.number == bindparam("number"))
    .order_by(_n.planned_at, _n.id)
)
_UNTOLD = (
    select(notifications, orders.c.number)
    .join(orders, orders.c.id == _n.order_id)
    .where(_n.planned_machine_at > bindparam("since"), _n.why_not.is_not(None))
    .order_by(_n.planned_machine_at.desc(), _n.id.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One notification as ops sees it; no address, no text."""

    id: NotificationId
    brand: str
    order_number: str
    notice: Notice
    channel: Channel
    state: NotificationState
    why_not: WhyNot | None
    detail: str
    planned_at: datetime
    not_before_at: datetime
    expires_at: datetime
    attempts: int
    retry_machine_at: datetime | None
    accepted_machine_at: datetime | None


def of_order(snapshot: Snapshot, number: str, *, brand: str = "") -> list[Telling]:
    """Everything decided about the orders of that number; of one brand, or of all."""
    query = _OF_NUMBER.where(orders.c.brand == brand) if brand else _OF_NUMBER
    return [_telling(row) for row in snapshot.connection.execute(query, {"number": number})]


def untold(snapshot: Snapshot, *, since_machine_at: datetime, limit: int) -> list[Telling]:
    """What was worth telling and was not told, the newest first."""
    rows = snapshot.connection.execute(_UNTOLD, {"since": since_machine_at, "most": limit})
    return [_telling(row) for row in rows]


def _telling(row: Row[Any]) -> Telling:
    return Telling(
        id=NotificationId(row.id),
        brand=row.brand,
        order_number=row.number,
        notice=Notice(row.notice),
        channel=Channel(row.channel),
        state=NotificationState(row.state),
        why_not=WhyNot(row.why_not) if row.why_not else None,
        detail=row.detail,
        planned_at=row.planned_at,
        not_before_at=row.not_before_at,
        expires_at=row.expires_at,
        attempts=row.attempts,
        retry_machine_at=row.retry_machine_at,
        accepted_machine_at=row.accepted_machine_at,
    )
