"""How orders, shipments and scans are put into the API's answers."""

from collections.abc import Sequence

from carriers.events import Place, TrackingEvent
from notifiers.message import Channel
from tracker.domain.orders import Order
from tracker.domain.people import Recipient, mask
from tracker.domain.shipments import Item, Shipment, Watch
from tracker.domain.windows import DeliveryWindow
from tracker.web.answers import (
    EventAnswer,
    ItemAnswer,
    LookingAnswer,
    OrderAnswer,
    OrderSummary,
    PlaceAnswer,
    RecipientAnswer,
    ShipmentAnswer,
    WindowAnswer,
)


def of_order(order: Order, *, page_url: str | None) -> OrderAnswer:
    """Everything about one order."""
    facts, state = order.facts, order.state
    return OrderAnswer(
        number=order.number,
        brand=order.brand,
        state=state.state,
        stage=state.stage,
        delayed=state.delayed,
        delivered=state.delivered,
        returned=state.returned,
        parcels=state.parcels,
        ended=state.ended,
        placed_at=facts.placed_at,
        confirmed_at=facts.confirmed_at,
        packed_at=facts.packed_at,
        cancelled_at=facts.cancelled_at,
        destination=_place(order.destination),
        time_zone=order.destination_zone,
        items=_items(order.items),
        promised=_window(order.promised),
        recipients=[_recipient(each) for each in order.recipients],
        shipments=[of_shipment(each) for each in order.shipments],
        page_url=page_url,
        created_at=order.created_at,
        version=order.version,
    )


def summary(order: Order) -> OrderSummary:
    """One line of the list."""
    state = order.state
    return OrderSummary(
        number=order.number,
        brand=order.brand,
        state=state.state,
        stage=state.stage,
        delayed=state.delayed,
        delivered=state.delivered,
        returned=state.returned,
        parcels=state.parcels,
        ended=state.ended,
        placed_at=order.facts.placed_at,
        created_at=order.created_at,
    )


def of_shipment(shipment: Shipment) -> ShipmentAnswer:
    """Everything about one shipment but its scans."""
    standing, judgement = shipment.standing, shipment.judgement
    return ShipmentAnswer(
        id=shipment.id,
        tracking_number=shipment.tracking_number,
        carrier=shipment.carrier,
        service=shipment.service,
        items=_items(shipment.items),
        milestone=standing.milestone,
        reason=standing.reason,
        since=standing.since,
        delayed=judgement.delayed,
        stuck=judgement.stuck,
        stuck_since=judgement.stuck_since,
        severity=judgement.severity,
        window=_window(shipment.window),
        last_event_at=shipment.last_event_at,
        left_with=shipment.left_with,
        pickup_by=shipment.pickup_by,
        looking=_looking(shipment.watch),
        created_at=shipment.created_at,
        superseded_by=shipment.superseded_by,
        removed_at=shipment.removed_at,
    )


def events(found: Sequence[TrackingEvent]) -> list[EventAnswer]:
    """Scans, newest first."""
    return [
        EventAnswer(
            occurred_at=each.occurred_at,
            milestone=each.milestone,
            reason=each.reason,
            code=each.code,
            text=each.text,
            place=_place(each.place),
            forecast=each.forecast,
        )
        for each in sorted(found, key=lambda each: each.occurred_at, reverse=True)
    ]


def _recipient(person: Recipient) -> RecipientAnswer:
    masked = {contact.channel: mask(contact.address) for contact in person.contacts}
    return RecipientAnswer(
        locale=person.locale,
        time_zone=person.time_zone,
        email=masked.get(Channel.EMAIL),
        phone=masked.get(Channel.SMS),
        erased=person.erased,
    )


def _items(items: Sequence[Item]) -> list[ItemAnswer]:
    return [ItemAnswer(sku=each.sku, name=each.name, quantity=each.quantity) for each in items]


def _place(place: Place) -> PlaceAnswer:
    return PlaceAnswer(country=place.country, region=place.region, city=place.city, postcode=place.postcode)


def _window(window: DeliveryWindow | None) -> WindowAnswer | None:
    if window is None:
        return None
    return WindowAnswer(
        first_day=window.first_day,
        last_day=window.last_day,
        not_before=window.not_before,
        not_after=window.not_after,
        promised_by=window.promised_by,
        told_at=window.told_at,
    )


def _looking(watch: Watch) -> LookingAnswer:
    return LookingAnswer(
        outcome=watch.outcome,
        asked_at=watch.asked_at,
        tried_at=watch.tried_at,
        next_look_at=watch.next_look_at,
        looks=watch.looks,
        failures=watch.failures,
        failing_since=watch.failing_since,
    )
