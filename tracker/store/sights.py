"""What the page behind a link shows, unless its reader has it already: one journey, because somebody waits for it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, cast

from sqlalchemy import BindParameter, Row, Select, bindparam, case, func, null, select
from sqlalchemy.sql.visitors import replacement_traverse

from carriers.events import TrackingEvent
from tracker.domain.orders import Order
from tracker.domain.shipments import OrderId, Shipment, ShipmentId
from tracker.domain.tickets import TicketKind
from tracker.store import gates, nesting, people, shipments
from tracker.store import orders as order_rows
from tracker.store import tickets as ticket_rows
from tracker.store.gates import Gate
from tracker.store.nesting import Read
from tracker.store.outbox_tables import notifications, page_tokens
from tracker.store.tables import orders, recipients
from tracker.store.unit import Snapshot
from tracker.store.vault import fingerprint

NEVER = -1  # no order's version

_READS_IN = (recipients.c.id, recipients.c.locale, recipients.c.wishes)
_BY_TOKEN = (
    select(orders, ticket_rows.IS_OPEN.label("has_tickets"))
    .join(page_tokens, orders.c.id == page_tokens.c.order_id)
    .where(page_tokens.c.token_sha256 == bindparam("token_sha256"), page_tokens.c.revoked_at.is_(None))
)
_VERSION = _BY_TOKEN.with_only_columns(orders.c.version, maintain_column_froms=True)
_TOLD = (
    select(notifications.c.recipient_id)
    .where(notifications.c.id == page_tokens.c.notification_id)
    .correlate(page_tokens)
    .scalar_subquery()
)
_SENT_TO = select(*_READS_IN).where(recipients.c.id == func.coalesce(page_tokens.c.recipient_id, _TOLD))


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """Everything a tracking page shows, before it is put into words."""

    order: Order  # without its people: a page names nobody
    events: dict[ShipmentId, tuple[TrackingEvent, ...]]  # of the current shipments
    locale: str  # of whose link it is, or whom it was sent to; empty: the brand's
    past: tuple[Shipment, ...] = ()  # superseded and removed journeys
    reported: tuple[TicketKind, ...] = ()  # what its reader told us and nobody has closed; the newest first
    shut: tuple[Gate, ...] = ()  # of carriers and providers that are not asked at present


class Known(Enum):
    """What is answered instead of a view."""

    STILL_TRUE = "still true"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """The one statement of one engine, and how each part of its answer is read."""

    statement: Select[Any]
    read: Mapping[str, Read]


def page(snapshot: Snapshot, token: str) -> PageView | None:
    """All that stands on the page behind a link; None when it was never given out or is revoked."""
    view = page_unless(snapshot, token, version=NEVER)
    return view if isinstance(view, PageView) else None


def page_unless(snapshot: Snapshot, token: str, *, version: int) -> PageView | Known | None:
    """The same, unless the order is still of the version that the reader's page was made of."""
    question = _QUESTIONS[snapshot.connection.dialect.name]
    asked = {"token_sha256": fingerprint(token), "known": version}
    row = snapshot.connection.execute(question.statement, asked).one_or_none()
    if row is None:
        return None
    return Known.STILL_TRUE if row.version == version else _view(snapshot, row, question)


def version(snapshot: Snapshot, token: str) -> int | None:
    """Of the order behind a link; None when it leads nowhere."""
    found: int | None = snapshot.connection.execute(_VERSION, {"token_sha256": fingerprint(token)}).scalar()
    return found


def _view(snapshot: Snapshot, row: Row[Any], question: _Question) -> PageView:
    bare = order_rows.from_row(row)
    parts = {name: read(getattr(row, name)) for name, read in question.read.items()}
    parcels = sorted(parts["journeys"], key=lambda each: each.id)
    current = tuple(shipments.from_row(each, bare) for each in parcels if shipments.is_current(each))
    past = tuple(shipments.from_row(each, bare) for each in parcels if not shipments.is_current(each))
    seen = defaultdict[ShipmentId, list[TrackingEvent]](list)
    for each in parts["scans"]:
        seen[each.shipment_id].append(shipments.event_of(each))
    readers = parts["sent_to"] or sorted(parts["readers"], key=lambda each: each.id)
    return PageView(
        order=replace(bare, shipments=current),
        events={each.id: tuple(seen[each.id]) for each in current},
        locale=people.reads_in(readers[0]) if readers else "",
        past=past,
        reported=_reported(snapshot, bare.id) if row.has_tickets else (),
        shut=tuple(map(gates.from_row, parts["shut"])),
    )


def _reported(snapshot: Snapshot, order_id: OrderId) -> tuple[TicketKind, ...]:
    return tuple(kind for kind, _ in ticket_rows.open_kinds(snapshot.connection, order_id))


def _question(dialect: str) -> _Question:
    parts = {
        "sent_to": _SENT_TO,
        "readers": people.OF_ORDER.with_only_columns(*_READS_IN),
        "journeys": shipments.OF_ORDER,
        "scans": shipments.EVENTS_OF_ORDER,
        "shut": gates.SHUT,
    }
    is_known = orders.c.version == bindparam("known")
    asked = {
        name: case((is_known, null()), else_=nesting.within(_of_this(query), dialect)).label(name)
        for name, query in parts.items()
    }
    return _Question(
        statement=_BY_TOKEN.add_columns(*asked.values()),
        read={name: nesting.reader(query, dialect) for name, query in parts.items()},
    )


def _of_this(query: Select[Any]) -> Select[Any]:
    """Of the order whose row is being read, instead of one whose id is given."""

    def order_id(element: Any, **_: Any) -> Any:
        return orders.c.id if isinstance(element, BindParameter) and element.key == "order_id" else None

    return cast(Select[Any], replacement_traverse(query, {}, order_id))


_QUESTIONS = {dialect: _question(dialect) for dialect in ("sqlite", "postgresql")}
