"""Which shipments are asked first when there are more than calls."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from carriers.events import Milestone
from tracker.domain.cadence import ENDS, Ladder, LookView

# A call is made for somebody who is due; its free seats go to others who would be due before the next such call. Ten
# minutes is less than any rung of the ladder: nobody is asked noticeably more often for sitting in a batch.
NEARLY = timedelta(minutes=10)
REST = timedelta(minutes=10)  # a free seat is not for one that was tried so lately: its own wait has a reason
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Every so many seats, one goes to whoever has waited longest, or those behind would never be asked. Where the usual
# take all calls that is seldom: each quiet parcel found on the road is one more to ask about, and the urgent pay.
SHARED = 4  # of the urgent's seats
SHARED_BY_USUAL = 32


class Urgency(IntEnum):
    """How much a reader would mind a late look; stored with the shipment, for the index."""

    URGENT = 0  # arriving today, in trouble, or watched
    USUAL = 1  # on its way, or never asked
    QUIET = 2  # nothing is expected soon


_URGENT = frozenset({Milestone.OUT_FOR_DELIVERY, Milestone.ATTEMPT_FAILED, Milestone.EXCEPTION})
_USUAL = frozenset({Milestone.PICKED_UP, Milestone.IN_TRANSIT, Milestone.READY_FOR_PICKUP})


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How many calls may be made now for the urgent, the usual and the quiet; each number includes the ones after."""

    urgent: int
    usual: int
    quiet: int

    def calls(self, urgency: int) -> int:
        return max(0, (self.urgent, self.usual, self.quiet)[urgency])


class Waiting(Protocol):
    """What the choice knows of one shipment."""

    @property
    def urgency(self) -> int: ...

    @property
    def next_look_at(self) -> datetime: ...


W = TypeVar("W", bound=Waiting)


def urgency(view: LookView, at: datetime, ladder: Ladder) -> Urgency:
    """How urgent the look planned for `at` is."""
    if view.milestone in ENDS:
        return Urgency.QUIET
    if view.milestone in _URGENT or _is_due(view, at) or _is_watched(view, at, ladder):
        return Urgency.URGENT
    return Urgency.USUAL if view.milestone in _USUAL or view.looks == 0 else Urgency.QUIET


def looks_a_day(open_ones: Mapping[Milestone | None, int], ladder: Ladder) -> float:
    """How many looks the ladder would make in a day if calls were free; promised days and page views left out."""
    by_day = (ladder.day_to_hour - ladder.day_from_hour) * HOUR
    return sum(
        count * (by_day / ladder.rungs[milestone].day + (DAY - by_day) / ladder.rungs[milestone].night)
        for milestone, count in open_ones.items()
        if milestone not in ENDS
    )


def choose(waiting: Sequence[W], room: Room, *, now: datetime, seats: int, of_call: int, turn: int) -> list[W]:
    """Whom to ask now: by urgency, the longest due first, and in the free seats of the calls who is nearly due.

    `waiting` may be in any order; `seats` is the most that one worker takes; `turn` is any number, so that the shared
    seat does not always fall to the same place.
    """
    due = sorted((each for each in waiting if each.next_look_at <= now), key=_by_urgency)
    if len(due) <= min(seats, room.calls(Urgency.QUIET) * of_call):
        chosen = due
    else:
        chosen = list(_by_room(due, room, seats=seats, of_call=of_call, turn=turn))
    free = min(seats, -(-len(chosen) // of_call) * of_call) - len(chosen)
    if free <= 0:
        return chosen
    taken = {id(each) for each in chosen}
    return chosen + sorted((each for each in waiting if id(each) not in taken), key=_by_time)[:free]


def _by_room(due: Sequence[W], room: Room, *, seats: int, of_call: int, turn: int) -> Iterator[W]:
    """One by one, as long as there is room for one of that urgency."""
    by_time = sorted(due, key=_by_time)
    taken: set[int] = set()
    for place in range(seats):
        first = next((each for each in due if id(each) not in taken), None)
        if first is None or place >= room.calls(first.urgency) * of_call:
            return
        every = SHARED if first.urgency == Urgency.URGENT else SHARED_BY_USUAL
        if (place + turn) % every == 0:
            first = next(each for each in by_time if id(each) not in taken)
        taken.add(id(first))
        yield first


def _by_urgency(each: Waiting) -> tuple[int, datetime]:
    return each.urgency, each.next_look_at


def _by_time(each: Waiting) -> datetime:
    return each.next_look_at


def _is_due(view: LookView, at: datetime) -> bool:
    """Promised for that day or an earlier one, where it goes."""
    if view.promised_last_day_ends_at is None or view.milestone is None:
        return False
    place = ZoneInfo(view.destination_zone)
    return at.astimezone(place).date() >= view.promised_last_day_ends_at.astimezone(place).date()


def _is_watched(view: LookView, at: datetime, ladder: Ladder) -> bool:
    return view.watched_at is not None and at - view.watched_at < ladder.watched_for
