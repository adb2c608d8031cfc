"""What each milestone and reason is called when people read it; no code of ours or of a carrier ever shows."""

from functools import lru_cache

from carriers.events import Milestone, Phase, Place, Reason, TrackingEvent
from tracker.domain.orders import OrderStage
from tracker.domain.shipments import DelayCause
from tracker.render.languages import N_, Language
from tracker.render.lists import isolated
from tracker.render.plain import NAME_LIMIT, one_line

CARRIERS = {"ups": "UPS", "usps": "USPS", "fedex": "FedEx", "dhl": "DHL"}

HEADLINES: dict[Milestone, str] = {
    Milestone.LABEL_CREATED: N_("Packed, waiting for %(carrier)s"),
    Milestone.PICKED_UP: N_("%(carrier)s has your parcel"),
    Milestone.IN_TRANSIT: N_("On its way"),
    Milestone.OUT_FOR_DELIVERY: N_("Out for delivery"),
    Milestone.ATTEMPT_FAILED: N_("%(carrier)s could not deliver"),
    Milestone.READY_FOR_PICKUP: N_("Ready to collect"),
    Milestone.DELIVERED: N_("Delivered"),
    Milestone.EXCEPTION: N_("Something is holding it up"),
    Milestone.RETURNING: N_("On its way back to %(shop)s"),
    Milestone.RETURNED: N_("Returned to %(shop)s"),
    Milestone.LOST: N_("%(carrier)s cannot find your parcel"),
    Milestone.CANCELLED: N_("Shipment cancelled"),
    Milestone.UNKNOWN: N_("News from %(carrier)s"),
}

STAGES: dict[OrderStage, str] = {
    OrderStage.PLACED: N_("Order received"),
    OrderStage.CONFIRMED: N_("Confirmed"),
    OrderStage.PACKED: N_("Packed"),
    OrderStage.SHIPPED: N_("Shipped"),
    OrderStage.IN_TRANSIT: N_("In transit"),
    OrderStage.OUT_FOR_DELIVERY: N_("Out for delivery"),
    OrderStage.DELIVERED: N_("Delivered"),
    OrderStage.RETURNED: N_("Returned"),
    OrderStage.CANCELLED: N_("Cancelled"),
}

SENTENCES: dict[Milestone, str] = {
    Milestone.LABEL_CREATED: N_("%(shop)s has announced the parcel to %(carrier)s, which does not have it yet."),
    Milestone.PICKED_UP: N_("%(carrier)s has taken over the parcel."),
    Milestone.IN_TRANSIT: N_("The parcel is on the move."),
    Milestone.OUT_FOR_DELIVERY: N_("The parcel is out for delivery."),
    Milestone.ATTEMPT_FAILED: N_("%(carrier)s tried to deliver and could not."),
    Milestone.READY_FOR_PICKUP: N_("The parcel is waiting to be collected."),
    Milestone.DELIVERED: N_("The parcel was delivered."),
    Milestone.EXCEPTION: N_("Something is holding the parcel up."),
    Milestone.RETURNING: N_("The parcel is on its way back to %(shop)s."),
    Milestone.RETURNED: N_("The parcel is back at %(shop)s."),
    Milestone.LOST: N_("%(carrier)s cannot find the parcel."),
    Milestone.CANCELLED: N_("The shipment was cancelled."),
    Milestone.UNKNOWN: N_("%(carrier)s reported something we cannot interpret yet."),
}

# The headline of a problem. A place is none: what went wrong there stands in the story.
PROBLEMS: dict[Reason, str] = {
    Reason.CUSTOMS: N_("Waiting for customs"),
    Reason.ADDRESS: N_("A problem with the address"),
    Reason.DAMAGED: N_("The parcel was damaged"),
    Reason.WEATHER: N_("Held up by the weather"),
    Reason.OPERATIONAL: N_("Held up at %(carrier)s"),
    Reason.MISSENT: N_("Sent the wrong way"),
    Reason.HELD: N_("On hold at %(carrier)s"),
    Reason.PAYMENT: N_("A payment is due"),
    Reason.RECIPIENT_ABSENT: N_("Nobody was there"),
    Reason.BUSINESS_CLOSED: N_("The business was closed"),
    Reason.SIGNATURE_NEEDED: N_("A signature is needed"),
    Reason.REFUSED: N_("The parcel was refused"),
    Reason.NOT_COLLECTED: N_("Not collected in time"),
    Reason.RESCHEDULED: N_("Moved to another day"),
    Reason.SECURITY: N_("Held for a security check"),
}

