"""What was told about an order, what waits, and what was not told and why."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from tracker.domain.notices import Notice, NotificationState, WhyNot
from tracker.domain.shipments import OrderId
from tracker.store.outbox_tables import notifications
from tracker.store.unit import Snapshot

_n = notifications.c


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """One notification, without its words or its recipient."""

    id: str
    notice: Notice
    channel: str
    state: NotificationState
    why_not: WhyNot | None
    occurred_at: datetime
    planned_at: datetime
    not_before_at: datetime
    expires_at: datetime
    attempts: int
    accepted_machine_at: datetime | None


def of_order(snapshot: Snapshot, order_id: OrderId) -> list[MessageRow]:
    """Every notification of an order, in the order of planning."""
    columns = [_n[name] for name in MessageRow.__dataclass_fields__]
    rows = snapshot.connection.execute(
        select(*columns).where(_n.order_id == order_id).order_by(_n.planned_at, _n.notice, _n.id)
    )
    return [
        MessageRow(
            **row._asdict()
            | {
                "notice": Notice(row.notice),
                "state": NotificationState(row.state),
                "why_not": WhyNot(row.why_not) if row.why_not else None,
            }
        )
        for row in rows
    ]
