"""What the rules are given of one shipment and of the people its order concerns."""

from dataclasses import dataclass

from carriers.events import TrackingEvent
from notifiers.message import Channel
from tracker.domain.notices import ToldBefore
from tracker.domain.orders import Order
from tracker.domain.people import Recipient
from tracker.domain.shipments import Shipment


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All that the rules need to judge one shipment's news, under its order's lock."""

    order: Order  # without recipients: most looks tell nobody anything
    shipment: Shipment
    events: tuple[TrackingEvent, ...]  # stored events of that shipment, any order


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whom an order's news concerns, and what they were told."""

    recipients: tuple[Recipient, ...]
    told: tuple[ToldBefore, ...]  # every notification of the order so far
    suppressed: frozenset[tuple[Channel, str]]
