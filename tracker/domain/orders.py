"""What an order's parcels add up to, in the shop's and the shopper's words."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from carriers.events import NOWHERE, Place
from tracker.domain.people import Recipient
from tracker.domain.shipments import Item, OrderId, Shipment
from tracker.domain.windows import DeliveryWindow


class OrderStage(StrEnum):
    """The progress underneath, least to most advanced, and the ends."""

    PLACED = "placed"
    CONFIRMED = "confirmed"
    PACKED = "packed"
    SHIPPED = "shipped"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopFacts:
    """What the shop itself said, and when; None: not said."""

    placed_at: datetime
    confirmed_at: datetime | None = None
    packed_at: datetime | None = None
    cancelled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderState:
    """The roll-up: `state` is the public word, `delayed` overlays the stage."""

    stage: OrderStage
    delayed: bool
    delivered: int  # parcels delivered
    returned: int
    parcels: int  # parcels that count: not superseded, not removed, not cancelled
    ended: bool

    @property
    def state(self) -> str:
        return "delayed" if self.delayed else self.stage.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the shopper bought."""

    id: OrderId
    brand: str  # slug
    number: str
    facts: ShopFacts
    destination: Place = NOWHERE
    destination_zone: str = "UTC"
    items: tuple[Item, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    shipments: tuple[Shipment, ...] = ()  # the current ones; superseded and removed journeys are kept apart
    promised: DeliveryWindow | None = None  # the shop's own promise
    state: OrderState = field(
        default_factory=lambda: OrderState(
            stage=OrderStage.PLACED, delayed=False, delivered=0, returned=0, parcels=0, ended=False
        )
    )
    created_at: datetime
    version: int = 0
