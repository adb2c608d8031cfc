"""The store as the steps see it, on SQLite or PostgreSQL."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from tracker.domain.shipments import LookOutcome, OrderId, ShipmentId
from tracker.pipeline.ports import LookClaim, LookClaims, OrderUnit, Quota
from tracker.store import claims, gates, keys, looks, quotas, shipments
from tracker.store.engine import WRITES, for_reading, open_engine
from tracker.store.errors import translated
from tracker.store.ids import new_id
from tracker.store.outbox import SqlOutbox
from tracker.store.vault import Vault
from tracker.store.writing import SqlUnit

MOST_BLIND = 1000  # parcels at once: SQLite's other writers wait meanwhile; the next probe takes the rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One read transaction: what the questions in `lookups` are put to."""

    connection: Connection
    vault: Vault


def open_store(
    url: str, *, secret: bytes, busy: timedelta = timedelta(seconds=10), make_id: Callable[[], str] = new_id
) -> "SqlStore":
    """A store that has not connected yet. Raises StoreUnfit for an address or a secret that cannot be used.

    `make_id`: of orders, shipments and people; the demo's are seeded, so that two runs look at the same moments.
    """
    return SqlStore(open_engine(url, busy=busy), Vault(secret), make_id=make_id)


class SqlStore:
    """Implements `ports.Store`; `begin` and `vault` are for the other files of this room."""

    def __init__(self, engine: Engine, vault: Vault, *, make_id: Callable[[], str] = new_id) -> None:
        self._engine = engine
        self._writing = engine.execution_options(**{WRITES: True})
        self._reading = for_reading(engine)
        self.vault = vault
        self._make_id = make_id
        self._outbox = SqlOutbox(self.begin, vault)

    @property
    def outbox(self) -> SqlOutbox:
        return self._outbox

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._engine.dispose()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A bare write transaction."""
        with translated(), self._writing.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Snapshot]:
        """A read transaction; it blocks nobody."""
        with translated(), self._reading.begin() as connection:
            yield Snapshot(connection=connection, vault=self.vault)

    def write(self) -> AbstractContextManager[OrderUnit]:
        """A write transaction: commits when its block ends, rolls back when it raises."""
        return self._unit()

    @contextmanager
    def _unit(self) -> Iterator[OrderUnit]:
        with self.begin() as connection:
            unit = SqlUnit(connection, self.vault, make_id=self._make_id)
            yield unit
            unit.close()

    def claim_looks(
        self,
        carrier: str,
        credential: str,
        *,
        limit: int,
        now: datetime,
        machine_now: datetime,
        lease: timedelta,
        owner: str,
        quotas: Sequence[Quota],
        calls_of: int,
    ) -> LookClaims:
        """One transaction: gate, due shipments, lease, fence, quota of their calls (`calls_of` numbers each)."""
        with self.begin() as connection:
            return looks.claim(
                connection,
                carrier,
                credential,
                limit=limit,
                now=now,
                machine_now=machine_now,
                lease=lease,
                owner=owner,
                limits=quotas,
                calls_of=calls_of,
            )

    def release_looks(self, given_back: Sequence[LookClaim]) -> None:
        """Give claims back unasked, due as before."""
        with self.begin() as connection:
            looks.release(connection, given_back)

    def due_reviews(self, *, now: datetime, limit: int) -> list[ShipmentId]:
        """Shipments whose `review_at` has come, oldest first."""
        with self.read() as snapshot:
            return shipments.due_reviews(snapshot.connection, now=now, limit=limit)

    def spend(self, credential: str, quotas_: Sequence[Quota], *, machine_now: datetime) -> timedelta | None:
        """Reserve one call more; None when reserved, else how long until one may be free."""
        with self.begin() as connection:
            gates.locked(connection, f"carrier:{credential}", machine_now=machine_now)
            allowed = quotas.allowance(connection, credential, quotas_, machine_now=machine_now, in_hand=0.0)
            if allowed.calls > 0:
                quotas.reserve(connection, credential, quotas_, calls=1, machine_now=machine_now)
            return allowed.wait

    def close_gate(self, name: str, *, reason: str, until_machine_at: datetime | None, machine_now: datetime) -> None:
        """Nobody passes until then, when one probe may; None: until a person opens it."""
        with self.begin() as connection:
            gates.close(connection, name, reason=reason, until_machine_at=until_machine_at, machine_now=machine_now)

    def go_blind(self, carrier: str, *, outcome: LookOutcome, now: datetime) -> None:
        """What is due at this carrier cannot be asked: failing from now on, and judged anew."""
        with self.begin() as connection:
            claims.go_blind(connection, carrier, outcome=outcome, at=now, most=MOST_BLIND)

    def count_failure(self, name: str, *, machine_now: datetime) -> int:
        """One more failure in a row behind this gate; how many there are now."""
        with self.begin() as connection:
            return gates.count_failure(connection, name, machine_now=machine_now)

    def open_gate(self, name: str, *, machine_now: datetime) -> None:
        """The peer works again: open, no failures."""
        with self.begin() as connection:
            gates.open_(connection, name, machine_now=machine_now)

    def api_key(self, secret: str) -> keys.ApiKey | None:
        """The key behind a secret; None when it never was or is revoked."""
        with self.read() as snapshot:
            return keys.find(snapshot.connection, secret)

    def watched(self, order_id: OrderId, *, at: datetime, next_look_at: datetime | None) -> None:
        """Somebody has opened the page: look no later than `next_look_at`; None: as planned."""
        with self.begin() as connection:
            shipments.watched(connection, order_id, at=at, next_look_at=next_look_at)
