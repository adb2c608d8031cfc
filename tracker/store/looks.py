"""How shipments are handed out to be looked at, and what each look brought."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

import zstandard
from sqlalchemy import Connection, bindparam, func, insert, null, select, update

from carriers.events import Milestone
from tracker.domain.cadence import LookView
from tracker.domain.shipments import LookOutcome
from tracker.domain.urgency import NEARLY, choose
from tracker.pipeline.look_record import LookRecord
from tracker.pipeline.ports import LookClaim, LookClaims, Quota
from tracker.store import claims, gates, quotas
from tracker.store.ids import new_id
from tracker.store.tables import looks, raw_answers, shipments
from tracker.store.upserts import insert_once

MILLISECOND = timedelta(milliseconds=1)
LEVEL = 3  # of zstandard

_s = shipments.c

_RELEASE = (
    update(shipments)
    .where(_s.id == bindparam("this_id"), _s.fence == bindparam("this_fence"))
    .values(lease_owner=null(), lease_until_machine_at=null())
)
_RECORD = _RELEASE.values(
    next_look_at=bindparam("set_next"),
    urgency=bindparam("set_urgency"),
    tried_at=bindparam("set_at"),
    outcome=bindparam("set_outcome"),
    answer_sha256=func.coalesce(bindparam("set_sha256", type_=_s.answer_sha256.type), _s.answer_sha256),
    looks=_s.looks + 1,
)
_ANSWERED = _RECORD.values(asked_at=bindparam("set_at"), failing_since=null(), failures=0)
_READ = _ANSWERED.values(unknown_looks=0)
_NOT_KNOWN = _ANSWERED.values(unknown_looks=_s.unknown_looks + 1)
_FAILED = _RECORD.values(failing_since=func.coalesce(_s.failing_since, bindparam("set_at")), failures=_s.failures + 1)
_WRITES = {
    LookOutcome.NEWS: _READ,
    LookOutcome.NOTHING_NEW: _READ,
    LookOutcome.NOT_KNOWN_YET: _NOT_KNOWN,
    LookOutcome.UNREADABLE: _FAILED,
    LookOutcome.REFUSED: _FAILED,
    LookOutcome.BUSY: _FAILED,
    LookOutcome.DOWN: _FAILED,
}
_ADD = insert(looks)
_KNOWN_ANSWERS = select(raw_answers.c.sha256).where(raw_answers.c.sha256.in_(bindparam("hashes", expanding=True)))
_ADD_ANSWERS = insert_once(raw_answers)


def claim(
    connection: Connection,
    carrier: str,
    credential: str,
    *,
    limit: int,
    now: datetime,
    machine_now: datetime,
    lease: timedelta,
    owner: str,
    limits: Sequence[Quota],
    calls_of: int,
) -> LookClaims:
    """Gate, quota, due shipments, lease and fence, all under the gate's lock."""
    gate = gates.locked(connection, f"carrier:{credential}", machine_now=machine_now)
    shut_for = gate.wait(machine_now)
    if shut_for is not None:
        return LookClaims(claims=(), wait=shut_for)
    allowed = quotas.allowance(connection, credential, limits, machine_now=machine_now)
    if allowed.calls <= 0:
        return LookClaims(claims=(), wait=allowed.wait, quota_left=allowed.left_after(0))
    is_probe = gate.state is gates.GateState.CLOSED  # its time has come: one call tries, the others wait for it
    seats = min(limit, (1 if is_probe else allowed.calls) * calls_of)
    soon = now + NEARLY if calls_of > 1 else now  # only who asks for several at once has free seats
    waiting = claims.waiting_looks(connection, carrier, of_each=seats, now=now, soon=soon, machine_now=machine_now)
    turn = crc32(f"{credential} {machine_now}".encode())
    chosen = choose(waiting, allowed.room, now=now, seats=seats, of_call=calls_of, turn=turn)
    if not chosen:
        wait = allowed.next_even if any(each.next_look_at <= now for each in waiting) else None
        return LookClaims(claims=(), wait=wait, quota_left=allowed.left_after(0), troubled=gate.is_troubled)
    until = machine_now + lease
    ids = [each.id for each in chosen]
    rows = claims.take_looks(connection, ids, soon=soon, machine_now=machine_now, until_machine_at=until, owner=owner)
    calls = -(-len(chosen) // calls_of)
    quotas.reserve(connection, credential, limits, calls=calls, machine_now=machine_now)
    if is_probe:
        gates.hold_for_probe(connection, gate, until_machine_at=until, machine_now=machine_now)
    left = allowed.left_after(calls)
    taken = (_readable(rows[id_], quota_left=left) for id_ in ids if id_ in rows)
    return LookClaims(claims=tuple(each for each in taken if each), quota_left=left, troubled=gate.is_troubled)


def release(connection: Connection, given_back: Sequence[LookClaim]) -> None:
    """End leases without a look; a lease that is another's by now is left alone."""
    in_order = sorted(given_back, key=lambda claim: claim.shipment_id)
    if in_order:
        rows = [{"this_id": claim.shipment_id, "this_fence": claim.fence} for claim in in_order]
        connection.execute(_RELEASE, rows)


def record(connection: Connection, done: Sequence[LookRecord]) -> int:
    """Write looks and end their leases; one whose lease is another's by now leaves no trace. How many were written."""
    if not done:
        return 0
    owned = claims.lock_leased(connection, [each.shipment_id for each in done])
    ours = [each for each in done if owned.get(each.shipment_id) == each.fence]
    for write in (_READ, _NOT_KNOWN, _FAILED):
        rows = [_shipment_row(each) for each in ours if _WRITES[each.outcome] is write]
        if rows:
            connection.execute(write, rows)
    if ours:
        connection.execute(_ADD, [_look_row(each) for each in ours])
        _keep_answers(connection, ours)
    return len(ours)


def read_answer(connection: Connection, sha256: str) -> bytes | None:
    """A raw answer as it came, or None when its time of keeping is over."""
    found = connection.execute(select(raw_answers.c.body).where(raw_answers.c.sha256 == sha256)).scalar()
    return None if found is None else zstandard.decompress(found)


def _keep_answers(connection: Connection, done: Sequence[LookRecord]) -> None:
    """Once per content: most looks bring the bytes of the look before."""
    fresh = {each.answer_sha256: each for each in done if each.answer and each.answer_sha256}
    if not fresh:
        return
    known = set(connection.execute(_KNOWN_ANSWERS, {"hashes": list(fresh)}).scalars())
    press = zstandard.ZstdCompressor(level=LEVEL)
    rows = [
        {"sha256": sha256, "body": press.compress(each.answer or b""), "stored_machine_at": each.started_machine_at}
        for sha256, each in sorted(fresh.items())
        if sha256 not in known
    ]
    if rows:
        connection.execute(_ADD_ANSWERS[connection.dialect.name], rows)


def _shipment_row(look: LookRecord) -> dict[str, Any]:
    return {
        "this_id": look.shipment_id,
        "this_fence": look.fence,
        "set_next": look.next_look_at,
        "set_urgency": look.urgency,
        "set_at": look.at,
        "set_outcome": look.outcome,
        "set_sha256": look.said_sha256 or look.answer_sha256,
    }


def _look_row(look: LookRecord) -> dict[str, Any]:
    return {
        "id": new_id(),
        "shipment_id": look.shipment_id,
        "fence": look.fence,
        "at": look.at,
        "started_machine_at": look.started_machine_at,
        "took_ms": look.took // MILLISECOND,
        "outcome": look.outcome,
        "http_status": look.http_status,
        "wait_ms": None if look.wait is None else look.wait // MILLISECOND,
        "new_events": look.new_events,
        "detail": look.detail,
        "answer_sha256": look.answer_sha256,
    }


def _readable(row: Any, *, quota_left: float) -> LookClaim | None:
    """None for a row that another version wrote or something damaged, or no batch would get past it: it stays leased,
    and the figures show for how long it has been due."""
    try:
        return _claim(row, quota_left=quota_left)
    except ValueError:  # a word this version does not know
        return None


def _claim(row: Any, *, quota_left: float) -> LookClaim:
    view = LookView(
        shipment_id=row.id,
        milestone=Milestone(row.milestone) if row.milestone else None,
        since=row.since,
        created_at=row.created_at,
        last_event_at=row.last_event_at,
        asked_at=row.asked_at,
        destination_zone=row.destination_zone,
        promised_last_day_ends_at=row.promised_end_at,
        watched_at=row.watched_at,
        failures=row.failures,
        unknown_looks=row.unknown_looks,
        looks=row.looks,
        quota_left=quota_left,
    )
    return LookClaim(
        shipment_id=row.id,
        order_id=row.order_id,
        tracking_number=row.tracking_number,
        fence=row.fence,
        answer_sha256=row.answer_sha256,
        outcome=LookOutcome(row.outcome) if row.outcome else None,
        view=view,
    )