# The same within a sentence, and what a subject line gives as the cause.
CAUSES: dict[Reason, str] = {
    Reason.CUSTOMS: N_("customs"),
    Reason.ADDRESS: N_("a problem with the address"),
    Reason.DAMAGED: N_("damage"),
    Reason.WEATHER: N_("the weather"),
    Reason.OPERATIONAL: N_("a delay at %(carrier)s"),
    Reason.MISSENT: N_("it was sent the wrong way"),
    Reason.HELD: N_("it was put on hold"),
    Reason.PAYMENT: N_("a payment is due"),
    Reason.RECIPIENT_ABSENT: N_("nobody was there"),
    Reason.BUSINESS_CLOSED: N_("the business was closed"),
    Reason.SIGNATURE_NEEDED: N_("a signature is needed"),
    Reason.REFUSED: N_("it was refused"),
    Reason.NOT_COLLECTED: N_("it was not collected in time"),
    Reason.RESCHEDULED: N_("it was moved to another day"),
    Reason.SECURITY: N_("a security check"),
    Reason.ACCESS_POINT: N_("a pickup point"),
    Reason.NEIGHBOUR: N_("a neighbor"),
    Reason.LOCKER: N_("a parcel locker"),
    Reason.SAFE_PLACE: N_("a safe place"),
    Reason.MAILBOX: N_("the mailbox"),
    Reason.FRONT_DESK: N_("the front desk"),
    Reason.POST_OFFICE: N_("a post office"),
}

