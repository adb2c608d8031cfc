"""When each recurring job last ended well, and whether that is too long ago."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select

from tracker.store.machine_tables import heartbeats
from tracker.store.upserts import insert_or_change

MILLISECOND = timedelta(milliseconds=1)
MISSED = 3  # intervals without a beat: something is wrong

_BEAT = insert_or_change(
    heartbeats,
    unique=["name"],
    change=lambda row: {
        "ok_machine_at": row.ok_machine_at,
        "every_seconds": row.every_seconds,
        "took_ms": row.took_ms,
        "done": row.done,
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """The last good end of one job."""

    name: str
    ok_machine_at: datetime
    every: timedelta
    took: timedelta
    done: int  # rows it dealt with

    def is_late(self, machine_now: datetime) -> bool:
        """Whether it has missed three turns."""
        return machine_now - self.ok_machine_at > MISSED * self.every


def beat(connection: Connection, heartbeat: Heartbeat) -> None:
    """Write one down in place of the last."""
    row = {
        "name": heartbeat.name,
        "ok_machine_at": heartbeat.ok_machine_at,
        "every_seconds": heartbeat.every.total_seconds(),
        "took_ms": heartbeat.took // MILLISECOND,
        "done": heartbeat.done,
    }
    connection.execute(_BEAT[connection.dialect.name], row)


def every(connection: Connection) -> tuple[Heartbeat, ...]:
    """All jobs that ever beat."""
    return tuple(
        Heartbeat(
            name=row.name,
            ok_machine_at=row.ok_machine_at,
            every=timedelta(seconds=row.every_seconds),
            took=row.took_ms * MILLISECOND,
            done=row.done,
        )
        for row in connection.execute(select(heartbeats).order_by(heartbeats.c.name))
    )


def keep_only(connection: Connection, names: Collection[str]) -> int:
    """Forget jobs that this version does not have; how many."""
    gone = delete(heartbeats).where(heartbeats.c.name.not_in(names), heartbeats.c.name.not_like("worker.%"))
    return connection.execute(gone).rowcount


def database_time(connection: Connection) -> datetime | None:
    """What the database's own clock shows; None for SQLite, which has this machine's."""
    if connection.dialect.name != "postgresql":
        return None
    at: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return at
