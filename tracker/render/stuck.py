"""Why a shipment is on the queue, what would be normal, and what to do next: one wording for all three faces."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from carriers.events import Milestone, Reason
from tracker.domain.judgement import TROUBLE, URGENT, Patience
from tracker.domain.notices import WhyNot
from tracker.domain.problems import Problem, StuckReason
from tracker.domain.shipments import LookOutcome, Shipment
from tracker.render.words import carrier_title

LABELS: dict[StuckReason, str] = {
    StuckReason.LOST: "Lost",
    StuckReason.NOT_THERE: "Delivered, not there",
    StuckReason.ADDRESS: "Address",
    StuckReason.CUSTOMS: "Customs",
    StuckReason.EXCEPTION: "Exception",
    StuckReason.RETURNING: "Returning",
    StuckReason.PICKUP_ENDING: "Pickup running out",
    StuckReason.ATTEMPT_FAILED: "Attempt failed",
    StuckReason.SILENT: "Silent",
    StuckReason.PAST_PROMISE: "Past promise",
    StuckReason.NEVER_SCANNED: "Never scanned",
    StuckReason.CANNOT_ASK: "Carrier cannot be asked",
    StuckReason.NUMBER_UNKNOWN: "Number unknown",
    StuckReason.NOT_TOLD: "Shopper not told",
}
URGENCY = {1: "when you can", 2: "today", 3: "now"}
FAILING = {
    LookOutcome.DOWN: "down",
    LookOutcome.REFUSED: "refuses our credentials",
    LookOutcome.UNREADABLE: "answers in a shape we cannot read",
    LookOutcome.BUSY: "turns us away: too many questions",
}

_CAUSES: dict[Reason, str] = {
    Reason.DAMAGED: "the parcel is damaged",
    Reason.WEATHER: "bad weather",
    Reason.OPERATIONAL: "a delay of its own",
    Reason.MISSENT: "it was sent the wrong way",
    Reason.HELD: "it is on hold",
    Reason.PAYMENT: "a payment is due",
    Reason.RECIPIENT_ABSENT: "nobody was there",
    Reason.BUSINESS_CLOSED: "the business was closed",
    Reason.SIGNATURE_NEEDED: "a signature is needed",
    Reason.REFUSED: "the parcel was refused",
    Reason.NOT_COLLECTED: "nobody collected it in time",
    Reason.ADDRESS: "the address",
    Reason.CUSTOMS: "customs",
    Reason.SECURITY: "a security check",
    Reason.RESCHEDULED: "it was moved to another day",
}
_TO_DO: dict[Reason, str] = {  # about an exception
    Reason.DAMAGED: "Claim the damage from {carrier}, and send a replacement.",
    Reason.PAYMENT: "Find out what is to be paid and by whom, and settle it with {carrier}.",
    Reason.WEATHER: "Tell the shopper; {carrier} goes on by itself when it can.",
    Reason.REFUSED: "Ask the shopper why, before it is sent back.",
}
_FAILED_LOOKS: dict[LookOutcome, tuple[str, str]] = {  # what is so, and what to do
    LookOutcome.DOWN: (
        "{carrier} has not answered since {since}. Where the parcel is now, nobody here knows.",
        "Nothing for this parcel: looks go on by themselves. `wismo doctor` says whether {carrier} answers again.",
    ),
    LookOutcome.REFUSED: (
        "{carrier} has refused our credentials since {since}.",
        "Renew the credentials of {carrier} in the settings; `wismo doctor` tries them.",
    ),
    LookOutcome.UNREADABLE: (
        "{carrier} has answered since {since} in a shape we cannot read.",
        "Look the number up at {carrier}. The answers are kept: report the change, then read one with `wismo read`.",
    ),
    LookOutcome.BUSY: (
        "{carrier} has turned our questions away since {since}: too many of them.",
        "Ask {carrier} for a larger quota, or lower ours in config/carriers.toml.",
    ),
}
_UNTOLD: dict[str, tuple[str, str]] = {  # why not, and what to do
    WhyNot.NO_ADDRESS: (
        "there is no address to write to",
        "State an e-mail address or a phone number with the order; what comes next is told there.",
    ),
    WhyNot.REFUSED_BY_PROVIDER: (
        "the address does not take messages",
        "Get a working address from the shopper and state it with the order.",
    ),
    WhyNot.UNDELIVERED: (
        "the network gave it up",
        "Check the number or address with the shopper, and tell them yourself.",
    ),
    WhyNot.OPTED_OUT: (
        "earlier messages to this address came back",
        "Get a working address from the shopper and state it with the order.",
    ),
    WhyNot.RENDER_FAILED: (
        "the message could not be written",
        "The log names the template at fault; tell the shopper yourself meanwhile.",
    ),
    WhyNot.ANSWER_LOST: (
        "the provider's answer was lost, so it may or may not have arrived",
        "Tell the shopper yourself if it matters: it is not sent twice by itself.",
    ),
}
_UNTOLD_OTHERWISE = ("the provider could not deliver it", "Check the address with the shopper, and tell them yourself.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One problem as ops reads it."""

    label: str
    why: str
    normal: str
    todo: str


