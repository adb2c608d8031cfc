"""How calls are reserved before they are made, so that no limit is ever exceeded however late a call leaves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from carriers.contract import CarrierBusy
from tracker.pipeline.ports import Quota, Store

LONGEST_DELAY = timedelta(seconds=30)  # between reserving a call and making it
SHARE = 4  # ... and never more than a quarter of the shortest limit's span


def call_within(quotas: Sequence[Quota]) -> timedelta:
    """How soon after its reservation a call must leave."""
    shortest = min((quota.per for quota in quotas if not quota.calendar), default=LONGEST_DELAY * SHARE)
    return min(LONGEST_DELAY, shortest / SHARE)


def widened(quotas: Sequence[Quota]) -> tuple[Quota, ...]:
    """The limits to count reservations by.

    A call reserved at T may leave until T + delay, so all calls of any span of `per` were reserved within per + delay.
    """
    delay = call_within(quotas)
    return tuple(quota if quota.calendar else replace(quota, per=quota.per + delay) for quota in quotas)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreMeter:
    """The quota of one credential, shared by all processes through the store."""

    store: Store
    credential: str
    quotas: tuple[Quota, ...]  # widened
    machine_now: Callable[[], datetime]

    def spend(self) -> None:
        """Reserve one call more. Raises CarrierBusy when none is left."""
        wait = self.store.spend(self.credential, self.quotas, machine_now=self.machine_now())
        if wait is not None:
            raise CarrierBusy(f"our own limit for {self.credential} is reached", wait=wait)
