"""What kind of page it is: calm, good, or one of those that need words and a look of their own."""

from enum import StrEnum

from carriers.events import Milestone, Reason
from tracker.domain import orders
from tracker.domain.judgement import COULD_NOT_ASK
from tracker.domain.shipments import DelayCause, Shipment


class Mood(StrEnum):
    """How a page or a parcel's card should feel; the words never need the look to be understood."""

    CALM = "calm"
    GOOD = "good"  # it ended well
    LATE = "late"
    WAITING = "waiting"  # for its reader: collect, correct an address, answer customs, pay
    UNSURE = "unsure"  # no correct information yet
    BLIND = "blind"  # the carrier cannot be asked
    UNPLEASANT = "unpleasant"  # lost, returning, returned, damaged, cancelled


_GONE_WRONG = frozenset({Milestone.RETURNING, Milestone.RETURNED, Milestone.LOST, Milestone.CANCELLED})
_TROUBLES = frozenset({Milestone.EXCEPTION, Milestone.ATTEMPT_FAILED})
_SPOILT = frozenset({Reason.DAMAGED, Reason.NOT_COLLECTED})  # the parcel in trouble will hardly arrive
_NOT_THE_READERS = frozenset(  # troubles that pass, or do not, whatever the reader does
    {Reason.WEATHER, Reason.OPERATIONAL, Reason.MISSENT, Reason.RESCHEDULED, Reason.SECURITY}
)
_SAID_TO_END = frozenset({Milestone.DELIVERED, Milestone.RETURNED})  # and taken back: what is true is open
_READERS = frozenset(  # problems that somebody at the destination can end
    {Reason.CUSTOMS, Reason.ADDRESS, Reason.HELD, Reason.PAYMENT, Reason.SIGNATURE_NEEDED, Reason.REFUSED}
)


def mood(shipment: Shipment, *, can_be_asked: bool) -> Mood:
    """Of one parcel."""
    milestone, reason = shipment.standing.milestone, shipment.standing.reason
    if milestone is Milestone.DELIVERED:
        return Mood.UNPLEASANT if reason is Reason.DAMAGED else Mood.GOOD
    if milestone in _GONE_WRONG or (milestone in _TROUBLES and reason in _SPOILT):
        return Mood.UNPLEASANT
    if needs_reader(milestone, reason):
        return Mood.WAITING
    return _under_way(shipment, can_be_asked=can_be_asked)


def needs_reader(milestone: Milestone | None, reason: Reason | None) -> bool:
    """Whether it moves on sooner, or at all, if its reader does something."""
    if milestone is Milestone.EXCEPTION:
        return reason in _READERS
    if milestone is Milestone.ATTEMPT_FAILED:
        return reason not in _NOT_THE_READERS
    return milestone is Milestone.READY_FOR_PICKUP


def is_blind(shipment: Shipment, *, can_be_asked: bool) -> bool:
    """Whether what we show may be behind the parcel, because nobody could ask."""
    return not can_be_asked or shipment.watch.outcome in COULD_NOT_ASK


def _under_way(shipment: Shipment, *, can_be_asked: bool) -> Mood:
    if is_blind(shipment, can_be_asked=can_be_asked):
        return Mood.BLIND
    standing = shipment.standing
    if standing.milestone is None or standing.corrected_from in _SAID_TO_END:
        return Mood.UNSURE
    if shipment.judgement.delayed is DelayCause.NEVER_SCANNED:
        return Mood.UNSURE
    return Mood.LATE if orders.is_delayed(shipment) else Mood.CALM
