"""How many calls a credential has left, counted by all processes in shared buckets before each call is made.

Sliding: a span of `per` that ends in bucket k begins in bucket k - SLICES at the earliest. As long as these buckets
together hold no more than the limit, no span anywhere does, wherever the peer lets its own begin. The price: 60 calls
an hour are spent at 60 in 61 minutes.
Calendar: calls near midnight count for both days, since they may arrive on either side of it.

A limit of an hour or longer is also spent at a pace, so that it lasts, and the urgent before the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Connection, bindparam, delete, select

from tracker.domain.urgency import Room
from tracker.pipeline.ports import Quota
from tracker.store.columns import EPOCH, MICROSECOND
from tracker.store.machine_tables import counters
from tracker.store.upserts import insert_or_change

SLICES = 60  # of a sliding window
NEAR_MIDNIGHT = timedelta(seconds=60)
DAY = timedelta(days=1)
ENDLESS = 1_000_000  # calls, where nothing limits them
IN_HAND = 0.03  # of a day's quota is left to tokens, retries and a second try
PACED = timedelta(hours=1)  # shorter limits are a speed, not a stock that can run out
PACED_FROM = 24  # fewer calls than that cannot be spread sensibly
LATELY = 10  # slices of a sliding window in which its pace is measured: ten minutes of an hour
AHEAD = 0.2  # of what a window has left: how far the urgent may run ahead of its even pace

_c = counters.c
_BUCKETS = (
    select(_c.bucket_machine_at, _c.n)
    .where(_c.scope == bindparam("scope"), _c.bucket_machine_at >= bindparam("since"))
    .order_by(_c.bucket_machine_at)
)

_DROP = delete(counters).where(_c.scope == bindparam("this_scope"), _c.bucket_machine_at < bindparam("since"))


_ADD = insert_or_change(counters, unique=["scope", "bucket_machine_at"], change=lambda row: {"n": _c.n + row.n})


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How many calls may be reserved now; none with the `wait` until one may."""

    calls: int
    room: Room  # how many of them for looks of each urgency
    wait: timedelta | None = None
    next_even: timedelta | None = None  # how long until the pace has a call again, about
    day_left: float = 1.0  # calls left by those that the day should still have at this hour; before this reservation
    day_planned: float | None = None  # how many those are; None: no limit of a day or longer

    def left_after(self, calls: int) -> float:
        """The share of the planned rest that is there once these are reserved, 0..1."""
        left = self.day_left - calls / self.day_planned if self.day_planned else self.day_left
        return min(1.0, max(0.0, left))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """One limit, what is spent of it, and how that compares with an even pace."""

    quota: Quota
    limit: int
    spent: int
    wait: timedelta  # until the oldest call that counts no longer does
    room: Room
    rest_of_span: float = 1.0  # share of the calendar's span still to come

    @property
    def left(self) -> int:
        return self.limit - self.spent


def allowance(
    connection: Connection, credential: str, quotas: Sequence[Quota], *, machine_now: datetime, in_hand: float = IN_HAND
) -> Allowance:
    """What all limits together allow. The caller holds the credential's lock until it has committed the reservation."""
    counts = [_count(connection, credential, quota, machine_now=machine_now, in_hand=in_hand) for quota in quotas]
    calls = min((count.left for count in counts), default=ENDLESS)
    longest = max(counts, key=lambda count: count.quota.per, default=None)
    planned = longest.quota.limit * longest.rest_of_span if longest and longest.quota.per >= DAY else None
    late = [count for count in counts if count.room.quiet <= 0]
    return Allowance(
        calls=max(0, calls),
        room=_least([count.room for count in counts]),
        wait=max(count.wait for count in counts if count.left <= 0) if calls <= 0 else None,
        next_even=max((count.quota.per / count.limit for count in late if count.limit), default=None),
        day_left=_share(longest, planned) if longest and planned else 1.0,
        day_planned=planned,
    )


def _least(rooms: Sequence[Room]) -> Room:
    return Room(
        urgent=min((each.urgent for each in rooms), default=ENDLESS),
        usual=min((each.usual for each in rooms), default=ENDLESS),
        quiet=min((each.quiet for each in rooms), default=ENDLESS),
    )


def _share(longest: _Count, planned: float) -> float:
    return max(0.0, (longest.quota.limit - longest.spent) / planned)


def reserve(
    connection: Connection, credential: str, quotas: Sequence[Quota], *, calls: int, machine_now: datetime
) -> None:
    """Count calls in every window they may fall into."""
    rows = [
        {"scope": _scope(credential, quota), "bucket_machine_at": bucket, "n": calls}
        for quota in quotas
        for bucket in _buckets_of(quota, machine_now)
    ]
    if not rows or not calls:
        return
    connection.execute(_ADD[connection.dialect.name], rows)
    # Kept one span longer than it counts here: who read its clock earlier and waited for the lock still counts it.
    old = [{"this_scope": _scope(credential, q), "since": oldest_that_counts(q, machine_now - q.per)} for q in quotas]
    connection.execute(_DROP, old)


