"""What happened to a parcel, what that means and who promised what, in a few sentences below its headline."""

from collections.abc import Iterator

from carriers.events import Milestone, Reason
from tracker.domain.follows import SAID_FOR_GOOD
from tracker.domain.judgement import NOT_PROMISED
from tracker.domain.shipments import DelayCause, LookOutcome
from tracker.render import headlines, promises, times, words
from tracker.render.facts import Facts
from tracker.render.languages import N_
from tracker.render.plain import one_line

# Translators: %(said)s and %(when)s are "Monday, November 24 at 2:02 PM" or only a day, "today", "yesterday".
CORRECTIONS: dict[Milestone, str] = {
    Milestone.DELIVERED: N_("We said: delivered %(said)s. %(carrier)s took that back %(when)s."),
    Milestone.RETURNED: N_("We said: returned to %(shop)s %(said)s. %(carrier)s took that back %(when)s."),
    Milestone.RETURNING: N_(
        "We said: on its way back to %(shop)s since %(said)s. %(carrier)s took that back %(when)s."
    ),
    Milestone.LOST: N_("%(carrier)s could not find it %(said)s and has found it again %(when)s."),
}
_MAY_HAVE_IT = N_("%(shop)s has announced the parcel to %(carrier)s, which may have it by now.")
_TITLE_SAYS_IT = frozenset(  # their headline is the sentence; the story tells why, where and when
    {Milestone.IN_TRANSIT, Milestone.OUT_FOR_DELIVERY, Milestone.RETURNING, Milestone.RETURNED, Milestone.LOST}
)


def of_parcel(facts: Facts) -> tuple[str, ...]:
    """Each a sentence, none of them the headline again."""
    return (*_happened(facts), *_why_late(facts), *_promised(facts))


def correction(facts: Facts) -> str:
    """What we said and what is so now, until the parcel's journey has ended; empty when nothing was taken back."""
    if facts.has_ended:
        return ""
    untrue = next(
        (
            event
            for event in facts.newest_first
            if event.fingerprint in facts.taken_back and event.milestone in SAID_FOR_GOOD
        ),
        None,
    )
    if untrue is None:
        return ""
    zone = facts.shipment.destination_zone
    said = headlines.at(facts.language, untrue, zone=zone, today=facts.today)
    when = headlines.at(facts.language, facts.taken_back[untrue.fingerprint], zone=zone, today=facts.today)
    return facts.language.say(CORRECTIONS[untrue.milestone], said=said, when=when, **facts.names)


def no_scans(facts: Facts) -> str:
    """Why there is no timeline."""
    if facts.newest_first or facts.has_ended:
        return ""
    if facts.is_blind:
        return facts.language.say("No scan has reached us so far.")
    return facts.language.say("No scan yet. The first one shows here once %(carrier)s has the parcel.", **facts.names)


def _happened(facts: Facts) -> Iterator[str]:
    match facts.milestone:
        case None | Milestone.UNKNOWN:
            yield _nothing_known(facts)
        case Milestone.LABEL_CREATED:
            yield from _announced(facts)
        case Milestone.READY_FOR_PICKUP:
            yield from _waiting(facts)
        case Milestone.DELIVERED:
            yield from _delivered(facts)
        case Milestone.CANCELLED:
            yield facts.language.say("The shipping label is no longer valid.")
        case milestone:
            yield from _with_carrier(facts, milestone)


def _with_carrier(facts: Facts, milestone: Milestone) -> Iterator[str]:
    """What its headline leaves open, and where it was last scanned."""
    language, names = facts.language, facts.names
    reason = facts.reason if facts.reason and words.explains(milestone, facts.reason) else None
    seen = [] if milestone is Milestone.PICKED_UP else list(_seen(facts))
    is_plain = milestone in _TITLE_SAYS_IT and not (reason and (milestone, reason) in words.TOGETHER)
    if not is_plain or not seen:
        yield words.event_sentence(language, milestone, reason, **names)
    elif reason:
        yield language.say(words.REASON_GIVEN, cause=words.cause(language, reason, **names))
    yield from seen


