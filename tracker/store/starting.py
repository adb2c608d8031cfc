"""Whether an attempt may start now, and the row that says so before any socket is opened (T2)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, or_, select, update

from notifiers.message import Channel
from tracker.domain.notices import LETTERS, Notice, NotificationState, WhyNot, is_wanted
from tracker.domain.people import NOTHING_CHOSEN
from tracker.domain.ranks import may_start
from tracker.domain.shipments import OrderId
from tracker.domain.wishes import Wishes
from tracker.pipeline.ports import DispatchClaim, StartRefusal
from tracker.store import claims, dossiers, facts, gates, pauses, people, untold
from tracker.store.codec import from_plain
from tracker.store.columns import EPOCH
from tracker.store.endings import ended
from tracker.store.ids import new_id
from tracker.store.machine_tables import counters
from tracker.store.outbox_tables import notifications, send_attempts, suppressions
from tracker.store.tables import consents, recipients
from tracker.store.upserts import insert_or_change

HOUR = timedelta(hours=1)
STARTS = "starts"  # the counter's scope

_n = notifications.c

_ON_ITS_WAY = select(_n.id).where(
    _n.order_id == bindparam("order_id"),
    _n.recipient_id == bindparam("recipient_id"),
    _n.channel == bindparam("channel"),
    _n.id != bindparam("this_id"),
    or_(
        _n.state.in_((NotificationState.SENDING, NotificationState.UNKNOWN)),
        (_n.state == NotificationState.LEASED) & (_n.id < bindparam("this_id")),  # of two, the older goes first
    ),
)
_OPTED_OUT = select(suppressions.c.id).where(
    suppressions.c.channel == bindparam("channel"),
    suppressions.c.contact_hmac == bindparam("contact_hmac"),
    suppressions.c.brand.in_(("", bindparam("brand"))),
)
_NEWEST_CONSENT = (
    select(consents.c.granted)
    .where(consents.c.recipient_id == bindparam("recipient_id"), consents.c.channel == bindparam("channel"))
    .order_by(consents.c.at.desc(), consents.c.id.desc())
    .limit(1)
)
_WISHES = select(recipients.c.wishes).where(recipients.c.id == bindparam("recipient_id"))
_COUNT = insert_or_change(
    counters, unique=["scope", "bucket_machine_at"], change=lambda row: {"n": counters.c.n + row.n}
)
_COUNTED = select(counters.c.n).where(
    counters.c.scope == STARTS, counters.c.bucket_machine_at == bindparam("bucket_machine_at")
)


def start(
    connection: Connection,
    claim: DispatchClaim,
    *,
    provider: str,
    body_sha256: str,
    now: datetime,
    machine_now: datetime,
    again_machine_at: datetime,
    sibling_machine_at: datetime,
    hourly_cap: int,
    quiet_until: datetime | None,
    contact_hmac: str,
) -> int | StartRefusal | WhyNot:
    """The attempt's number, committed with `sending`; or why not, with the row ended or given back.

    `contact_hmac`: of the address that the message is made for.
    """
    row = claims.lock_notification(connection, claim.id)
    if row is None or row.state != NotificationState.LEASED or row.fence != claim.fence:
        return StartRefusal.LOST
    over = _is_over(connection, row, now=now, quiet_until=quiet_until)
    if over is not None:
        _end(connection, row, over, machine_now=machine_now)
        return over
    if _address(connection, row) != contact_hmac:
        _give_back(connection, row, {"sealed_message": None})
        return StartRefusal.MOVED
    if quiet_until is not None:
        unsaid = {"sealed_message": None} if row.started_at is None else {}  # "today" is another day by then
        _give_back(connection, row, {"not_before_at": quiet_until} | unsaid)
        return StartRefusal.QUIET
    refusal = _refusal(connection, row, provider=provider, machine_now=machine_now, again_machine_at=again_machine_at)
    if refusal is None and _count_start(connection, machine_now=machine_now) > hourly_cap:
        facts.put(connection, claims.HOLD, f"volume fuse: more than {hourly_cap} sends within one hour")
        refusal = StartRefusal.HELD
    if refusal is not None:
        later = sibling_machine_at if refusal is StartRefusal.SIBLING else again_machine_at
        _give_back(connection, row, {"retry_machine_at": later})
        return refusal
    return _begin(connection, row, provider=provider, body_sha256=body_sha256, now=now, machine_now=machine_now)


def per_hour(connection: Connection, *, hours: int, machine_now: datetime) -> list[int]:
    """How many attempts started in each whole hour before this one, newest first."""
    this = _hour(machine_now)
    since = (counters.c.scope == STARTS, counters.c.bucket_machine_at >= this - hours * HOUR)
    rows = connection.execute(select(counters.c.bucket_machine_at, counters.c.n).where(*since))
    found = {row.bucket_machine_at: row.n for row in rows}
    return [found.get(this - ago * HOUR, 0) for ago in range(1, hours + 1)]


def forget_this_hour(connection: Connection, *, machine_now: datetime) -> None:
    """A person has looked and lets go on: the fuse counts afresh."""
    this = (counters.c.scope == STARTS, counters.c.bucket_machine_at == _hour(machine_now))
    connection.execute(delete(counters).where(*this))


def _is_over(connection: Connection, row: Row[Any], *, now: datetime, quiet_until: datetime | None) -> WhyNot | None:
    """What ends this row for good."""
    if row.expires_at <= now:
        return WhyNot.EXPIRED
    if row.no_resend:  # what came later was decided while this was being sent
        return WhyNot.ANSWER_LOST if row.started_at is not None else WhyNot.SUPERSEDED
    if row.notice not in LETTERS:  # they stand beside all news
        higher = may_start(dossiers.told(row), dossiers.told_before(connection, OrderId(row.order_id)))
        if higher is not None:
            return higher
    barrier = _barrier(connection, row)
    if barrier is not None:
        return barrier
    return WhyNot.QUIET_HOURS if quiet_until is not None and quiet_until >= row.expires_at else None


def _barrier(connection: Connection, row: Row[Any]) -> WhyNot | None:
    """Why this person may not be written to. Until we commit nobody can opt out, so no attempt starts after that."""
    whom = {"recipient_id": row.recipient_id, "channel": row.channel}
    contact_hmac = _address(connection, row)
    if contact_hmac is None:
        return WhyNot.NO_ADDRESS
    claims.agree_to_write(connection, contact_hmac)
    address = {"channel": row.channel, "contact_hmac": contact_hmac, "brand": row.brand}
    opted_out = connection.execute(_OPTED_OUT, address).first() is not None
    consent = connection.execute(_NEWEST_CONSENT, whom).scalar()
    if opted_out or consent is False:
        return WhyNot.OPTED_OUT
    if row.channel == Channel.SMS and consent is None:
        return WhyNot.NO_CONSENT
    return None if _is_wanted(connection, row) else WhyNot.NOT_WANTED


def _is_wanted(connection: Connection, row: Row[Any]) -> bool:
    """What waited may have been wished away since it was decided."""
    said = connection.execute(_WISHES, {"recipient_id": row.recipient_id}).scalar()
    wishes = from_plain(Wishes, said) if said else NOTHING_CHOSEN
    return is_wanted(wishes, Channel(row.channel), Notice(row.notice), correction=row.correction)


def _address(connection: Connection, row: Row[Any]) -> str | None:
    return people.contact_hmac(connection, recipient_id=row.recipient_id, channel=row.channel)


def _end(connection: Connection, row: Row[Any], why: WhyNot, *, machine_now: datetime) -> None:
    match why:
        case WhyNot.EXPIRED | WhyNot.QUIET_HOURS:
            state = NotificationState.EXPIRED
        case WhyNot.OPTED_OUT | WhyNot.NO_ADDRESS | WhyNot.NO_CONSENT | WhyNot.NOT_WANTED:
            state = NotificationState.SUPPRESSED
        case WhyNot.ANSWER_LOST:
            state = NotificationState.UNKNOWN_FINAL
        case _:
            state = NotificationState.SUPERSEDED
    connection.execute(update(notifications).where(_n.id == row.id).values(ended(state, why, machine_now=machine_now)))
    untold.mark(connection, [row.id])


def _refusal(
    connection: Connection, row: Row[Any], *, provider: str, machine_now: datetime, again_machine_at: datetime
) -> StartRefusal | None:
    """What only holds for a while."""
    if facts.get(connection, claims.HOLD) is not None:
        return StartRefusal.HELD
    if pauses.covers(connection, brand=row.brand, notice=row.notice, channel=row.channel):
        return StartRefusal.PAUSED
    whom = {"order_id": row.order_id, "recipient_id": row.recipient_id, "channel": row.channel, "this_id": row.id}
    if connection.execute(_ON_ITS_WAY, whom).first():
        return StartRefusal.SIBLING
    gate = gates.read(connection, f"provider:{provider}")
    if gate.state is gates.GateState.OPEN:
        return None
    gate = gates.locked(connection, gate.name, machine_now=machine_now)
    if gate.wait(machine_now) is not None:
        return StartRefusal.GATE_CLOSED
    gates.hold_for_probe(connection, gate, until_machine_at=again_machine_at, machine_now=machine_now)
    return None


def _count_start(connection: Connection, *, machine_now: datetime) -> int:
    row = {"scope": STARTS, "bucket_machine_at": _hour(machine_now), "n": 1}
    connection.execute(_COUNT[connection.dialect.name], row)
    count: int = connection.execute(_COUNTED, row).scalar_one()
    return count


def _hour(at: datetime) -> datetime:
    return at - (at - EPOCH) % HOUR


def _begin(
    connection: Connection, row: Row[Any], *, provider: str, body_sha256: str, now: datetime, machine_now: datetime
) -> int:
    n = int(row.attempts) + 1
    attempt = {
        "id": new_id(),
        "notification_id": row.id,
        "n": n,
        "provider": provider,
        "fence": row.fence,
        "started_machine_at": machine_now,
        "body_sha256": body_sha256,
    }
    connection.execute(insert(send_attempts), attempt)
    _change(
        connection,
        row,
        {"state": NotificationState.SENDING, "attempts": n, "started_at": row.started_at or now, "listings": 0},
    )
    return n


def _give_back(connection: Connection, row: Row[Any], change: dict[str, Any]) -> None:
    free = {"state": NotificationState.PENDING, "lease_owner": None, "lease_until_machine_at": None}
    _change(connection, row, free | change)


def _change(connection: Connection, row: Row[Any], change: dict[str, Any]) -> None:
    """One update with the expected state and fence, although we hold the lock: it costs nothing and proves itself."""
    mine = (_n.id == row.id, _n.state == NotificationState.LEASED, _n.fence == row.fence)
    assert connection.execute(update(notifications).where(*mine).values(change)).rowcount == 1, row.id
