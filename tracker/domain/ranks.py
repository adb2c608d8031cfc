"""Which notification is further than which: what gives way, what may no longer be started."""

from collections.abc import Iterable

from tracker.domain.notices import STARTED_STATES, Notice, Notification, NotificationState, ToldBefore, WhyNot

RANKS: dict[Notice, int] = {
    Notice.CONFIRMED: 10,
    Notice.SHIPPED: 20,
    Notice.IN_TRANSIT: 30,
    Notice.EXCEPTION: 35,  # in transit; trouble takes the rank of the stage it befalls plus SIDE_STEP
    Notice.DELAYED: 35,
    Notice.CORRECTED: 35,
    Notice.OUT_FOR_DELIVERY: 40,
    Notice.ATTEMPT_FAILED: 50,
    Notice.READY_FOR_PICKUP: 50,
    Notice.DELIVERED: 60,
    Notice.RETURNED: 60,
}
SIDE_STEP = 5
SIDE_HIGHEST = RANKS[Notice.READY_FOR_PICKUP]  # trouble never hides that the parcel waits at a counter

# These tell of trouble beside the way, or of its end: what was told before never makes them old news.
NEVER_OLD = frozenset({Notice.EXCEPTION, Notice.DELAYED, Notice.DELIVERED, Notice.RETURNED})

Row = Notification | ToldBefore
Place = tuple[int, int]


def place_of(row: Row) -> Place:
    """How far a row is: trips to the door first, then its rank within the trip."""
    return row.visit, row.rank


def supersedes(new: Row, old: Row) -> bool:
    """Whether a pending row gives way to a newer one of the same order, whatever became of the newer one."""
    if (new.recipient_id, new.channel) != (old.recipient_id, old.channel) or new.dedupe_key == old.dedupe_key:
        return False
    if old.shipment_id is None:
        return new.shipment_id is not None
    if new.shipment_id == old.shipment_id:
        return new.seq >= old.seq and (new.correction or place_of(new) >= place_of(old))
    if new.collapse_key != old.collapse_key or new.state is not NotificationState.PENDING:
        return False
    return new.planned_at >= old.planned_at  # parcels of one order arriving together: the newest row counts them all


def may_start(candidate: Row, others: Iterable[Row]) -> WhyNot | None:
    """The gate before a row's first attempt; `others`: all rows of its order. None: it may start.

    The order's own notices stand below those of every parcel, a parcel's only beside its own.
    """
    whole_order = [row for row in others if _same_audience(row, candidate)]
    if any(_counts_it_too(row, candidate) for row in whole_order):
        return WhyNot.SUPERSEDED
    beside = [row for row in whole_order if candidate.shipment_id in (None, row.shipment_id)]
    if any(row.correction and row.seq > candidate.seq for row in beside):
        return WhyNot.TAKEN_BACK
    started = [row for row in beside if row.state in STARTED_STATES]
    if candidate.notice is Notice.CORRECTED:
        return None if started else WhyNot.TAKEN_BACK
    if candidate.correction:
        return None
    since = max((row.seq for row in started if row.correction), default=-1)
    if any(row.seq >= since and place_of(row) > place_of(candidate) for row in started):
        return WhyNot.TOLD_HIGHER
    return None


def _counts_it_too(row: Row, candidate: Row) -> bool:
    """Whether a sibling's row, planned later and started, has told of this parcel as well."""
    return (
        row.collapse_key == candidate.collapse_key
        and row.shipment_id != candidate.shipment_id
        and row.state in STARTED_STATES
        and row.planned_at > candidate.planned_at
    )


def _same_audience(row: Row, candidate: Row) -> bool:
    return (
        row.dedupe_key != candidate.dedupe_key
        and row.recipient_id == candidate.recipient_id
        and row.channel is candidate.channel
    )
