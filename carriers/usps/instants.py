"""When a USPS scan happened, from the wall time of its place and how far that is from GMT."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from carriers.events import Clock, Place
from carriers.shapes import words
from carriers.zones import zone_of

FARTHEST = timedelta(hours=14)  # no place is farther from GMT
HALF_A_DAY = timedelta(hours=12)
QUARTER = timedelta(minutes=15)  # every offset is a multiple
YEARS = range(2000, 2100)

# Wall time, whatever stands behind it: examples end in a "Z" that is not true.
_WALL = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ].*)?")
_OFFSET = re.compile(r"([+-])([0-9]{1,2}):([0-9]{2})")  # "-06:00"; their specification writes "-7:00"
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?\s*(?:([ap])\.?m\.?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """A moment and how sure we are of it."""

    occurred_at: datetime
    clock: Clock
    utc_offset_minutes: int | None
    local_text: str


def instant_of(event: Mapping[str, object], place: Place, *, label: bool) -> Instant | None:
    """When a scan happened; None when it does not say. A label at midnight has a day and no time."""
    local = wall(event.get("eventTimestamp"))
    if not local:
        return None
    if label and local.time() == time():
        return _instant(local, None, Clock.DAY_ONLY)
    offset = _offset(words(event.get("GMTOffset")))
    if offset is None:
        offset = _from_gmt(wall(event.get("GMTTimestamp")), local)
    if offset is not None:
        return _instant(local, offset, Clock.EXACT)
    zone = zone_of(place)
    if zone:
        return _instant(local, local.replace(tzinfo=zone).utcoffset() or timedelta(0), Clock.BY_PLACE)
    return _instant(local, None, Clock.ASSUMED)


@lru_cache(maxsize=1000)
def _parsed(day_text: str, time_text: str) -> datetime | None:
    try:
        parsed = datetime.fromisoformat(f"{day_text}T{time_text}")
    except ValueError:
        return None
    return parsed if parsed.year in YEARS else None


def wall(value: object) -> datetime | None:
    """ "2026-03-10T13:10:00" as a wall shows it; None for anything else."""
    found = _WALL.fullmatch(words(value))
    return _parsed(found[1], found[2]) if found else None


def day(value: object) -> date | None:
    """The day a text begins with: "2026-03-10", "2026-03-10T00:00:00", "2026-03-10 08:35:56.000000"."""
    found = _DAY.fullmatch(words(value))
    parsed = _parsed(found[1], "00:00:00") if found else None
    return parsed.date() if parsed else None


def clock(value: object) -> time | None:
    """ "6:00 PM", "6:00pm", "18:00:00"; None for anything else."""
    found = _CLOCK.fullmatch(words(value))
    if not found:
        return None
    hour, minute, half = int(found[1]), int(found[2]), (found[3] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


@lru_cache(maxsize=256)
def _offset(text: str) -> timedelta | None:
    found = _OFFSET.fullmatch(text)
    if not found:
        return None
    sign, hours, minutes = found.groups()
    size = timedelta(hours=int(hours), minutes=int(minutes))
    if int(minutes) not in (0, 15, 30, 45) or size > FARTHEST:
        return None
    return -size if sign == "-" else size


def _from_gmt(gmt: datetime | None, local: datetime) -> timedelta | None:
    """The offset two clocks imply. The day of their GMT is the local day, so only the times of day are compared."""
    if not gmt:
        return None
    apart = local.replace(second=0) - gmt.replace(second=0)
    offset = (apart + HALF_A_DAY) % (2 * HALF_A_DAY) - HALF_A_DAY
    return offset if offset % QUARTER == timedelta(0) else None


def _instant(local: datetime, offset: timedelta | None, how: Clock) -> Instant:
    return Instant(
        occurred_at=(local - (offset or timedelta(0))).replace(tzinfo=UTC),
        clock=how,
        utc_offset_minutes=None if offset is None else int(offset.total_seconds()) // 60,
        local_text=local.isoformat(),
    )
