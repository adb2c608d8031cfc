"""What stands on the pages a shopper opens: the order, and the few pages around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from carriers.events import Milestone, TrackingEvent
from tracker.domain.brands import Brand, Theme
from tracker.domain.orders import Order, OrderStage, left_the_shop
from tracker.domain.shipments import Judgement, Shipment, ShipmentId
from tracker.domain.tickets import TicketKind
from tracker.render import help as help_section
from tracker.render import items as item_lines
from tracker.render import maps, parcels, summaries, times, tools, words
from tracker.render.advice import Advice
from tracker.render.freshness import Freshness
from tracker.render.help import Help, Helped
from tracker.render.items import ItemLine
from tracker.render.languages import Language
from tracker.render.moods import Mood
from tracker.render.parcels import Moment, Parcel, Partner
from tracker.render.plain import one_line
from tracker.render.tools import Tools

SCANS_SHOWN = 36  # over all parcels: with these the page stays below 30 kB
PARCELS_SHOWN = 12
ITEMS_SHOWN = 24  # over all parcels
NO_PICTURES: Mapping[str, str] = MappingProxyType({})

NOBODY = Brand(  # where we do not know, or must not say, whose order a link was for
    slug="",
    name="",
    theme=Theme(
        accent="#2f5d62",
        on_accent="#ffffff",
        ink="#1d2526",
        paper="#f5f5f2",
        accent_dark="#8cc7cc",
        on_accent_dark="#0d1c1e",
        ink_dark="#eceeed",
        paper_dark="#141a1b",
        font="system-ui, sans-serif",
        radius_px=8,
    ),
    mail_from="",
)

_TRACK = (
    OrderStage.CONFIRMED,
    OrderStage.PACKED,
    OrderStage.SHIPPED,
    OrderStage.IN_TRANSIT,
    OrderStage.OUT_FOR_DELIVERY,
    OrderStage.DELIVERED,
)


class Unsubscribing(StrEnum):
    """Where a reader is on the way out."""

    ASKED = "asked"  # a page with a button: scanners open links, only a person presses
    STOPPED = "stopped"
    RESUMED = "resumed"


class Finding(StrEnum):
    """What the look-up form has to say."""

    ASKED = "asked"
    INCOMPLETE = "incomplete"
    ELSEWHERE = "elsewhere"  # another site's page sent it
    NOT_FOUND = "not_found"  # unknown or wrong: nobody learns which
    TOO_OFTEN = "too_often"
    SENT = "sent"  # the link once more, if there is such an order: nobody learns whether


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """One order and what was seen of its current shipments."""

    order: Order
    events: Mapping[ShipmentId, tuple[TrackingEvent, ...]] = field(default_factory=dict)
    carrier_pages: Mapping[ShipmentId, str] = field(default_factory=dict)  # the carrier's own public page
    cannot_be_asked: frozenset[ShipmentId] = frozenset()  # whose carrier is off
    partners: Mapping[ShipmentId, Partner] = field(default_factory=dict)  # of parcels that were handed over
    path: str = ""  # where the page stands; empty in previews: then nothing leads to addresses below it
    asked_language: str = ""  # what ?lang= chose; links and forms below the page carry it on
    reported: tuple[TicketKind, ...] = ()  # what its reader told us and nobody has closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One mark of the progress bar."""

    label: str
    is_done: bool
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The order in words."""

    number: str
    title: str
    mood: Mood
    state: str  # "delayed" or the stage
    status: str  # one or two words: the stage, or what has become of it
    overlay: str  # "Delayed" beside the status, or empty
    count: str  # "2 of 3 parcels delivered"; empty for one
    is_late: bool
    story: tuple[str, ...]  # of the parcel the title is about: what happened, what it means
    correction: str  # what we said and what is so now; empty when nothing was taken back
    others: tuple[str, ...]  # what is true of other parcels and must not be hidden: late, waiting, blind
    advice: Advice
    freshness: Freshness | None  # of the parcel the title is about; None when nothing more is expected of it
    steps: tuple[Step, ...]
    focus: Parcel | None  # the parcel the title is about
    sketch: maps.Sketch | None  # its way so far
    parcels: tuple[Parcel, ...]
    more_parcels: int
    items: tuple[ItemLine, ...]  # of the order, where nobody has said what is in which parcel
    more_items: int
    path: str  # empty in previews
    asked_language: str
    tools: Tools
    help: Help


def in_words(
    view: PageView, brand: Brand, *, language: Language, now: datetime, pictures: Mapping[str, str] = NO_PICTURES
) -> Page:
    """The page's facts as this reader would put them; `pictures`: of items, addresses by SKU."""
    order = view.order
    cards = _cards(view, brand, language=language, now=now, pictures=pictures)
    focus = cards[0] if cards and order.state.stage is not OrderStage.CANCELLED else None
    summary = summaries.of_order(order, cards, language=language, brand=brand, now=now)
    loose = () if any(card.items for card in cards) else order.items
    return Page(
        number=one_line(order.number),
        title=summary.title,
        mood=summary.mood,
        state=order.state.state,
        status=summary.status,
        overlay=summary.overlay,
        count=summary.count,
        is_late=order.state.delayed,
        story=summary.story,
        correction=summary.correction,
        others=summary.others,
        advice=summary.advice,
        freshness=summary.freshness,
        steps=() if summary.mood is Mood.UNPLEASANT else _steps(language, order.state.stage, focus),
        focus=focus,
        sketch=_sketch(view, order.shipments[focus.n - 1], language) if focus else None,
        parcels=cards,
        more_parcels=len(order.shipments) - len(cards),
        items=item_lines.in_words(loose[:ITEMS_SHOWN], pictures),
        more_items=max(0, len(loose) - ITEMS_SHOWN),
        path=view.path,
        asked_language=view.asked_language,
        tools=tools.in_words(order, path=view.path, now=now),
        help=_help(view, brand, focus=focus, cards=cards, mood=summary.mood, language=language),
    )


