"""How many messages an hour are so many that something must be wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

HOURS = 7 * 24  # a week has every hour of the day and every day
HOURS_KNOWN = 24  # so many hours in which something was sent say what is usual
PER_NEW_ORDER = 4  # its confirmation and its first news, by mail and by text
PER_OPEN_ORDER = 2  # one news of each, by mail and by text, while nothing is usual yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What was sent, and what there is to tell."""

    starts: tuple[int, ...]  # attempts in each whole hour of the last week, newest first
    new_orders: int = 0  # of the last hour
    open_orders: int = 0  # asked for only while nothing is usual yet


def hourly_cap(traffic: Traffic, *, factor: int, floor: int) -> int:
    """So many times the usual hour of the last week, or as much as the new orders call for; never less than `floor`.

    Hours in which nothing was sent say nothing about an hour in which something is.
    """
    busy = [each for each in traffic.starts if each]
    usual = round(factor * median(busy)) if busy else 0
    young = PER_OPEN_ORDER * traffic.open_orders if len(busy) < HOURS_KNOWN else 0
    return max(floor, usual, young, PER_NEW_ORDER * traffic.new_orders)


class Fuse:
    """The cap as this process knows it, worked out anew from time to time."""

    def __init__(
        self,
        traffic: Callable[[], Traffic],
        *,
        factor: int,
        floor: int,
        machine_now: Callable[[], datetime],
        good_for: timedelta = timedelta(minutes=1),
    ) -> None:
        self._traffic = traffic
        self._factor = factor
        self._floor = floor
        self._machine_now = machine_now
        self._good_for = good_for
        self._known: tuple[datetime, int] | None = None

    def __call__(self) -> int:
        """How many attempts may start in this hour."""
        machine_now = self._machine_now()
        if self._known is None or machine_now - self._known[0] > self._good_for:
            self._known = machine_now, hourly_cap(self._traffic(), factor=self._factor, floor=self._floor)
        return self._known[1]
