"""What silence and passed promises mean, and when that can next change by itself."""

from dataclasses import dataclass
from datetime import date, timedelta

from carriers.events import Milestone


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long each silence is normal; config/schedule.toml."""

    never_scanned: timedelta  # after the label
    silent: dict[Milestone, timedelta]
    promise_grace: timedelta  # after 23:59 at the destination on the promised day, or after its time
    pickup_ending: timedelta  # before the last pickup day ends
    cannot_ask: timedelta
    number_unknown: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Days on which the carrier does not work at a destination; silence on them is normal."""

    holidays: frozenset[date]
    weekend: frozenset[int]  # ISO weekday numbers
