"""What must never be true of the outbox, counted; anything but zero is a defect or a clock that stands still."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select

from notifiers.message import Verdict
from tracker.domain.notices import OPEN_STATES, NotificationState
from tracker.store.outbox_tables import notifications, send_attempts
from tracker.store.unit import Snapshot

LATELY = timedelta(days=7)  # of planning; older rows were counted before

_n, _a = notifications.c, send_attempts.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One invariant that does not hold."""

    name: str
    count: int


def broken(snapshot: Snapshot, *, machine_now: datetime, grace: timedelta) -> list[Broken]:
    """Every invariant that does not hold; `grace` is how long a sweep may take to move a row on."""
    lately, overdue = _n.planned_machine_at > machine_now - LATELY, machine_now - grace
    accepted = select(func.count()).where(_a.notification_id == _n.id, _a.verdict == Verdict.ACCEPTED)
    times_accepted = accepted.scalar_subquery()
    still_open = _n.final_machine_at.is_(None)
    sending = and_(_n.state == NotificationState.SENDING, still_open)
    leased = and_(_n.state == NotificationState.LEASED, still_open)
    unknown = and_(_n.state == NotificationState.UNKNOWN, still_open)
    unleased = or_(_n.lease_owner.is_(None), _n.lease_until_machine_at.is_(None))
    rules = {
        "accepted_twice": (lately, times_accepted > 1),
        "accepted_without_attempt": (lately, _n.state == NotificationState.ACCEPTED, times_accepted == 0),
        "sending_for_too_long": (sending, _n.lease_until_machine_at < overdue),
        "leased_for_too_long": (leased, _n.lease_until_machine_at < overdue),
        "ended_without_end": (lately, still_open, _n.state.not_in(OPEN_STATES)),
        "claimed_without_lease": (or_(sending, leased), unleased),
        "unknown_for_too_long": (unknown, _n.retry_machine_at < overdue),
    }
    counts = {
        name: snapshot.connection.execute(select(func.count()).select_from(notifications).where(*rule)).scalar_one()
        for name, rule in rules.items()
    }
    return [Broken(name=name, count=count) for name, count in counts.items() if count]
