"""Whether somebody wants the messages a reader wants them to have: the page a question's link opens, at /i/{token}."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tracker.domain.brands import Brand
from tracker.render.languages import N_
from tracker.store import invitations
from tracker.store.vault import Purpose
from tracker.web import forms, html, proof, responses
from tracker.web.access import app_of
from tracker.wiring import App

PATH = "/i/{token}"
TITLE = N_("Do you want messages about a parcel?")


async def ask(request: Request) -> Response:
    """GET only asks: scanners open links, a person presses."""
    app = app_of(request)
    brand = await run_in_threadpool(_brand, app, _invited(request))
    if brand is None:
        return proof.absent(request)
    tag = html.language_for(request.scope, app.renderer, usual=brand.locale)
    body = app.renderer.below("invitation", brand, locale=tag, action=request.url.path + proof.query_of(request))
    return responses.page(body)


async def agree(request: Request) -> Response:
    """POST: they are a recipient from now on, and go to their own page's messages."""
    app, who = app_of(request), _invited(request)
    if forms.is_from_elsewhere(request):
        return proof.from_elsewhere(request, request.url.path, title=TITLE)
    path = await run_in_threadpool(_confirmed, app, who) if await run_in_threadpool(_brand, app, who) else None
    if path is None:
        return proof.absent(request)
    return responses.see_other(f"{path}/messages")


def _invited(request: Request) -> str:
    token: str = request.path_params["token"]
    return app_of(request).store.vault.read_signed(Purpose.INVITATION, token) or ""


def _brand(app: App, who: str) -> Brand | None:
    with app.store.read() as snapshot:
        order = invitations.standing(snapshot, who, machine_now=app.machine_now())
    return app.brands.get(order.brand) if order else None


def _confirmed(app: App, who: str) -> str | None:
    return invitations.agree(app.store, who, at=app.now(), machine_now=app.machine_now())
