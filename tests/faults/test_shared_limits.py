"""What many processes share at one carrier: a token is fetched once, no limit is exceeded, no lease looks twice."""

from datetime import timedelta

from sqlalchemy import select

from carriers.sandbox.server import Sandbox
from tests.faults.shop import Shop, shop
from tests.servers import until
from tracker.store.tables import shipments

LONG = timedelta(seconds=60)
PROCESSES = 8


def test_eight_processes_on_one_expired_token_fetch_one(migrated_url: str) -> None:
    with shop(migrated_url, divisor=5) as it:
        workers = [it.worker("looks") for _ in range(PROCESSES)]
        it.ship(1, story=[("origin", -1), ("delivered", 0)])
        until(lambda: looked(it) == 1, LONG, what="the first token and look")
        until(lambda: all(worker.is_ready() for worker in workers), LONG, what="everybody to be there")
        assert tokens(it.ups) == 1
        it.ups.fault(kind="expire_tokens")
        it.ups.fault(kind="slow", of="token", seconds=1)  # time enough to ask twice
        it.ups.fault(kind="slow", of="track", seconds=0.05, count=None)  # time enough for everybody to join

        it.ship(20 * PROCESSES, story=[("origin", -1), ("delivered", 0)])

        joined: set[str] = set()

        def everybody_has_joined() -> bool:
            joined.update(owners(it))
            return len(joined) == PROCESSES

        until(everybody_has_joined, LONG, what=f"{PROCESSES} processes to look at once")
        until(lambda: looked(it) == 1 + 20 * PROCESSES, LONG, what="every parcel to be seen")
        assert refused(it.ups) > 1, "only one process met the expired token"
        assert tokens(it.ups) == 2


def looked(it: Shop) -> int:
    """How many parcels have arrived as far as we know."""
    with it.app.store.read() as snapshot:
        wanted = select(shipments.c.id).where(shipments.c.milestone == "delivered")
        return len(snapshot.connection.execute(wanted).all())


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
    return sum(call.status == 401 for call in ups.api.calls.log)
