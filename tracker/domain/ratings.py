"""How content a shopper was with a delivery, and what ops learns of it per carrier and lane."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from carriers.events import NOWHERE, Milestone, Place, TrackingEvent
from tracker.domain.orders import Order
from tracker.domain.shipments import Shipment

HIGHEST = 10
PROMOTES, DETRACTS = 9, 6  # from nine on people praise, up to six they warn: the net promoter score's own limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Who carried a parcel, how, from where to where."""

    carrier: str
    service: str = ""
    from_country: str = ""
    from_region: str = ""
    to_country: str = ""
    to_region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One comment, with the score it came with."""

    order_number: str
    brand: str
    score: int
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneRating:
    """What shoppers said of one lane."""

    lane: Lane
    n: int
    mean: float
    promoters: int
    detractors: int
    remarks: tuple[Remark, ...]  # the newest first

    @property
    def nps(self) -> int:
        """From -100, everybody warns, to 100, everybody praises."""
        return round(100 * (self.promoters - self.detractors) / self.n)


def rated(order: Order) -> Shipment | None:
    """The parcel a rating is about: the one that was delivered last. None before any was."""
    delivered = [each for each in order.shipments if each.standing.milestone is Milestone.DELIVERED]
    return max(delivered, key=lambda each: (each.standing.since or each.created_at, each.id), default=None)


def can_be_rated(order: Order) -> bool:
    """Only when nothing is on its way any more, and nothing went wrong for good."""
    ended_well = order.state.delivered > 0 and order.state.delivered == order.state.parcels
    return ended_well and not order.state.delayed


def lane(order: Order, shipment: Shipment, events: Sequence[TrackingEvent]) -> Lane:
    """From where it was first scanned to where the order goes."""
    scanned = [each for each in events if each.place.country and not each.forecast]
    start: Place = min(scanned, key=lambda each: each.occurred_at).place if scanned else NOWHERE
    return Lane(
        carrier=shipment.carrier,
        service=shipment.service,
        from_country=start.country,
        from_region=start.region,
        to_country=order.destination.country,
        to_region=order.destination.region,
    )
