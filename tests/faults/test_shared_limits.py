"""What many processes share at one carrier: a token is fetched once, no limit is exceeded, no lease looks twice."""

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from carriers.sandbox.calls import Limit
from carriers.sandbox.server import Sandbox
from tests.faults.premises import Quota
from tests.faults.shop import Shop, shop
from tests.servers import until
from tracker.pipeline.watching import ANSWERED
from tracker.store.tables import looks, shipments

PROCESSES = 8
SEEN_AT_ONCE = [("origin", -1.0), ("delivered", 0.0)]
DAY_LASTS = timedelta(seconds=18)
LIMITS = (("second", 1, 4), ("hour", 5, 12), ("day", 12, 24))  # compressed: name, seconds, calls
TROUBLES: tuple[tuple[dict[str, Any], int], ...] = (
    ({"kind": "429", "retry_after": 1}, 429),
    ({"kind": "503", "count": None}, 503),
    ({"kind": "reset", "of": "track"}, 0),
    ({"kind": "expire_tokens"}, 401),
)


def test_eight_processes_on_one_expired_token_fetch_one(migrated_sqlite_url: str) -> None:
    with shop(migrated_sqlite_url, divisor=1) as it:
        for _ in range(PROCESSES):
            it.worker("looks")
        seen = it.ship(1, story=SEEN_AT_ONCE)
        until(lambda: it.parcels("delivered") == 1, what="the first token and look")
        assert tokens(it.ups) == 1
        it.ups.fault(kind="slow", of="track", seconds=0.05, count=None)  # time enough for everybody to join
        joined: set[str] = set()

        def everybody_has_joined() -> bool:
            joined.update(owners(it))
            if it.parcels("delivered") == len(seen):
                seen.extend(it.ship(20 * PROCESSES, story=SEEN_AT_ONCE))
            return len(joined) == PROCESSES

        def several_met_an_expired_token() -> bool:
            fetched, met_before = tokens(it.ups), refused(it.ups)
            until(lambda: it.parcels("delivered") == len(seen), what="every parcel to be seen")
            it.ups.fault(kind="expire_tokens")
            it.ups.fault(kind="slow", of="token", seconds=1)  # time enough to ask twice
            seen.extend(it.ship(20 * PROCESSES, story=SEEN_AT_ONCE))
            until(lambda: it.parcels("delivered") == len(seen), what="every parcel to be seen")
            assert tokens(it.ups) == fetched + 1
            return refused(it.ups) > met_before + 1

        until(everybody_has_joined, what=f"{PROCESSES} processes to look at once")
        until(several_met_an_expired_token, what="more than one process to meet it")


def test_a_day_of_trouble_exceeds_no_limit(migrated_postgres_url: str) -> None:
    """Two clocks, four workers, outages and 429s through a day in half a minute; the carrier counts for itself."""
    limits = [Limit(name=name, seconds=seconds, most=most) for name, seconds, most in LIMITS]
    quotas = [Quota(limit=most, per=f"{seconds}s") for _, seconds, most in LIMITS]
    with shop(migrated_postgres_url, divisor=30, quotas=quotas, limits=limits, day_lasts=DAY_LASTS) as it:
        crew = [it.clock(), it.clock(), *(it.worker() for _ in range(4))]
        until(lambda: all(process.is_ready() for process in crew), what="everybody to be there")
        it.ship(20, story=[("origin", 0), ("departed", 20_000), ("out for delivery", 60_000), ("delivered", 80_000)])
        for trouble, status in TROUBLES:
            it.ups.fault(**trouble)
            until(lambda: met(it.ups)[status] > 0, what=f"somebody to meet {trouble}")  # noqa: B023 - asked at once
            it.ups.api.faults.clear()
        until(lambda: it.parcels("delivered") == 20, what="every parcel to arrive")
        until(lambda: hurried(it), what=f"calls close to every limit; {peaks(it.ups)}")

        calls = it.ups.api.calls
        assert (calls.breached, list(calls.breaches)) == (0, [])
        it.settle()
        assert 0 < answered(it) <= sum(call.status == 200 for call in calls.log if call.kind == "track")


def hurried(it: Shop) -> bool:
    """Whether so much was asked that the limits were felt; else waits until ten more parcels were seen, for each
    question to come closer."""
    if all(peak >= most / 2 for (_, _, most), peak in zip(LIMITS, peaks(it.ups), strict=True)):
        return True
    seen = it.parcels("delivered")
    it.ship(10, story=SEEN_AT_ONCE)
    until(lambda: it.parcels("delivered") == seen + 10, what="more parcels to be seen")
    return False


def answered(it: Shop) -> int:
    """How many looks were written down as answered."""
    with it.app.store.read() as snapshot:
        return len(snapshot.connection.execute(select(looks.c.id).where(looks.c.outcome.in_(ANSWERED))).all())


def met(ups: Sandbox) -> Counter[int]:
    """How often each status was answered; 0 is no answer."""
    return Counter(call.status for call in ups.api.calls.log)


def peaks(ups: Sandbox) -> list[int]:
    """The fullest window of each limit, as the carrier saw it."""
    (seen,) = ups.api.calls.peaks.values()
    return [seen[name] for name, _, _ in LIMITS]


def owners(it: Shop) -> set[str]:
    """Who has leased parcels at this moment."""
    with it.app.store.read() as snapshot:
        wanted = select(shipments.c.lease_owner).where(shipments.c.lease_owner.is_not(None)).distinct()
        return set(snapshot.connection.execute(wanted).scalars())


def tokens(ups: Sandbox) -> int:
    """How often a token was asked for, as the carrier counts."""
    return ups.api.calls.total["token"]


def refused(ups: Sandbox) -> int:
    """How many looks the carrier refused because of their token."""
    return met(ups)[401]
