"""What an order's parcels add up to, in the shop's and the shopper's words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from carriers.events import NOWHERE, Milestone, Place
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


# Two answers stand for what another row or the shop says.
AS_SHOP_SAYS = None
STAGE_BEFORE = "the stage before it"
ENDED = "this parcel has ended"

# What a parcel's milestone makes of its order: the stage, and whether it counts as delayed by itself.
ROLL_UP: dict[Milestone | None, tuple[OrderStage | str | None, bool]] = {
    None: (AS_SHOP_SAYS, False),
    Milestone.LABEL_CREATED: (OrderStage.PACKED, False),
    Milestone.PICKED_UP: (OrderStage.SHIPPED, False),
    Milestone.IN_TRANSIT: (OrderStage.IN_TRANSIT, False),
    Milestone.OUT_FOR_DELIVERY: (OrderStage.OUT_FOR_DELIVERY, False),
    Milestone.ATTEMPT_FAILED: (OrderStage.OUT_FOR_DELIVERY, True),
    Milestone.READY_FOR_PICKUP: (OrderStage.OUT_FOR_DELIVERY, False),
    Milestone.EXCEPTION: (STAGE_BEFORE, True),
    Milestone.RETURNING: (STAGE_BEFORE, True),
    Milestone.LOST: (STAGE_BEFORE, True),
    Milestone.DELIVERED: (ENDED, False),
    Milestone.RETURNED: (ENDED, False),
    Milestone.CANCELLED: (ENDED, False),
}
PROGRESS = list(OrderStage)
WITH_CARRIER = PROGRESS.index(OrderStage.SHIPPED)


def roll_up(facts: ShopFacts, shipments: Sequence[Shipment]) -> OrderState:
    """The order's state: the least advanced open parcel, but at least shipped once the carrier has one."""
    parcels = counted(facts, shipments)
    if facts.cancelled_at is not None and not parcels:
        return _state(OrderStage.CANCELLED, parcels, ended=True)
    open_parcels = [one for one in parcels if not has_ended(one)]
    if parcels and not open_parcels:
        delivered = any(one.standing.milestone is Milestone.DELIVERED for one in parcels)
        return _state(OrderStage.DELIVERED if delivered else OrderStage.RETURNED, parcels, ended=True)
    said = _shop_stage(facts)
    least = min((stage_of(one) or said for one in open_parcels), key=PROGRESS.index, default=said)
    stage = OrderStage.SHIPPED if any(map(left_the_shop, parcels)) else said
    return _state(max(least, stage, key=PROGRESS.index), parcels, ended=False)


def counted(facts: ShopFacts, shipments: Sequence[Shipment]) -> list[Shipment]:
    """The parcels that count: no void label, and once the shop has cancelled only what the carrier had by then."""
    current = [one for one in shipments if one.superseded_by is None and one.removed_at is None]
    parcels = [one for one in current if one.standing.milestone is not Milestone.CANCELLED]
    return parcels if facts.cancelled_at is None else [one for one in parcels if left_the_shop(one)]


def has_ended(shipment: Shipment) -> bool:
    """Whether nothing more is expected of a parcel."""
    return ROLL_UP[shipment.standing.milestone][0] is ENDED


def stage_of(shipment: Shipment) -> OrderStage | None:
    """The order stage of one open parcel; None: what the shop says."""
    stage = ROLL_UP[shipment.standing.milestone][0]
    if stage is STAGE_BEFORE:
        stage = ROLL_UP[shipment.standing.stage_before][0]
    return stage if isinstance(stage, OrderStage) else None


def is_delayed(shipment: Shipment) -> bool:
    """Whether one open parcel is delayed: by its milestone, a passed promise or silence."""
    return ROLL_UP[shipment.standing.milestone][1] or shipment.judgement.delayed is not None


def left_the_shop(shipment: Shipment) -> bool:
    """Whether the carrier has, or had, the parcel itself; a label does not count, trouble with a label neither."""
    if shipment.standing.milestone in (Milestone.RETURNING, Milestone.LOST, Milestone.DELIVERED, Milestone.RETURNED):
        return True
    stage = stage_of(shipment)
    return stage is not None and PROGRESS.index(stage) >= WITH_CARRIER


def _shop_stage(facts: ShopFacts) -> OrderStage:
    if facts.packed_at is not None:
        return OrderStage.PACKED
    return OrderStage.CONFIRMED if facts.confirmed_at is not None else OrderStage.PLACED


def _state(stage: OrderStage, parcels: Sequence[Shipment], *, ended: bool) -> OrderState:
    return OrderState(
        stage=stage,
        delayed=not ended and any(is_delayed(one) for one in parcels if not has_ended(one)),
        delivered=sum(one.standing.milestone is Milestone.DELIVERED for one in parcels),
        returned=sum(one.standing.milestone is Milestone.RETURNED for one in parcels),
        parcels=len(parcels),
        ended=ended,
    )
