"""An order with its people, parcels and scans, in one journey to the database: somebody waits for the page."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Select, select

from carriers.events import TrackingEvent
from tracker.domain.orders import Order
from tracker.domain.shipments import ShipmentId
from tracker.store import nesting, people, shipments
from tracker.store.nesting import Read
from tracker.store.vault import Vault

Scans = dict[ShipmentId, tuple[TrackingEvent, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """The one statement of one engine, and how each part of its answer is read."""

    statement: Select[Any]
    people: Read
    parcels: Read
    scans: Read


def read(connection: Connection, bare: Order, *, vault: Vault) -> tuple[Order, Scans]:
    """`bare` with recipients and current shipments, and what was seen of these."""
    question = _QUESTIONS[connection.dialect.name]
    row = connection.execute(question.statement, {"order_id": bare.id}).one()
    parcels = sorted(question.parcels(row.parcels), key=lambda each: each.id)
    current = tuple(shipments.from_row(each, bare) for each in parcels if shipments.is_current(each))
    seen = defaultdict[ShipmentId, list[TrackingEvent]](list)
    for each in question.scans(row.scans):
        seen[each.shipment_id].append(shipments.event_of(each))
    recipients = people.from_rows(question.people(row.people), vault=vault)
    return replace(bare, recipients=recipients, shipments=current), {each.id: tuple(seen[each.id]) for each in current}


def _question(dialect: str) -> _Question:
    parts = {"people": people.OF_ORDER, "parcels": shipments.OF_ORDER, "scans": shipments.EVENTS_OF_ORDER}
    return _Question(
        statement=select(*(nesting.within(query, dialect).label(name) for name, query in parts.items())),
        **{name: nesting.reader(query, dialect) for name, query in parts.items()},
    )


_QUESTIONS = {dialect: _question(dialect) for dialect in ("sqlite", "postgresql")}
