"""What a shopper's ticket and rating are about, as ops reads it: one wording for all three faces."""

from tracker.domain.ratings import Lane
from tracker.domain.tickets import Check, Evidence, Ticket, TicketKind
from tracker.render.plain import one_line
from tracker.render.stuck import moment
from tracker.render.words import carrier_title

KINDS: dict[TicketKind, str] = {
    TicketKind.MISSING: "Delivered, but not there",
    TicketKind.ADDRESS: "Wrong address",
    TicketKind.DAMAGED: "Damaged",
    TicketKind.PROBLEM: "Something else",
}
TO_DO: dict[TicketKind, str] = {
    TicketKind.MISSING: "Ask {carrier} for proof of delivery and a search, and tell the shopper what you do.",
    TicketKind.ADDRESS: "Compare with the order, and give {carrier} the right address today or the parcel goes back.",
    TicketKind.DAMAGED: "Ask the shopper for pictures, claim the damage from {carrier}, and send a replacement.",
    TicketKind.PROBLEM: "Answer the shopper.",
}
CHECKS: dict[Check, str] = {
    Check.DOOR: "looked around the door",
    Check.HOUSEHOLD: "asked the household",
    Check.NEIGHBOURS: "asked the neighbors",
    Check.SPOT: "looked where the carrier says it was left",
    Check.WAITED: "waited until the end of the next working day",
}


def todo(ticket: Ticket) -> str:
    """What to do next."""
    carrier = carrier_title(ticket.evidence.carrier) if ticket.evidence else "the carrier"
    return TO_DO[ticket.kind].format(carrier=carrier)


def checked(ticket: Ticket) -> str:
    """What the shopper did before writing, in one line."""
    return ", ".join(CHECKS[each] for each in Check if each in ticket.checks)


def said(seen: Evidence | None) -> str:
    """What the carrier had said by then, in one line."""
    if seen is None:
        return ""
    carrier = f"{carrier_title(seen.carrier)} {one_line(seen.tracking_number)}"
    stood = seen.milestone.replace("_", " ") if seen.milestone else "no scan yet"
    where = next((each.place for each in seen.scans if each.place), "")
    parts = [carrier, stood, moment(seen.since) if seen.since else "", one_line(where)]
    parts.append(f"left: {one_line(seen.left_with)}" if seen.left_with else "")
    parts.append(f"page last opened {moment(seen.page_seen_at)}" if seen.page_seen_at else "")
    return ", ".join(part for part in parts if part)


def carried(value: Lane) -> str:
    """UPS Ground; the carrier's name in front where its own service does not carry it."""
    carrier, service = carrier_title(value.carrier), one_line(value.service)
    return service if service.startswith(carrier) else f"{carrier} {service}".strip()


def lane(value: Lane) -> str:
    """From where to where."""
    start = " ".join(part for part in (value.from_country, value.from_region) if part) or "?"
    end = " ".join(part for part in (value.to_country, value.to_region) if part) or "?"
    return f"{one_line(start)} → {one_line(end)}"
