"""What an attempt's outcome makes of its notification (T3)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, exists, null, or_, update

from notifiers.message import Channel, Handover, Verdict
from tracker.domain.notices import NotificationState, WhyNot
from tracker.pipeline.ports import DispatchClaim
from tracker.store import claims, gates, reports, untold
from tracker.store.outbox_tables import notifications, send_attempts

_n, _a = notifications.c, send_attempts.c

_SENDING, _UNKNOWN = NotificationState.SENDING, NotificationState.UNKNOWN
_NOTE = update(send_attempts).where(_a.notification_id == bindparam("this_id"), _a.n == bindparam("this_n"))
_MAY_HAVE_LEFT_BEFORE = exists().where(
    _a.notification_id == _n.id,
    _a.n < bindparam("this_n"),
    or_(_a.verdict.is_(None), _a.verdict == Verdict.UNKNOWN),
)


def finish(
    connection: Connection,
    claim: DispatchClaim,
    n: int,
    handover: Handover,
    *,
    machine_now: datetime,
    retry_machine_at: datetime | None,
) -> bool:
    """False when the row had moved on; the attempt keeps the outcome in any case."""
    if claim.channel is Channel.SMS:  # a report may be merged at this moment: first the order, as it does
        claims.lock_notification(connection, claim.id)
    provider = _note(connection, claim, n, handover, machine_now=machine_now)
    change = _change(handover, machine_now=machine_now, retry_machine_at=retry_machine_at)
    if claim.channel is Channel.SMS and handover.verdict is Verdict.ACCEPTED:
        change[_n.unconfirmed_machine_at] = machine_now + reports.UNCONFIRMED_AFTER
    mine = (_n.id == claim.id, _n.fence == claim.fence, _n.attempts == n, _n.state.in_(_expected(handover.verdict)))
    freed: dict[Any, Any] = {_n.lease_owner: null(), _n.lease_until_machine_at: null()}
    moved = connection.execute(update(notifications).where(*mine).values(freed | change), {"this_n": n}).rowcount == 1
    if moved and handover.verdict is Verdict.SUPPRESS:
        code = handover.code
        reports.suppress(connection, claim.recipient.id, claim.channel, code=code, source=code, at=machine_now)
    if moved and handover.verdict is Verdict.ACCEPTED:
        untold.clear(connection, order_id=claim.order_id, recipient_id=claim.recipient.id)
    elif moved:
        untold.mark(connection, [claim.id])
    if provider and handover.verdict is Verdict.ACCEPTED:
        gates.open_(connection, f"provider:{provider}", machine_now=machine_now)
    if claim.channel is Channel.SMS:  # reports that came before this answer count now
        again = retry_machine_at or machine_now
        reports.settle(connection, claim.id, machine_now=machine_now, retry_machine_at=again)
    return moved


def _note(
    connection: Connection, claim: DispatchClaim, n: int, handover: Handover, *, machine_now: datetime
) -> str | None:
    """The provider's name. What was reported of the attempt meanwhile is newer than the answer to its call."""
    sid = handover.provider_message_id or None
    note: dict[Any, Any] = {
        _a.ended_machine_at: machine_now,
        _a.verdict: case((_a.receipt.is_(None), handover.verdict.value), else_=_a.verdict),
        _a.code: handover.code,
        _a.detail: handover.detail,
        _a.provider_message_id: case((_a.receipt.is_(None), sid), else_=_a.provider_message_id),
    }
    noted = _NOTE.values(note).returning(_a.provider)
    provider: str | None = connection.execute(noted, {"this_id": claim.id, "this_n": n}).scalar()
    return provider


def _expected(verdict: Verdict) -> tuple[NotificationState, ...]:
    """The lease may have run out meanwhile. An acceptance is the truth also for a row already waiting to go again."""
    if verdict is Verdict.ACCEPTED:
        return (_SENDING, _UNKNOWN, NotificationState.UNKNOWN_FINAL, NotificationState.PENDING)
    return (_SENDING,) if verdict is Verdict.UNKNOWN else (_SENDING, _UNKNOWN)


def _change(handover: Handover, *, machine_now: datetime, retry_machine_at: datetime | None) -> dict[Any, Any]:
    never_left = {_n.started_at: case((_MAY_HAVE_LEFT_BEFORE, _n.started_at), else_=null())}
    match handover.verdict:
        case Verdict.ACCEPTED:
            return {
                _n.state: NotificationState.ACCEPTED,
                _n.why_not: null(),
                _n.provider_message_id: handover.provider_message_id or None,
                _n.accepted_machine_at: machine_now,
                _n.final_machine_at: machine_now,
                _n.retry_machine_at: null(),
            }
        case Verdict.RETRY | Verdict.HALT:
            return {_n.state: NotificationState.PENDING, _n.retry_machine_at: retry_machine_at} | never_left
        case Verdict.UNKNOWN:
            return {_n.state: NotificationState.UNKNOWN, _n.retry_machine_at: retry_machine_at}
        case Verdict.REJECT:
            return _final(NotificationState.REJECTED, machine_now=machine_now) | never_left
        case Verdict.SUPPRESS:
            return _final(NotificationState.SUPPRESSED, machine_now=machine_now) | never_left


def _final(state: NotificationState, *, machine_now: datetime) -> dict[Any, Any]:
    return {
        _n.state: state,
        _n.why_not: WhyNot.REFUSED_BY_PROVIDER,
        _n.final_machine_at: machine_now,
        _n.retry_machine_at: null(),
    }
