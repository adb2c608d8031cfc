"""Which milestone may follow which: the one table the fold of a shipment's events goes by."""

from datetime import datetime, timedelta
from enum import StrEnum

from carriers.events import Milestone, TrackingEvent


class Move(StrEnum):
    """What a scan does to where a shipment stands. A pair missing from FOLLOWS is shown and moves nothing."""

    ADVANCE = "advance"
    AGAIN = "again"  # the same milestone counts anew: another trip to the door, another reason
    CORRECT = "correct"  # what we said before was not true
    BECOMES_RETURNED = "becomes_returned"  # handed over at the end of a return: to the sender


Follows = dict[tuple[Milestone | None, Milestone], Move]

FOLLOWS: Follows = {
    # the first scan we ever see decides
    (None, Milestone.LABEL_CREATED): Move.ADVANCE,
    (None, Milestone.PICKED_UP): Move.ADVANCE,
    (None, Milestone.IN_TRANSIT): Move.ADVANCE,
    (None, Milestone.OUT_FOR_DELIVERY): Move.ADVANCE,
    (None, Milestone.ATTEMPT_FAILED): Move.ADVANCE,
    (None, Milestone.READY_FOR_PICKUP): Move.ADVANCE,
    (None, Milestone.DELIVERED): Move.ADVANCE,
    (None, Milestone.EXCEPTION): Move.ADVANCE,
    (None, Milestone.RETURNING): Move.ADVANCE,
    (None, Milestone.RETURNED): Move.ADVANCE,
    (None, Milestone.LOST): Move.ADVANCE,
    (None, Milestone.CANCELLED): Move.ADVANCE,
    # a label is not a parcel: any scan of the parcel itself is further
    (Milestone.LABEL_CREATED, Milestone.PICKED_UP): Move.ADVANCE,
    (Milestone.LABEL_CREATED, Milestone.IN_TRANSIT): Move.ADVANCE,
    (Milestone.LABEL_CREATED, Milestone.OUT_FOR_DELIVERY): Move.ADVANCE,
    (Milestone.LABEL_CREATED, Milestone.ATTEMPT_FAILED): Move.ADVANCE,
    (Milestone.LABEL_CREATED, Milestone.READY_FOR_PICKUP): Move.ADVANCE,
    (Milestone.LABEL_CREATED, Milestone.DELIVERED): Move.ADVANCE,
    (Milestone.LABEL_CREATED, Milestone.EXCEPTION): Move.ADVANCE,
    (Milestone.LABEL_CREATED, Milestone.RETURNING): Move.ADVANCE,
    (Milestone.LABEL_CREATED, Milestone.RETURNED): Move.ADVANCE,
    (Milestone.LABEL_CREATED, Milestone.LOST): Move.ADVANCE,
    (Milestone.LABEL_CREATED, Milestone.CANCELLED): Move.ADVANCE,
    # the carrier has it: a later label scan or a voided label is paperwork
    (Milestone.PICKED_UP, Milestone.IN_TRANSIT): Move.ADVANCE,
    (Milestone.PICKED_UP, Milestone.OUT_FOR_DELIVERY): Move.ADVANCE,
    (Milestone.PICKED_UP, Milestone.ATTEMPT_FAILED): Move.ADVANCE,
    (Milestone.PICKED_UP, Milestone.READY_FOR_PICKUP): Move.ADVANCE,
    (Milestone.PICKED_UP, Milestone.DELIVERED): Move.ADVANCE,
    (Milestone.PICKED_UP, Milestone.EXCEPTION): Move.ADVANCE,
    (Milestone.PICKED_UP, Milestone.RETURNING): Move.ADVANCE,
    (Milestone.PICKED_UP, Milestone.RETURNED): Move.ADVANCE,
    (Milestone.PICKED_UP, Milestone.LOST): Move.ADVANCE,
    (Milestone.IN_TRANSIT, Milestone.OUT_FOR_DELIVERY): Move.ADVANCE,
    (Milestone.IN_TRANSIT, Milestone.ATTEMPT_FAILED): Move.ADVANCE,
    (Milestone.IN_TRANSIT, Milestone.READY_FOR_PICKUP): Move.ADVANCE,
    (Milestone.IN_TRANSIT, Milestone.DELIVERED): Move.ADVANCE,
    (Milestone.IN_TRANSIT, Milestone.EXCEPTION): Move.ADVANCE,
    (Milestone.IN_TRANSIT, Milestone.RETURNING): Move.ADVANCE,
    (Milestone.IN_TRANSIT, Milestone.RETURNED): Move.ADVANCE,
    (Milestone.IN_TRANSIT, Milestone.LOST): Move.ADVANCE,
    # in transit again: it came back undelivered, and nobody claimed an attempt
    (Milestone.OUT_FOR_DELIVERY, Milestone.IN_TRANSIT): Move.ADVANCE,
    (Milestone.OUT_FOR_DELIVERY, Milestone.OUT_FOR_DELIVERY): Move.AGAIN,
    (Milestone.OUT_FOR_DELIVERY, Milestone.ATTEMPT_FAILED): Move.ADVANCE,
    (Milestone.OUT_FOR_DELIVERY, Milestone.READY_FOR_PICKUP): Move.ADVANCE,
    (Milestone.OUT_FOR_DELIVERY, Milestone.DELIVERED): Move.ADVANCE,
    (Milestone.OUT_FOR_DELIVERY, Milestone.EXCEPTION): Move.ADVANCE,
    (Milestone.OUT_FOR_DELIVERY, Milestone.RETURNING): Move.ADVANCE,
    (Milestone.OUT_FOR_DELIVERY, Milestone.RETURNED): Move.ADVANCE,
    (Milestone.OUT_FOR_DELIVERY, Milestone.LOST): Move.ADVANCE,
    # in transit again: only from the next day on, see LATER_DAY
    (Milestone.ATTEMPT_FAILED, Milestone.IN_TRANSIT): Move.ADVANCE,
    (Milestone.ATTEMPT_FAILED, Milestone.OUT_FOR_DELIVERY): Move.ADVANCE,
    (Milestone.ATTEMPT_FAILED, Milestone.ATTEMPT_FAILED): Move.AGAIN,
    (Milestone.ATTEMPT_FAILED, Milestone.READY_FOR_PICKUP): Move.ADVANCE,
    (Milestone.ATTEMPT_FAILED, Milestone.DELIVERED): Move.ADVANCE,
    (Milestone.ATTEMPT_FAILED, Milestone.EXCEPTION): Move.ADVANCE,
    (Milestone.ATTEMPT_FAILED, Milestone.RETURNING): Move.ADVANCE,
    (Milestone.ATTEMPT_FAILED, Milestone.RETURNED): Move.ADVANCE,
    (Milestone.ATTEMPT_FAILED, Milestone.LOST): Move.ADVANCE,
    (Milestone.READY_FOR_PICKUP, Milestone.IN_TRANSIT): Move.ADVANCE,
    (Milestone.READY_FOR_PICKUP, Milestone.OUT_FOR_DELIVERY): Move.ADVANCE,
    (Milestone.READY_FOR_PICKUP, Milestone.ATTEMPT_FAILED): Move.ADVANCE,
    (Milestone.READY_FOR_PICKUP, Milestone.READY_FOR_PICKUP): Move.AGAIN,
    (Milestone.READY_FOR_PICKUP, Milestone.DELIVERED): Move.ADVANCE,
    (Milestone.READY_FOR_PICKUP, Milestone.EXCEPTION): Move.ADVANCE,
    (Milestone.READY_FOR_PICKUP, Milestone.RETURNING): Move.ADVANCE,
    (Milestone.READY_FOR_PICKUP, Milestone.RETURNED): Move.ADVANCE,
    (Milestone.READY_FOR_PICKUP, Milestone.LOST): Move.ADVANCE,
    # only what shows the parcel elsewhere takes it back; paperwork does not
    (Milestone.DELIVERED, Milestone.IN_TRANSIT): Move.CORRECT,
    (Milestone.DELIVERED, Milestone.OUT_FOR_DELIVERY): Move.CORRECT,
    (Milestone.DELIVERED, Milestone.ATTEMPT_FAILED): Move.CORRECT,
    (Milestone.DELIVERED, Milestone.READY_FOR_PICKUP): Move.CORRECT,
    (Milestone.DELIVERED, Milestone.DELIVERED): Move.AGAIN,
    (Milestone.DELIVERED, Milestone.EXCEPTION): Move.CORRECT,
    (Milestone.DELIVERED, Milestone.RETURNING): Move.CORRECT,
    (Milestone.DELIVERED, Milestone.RETURNED): Move.CORRECT,
    (Milestone.DELIVERED, Milestone.LOST): Move.CORRECT,
    # whatever comes next resolves it
    (Milestone.EXCEPTION, Milestone.PICKED_UP): Move.ADVANCE,
    (Milestone.EXCEPTION, Milestone.IN_TRANSIT): Move.ADVANCE,
    (Milestone.EXCEPTION, Milestone.OUT_FOR_DELIVERY): Move.ADVANCE,
    (Milestone.EXCEPTION, Milestone.ATTEMPT_FAILED): Move.ADVANCE,
    (Milestone.EXCEPTION, Milestone.READY_FOR_PICKUP): Move.ADVANCE,
    (Milestone.EXCEPTION, Milestone.DELIVERED): Move.ADVANCE,
    (Milestone.EXCEPTION, Milestone.EXCEPTION): Move.AGAIN,
    (Milestone.EXCEPTION, Milestone.RETURNING): Move.ADVANCE,
    (Milestone.EXCEPTION, Milestone.RETURNED): Move.ADVANCE,
    (Milestone.EXCEPTION, Milestone.LOST): Move.ADVANCE,
    (Milestone.EXCEPTION, Milestone.CANCELLED): Move.ADVANCE,
    # scans of the way back move nothing; handing it over ends the return
    (Milestone.RETURNING, Milestone.DELIVERED): Move.BECOMES_RETURNED,
    (Milestone.RETURNING, Milestone.RETURNING): Move.AGAIN,
    (Milestone.RETURNING, Milestone.RETURNED): Move.ADVANCE,
    (Milestone.RETURNING, Milestone.LOST): Move.ADVANCE,
    # a second word for the same end moves nothing; a new trip takes it back
    (Milestone.RETURNED, Milestone.IN_TRANSIT): Move.CORRECT,
    (Milestone.RETURNED, Milestone.OUT_FOR_DELIVERY): Move.CORRECT,
    (Milestone.RETURNED, Milestone.ATTEMPT_FAILED): Move.CORRECT,
    (Milestone.RETURNED, Milestone.READY_FOR_PICKUP): Move.CORRECT,
    # found: what we said was not true
    (Milestone.LOST, Milestone.IN_TRANSIT): Move.CORRECT,
    (Milestone.LOST, Milestone.OUT_FOR_DELIVERY): Move.CORRECT,
    (Milestone.LOST, Milestone.ATTEMPT_FAILED): Move.CORRECT,
    (Milestone.LOST, Milestone.READY_FOR_PICKUP): Move.CORRECT,
    (Milestone.LOST, Milestone.DELIVERED): Move.ADVANCE,
    (Milestone.LOST, Milestone.RETURNING): Move.CORRECT,
    (Milestone.LOST, Milestone.RETURNED): Move.ADVANCE,
    # the label was void, the order was not: a parcel that moves is alive
    (Milestone.CANCELLED, Milestone.LABEL_CREATED): Move.ADVANCE,
    (Milestone.CANCELLED, Milestone.PICKED_UP): Move.ADVANCE,
    (Milestone.CANCELLED, Milestone.IN_TRANSIT): Move.ADVANCE,
    (Milestone.CANCELLED, Milestone.OUT_FOR_DELIVERY): Move.ADVANCE,
    (Milestone.CANCELLED, Milestone.ATTEMPT_FAILED): Move.ADVANCE,
    (Milestone.CANCELLED, Milestone.READY_FOR_PICKUP): Move.ADVANCE,
    (Milestone.CANCELLED, Milestone.DELIVERED): Move.ADVANCE,
    (Milestone.CANCELLED, Milestone.EXCEPTION): Move.ADVANCE,
    (Milestone.CANCELLED, Milestone.RETURNING): Move.ADVANCE,
    (Milestone.CANCELLED, Milestone.RETURNED): Move.ADVANCE,
}

