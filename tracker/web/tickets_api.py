"""/api/v1/tickets: what shoppers have written from their page, as the console shows it, and that it is done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from tracker import tickets
from tracker.domain.tickets import Check, Ticket, TicketKind
from tracker.render import matters
from tracker.shops import closing
from tracker.store.tickets import WantedTickets
from tracker.web.access import app_of
from tracker.web.contract import ABSENT, BODIES, REFUSED, Body, body_of, query_of
from tracker.web.problems import not_found
from tracker.web.stuck_api import queue_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketAnswer:
    """One matter; the words of a shopper are theirs, and may hold anything."""

    id: str
    order: str
    brand: str
    kind: TicketKind
    written_at: datetime  # the last time
    times: int
    comment: str
    checks: list[Check]  # what the shopper did before writing that a parcel is missing
    carrier_said: str
    todo: str
    closed_at: datetime | None
    closed_by: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPage:
    """Some of them, the newest first."""

    tickets: list[TicketAnswer]
    next: str | None  # hand it back as ?after=
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A ticket that nobody need answer any more."""

    id: str
    closed_by: str
    note: str


router = APIRouter(responses=REFUSED, tags=["tickets"])


@router.get("/tickets", dependencies=[query_of("brand", "closed_too", "after", "limit")])
def get_tickets(
    request: Request,
    *,
    brand: Annotated[str, Depends(queue_of)],
    closed_too: Annotated[bool, Query(description="Also what somebody has closed.")] = False,
    after: Annotated[str, Query(pattern=r"^[0-9a-f]{0,32}$", description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=tickets.MOST)] = 50,
) -> TicketPage:
    """What shoppers wrote: parcels that are not there, damage, wrong addresses, other problems."""
    wanted = WantedTickets(brand=brand, closed_too=closed_too)
    found = tickets.tickets(app_of(request), wanted, after=after, limit=limit)
    return TicketPage(tickets=[_answer(each) for each in found.rows], next=found.next, total=found.total)


@router.post(
    "/tickets/{ticket_id}/close",
    responses=ABSENT | BODIES,
    openapi_extra=body_of(closing.CLOSING),
    dependencies=[query_of("brand")],
)
def close_ticket(
    request: Request,
    brand: Annotated[str, Depends(queue_of)],
    ticket_id: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="As `GET /tickets` shows it.")],
    body: Body,
) -> Closed:
    """It is done: the shopper's page says no more that the shop is looking into it. 404 when it is not open."""
    said = closing.read(body)
    if not tickets.close(app_of(request), ticket_id, who=said.who, note=said.note, brand=brand):
        raise not_found("open ticket")
    return Closed(id=ticket_id, closed_by=said.who, note=said.note)


def _answer(ticket: Ticket) -> TicketAnswer:
    return TicketAnswer(
        id=ticket.id,
        order=ticket.order_number,
        brand=ticket.brand,
        kind=ticket.kind,
        written_at=ticket.updated_at,
        times=ticket.times,
        comment=ticket.comment,
        checks=[each for each in Check if each in ticket.checks],
        carrier_said=matters.said(ticket.evidence),
        todo=matters.todo(ticket),
        closed_at=ticket.closed_at,
        closed_by=ticket.closed_by,
        note=ticket.note,
    )
