"""How one parcel reads on the page: its card, its scans, its promise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from carriers.events import Milestone, Reason, TrackingEvent
from tracker.domain.brands import Brand
from tracker.domain.follows import PROGRESS
from tracker.domain.shipments import Item, Shipment
from tracker.render import freshness, headlines, stories, timeline, words
from tracker.render import items as item_lines
from tracker.render.advice import Advice, on_page
from tracker.render.facts import gather
from tracker.render.freshness import Freshness
from tracker.render.items import ItemLine
from tracker.render.languages import Language
from tracker.render.moods import Mood, mood
from tracker.render.plain import one_line, web_address

_COMES = 1
_RANKS: dict[Milestone, int] = {  # in which order parcels speak for their order
    Milestone.READY_FOR_PICKUP: 0,
    Milestone.OUT_FOR_DELIVERY: 0,
    Milestone.RETURNING: 2,
    Milestone.LOST: 2,
    Milestone.RETURNED: 3,
    Milestone.DELIVERED: 4,
    Milestone.CANCELLED: 5,
}
_NO_DAY = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """The partner's number when another carrier finishes the journey, and the partner's page where we know it."""

    number: str
    carrier: str
    page_url: str


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
    is_damaged: bool
    title: str  # answers where it is or when it comes, true of several parcels too
    since: str  # when the scan was made that put it where it stands; empty when there is none
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
    pictures: Mapping[str, str]  # of items: address by SKU
    can_report: bool  # whether the page has buttons that tell the shop what is wrong


def in_words(
    shipment: Shipment,
    events: Sequence[TrackingEvent],
    items: Sequence[Item],
    *,
    n: int,
    page_url: str,
    partner: Partner | None,
    can_be_asked: bool,
    at: Moment,
) -> Parcel:
    """The shipment and its events, any order, as the reader would put them."""
    facts = gather(
        shipment,
        events,
        language=at.language,
        brand=at.brand,
        now=at.now,
        can_be_asked=can_be_asked,
        can_report=at.can_report,
        page_url=web_address(page_url),
    )
    names, deciding = facts.names, facts.deciding
    return Parcel(
        n=n,
        mood=mood(shipment, can_be_asked=can_be_asked),
        carrier=names["carrier"],
        tracking_number=one_line(shipment.tracking_number),
        milestone=facts.milestone,
        has_ended=facts.has_ended,
        is_late=shipment.judgement.delayed is not None and not facts.has_ended,
        is_damaged=facts.reason is Reason.DAMAGED,
        title=headlines.of_parcel(facts),
        since=headlines.at(at.language, deciding, zone=shipment.destination_zone, today=facts.today)
        if deciding
        else "",
        story=stories.of_parcel(facts),
        correction=stories.correction(facts),
        advice=on_page(facts),
        freshness=freshness.of_parcel(facts),
        scans=timeline.in_words(facts, limit=at.scans_shown),
        older_scans=max(0, len(facts.newest_first) - at.scans_shown),
        no_scans=stories.no_scans(facts),
        items=item_lines.in_words(items[: at.items_shown], at.pictures),
        more_items=max(0, len(items) - at.items_shown),
        page_url=facts.page_url,
        service=_service(shipment.service, names["carrier"]),
        handed_over=_handed_over(shipment, partner),
    )


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


def next_to_arrive(shipment: Shipment, today: date) -> tuple[int, date, int, float, str]:
    """Sort key: what comes, the soonest and furthest first; then what will hardly come; then what has ended."""
    milestone, window, since = shipment.standing.milestone, shipment.window, shipment.standing.since
    return (
        _RANKS.get(milestone, _COMES) if milestone else _COMES,
        window.last_day if window and window.last_day >= today else _NO_DAY,
        -PROGRESS[milestone] if milestone else 0,
        -since.timestamp() if since else 0,
        shipment.id,
    )