# A facility scan on the evening of an attempt, or beside a parcel waiting at a counter, resolves nothing.
LATER_DAY = frozenset(
    {
        (Milestone.ATTEMPT_FAILED, Milestone.IN_TRANSIT),
        (Milestone.READY_FOR_PICKUP, Milestone.IN_TRANSIT),
    }
)

# Hand-held scanners report minutes after the facility does: a facility scan this soon after an end is noise.
SCAN_LAG = timedelta(hours=1)

TRIP = frozenset({Milestone.OUT_FOR_DELIVERY, Milestone.ATTEMPT_FAILED})
ASIDE = frozenset(
    {Milestone.EXCEPTION, Milestone.RETURNING, Milestone.LOST}
)  # trouble beside the way, not a stage of it
SAID_FOR_GOOD = frozenset({Milestone.DELIVERED, Milestone.RETURNED, Milestone.RETURNING, Milestone.LOST})

# Which of two scans of one instant happened first, and where a scan without a time of day belongs in its day.
PROGRESS: dict[Milestone, int] = {
    Milestone.UNKNOWN: 0,
    Milestone.LABEL_CREATED: 10,
    Milestone.CANCELLED: 15,
    Milestone.PICKED_UP: 20,
    Milestone.IN_TRANSIT: 30,
    Milestone.LOST: 34,
    Milestone.EXCEPTION: 36,
    Milestone.OUT_FOR_DELIVERY: 40,
    Milestone.ATTEMPT_FAILED: 50,
    Milestone.READY_FOR_PICKUP: 52,
    Milestone.RETURNING: 56,
    Milestone.DELIVERED: 60,
    Milestone.RETURNED: 64,
}


def is_noise(before: Milestone | None, event: TrackingEvent, *, since: datetime | None, later_day: bool) -> bool:
    """Whether a facility scan says too little to move on from `before`, where the shipment stands since `since`."""
    if event.milestone is not Milestone.IN_TRANSIT or since is None:
        return False
    if (before, event.milestone) in LATER_DAY:
        return not later_day
    return FOLLOWS.get((before, event.milestone)) is Move.CORRECT and event.occurred_at - since <= SCAN_LAG


def stage_under(milestone: Milestone | None, before: Milestone | None) -> Milestone | None:
    """How far a parcel in `milestone` had come; `before` is what lay under a trouble it was already in."""
    match milestone:
        case Milestone.EXCEPTION | Milestone.RETURNING | Milestone.LOST:
            return before
        case Milestone.DELIVERED | Milestone.RETURNED:
            return Milestone.IN_TRANSIT  # it was not there after all; the carrier has it, more nobody knows
        case Milestone.CANCELLED:
            return Milestone.LABEL_CREATED
        case _:
            return milestone
