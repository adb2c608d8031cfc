"""When a UPS scan happened, from the wall time of its place and, mostly, GMT beside it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from carriers.events import Clock, Place
from carriers.shapes import digits, words
from carriers.zones import zone_of

FARTHEST = timedelta(hours=14)  # no place is farther from GMT
QUARTER = timedelta(minutes=15)  # every offset is a multiple
STATES_NAMED = frozenset({"US", "CA", "AU"})  # where UPS writes a city and its state, or neither (label data)
YEARS = range(2000, 2100)

_WHOLE = re.compile(r"20[0-9]{6}T[0-9]{6}")
_DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2}):([0-9]{2})")
_OFFSET = re.compile(
    r"([+-])([0-9]{1,2}(?=[:.])|[0-9]{2})[:.]?([0-9]{2})"
)  # "-05:00"; "-7:00"; Track Alert writes "-04.00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """A moment and how sure we are of it."""

    occurred_at: datetime
    clock: Clock
    utc_offset_minutes: int | None
    local_text: str


def instant_of(activity: Mapping[str, object], place: Place) -> Instant | None:
    """When an activity happened; None when it does not say."""
    local = _moment(activity.get("date"), activity.get("time"))
    offset = _offset(words(activity.get("gmtOffset")))
    if not local or offset is None:
        gmt = _moment(activity.get("gmtDate"), activity.get("gmtTime"), fewest=5)
        if not local and gmt and offset is not None:
            local = gmt + offset
        elif local and gmt:
            offset = _between(gmt, local)
    if not local:
        return None
    if offset is not None:
        return _instant(local, offset, Clock.EXACT)
    zone = zone_of(place)
    if zone:
        return _instant(local, local.replace(tzinfo=zone).utcoffset() or timedelta(0), Clock.BY_PLACE)
    return None if _is_torn(place) else _instant(local, None, Clock.ASSUMED)


def day(value: object) -> date | None:
    """ "20250219"; None for anything that is no day of our century."""
    return _day(words(value) or digits(value))


def _is_torn(place: Place) -> bool:
    """Whether a part of the address is gone that would have told the zone: then even the day is a guess."""
    return not place.country or (place.country in STATES_NAMED and bool(place.city) != bool(place.region))


@lru_cache(maxsize=1000)
def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    if not found:
        return None
    year, month, of_month = map(int, found.groups())
    try:
        return date(year, month, of_month) if year in YEARS else None
    except ValueError:
        return None


def clock(value: object, *, fewest: int = 6) -> time | None:
    """ "163000", 74700 without its zero, "07:47:00"; None for anything else. A text has at least so many digits."""
    if isinstance(value, str) and ":" in value:
        found = _CLOCK.fullmatch(value.strip())
        parts = found.groups() if found else ()
    else:
        compact = digits(value)
        if not (fewest if isinstance(value, str) else 5) <= len(compact) <= 6:
            return None
        compact = compact.zfill(6)
        parts = (compact[:2], compact[2:4], compact[4:])
    if not parts:
        return None
    hour, minute, second = map(int, parts)
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def _moment(on: object, at: object, *, fewest: int = 6) -> datetime | None:
    whole = f"{on}T{at}"
    if _WHOLE.fullmatch(whole):  # nearly always: half the time of taking it apart
        try:
            return datetime.fromisoformat(whole)
        except ValueError:
            return None
    on_day, at_time = day(on), clock(at, fewest=fewest)
    return datetime.combine(on_day, at_time) if on_day and at_time is not None else None


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


def _between(gmt: datetime, local: datetime) -> timedelta | None:
    """The offset two clocks imply; None when no place on earth has it."""
    offset = local - gmt
    return offset if abs(offset) <= FARTHEST and offset % QUARTER == timedelta(0) else None


def _instant(local: datetime, offset: timedelta | None, how: Clock) -> Instant:
    return Instant(
        occurred_at=(local - (offset or timedelta(0))).replace(tzinfo=UTC),
        clock=how,
        utc_offset_minutes=None if offset is None else int(offset.total_seconds()) // 60,
        local_text=local.isoformat(),
    )