def _nothing_known(facts: Facts) -> str:
    say, names = facts.language.say, facts.names
    if facts.is_blind:
        return say("So we cannot say yet where the parcel is.")
    if facts.newest_first:
        return say(words.SENTENCES[Milestone.UNKNOWN], **names)
    match facts.shipment.watch.outcome:
        case None:
            return say("We are about to ask %(carrier)s about this parcel for the first time.", **names)
        case LookOutcome.NOT_KNOWN_YET:
            return say("That is usual until the parcel is scanned for the first time.")
        case _:
            return say("%(carrier)s knows of this parcel but has reported nothing about it.", **names)


def _announced(facts: Facts) -> Iterator[str]:
    if facts.is_blind:
        yield facts.language.say(_MAY_HAVE_IT, **facts.names)
    elif facts.delay is not DelayCause.NEVER_SCANNED:
        yield words.event_sentence(facts.language, Milestone.LABEL_CREATED, None, **facts.names)


def _waiting(facts: Facts) -> Iterator[str]:
    language, deciding, zone = facts.language, facts.deciding, facts.shipment.destination_zone
    where = words.place(language, deciding.place, home=facts.shipment.destination.country) if deciding else ""
    since = headlines.at(language, deciding, zone=zone, today=facts.today) if deciding else ""
    if where:
        yield language.say("It came there %(when)s: %(place)s.", when=since, place=where)
    elif since:
        yield language.say("It came there %(when)s.", when=since)
    else:
        yield words.event_sentence(language, Milestone.READY_FOR_PICKUP, None, **facts.names)
    last_day = facts.shipment.pickup_by
    if last_day and last_day < facts.today:
        yield language.say("It was to be collected by %(day)s.", day=times.long_day(language, last_day))


def _delivered(facts: Facts) -> Iterator[str]:
    language, deciding, names = facts.language, facts.deciding, facts.names
    where = words.place(language, deciding.place, home=facts.shipment.destination.country) if deciding else ""
    if facts.reason in (Reason.ACCESS_POINT, Reason.POST_OFFICE):
        yield language.say("%(carrier)s reports that somebody has collected it.", **names)
    elif where:
        yield language.say("%(carrier)s reports that it was delivered in %(place)s.", place=where, **names)
    else:
        yield language.say("%(carrier)s reports that it was delivered.", **names)
    if facts.shipment.left_with:
        yield language.say(words.LEFT, spot=one_line(facts.shipment.left_with), **names)


def _seen(facts: Facts) -> Iterator[str]:
    """Where it was last scanned, as the timeline says."""
    seen = facts.last_seen
    if seen is None:
        return
    when = headlines.at(facts.language, seen, zone=facts.shipment.destination_zone, today=facts.today)
    where = words.place(facts.language, seen.place, home=facts.shipment.destination.country)
    if where:
        yield facts.language.say("Last scanned in %(place)s: %(when)s.", place=where, when=when)
    else:
        yield facts.language.say("Last scanned: %(when)s.", when=when)


def _why_late(facts: Facts) -> Iterator[str]:
    """Only what the headline does not say."""
    match facts.delay:
        case None | DelayCause.MILESTONE:
            return
        case DelayCause.SILENT if facts.window is None:
            return
        case DelayCause.PICKUP_ENDING if facts.shipment.pickup_by and facts.shipment.pickup_by < facts.today:
            return
        case delay:
            yield words.delay_sentence(facts.language, delay, **facts.names)


def _promised(facts: Facts) -> Iterator[str]:
    if facts.milestone in NOT_PROMISED or facts.has_ended:
        return
    if facts.earlier:
        yield promises.earlier(facts.language, facts.earlier, **facts.names)
    if facts.window:
        yield promises.promise(facts.language, facts.window, is_new=facts.earlier is not None, **facts.names)
