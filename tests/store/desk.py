"""How a test works the outbox: plan, claim, start, and see what a row has become."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from tests.store.builders import BOOT, NOON
from tests.store.racers import LEASE
from tracker.domain.notices import Notification, WhyNot
from tracker.pipeline.ports import DispatchClaim, NotificationId, StartRefusal
from tracker.store.outbox_tables import notifications, send_attempts
from tracker.store.unit import SqlStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What stands in one row of the outbox."""

    state: str
    why_not: str | None
    attempts: int
    started: bool  # an attempt may have left
    verdicts: Sequence[str | None]


def told(store: SqlStore, *decided: Notification) -> list[NotificationId]:
    """Queue; the ids that are pending now."""
    with store.write() as unit:
        return unit.queue(decided, machine_now=BOOT)


def claim(
    store: SqlStore,
    *,
    only: NotificationId | None = None,
    now: datetime = NOON,
    machine_now: datetime = BOOT,
    lease: timedelta = LEASE,
    after_sweep: bool = False,
) -> list[DispatchClaim]:
    """T1, if asked after the sweep that frees what others left behind."""
    if after_sweep or not lease:
        sweep(store, machine_now=machine_now)
    return store.outbox.claim(limit=20, now=now, machine_now=machine_now, lease=lease, owner="w1", only=only)


def start(
    store: SqlStore,
    claimed: DispatchClaim,
    *,
    now: datetime = NOON,
    machine_now: datetime = BOOT,
    cap: int = 1000,
    quiet_until: datetime | None = None,
    provider: str = "smtp",
) -> int | StartRefusal | WhyNot:
    """T2."""
    return store.outbox.start(
        claimed,
        provider=provider,
        body_sha256="0" * 64,
        now=now,
        machine_now=machine_now,
        again_machine_at=again_at(machine_now),
        sibling_machine_at=again_at(machine_now),
        hourly_cap=cap,
        quiet_until=quiet_until,
    )


def again_at(machine_now: datetime) -> datetime:
    """When what could not start is tried again."""
    return machine_now + timedelta(seconds=30)


def sweep(store: SqlStore, *, machine_now: datetime) -> int:
    """Free or doubt what ran out."""
    return store.outbox.expire_leases(machine_now=machine_now, reconcile_machine_at=machine_now + timedelta(seconds=30))


def row_of(store: SqlStore, id_: NotificationId) -> Seen:
    """What stands there now."""
    attempts = select(send_attempts.c.verdict).where(send_attempts.c.notification_id == id_)
    with store.read() as snapshot:
        row = snapshot.connection.execute(select(notifications).where(notifications.c.id == id_)).one()
        verdicts = snapshot.connection.execute(attempts.order_by(send_attempts.c.n)).scalars().all()
    return Seen(
        state=row.state,
        why_not=row.why_not,
        attempts=row.attempts,
        started=row.started_at is not None,
        verdicts=verdicts,
    )