# Pairs that people say in one breath; every other pair is the milestone's sentence and the carrier's reason after it.
TOGETHER: dict[tuple[Milestone, Reason], str] = {
    (Milestone.DELIVERED, Reason.ACCESS_POINT): N_("The parcel was collected at a pickup point."),
    (Milestone.DELIVERED, Reason.NEIGHBOUR): N_("The parcel was left with a neighbor."),
    (Milestone.DELIVERED, Reason.LOCKER): N_("The parcel was put into a parcel locker."),
    (Milestone.DELIVERED, Reason.SAFE_PLACE): N_("The parcel was left in a safe place."),
    (Milestone.DELIVERED, Reason.MAILBOX): N_("The parcel was put into the mailbox."),
    (Milestone.DELIVERED, Reason.FRONT_DESK): N_("The parcel was handed in at the front desk."),
    (Milestone.DELIVERED, Reason.POST_OFFICE): N_("The parcel was handed over at a post office."),
    (Milestone.DELIVERED, Reason.DAMAGED): N_("The parcel was delivered damaged."),
    (Milestone.LOST, Reason.DAMAGED): N_("The parcel was damaged and cannot be delivered."),
    (Milestone.READY_FOR_PICKUP, Reason.ACCESS_POINT): N_("The parcel is waiting for you at a pickup point."),
    (Milestone.READY_FOR_PICKUP, Reason.LOCKER): N_("The parcel is waiting for you in a parcel locker."),
    (Milestone.READY_FOR_PICKUP, Reason.POST_OFFICE): N_("The parcel is waiting for you at a post office."),
    (Milestone.ATTEMPT_FAILED, Reason.RECIPIENT_ABSENT): N_("%(carrier)s tried to deliver, but nobody was there."),
    (Milestone.ATTEMPT_FAILED, Reason.BUSINESS_CLOSED): N_(
        "%(carrier)s tried to deliver, but the business was closed."
    ),
    (Milestone.ATTEMPT_FAILED, Reason.SIGNATURE_NEEDED): N_("%(carrier)s tried to deliver and needs a signature."),
    (Milestone.ATTEMPT_FAILED, Reason.PAYMENT): N_("%(carrier)s tried to deliver; a payment is due."),
    (Milestone.ATTEMPT_FAILED, Reason.ADDRESS): N_("%(carrier)s tried to deliver and could not find the address."),
    (Milestone.ATTEMPT_FAILED, Reason.REFUSED): N_("%(carrier)s tried to deliver, but the parcel was refused."),
    (Milestone.ATTEMPT_FAILED, Reason.DAMAGED): N_("%(carrier)s did not deliver the parcel because it is damaged."),
    (Milestone.ATTEMPT_FAILED, Reason.RESCHEDULED): N_("%(carrier)s moved the delivery to another day."),
    (Milestone.ATTEMPT_FAILED, Reason.ACCESS_POINT): N_(
        "%(carrier)s could not hand the parcel over at the pickup point."
    ),
    (Milestone.ATTEMPT_FAILED, Reason.LOCKER): N_("%(carrier)s could not put the parcel into the locker."),
    (Milestone.ATTEMPT_FAILED, Reason.NOT_COLLECTED): N_("The parcel was not collected in time."),
    (Milestone.EXCEPTION, Reason.ACCESS_POINT): N_("Something is holding the parcel up at the pickup point."),
    (Milestone.IN_TRANSIT, Reason.CUSTOMS): N_("The parcel is going through customs."),
    (Milestone.EXCEPTION, Reason.CUSTOMS): N_("Customs is holding the parcel."),
    (Milestone.EXCEPTION, Reason.ADDRESS): N_("%(carrier)s cannot deliver to the address as it stands."),
    (Milestone.EXCEPTION, Reason.DAMAGED): N_("%(carrier)s says the parcel was damaged."),
    (Milestone.EXCEPTION, Reason.WEATHER): N_("Bad weather is holding the parcel up."),
    (Milestone.EXCEPTION, Reason.OPERATIONAL): N_("A delay at %(carrier)s is holding the parcel up."),
    (Milestone.EXCEPTION, Reason.MISSENT): N_("The parcel was sent the wrong way."),
    (Milestone.EXCEPTION, Reason.HELD): N_("%(carrier)s has put the parcel on hold."),
    (Milestone.EXCEPTION, Reason.PAYMENT): N_("%(carrier)s is waiting for a payment."),
    (Milestone.EXCEPTION, Reason.REFUSED): N_("%(carrier)s says the parcel was refused."),
    (Milestone.EXCEPTION, Reason.NOT_COLLECTED): N_("The parcel was not collected in time."),
    (Milestone.EXCEPTION, Reason.RESCHEDULED): N_("%(carrier)s moved the delivery to another day."),
    (Milestone.EXCEPTION, Reason.SECURITY): N_("The parcel is held for a security check."),
    (Milestone.RETURNING, Reason.REFUSED): N_("The parcel was refused and is on its way back to %(shop)s."),
    (Milestone.RETURNING, Reason.NOT_COLLECTED): N_("The parcel was not collected and is on its way back to %(shop)s."),
}

DELAYS: dict[DelayCause, str] = {
    DelayCause.MILESTONE: N_("The parcel is later than planned."),
    DelayCause.PROMISE_PASSED: N_("The parcel was not delivered on the day it was expected."),
    DelayCause.SILENT: N_("%(carrier)s has scanned nothing for longer than is usual."),
    DelayCause.NEVER_SCANNED: N_("%(carrier)s was told of this parcel but has not scanned it once."),
    DelayCause.PICKUP_ENDING: N_("The parcel is still waiting to be collected, and its time is running out."),
}

ANNOUNCED = N_("%(shop)s has announced the parcel to %(carrier)s.")  # a line of history: by now the carrier may have it
ARRIVED_LAST = N_("The parcel has arrived at the depot that will deliver it.")
SCANNED = N_("Scanned in %(place)s.")
FORECAST = N_("%(carrier)s has updated its forecast.")
TAKEN_BACK = N_("%(carrier)s took back an earlier report.")
REASON_GIVEN = N_("Reason given: %(cause)s.")
LEFT = N_("%(carrier)s notes: %(spot)s.")
_PLACES = CAUSES.keys() - PROBLEMS.keys()  # where a parcel was left is a reason only of trouble there
TROUBLES = frozenset({Milestone.EXCEPTION, Milestone.ATTEMPT_FAILED})
DESTROYED = (Milestone.LOST, Reason.DAMAGED)  # nobody looks for what was thrown away


