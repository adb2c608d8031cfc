"""The API's verbs about parcels: add one, take one away, read its journey, list those that need a person."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from tracker.domain.shipments import OrderId, ShipmentId
from tracker.intake.carry_out import carry_out, once
from tracker.pipeline import register
from tracker.pipeline.ports import OrderUnit
from tracker.pipeline.register import Terms
from tracker.shops import orders
from tracker.store import lookups
from tracker.web import saying
from tracker.web.access import app_of
from tracker.web.answers import JourneyAnswer, Registered
from tracker.web.contract import ABSENT, BODIES, REFUSED, Body, Brand, Key, Number, body_of, query_of
from tracker.web.orders_api import answer, changed
from tracker.web.problems import not_found

Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="As in the order's `shipments`.")]

router = APIRouter(responses=REFUSED, tags=["shipments"])


@router.post(
    "/orders/{number:path}/shipments",
    responses=ABSENT | BODIES,
    openapi_extra=body_of(orders.SHIPMENT),
    dependencies=[query_of("brand")],
)
def add_shipment(request: Request, brand: Brand, number: Number, body: Body, key: Key = None) -> Registered:
    """Add a parcel, or correct a wrong number with `replaces`. The same number again changes nothing."""
    stated = orders.read_shipment(body)

    def step(unit: OrderUnit, order_id: OrderId, terms: Terms) -> register.Registered:
        return register.add_shipment(unit, order_id, stated, terms=terms)

    same = once(brand, key, "POST /orders/shipments", number, body)
    return changed(request, brand, number, step, same=same)


@router.delete("/shipments/{shipment_id}", responses=ABSENT, dependencies=[query_of("brand")])
def remove_shipment(request: Request, brand: Brand, shipment_id: Id) -> Registered:
    """Take a parcel out of its order. Its journey is kept, but no longer asked, counted or told."""
    app = app_of(request)

    def step(unit: OrderUnit, terms: Terms) -> register.Registered:
        try:
            order = unit.dossier(ShipmentId(shipment_id)).order
            if order.brand != brand:
                raise not_found("shipment")
            return register.remove_shipment(unit, order.id, ShipmentId(shipment_id), terms=terms)
        except KeyError:
            raise not_found("shipment") from None

    return answer(app, carry_out(app, step))


@router.get("/shipments/{shipment_id}", responses=ABSENT, dependencies=[query_of("brand")])
def get_shipment(request: Request, brand: Brand, shipment_id: Id) -> JourneyAnswer:
    """One journey with its scans, also when it was corrected or taken away."""
    app = app_of(request)
    with app.store.read() as snapshot:
        found = lookups.journey(snapshot, ShipmentId(shipment_id))
    if found is None or found.order.brand != brand:
        raise not_found("shipment")
    return JourneyAnswer(
        order=found.order.number,
        brand=found.order.brand,
        shipment=saying.of_shipment(found.shipment),
        events=saying.events(found.events),
    )
