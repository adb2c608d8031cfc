"""How a parcel's scans read: one line each, the newest first, under the day it happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from carriers.events import Clock, TrackingEvent
from tracker.domain import corrections
from tracker.domain.shipments import Shipment
from tracker.render import times, words
from tracker.render.languages import Language
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


def in_words(
    language: Language, newest_first: Sequence[TrackingEvent], shipment: Shipment, *, limit: int, **names: str
) -> tuple[Scan, ...]:
    """The timeline; a new day's first line says which day it is."""
    taken_back = corrections.taken_back(newest_first)
    lines: list[Scan] = []
    for event in newest_first[:limit]:
        before = lines[-1].day if lines else ""
        is_back = event.fingerprint in taken_back
        lines.append(_scan(language, event, shipment, before=before, is_taken_back=is_back, **names))
    return tuple(lines)


def _scan(
    language: Language, event: TrackingEvent, shipment: Shipment, *, before: str, is_taken_back: bool, **names: str
) -> Scan:
    where = words.place(language, event.place, home=shipment.destination.country)
    sentence = words.scan_sentence(language, event, where=where, **names)
    shown = _wall_time(event, shipment.destination_zone)
    day = times.long_day(language, shown.date())
    return Scan(
        when=when(language, event, shipment.destination_zone),
        iso=event.occurred_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        place="" if where in sentence else where,
        sentence=sentence,
        their_text=one_line(event.text, TEXT_LIMIT),
        is_forecast=event.forecast,
        day=day,
        starts_day=day != before,
        time="" if event.clock is Clock.DAY_ONLY else times.clock_time(language, shown.time()),
        is_taken_back=is_taken_back,
        taken_back=language.say("%(carrier)s took this report back.", **names) if is_taken_back else "",
    )


def _wall_time(event: TrackingEvent, zone: str) -> datetime:
    return times.wall_time(event.occurred_at, clock=event.clock, offset_minutes=event.utc_offset_minutes, zone=zone)


def when(language: Language, event: TrackingEvent, zone: str, *, today: date | None = None) -> str:
    shown = _wall_time(event, zone)
    day = times.near_day(language, shown.date(), today) if today else times.day(language, shown.date())
    if event.clock is Clock.DAY_ONLY:
        return day
    return language.say("%(day)s, %(time)s", day=day, time=times.clock_time(language, shown.time()))
