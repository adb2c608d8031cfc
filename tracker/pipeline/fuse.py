"""How many messages an hour are so many that something must be wrong."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from statistics import median

HOURS = 7 * 24  # a week has every hour of the day and every day


def hourly_cap(starts: Sequence[int], *, factor: int, floor: int) -> int:
    """So many times the usual hour of the last week, and never less than `floor`.

    Hours in which nothing was sent say nothing about an hour in which something is.
    """
    busy = [each for each in starts if each]
    return max(floor, round(factor * median(busy))) if busy else floor


class Fuse:
    """The cap as this process knows it, worked out anew from time to time."""

    def __init__(
        self,
        starts_per_hour: Callable[[], Sequence[int]],
        *,
        factor: int,
        floor: int,
        machine_now: Callable[[], datetime],
        good_for: timedelta = timedelta(minutes=5),
    ) -> None:
        self._starts_per_hour = starts_per_hour
        self._factor = factor
        self._floor = floor
        self._machine_now = machine_now
        self._good_for = good_for
        self._known: tuple[datetime, int] | None = None

    def __call__(self) -> int:
        """How many attempts may start in this hour."""
        machine_now = self._machine_now()
        if self._known is None or machine_now - self._known[0] > self._good_for:
            self._known = machine_now, hourly_cap(self._starts_per_hour(), factor=self._factor, floor=self._floor)
        return self._known[1]
