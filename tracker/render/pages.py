"""What stands on the pages a shopper opens: the order, and the few pages around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from carriers.events import Milestone, TrackingEvent
from tracker.domain.brands import Brand, Theme
from tracker.domain.orders import Order, OrderStage
from tracker.domain.shipments import Shipment, ShipmentId
from tracker.render import maps, parcels, promises, times, words
from tracker.render.advice import Advice, advice
from tracker.render.freshness import Freshness
from tracker.render.languages import N_, Language
from tracker.render.moods import Mood
from tracker.render.parcels import ItemLine, Moment, Parcel, Partner
from tracker.render.plain import one_line

SCANS_SHOWN = 36  # over all parcels: with these the page stays below 30 kB
PARCELS_SHOWN = 12
ITEMS_SHOWN = 24  # over all parcels

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
_WITHOUT_PARCELS: dict[OrderStage, str] = {
    OrderStage.PLACED: N_("We have your order"),
    OrderStage.CONFIRMED: N_("Your order is confirmed"),
    OrderStage.PACKED: N_("Packed and ready to go"),
    OrderStage.CANCELLED: N_("This order was cancelled"),
}
_CANCELLED = N_("Nothing more will be sent for it. Write to %(shop)s if you did not expect this.")
_GETTING_READY = N_("%(shop)s is getting it ready. The first parcel shows here as soon as it is announced.")


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
    status: str
    count: str
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
    items: tuple[ItemLine, ...]  # of an order nothing of which is on its way yet
    more_items: int
    path: str  # empty in previews
    asked_language: str


def in_words(view: PageView, brand: Brand, *, language: Language, now: datetime) -> Page:
    """The page's facts as this reader would put them."""
    order = view.order
    numbers = {shipment.id: n for n, shipment in enumerate(order.shipments, start=1)}
    shipments = sorted(order.shipments, key=parcels.next_to_arrive)[:PARCELS_SHOWN]
    share = max(1, len(shipments))
    at = Moment(
        language=language,
        brand=brand,
        now=now,
        scans_shown=max(3, SCANS_SHOWN // share),
        items_shown=max(2, ITEMS_SHOWN // share),
    )
    cards = tuple(
        parcels.in_words(
            shipment,
            view.events.get(shipment.id, ()),
            shipment.items or (order.items if len(order.shipments) == 1 else ()),
            n=numbers[shipment.id],
            page_url=view.carrier_pages.get(shipment.id, ""),
            partner=view.partners.get(shipment.id),
            can_be_asked=shipment.id not in view.cannot_be_asked,
            at=at,
        )
        for shipment in shipments
    )
    is_cancelled = order.state.stage is OrderStage.CANCELLED
    focus = cards[0] if cards and not is_cancelled else None
    loose = () if cards else order.items
    return Page(
        number=one_line(order.number),
        title=_title(language, order, focus, cards),
        mood=_mood(order, focus),
        state=order.state.state,
        status=_stage(language, order.state.stage, focus),
        count=_count(language, order),
        is_late=order.state.delayed,
        story=focus.story if focus else _story(language, order, brand, now=now),
        correction=focus.correction if focus else "",
        others=_others(language, focus, cards) if focus else (),
        advice=focus.advice if focus else _advice(language, order, brand),
        freshness=focus.freshness if focus and not focus.has_ended else None,
        steps=_steps(language, order.state.stage, focus),
        focus=focus,
        sketch=_sketch(view, shipments[0], language) if focus else None,
        parcels=cards,
        more_parcels=len(order.shipments) - len(cards),
        items=parcels.item_lines(loose[:ITEMS_SHOWN]),
        more_items=max(0, len(loose) - ITEMS_SHOWN),
        path=view.path,
        asked_language=view.asked_language,
    )


def _sketch(view: PageView, shipment: Shipment, language: Language) -> maps.Sketch | None:
    return maps.in_words(shipment, view.events.get(shipment.id, ()), language=language)


def _title(language: Language, order: Order, focus: Parcel | None, cards: tuple[Parcel, ...]) -> str:
    state = order.state
    if focus is None or state.stage is OrderStage.CANCELLED:
        return language.say(_WITHOUT_PARCELS.get(state.stage, words.STAGES[state.stage]))
    if state.stage is OrderStage.DELIVERED and state.parcels > 1 and state.delivered == state.parcels:
        return language.say("Everything has been delivered")
    return focus.title.alone if _is_true_of_all(cards, len(order.shipments)) else focus.title.numbered


def _is_true_of_all(cards: tuple[Parcel, ...], parcels_of_order: int) -> bool:
    """One headline for parcels that share it; words that name "your parcel" keep its number."""
    if parcels_of_order == 1:
        return True
    speaks_of_one = cards[0].milestone in (Milestone.PICKED_UP, Milestone.LOST) or cards[0].is_late
    return not speaks_of_one and len(cards) == parcels_of_order and len({card.title.alone for card in cards}) == 1


def _mood(order: Order, focus: Parcel | None) -> Mood:
    if order.state.stage is OrderStage.CANCELLED:
        return Mood.UNPLEASANT
    return focus.mood if focus else Mood.CALM


def _advice(language: Language, order: Order, brand: Brand) -> Advice:
    """Of an order without a parcel."""
    names = words.names(language, "", shop=brand.name)
    milestone = Milestone.CANCELLED if order.state.stage is OrderStage.CANCELLED else Milestone.UNKNOWN
    return Advice(follows="", can_do=advice(language, milestone, None, **names).can_do)


def _others(language: Language, focus: Parcel, cards: tuple[Parcel, ...]) -> tuple[str, ...]:
    """That other parcels are late: the title must not hide them."""
    late = sum(card.is_late for card in cards if card is not focus)
    if not late:
        return ()
    return (language.count("%(num)s other parcel is delayed.", "%(num)s other parcels are delayed.", late),)


def _count(language: Language, order: Order) -> str:
    state = order.state
    if state.parcels < 2:
        return ""
    return language.count(
        "%(done)s of %(num)s parcels delivered",
        "%(done)s of %(num)s parcels delivered",
        state.parcels,
        done=state.delivered,
    )


def _story(language: Language, order: Order, brand: Brand, *, now: datetime) -> tuple[str, ...]:
    """An order without a parcel: what the shop said."""
    names = words.names(language, "", shop=brand.name)
    if order.state.stage is OrderStage.CANCELLED:
        return (
            language.say("Nothing more will be sent for it. Write to %(shop)s if you did not expect this.", **names),
        )
    said = [
        language.say("%(shop)s is getting it ready. The first parcel shows here as soon as it is announced.", **names)
    ]
    window = order.promised
    if window and window.last_day >= times.today_at(now, order.destination_zone):
        said.append(promises.promise(language, window, is_new=False, **names))
    return tuple(said)


def _stage(language: Language, stage: OrderStage, focus: Parcel | None) -> str:
    """The stage's words; a parcel that waits on a shelf is not out for delivery any more."""
    if focus and focus.milestone is Milestone.READY_FOR_PICKUP and stage is OrderStage.OUT_FOR_DELIVERY:
        return language.say("Waiting for you")
    return words.stage(language, stage)


def _steps(language: Language, stage: OrderStage, focus: Parcel | None) -> tuple[Step, ...]:
    if stage in (OrderStage.RETURNED, OrderStage.CANCELLED):
        return ()
    reached = _TRACK.index(stage) if stage in _TRACK else -1
    return tuple(
        Step(label=_stage(language, step, focus), is_done=n <= reached, is_current=n == reached)
        for n, step in enumerate(_TRACK)
    )
