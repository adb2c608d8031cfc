"""The console's pages about what shoppers tell: their tickets, to be closed, and their ratings."""

from http import HTTPStatus
from urllib.parse import urlencode

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracker import ratings, tickets
from tracker.render import console as pages
from tracker.render import matters
from tracker.store.tickets import WantedTickets
from tracker.web import asking, sessions
from tracker.web.access import app_of
from tracker.web.sessions import Visitor, for_admins, headers
from tracker.wiring import App

log = structlog.get_logger("console")

TICKETS, RATINGS = "/ops/tickets", "/ops/ratings"
ROWS = 25  # of one page


def routes() -> list[Route]:
    """Everything about tickets and ratings under /ops."""
    return [
        Route(TICKETS, for_admins(_tickets)),
        Route(RATINGS, for_admins(_ratings)),
        Route("/ops/tickets/{ticket_id}/close", _close, methods=["POST"]),
    ]


def _tickets(request: Request, who: Visitor) -> Response:
    app, asked = app_of(request), request.query_params
    brand = asked.get("brand", "") if asked.get("brand") in app.brands else ""
    closed_too = asked.get("closed_too") == "true"
    after = asked.get("after", "").replace("\0", "")[:32]
    found = tickets.tickets(app, WantedTickets(brand=brand, closed_too=closed_too), after=after, limit=ROWS)
    query = {"brand": brand, "closed_too": "true" if closed_too else ""}
    return _page(
        app,
        "tickets",
        visitor=who,
        found=found,
        said={each.id: (matters.checked(each), matters.said(each.evidence), matters.todo(each)) for each in found.rows},
        orders={each.id: asking.order_path(each.brand, each.order_number) for each in found.rows},
        kinds=matters.KINDS,
        brands={slug: each.name for slug, each in app.brands.items()},
        brand=brand,
        closed_too=closed_too,
        here=_link(query | {"after": after}),
        next=_link(query | {"after": found.next}) if found.next else "",
    )


def _ratings(request: Request, who: Visitor) -> Response:
    app = app_of(request)
    asked = request.query_params.get("brand", "")
    brand = asked if asked in app.brands else ""
    return _page(
        app,
        "ratings",
        visitor=who,
        found=ratings.ratings(app, brand=brand),
        days=ratings.USUAL_DAYS,
        lane=matters.lane,
        carried=matters.carried,
        order_path=asking.order_path,
        brands={slug: each.name for slug, each in app.brands.items()},
        brand=brand,
    )


async def _close(request: Request) -> Response:
    """It is done; then back to where the form was."""
    app, said = app_of(request), await sessions.read_form(request)
    who = await run_in_threadpool(sessions.visitor, request)
    if who is None:
        return sessions.redirect(sessions.LOGIN)
    if said is None or not sessions.is_ours(request, said):
        facts = {"title": "This did not come from here", "text": sessions.TOO_OLD, "back": TICKETS}
        return _page(app, "said", status=HTTPStatus.FORBIDDEN, visitor=who, **facts)
    ticket_id = request.path_params["ticket_id"][:32]
    await run_in_threadpool(tickets.close, app, ticket_id, who=who.name, note=said.get("note", ""))
    log.info("ticket_closed", ticket_id=ticket_id, admin_id=who.admin_id)
    return sessions.redirect(sessions.local(said.get("back", "")))


def _link(query: dict[str, str]) -> str:
    said = urlencode({name: value for name, value in query.items() if value})
    return TICKETS + (f"?{said}" if said else "")


def _page(app: App, name: str, *, status: HTTPStatus = HTTPStatus.OK, **facts: object) -> Response:
    body = pages.page(app.renderer.common, name, **facts)
    return Response(body, status_code=status, media_type="text/html", headers=headers())
