"""The API's verbs about orders: state one, read them, change one, call one off."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from tracker.domain.orders import Order, OrderStage
from tracker.domain.shipments import OrderId
from tracker.intake.carry_out import Once, carry_out, once
from tracker.pipeline import register
from tracker.pipeline.ports import OrderUnit
from tracker.pipeline.register import Result, Terms
from tracker.shops import fields, orders
from tracker.store import lookups
from tracker.web import answers, saying
from tracker.web.access import SLUG, Caller, app_of, caller, chosen
from tracker.web.answers import OrderAnswer, OrderPage, Registered
from tracker.web.contract import ABSENT, BODIES, REFUSED, Body, Brand, Key, Number, Responses, body_of, query_of
from tracker.web.problems import not_found
from tracker.wiring import App

Step = Callable[[OrderUnit, OrderId, Terms], register.Registered]

CREATED_ORDER: Responses = {201: {"model": Registered, "description": "A new order."}}

router = APIRouter(responses=REFUSED, tags=["orders"])


@router.post(
    "/orders", responses=CREATED_ORDER | BODIES, openapi_extra=body_of(orders.ORDER), dependencies=[query_of("brand")]
)
def post_order(
    *,
    request: Request,
    response: Response,
    who: Annotated[Caller, Depends(caller)],
    body: Body,
    brand: Annotated[str | None, Query(pattern=SLUG)] = None,
    key: Key = None,
) -> Registered:
    """State an order. The same order again changes nothing; a changed one is applied and recorded."""
    app = app_of(request)
    new = orders.read(body, now=app.now())
    whose = chosen(app, who, new.brand or brand or "")
    done = carry_out(
        app,
        lambda unit, terms: register.register(unit, new, brand=whose, terms=terms),
        same=once(whose, key, "POST /orders", body),
    )
    if done.result is Result.CREATED:
        response.status_code = int(HTTPStatus.CREATED)
    return answer(app, done)


@router.get("/orders", dependencies=[query_of("brand", "after", "stage", "limit")])
def list_orders(
    request: Request,
    brand: Brand,
    after: Annotated[str | None, Query(max_length=200, description="`next` of the page before.")] = None,
    stage: Annotated[OrderStage | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> OrderPage:
    """Orders of one brand, the newest first."""
    app = app_of(request)
    with app.store.read() as snapshot:
        found = lookups.orders(snapshot, brand, after=after, stage=stage, limit=limit)
    return OrderPage(orders=[saying.summary(each) for each in found.orders], next=found.next)


@router.post("/orders/{number:path}/cancel", responses=ABSENT, dependencies=[query_of("brand")])
def cancel_order(request: Request, brand: Brand, number: Number) -> Registered:
    """Call an order off. Parcels that are with a carrier are followed to their end."""
    return changed(request, brand, number, lambda unit, order_id, terms: register.cancel(unit, order_id, terms=terms))


@router.get("/orders/{number:path}", responses=ABSENT, dependencies=[query_of("brand")])
def get_order(request: Request, brand: Brand, number: Number) -> OrderAnswer:
    """One order with its parcels."""
    app = app_of(request)
    with app.store.read() as snapshot:
        order = lookups.order(snapshot, brand, number) if fields.is_printable(number) else None
    if order is None:
        raise not_found("order")
    return saying.of_order(order, page_url=app.page_url(order))


@router.patch(
    "/orders/{number:path}",
    responses=ABSENT | BODIES,
    openapi_extra=body_of(orders.CHANGE),
    dependencies=[query_of("brand")],
)
def patch_order(request: Request, brand: Brand, number: Number, body: Body) -> Registered:
    """Change what is given and leave the rest."""
    new = orders.read_change(body, number=number, now=app_of(request).now())
    return changed(
        request, brand, number, lambda unit, order_id, terms: register.change(unit, order_id, new, terms=terms)
    )


def changed(request: Request, brand: str, number: str, step: Step, *, same: Once | None = None) -> Registered:
    """Carry out a change of the order of that number. Raises Refusal when there is none."""
    app = app_of(request)

    def found(unit: OrderUnit, terms: Terms) -> register.Registered:
        order_id = unit.order_id(brand, number) if fields.is_printable(number) else None
        if order_id is None:
            raise not_found("order")
        return step(unit, order_id, terms)

    return answer(app, carry_out(app, found, same=same))


def answer(app: App, done: register.Registered) -> Registered:
    """What was done, and the order as it stands."""
    order: Order = done.order
    return Registered(
        result=answers.Result(done.result.value),
        changed=list(done.changed),
        order=saying.of_order(order, page_url=app.page_url(order)),
        warnings=list(done.warnings),
    )
