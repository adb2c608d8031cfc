"""What shoppers have written from their page: the one answer that console, API and command line show."""

from dataclasses import dataclass

from tracker.domain.tickets import Ticket
from tracker.render import matters
from tracker.store import tickets as rows
from tracker.store.tickets import WantedTickets
from tracker.wiring import App

MOST = 500  # rows of one page
COLUMNS = (  # of `as_row`
    "id",
    "order",
    "brand",
    "kind",
    "written_at",
    "times",
    "comment",
    "checked",
    "carrier_said",
    "todo",
    "closed_at",
    "closed_by",
    "note",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tickets:
    """One page of them, the newest first."""

    rows: tuple[Ticket, ...]
    next: str | None  # hand it back as `after`
    total: int


def tickets(app: App, wanted: WantedTickets, *, after: str = "", limit: int = 50) -> Tickets:
    """What somebody should answer; what was closed too when asked for."""
    with app.store.read() as snapshot:
        page = rows.find(snapshot, wanted, after=after, limit=limit)
    return Tickets(rows=page.rows, next=page.next, total=page.total)


def close(app: App, ticket_id: str, *, who: str, note: str, brand: str = "") -> bool:
    """It is done; false when there is no such open ticket."""
    with app.store.begin() as connection:
        return rows.close(connection, ticket_id, who=who, note=note, at=app.now(), brand=brand)


def as_row(ticket: Ticket) -> dict[str, object]:
    """Flat, for tables of other programs: JSON and CSV."""
    return {
        "id": ticket.id,
        "order": ticket.order_number,
        "brand": ticket.brand,
        "kind": ticket.kind.value,
        "written_at": ticket.updated_at.isoformat(),
        "times": ticket.times,
        "comment": ticket.comment,
        "checked": matters.checked(ticket),
        "carrier_said": matters.said(ticket.evidence),
        "todo": matters.todo(ticket),
        "closed_at": ticket.closed_at.isoformat() if ticket.closed_at else None,
        "closed_by": ticket.closed_by,
        "note": ticket.note,
    }
