"""How one parcel reads on the page: its card, its scans, its promise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from carriers.events import Milestone, TrackingEvent
from tracker.domain import histories
from tracker.domain.brands import Brand
from tracker.domain.shipments import DelayCause, Item, Shipment
from tracker.domain.windows import DeliveryWindow
from tracker.render import promises, timeline, times, words
from tracker.render.advice import Advice, advice
from tracker.render.freshness import Freshness, freshness, never_asked
from tracker.render.languages import Language
from tracker.render.moods import Mood, mood
from tracker.render.plain import one_line, web_address

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
_NOT_SCANNED = frozenset({None, Milestone.LABEL_CREATED})  # a label is an announcement, nobody has scanned the parcel
_FAR_AWAY = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """One line of what is in a parcel or an order."""

    name: str
    quantity: int
    picture: str = ""  # a path on our own host


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """The partner's number when another carrier finishes the journey, and the partner's page where we know it."""

    number: str
    carrier: str
    page_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """The few words that answer "where is it, when does it come", in their three places."""

    alone: str  # of an order with one parcel
    numbered: str  # of the next of several
    card: str  # under "Parcel 2 of 3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One parcel in words."""

    n: int  # its place in the order, the same on every visit
    mood: Mood
    carrier: str
    tracking_number: str
    milestone: Milestone | None
    has_ended: bool
    is_late: bool
    title: Title
    story: tuple[str, ...]  # sentences: what happened, who promised what
    correction: str  # what we said, what the carrier says now; empty when nothing was taken back
    advice: Advice
    freshness: Freshness
    scans: tuple[timeline.Scan, ...]
    older_scans: int
    no_scans: str  # why there is no timeline, in a sentence; empty when there is one
    items: tuple[ItemLine, ...]
    more_items: int
    page_url: str
    service: str
    handed_over: HandOver | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """The carrier to whom a parcel was handed over, as its number tells, and its own public page."""

    carrier: str
    page_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """For whom and when the page is made."""

    language: Language
    brand: Brand
    now: datetime
    scans_shown: int
    items_shown: int


def in_words(
    shipment: Shipment,
    events: Sequence[TrackingEvent],
    items: Sequence[Item],
    *,
    n: int,
    page_url: str,
    partner: Partner | None = None,
    can_be_asked: bool,
    at: Moment,
) -> Parcel:
    """The shipment and its events, any order, as the reader would put them."""
    language = at.language
    names = words.names(language, shipment.carrier, shop=at.brand.name)
    milestone = shipment.standing.milestone
    newest_first = tuple(reversed(histories.in_order(events)))
    today = times.today_at(at.now, shipment.destination_zone)
    window = _open_window(shipment, today)
    deciding = next((event for event in newest_first if event.fingerprint == shipment.standing.event), None)
    seen = next((event for event in newest_first if _is_on_the_way(event)), None)
    return Parcel(
        n=n,
        mood=mood(shipment, can_be_asked=can_be_asked),
        carrier=names["carrier"],
        tracking_number=one_line(shipment.tracking_number),
        milestone=milestone,
        has_ended=milestone in ENDED,
        is_late=shipment.judgement.delayed is not None and milestone not in ENDED,
        title=_title(language, shipment, window, deciding, n=n, today=today, **names),
        story=_story(language, shipment, window, seen, **names),
        correction="",
        advice=_advice(language, shipment, **names),
        freshness=_freshness(language, shipment, can_be_asked=can_be_asked, now=at.now, **names),
        scans=timeline.in_words(language, newest_first, shipment, limit=at.scans_shown, **names),
        older_scans=max(0, len(newest_first) - at.scans_shown),
        no_scans=""
        if newest_first
        else language.say("No scan yet. The first one appears once %(carrier)s has the parcel.", **names),
        items=item_lines(items[: at.items_shown]),
        more_items=max(0, len(items) - at.items_shown),
        page_url=web_address(page_url),
        service=_service(shipment.service, names["carrier"]),
        handed_over=_handed_over(shipment, partner),
    )


def _freshness(language: Language, shipment: Shipment, *, can_be_asked: bool, now: datetime, **names: str) -> Freshness:
    if not can_be_asked:
        return never_asked(language, carrier=names["carrier"])
    last_scan_at = None if shipment.standing.milestone in _NOT_SCANNED else shipment.last_event_at
    zone = shipment.destination_zone
    return freshness(language, shipment.watch, carrier=names["carrier"], last_scan_at=last_scan_at, now=now, zone=zone)


