"""What a link that was passed on must not show, and the reader who has proven more may see."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from carriers.events import Milestone, TrackingEvent
from tracker.domain.orders import Order
from tracker.domain.people import Recipient, mask
from tracker.domain.shipments import ShipmentId
from tracker.render import times, words
from tracker.render.languages import Language
from tracker.render.plain import TEXT_LIMIT, one_line

HANDED_OVER = frozenset({Milestone.DELIVERED, Milestone.RETURNED})  # somebody took it, and carriers write who
# "Signed for by: ...", "Further consignee information needed ...": what follows may be anybody's name or street.
_NAMES = re.compile(
    r"\b(sign(ed|ature|atory)|consignee information|unterschr\w*|"
    r"(accepted|collected|received|taken|delivered|released|handed|given|left|picked up)"
    r"( over)?( for)? (by|to|with))\b",
    re.IGNORECASE,
)


def may_name_somebody(event: TrackingEvent) -> bool:
    """Whether the carrier's own words may say who took the parcel, or where exactly."""
    return event.milestone in HANDED_OVER or _NAMES.search(event.text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One scan in its carrier's own words."""

    carrier: str
    when: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is personal about an order."""

    path: str  # of the tracking page
    number: str
    may_see: bool
    names: tuple[str, ...]
    place: str
    addresses: tuple[str, ...]
    words: tuple[Words, ...]
    says: str


Scans = dict[ShipmentId, tuple[TrackingEvent, ...]]


def in_words(
    order: Order,
    people: tuple[Recipient, ...],
    events: Scans,
    *,
    path: str,
    may_see: bool,
    says: str,
    language: Language,
) -> Details:
    """The page as this reader would put it; empty of everything until they may see it."""
    place = order.destination
    return Details(
        path=path,
        number=one_line(order.number),
        may_see=may_see,
        names=tuple(one_line(each.name) for each in people if each.name) if may_see else (),
        place=_place(language, order) if may_see and place.country else "",
        addresses=tuple(mask(each.address) for one in people for each in one.contacts) if may_see else (),
        words=tuple(_words(order, events, language)) if may_see else (),
        says=says,
    )


def _place(language: Language, order: Order) -> str:
    town = words.place(language, order.destination)
    return one_line(f"{order.destination.postcode} {town}" if order.destination.postcode else town)


def _words(order: Order, events: Scans, language: Language) -> Iterator[Words]:
    for shipment in order.shipments:
        carrier = words.names(language, shipment.carrier, shop="")["carrier"]
        for event in events.get(shipment.id, ()):
            if event.text and may_name_somebody(event):
                yield Words(
                    carrier=carrier,
                    when=times.when(
                        language,
                        event.occurred_at,
                        clock=event.clock,
                        offset_minutes=event.utc_offset_minutes,
                        zone=shipment.destination_zone,
                    ),
                    text=one_line(event.text, TEXT_LIMIT),
                )
