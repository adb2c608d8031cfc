"""Which three questions a page answers, as its order stands."""

from enum import StrEnum

from carriers.events import Milestone, Reason
from tracker.domain.orders import Order, OrderStage
from tracker.domain.shipments import LookOutcome, Shipment
from tracker.render.moods import Mood


class Topic(StrEnum):
    """One question; its id in the files under templates/faq."""

    READY = "ready"
    LABEL_CREATED = "label-created"
    NO_SCAN = "no-scan"
    UNKNOWN_NUMBER = "unknown-number"
    CANNOT_ASK = "cannot-ask"
    TODAY = "today"
    DRIVER = "driver"
    NOBODY_HOME = "nobody-home"
    ANOTHER_DAY = "another-day"
    COLLECT = "collect"
    SOMEBODY_ELSE = "somebody-else"
    MISSING = "missing"
    DAMAGED = "damaged"
    ADDRESS = "address"
    CUSTOMS = "customs"
    DUTIES = "duties"
    HELD = "held"
    DELAY = "delay"
    LOST = "lost"
    SENT_BACK = "sent-back"
    REFUND = "refund"
    PARCELS = "parcels"
    RETURN = "return"
    CANCELLED = "cancelled"
    CONTACT = "contact"


class Situation(StrEnum):
    """How an order stands, as far as its reader's questions differ; a brand may choose topics by it."""

    GETTING_READY = "getting_ready"
    ANNOUNCED = "announced"
    NOT_KNOWN = "not_known"
    NEVER_SCANNED = "never_scanned"
    BLIND = "blind"
    MOVING = "moving"
    LATE = "late"
    OUT = "out"
    ATTEMPTED = "attempted"
    PICKUP = "pickup"
    DELIVERED = "delivered"
    CUSTOMS = "customs"
    ADDRESS = "address"
    DAMAGED = "damaged"
    HELD = "held"
    HELD_UP = "held_up"
    RETURNING = "returning"
    RETURNED = "returned"
    LOST = "lost"
    CANCELLED = "cancelled"


TOPICS: dict[Situation, tuple[Topic, Topic, Topic]] = {
    Situation.GETTING_READY: (Topic.READY, Topic.ADDRESS, Topic.CONTACT),
    Situation.ANNOUNCED: (Topic.LABEL_CREATED, Topic.NO_SCAN, Topic.ADDRESS),
    Situation.NOT_KNOWN: (Topic.UNKNOWN_NUMBER, Topic.LABEL_CREATED, Topic.CONTACT),
    Situation.NEVER_SCANNED: (Topic.NO_SCAN, Topic.LABEL_CREATED, Topic.CONTACT),
    Situation.BLIND: (Topic.CANNOT_ASK, Topic.TODAY, Topic.CONTACT),
    Situation.MOVING: (Topic.TODAY, Topic.NO_SCAN, Topic.ANOTHER_DAY),
    Situation.LATE: (Topic.DELAY, Topic.NO_SCAN, Topic.LOST),
    Situation.OUT: (Topic.DRIVER, Topic.TODAY, Topic.NOBODY_HOME),
    Situation.ATTEMPTED: (Topic.NOBODY_HOME, Topic.ANOTHER_DAY, Topic.COLLECT),
    Situation.PICKUP: (Topic.COLLECT, Topic.SOMEBODY_ELSE, Topic.CONTACT),
    Situation.DELIVERED: (Topic.MISSING, Topic.DAMAGED, Topic.RETURN),
    Situation.CUSTOMS: (Topic.CUSTOMS, Topic.DUTIES, Topic.DELAY),
    Situation.ADDRESS: (Topic.ADDRESS, Topic.DELAY, Topic.CONTACT),
    Situation.DAMAGED: (Topic.DAMAGED, Topic.REFUND, Topic.CONTACT),
    Situation.HELD: (Topic.HELD, Topic.DUTIES, Topic.CONTACT),
    Situation.HELD_UP: (Topic.DELAY, Topic.NO_SCAN, Topic.LOST),
    Situation.RETURNING: (Topic.SENT_BACK, Topic.REFUND, Topic.CONTACT),
    Situation.RETURNED: (Topic.REFUND, Topic.SENT_BACK, Topic.CONTACT),
    Situation.LOST: (Topic.LOST, Topic.REFUND, Topic.CONTACT),
    Situation.CANCELLED: (Topic.CANCELLED, Topic.REFUND, Topic.CONTACT),
}

_MILESTONES: dict[Milestone, Situation] = {
    Milestone.LABEL_CREATED: Situation.ANNOUNCED,
    Milestone.PICKED_UP: Situation.MOVING,
    Milestone.IN_TRANSIT: Situation.MOVING,
    Milestone.OUT_FOR_DELIVERY: Situation.OUT,
    Milestone.ATTEMPT_FAILED: Situation.ATTEMPTED,
    Milestone.READY_FOR_PICKUP: Situation.PICKUP,
    Milestone.DELIVERED: Situation.DELIVERED,
    Milestone.EXCEPTION: Situation.HELD_UP,
    Milestone.RETURNING: Situation.RETURNING,
    Milestone.RETURNED: Situation.RETURNED,
    Milestone.LOST: Situation.LOST,
    Milestone.CANCELLED: Situation.CANCELLED,
    Milestone.UNKNOWN: Situation.MOVING,
}
_TROUBLES: dict[Reason, Situation] = {  # in trouble the reason decides
    Reason.CUSTOMS: Situation.CUSTOMS,
    Reason.ADDRESS: Situation.ADDRESS,
    Reason.DAMAGED: Situation.DAMAGED,
    Reason.HELD: Situation.HELD,
    Reason.PAYMENT: Situation.HELD,
    Reason.SIGNATURE_NEEDED: Situation.HELD,
    Reason.REFUSED: Situation.RETURNING,
    Reason.NOT_COLLECTED: Situation.RETURNING,
}
_IN_TROUBLE = frozenset({Milestone.EXCEPTION, Milestone.ATTEMPT_FAILED})
_ON_THE_WAY = frozenset({Situation.ANNOUNCED, Situation.MOVING, Situation.OUT})


def situation(order: Order, shipment: Shipment | None, mood: Mood) -> Situation:
    """How the order stands; `shipment`: the one its page speaks of."""
    if order.state.stage is OrderStage.CANCELLED:
        return Situation.CANCELLED
    if shipment is None:
        return Situation.GETTING_READY
    standing = shipment.standing
    if standing.milestone in _IN_TROUBLE and standing.reason in _TROUBLES:
        return _TROUBLES[standing.reason]
    found = _MILESTONES[standing.milestone] if standing.milestone else Situation.ANNOUNCED
    return _under_way(shipment, mood) or found if found in _ON_THE_WAY else found


def topics(order: Order, stands: Situation) -> tuple[Topic, ...]:
    """The three questions; with several parcels not yet there, one is about them."""
    first, second, third = TOPICS[stands]
    open_parcels = order.state.parcels - order.state.delivered
    return (first, second, Topic.PARCELS if order.state.parcels > 1 and open_parcels else third)


def _under_way(shipment: Shipment, mood: Mood) -> Situation | None:
    """What is more than its milestone says."""
    if mood is Mood.BLIND:
        return Situation.BLIND
    if shipment.standing.milestone is None and shipment.watch.outcome is LookOutcome.NOT_KNOWN_YET:
        return Situation.NOT_KNOWN
    if mood is Mood.UNSURE and shipment.judgement.delayed:
        return Situation.NEVER_SCANNED
    return Situation.LATE if mood is Mood.LATE else None
