"""Who has seen a stuck shipment, and until when it need not be shown again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select

from tracker.store.tables import acknowledgements, shipments
from tracker.store.upserts import insert_or_change

_FIELDS = ("who", "note", "at", "until_at", "severity", "problem_names")
_NOW = select(shipments.c.severity, shipments.c.problem_names).where(
    shipments.c.id == bindparam("shipment_id"), shipments.c.stuck.is_not(None)
)
_PUT = insert_or_change(
    acknowledgements, unique=["shipment_id"], change=lambda row: {name: row[name] for name in _FIELDS}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """Somebody knows, and says what is being done."""

    who: str
    note: str
    at: datetime
    until_at: datetime  # shop time


def put(connection: Connection, shipment_id: str, said: Acknowledgement) -> bool:
    """The newest word stands, until its time or until something graver or other is wrong. False: it is not stuck."""
    now = connection.execute(_NOW, {"shipment_id": shipment_id}).one_or_none()
    if now is None:
        return False
    row = {"shipment_id": shipment_id, "severity": now.severity, "problem_names": now.problem_names}
    words = {"who": said.who, "note": said.note, "at": said.at, "until_at": said.until_at}
    connection.execute(_PUT[connection.dialect.name], row | words)
    return True


def take_back(connection: Connection, shipment_id: str) -> bool:
    """Show it again; false when nobody had seen it."""
    these = acknowledgements.c.shipment_id == shipment_id
    return connection.execute(delete(acknowledgements).where(these)).rowcount == 1


def from_row(row: Row[Any]) -> Acknowledgement | None:
    """From a row with the columns as `seen_…`; None when nobody has seen it."""
    if row.seen_at is None:
        return None
    return Acknowledgement(who=row.seen_who, note=row.seen_note, at=row.seen_at, until_at=row.seen_until_at)
