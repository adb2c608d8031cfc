"""Commands about messages: stop and start sending, see one before it is sent."""

from typing import Annotated

import typer

from notifiers.message import Channel
from tracker.cli import opening
from tracker.cli.printing import BAD_NEWS, Format, Row, answer, fail, rows
from tracker.domain.notices import Notice
from tracker.store import tellings
from tracker.store.tellings import Telling
from tracker.wiring import App

Which = Annotated[str, typer.Option(help="All when not given.")]


def add_to(cli: typer.Typer) -> None:
    """Register this room's commands."""
    for command in (pause, resume, preview):
        cli.command()(command)


def pause(
    brand: Which = "",
    notice: Which = "",
    channel: Which = "",
    reason: Annotated[str, typer.Option(help="Shown to whoever asks why nothing is sent.")] = "paused by hand",
    form: Annotated[Format, typer.Option("--format")] = Format.TABLE,
) -> None:
    """Stop sending before the next attempt, by brand, notice or channel; without any: everything."""
    with opening.opened() as app:
        _must_exist(app, brand=brand, notice=notice, channel=channel)
        app.ops.pause(brand=brand, notice=notice, channel=channel, reason=reason)
    resume = " ".join(["wismo resume", *(f"--{kind} {name}" for kind, name in _named(brand, notice, channel))])
    said = f"Paused {_scope(brand, notice, channel)}. What is due waits and expires; `{resume}` goes on."
    answer(_which(brand, notice, channel) | {"paused": True, "reason": reason}, form=form, said=said)


def resume(
    brand: Which = "",
    notice: Which = "",
    channel: Which = "",
    form: Annotated[Format, typer.Option("--format")] = Format.TABLE,
) -> None:
    """Send again what is still true; without options also ends the hold after a restore or a blown volume fuse."""
    with opening.opened() as app:
        _must_exist(app, brand=brand, notice=notice, channel=channel)
        lifted = app.ops.resume(brand=brand, notice=notice, channel=channel)
    scope = _scope(brand, notice, channel)
    said = f"Resumed {scope}. What expired meanwhile is not sent." if lifted else f"Nothing was paused for {scope}."
    answer(_which(brand, notice, channel) | {"resumed": lifted}, form=form, said=said)
    if not lifted:
        raise typer.Exit(BAD_NEWS)


def preview(
    order: Annotated[str, typer.Argument(help="The shop's order number.")],
    brand: Annotated[str, typer.Option(help="Needed when two brands use the same number.")] = "",
    form: Annotated[Format, typer.Option("--format")] = Format.TABLE,
) -> None:
    """Show what was told about an order, what waits, and what was not told and why."""
    with opening.opened() as app, app.store.read() as snapshot:
        found = [_row(telling) for telling in tellings.of_order(snapshot, order, brand=brand)]
    rows(found, form=form, title=f"Messages about {order}", empty=f"No message about {order}.")
    if not found:
        raise typer.Exit(BAD_NEWS)


def _row(telling: Telling) -> Row:
    return {
        "planned": f"{telling.planned_at:%Y-%m-%d %H:%M}",
        "order": f"{telling.brand} {telling.order_number}",
        "notice": telling.notice.value,
        "channel": telling.channel.value,
        "state": telling.state.value,
        "why_not": telling.why_not.value if telling.why_not else None,
        "not_before": f"{telling.not_before_at:%Y-%m-%d %H:%M}",
        "expires": f"{telling.expires_at:%Y-%m-%d %H:%M}",
        "attempts": telling.attempts,
        "id": telling.id,
    }


def _must_exist(app: App, *, brand: str, notice: str, channel: str) -> None:
    """A misspelt name would pause nothing, and say that it had."""
    asked = (("brand", brand, app.brands), ("notice", notice, Notice), ("channel", channel, Channel))
    for kind, name, known in asked:
        if name and name not in set(known):
            fail(f"There is no {kind} {name!r}. Known: {', '.join(known)}.")


def _scope(brand: str, notice: str, channel: str) -> str:
    return ", ".join(f"{kind} {name}" for kind, name in _named(brand, notice, channel)) or "everything"


def _which(brand: str, notice: str, channel: str) -> dict[str, object]:
    """Empty: every one."""
    return {"brand": brand, "notice": notice, "channel": channel}


def _named(brand: str, notice: str, channel: str) -> list[tuple[str, str]]:
    return [(kind, name) for kind, name in (("brand", brand), ("notice", notice), ("channel", channel)) if name]