def in_words(shipment: Shipment, problem: Problem, patience: Patience) -> Words:
    """Sentences about one problem of a shipment. Instants are in UTC; days are the destination's."""
    since = moment(_happened(shipment, problem))
    names = {"carrier": carrier_title(shipment.carrier) or "the carrier", "since": since}
    said = _SAID.get(problem.reason) or _SPEAKERS[problem.reason](shipment, patience)
    why, normal, todo = (each.format(**names) for each in said)
    return Words(label=LABELS[problem.reason], why=why, normal=normal, todo=todo)


def _happened(shipment: Shipment, problem: Problem) -> datetime:
    """When the carrier says it began; silence about it may have made it a graver problem only later."""
    return shipment.standing.since or problem.since if problem.reason in _BY_MILESTONE else problem.since


def moment(at: datetime) -> str:
    """20 Nov 14:05 UTC."""
    shown = at.astimezone(UTC)
    return f"{shown.day} {shown:%b %H:%M} UTC"


def span(length: timedelta) -> str:
    """The two largest units: "2 days 4 hours", "5 hours"; minutes only below an hour."""
    hours = max(0, length // timedelta(hours=1))
    days, rest = divmod(hours, 24)
    units = [("day", days), ("hour", rest)] if hours else [("minute", max(0, length // timedelta(minutes=1)))]
    said = [f"{n} {name}{'' if n == 1 else 's'}" for name, n in units if n]
    return " ".join(said) or "less than a minute"


Spoken = tuple[str, str, str]

_SAID: dict[StuckReason, Spoken] = {  # the same whatever else is known
    StuckReason.LOST: (
        "{carrier} has said since {since} that it cannot find the parcel.",
        "Found within a day.",
        "Claim it from {carrier}, and send a replacement or refund it.",
    ),
    StuckReason.NOT_THERE: (
        "{carrier} says it was delivered; the shopper wrote on {since} that it is not there.",
        "In the shopper's hands when it says delivered.",
        "Ask {carrier} for proof of delivery and a search, answer the shopper, then close the ticket.",
    ),
    StuckReason.CUSTOMS: (
        "Customs has held it since {since}.",
        "Cleared within a working day, without questions.",
        "Ask {carrier} which paper or payment is missing, and hand it in.",
    ),
    StuckReason.ADDRESS: (
        "{carrier} cannot deliver to the address as it stands, since {since}.",
        "An address that the driver finds.",
        "Get the right address from the shopper and give it to {carrier} today, or the parcel goes back.",
    ),
}

# What a scan says, not what silence means.
_BY_MILESTONE = frozenset(reason for reason, _ in (*TROUBLE.values(), *URGENT.values()))


def _never_scanned(shipment: Shipment, patience: Patience) -> Spoken:
    label = f"Announced on {moment(shipment.standing.since or shipment.created_at)}"
    return (
        f"{label}, but {{carrier}} has not scanned it once.",
        f"A first scan within {span(patience.never_scanned)}, counting days on which {{carrier}} works.",
        "Check that the parcel was handed over. If it was, ask {carrier} to search for it.",
    )


def _silent(shipment: Shipment, patience: Patience) -> Spoken:
    heard = shipment.scanned_at or shipment.standing.since or shipment.created_at
    limit = patience.silent.get(shipment.standing.milestone) if shipment.standing.milestone else None
    return (
        f"Last scanned on {moment(heard)} ({_stood(shipment)}); {{carrier}} has said nothing since.",
        f"No scan for {span(limit)} of working days at most." if limit else "A scan on every working day.",
        "Ask {carrier} where it is, and tell the shopper before they ask.",
    )


def _past_promise(shipment: Shipment, patience: Patience) -> Spoken:
    window = shipment.window
    day = f"{window.last_day.day} {window.last_day:%b}" if window else "an earlier day"
    who = "{carrier}" if window is None or window.promised_by == "carrier" else "the shop"
    return (
        f"Promised for {day} by {who}, and not delivered ({_stood(shipment)}).",
        f"Delivered by the end of {day}; it counts as late {span(patience.promise_grace)} after that.",
        "Ask {carrier} for a new day, and tell the shopper.",
    )


def _exception(shipment: Shipment, patience: Patience) -> Spoken:
    reason = shipment.standing.reason
    cause = _CAUSES.get(reason, reason.replace("_", " ")) if reason else ""
    normal = f"A new scan within {span(patience.silent.get(Milestone.EXCEPTION, timedelta(days=1)))}."
    todo = _TO_DO.get(reason, "Ask {carrier} what it needs to go on.") if reason else "Ask {carrier} what is wrong."
    return (f"{{carrier}} reports a problem{f': {cause}' if cause else ''}.", normal, todo)


def _attempt_failed(shipment: Shipment, _patience: Patience) -> Spoken:
    reason = shipment.standing.reason
    cause = f": {_CAUSES[reason]}" if reason in _CAUSES else ""
    nth = f" (attempt {shipment.standing.visit})" if shipment.standing.visit > 1 else ""
    return (
        f"{{carrier}} tried to deliver on {{since}}{nth} and could not{cause}.",
        "A second attempt on the next working day.",
        "See that the shopper knows; after the last attempt it goes to a counter or back.",
    )


def _pickup_ending(shipment: Shipment, patience: Patience) -> Spoken:
    until = f"until {shipment.pickup_by.day} {shipment.pickup_by:%b}" if shipment.pickup_by else "for a while already"
    waits = patience.silent.get(Milestone.READY_FOR_PICKUP, timedelta(days=7))
    return (
        f"It waits to be collected {until}, and nobody has come.",
        f"Collected more than {span(patience.pickup_ending)} before the last day."
        if shipment.pickup_by
        else f"Collected within {span(waits)}.",
        "Remind the shopper; after that {carrier} sends it back.",
    )


def _returning(shipment: Shipment, _patience: Patience) -> Spoken:
    reason = shipment.standing.reason
    cause = f": {_CAUSES[reason]}" if reason in _CAUSES else ""
    return (
        f"On its way back since {{since}}{cause}.",
        "Delivered to the shopper.",
        "Ask the shopper what went wrong, then send it again or refund it.",
    )


def _cannot_ask(shipment: Shipment, patience: Patience) -> Spoken:
    outcome = shipment.watch.outcome
    why, todo = _FAILED_LOOKS.get(outcome or LookOutcome.DOWN, _FAILED_LOOKS[LookOutcome.DOWN])
    failing = shipment.watch.failing_since
    since = moment(failing) if failing else "{since}"
    return (why.replace("{since}", since), f"An answer at least every {span(patience.cannot_ask)}.", todo)


def _number_unknown(shipment: Shipment, patience: Patience) -> Spoken:
    times = f"{shipment.watch.looks} look{'' if shipment.watch.looks == 1 else 's'}"
    return (
        f"{{carrier}} does not know this number, after {times}.",
        f"Known to {{carrier}} within {span(patience.number_unknown)}.",
        "Check number and carrier for a mistake and correct them with the order.",
    )


def _not_told(shipment: Shipment, _patience: Patience) -> Spoken:
    untold = shipment.untold
    if untold is None:
        return ("The shopper could not be told.", "Told on one channel at least.", _UNTOLD_OTHERWISE[1])
    why, todo = _UNTOLD.get(untold.why, _UNTOLD_OTHERWISE)
    notice = untold.notice.replace("_", " ")
    return (f'The shopper was not told "{notice}": {why} ({untold.channel}).', "Told on one channel at least.", todo)


def _stood(shipment: Shipment) -> str:
    milestone = shipment.standing.milestone
    return milestone.replace("_", " ") if milestone else "no scan yet"


_SPEAKERS: dict[StuckReason, Callable[[Shipment, Patience], Spoken]] = {
    StuckReason.EXCEPTION: _exception,
    StuckReason.RETURNING: _returning,
    StuckReason.PICKUP_ENDING: _pickup_ending,
    StuckReason.ATTEMPT_FAILED: _attempt_failed,
    StuckReason.SILENT: _silent,
    StuckReason.PAST_PROMISE: _past_promise,
    StuckReason.NEVER_SCANNED: _never_scanned,
    StuckReason.CANNOT_ASK: _cannot_ask,
    StuckReason.NUMBER_UNKNOWN: _number_unknown,
    StuckReason.NOT_TOLD: _not_told,
}
