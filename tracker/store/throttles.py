"""How often something may be tried, counted by all processes in shared buckets before each try."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from tracker.pipeline.ports import Quota
from tracker.store import quotas
from tracker.store.unit import SqlStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """One name and how often it may try."""

    name: str  # hashed where it is about a person
    quotas: tuple[Quota, ...]


class _TooOften(Exception):
    """Undoes what this try has counted: whoever goes on trying is not shut out for longer."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = wait


def wait_before(store: SqlStore, throttles: Sequence[Throttle], *, machine_now: datetime) -> timedelta | None:
    """Count one try under every name; None when all allow it, else how long until they may."""
    try:
        with store.begin() as connection:
            for each in sorted(throttles, key=lambda throttle: throttle.name):  # one order: nobody waits in a circle
                _count(connection, each, machine_now=machine_now)
    except _TooOften as refused:
        return refused.wait
    return None


def _count(connection: Connection, throttle: Throttle, *, machine_now: datetime) -> None:
    """Reserve first: the bucket's row is locked from then on, so that two tries at once see each other."""
    quotas.reserve(connection, throttle.name, throttle.quotas, calls=1, machine_now=machine_now)
    with_this = [replace(each, limit=each.limit + 1) for each in throttle.quotas]
    left = quotas.allowance(connection, throttle.name, with_this, machine_now=machine_now, in_hand=0.0)
    if left.wait is not None:
        raise _TooOften(left.wait)
