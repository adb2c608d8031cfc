"""How a provider's report is written into the attempt it is about, and what then becomes of the notification."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, delete, exists, func, literal, null, or_, select, update

from notifiers.message import Channel, Verdict
from notifiers.receipts import Receipt, ReceiptState
from tracker.domain import receipts
from tracker.domain.notices import NotificationState, WhyNot
from tracker.domain.receipts import ARRIVED, Attempt
from tracker.pipeline.ports import NotificationId
from tracker.pipeline.receipts import Outcome
from tracker.store import claims, gates, people, untold
from tracker.store.columns import Instant
from tracker.store.outbox_tables import notifications, send_attempts, suppressions

UNCONFIRMED_AFTER = timedelta(hours=72)  # some countries' networks never report an arrival
HALTED_FOR = timedelta(minutes=10)
OPTED_OUT_CODES = frozenset({"21610"})  # the network knows of a STOP that we did not hear; START lifts it too

_n, _a, _s = notifications.c, send_attempts.c, suppressions.c
S = NotificationState

_ROW = select(_n.state, _n.order_id, _n.recipient_id).where(_n.id == bindparam("this_id"))
_ATTEMPTS = select(send_attempts).where(_a.notification_id == bindparam("this_id")).order_by(_a.n)
_PROVIDER = select(_a.provider).where(_a.notification_id == bindparam("this_id"), _a.n == bindparam("this_n"))
_MAY_HAVE_LEFT = exists().where(_a.notification_id == _n.id, or_(_a.verdict.is_(None), _a.verdict == Verdict.UNKNOWN))
_LATE = (
    select(_n.id)
    .where(_n.unconfirmed_machine_at <= bindparam("machine_now"))
    .order_by(_n.unconfirmed_machine_at)
    .limit(bindparam("most"))
)


def merge(
    connection: Connection,
    notification_id: NotificationId,
    n: int,
    receipt: Receipt,
    *,
    now: datetime,
    machine_now: datetime,
    retry_machine_at: datetime,
) -> Outcome:
    """One report, under the notification's lock; twice is once, and an older one changes nothing."""
    row = claims.lock_notification(connection, notification_id)
    found = {each.n: each for each in _attempts(connection, notification_id)}
    if row is None or n not in found:
        return Outcome.UNKNOWN_MESSAGE
    before = found[n]
    if before.provider_message_id not in ("", receipt.provider_message_id):
        return Outcome.DUPLICATE
    after = receipts.heard(before, receipt)
    if after == before:
        return Outcome.NOTHING_NEW
    _save(connection, notification_id, after)
    _act(connection, row, after, now=now, machine_now=machine_now)
    settle(connection, notification_id, machine_now=machine_now, retry_machine_at=retry_machine_at)
    return Outcome.APPLIED


def settle(
    connection: Connection, notification_id: NotificationId, *, machine_now: datetime, retry_machine_at: datetime
) -> NotificationState | None:
    """Bring the notification to what its attempts prove; its new state, None when it stays. Needs its lock."""
    row = connection.execute(_ROW, {"this_id": notification_id}).one()
    attempts = _attempts(connection, notification_id)
    proven = receipts.concluded(NotificationState(row.state), attempts) if attempts else None
    if proven is not None:
        change = _change(proven, attempts, machine_now=machine_now, retry_machine_at=retry_machine_at)
        connection.execute(update(notifications).where(_n.id == notification_id).values(change))
    if proven is S.UNDELIVERED:
        untold.mark(connection, [notification_id])
    elif proven in (S.ACCEPTED, S.DELIVERED):
        untold.clear(connection, order_id=row.order_id, recipient_id=row.recipient_id)
    return proven


def found(connection: Connection, notification_id: NotificationId, sid: str, *, machine_now: datetime) -> None:
    """The provider's own list shows the text whose answer was lost: the newest such attempt was accepted."""
    lost = (_a.notification_id == notification_id, or_(_a.verdict.is_(None), _a.verdict == Verdict.UNKNOWN))
    newest = select(func.max(_a.n)).where(*lost).scalar_subquery()
    this = (_a.notification_id == notification_id, _a.n == newest)
    seen = {"verdict": Verdict.ACCEPTED, "provider_message_id": sid}
    connection.execute(update(send_attempts).where(*this).values(seen))
    settle(connection, notification_id, machine_now=machine_now, retry_machine_at=machine_now)


