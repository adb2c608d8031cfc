"""The forms by which a reader tells the shop what is wrong, and how content they were, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from carriers.events import TrackingEvent
from tracker.domain import tickets
from tracker.domain.brands import Brand
from tracker.domain.orders import Order
from tracker.domain.shipments import Shipment, ShipmentId
from tracker.domain.tickets import NEEDED, Check, Report, TicketKind
from tracker.render import times, words
from tracker.render.languages import N_, Language
from tracker.render.plain import one_line

LONGEST = 1000  # characters of a comment


class Wrong(StrEnum):
    """Why a form was not taken."""

    CHECKS = "checks"
    EMPTY = "empty"
    LONG = "long"
    SCORE = "score"
    TOO_OFTEN = "too_often"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class _Form:
    """What differs from one kind of report to another."""

    title: str
    lead: str
    comment: str
    button: str


FORMS: dict[TicketKind, _Form] = {
    TicketKind.MISSING: _Form(
        N_("It says delivered, and you do not have it?"),
        N_("Most of these parcels turn up close by. Please look first, and tick what you have done."),
        N_("Anything else that %(shop)s should know? (optional)"),
        N_("Tell %(shop)s that it is missing"),
    ),
    TicketKind.ADDRESS: _Form(
        N_("What is wrong with the address?"),
        N_("%(shop)s passes it on. Once a parcel is on its way, it cannot always be redirected."),
        N_("The right address, or what is missing in it"),
        N_("Send it to %(shop)s"),
    ),
    TicketKind.DAMAGED: _Form(
        N_("What is damaged?"),
        N_("Keep the parcel and its packaging, and take pictures. %(shop)s may ask you for them."),
        N_("What is damaged, and how?"),
        N_("Send it to %(shop)s"),
    ),
    TicketKind.PROBLEM: _Form(
        N_("What is the problem?"),
        N_("%(shop)s sees this page too. You need not repeat what stands on it."),
        N_("Tell %(shop)s in your own words"),
        N_("Send it to %(shop)s"),
    ),
}
CHECKS: dict[Check, str] = {
    Check.DOOR: N_("I looked around the door and in the mailbox."),
    Check.HOUSEHOLD: N_("I asked everybody in the household."),
    Check.NEIGHBOURS: N_("I asked the neighbors."),
    Check.SPOT: N_("I looked at the place that %(carrier)s names: %(spot)s."),
    Check.WAITED: N_("I waited until the end of the next working day."),
}
PROBLEMS: dict[Wrong, str] = {
    Wrong.CHECKS: N_("Please look around the door, ask the household and ask the neighbors. Then tick all three."),
    Wrong.EMPTY: N_("Please write a few words, so that %(shop)s can help."),
    Wrong.LONG: N_("Please shorten it to 1,000 characters."),
    Wrong.SCORE: N_("Please choose a number from 0 to 10."),
    Wrong.ELSEWHERE: N_("Please send it from this page: we take it from no other site."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One box to tick, or one of several to choose."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody has entered so far."""

    shipment_id: str = ""
    checks: frozenset[Check] = frozenset()
    comment: str = ""
    score: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What was wrong with it, and how many minutes to wait where that is the remedy."""

    wrong: Wrong
    minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """For whom a form is made."""

    order: Order
    brand: Brand
    language: Language
    events: Mapping[ShipmentId, Sequence[TrackingEvent]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportForm:
    """One form in words."""

    kind: TicketKind
    number: str
    title: str
    lead: str
    said: tuple[str, ...]  # what the carrier says of the parcel
    said_by: str
    parcels: tuple[Choice, ...]  # empty when there is nothing to choose
    checks: tuple[Choice, ...]
    comment_label: str
    comment: str
    needs_comment: bool
    button: str
    problem: str


def form(kind: TicketKind, about: Asking, typed: Typed, *, refused: Refused | None) -> ReportForm:
    """The form, with what was typed and what was wrong with it."""
    say, words_of = about.language.say, FORMS[kind]
    shipments = tickets.concerned(about.order, kind)
    shipment = chosen(shipments, typed.shipment_id)
    names = words.names(about.language, shipment.carrier if shipment else "", shop=about.brand.name)
    is_missing = kind is TicketKind.MISSING
    return ReportForm(
        kind=kind,
        number=one_line(about.order.number),
        title=say(words_of.title, **names),
        lead=say(words_of.lead, **names),
        said=_said(shipment, about, **names) if is_missing and shipment else (),
        said_by=say("What %(carrier)s says", **names),
        parcels=_parcels(shipments, about, shipment) if len(shipments) > 1 else (),
        checks=_checks(shipment, about, typed, **names) if is_missing and shipment else (),
        comment_label=say(words_of.comment, **names),
        comment=typed.comment,
        needs_comment=not is_missing,
        button=say(words_of.button, **names),
        problem=problem(about.language, refused, **names),
    )


def chosen(shipments: Sequence[Shipment], shipment_id: str) -> Shipment | None:
    """The parcel that was chosen, else the last that came; None when there is none to choose."""
    newest = max(shipments, key=lambda each: each.standing.since or each.created_at, default=None)
    return next((each for each in shipments if each.id == shipment_id), newest)


def read(kind: TicketKind, about: Asking, typed: Typed) -> Report | Wrong:
    """The report, or why it cannot be taken yet."""
    if len(typed.comment) > LONGEST:
        return Wrong.LONG
    if kind is TicketKind.MISSING and not typed.checks >= NEEDED:
        return Wrong.CHECKS
    if kind is not TicketKind.MISSING and not typed.comment.strip():
        return Wrong.EMPTY
    shipment = chosen(tickets.concerned(about.order, kind), typed.shipment_id)
    return Report(
        kind=kind,
        shipment_id=shipment.id if shipment else None,
        checks=typed.checks if kind is TicketKind.MISSING else frozenset(),
        comment=typed.comment.strip(),
    )


def problem(language: Language, refused: Refused | None, **names: str) -> str:
    """What to do about it; empty when nothing was wrong."""
    if refused is None:
        return ""
    if refused.wrong is Wrong.TOO_OFTEN:
        return language.count(
            "That was too often. Please try again in %(num)s minute.",
            "That was too often. Please try again in %(num)s minutes.",
            refused.minutes,
        )
    return language.say(PROBLEMS[refused.wrong], **names)


def _said(shipment: Shipment, about: Asking, **names: str) -> tuple[str, ...]:
    """The deciding scan: what, when, where."""
    language, standing = about.language, shipment.standing
    scan = next((each for each in about.events.get(shipment.id, ()) if each.fingerprint == standing.event), None)
    if scan is None or standing.milestone is None:
        return ()
    sentence = words.event_sentence(
        language, standing.milestone, standing.reason, left_with=shipment.left_with, **names
    )
    when = times.when(
        language,
        scan.occurred_at,
        clock=scan.clock,
        offset_minutes=scan.utc_offset_minutes,
        zone=shipment.destination_zone,
    )
    where = words.place(language, scan.place, home=about.order.destination.country)
    return (sentence, " · ".join(part for part in (when, where) if part))


def _parcels(shipments: Sequence[Shipment], about: Asking, picked: Shipment | None) -> tuple[Choice, ...]:
    numbers = {each.id: n for n, each in enumerate(about.order.shipments, start=1)}
    return tuple(
        Choice(
            value=each.id,
            label=about.language.say(
                "Parcel %(n)s: %(carrier)s %(number)s",
                n=numbers[each.id],
                carrier=words.carrier_title(each.carrier),
                number=one_line(each.tracking_number),
            ),
            is_chosen=picked is not None and each.id == picked.id,
        )
        for each in shipments
    )


def _checks(shipment: Shipment, about: Asking, typed: Typed, **names: str) -> tuple[Choice, ...]:
    spot = one_line(shipment.left_with)
    return tuple(
        Choice(value=each.value, label=about.language.say(label, spot=spot, **names), is_chosen=each in typed.checks)
        for each, label in CHECKS.items()
        if each is not Check.SPOT or spot
    )
