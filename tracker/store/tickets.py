"""What shoppers have written from their page, and who closed it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, desc, exists, func, insert, null, select, update

from tracker.domain.shipments import OrderId, ShipmentId
from tracker.domain.tickets import Check, Evidence, Report, Ticket, TicketKind
from tracker.store.codec import from_plain, to_plain
from tracker.store.columns import ID, Instant
from tracker.store.help_tables import tickets
from tracker.store.ids import new_id
from tracker.store.tables import orders, shipments
from tracker.store.unit import Snapshot
from tracker.store.vault import Vault

AGAIN_WITHIN = timedelta(days=1)  # what was closed lately and is written again is the same matter
AFTER_ALL = "~"  # sorts behind every id

_t, _o, _s = tickets.c, orders.c, shipments.c

# Whoever writes about an order takes its row first, so that two at once see each other; its page is made anew.
_TAKE: Any = update(orders).where(_o.id == bindparam("order")).values({_o.version: _o.version + 1})
# The mark that the next review judges. The version rises, so that whoever read the shipment before reads it again.
_MISS: Any = (
    update(shipments)
    .where(_s.id == bindparam("shipment"), _s.superseded_by.is_(None), _s.removed_at.is_(None))
    .values(
        {
            _s.missed_at: func.coalesce(_s.missed_at, bindparam("at", type_=Instant())),
            _s.review_at: bindparam("at", type_=Instant()),
            _s.version: _s.version + 1,
        }
    )
)
_MISS_NO_MORE: Any = (
    update(shipments)
    .where(_s.id == bindparam("shipment"), _s.missed_at.is_not(None))
    .values({_s.missed_at: null(), _s.review_at: func.coalesce(_s.since, _s.created_at), _s.version: _s.version + 1})
)
_NEWEST = (
    select(_t.id, _t.closed_at)
    .where(
        _t.order_id == bindparam("order_id"),
        _t.kind == bindparam("kind"),
        _t.shipment_id.is_not_distinct_from(bindparam("shipment_id", type_=ID)),  # each parcel is a matter of its own
    )
    .order_by(_t.id.desc())
    .limit(1)
)
_OPEN_KINDS = (
    select(_t.kind, func.max(_t.updated_at).label("at"))
    .where(_t.order_id == bindparam("order_id"), _t.closed_at.is_(None))
    .group_by(_t.kind)
    .order_by(desc("at"))
)
IS_OPEN = exists().where(_t.order_id == _o.id, _t.closed_at.is_(None))  # beside an order's row
_WHOLE = select(tickets, _o.brand, _o.number.label("order_number")).join(orders, _o.id == _t.order_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedTickets:
    """Which of them; what is empty does not narrow."""

    brand: str = ""
    closed_too: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPage:
    """Some of them, the newest first, and how many there are."""

    rows: tuple[Ticket, ...]
    next: str | None  # where the following begin
    total: int


@dataclass(frozen=True, slots=True)
class _Inside:
    """What is sealed: words of people, and of the carrier about them."""

    comment: str
    checks: frozenset[Check]
    evidence: Evidence | None


def put(
    connection: Connection, order_id: OrderId, report: Report, *, seen: Evidence | None, at: datetime, vault: Vault
) -> str:
    """The ticket's id. The same matter again changes the ticket that there is, also one closed within a day."""
    connection.execute(_TAKE, {"order": order_id})
    inside = _Inside(comment=report.comment, checks=report.checks, evidence=seen)
    said = {"sealed": vault.seal(to_plain(inside)), "shipment_id": report.shipment_id, "updated_at": at}
    if report.kind is TicketKind.MISSING:
        connection.execute(_MISS, {"shipment": report.shipment_id, "at": at})
    matter = {"order_id": order_id, "kind": report.kind, "shipment_id": report.shipment_id}
    known = connection.execute(_NEWEST, matter).one_or_none()
    if known is not None and (known.closed_at is None or at - known.closed_at < AGAIN_WITHIN):
        again: dict[Any, Any] = said | {"closed_at": None, "times": _t.times + 1}
        connection.execute(update(tickets).where(_t.id == known.id).values(again))
        return str(known.id)
    id_ = new_id()
    row = {"id": id_, "order_id": order_id, "kind": report.kind, "created_at": at} | said
    connection.execute(insert(tickets), row)
    return id_


def open_kinds(connection: Connection, order_id: OrderId) -> tuple[tuple[TicketKind, datetime], ...]:
    """What is being looked into for an order, and since when; the newest first."""
    return tuple((TicketKind(row.kind), row.at) for row in connection.execute(_OPEN_KINDS, {"order_id": order_id}))


def close(connection: Connection, ticket_id: str, *, who: str, note: str, at: datetime, brand: str = "") -> bool:
    """False when there is no such open ticket, or not of this brand."""
    of_brand = select(_o.id).where(_o.brand == brand)
    these = [_t.id == ticket_id, _t.closed_at.is_(None), *([_t.order_id.in_(of_brand)] if brand else [])]
    found = connection.execute(select(_t.order_id, _t.shipment_id, _t.kind).where(*these)).one_or_none()
    if found is None:
        return False
    connection.execute(_TAKE, {"order": found.order_id})
    if found.kind == TicketKind.MISSING:
        connection.execute(_MISS_NO_MORE, {"shipment": found.shipment_id})
    done = update(tickets).where(*these).values(closed_at=at, closed_by=who, note=note)
    return connection.execute(done).rowcount == 1


def find(snapshot: Snapshot, wanted: WantedTickets, *, after: str = "", limit: int = 50) -> TicketPage:
    """One page of them; `after`: the `next` of the page before."""
    query = _narrowed(_WHOLE, wanted).where(_t.id < (after or AFTER_ALL)).order_by(_t.id.desc()).limit(limit + 1)
    rows = snapshot.connection.execute(query).all()
    counted = _narrowed(select(func.count()).select_from(tickets).join(orders, _o.id == _t.order_id), wanted)
    return TicketPage(
        rows=_read(rows[:limit], snapshot.vault),
        next=rows[limit - 1].id if len(rows) > limit else None,
        total=snapshot.connection.execute(counted).scalar_one(),
    )


def of_order(snapshot: Snapshot, order_id: OrderId) -> tuple[Ticket, ...]:
    """All about one order, the newest first."""
    rows = snapshot.connection.execute(_WHOLE.where(_t.order_id == order_id).order_by(_t.id.desc())).all()
    return _read(rows, snapshot.vault)


def _narrowed(query: Select[Any], wanted: WantedTickets) -> Select[Any]:
    if wanted.brand:
        query = query.where(_o.brand == wanted.brand)
    return query if wanted.closed_too else query.where(_t.closed_at.is_(None))


def _read(rows: Sequence[Row[Any]], vault: Vault) -> tuple[Ticket, ...]:
    return tuple(_ticket(row, vault) for row in rows)


def _ticket(row: Row[Any], vault: Vault) -> Ticket:
    nothing = _Inside(comment="", checks=frozenset(), evidence=None)
    inside = from_plain(_Inside, vault.unseal(row.sealed)) if row.sealed else nothing
    return Ticket(
        id=row.id,
        brand=row.brand,
        order_id=OrderId(row.order_id),
        order_number=row.order_number,
        kind=TicketKind(row.kind),
        shipment_id=ShipmentId(row.shipment_id) if row.shipment_id else None,
        checks=inside.checks,
        comment=inside.comment,
        evidence=inside.evidence,
        is_erased=row.sealed is None,
        created_at=row.created_at,
        updated_at=row.updated_at,
        times=row.times,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        note=row.note,
    )