def forget(connection: Connection, *, machine_now: datetime, keep: timedelta) -> int:
    """Drop the buckets of credentials nobody uses any more; how many."""
    return connection.execute(delete(counters).where(_c.bucket_machine_at < machine_now - keep)).rowcount


def _count(connection: Connection, credential: str, quota: Quota, *, machine_now: datetime, in_hand: float) -> _Count:
    since = oldest_that_counts(quota, machine_now)
    asked = {"scope": _scope(credential, quota), "since": since}
    buckets = [(row.bucket_machine_at, row.n) for row in connection.execute(_BUCKETS, asked)]
    limit = int(quota.limit * (1 - in_hand)) if quota.per >= DAY else quota.limit
    if quota.calendar:
        return _of_calendar(quota, buckets, limit=limit, machine_now=machine_now)
    spent = sum(n for _, n in buckets)
    free_at = _until_free(buckets, quota, too_many=spent - limit + 1)
    wait = max(free_at - machine_now, timedelta(0))
    lately = sum(n for bucket, n in buckets if bucket > machine_now - (LATELY + 1) * _width(quota))
    room = _room_of_sliding(limit, spent=spent, lately=lately) if _is_paced(quota) else _all(limit - spent)
    return _Count(quota=quota, limit=limit, spent=spent, wait=wait, room=room)


def _of_calendar(quota: Quota, buckets: list[tuple[datetime, int]], *, limit: int, machine_now: datetime) -> _Count:
    spent = max((n for _, n in buckets), default=0)  # near midnight two days count; the fuller one decides
    free_at = max((bucket for bucket, n in buckets if n >= limit), default=machine_now) + quota.per + NEAR_MIDNIGHT
    wait = max(free_at - machine_now, timedelta(0))
    began = _floor(machine_now, quota.per)
    gone = (machine_now - began) / quota.per
    today = sum(n for bucket, n in buckets if bucket == began)
    room = _room_of_calendar(limit, gone=gone, today=today) if _is_paced(quota) else _all(limit - spent)
    return _Count(quota=quota, limit=limit, spent=spent, wait=wait, room=room, rest_of_span=1 - gone)


def _all(left: int) -> Room:
    return Room(urgent=left, usual=left, quiet=left)


def _room_of_calendar(limit: int, *, gone: float, today: int) -> Room:
    """The urgent may run ahead of the even pace. The others stay behind it, so that a night in which nobody is urgent
    does not take the calls of the day; what is not needed comes to them before the span ends."""
    ahead = AHEAD * (1 - gone)
    shares = (gone + ahead, gone**1.5 + ahead / 2, gone**2)
    urgent, usual, quiet = (ceil(limit * share) - today for share in shares)
    return Room(urgent=urgent, usual=usual, quiet=quiet)


def _room_of_sliding(limit: int, *, spent: int, lately: int) -> Room:
    """Even over a sixth of the span, ahead of which only the urgent may run; and the last calls are kept for them,
    since a window that is full stays so for its whole span."""
    ahead, even = AHEAD * (limit - spent), limit * LATELY / SLICES
    urgent, usual, quiet = (
        min(limit - spent - int((1 - share) * ahead), ceil(even + share * ahead) - lately) for share in (1.0, 0.5, 0.0)
    )
    return Room(urgent=urgent, usual=usual, quiet=quiet)


def _is_paced(quota: Quota) -> bool:
    return quota.per >= PACED and quota.limit >= PACED_FROM


def _until_free(buckets: list[tuple[datetime, int]], quota: Quota, *, too_many: int) -> datetime:
    """When so many calls will have left the window."""
    left = 0
    for bucket, n in buckets:
        left += n
        if left >= too_many:
            return bucket + (SLICES + 1) * _width(quota)
    return EPOCH


def oldest_that_counts(quota: Quota, machine_now: datetime) -> datetime:
    """The first bucket that a span of the quota which ends now can touch."""
    if quota.calendar:
        return _floor(machine_now - NEAR_MIDNIGHT, quota.per)
    return _floor(machine_now, _width(quota)) - SLICES * _width(quota)


def _buckets_of(quota: Quota, machine_now: datetime) -> list[datetime]:
    if not quota.calendar:
        return [_floor(machine_now, _width(quota))]
    return sorted({_floor(at, quota.per) for at in (machine_now - NEAR_MIDNIGHT, machine_now + NEAR_MIDNIGHT)})


def _floor(at: datetime, step: timedelta) -> datetime:
    return at - (at - EPOCH) % step


def _width(quota: Quota) -> timedelta:
    return quota.per // SLICES + MICROSECOND  # rounded up: the slices together must not be shorter than the span


def _scope(credential: str, quota: Quota) -> str:
    kind = "calendar" if quota.calendar else "sliding"
    return f"{credential}:{kind}:{quota.per / timedelta(seconds=1):g}"
