"""What is said above all parcels of an order: its title, its story, and what the next parcel must not hide."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from carriers.events import Milestone
from tracker.domain.brands import Brand
from tracker.domain.orders import Order, OrderStage
from tracker.render import headlines, promises, times, words
from tracker.render.advice import NOTHING_TO_DO, Advice, advice
from tracker.render.freshness import Freshness
from tracker.render.languages import N_, Language
from tracker.render.moods import Mood
from tracker.render.parcels import Parcel

_WITHOUT_PARCELS: dict[OrderStage, str] = {
    OrderStage.PLACED: N_("We have your order"),
    OrderStage.CONFIRMED: N_("Your order is confirmed"),
    OrderStage.PACKED: N_("Packed and ready to go"),
}
_STATUS: dict[Milestone, str] = {  # where the stage says less than the parcel, or too much
    Milestone.READY_FOR_PICKUP: N_("Waiting for you"),
    Milestone.ATTEMPT_FAILED: N_("Delivery attempted"),
    Milestone.RETURNING: N_("Going back"),
    Milestone.LOST: N_("Lost"),
}
_SAYS_DELAYED = frozenset({Mood.CALM, Mood.LATE, Mood.UNSURE})  # the others say more


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The words above the parcels."""

    title: str
    mood: Mood
    status: str
    overlay: str  # "Delayed", or empty
    count: str = ""  # "2 of 3 parcels delivered"; empty for one parcel, and where the title says it
    story: tuple[str, ...]
    correction: str = ""
    others: tuple[str, ...] = ()
    advice: Advice
    freshness: Freshness | None = None


def of_order(order: Order, cards: Sequence[Parcel], *, language: Language, brand: Brand, now: datetime) -> Summary:
    """The cards are sorted: the next to arrive first."""
    if order.state.stage is OrderStage.CANCELLED:
        return _cancelled(language, brand)
    if not cards:
        return _without_parcels(order, language=language, brand=brand, now=now)
    if order.state.ended and order.state.parcels > 1 and order.state.delivered:
        return _ended(order, cards, language=language, brand=brand)
    return _of_next(order, cards, language=language, brand=brand)


def status(language: Language, stage: OrderStage, focus: Parcel | None) -> str:
    """The stage's words; a parcel that waits on a shelf, was lost or goes back is not out for delivery any more."""
    if focus and focus.is_damaged:
        return language.say("Damaged")
    if focus and focus.milestone in _STATUS:
        return language.say(_STATUS[focus.milestone])
    return words.stage(language, stage)


def _cancelled(language: Language, brand: Brand) -> Summary:
    names = words.names(language, "", shop=brand.name)
    return Summary(
        title=language.say("This order was cancelled"),
        mood=Mood.UNPLEASANT,
        status=words.stage(language, OrderStage.CANCELLED),
        overlay="",
        story=(language.say("Nothing more will be sent for it."),),
        advice=Advice(follows="", can_do=advice(language, Milestone.CANCELLED, None, **names).can_do),
    )


def _without_parcels(order: Order, *, language: Language, brand: Brand, now: datetime) -> Summary:
    """What the shop said."""
    names, stage = words.names(language, "", shop=brand.name), order.state.stage
    today, window = times.today_at(now, order.destination_zone), order.promised
    title = language.say(_WITHOUT_PARCELS.get(stage, words.STAGES[stage]))
    story = [
        language.say("%(shop)s is getting it ready. The first parcel shows here as soon as it is announced.", **names)
    ]
    if window and window.last_day >= today:
        title = language.say("Expected %(when)s", when=headlines.arrival(language, window, today))
        story.append(promises.promise(language, window, is_new=False, **names))
    elif window:
        story.append(promises.earlier(language, window, **names))
    return Summary(
        title=title,
        mood=Mood.CALM,
        status=words.stage(language, stage),
        overlay=_overlay(language, order, Mood.CALM),
        story=tuple(story),
        advice=Advice(follows="", can_do=language.say(NOTHING_TO_DO)),
    )


