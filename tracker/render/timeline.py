"""How a parcel's scans read: one line each, the newest first, under the day it happened."""

from dataclasses import dataclass, replace

from carriers.events import Clock, Milestone, TrackingEvent
from tracker.render import discreet, times, words
from tracker.render.facts import Facts
from tracker.render.plain import TEXT_LIMIT, one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One line of the timeline."""

    when: str
    iso: str
    place: str
    sentence: str
    their_text: str  # the carrier's own words
    is_forecast: bool
    day: str  # "Monday, November 24" where it happened
    starts_day: bool  # the first line of that day, for a heading
    time: str  # "2:02 PM" there; empty where the carrier gave only a day
    is_taken_back: bool  # the carrier said later that this was not so
    taken_back: str  # that, in a sentence; empty for all others


def in_words(facts: Facts, *, limit: int) -> tuple[Scan, ...]:
    """The timeline; a new day's first line says which day it is."""
    lines: list[Scan] = []
    for event in facts.newest_first[:limit]:
        lines.append(_scan(facts, event, before=lines[-1].day if lines else ""))
    return tuple(lines)


def _scan(facts: Facts, event: TrackingEvent, *, before: str) -> Scan:
    language, home = facts.language, facts.shipment.destination.country
    where = words.place(language, event.place, home=home)
    said = replace(event, milestone=Milestone.RETURNED) if event.fingerprint in facts.came_back else event
    sentence = words.scan_sentence(language, said, where=where, **facts.names)
    offset, zone = event.utc_offset_minutes, facts.shipment.destination_zone
    shown = times.wall_time(event.occurred_at, clock=event.clock, offset_minutes=offset, zone=zone)
    day, is_taken_back = times.long_day(language, shown.date()), event.fingerprint in facts.taken_back
    return Scan(
        when=times.shown_when(language, shown, clock=event.clock),
        iso=event.occurred_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        place="" if where in sentence else where,
        sentence=sentence,
        their_text="" if discreet.may_name_somebody(event) else one_line(event.text, TEXT_LIMIT),
        is_forecast=event.forecast,
        day=day,
        starts_day=day != before,
        time="" if event.clock is Clock.DAY_ONLY else times.clock_time(language, shown.time()),
        is_taken_back=is_taken_back,
        taken_back=language.say("%(carrier)s took this report back.", **facts.names) if is_taken_back else "",
    )
