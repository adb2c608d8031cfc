"""How a notification that nobody is sending at this moment ends."""

from datetime import datetime
from typing import Any

from sqlalchemy import case, null

from tracker.domain.notices import NotificationState, WhyNot
from tracker.store.outbox_tables import notifications

_n = notifications.c


def ended(state: NotificationState, why: WhyNot, *, machine_now: datetime | None = None) -> dict[Any, Any]:
    """The values of its last update. One that may have left in an earlier attempt ends as that: nobody knows.

    Without `machine_now` its planning stands for its end: a row that has ended must have one.
    """
    never_left = _n.started_at.is_(None)
    return {
        _n.state: case((never_left, state.value), else_=NotificationState.UNKNOWN_FINAL.value),
        _n.why_not: case((never_left, why.value), else_=WhyNot.ANSWER_LOST.value),
        _n.final_machine_at: _n.planned_machine_at if machine_now is None else machine_now,
        _n.lease_owner: null(),
        _n.lease_until_machine_at: null(),
        _n.retry_machine_at: null(),
    }
