"""The command about what a person should look at."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from carriers.events import Milestone
from tracker import desk
from tracker.cli import opening
from tracker.cli.printing import BAD_NEWS, Format, fail, rows, say
from tracker.desk import Queue, Stuck
from tracker.domain.problems import StuckReason
from tracker.render.plain import one_line
from tracker.render.stuck import LABELS, URGENCY, span
from tracker.render.words import carrier_title
from tracker.store.stuck import Scanned, Sort, Wanted
from tracker.wiring import App

WHERE = (*Scanned, *(each for each in Milestone if each is not Milestone.UNKNOWN))


def add_to(cli: typer.Typer) -> None:
    """Register this room's commands."""
    cli.command()(stuck)


def stuck(
    *,
    reason: Annotated[list[StuckReason] | None, typer.Option(help="Any of these; may be repeated.")] = None,
    carrier: Annotated[str, typer.Option(help="One carrier.")] = "",
    brand: Annotated[str, typer.Option(help="One brand.")] = "",
    older_than: Annotated[str, typer.Option(help='Stuck for longer than this: "6h", "2d".')] = "0m",
    milestone: Annotated[str, typer.Option(help='Where it stands; "none": not scanned yet.')] = "",
    sort: Annotated[Sort, typer.Option(help="What comes first.")] = Sort.SEVERITY,
    limit: Annotated[int, typer.Option(min=1, help="How many rows; JSON and CSV too.")] = 50,
    seen_too: Annotated[bool, typer.Option("--all", help="Also what somebody has acknowledged.")] = False,
    form: Annotated[Format, typer.Option("--format")] = Format.TABLE,
) -> None:
    """Show what a person should look at: why, since when, what is normal, what to do. Exit code 1: some are stuck."""
    with opening.opened() as app:
        wanted = Wanted(
            reasons=frozenset(reason or ()),
            carrier=_known("carrier", carrier, app.settings.carriers),
            brand=_known("brand", brand, app.brands),
            milestone=_milestone(milestone),
            older_than=_age(older_than),
            seen_too=seen_too,
        )
        found, queue = _up_to(app, wanted, sort=sort, limit=limit)
        now = app.now()
    if form is Format.TABLE:
        _show(found, queue, now=now)
    else:
        rows([desk.as_row(each) for each in found], form=form, columns=desk.COLUMNS)
    if found:
        raise typer.Exit(BAD_NEWS)


def _up_to(app: App, wanted: Wanted, *, sort: Sort, limit: int) -> tuple[list[Stuck], Queue]:
    """Page after page, as many rows as were asked for."""
    queue = desk.stuck(app, wanted, sort=sort, limit=min(limit, desk.MOST))
    found = list(queue.rows)
    while queue.next and len(found) < limit:
        queue = desk.stuck(app, wanted, sort=sort, cursor=queue.next, limit=min(limit - len(found), desk.MOST))
        found += queue.rows
    return found, queue


def _show(found: list[Stuck], queue: Queue, *, now: datetime) -> None:
    """Three lines for each: they fit a screen of 80 columns, and the eye goes down the left side."""
    if not found:
        say("Nothing is stuck.")
        return
    table = Table(header_style="bold", show_lines=True)
    table.add_column("stuck", no_wrap=True, min_width=9)
    table.add_column("order", overflow="fold", max_width=22)
    table.add_column("why and what to do", overflow="fold")
    for each in found:
        table.add_row(_since(each, now), _whose(each), _what(each))
    screen = Console(highlight=False)
    screen.print(table)
    counts = " · ".join(f"{LABELS[reason]} {n}" for reason, n in queue.counts.items())
    screen.print(f"{len(found)} of {queue.total} shown. {counts}", markup=False)


def _since(each: Stuck, now: datetime) -> Text:
    problem = each.first.problem
    return Text.assemble((_age_of(now - problem.since), "bold"), f"\n{URGENCY[problem.severity]}")


def _age_of(length: timedelta) -> str:
    """The largest unit alone: "3 days"."""
    return " ".join(span(length).split(" ")[:2])


def _whose(each: Stuck) -> Text:
    number, carrier = one_line(each.shipment.tracking_number), carrier_title(each.shipment.carrier)
    return Text(f"{one_line(each.order)}\n{each.brand}\n{carrier} {number}")


def _what(each: Stuck) -> Text:
    words = [f"{problem.words.label}: {problem.words.why}" for problem in each.problems]
    todo = [("→ " + each.first.words.todo, "bold")]
    seen = [f"Seen by {each.seen.who} until {each.seen.until_at:%d %b}: {each.seen.note}"] if each.seen else []
    return Text("\n").join([*map(Text, words), *(Text(*one) for one in todo), *map(Text, seen)])


def _known(kind: str, name: str, known: Iterable[str]) -> str:
    """A misspelt name would find nothing, and look like good news."""
    if name and name not in set(known):
        fail(f"There is no {kind} {name!r}. Known: {', '.join(known)}.")
    return name


def _milestone(where: str) -> Milestone | Scanned | None:
    _known("milestone", where, WHERE)
    return next((each for each in WHERE if each == where), None)


def _age(text: str) -> timedelta:
    try:
        return desk.read_age(text)
    except ValueError as error:
        fail(f"--older-than {text!r} is no age. {error}")
