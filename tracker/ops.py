"""What a person or the clock does to the installation as a whole, not to an order."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from tracker.domain.shipments import OrderId
from tracker.pipeline.ports import StoreAway
from tracker.store import facts, heartbeats, invariants, keys, leases, pauses, people, retention, starting
from tracker.store.claims import HOLD
from tracker.store.heartbeats import Heartbeat
from tracker.store.pauses import Pause
from tracker.store.retention import Keep
from tracker.store.unit import SqlStore

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ops:
    """The store's switches, with the clocks they need."""

    store: SqlStore
    now: Callable[[], datetime]  # shop time
    machine_now: Callable[[], datetime]

    def take_lease(self, name: str, *, owner: str, lasts: timedelta) -> bool:
        """Whether this process may do what only one may, until the lease ends."""
        machine_now = self.machine_now()
        with self.store.begin() as connection:
            until = machine_now + lasts
            fence = leases.take(connection, name, owner=owner, machine_now=machine_now, until_machine_at=until)
        return fence is not None

    def drop_lease(self, name: str, *, owner: str) -> None:
        """Let another process have it at once; when the database is away it simply ends."""
        try:
            with self.store.begin() as connection:
                leases.drop(connection, name, owner=owner)
        except StoreAway as error:
            log.warning("lease_not_dropped", lease=name, why=str(error))

    def heartbeat(self, name: str, *, every: timedelta, took: timedelta, done: int) -> None:
        """A recurring job has ended well."""
        beat = Heartbeat(name=name, ok_machine_at=self.machine_now(), every=every, took=took, done=done)
        with self.store.begin() as connection:
            heartbeats.beat(connection, beat)

    def forget_beats(self, *, but: Collection[str]) -> int:
        """Jobs of a former version beat no more; how many were forgotten."""
        with self.store.begin() as connection:
            return heartbeats.keep_only(connection, but)

    def check_invariants(self, *, grace: timedelta) -> int:
        """How many promises of the outbox are broken; each is logged, for somebody to look into."""
        with self.store.read() as snapshot:
            found = invariants.broken(snapshot, machine_now=self.machine_now(), grace=grace)
        for each in found:
            log.error("invariant_broken", problem=each.name, count=each.count)
        return len(found)

    def retain(self, keep: Keep) -> int:
        """Forget what was kept long enough; how many rows."""
        return retention.retain(self.store, keep, now=self.now(), machine_now=self.machine_now())

    def pause(self, *, brand: str = "", notice: str = "", channel: str = "", reason: str) -> None:
        """Hold back from the next attempt on; an empty field means every one."""
        pause = Pause(brand=brand, notice=notice, channel=channel, reason=reason)
        with self.store.begin() as connection:
            pauses.add(connection, pause, at=self.now())

    def resume(self, *, brand: str = "", notice: str = "", channel: str = "") -> bool:
        """Let go on; everything also ends the hold after a restore or a blown fuse. False: nothing was paused."""
        pause = Pause(brand=brand, notice=notice, channel=channel)
        with self.store.begin() as connection:
            lifted = pauses.lift(connection, pause)
            if pause == Pause():
                starting.forget_this_hour(connection, machine_now=self.machine_now())
                lifted = facts.drop(connection, HOLD) or lifted
        return lifted

    def revoke_links(self, order_id: OrderId) -> int:
        """Every link to an order's page stops working; how many."""
        with self.store.begin() as connection:
            return people.revoke_links(connection, order_id, at=self.now())

    def make_key(self, name: str, *, brand: str | None) -> str:
        """A new API key; it is shown this once."""
        with self.store.begin() as connection:
            return keys.make(connection, name, brand=brand, machine_now=self.machine_now())

    def revoke_keys(self, name: str) -> int:
        """End every key of that name; how many."""
        with self.store.begin() as connection:
            return keys.revoke(connection, name, machine_now=self.machine_now())
