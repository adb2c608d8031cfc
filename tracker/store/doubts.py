"""What becomes of notifications that nobody finished: leases that ran out, answers that were lost, time that passed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, null, or_, select, update

from notifiers.message import Channel, Message, Verdict
from tracker.domain.notices import NotificationState, WhyNot
from tracker.pipeline.ports import NotificationId
from tracker.pipeline.sweeps import Doubt, DoubtfulText
from tracker.store import claims, reports, untold
from tracker.store.codec import from_plain
from tracker.store.endings import ended
from tracker.store.outbox_tables import notifications, send_attempts
from tracker.store.vault import Vault

_n, _a = notifications.c, send_attempts.c

_OPEN = _n.final_machine_at.is_(None)  # what the indexes of waiting rows are limited to
_FREED: dict[Any, Any] = {_n.lease_owner: null(), _n.lease_until_machine_at: null()}
_LOST = (
    select(func.count())
    .select_from(send_attempts)
    .where(_a.notification_id == _n.id, or_(_a.verdict.is_(None), _a.verdict == Verdict.UNKNOWN))
    .scalar_subquery()
)
_DUE = (
    select(
        _n.id,
        _n.fence,
        _n.channel,
        _n.expires_at,
        _n.sealed_message,
        _n.listings,
        _n.no_resend,
        _LOST.label("lost"),
    )
    .where(_n.state == NotificationState.UNKNOWN, _OPEN, _n.retry_machine_at <= bindparam("machine_now"))
    .order_by(_n.retry_machine_at)
    .limit(bindparam("most"))
)
_ATTEMPTS = select(send_attempts).where(_a.notification_id == bindparam("this_id"))
_STALE = (
    select(_n.id)
    .where(_n.state == NotificationState.PENDING, _OPEN, _n.expires_at <= bindparam("now"))
    .order_by(_n.expires_at)
    .limit(bindparam("most"))
)


def expire_leases(connection: Connection, *, machine_now: datetime, reconcile_machine_at: datetime) -> int:
    """An expired `leased` proves that nothing was sent; an expired `sending` proves nothing."""
    over = _n.lease_until_machine_at <= machine_now
    leased, sending = _n.state == NotificationState.LEASED, _n.state == NotificationState.SENDING
    back = _FREED | {_n.state: NotificationState.PENDING, _n.retry_machine_at: null()}
    lost = _FREED | {_n.state: NotificationState.UNKNOWN, _n.retry_machine_at: reconcile_machine_at}
    returned = connection.execute(update(notifications).where(leased, _OPEN, over).values(back)).rowcount
    return returned + connection.execute(update(notifications).where(sending, _OPEN, over).values(lost)).rowcount


def due(connection: Connection, *, limit: int, machine_now: datetime, vault: Vault) -> list[Doubt]:
    """Unknown rows to resolve now, the oldest first."""
    rows = connection.execute(_DUE, {"machine_now": machine_now, "most": limit}).all()
    return [
        Doubt(
            id=NotificationId(row.id),
            fence=row.fence,
            channel=Channel(row.channel),
            lost=row.lost,
            expires_at=row.expires_at,
            text=_text(connection, row, vault=vault) if row.channel == Channel.SMS else None,
        )
        for row in rows
    ]


def _text(connection: Connection, row: Row[*tuple[Any, ...]], *, vault: Vault) -> DoubtfulText | None:
    """None when the words were forgotten."""
    attempts = connection.execute(_ATTEMPTS, {"this_id": row.id}).all()
    lost = [each.started_machine_at for each in attempts if each.verdict in (None, Verdict.UNKNOWN)]
    if row.sealed_message is None or not lost:
        return None
    return DoubtfulText(
        message=from_plain(Message, vault.unseal(row.sealed_message)),
        listings=row.listings,
        first_machine_at=min(lost),
        last_machine_at=max(lost),
        known=frozenset(each.provider_message_id for each in attempts if each.provider_message_id),
        is_over=row.no_resend,
    )


def found(connection: Connection, doubt: Doubt, sid: str, *, machine_now: datetime) -> bool:
    """unknown -> accepted, because the provider's list shows it."""
    claims.lock_notification(connection, doubt.id)
    if connection.execute(select(_n.id).where(*_still(doubt))).first() is None:
        return False
    reports.found(connection, doubt.id, sid, machine_now=machine_now)
    return True


def ask_again(connection: Connection, doubt: Doubt, *, listings: int, again_machine_at: datetime) -> bool:
    """It stays unknown until the next look at the provider's list; `listings`: how many have not shown it."""
    later = {_n.listings: listings, _n.retry_machine_at: again_machine_at}
    return connection.execute(update(notifications).where(*_still(doubt)).values(later)).rowcount == 1


def resend(connection: Connection, doubt: Doubt, *, now: datetime) -> bool:
    """unknown -> pending, due at once; T2 still asks whether something later was told."""
    again = {_n.state: NotificationState.PENDING, _n.retry_machine_at: null()}
    fit = (_n.no_resend.is_(False), _n.expires_at > now)
    return connection.execute(update(notifications).where(*_still(doubt), *fit).values(again)).rowcount == 1


def give_up(connection: Connection, doubt: Doubt, *, machine_now: datetime) -> bool:
    """unknown -> unknown_final: it may have been sent, and nobody will know."""
    last = ended(NotificationState.UNKNOWN_FINAL, WhyNot.ANSWER_LOST, machine_now=machine_now)
    given_up = connection.execute(update(notifications).where(*_still(doubt)).values(last)).rowcount == 1
    untold.mark(connection, [doubt.id])
    return given_up


def expire(connection: Connection, *, limit: int, now: datetime, machine_now: datetime) -> int:
    """pending past `expires_at` -> expired; one that may have left -> unknown_final."""
    last = ended(NotificationState.EXPIRED, WhyNot.EXPIRED, machine_now=machine_now)
    ids = connection.execute(_STALE, {"now": now, "most": limit}).scalars().all()
    still = (_n.id.in_(ids), _n.state == NotificationState.PENDING)
    done = connection.execute(update(notifications).where(*still).values(last)).rowcount if ids else 0
    untold.mark(connection, ids)
    return done


def _still(doubt: Doubt) -> tuple[Any, ...]:
    return (_n.id == doubt.id, _n.state == NotificationState.UNKNOWN, _n.fence == doubt.fence)
