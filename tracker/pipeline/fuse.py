"""How many messages an hour are so many that something must be wrong."""

from collections.abc import Sequence
from statistics import median

HOURS = 7 * 24  # a week has every hour of the day and every day


def hourly_cap(starts: Sequence[int], *, factor: int, floor: int) -> int:
    """So many times the usual hour of the last week, and never less than `floor`.

    Hours in which nothing was sent say nothing about an hour in which something is.
    """
    busy = [each for each in starts if each]
    return max(floor, round(factor * median(busy))) if busy else floor
