"""Commands about asking carriers: read a saved answer, ask now, show what is known of a number."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from carriers.events import TrackingEvent
from carriers.registry import READ
from tracker.cli import opening
from tracker.cli.printing import BAD_NEWS, Format, Row, fail, json_value, rows, say
from tracker.domain.shipments import LookOutcome
from tracker.domain.windows import DeliveryWindow, window_from
from tracker.pipeline.answers import AnswerRead, ReadParcel, read_answer
from tracker.pipeline.poll import PollReport
from tracker.store import lookups
from tracker.store.lookups import Journey

UNUSABLE = frozenset({LookOutcome.UNREADABLE, LookOutcome.REFUSED, LookOutcome.BUSY, LookOutcome.DOWN})


def add_to(cli: typer.Typer) -> None:
    """Register this room's commands."""
    for command in (read, poll, track):
        cli.command()(command)


def read(
    carrier: Annotated[str, typer.Argument(help=", ".join(sorted(READ)))],
    file: Annotated[Path, typer.Argument(help="A saved answer; - reads standard input.")],
    http_status: Annotated[int, typer.Option(min=100, max=599, help="The status it came with.")] = 200,
    number: Annotated[str | None, typer.Option(help="The number that was asked; every parcel when not given.")] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TABLE,
) -> None:
    """Print what Wismo makes of a saved answer of a carrier; nothing is asked or written. Exit code 1: no use."""
    if carrier not in READ:
        fail(f"There is no carrier {carrier!r}. Known: {', '.join(sorted(READ))}.")
    answer = read_answer(READ[carrier], _bytes_of(file), http_status=http_status, number=number)
    if form is Format.JSON:
        json_value(as_json(answer))
    else:
        _show(answer, form)
    if answer.outcome in UNUSABLE:
        raise typer.Exit(BAD_NEWS)


def poll(
    carrier: Annotated[str | None, typer.Argument(help="One carrier; all that are on when not given.")] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.TABLE,
) -> None:
    """Ask for everything that is due now, in this process."""
    with opening.opened() as app:
        names = [carrier] if carrier else sorted(app.carriers)
        if not names:
            why = "; ".join(each.why_off for each in app.settings.carriers.values())
            fail(f"No carrier is on: {why}.", code=BAD_NEWS)
        reports = []
        for name in names:
            if name not in app.carriers:
                fail(f"Carrier {name!r} is off or unknown. On: {', '.join(sorted(app.carriers)) or 'none'}.")
            reports.append(app.poll(name))
            if form is Format.TABLE:
                say(f"{name}: {reports[-1]}")
    if form is not Format.TABLE:
        rows([_polled(each) for each in reports], form=form)


def track(
    number: Annotated[str, typer.Argument(help="A tracking number or an order number.")],
    form: Annotated[Format, typer.Option("--format")] = Format.TABLE,
) -> None:
    """Show what is known of a number: where it stands, when it was last asked, what was told."""
    with opening.opened() as app, app.store.read() as snapshot:
        found = [_journey(each) for each in lookups.find(snapshot, number) or lookups.find(snapshot, _plain(number))]
    empty = f"No parcel is known under {number}, neither by its own number nor in an order of that number."
    rows(found, form=form, empty=empty)
    if not found:
        raise typer.Exit(BAD_NEWS)


def _polled(report: PollReport) -> Row:
    return {
        "carrier": report.carrier,
        "looks": report.looks,
        **{outcome.value: report.outcomes.get(outcome, 0) for outcome in LookOutcome},
        "released": report.released,
        "told": report.told,
        "wait_seconds": None if report.wait is None else round(report.wait.total_seconds()),
        "more": report.more,
    }


def _plain(number: str) -> str:
    """As labels print it: "1z 999 aa1…"."""
    return "".join(letter for letter in number.upper() if letter.isalnum())


def _journey(journey: Journey) -> Row:
    shipment, watch = journey.shipment, journey.shipment.watch
    return {
        "brand": journey.order.brand,
        "order": journey.order.number,
        "order_state": journey.order.state.state,
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
        "milestone": shipment.standing.milestone or "none yet",
        "since": shipment.standing.since and f"{shipment.standing.since:%Y-%m-%d %H:%M}",
        "delayed": shipment.judgement.delayed,
        "stuck": shipment.judgement.stuck,
        "asked": watch.asked_at and f"{watch.asked_at:%Y-%m-%d %H:%M}",
        "last_look": watch.outcome,
        "next_look": watch.next_look_at and f"{watch.next_look_at:%Y-%m-%d %H:%M}",
        "events": len(journey.events),
        "kept_apart": "superseded" if shipment.superseded_by else "removed" if shipment.removed_at else None,
    }


def as_json(answer: AnswerRead) -> Row:
    """The public shape of `wismo read --format json`."""
    return {"outcome": answer.outcome.value, "shipments": [_parcel(parcel) for parcel in answer.parcels]}


def _parcel(parcel: ReadParcel) -> Row:
    standing, tracked = parcel.standing, parcel.tracked
    newest = max((event.occurred_at for event in tracked.events), default=None)
    window = window_from(tracked.promise, told_at=newest) if tracked.promise and newest else None
    return {
        "tracking_number": tracked.tracking_number,
        "milestone": standing.milestone,
        "reason": standing.reason,
        "window": _window(window),
        "events": [_event(event) for event in tracked.events],
    }


def _window(window: DeliveryWindow | None) -> Row | None:
    if window is None:
        return None
    return {
        "first_day": window.first_day.isoformat(),
        "last_day": window.last_day.isoformat(),
        "not_before": window.not_before and window.not_before.isoformat(),
        "not_after": window.not_after and window.not_after.isoformat(),
        "promised_by": window.promised_by,
    }


def _event(event: TrackingEvent) -> Row:
    place = ", ".join(part for part in (event.place.city, event.place.region, event.place.country) if part)
    return {
        "occurred_at": event.occurred_at.isoformat(),
        "milestone": event.milestone.value,
        "reason": event.reason,
        "code": event.code,
        "text": event.text,
        "place": place,
    }


def _show(answer: AnswerRead, form: Format) -> None:
    if form is Format.TABLE:
        say(f"outcome: {answer.outcome}" + (f" ({answer.why})" if answer.why else ""))
    for parcel in answer.parcels:
        if form is Format.TABLE:
            say(f"{parcel.tracked.tracking_number or 'no number'}: {parcel.standing.milestone or 'no news yet'}")
        rows([_event(event) for event in parcel.tracked.events], form=form, empty="No events.")


def _bytes_of(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}. Name a saved answer, or - for standard input.")
