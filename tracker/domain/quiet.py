"""When a message may arrive: texts by day, anything outside its reader's own quiet hours, on the clock there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from hashlib import sha256
from zoneinfo import ZoneInfo

from notifiers.message import Channel
from tracker.domain.brands import Brand
from tracker.domain.notices import Notice
from tracker.domain.people import Recipient

OPENS, CLOSES = time(8), time(21)  # wall times of the reader; the law of many places for calls, and manners
EARLY = time(6)  # out for delivery, where a brand asks for it
WIDE_OPENS, WIDE_CLOSES = time(10), time(19)  # by the shop's clock, when nothing says where the reader is
SPREAD = timedelta(minutes=15)  # so that not everybody's text leaves at eight
FAR = timedelta(days=3)  # zones that are never all open at once

ANY_HOUR = frozenset({Notice.ATTEMPT_FAILED, Notice.READY_FOR_PICKUP})  # of those a brand may ask for

ZonesOf = Callable[[str], Sequence[str]]  # a phone number -> the IANA zones it may be in


def nowhere(number: str) -> Sequence[str]:
    """For whoever writes no texts."""
    del number
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Wall times between which a text may arrive, in every one of these zones."""

    zones: tuple[str, ...]
    opens: time = OPENS
    closes: time = CLOSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """All that says where a reader is."""

    recipient: Recipient
    number: str
    destination_zone: str
    country: str  # of the destination; empty: the zone is only the shop's
    brand: Brand
    channel: Channel  # on which they are written to


def has_hours(recipient: Recipient, channel: Channel) -> bool:
    """Whether there are hours at which this person is not written to here."""
    return channel is Channel.SMS or recipient.wishes.quiet is not None


def next_allowed(at: datetime, notice: Notice, reader: Whereabouts, *, zones_of: ZonesOf) -> datetime:
    """`at` when it may arrive then, else a moment soon after the next morning begins, the same for one reader.

    Hours that the reader chose close more of the day, never less: no text arrives by night for them, whatever the
    brand would send then. Who leaves no hour open gets nothing: the moment is then later than any message waits.
    """
    quiet = reader.recipient.wishes.quiet
    exempt = quiet is None and notice in reader.brand.texts_at_any_hour
    if exempt and notice in ANY_HOUR:
        return at
    opens = EARLY if exempt and notice is Notice.OUT_FOR_DELIVERY else OPENS
    usual = hours_for(reader, zones_of=zones_of, at=at, opens=opens)
    own = [replace(usual, opens=quiet.until, closes=quiet.since)] if quiet else []
    hours = [*([usual] if reader.channel is Channel.SMS else []), *own]
    opening = next_open(at, *hours)
    if opening is None:
        return at + FAR
    if opening == at:
        return at
    later = opening + _spread(reader.recipient.id)
    return later if next_open(later, *hours) == later else opening


def hours_for(reader: Whereabouts, *, zones_of: ZonesOf, at: datetime, opens: time = OPENS) -> Hours:
    """By the reader's own word, else the address, else wherever the number may be, else the shop's clock, narrower."""
    asked = reader.recipient.zone
    if _zone(asked):
        return Hours(zones=(asked,), opens=opens)
    has_address = reader.country or reader.destination_zone != reader.brand.time_zone
    if has_address and _zone(reader.destination_zone):
        return Hours(zones=(reader.destination_zone,), opens=opens)
    of_number = Hours(zones=tuple(each for each in zones_of(reader.number) if _zone(each)), opens=opens)
    if of_number.zones and next_open(at, of_number) is not None:
        return of_number
    return Hours(zones=(reader.brand.time_zone,), opens=WIDE_OPENS, closes=WIDE_CLOSES)


def next_open(at: datetime, *hours: Hours) -> datetime | None:
    """`at` or the first moment after it that lies within all the hours in every zone; None: there is none for days."""
    clocks = [(zone, each) for each in hours for zone in _zones(each)]
    moment = at
    while moment - at < FAR:
        later = max(_next_open_in(zone, moment, each) for zone, each in clocks)
        if later == moment:
            return moment
        moment = later
    return None


def _zones(hours: Hours) -> Sequence[tzinfo]:
    return [zone for name in hours.zones if (zone := _zone(name))] or [UTC]


def _next_open_in(zone: tzinfo, at: datetime, hours: Hours) -> datetime:
    local = at.astimezone(zone)
    wall = local.time()
    if _is_open(wall, hours):
        return at
    day = local.date() if wall < hours.opens else local.date() + timedelta(days=1)
    return _instant(day, hours.opens, zone)


def _is_open(wall: time, hours: Hours) -> bool:
    """A reader's own hours may be open over midnight."""
    if hours.opens <= hours.closes:
        return hours.opens <= wall < hours.closes
    return wall >= hours.opens or wall < hours.closes


def _instant(day: date, wall: time, zone: tzinfo) -> datetime:
    """When a clock there shows it: the second time where it shows it twice, the end of the gap where it never does."""
    second = datetime.combine(day, wall, tzinfo=zone).replace(fold=1)
    instant = second.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == second.replace(tzinfo=None):
        return instant
    return _end_of_gap(instant, second.replace(fold=0).astimezone(UTC), zone)


def _end_of_gap(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _spread(person: str) -> timedelta:
    """The same for every text to one person, so that their order stays."""
    digest = int.from_bytes(sha256(person.encode()).digest()[:4], "big")
    return timedelta(seconds=digest % int(SPREAD.total_seconds()))


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
