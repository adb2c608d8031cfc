"""Whether anybody may ask a carrier or hand to a provider now; one row, the same for all processes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, or_, select, update

from tracker.store import claims
from tracker.store.machine_tables import gates
from tracker.store.upserts import insert_once

_g = gates.c
_ADD = insert_once(gates)


class GateState(StrEnum):
    """Closed opens a crack by itself when its time comes; halted waits for a person."""

    OPEN = "open"
    CLOSED = "closed"
    HALTED = "halted"


SHUT = select(gates).where(_g.state != GateState.OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One gate as it stands."""

    name: str
    state: GateState
    reason: str = ""
    until_machine_at: datetime | None = None
    since_machine_at: datetime | None = None  # the first failure of this trouble
    failures: int = 0

    @property
    def is_troubled(self) -> bool:
        """A good answer has something to open or to forget."""
        return self.state is not GateState.OPEN or self.failures > 0

    def wait(self, machine_now: datetime) -> timedelta | None:
        """How long nobody may pass; None when one may."""
        match self.state:
            case GateState.OPEN:
                return None
            case GateState.CLOSED:
                left = (self.until_machine_at or machine_now) - machine_now
                return left if left > timedelta(0) else None
            case GateState.HALTED:
                return timedelta(hours=1)  # nothing opens it but a person


def locked(connection: Connection, name: str, *, machine_now: datetime) -> Gate:
    """The gate, made when it is missing, and nobody else's until we commit: quotas are counted under this lock."""
    row = claims.lock_gate(connection, name)
    if row is None:
        new = {"name": name, "state": GateState.OPEN, "reason": "", "failures": 0, "changed_machine_at": machine_now}
        connection.execute(_ADD[connection.dialect.name], new)
        row = claims.lock_gate(connection, name)
    assert row is not None, name
    return from_row(row)


def read(connection: Connection, name: str) -> Gate:
    """The gate as it stands; open when nobody ever closed it."""
    row = connection.execute(select(gates).where(_g.name == name)).one_or_none()
    return Gate(name=name, state=GateState.OPEN) if row is None else from_row(row)


def every(connection: Connection) -> tuple[Gate, ...]:
    """All gates there are, for ops."""
    return tuple(from_row(row) for row in connection.execute(select(gates).order_by(_g.name)))


def close(
    connection: Connection, name: str, *, reason: str, until_machine_at: datetime | None, machine_now: datetime
) -> None:
    """Nobody passes until then; None: until a person opens it. Never shortens what holds already."""
    gate = locked(connection, name, machine_now=machine_now)
    if gate.state is GateState.HALTED:
        return
    if until_machine_at is None:
        change: dict[str, Any] = {"state": GateState.HALTED, "until_machine_at": None}
    else:
        later = max(until_machine_at, gate.until_machine_at or until_machine_at)
        change = {"state": GateState.CLOSED, "until_machine_at": later}
    since = gate.since_machine_at or machine_now
    _change(connection, name, change | {"reason": reason, "since_machine_at": since}, machine_now=machine_now)


def hold_for_probe(connection: Connection, gate: Gate, *, until_machine_at: datetime, machine_now: datetime) -> None:
    """One may pass to try; the others wait for what it brings, or until its lease is over."""
    _change(connection, gate.name, {"until_machine_at": until_machine_at}, machine_now=machine_now)


def count_failure(connection: Connection, name: str, *, machine_now: datetime) -> int:
    """One more in a row; how many there are now."""
    gate = locked(connection, name, machine_now=machine_now)
    failures, since = gate.failures + 1, gate.since_machine_at or machine_now
    _change(connection, name, {"failures": failures, "since_machine_at": since}, machine_now=machine_now)
    return failures


def open_(connection: Connection, name: str, *, machine_now: datetime) -> None:
    """The peer works again: open, no failures. Writes nothing when there is nothing to open."""
    troubled = or_(_g.state != GateState.OPEN, _g.failures > 0)
    change = {"state": GateState.OPEN, "until_machine_at": None, "since_machine_at": None, "failures": 0, "reason": ""}
    stamped = change | {"changed_machine_at": machine_now}
    connection.execute(update(gates).where(_g.name == name, troubled).values(stamped))


def _change(connection: Connection, name: str, change: dict[str, Any], *, machine_now: datetime) -> None:
    connection.execute(update(gates).where(_g.name == name).values(change | {"changed_machine_at": machine_now}))


def from_row(row: Row[Any]) -> Gate:
    """The gate of a row."""
    return Gate(
        name=row.name,
        state=GateState(row.state),
        reason=row.reason,
        until_machine_at=row.until_machine_at,
        since_machine_at=row.since_machine_at,
        failures=row.failures,
    )
