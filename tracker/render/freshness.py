"""How fresh our knowledge of a parcel is: "no news" and "could not ask" never read the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.domain.shipments import LookOutcome, Watch
from tracker.render import times
from tracker.render.languages import N_, Language

OVERDUE = timedelta(minutes=15)  # a look that is later than this waits for a call, not for a moment

_MAY_BE_FURTHER = N_("Your parcel may be further along than shown.")

_BLIND: dict[LookOutcome, str] = {
    LookOutcome.DOWN: N_("%(carrier)s has not answered us since %(since)s."),
    LookOutcome.BUSY: N_("%(carrier)s has made us wait since %(since)s."),
    LookOutcome.REFUSED: N_("%(carrier)s has turned our questions away since %(since)s. That is for us to mend."),
    LookOutcome.UNREADABLE: N_("%(carrier)s has answered in a form we cannot read since %(since)s."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """Short facts to stand side by side, or whole sentences when we are blind."""

    is_blind: bool
    facts: tuple[str, ...]


def never_asked(language: Language, *, carrier: str) -> Freshness:
    """The shop has not connected this carrier: no look will come."""
    said = language.say("We cannot ask %(carrier)s about it at present. That is for us to mend.", carrier=carrier)
    return Freshness(is_blind=True, facts=(said, language.say(_MAY_BE_FURTHER)))


def freshness(
    language: Language, watch: Watch, *, carrier: str, last_scan_at: datetime | None, now: datetime, zone: str
) -> Freshness:
    """When we asked, when the carrier last scanned, when we look next."""
    following = _next(language, watch, carrier=carrier, now=now, zone=zone)
    match watch.outcome:
        case None:
            asked = language.say("We have not asked %(carrier)s yet", carrier=carrier)
            return Freshness(is_blind=False, facts=(asked, following))
        case LookOutcome.NEWS | LookOutcome.NOTHING_NEW:
            facts = (_asked(language, watch, carrier=carrier, now=now), _scan(language, last_scan_at, now), following)
            return Freshness(is_blind=False, facts=facts)
        case LookOutcome.NOT_KNOWN_YET:
            unknown = language.say("%(carrier)s does not know this parcel yet", carrier=carrier)
            return Freshness(
                is_blind=False, facts=(unknown, _asked(language, watch, carrier=carrier, now=now), following)
            )
        case LookOutcome.DOWN | LookOutcome.BUSY | LookOutcome.REFUSED | LookOutcome.UNREADABLE:
            said = _blind(language, watch, watch.outcome, carrier=carrier, now=now, zone=zone)
            return Freshness(is_blind=True, facts=(said, language.say(_MAY_BE_FURTHER), _sentence(following)))


def _asked(language: Language, watch: Watch, *, carrier: str, now: datetime) -> str:
    at = watch.asked_at or watch.tried_at
    if at is None:
        return language.say("We have not asked %(carrier)s yet", carrier=carrier)
    return language.say("We asked %(carrier)s %(ago)s", carrier=carrier, ago=times.ago(language, at, now))


def _scan(language: Language, last_scan_at: datetime | None, now: datetime) -> str:
    if last_scan_at is None:
        return language.say("no scan yet")
    return language.say("last scan %(ago)s", ago=times.ago(language, last_scan_at, now))


def _next(language: Language, watch: Watch, *, carrier: str, now: datetime, zone: str) -> str:
    if watch.next_look_at is None:
        return language.say("we have stopped asking")
    if now - watch.next_look_at > OVERDUE:
        return language.say("next look as soon as %(carrier)s lets us ask", carrier=carrier)
    if watch.next_look_at <= now:
        return language.say("next look any minute")
    at = times.clock_or_moment(language, times.about(watch.next_look_at), now=now, zone=zone)
    return language.say("next look about %(time)s", time=at)


def _blind(language: Language, watch: Watch, outcome: LookOutcome, *, carrier: str, now: datetime, zone: str) -> str:
    since = watch.failing_since or watch.tried_at or now
    shown = times.clock_or_moment(language, since, now=now, zone=zone)
    return language.say(_BLIND[outcome], carrier=carrier, since=shown)


def _sentence(fragment: str) -> str:
    return f"{fragment[:1].upper()}{fragment[1:]}."
