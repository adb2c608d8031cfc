"""When to look next."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from carriers.events import Milestone


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """How often to look at one milestone; wall hours at the destination."""

    day: timedelta
    night: timedelta
    due: timedelta  # on the promised day and after it


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The sound ladder of config/schedule.toml, until learned hazards replace it."""

    rungs: dict[Milestone | None, Rung]
    day_from_hour: int
    day_to_hour: int
    longest: timedelta
    watched: timedelta  # while somebody has the page open
    watched_for: timedelta  # how long a page view counts
    error_steps: tuple[timedelta, ...]  # after 1, 2, 3 … looks that failed
    unknown_steps: tuple[timedelta, ...]  # while the carrier does not know the number
    stop_after_end: timedelta  # delivered parcels are asked once more, then no longer
    give_up: timedelta  # without an event for this long we stop


@dataclass(frozen=True, slots=True, kw_only=True)
class LookView:
    """All the cadence may know of one shipment."""

    shipment_id: str
    milestone: Milestone | None
    since: datetime | None
    created_at: datetime
    last_event_at: datetime | None
    asked_at: datetime | None
    destination_zone: str
    promised_last_day_ends_at: datetime | None
    watched_at: datetime | None
    failures: int
    unknown_looks: int
    looks: int
    quota_left: float  # share of the day's quota still unspent, 0..1
