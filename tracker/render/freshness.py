"""How fresh our knowledge of a parcel is: "no news" and "could not ask" never read the same."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from carriers.events import Clock, Milestone
from tracker.domain import histories
from tracker.domain.shipments import LookOutcome
from tracker.render import headlines, times
from tracker.render.facts import Facts
from tracker.render.languages import N_

OVERDUE = timedelta(minutes=15)  # a look that is later than this waits for a call, not for a moment

_NOT_KNOWN_YET = N_("%(carrier)s does not know this parcel yet")
_NOT_KNOWN_ANY_MORE = N_("%(carrier)s no longer shows this parcel")
_MAY_BE_FURTHER = N_("Your parcel may be further along than shown.")

_BLIND: dict[LookOutcome, str] = {
    LookOutcome.DOWN: N_("%(carrier)s has not answered us since %(since)s."),
    LookOutcome.BUSY: N_("%(carrier)s has made us wait since %(since)s."),
    LookOutcome.REFUSED: N_("%(carrier)s has turned our questions away since %(since)s. That is for us to mend."),
    LookOutcome.UNREADABLE: N_("%(carrier)s has answered in a form we cannot read since %(since)s."),
}


class Plan(Enum):
    """When we look again."""

    NEVER = auto()
    WHEN_LET = auto()
    SOON = auto()
    AT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """Short facts to stand side by side, or whole sentences when we are blind."""

    is_blind: bool
    facts: tuple[str, ...]


def of_parcel(facts: Facts) -> Freshness:
    """When we asked, when the carrier last scanned, when we look next."""
    say, carrier, watch = facts.language.say, facts.names["carrier"], facts.shipment.watch
    if not facts.can_be_asked:
        return Freshness(is_blind=True, facts=(*_off(facts), say(_MAY_BE_FURTHER)))
    match watch.outcome:
        case None:
            not_asked = say("We have not asked %(carrier)s yet", carrier=carrier)
            return Freshness(is_blind=False, facts=(not_asked, _next(facts)))
        case LookOutcome.NEWS | LookOutcome.NOTHING_NEW:
            known = filter(None, (_asked(facts), _scanned(facts), _next(facts)))
            return Freshness(is_blind=False, facts=tuple(known))
        case LookOutcome.NOT_KNOWN_YET:
            says = _NOT_KNOWN_ANY_MORE if facts.milestone else _NOT_KNOWN_YET
            return Freshness(is_blind=False, facts=(say(says, carrier=carrier), _asked(facts), _next(facts)))
        case LookOutcome.DOWN | LookOutcome.BUSY | LookOutcome.REFUSED | LookOutcome.UNREADABLE:
            return Freshness(is_blind=True, facts=(_blind(facts, watch.outcome), say(_MAY_BE_FURTHER), _again(facts)))


def _off(facts: Facts) -> tuple[str, ...]:
    """That nobody asks this carrier, unless the headline has just said so."""
    said = headlines.cannot_ask(facts)
    return () if headlines.of_parcel(facts) == said else (facts.language.ended(said),)


def _asked(facts: Facts) -> str:
    watch, carrier = facts.shipment.watch, facts.names["carrier"]
    at = watch.asked_at or watch.tried_at
    if at is None:
        return facts.language.say("We have not asked %(carrier)s yet", carrier=carrier)
    ago = times.ago(facts.language, at, facts.now)
    return facts.language.say("We asked %(carrier)s %(ago)s", carrier=carrier, ago=ago)


def _scanned(facts: Facts) -> str:
    """The age of the last scan, or its day where it has no time; empty when we cannot tell whether there was one."""
    language, seen = facts.language, facts.last_seen
    if seen is None:
        is_riddle = any(each.milestone is Milestone.UNKNOWN for each in facts.newest_first)
        return "" if is_riddle else language.say("no scan yet")
    if seen.clock is Clock.DAY_ONLY:
        seen_on = histories.local_day(seen)
        is_past = seen_on <= facts.today  # the scan's own calendar may be a day ahead of the destination's
        day = times.near_day(language, seen_on, facts.today) if is_past else times.day(language, seen_on)
        return language.say("last scan: %(day)s", day=day)
    return language.say("last scan %(ago)s", ago=times.ago(language, seen.occurred_at, facts.now))


def _next(facts: Facts) -> str:
    say = facts.language.say
    match _plan(facts):
        case Plan.NEVER:
            return say("we have stopped asking")
        case Plan.WHEN_LET:
            return say("next look as soon as %(carrier)s lets us ask", carrier=facts.names["carrier"])
        case Plan.SOON:
            return say("next look any minute")
        case Plan.AT:
            return say("next look about %(time)s", time=_next_time(facts))


def _again(facts: Facts) -> str:
    """The same as a whole sentence."""
    say = facts.language.say
    match _plan(facts):
        case Plan.NEVER:
            return say("We have stopped asking.")
        case Plan.WHEN_LET:
            return say("We ask again as soon as %(carrier)s lets us.", carrier=facts.names["carrier"])
        case Plan.SOON:
            return say("We ask again any minute.")
        case Plan.AT:
            return say("We ask again about %(time)s.", time=_next_time(facts))


def _plan(facts: Facts) -> Plan:
    at = facts.shipment.watch.next_look_at
    if at is None:
        return Plan.NEVER
    if at > facts.now:
        return Plan.AT
    return Plan.WHEN_LET if facts.now - at > OVERDUE else Plan.SOON


def _next_time(facts: Facts) -> str:
    at = times.about(facts.shipment.watch.next_look_at or facts.now)
    return times.clock_or_moment(facts.language, at, now=facts.now, zone=facts.shipment.destination_zone)


def _blind(facts: Facts, outcome: LookOutcome) -> str:
    watch, zone = facts.shipment.watch, facts.shipment.destination_zone
    since = watch.failing_since or watch.tried_at or facts.now
    shown = times.clock_or_moment(facts.language, since, now=facts.now, zone=zone)
    return facts.language.say(_BLIND[outcome], carrier=facts.names["carrier"], since=shown)
