"""Orders, parcels and notifications with everything filled in that a test does not care about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from carriers.events import Clock, Milestone, Place, TrackingEvent
from notifiers.message import Channel
from tracker.domain.notices import Notice, Notification, NotificationState, Told
from tracker.domain.orders import Order, ShopFacts
from tracker.domain.people import Consent, Contact, Recipient, RecipientId
from tracker.domain.ranks import RANKS
from tracker.domain.shipments import OrderId, Shipment, ShipmentId
from tracker.store.ids import new_id
from tracker.store.unit import SqlStore

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)  # shop time
BOOT = datetime(2026, 5, 5, 5, tzinfo=UTC)  # machine time: another day, so that nobody mixes them up unnoticed
MINUTE = timedelta(minutes=1)
SECRET = b"a secret of the tests, long enough"

_numbers = count(1)


def a_recipient(address: str = "ada@example.com", name: str = "Ada") -> Recipient:
    """Somebody with one e-mail address and her consent."""
    return Recipient(
        id=RecipientId(new_id()),
        name=name,
        locale="en",
        time_zone="Europe/Paris",
        contacts=(Contact(channel=Channel.EMAIL, address=address),),
        consents=(Consent(channel=Channel.EMAIL, granted=True, source="checkout", at=NOON),),
    )


def an_order(*, parcels: int = 1, brand: str = "northwind", recipient: Recipient | None = None) -> Order:
    """A fresh order with parcels due to be looked at."""
    number = next(_numbers)
    order = Order(
        id=OrderId(new_id()),
        brand=brand,
        number=f"2026/{number:05}",
        facts=ShopFacts(placed_at=NOON),
        destination=Place(city="Lyon", postcode="69001", country="FR"),
        destination_zone="Europe/Paris",
        recipients=(recipient or a_recipient(),),
        created_at=NOON,
    )
    return replace(order, shipments=tuple(a_shipment(order, n=n) for n in range(parcels)))


def a_shipment(order: Order, *, n: int = 0) -> Shipment:
    """One parcel of an order."""
    return Shipment(
        id=ShipmentId(new_id()),
        order_id=order.id,
        carrier="ups",
        tracking_number=f"1Z{order.number[5:]}{n}",
        created_at=NOON,
        notify_after=NOON,
        destination=order.destination,
        destination_zone=order.destination_zone,
    )


def a_scan(milestone: Milestone = Milestone.IN_TRANSIT, *, minute: int = 0) -> TrackingEvent:
    """One event, told apart by its minute."""
    at = NOON + minute * MINUTE
    return TrackingEvent(
        code="I/DP",
        milestone=milestone,
        occurred_at=at,
        clock=Clock.EXACT,
        utc_offset_minutes=60,
        local_text=at.isoformat(),
        place=Place(city="Lyon", country="FR"),
        text="Departed from facility",
    )


def a_notification(order: Order, notice: Notice = Notice.SHIPPED, *, seq: int = 1, parcel: int = 0) -> Notification:
    """One pending mail to the order's first recipient, due at noon."""
    recipient, shipment = order.recipients[0], order.shipments[parcel]
    return Notification(
        dedupe_key=f"{shipment.id}:{notice}:{recipient.id}:{seq}",
        order_id=order.id,
        shipment_id=shipment.id,
        recipient_id=recipient.id,
        notice=notice,
        channel=Channel.EMAIL,
        seq=seq,
        rank=RANKS[notice],
        visit=0,
        collapse_key=f"{shipment.id}:{recipient.id}:email",
        occurred_at=NOON,
        planned_at=NOON,
        not_before_at=NOON,
        expires_at=NOON + timedelta(hours=12),
        state=NotificationState.PENDING,
        told=Told(order_number=order.number, notice=notice, occurred_at=NOON),
    )


def stored(store: SqlStore, order: Order) -> Order:
    """The order, written down."""
    with store.write() as unit:
        unit.add_order(order, body_sha256="0" * 64)
    return order
