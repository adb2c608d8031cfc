"""The console at /ops: what is stuck, and everything known of one order; without a script."""

from datetime import timedelta
from http import HTTPStatus

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracker import desk
from tracker.domain.people import mask
from tracker.domain.shipments import ShipmentId
from tracker.render import console as pages
from tracker.render import matters, spreadsheet
from tracker.store import cases, facts
from tracker.store.cases import Case, Traced
from tracker.store.claims import HOLD
from tracker.store.stuck import NotOurPlace
from tracker.web import asking, html, sessions
from tracker.web.access import app_of
from tracker.web.asking import Asked
from tracker.web.sessions import Visitor, for_admins, headers
from tracker.wiring import App

log = structlog.get_logger("console")

ROWS = 25  # of one page
MOST_ROWS = 100_000  # of one download
DAYS = {"1", "3", "7", "30"}


def routes() -> list[Route]:
    """Everything under /ops."""
    return [
        Route("/ops", _front),
        Route("/ops/", _front),
        Route(pages.STYLES + "{name}", _stylesheet),
        Route(sessions.LOGIN, sessions.login_form, methods=["GET"]),
        Route(sessions.LOGIN, sessions.Login().post, methods=["POST"]),
        Route("/ops/logout", sessions.logout, methods=["POST"]),
        Route("/ops/stuck", for_admins(_stuck)),
        Route("/ops/stuck.csv", for_admins(_csv)),
        Route("/ops/orders/{brand}/{number:path}", for_admins(_order)),
        Route("/ops/shipments/{shipment_id}/seen", _seen, methods=["POST"]),
        Route("/ops/shipments/{shipment_id}/unseen", _unseen, methods=["POST"]),
    ]


async def _front(_: Request) -> Response:
    return sessions.redirect(sessions.FRONT)


async def _stylesheet(request: Request) -> Response:
    """Under the name the pages ask for; its bytes never change."""
    css, its_name = pages.stylesheet(app_of(request).renderer.common)
    if request.path_params["name"] != its_name:
        return Response(status_code=HTTPStatus.NOT_FOUND, headers=headers())
    return Response(css, media_type="text/css", headers=headers({"cache-control": html.FOR_EVER[1].decode()}))


def _stuck(request: Request, who: Visitor) -> Response:
    app = app_of(request)
    asked = asking.read(app, request.query_params)
    try:
        queue = desk.stuck(app, asked.wanted(), sort=asked.sort, cursor=asked.cursor, limit=ROWS)
    except NotOurPlace:
        return sessions.redirect(asked.link())
    links = {
        "all": asked.link(reason=""),
        "reasons": {each: asked.link(reason=each) for each in queue.counts},
        "orders": [asking.order_path(each.brand, each.order) for each in queue.rows],
        "here": asked.link(after=asked.cursor),
        "first": asked.link() if asked.cursor else "",
        "next": asked.link(after=queue.next) if queue.next else "",
        "csv": asked.link("/ops/stuck.csv"),
    }
    return _page(
        app,
        "stuck",
        visitor=who,
        queue=queue,
        hold=_hold(app),
        asked=asked,
        links=links,
        fields=asking.selects(app, asked),
        narrowed=asked.is_narrowed,
        brands=_brand_names(app),
        limit=ROWS,
    )


def _hold(app: App) -> str:
    """Why nothing is sent at all; empty when it is."""
    with app.store.read() as snapshot:
        return facts.get(snapshot.connection, HOLD) or ""


def _csv(request: Request, _: Visitor) -> Response:
    """All rows the filters leave, for a spreadsheet."""
    app = app_of(request)
    asked = asking.read(app, request.query_params)
    rows = [desk.as_row(each) for each in _all(app, asked)]
    body = spreadsheet.csv_of(rows, columns=desk.COLUMNS, for_excel=True)
    name = f"stuck-{app.now():%Y-%m-%d}.csv"
    more = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers(more))


def _all(app: App, asked: Asked) -> list[desk.Stuck]:
    found: list[desk.Stuck] = []
    cursor = ""
    while len(found) < MOST_ROWS:
        queue = desk.stuck(app, asked.wanted(), sort=asked.sort, cursor=cursor, limit=desk.MOST)
        found += queue.rows
        if queue.next is None:
            break
        cursor = queue.next
    return found


def _order(request: Request, who: Visitor) -> Response:
    app = app_of(request)
    brand, number = request.path_params["brand"], request.path_params["number"]
    with app.store.read() as snapshot:
        case = cases.case(snapshot, brand, number) if "\0" not in brand + number else None
    if case is None:
        text = "It may have been erased, or the link was cut off."
        return _said(app, who, "There is no such order", text, status=HTTPStatus.NOT_FOUND)
    return _page(
        app,
        "order",
        visitor=who,
        case=case,
        shown=[_shown(app, each) for each in case.traced],
        brand=_brand_names(app).get(brand, brand),
        contacts=_contacts(case),
        page_url=app.page_url(case.order) if brand in app.sending.pages_at else None,
        here=asking.order_path(brand, number),
        kinds=matters.KINDS,
        said={
            each.id: (matters.checked(each), matters.said(each.evidence), matters.todo(each)) for each in case.tickets
        },
    )


def _shown(app: App, traced: Traced) -> dict[str, object]:
    scans = sorted(traced.journey.events, key=lambda each: each.occurred_at, reverse=True)
    return {"traced": traced, "scans": scans, "problems": desk.explained(app, traced.journey.shipment)}


def _contacts(case: Case) -> list[str]:
    """Masked: whoever looks after orders need not know where people live."""
    return [f"{mask(one.address)} ({one.channel})" for person in case.order.recipients for one in person.contacts]


async def _seen(request: Request) -> Response:
    return await _change(request, put_off=True)


async def _unseen(request: Request) -> Response:
    return await _change(request, put_off=False)


async def _change(request: Request, *, put_off: bool) -> Response:
    """Put one row off, or show it again; then back to where the form was."""
    app, said = app_of(request), await sessions.read_form(request)
    who = await run_in_threadpool(sessions.visitor, request)
    if who is None:
        return sessions.redirect(sessions.LOGIN)
    if said is None or not sessions.is_ours(request, said):
        return _said(app, who, "This did not come from here", sessions.TOO_OLD, status=HTTPStatus.FORBIDDEN)
    shipment_id = ShipmentId(request.path_params["shipment_id"][:32])
    if put_off:
        days = int(said["days"]) if said.get("days") in DAYS else 1
        note, lasts = said.get("note", ""), timedelta(days=days)
        await run_in_threadpool(desk.acknowledge, app, shipment_id, who=who.name, note=note, lasts=lasts)
    else:
        await run_in_threadpool(desk.take_back, app, shipment_id)
    log.info("queue_changed", shipment_id=shipment_id, admin_id=who.admin_id, state="seen" if put_off else "unseen")
    return sessions.redirect(sessions.local(said.get("back", "")))


def _said(app: App, who: Visitor, title: str, text: str, *, status: HTTPStatus) -> Response:
    return _page(app, "said", status=status, visitor=who, title=title, text=text, back=sessions.FRONT)


def _page(app: App, name: str, *, status: HTTPStatus = HTTPStatus.OK, **facts: object) -> Response:
    body = pages.page(app.renderer.common, name, **facts)
    return Response(body, status_code=status, media_type="text/html", headers=headers())


def _brand_names(app: App) -> dict[str, str]:
    return {slug: brand.name for slug, brand in app.brands.items()}
