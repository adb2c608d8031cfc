"""What the console's pages wear, and how their templates are filled."""

from functools import cache
from hashlib import sha256

from jinja2 import Environment

from carriers.events import Clock, TrackingEvent
from tracker.domain.shipments import DelayCause
from tracker.render import stuck, themes
from tracker.render.pages import NOBODY
from tracker.render.plain import one_line
from tracker.render.words import carrier_title

LATE = {
    DelayCause.MILESTONE: "yes, by what the carrier reports",
    DelayCause.PROMISE_PASSED: "yes, the promise has passed",
    DelayCause.SILENT: "yes, silent for too long",
    DelayCause.NEVER_SCANNED: "yes, never scanned",
    DelayCause.PICKUP_ENDING: "yes, its time at the counter runs out",
}
STYLES = "/ops/css/"  # where the web edge serves what `stylesheet` returns


def page(templates: Environment, name: str, **facts: object) -> str:
    """One page of the console. Whatever shops and carriers wrote is text here, never markup."""
    words: dict[str, object] = {
        "moment": stuck.moment,
        "span": stuck.span,
        "one_line": one_line,
        "carrier_title": carrier_title,
    }
    words |= {"scanned": scanned, "late": LATE}
    labels = {"labels": stuck.LABELS, "urgency": stuck.URGENCY, "failing": stuck.FAILING}
    dressed = {"stylesheet": STYLES + stylesheet(templates)[1]}
    return templates.get_template(f"console/{name}.html").render(words | labels | dressed | facts)


def scanned(scan: TrackingEvent) -> str:
    """When, as exactly as the carrier says it: a bare day has no time, a time without a zone is nobody's UTC."""
    match scan.clock:
        case Clock.DAY_ONLY:
            return f"{scan.occurred_at.day} {scan.occurred_at:%b}"
        case Clock.ASSUMED:
            return f"{scan.occurred_at.day} {scan.occurred_at:%b %H:%M} local time"
        case _:
            return stuck.moment(scan.occurred_at)


@cache
def stylesheet(templates: Environment) -> tuple[bytes, str]:
    """The style sheet and its file name, which changes with every byte."""
    palettes = {"light": themes.light(NOBODY.theme), "dark": themes.dark(NOBODY.theme)}
    css = templates.get_template("console/style.css").render(palettes, theme=NOBODY.theme).encode()
    return css, f"console.{sha256(css).hexdigest()[:16]}.css"
