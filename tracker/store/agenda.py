"""When something next falls due by itself; for whoever steps through time instead of waiting for it."""

from datetime import datetime

from sqlalchemy import func, select

from tracker.domain.notices import NotificationState
from tracker.store.outbox_tables import notifications
from tracker.store.tables import shipments
from tracker.store.unit import Snapshot

_s, _n = shipments.c, notifications.c
_PENDING = _n.state == NotificationState.PENDING
_DUE = (
    select(func.min(_s.next_look_at)),
    select(func.min(_s.review_at)),
    select(func.min(_n.not_before_at)).where(_PENDING, _n.retry_machine_at.is_(None)),
    select(func.min(_n.expires_at)).where(_PENDING),
    select(func.min(_n.retry_machine_at)).where(_n.state.in_((NotificationState.PENDING, NotificationState.UNKNOWN))),
)


def next_due(snapshot: Snapshot) -> datetime | None:
    """The earliest instant, past ones included; shop and machine time are taken as one clock."""
    found = [at for query in _DUE if (at := snapshot.connection.execute(query).scalar())]
    return min(found, default=None)
