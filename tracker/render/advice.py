"""What happens next to a parcel, and what its reader can do now."""

from dataclasses import dataclass

from carriers.events import Milestone, Reason
from tracker.domain.shipments import DelayCause, LookOutcome
from tracker.domain.tickets import TicketKind
from tracker.render.facts import Facts
from tracker.render.help import REPORTS
from tracker.render.languages import N_, Language
from tracker.render.words import DESTROYED, TROUBLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Two short sentences; empty when there is honestly nothing to say."""

    follows: str
    can_do: str


NOTHING_TO_DO = N_("You do not need to do anything.")
ASK_SHOP = N_("Write to %(shop)s: they can agree on a refund or a new parcel with you.")
_LOOK_AROUND = N_("Cannot find it? Look around the door and ask the household and the neighbors.")
_WRITE = N_("If it does not turn up, write to %(shop)s.")

_MILESTONES: dict[Milestone, tuple[str, str]] = {
    Milestone.LABEL_CREATED: (N_("Scans appear once %(carrier)s has the parcel."), NOTHING_TO_DO),
    Milestone.PICKED_UP: (N_("It now travels to the depot near you."), NOTHING_TO_DO),
    Milestone.IN_TRANSIT: (N_("It now travels to the depot near you."), NOTHING_TO_DO),
    Milestone.OUT_FOR_DELIVERY: (
        "",
        N_("If nobody can be there, %(carrier)s may offer another day or place on its own page."),
    ),
    Milestone.ATTEMPT_FAILED: (
        N_("%(carrier)s decides whether it tries again or keeps the parcel to be collected."),
        N_("See %(carrier)s's own page, or the card it left, for another day or place."),
    ),
    Milestone.READY_FOR_PICKUP: (
        N_("If nobody collects it, it goes back to %(shop)s."),
        N_("Bring a photo ID and the tracking number."),
    ),
    Milestone.EXCEPTION: (
        N_("We keep asking %(carrier)s. Its latest answer is always on the tracking page."),
        N_("Write to %(shop)s if it cannot wait."),
    ),
    Milestone.RETURNING: (N_("It will not be delivered to you this time."), ASK_SHOP),
    Milestone.RETURNED: ("", ASK_SHOP),
    Milestone.LOST: (N_("Parcels are found again now and then. We keep asking."), ASK_SHOP),
    Milestone.CANCELLED: (
        N_("%(carrier)s will not deliver this parcel."),
        N_("Write to %(shop)s if you did not expect this."),
    ),
    Milestone.UNKNOWN: (N_("We keep asking %(carrier)s."), NOTHING_TO_DO),
}

# For parcels in trouble the reason says more than the milestone.
_TROUBLES: dict[Reason, tuple[str, str]] = {
    Reason.CUSTOMS: (
        N_("It moves on when customs releases it; nobody else can say when."),
        N_("If customs or %(carrier)s asks you for papers or duties, answer soon."),
    ),
    Reason.ADDRESS: (
        N_("It waits until the address is put right."),
        N_("Send %(shop)s your full address and a phone number."),
    ),
    Reason.DAMAGED: (N_("%(carrier)s checks whether it can still be delivered."), ASK_SHOP),
    Reason.WEATHER: (N_("It moves on when the roads and flights allow it."), NOTHING_TO_DO),
    Reason.OPERATIONAL: (N_("It moves on without you; expect it later than planned."), NOTHING_TO_DO),
    Reason.MISSENT: (N_("It is being sent on; expect it later than planned."), NOTHING_TO_DO),
    Reason.HELD: (
        N_("It waits until %(carrier)s releases it."),
        N_("See %(carrier)s's own page for what it needs, or write to %(shop)s."),
    ),
    Reason.PAYMENT: (
        N_("It waits until the amount is paid."),
        N_("Pay only at the door or on %(carrier)s's own page. We never ask for a payment by message."),
    ),
    Reason.RECIPIENT_ABSENT: _MILESTONES[Milestone.ATTEMPT_FAILED],
    Reason.BUSINESS_CLOSED: _MILESTONES[Milestone.ATTEMPT_FAILED],
    Reason.SIGNATURE_NEEDED: (
        N_("%(carrier)s hands the parcel over only against a signature."),
        N_("Make sure somebody can sign, or choose another place on %(carrier)s's own page."),
    ),
    Reason.REFUSED: (
        N_("It goes back to %(shop)s unless that is put right."),
        N_("If you did not refuse it, write to %(shop)s."),
    ),
    Reason.NOT_COLLECTED: (N_("It goes back to %(shop)s."), ASK_SHOP),
    Reason.RESCHEDULED: (N_("%(carrier)s delivers on another day."), NOTHING_TO_DO),
    Reason.SECURITY: (N_("It moves on after the check."), NOTHING_TO_DO),
    Reason.ACCESS_POINT: _MILESTONES[Milestone.EXCEPTION],
    Reason.NEIGHBOUR: _MILESTONES[Milestone.EXCEPTION],
    Reason.LOCKER: _MILESTONES[Milestone.EXCEPTION],
    Reason.SAFE_PLACE: _MILESTONES[Milestone.EXCEPTION],
    Reason.MAILBOX: _MILESTONES[Milestone.EXCEPTION],
    Reason.FRONT_DESK: _MILESTONES[Milestone.EXCEPTION],
    Reason.POST_OFFICE: _MILESTONES[Milestone.EXCEPTION],
}


def advice(language: Language, milestone: Milestone, reason: Reason | None, **names: str) -> Advice:
    """What follows by itself, and what is worth doing."""
    if reason is Reason.DAMAGED and milestone in (Milestone.DELIVERED, Milestone.LOST):
        return Advice(follows="", can_do=language.say(ASK_SHOP, **names))
    if milestone is Milestone.DELIVERED:
        return Advice(follows="", can_do=_said(language, _LOOK_AROUND, _WRITE, **names))
    in_trouble = reason is not None and milestone in (Milestone.EXCEPTION, Milestone.ATTEMPT_FAILED)
    follows, can_do = _TROUBLES[reason] if in_trouble and reason else _MILESTONES[milestone]
    return Advice(
        follows=language.say(follows, **names) if follows else "",  # gettext answers "" with the catalogue's header
        can_do=language.say(can_do, **names),
    )


def _said(language: Language, *sentences: str, **names: str) -> str:
    return language.joined(language.say(each, **names) for each in sentences)


_KEEP_ASKING = N_("We keep asking %(carrier)s, and its latest answer shows here.")
_FIRST_NEWS = N_("The first news shows here by itself.")
_KEEP_TRYING = N_("We keep trying. Its answer shows here as soon as there is one.")
_MEND_IT = N_("We are mending it. Then %(carrier)s's answer shows here.")
_LOOK_THERE = N_("%(carrier)s's own page may already know more.")
_IF_IT_CANNOT_WAIT = N_("Write to %(shop)s if it cannot wait.")

_CHOOSE = N_("If it does not turn up, choose “%(button)s” below.")
_AT_A_COUNTER = (
    N_("If nobody collected it for you, write to %(shop)s."),
    N_("If nobody collected it for you, choose “%(button)s” below."),
)
_IN_A_LOCKER = N_("%(carrier)s tells you how to open the locker. If it did not, write to %(shop)s.")
_LOOK_THERE_FIRST: dict[Reason, str] = {  # where looking around the door is no use
    Reason.NEIGHBOUR: N_("Ask the neighbors."),
    Reason.FRONT_DESK: N_("Ask at the front desk."),
}
_WAIT_FOR_A_WORD = frozenset({DelayCause.PROMISE_PASSED, DelayCause.SILENT, DelayCause.NEVER_SCANNED})
_STANDS = frozenset(  # what follows from these is true whether or not we can ask
    {
        Milestone.ATTEMPT_FAILED,
        Milestone.EXCEPTION,
        Milestone.READY_FOR_PICKUP,
        Milestone.RETURNING,
        Milestone.RETURNED,
        Milestone.DELIVERED,
        Milestone.CANCELLED,
    }
)


def on_page(facts: Facts) -> Advice:
    """For somebody who reads it now: it claims to ask only whom it can ask."""
    milestone, reason, say = facts.milestone, facts.reason, facts.language.say
    if facts.is_blind and not _stands(facts):
        return _while_blind(facts)
    if milestone is Milestone.DELIVERED and reason is not Reason.DAMAGED:
        has_told = facts.shipment.missed_at is not None  # after they had looked everywhere
        return Advice(follows="", can_do="" if has_told else _to_find_it(facts))
    if milestone is None:
        return _before_news(facts)
    if _needs_a_word(facts):
        return Advice(follows=say(_KEEP_ASKING, **facts.names), can_do=say(_IF_IT_CANNOT_WAIT, **facts.names))
    return advice(facts.language, milestone, reason, **facts.names)


def _to_find_it(facts: Facts) -> str:
    """Of a parcel that is said to be delivered: where to look, and then whom to tell by what means."""
    write_or_choose = (_WRITE, _CHOOSE)
    match facts.reason:
        case Reason.LOCKER:
            return facts.language.say(_IN_A_LOCKER, **facts.names)
        case Reason.ACCESS_POINT | Reason.POST_OFFICE:
            first, write_or_choose = "", _AT_A_COUNTER
        case reason:
            first = _LOOK_THERE_FIRST.get(reason, _LOOK_AROUND) if reason else _LOOK_AROUND
    then = write_or_choose[facts.can_report]
    button = facts.language.say(REPORTS[TicketKind.MISSING])
    return _said(facts.language, *((first,) if first else ()), then, button=button, **facts.names)


def _stands(facts: Facts) -> bool:
    """Whether what follows is true even if nobody can ask."""
    return (facts.milestone in _STANDS or (facts.milestone, facts.reason) == DESTROYED) and not _needs_a_word(facts)


def _needs_a_word(facts: Facts) -> bool:
    """Whether only the carrier can say what comes next."""
    if facts.milestone is Milestone.EXCEPTION and facts.reason is None:
        return True
    if facts.milestone in TROUBLES and facts.reason:
        return _TROUBLES[facts.reason] is _MILESTONES[Milestone.EXCEPTION]
    was_wrong = facts.shipment.standing.corrected_from is not None and not facts.has_ended
    return (was_wrong and facts.milestone not in _STANDS) or facts.delay in _WAIT_FOR_A_WORD


def _before_news(facts: Facts) -> Advice:
    say, is_late = facts.language.say, facts.delay is not None
    can_do = say(_IF_IT_CANNOT_WAIT, **facts.names) if is_late else say(NOTHING_TO_DO)
    return Advice(follows=say(_FIRST_NEWS), can_do=can_do)


def _while_blind(facts: Facts) -> Advice:
    say, names = facts.language.say, facts.names
    can_do = ASK_SHOP if facts.milestone is Milestone.LOST else _LOOK_THERE if facts.page_url else _IF_IT_CANNOT_WAIT
    if not facts.can_be_asked:  # its carrier is off: nobody tries, nothing is broken
        return Advice(follows="", can_do=say(can_do, **names))
    follows = _MEND_IT if facts.shipment.watch.outcome is LookOutcome.REFUSED else _KEEP_TRYING
    return Advice(follows=say(follows, **names), can_do=say(can_do, **names))
