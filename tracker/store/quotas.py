"""How many calls a credential has left, counted by all processes in shared buckets before each call is made.

Sliding: a span of `per` that ends in bucket k begins in bucket k - SLICES at the earliest. As long as these buckets
together hold no more than the limit, no span anywhere does, wherever the peer lets its own begin. The price: 60 calls
an hour are spent at 60 in 61 minutes.
Calendar: calls near midnight count for both days, since they may arrive on either side of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select

from tracker.pipeline.ports import Quota
from tracker.store.columns import EPOCH, MICROSECOND
from tracker.store.machine_tables import counters
from tracker.store.upserts import insert_or_change

SLICES = 60  # of a sliding window
NEAR_MIDNIGHT = timedelta(seconds=60)
DAY = timedelta(days=1)
IN_HAND = 0.03  # of a day's quota is left to tokens, retries and a second try

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
    wait: timedelta | None = None
    left_of_day: float = 1.0  # share of the longest limit unspent, before this reservation
    day_limit: int | None = None  # of that limit; None: no limit of a day or longer

    def left_after(self, calls: int) -> float:
        """The share of the day still unspent once these are reserved."""
        return max(0.0, self.left_of_day - calls / self.day_limit) if self.day_limit else self.left_of_day


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """One limit and what is spent of it."""

    quota: Quota
    limit: int
    spent: int
    wait: timedelta  # until the oldest call that counts no longer does


def allowance(
    connection: Connection, credential: str, quotas: Sequence[Quota], *, machine_now: datetime, in_hand: float = IN_HAND
) -> Allowance:
    """What all limits together allow. The caller holds the credential's lock until it has committed the reservation."""
    counts = [_count(connection, credential, quota, machine_now=machine_now, in_hand=in_hand) for quota in quotas]
    calls = min((count.limit - count.spent for count in counts), default=1_000_000)
    longest = max(counts, key=lambda count: count.quota.per, default=None)
    day = longest.quota.limit if longest and longest.quota.per >= DAY else None
    left = max(0.0, 1 - longest.spent / day) if longest and day else 1.0
    if calls > 0:
        return Allowance(calls=calls, left_of_day=left, day_limit=day)
    wait = max(count.wait for count in counts if count.spent >= count.limit)
    return Allowance(calls=0, wait=wait, left_of_day=left, day_limit=day)


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
        spent = max((n for _, n in buckets), default=0)  # near midnight two days count; the fuller one decides
        free_at = max((bucket for bucket, n in buckets if n >= limit), default=machine_now) + quota.per + NEAR_MIDNIGHT
    else:
        spent = sum(n for _, n in buckets)
        free_at = _until_free(buckets, quota, too_many=spent - limit + 1)
    return _Count(quota=quota, limit=limit, spent=spent, wait=max(free_at - machine_now, timedelta(0)))


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