def item_lines(items: Sequence[Item]) -> tuple[ItemLine, ...]:
    """What was bought, as far as it is shown."""
    return tuple(ItemLine(name=one_line(item.name, 120), quantity=item.quantity) for item in items)


def _handed_over(shipment: Shipment, partner: Partner | None) -> HandOver | None:
    number = one_line(shipment.handed_over_to)
    if not number:
        return None
    return HandOver(
        number=number,
        carrier=words.carrier_title(partner.carrier) if partner else "",
        page_url=web_address(partner.page_url) if partner else "",
    )


def _service(service: str, carrier: str) -> str:
    """UPS Ground; the carrier's name in front where its own service does not carry it."""
    shown = one_line(service)
    return shown if shown.startswith(carrier) else f"{carrier} {shown}".strip()


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
    language: Language,
    shipment: Shipment,
    window: DeliveryWindow | None,
    deciding: TrackingEvent | None,
    *,
    n: int,
    today: date,
    **names: str,
) -> Title:
    say, milestone = language.say, shipment.standing.milestone
    if window and milestone not in _SPEAKS_FIRST:
        when = times.soon(language, window, today)
        arrives = say("Arrives %(when)s", when=when)
        return Title(alone=arrives, numbered=say("Parcel %(n)s arrives %(when)s", n=n, when=when), card=arrives)
    if shipment.judgement.delayed and milestone not in ENDED | _SPEAKS_FIRST:
        return Title(
            alone=say("Your parcel is delayed"), numbered=say("Parcel %(n)s is delayed", n=n), card=say("Delayed")
        )
    shown = _headline(language, shipment, deciding, today=today, **names)
    return Title(alone=shown, numbered=say("Parcel %(n)s: %(title)s", n=n, title=shown), card=shown)


def _headline(
    language: Language, shipment: Shipment, deciding: TrackingEvent | None, *, today: date, **names: str
) -> str:
    milestone = shipment.standing.milestone
    if milestone is None:
        return language.say("No news from %(carrier)s yet", carrier=names["carrier"])
    if shipment.pickup_by and milestone is Milestone.READY_FOR_PICKUP:
        return language.say("Ready to collect until %(day)s", day=times.day(language, shipment.pickup_by))
    if deciding and milestone is Milestone.DELIVERED:
        return language.say(
            "Delivered %(when)s", when=timeline.when(language, deciding, shipment.destination_zone, today=today)
        )
    return words.headline(language, milestone, shipment.standing.reason, **names)


def _story(
    language: Language,
    shipment: Shipment,
    window: DeliveryWindow | None,
    seen: TrackingEvent | None,
    **names: str,
) -> tuple[str, ...]:
    """What happened, why it is late, who promised what; each a sentence."""
    delay = None if shipment.standing.milestone in ENDED else shipment.judgement.delayed
    sentences = []
    if delay is not DelayCause.NEVER_SCANNED:
        sentences.append(_happened(language, shipment, seen, **names))
    if delay and delay is not DelayCause.MILESTONE:
        sentences.append(words.delay_sentence(language, delay, **names))
    if shipment.standing.milestone in ENDED:
        return tuple(sentences)
    earlier = _earlier_window(shipment, window)
    if earlier:
        sentences.append(promises.earlier(language, earlier, **names))
    if window:
        sentences.append(promises.promise(language, window, is_new=earlier is not None, **names))
    elif delay is DelayCause.PROMISE_PASSED:
        sentences.append(language.say("Nobody has named a new day yet."))
    return tuple(sentences)


def _happened(language: Language, shipment: Shipment, seen: TrackingEvent | None, **names: str) -> str:
    """Of a parcel on the move, where it was last seen says more than that it moves."""
    milestone, reason = shipment.standing.milestone, shipment.standing.reason
    if milestone is None:
        return language.say("%(carrier)s has not told us anything about this parcel yet.", carrier=names["carrier"])
    if seen and milestone is Milestone.IN_TRANSIT and reason is None:
        where = words.place(language, seen.place, home=shipment.destination.country)
        if where:
            when = timeline.when(language, seen, shipment.destination_zone)
            return language.say("Last scanned in %(place)s: %(when)s.", place=where, when=when)
    return words.event_sentence(language, milestone, reason, shipment.left_with, **names)


def _is_on_the_way(event: TrackingEvent) -> bool:
    """The scan that opened the stage is soon an old one: the story names the latest, as the timeline does."""
    return event.milestone is Milestone.IN_TRANSIT and not event.forecast and not event.retracts


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
