"""Which notification is further than which: what gives way, what may no longer be started."""

from collections.abc import Iterable

from tracker.domain.notices import LETTERS, STARTED_STATES, Notice, Notification, NotificationState, ToldBefore, WhyNot

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
    Notice.LINK: 0,
    Notice.INVITED: 0,
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
    if new.notice in LETTERS or old.notice in LETTERS:
        return False
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
    audience = [row for row in others if (row.recipient_id, row.channel) == (candidate.recipient_id, candidate.channel)]
    whole_order = [row for row in audience if row.dedupe_key != candidate.dedupe_key]
    later = (row for row in counted_by(candidate, audience) if row.planned_at > candidate.planned_at)
    if any(row.state in STARTED_STATES for row in later):
        return WhyNot.SUPERSEDED
    beside = [row for row in whole_order if candidate.shipment_id in (None, row.shipment_id)]
    if any(row.correction and row.seq > candidate.seq for row in beside):
        return WhyNot.TAKEN_BACK
    started = [row for row in beside if was_heard(row, audience)]
    if candidate.notice is Notice.CORRECTED:
        return None if started else WhyNot.TAKEN_BACK
    if candidate.correction:
        return None
    since = max((row.seq for row in started if row.correction), default=-1)
    if any(row.seq >= since and place_of(row) > place_of(candidate) for row in started):
        return WhyNot.TOLD_HIGHER
    return None


def was_heard(row: Row, audience: Iterable[Row]) -> bool:
    """Whether the person may know it: from this row, or from a sibling's that counted this parcel too."""
    if row.state in STARTED_STATES:
        return True
    return row.state is NotificationState.SUPERSEDED and any(
        other.state in STARTED_STATES for other in counted_by(row, audience)
    )


def counted_by(row: Row, audience: Iterable[Row]) -> list[Row]:
    """Rows of sibling parcels that tell of this one as well: planned later, before it had any newer row of its own.

    `audience`: all rows of one order, person and channel.
    """
    rows = list(audience)
    siblings = [other for other in rows if _may_count(other, row)]
    if not siblings:
        return []
    newer = min((own.planned_at for own in rows if _is_newer_own(own, row)), default=None)
    return [other for other in siblings if newer is None or other.planned_at < newer]


def _may_count(other: Row, row: Row) -> bool:
    return (
        other.collapse_key == row.collapse_key
        and other.shipment_id != row.shipment_id
        and other.planned_at >= row.planned_at
    )


def _is_newer_own(own: Row, row: Row) -> bool:
    return own.shipment_id == row.shipment_id and own.seq > row.seq
