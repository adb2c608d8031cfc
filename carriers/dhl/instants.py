"""When a DHL scan happened, from a timestamp that has a zone in some divisions and none in others."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from carriers.events import Clock, Place
from carriers.zones import zone_of

FARTHEST = timedelta(hours=14)  # no place is farther from GMT
YEARS = range(2000, 2100)

# Divisions of one country write local times without a zone and often without a country.
HOMES: Mapping[str, str] = {
    "parcel-de": "DE",
    "post-de": "DE",
    "svb": "DE",
    "parcel-nl": "NL",
    "parcel-pl": "PL",
    "parcel-uk": "GB",
    "ecommerce-ppl": "CZ",
}

_STAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """A moment and how sure we are of it."""

    occurred_at: datetime
    clock: Clock
    utc_offset_minutes: int | None
    local_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A timestamp as written: a wall time, and how far it is from UTC if it says so."""

    wall: datetime
    offset: timedelta | None
    in_utc: bool  # "Z": the wall time is nobody's


@lru_cache(maxsize=4096)
def stamp(text: str) -> Stamp | None:
    """ "2026-03-10T09:30:00", with or without fraction, "Z" or "+01:00"; None for anything else."""
    found = _STAMP.fullmatch(text)
    if not found:
        return None
    try:
        wall = datetime.fromisoformat(f"{found[1]}T{found[2]}")
    except ValueError:
        return None
    offset = _offset(found[3] or "")
    if wall.year not in YEARS or (found[3] and offset is None):
        return None
    return Stamp(wall=wall, offset=offset, in_utc=found[3] == "Z")


def day(text: str) -> date | None:
    """ "2026-03-12"; None for anything that is no day of our century."""
    try:
        found = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return found if found and found.year in YEARS else None


def instant_of(said: Stamp, place: Place, *, zone: ZoneInfo | None) -> Instant:
    """When it happened; `zone` is where a time without one belongs, None when that cannot be said."""
    if said.offset is not None:
        at_place = zone_of(place) if said.in_utc else None
        occurred_at = (said.wall - said.offset).replace(tzinfo=UTC)
        offset = (at_place and occurred_at.astimezone(at_place).utcoffset()) or said.offset
        return _instant(said, occurred_at, Clock.EXACT, offset)
    if zone is None:
        return _instant(said, said.wall.replace(tzinfo=UTC), Clock.ASSUMED, None)
    local = said.wall.replace(tzinfo=zone)
    return _instant(said, local.astimezone(UTC), Clock.BY_PLACE, local.utcoffset())


def zone_for(service: str, place: Place, *, is_abroad: bool) -> ZoneInfo | None:
    """The zone of a time without one: its place's, else the only country of its division; None when it has none."""
    if place.country or is_abroad:
        return zone_of(place)
    return zone_of(Place(country=HOMES[service])) if service in HOMES else None


def is_midnight(said: Stamp) -> bool:
    """Whether the time of day says nothing: dates are written as their midnight."""
    return said.wall.time() == time(0)


def _offset(text: str) -> timedelta | None:
    if text == "Z":
        return timedelta(0)
    if not text:
        return None
    size = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    if size > FARTHEST or int(text[-2:]) not in (0, 15, 30, 45):
        return None
    return -size if text[0] == "-" else size


def _instant(said: Stamp, occurred_at: datetime, clock: Clock, offset: timedelta | None) -> Instant:
    return Instant(
        occurred_at=occurred_at,
        clock=clock,
        utc_offset_minutes=None if offset is None else int(offset.total_seconds()) // 60,
        local_text=said.wall.isoformat(),
    )