def headline(language: Language, milestone: Milestone, reason: Reason | None, **names: str) -> str:
    """A few words for a heading; a problem is named by its reason."""
    if reason in PROBLEMS and (milestone in TROUBLES or (milestone, reason) == DESTROYED):
        return language.say(PROBLEMS[reason], **names)
    return language.say(HEADLINES[milestone], **names)


def event_sentence(
    language: Language, milestone: Milestone, reason: Reason | None, *, left_with: str = "", **names: str
) -> str:
    """What happened, in one or two sentences of ours."""
    spoken = [_what_happened(language, milestone, reason, **names)]
    if left_with and milestone is Milestone.DELIVERED:
        spoken.append(language.say(LEFT, spot=isolated(language, one_line(left_with)), **names))
    return language.joined(spoken)


def explains(milestone: Milestone, reason: Reason) -> bool:
    """Whether the carrier's reason says anything about this milestone: a mailbox does not about a return."""
    return reason not in _PLACES or milestone in TROUBLES or (milestone, reason) in TOGETHER


def scan_sentence(language: Language, event: TrackingEvent, *, where: str, **names: str) -> str:
    """The line of one scan in the timeline."""
    if event.retracts:
        return language.say(TAKEN_BACK, **names)
    if event.forecast:
        return language.say(FORECAST, **names)
    if event.milestone is Milestone.LABEL_CREATED:
        return language.say(ANNOUNCED, **names)
    if event.milestone is Milestone.IN_TRANSIT and event.reason is None:
        if event.phase is Phase.ARRIVED_LAST:
            return language.say(ARRIVED_LAST)
        if where:
            return language.say(SCANNED, place=where)
    return event_sentence(language, event.milestone, event.reason, **names)


def delay_sentence(language: Language, delay: DelayCause, **names: str) -> str:
    """Why we call it late."""
    return language.say(DELAYS[delay], **names)


def cause(language: Language, reason: Reason, **names: str) -> str:
    """The reason within a sentence: "nobody was there"."""
    return language.say(CAUSES[reason], **names)


def stage(language: Language, value: OrderStage) -> str:
    """The order's progress in one or two words."""
    return language.say(STAGES[value])


@lru_cache(maxsize=4096)  # the same depots on every page
def place(language: Language, value: Place | None, *, home: str = "") -> str:
    """City and region, and the country where it is not the reader's own; carriers shout their cities, we do not."""
    if value is None:
        return ""
    is_abroad = value.country not in ("", home or language.locale.territory)
    country = language.locale.territories.get(value.country, value.country) if is_abroad else ""
    town, region, abroad = (one_line(part, NAME_LIMIT) for part in (_quietly(value.city), value.region, country))
    if language.direction != "rtl":
        return ", ".join(isolated(language, part) for part in (town, region, abroad) if part)
    here = ", ".join(part for part in (town, region) if part)  # one name: taken apart they stand as NY ,Brooklyn
    return "\u060c ".join(isolated(language, part) for part in (here, abroad) if part)


def names(language: Language, carrier: str, *, shop: str) -> dict[str, str]:
    """The two names our sentences need; some sentence may always ask for both."""
    return {"carrier": carrier_title(carrier) or language.say("the carrier"), "shop": one_line(shop)}


def carrier_title(name: str) -> str:
    """As the carrier writes itself: ups -> UPS."""
    return CARRIERS.get(name, one_line(name).title())


def _what_happened(language: Language, milestone: Milestone, reason: Reason | None, **names: str) -> str:
    if reason is None or not explains(milestone, reason):
        return language.say(SENTENCES[milestone], **names)
    if (milestone, reason) in TOGETHER:
        return language.say(TOGETHER[milestone, reason], **names)
    given = language.say(REASON_GIVEN, cause=cause(language, reason, **names))
    return language.joined((language.say(SENTENCES[milestone], **names), given))


def _quietly(city: str) -> str:
    return city.title() if city.isupper() and len(city) > 3 else city