def _ended(order: Order, cards: Sequence[Parcel], *, language: Language, brand: Brand) -> Summary:
    """Several parcels, nothing of which is awaited, and some of which came."""
    state, names = order.state, words.names(language, "", shop=brand.name)
    story = []
    if state.returned:
        story.append(
            language.count(
                "%(num)s parcel went back to %(shop)s.",
                "%(num)s parcels went back to %(shop)s.",
                state.returned,
                shop=names["shop"],
            )
        )
    last = next((card for card in cards if card.milestone is Milestone.DELIVERED), None)
    if last and last.since:
        story.append(language.say("The last delivery: %(when)s.", when=last.since))
    return Summary(
        title=headlines.of_ends(language, delivered=state.delivered, whole=state.parcels),
        mood=Mood.UNPLEASANT if state.returned else Mood.GOOD,
        status=words.stage(language, state.stage),
        overlay="",
        story=tuple(story),
        advice=cards[0].advice,
    )


def _of_next(order: Order, cards: Sequence[Parcel], *, language: Language, brand: Brand) -> Summary:
    """The parcel that comes next speaks for the order, with those of which the same is true."""
    focus = cards[0]
    alike = [card for card in cards if card.title == focus.title]
    void = sum(card.milestone is Milestone.CANCELLED for card in cards if card not in alike)
    story = focus.story
    if order.facts.cancelled_at is not None and not focus.has_ended:
        story = (*story, _called_off(language, focus, brand))
    return Summary(
        title=headlines.of_some(
            language, focus.title, alike=[card.n for card in alike], whole=len(order.shipments) - void
        ),
        mood=focus.mood,
        status=status(language, order.state.stage, focus),
        overlay=_overlay(language, order, focus.mood),
        count=_count(language, order),
        story=story,
        correction=focus.correction,
        others=tuple(_of_others(language, focus, [card for card in cards if card not in alike])),
        advice=focus.advice,
        freshness=None if focus.has_ended else focus.freshness,
    )


def _count(language: Language, order: Order) -> str:
    whole = order.state.parcels
    return headlines.counted(language, delivered=order.state.delivered, whole=whole) if whole > 1 else ""


def _called_off(language: Language, focus: Parcel, brand: Brand) -> str:
    shop = words.names(language, "", shop=brand.name)["shop"]
    said = N_("%(shop)s has cancelled this order, but %(carrier)s already has this parcel.")
    return language.say(said, shop=shop, carrier=focus.carrier)


def _overlay(language: Language, order: Order, mood: Mood) -> str:
    return language.say("Delayed") if order.state.delayed and mood in _SAYS_DELAYED else ""


def _of_others(language: Language, focus: Parcel, others: Sequence[Parcel]) -> Iterator[str]:
    """The gravest first."""
    count, open_ones = language.count, [card for card in others if card.milestone is not Milestone.CANCELLED]
    moods = Counter(card.mood for card in open_ones)
    if n := moods[Mood.UNPLEASANT]:
        yield count("%(num)s other parcel may not reach you.", "%(num)s other parcels may not reach you.", n)
    if n := moods[Mood.WAITING]:
        yield count("%(num)s other parcel is waiting for you.", "%(num)s other parcels are waiting for you.", n)
    if n := sum(card.is_late for card in open_ones if card.mood not in (Mood.UNPLEASANT, Mood.WAITING, Mood.BLIND)):
        yield count("%(num)s other parcel is delayed.", "%(num)s other parcels are delayed.", n)
    blind = Counter(card.carrier for card in open_ones if card.freshness.is_blind and not card.has_ended)
    for carrier, n in blind.items():
        if focus.freshness.is_blind and carrier == focus.carrier:
            continue
        yield count(
            "We cannot ask %(carrier)s about %(num)s other parcel at present.",
            "We cannot ask %(carrier)s about %(num)s other parcels at present.",
            n,
            carrier=carrier,
        )
