"""How one parcel reads on the page: its card, its scans, its promise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from carriers.events import Milestone, TrackingEvent
from tracker.domain.brands import Brand
from tracker.domain.shipments import DelayCause, Item, Shipment
from tracker.domain.windows import DeliveryWindow
from tracker.render import promises, times, words
from tracker.render.advice import Advice, advice
from tracker.render.freshness import Freshness, freshness
from tracker.render.languages import Language
from tracker.render.plain import TEXT_LIMIT, one_line, web_address

ENDED = frozenset({Milestone.DELIVERED, Milestone.RETURNED, Milestone.CANCELLED})
_SPEAKS_FIRST = frozenset(  # these matter more than the day that was promised
    {
        Milestone.ATTEMPT_FAILED,
        Milestone.READY_FOR_PICKUP,
        Milestone.EXCEPTION,
        Milestone.RETURNING,
        Milestone.LOST,
    }
)
_FAR_AWAY = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One line of the timeline."""

    when: str
    iso: str
    place: str
    sentence: str
    their_text: str  # the carrier's own words
    is_forecast: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One parcel in words."""

    carrier: str
    tracking_number: str
    milestone: Milestone | None
    has_ended: bool
    is_late: bool
    title: str  # the few words that answer "where is it, when does it come"
    status: str  # the milestone's few words, whatever the title says
    since: str
    story: tuple[str, ...]  # sentences: what happened, who promised what
    advice: Advice
    freshness: Freshness
    window: str
    place: str
    scans: tuple[Scan, ...]
    older_scans: int
    items: tuple[tuple[str, int], ...]
    more_items: int
    page_url: str
    service: str
    handed_over_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """For whom and when the page is made."""

    language: Language
    brand: Brand
    now: datetime
    scans_shown: int
    items_shown: int


def in_words(
    shipment: Shipment, events: Sequence[TrackingEvent], items: Sequence[Item], *, page_url: str, at: Moment
) -> Parcel:
    """The shipment and its events, any order, as the reader would put them."""
    language = at.language
    names = words.names(language, shipment.carrier, shop=at.brand.name)
    milestone, reason = shipment.standing.milestone, shipment.standing.reason
    newest_first = sorted(events, key=lambda event: event.occurred_at, reverse=True)
    deciding = next((event for event in newest_first if event.fingerprint == shipment.standing.event), None)
    today = times.today_at(at.now, shipment.destination_zone)
    window = _open_window(shipment, today)
    told = milestone or Milestone.LABEL_CREATED
    return Parcel(
        carrier=names["carrier"],
        tracking_number=one_line(shipment.tracking_number),
        milestone=milestone,
        has_ended=milestone in ENDED,
        is_late=shipment.judgement.delayed is not None and milestone not in ENDED,
        title=_title(language, shipment, window, today=today, **names),
        status=words.headline(language, told, reason, **names),
        since=_since(language, shipment, deciding),
        story=_story(language, shipment, window, **names),
        advice=_advice(language, shipment, **names),
        freshness=freshness(
            language,
            shipment.watch,
            carrier=names["carrier"],
            last_scan_at=shipment.last_event_at,
            now=at.now,
            zone=shipment.destination_zone,
        ),
        window=promises.with_owner(language, window, **names) if window else "",
        place=words.place(language, deciding.place) if deciding else "",
        scans=tuple(_scan(language, event, shipment, **names) for event in newest_first[: at.scans_shown]),
        older_scans=max(0, len(newest_first) - at.scans_shown),
        items=tuple((one_line(item.name, 120), item.quantity) for item in items[: at.items_shown]),
        more_items=max(0, len(items) - at.items_shown),
        page_url=web_address(page_url),
        service=one_line(shipment.service),
        handed_over_to=one_line(shipment.handed_over_to),
    )


def next_to_arrive(shipment: Shipment) -> tuple[bool, date, str]:
    """Sort key: open parcels before ended ones, the soonest first."""
    return (
        shipment.standing.milestone in ENDED,
        shipment.window.last_day if shipment.window else _FAR_AWAY,
        shipment.id,
    )


def _open_window(shipment: Shipment, today: date) -> DeliveryWindow | None:
    if shipment.standing.milestone in ENDED or shipment.window is None:
        return None
    return shipment.window if shipment.window.last_day >= today else None


def _title(
    language: Language, shipment: Shipment, window: DeliveryWindow | None, *, today: date, carrier: str, shop: str
) -> str:
    milestone = shipment.standing.milestone
    if shipment.pickup_by and milestone is Milestone.READY_FOR_PICKUP:
        return language.say("Ready to collect until %(day)s", day=times.day(language, shipment.pickup_by))
    if window and milestone not in _SPEAKS_FIRST:
        return language.say("Arrives %(when)s", when=times.soon(language, window, today))
    if shipment.judgement.delayed and milestone not in ENDED | _SPEAKS_FIRST:
        return language.say("Your parcel is delayed")
    shown = milestone or Milestone.LABEL_CREATED
    return words.headline(language, shown, shipment.standing.reason, carrier=carrier, shop=shop)


def _since(language: Language, shipment: Shipment, deciding: TrackingEvent | None) -> str:
    if deciding:
        return _when(language, deciding, shipment.destination_zone)
    if shipment.standing.since:
        return times.day(language, times.today_at(shipment.standing.since, shipment.destination_zone))
    return ""


def _story(language: Language, shipment: Shipment, window: DeliveryWindow | None, **names: str) -> tuple[str, ...]:
    """What happened, why it is late, who promised what; each a sentence."""
    milestone, reason = shipment.standing.milestone, shipment.standing.reason
    delay = shipment.judgement.delayed
    told = milestone or Milestone.LABEL_CREATED
    sentences = [words.event_sentence(language, told, reason, shipment.left_with, **names)]
    if milestone not in ENDED:
        if delay and delay is not DelayCause.MILESTONE:
            sentences.append(words.delay_sentence(language, delay, **names))
        if earlier := _earlier_window(shipment, window):
            sentences.append(promises.earlier(language, earlier, **names))
        if window:
            sentences.append(promises.promise(language, window, **names))
        elif delay is DelayCause.PROMISE_PASSED:
            sentences.append(language.say("Nobody has named a new day yet."))
    return tuple(sentences)


def _earlier_window(shipment: Shipment, window: DeliveryWindow | None) -> DeliveryWindow | None:
    """A promise that was moved or missed is named, not rewritten."""
    if window is None:
        return shipment.window
    first = shipment.first_window
    return first if first and first.last_day < window.last_day else None


def _advice(language: Language, shipment: Shipment, **names: str) -> Advice:
    milestone, reason = shipment.standing.milestone, shipment.standing.reason
    match shipment.judgement.delayed:
        case DelayCause.PROMISE_PASSED | DelayCause.SILENT | DelayCause.NEVER_SCANNED if milestone not in ENDED:
            return advice(language, Milestone.EXCEPTION, None, **names)
        case _:
            return advice(language, milestone or Milestone.LABEL_CREATED, reason, **names)


def _scan(language: Language, event: TrackingEvent, shipment: Shipment, **names: str) -> Scan:
    return Scan(
        when=_when(language, event, shipment.destination_zone),
        iso=event.occurred_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        place=words.place(language, event.place),
        sentence=words.scan_sentence(language, event, **names),
        their_text=one_line(event.text, TEXT_LIMIT),
        is_forecast=event.forecast,
    )


def _when(language: Language, event: TrackingEvent, zone: str) -> str:
    return times.when(
        language, event.occurred_at, clock=event.clock, offset_minutes=event.utc_offset_minutes, zone=zone
    )