def confirm_late(connection: Connection, *, limit: int, machine_now: datetime) -> int:
    """accepted -> sent_unconfirmed, once its time has come."""
    ids = connection.execute(_LATE, {"machine_now": machine_now, "most": limit}).scalars().all()
    still = (_n.id.in_(ids), _n.state == S.ACCEPTED)
    none_came = {_n.state: S.SENT_UNCONFIRMED, _n.unconfirmed_machine_at: null()}
    return connection.execute(update(notifications).where(*still).values(none_came)).rowcount if ids else 0


def _attempts(connection: Connection, notification_id: str) -> list[Attempt]:
    return [
        Attempt(
            n=row.n,
            verdict=Verdict(row.verdict) if row.verdict else None,
            receipt=ReceiptState(row.receipt) if row.receipt else None,
            code=row.receipt_code,
            provider_message_id=row.provider_message_id or "",
        )
        for row in connection.execute(_ATTEMPTS, {"this_id": notification_id})
    ]


def _save(connection: Connection, notification_id: str, attempt: Attempt) -> None:
    this = (_a.notification_id == notification_id, _a.n == attempt.n)
    said = {
        "verdict": attempt.verdict,
        "receipt": attempt.receipt,
        "receipt_code": attempt.code,
        "provider_message_id": attempt.provider_message_id,
    }
    connection.execute(update(send_attempts).where(*this).values(said))


def _act(connection: Connection, row: Row[Any], attempt: Attempt, *, now: datetime, machine_now: datetime) -> None:
    """What a report means beyond this notification. An arrival proves that the number was not at fault."""
    source = _source(attempt)
    if attempt.receipt in ARRIVED:
        ours = (_s.channel == row.channel, _s.source == source, _s.reason == people.BOUNCED)  # only START lifts a STOP
        connection.execute(delete(suppressions).where(*ours))
    if attempt.verdict is Verdict.SUPPRESS:
        suppress(connection, row.recipient_id, Channel(row.channel), code=attempt.code, source=source, at=now)
    if attempt.verdict is Verdict.HALT:
        why = f"refuses our settings: {attempt.code}"
        until = machine_now + HALTED_FOR
        provider = connection.execute(_PROVIDER, {"this_id": row.id, "this_n": attempt.n}).scalar_one()
        gates.close(connection, f"provider:{provider}", reason=why, until_machine_at=until, machine_now=machine_now)


def suppress(
    connection: Connection, recipient_id: str, channel: Channel, *, code: str, source: str, at: datetime
) -> None:
    """The address is at fault, so no brand writes to it again."""
    contact_hmac = people.contact_hmac(connection, recipient_id=recipient_id, channel=channel)
    if contact_hmac is None:
        return
    reason = people.STOPPED if code in OPTED_OUT_CODES else people.BOUNCED
    whom = people.Suppression(channel=channel, contact_hmac=contact_hmac, brand="", reason=reason, source=source)
    people.suppress(connection, whom, at=at)


def _source(attempt: Attempt) -> str:
    return f"receipt of {attempt.provider_message_id}"


def _change(
    proven: NotificationState, attempts: list[Attempt], *, machine_now: datetime, retry_machine_at: datetime
) -> dict[Any, Any]:
    freed: dict[Any, Any] = {_n.lease_owner: null(), _n.lease_until_machine_at: null(), _n.retry_machine_at: null()}
    never_left = {_n.started_at: case((_MAY_HAVE_LEFT, _n.started_at), else_=null())}
    out = {
        _n.why_not: null(),
        _n.provider_message_id: next(
            (each.provider_message_id for each in attempts if each.verdict is Verdict.ACCEPTED), None
        ),
        _n.accepted_machine_at: func.coalesce(_n.accepted_machine_at, literal(machine_now, Instant())),
        _n.final_machine_at: func.coalesce(_n.final_machine_at, literal(machine_now, Instant())),
    }
    match proven:
        case S.DELIVERED:
            return freed | out | {_n.state: proven, _n.unconfirmed_machine_at: null()}
        case S.PENDING:
            again = {_n.retry_machine_at: retry_machine_at, _n.final_machine_at: null(), _n.why_not: null()}
            unsaid = {_n.accepted_machine_at: null(), _n.unconfirmed_machine_at: null(), _n.listings: 0}
            return freed | never_left | unsaid | again | {_n.state: proven}
        case S.UNDELIVERED:
            last = {_n.why_not: WhyNot.UNDELIVERED, _n.detail: attempts[-1].code, _n.final_machine_at: machine_now}
            return freed | never_left | last | {_n.state: proven, _n.unconfirmed_machine_at: null()}
        case _:
            return freed | out | {_n.state: proven, _n.unconfirmed_machine_at: machine_now + UNCONFIRMED_AFTER}
