"""Commands about what shoppers tell from their page."""

import getpass
from typing import Annotated

import typer

from tracker import ratings as rated
from tracker import tickets as written
from tracker.cli import opening
from tracker.cli.printing import BAD_NEWS, Format, fail, rows, say
from tracker.domain.tickets import Ticket
from tracker.render import matters
from tracker.render.plain import one_line
from tracker.render.stuck import moment
from tracker.store.tickets import WantedTickets
from tracker.wiring import App

Brand = Annotated[str, typer.Option(help="One brand.")]
Form = Annotated[Format, typer.Option("--format")]


def add_to(cli: typer.Typer) -> None:
    """Register this room's commands."""
    group = typer.Typer(help="What shoppers have written from their page.", invoke_without_command=True)
    group.callback()(tickets)
    group.command()(close)
    cli.add_typer(group, name="tickets")
    cli.command()(ratings)


def tickets(
    context: typer.Context,
    *,
    brand: Brand = "",
    closed_too: Annotated[bool, typer.Option("--all", help="Also what somebody has closed.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=written.MOST, help="How many, the newest first.")] = 50,
    form: Form = Format.TABLE,
) -> None:
    """Show what shoppers have written from their page. Exit code 1: some of it is open."""
    if context.invoked_subcommand is not None:
        return
    with opening.opened() as app:
        _known(app, brand)
        found = written.tickets(app, WantedTickets(brand=brand, closed_too=closed_too), limit=limit)
    if form is Format.TABLE:
        _show(found)
    else:
        rows([written.as_row(each) for each in found.rows], form=form, columns=written.COLUMNS)
    if any(each.closed_at is None for each in found.rows):
        raise typer.Exit(BAD_NEWS)


def close(
    ticket_id: Annotated[str, typer.Argument(help="The ticket's id, as the list shows it.")],
    note: Annotated[str, typer.Option(help="What was done.")] = "",
    who: Annotated[str, typer.Option(help="Who did it; else your name on this machine.")] = "",
) -> None:
    """Close a ticket; its shopper's page says no more that the shop is looking into it."""
    with opening.opened() as app:
        was_open = written.close(app, ticket_id, who=who or getpass.getuser(), note=note)
    if not was_open:
        fail(f"There is no open ticket {ticket_id!r}. `wismo tickets` lists them.", code=BAD_NEWS)
    say("Closed.")


def ratings(
    *,
    brand: Brand = "",
    days: Annotated[int, typer.Option(min=1, max=3650, help="Of how many days.")] = rated.USUAL_DAYS,
    form: Form = Format.TABLE,
) -> None:
    """Show how content shoppers were, by carrier and lane."""
    with opening.opened() as app:
        _known(app, brand)
        found = rated.ratings(app, brand=brand, days=days)
    rows([rated.as_row(each) for each in found], form=form, empty="Nobody has rated yet.", columns=rated.COLUMNS)


def _show(found: written.Tickets) -> None:
    for each in found.rows:
        say(_card(each))
    say(f"{len(found.rows)} of {found.total} shown." if found.rows else "Nobody has written.")


def _card(ticket: Ticket) -> str:
    """A few lines: what, whose, their words, what was done before, what to do."""
    again = f", {ticket.times} times" if ticket.times > 1 else ""
    whose = f"{one_line(ticket.order_number)} ({ticket.brand})"
    closed = f"  closed by {ticket.closed_by}: {ticket.note}" if ticket.closed_at else f"  → {matters.todo(ticket)}"
    lines = [
        f"{moment(ticket.updated_at)}  {matters.KINDS[ticket.kind]}{again}  {whose}",
        f"  {one_line(ticket.comment, 1000)}" if ticket.comment else "",
        f"  the shopper {matters.checked(ticket)}" if ticket.checks else "",
        f"  {matters.said(ticket.evidence)}" if ticket.evidence else "",
        closed,
        f"  id {ticket.id}",
    ]
    return "\n".join(line for line in lines if line)


def _known(app: App, brand: str) -> None:
    """A misspelt name would find nothing, and look like good news."""
    if brand and brand not in app.brands:
        fail(f"There is no brand {brand!r}. Known: {', '.join(app.brands)}.")
