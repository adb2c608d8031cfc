"""What a reader can do now: three questions answered, the carrier's and the shop's own pages, a word to the shop."""

from dataclasses import dataclass

from carriers.own_pages import Wish, own_page
from tracker.domain import ratings, tickets
from tracker.domain.brands import Brand, Product
from tracker.domain.orders import Order
from tracker.domain.shipments import Shipment
from tracker.domain.tickets import TicketKind
from tracker.render import questions, words
from tracker.render.languages import N_, Language
from tracker.render.moods import Mood
from tracker.render.plain import mailbox, web_address
from tracker.render.questions import Situation, Topic

PRODUCTS_SHOWN = 3

# Translators: these are buttons. Each opens a page; nothing is sent yet.
REPORTS: dict[TicketKind, str] = {
    TicketKind.MISSING: N_("I do not have it"),
    TicketKind.DAMAGED: N_("It is damaged"),
    TicketKind.ADDRESS: N_("The address is wrong"),
    TicketKind.PROBLEM: N_("Report another problem"),
}
REPORTED: dict[TicketKind, str] = {
    TicketKind.MISSING: N_("You told us that it has not arrived. %(shop)s is looking into it."),
    TicketKind.DAMAGED: N_("You told us that it is damaged. %(shop)s is looking into it."),
    TicketKind.ADDRESS: N_("You told us that the address is wrong. %(shop)s is looking into it."),
    TicketKind.PROBLEM: N_("You told us about a problem. %(shop)s is looking into it."),
}
WISHES: dict[Wish, str] = {
    Wish.CHANGE: N_("Choose another day or place at %(carrier)s"),
    Wish.AGAIN: N_("Book another delivery at %(carrier)s"),
    Wish.SEARCH: N_("Ask %(carrier)s to search for it"),
}
_WISHED: dict[Situation, Wish] = {
    Situation.ANNOUNCED: Wish.CHANGE,
    Situation.MOVING: Wish.CHANGE,
    Situation.LATE: Wish.CHANGE,
    Situation.OUT: Wish.CHANGE,
    Situation.ATTEMPTED: Wish.AGAIN,
    Situation.LOST: Wish.SEARCH,
    Situation.DELIVERED: Wish.SEARCH,
}
# Where no page for that wish is known, the tracking page says what the carrier offers.
_OFFERED: dict[Situation, str] = {
    Situation.OUT: N_("See what %(carrier)s offers on its page"),
    Situation.ATTEMPTED: N_("See what %(carrier)s offers on its page"),
    Situation.PICKUP: N_("See the pickup place at %(carrier)s"),
    Situation.CUSTOMS: N_("See at %(carrier)s what customs needs"),
    Situation.HELD: N_("See at %(carrier)s what it needs"),
}
_RETURN = N_("Return something to %(shop)s")
_ASK_SHOP = N_("Ask %(shop)s")
# It moves on, or ends better, if its reader does something: the first action stands on top of the page.
_URGENT = frozenset(
    {
        Situation.ATTEMPTED,
        Situation.PICKUP,
        Situation.CUSTOMS,
        Situation.HELD,
        Situation.ADDRESS,
        Situation.DAMAGED,
        Situation.RETURNING,
        Situation.RETURNED,
        Situation.LOST,
        Situation.CANCELLED,
    }
)
_SHOP_FIRST = frozenset(
    {
        Situation.NEVER_SCANNED,
        Situation.DAMAGED,
        Situation.RETURNING,
        Situation.RETURNED,
        Situation.LOST,
        Situation.CANCELLED,
    }
)
_FITS_PRODUCTS = frozenset({Mood.CALM, Mood.GOOD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A link that is named for what it does."""

    label: str
    url: str
    is_ours: bool  # an address below this page


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """What can be done, as the order stands."""

    stands: Situation
    topics: tuple[Topic, ...]
    carrier: str
    first: Action | None  # what its reader should do now, where there is such a thing
    actions: tuple[Action, ...]  # everything else that they can do, the likeliest first
    reported: tuple[str, ...]  # what the shop already knows from its reader
    can_rate: bool
    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Helped:
    """Whom and about what."""

    order: Order
    shipment: Shipment | None  # the one the page speaks of
    mood: Mood
    moods: frozenset[Mood]  # of the order and of all its parcels
    path: str  # empty in previews: then nothing leads below the page
    carrier_page: str
    reported: tuple[TicketKind, ...]


def in_words(about: Helped, brand: Brand, *, language: Language) -> Help:
    """The section "What can I do?" for this reader."""
    stands = questions.situation(about.order, about.shipment, about.mood)
    names = words.names(language, about.shipment.carrier if about.shipment else "", shop=brand.name)
    fits_products = about.moods <= _FITS_PRODUCTS and not (
        about.order.state.delayed or about.order.state.returned or about.reported
    )
    actions = tuple(_actions(about, brand, stands, language=language, **names))
    tops = 1 if stands in _URGENT and not about.reported else 0
    return Help(
        stands=stands,
        topics=questions.topics(about.order, stands),
        carrier=names["carrier"],
        first=next(iter(actions[:tops]), None),
        actions=actions[tops:],
        reported=tuple(language.say(REPORTED[each], **names) for each in about.reported),
        can_rate=bool(about.path) and ratings.can_be_rated(about.order) and not about.reported,
        products=brand.products[:PRODUCTS_SHOWN] if fits_products else (),
    )


def _actions(about: Helped, brand: Brand, stands: Situation, *, language: Language, **names: str) -> list[Action]:
    kinds = [each for each in tickets.kinds_for(about.order) if about.path and not _is_known(about.order, each)]
    ours = [
        Action(label=language.say(REPORTS[kind]), url=f"{about.path}/{kind}", is_ours=True)
        for kind in kinds
        if kind is not TicketKind.PROBLEM
    ]
    other = [Action(label=language.say(REPORTS[TicketKind.PROBLEM]), url=f"{about.path}/problem", is_ours=True)]
    carriers = _at_carrier(about, stands, language=language, **names)
    shops = _at_shop(brand, stands, language=language, **names)
    found = ours + carriers if stands in (Situation.DELIVERED, Situation.ADDRESS) else carriers + ours
    found = shops + found if stands in _SHOP_FIRST else found + shops
    return found + other if about.path else found


def _is_known(order: Order, kind: TicketKind) -> bool:
    """Whether the shop has been told of every parcel that can be missing."""
    if kind is not TicketKind.MISSING:
        return False
    return all(each.missed_at is not None for each in tickets.concerned(order, kind))


def _at_carrier(about: Helped, stands: Situation, *, language: Language, **names: str) -> list[Action]:
    if about.shipment is None:
        return []
    wish, country = _WISHED.get(stands), about.order.destination.country
    url = own_page(about.shipment.carrier, wish, country=country) if wish else ""
    if wish and url:
        return [Action(label=language.say(WISHES[wish], **names), url=url, is_ours=False)]
    offered, page = _OFFERED.get(stands), web_address(about.carrier_page)
    return [Action(label=language.say(offered, **names), url=page, is_ours=False)] if offered and page else []


def _at_shop(brand: Brand, stands: Situation, *, language: Language, **names: str) -> list[Action]:
    found = []
    if stands is Situation.DELIVERED and brand.returns_url:
        found.append(Action(label=language.say(_RETURN, **names), url=brand.returns_url, is_ours=False))
    box = mailbox(brand.reply_to)
    contact = brand.help_url or (f"mailto:{box}" if box else "")
    if contact:
        found.append(Action(label=language.say(_ASK_SHOP, **names), url=contact, is_ours=False))
    return found
