"""When a FedEx scan happened, from a wall time whose offset may be missing or a placeholder."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from carriers.events import Clock, Place
from carriers.shapes import words
from carriers.zones import zone_of

FARTHEST = timedelta(hours=14)  # no place is farther from GMT
NO_OFFSETS = frozenset({"", "Z", "+00:00", "+0000"})  # missing, or what stands there once a parcel is purged
END_OF_DAY = time(23, 59)

# "2026-03-10T09:30:00-05:00"; also without an offset, without its colon, with a blank before it, or a day alone.
_MOMENT = re.compile(
    r"(20[0-9]{2}-[0-9]{2}-[0-9]{2})"
    r"(?:T([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,9})?(?: ?(Z|[+-][0-9]{2}:?[0-9]{2}))?)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """A moment and how sure we are of it."""

    occurred_at: datetime
    clock: Clock
    utc_offset_minutes: int | None
    local_text: str


def instant_of(said: object, place: Place, *, midnight_is_placeholder: bool) -> Instant | None:
    """When a scan was made; None when it does not say. Midnight without an offset always means just the day."""
    moment = _moment(words(said))
    if not moment:
        return None
    local, offset = moment
    if local.time() == time() and (midnight_is_placeholder or not offset):
        return _instant(local, offset or None, Clock.DAY_ONLY)
    zone = zone_of(place)
    if offset or (offset is not None and zone and not _offset_in(zone, local)):
        return _instant(local, offset, Clock.EXACT)
    if zone:
        return _instant(local, _offset_in(zone, local), Clock.BY_PLACE)
    return _instant(local, None, Clock.ASSUMED)


def day_and_time(said: object) -> tuple[date, time | None] | None:
    """A day as written, never shifted, and the time of day unless it only stands for the whole day."""
    moment = _moment(words(said))
    if not moment:
        return None
    at = moment[0].time()
    return moment[0].date(), None if at == time() or at >= END_OF_DAY else at


@lru_cache(maxsize=4096)
def _moment(text: str) -> tuple[datetime, timedelta | None] | None:
    """The wall time and its offset: None when there is none, zero where it may be a placeholder."""
    found = _MOMENT.fullmatch(text)
    if not found:
        return None
    on, at, zone = found.groups(default="")
    try:
        local = datetime.fromisoformat(f"{on}T{at or '00:00:00'}")
    except ValueError:
        return None
    if zone in NO_OFFSETS:
        return local, timedelta(0) if zone else None
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    if offset > FARTHEST or int(zone[-2:]) not in (0, 15, 30, 45):
        return None
    return local, -offset if zone[0] == "-" else offset


def _offset_in(zone: ZoneInfo, local: datetime) -> timedelta:
    return local.replace(tzinfo=zone).utcoffset() or timedelta(0)


def _instant(local: datetime, offset: timedelta | None, how: Clock) -> Instant:
    return Instant(
        occurred_at=(local - (offset or timedelta(0))).replace(tzinfo=UTC),
        clock=how,
        utc_offset_minutes=None if offset is None else int(offset.total_seconds()) // 60,
        local_text=local.isoformat(),
    )
