"""When a parcel should arrive, and whose promise that is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from carriers.events import Promise, PromiseKind

DAY_ENDS = time(23, 59, 59)


class PromisedBy(StrEnum):
    """Whose promise a window is; shown beside it."""

    CARRIER = "carrier"
    SHOP = "shop"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryWindow:
    """Earliest to latest arrival: days and wall times at the destination, never shifted by a zone."""

    first_day: date
    last_day: date
    not_before: time | None = None
    not_after: time | None = None
    promised_by: PromisedBy
    kind: PromiseKind | None = None  # the carrier's own word for it
    told_at: datetime  # shop time of the look or order that said so


def window_from(promise: Promise, told_at: datetime) -> DeliveryWindow:
    """A carrier's promise as a window."""
    return DeliveryWindow(
        first_day=promise.first_day,
        last_day=promise.last_day,
        not_before=promise.not_before,
        not_after=promise.not_after,
        promised_by=PromisedBy.CARRIER,
        kind=promise.kind,
        told_at=told_at,
    )


def merge(current: DeliveryWindow | None, promise: Promise | None, told_at: datetime) -> DeliveryWindow | None:
    """The newest promise, in whatever order promises arrive; an answer without one takes none back."""
    if promise is None:
        return current
    told = window_from(promise, told_at)
    if current is None or current.promised_by is not PromisedBy.CARRIER:
        return told
    return max(current, told, key=_newest)


def says_the_same(one: DeliveryWindow | None, other: DeliveryWindow | None) -> bool:
    """Whether two windows promise the same days and times, whenever they were told."""
    if one is None or other is None:
        return one is other
    return (_wall(one), one.promised_by, one.kind) == (_wall(other), other.promised_by, other.kind)


def moved_enough(before: DeliveryWindow | None, after: DeliveryWindow | None, *, at_least: timedelta) -> bool:
    """Whether a changed promise is worth telling: another day, or so much within it. One that only narrows is not."""
    if before is None or after is None:
        return False
    (was_from, was_to), (is_from, is_to) = _wall(before), _wall(after)
    if was_from <= is_from and is_to <= was_to:
        return False
    if (before.first_day, before.last_day) != (after.first_day, after.last_day):
        return True
    return abs(is_from - was_from) >= at_least or abs(is_to - was_to) >= at_least


def is_later(before: DeliveryWindow, after: DeliveryWindow) -> bool:
    """Whether the new promise ends after the old one."""
    return _wall(after)[1] > _wall(before)[1]


def covering(promises: Sequence[DeliveryWindow]) -> DeliveryWindow:
    """One window that is true of every parcel promised one of these: from the first start to the last end."""
    if len(set(map(_wall, promises))) == 1:
        return promises[0]
    start, end = min(_wall(one)[0] for one in promises), max(_wall(one)[1] for one in promises)
    kinds = {one.kind for one in promises}
    return replace(
        promises[0],
        first_day=start.date(),
        last_day=end.date(),
        not_before=start.time() if start.time() > time() else None,
        not_after=end.time() if end.time() < DAY_ENDS else None,
        kind=kinds.pop() if len(kinds) == 1 else None,
        told_at=max(one.told_at for one in promises),
    )


def ends_at(window: DeliveryWindow, zone: str) -> datetime:
    """The instant from which the promise has passed."""
    return last_instant(datetime.combine(window.last_day, window.not_after or DAY_ENDS), zone)


def last_instant(wall: datetime, zone: str) -> datetime:
    """When that wall time is last read in a zone, UTC; a time the clocks skip is passed when they skip it."""
    place = ZoneInfo(zone)
    first, second = (wall.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first <= second:
        return second
    return _jump_between(second, first, place)


def _jump_between(early: datetime, late: datetime, place: ZoneInfo) -> datetime:
    """The instant at which the clocks of a place jump, to the second."""
    offset = early.astimezone(place).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=int((late - early).total_seconds()) // 2)
        if middle.astimezone(place).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late


def _wall(window: DeliveryWindow) -> tuple[datetime, datetime]:
    """First and last wall time; naive on purpose, both are at the destination."""
    return (
        datetime.combine(window.first_day, window.not_before or time()),
        datetime.combine(window.last_day, window.not_after or DAY_ENDS),
    )


def _newest(window: DeliveryWindow) -> tuple[datetime, datetime, datetime, str]:
    start, end = _wall(window)
    return window.told_at, end, start, window.kind or ""
