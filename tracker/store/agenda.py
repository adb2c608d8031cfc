"""When something next falls due by itself; for whoever steps through time instead of waiting for it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select

from tracker.domain.notices import NotificationState
from tracker.store.outbox_tables import notifications
from tracker.store.tables import shipments
from tracker.store.unit import Snapshot

_s, _n = shipments.c, notifications.c
_PENDING = _n.state == NotificationState.PENDING
_LOOKS = select(_s.carrier, func.min(_s.next_look_at)).where(_s.next_look_at.is_not(None)).group_by(_s.carrier)
_DUE = (
    select(func.min(_s.review_at)),
    select(func.min(_n.not_before_at)).where(_PENDING, _n.retry_machine_at.is_(None)),
    select(func.min(_n.expires_at)).where(_PENDING),
    select(func.min(_n.retry_machine_at)).where(_n.state.in_((NotificationState.PENDING, NotificationState.UNKNOWN))),
)


def next_due(snapshot: Snapshot, *, not_asked_before: Mapping[str, datetime]) -> datetime | None:
    """The earliest instant, past ones included; shop and machine time are taken as one clock.

    `not_asked_before`: of carriers at which a gate or a quota says so.
    """
    looks = snapshot.connection.execute(_LOOKS)
    found = [max(at, not_asked_before.get(carrier, at)) for carrier, at in looks]
    found += [at for query in _DUE if (at := snapshot.connection.execute(query).scalar())]
    return min(found, default=None)