def _help(
    view: PageView, brand: Brand, *, focus: Parcel | None, cards: tuple[Parcel, ...], mood: Mood, language: Language
) -> Help:
    shipment = view.order.shipments[focus.n - 1] if focus else None
    about = Helped(
        order=view.order,
        shipment=shipment,
        mood=focus.mood if focus else mood,
        moods=frozenset((mood, *(card.mood for card in cards))),
        path=view.path,
        carrier_page=view.carrier_pages.get(shipment.id, "") if shipment else "",
        reported=view.reported,
    )
    return help_section.in_words(about, brand, language=language)


def _sketch(view: PageView, shipment: Shipment, language: Language) -> maps.Sketch | None:
    return maps.in_words(shipment, view.events.get(shipment.id, ()), language=language)


def _cards(
    view: PageView, brand: Brand, *, language: Language, now: datetime, pictures: Mapping[str, str]
) -> tuple[Parcel, ...]:
    """The parcels, the next to arrive first; each keeps its number within the order."""
    order = view.order
    today = times.today_at(now, order.destination_zone)
    standing = [(n, _as_counted(order, shipment)) for n, shipment in enumerate(order.shipments, start=1)]
    shown = sorted(standing, key=lambda each: parcels.next_to_arrive(each[1], today))[:PARCELS_SHOWN]
    share = max(1, len(shown))
    at = Moment(
        language=language,
        brand=brand,
        now=now,
        scans_shown=max(3, SCANS_SHOWN // share),
        items_shown=max(2, ITEMS_SHOWN // share),
        pictures=pictures,
        can_report=bool(view.path),
    )
    return tuple(
        parcels.in_words(
            shipment,
            view.events.get(shipment.id, ()),
            shipment.items or (order.items if len(order.shipments) == 1 else ()),
            n=n,
            page_url=view.carrier_pages.get(shipment.id, ""),
            partner=view.partners.get(shipment.id),
            can_be_asked=shipment.id not in view.cannot_be_asked,
            at=at,
        )
        for n, shipment in shown
    )


def _as_counted(order: Order, shipment: Shipment) -> Shipment:
    """A label of a cancelled order that no carrier had by then will never be a parcel, whatever its scans say."""
    if order.facts.cancelled_at is None or left_the_shop(shipment):
        return shipment
    return replace(
        shipment,
        standing=replace(shipment.standing, milestone=Milestone.CANCELLED, reason=None),
        judgement=Judgement(),
    )


def _steps(language: Language, stage: OrderStage, focus: Parcel | None) -> tuple[Step, ...]:
    if stage in (OrderStage.RETURNED, OrderStage.CANCELLED):
        return ()
    reached = _TRACK.index(stage) if stage in _TRACK else -1
    return tuple(
        Step(label=_step(language, step, focus), is_done=n <= reached, is_current=n == reached)
        for n, step in enumerate(_TRACK)
    )


def _step(language: Language, stage: OrderStage, focus: Parcel | None) -> str:
    """The stage's words; a parcel that waits on a shelf is not out for delivery any more."""
    if focus and focus.milestone is Milestone.READY_FOR_PICKUP and stage is OrderStage.OUT_FOR_DELIVERY:
        return summaries.status(language, stage, focus)
    return words.stage(language, stage)
