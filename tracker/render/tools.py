"""What a reader can take along from the page: the day into a calendar, the link, a print; and what its script knows."""

from dataclasses import dataclass
from datetime import datetime

from tracker.domain.orders import Order
from tracker.render import calendars

CALENDAR = "/delivery.ics"  # below the page


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """Facts for templates/page/tools.html."""

    version: int  # of the order: the script compares it with what the stream says
    calendar: str  # path of the calendar file; empty while there is no day to keep


def in_words(order: Order, *, path: str, now: datetime) -> Tools:
    """Nothing in previews."""
    has_day = bool(path) and calendars.has_day(order, now=now)
    return Tools(version=order.version, calendar=path + CALENDAR if has_day else "")
