"""Which clock leads, and how the lead is taken from it."""

from sqlalchemy import select, update

from tests.faults.shop import Shop
from tracker.jobs.clock import LEASE
from tracker.store.columns import EPOCH
from tracker.store.machine_tables import leases


def leader(it: Shop) -> int:
    """The process id of the clock that holds the lease, or 0."""
    with it.app.store.read() as snapshot:
        row = snapshot.connection.execute(select(leases).where(leases.c.name == LEASE)).one_or_none()
    if row is None or row.until_machine_at <= it.app.machine_now():
        return 0
    return int(row.owner.rpartition(":")[2])


def dethrone(it: Shop) -> None:
    """Whoever asks next has the lease, while the old leader still trusts its own."""
    with it.app.store.begin() as connection:
        nobodys = {"owner": "", "until_machine_at": EPOCH}
        connection.execute(update(leases).where(leases.c.name == LEASE).values(nobodys))
