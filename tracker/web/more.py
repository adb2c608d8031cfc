"""What is personal about an order, at /t/{token}/more: shown to who holds the link and has proven one thing more."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tracker.domain.reach import Reach
from tracker.render import discreet, messages
from tracker.render.discreet import Scans
from tracker.store import sights
from tracker.web import links, proof, responses
from tracker.web.access import app_of
from tracker.web.page import PREFIX
from tracker.wiring import App

PATH = "/t/{token}/more"


async def show(request: Request) -> Response:
    """The question first; whom a reader invited has nothing to see here."""
    app, token = app_of(request), links.token_of(request)
    reach = await run_in_threadpool(proof.reached, app, token)
    if reach is None:
        return proof.absent(request)
    if reach.reader is not None:
        return proof.back(request, f"{token}/messages", messages.Said.NOTHING)
    may_see = proof.is_proven(request, token)
    scans = await run_in_threadpool(_scans, app, token) if may_see else {}
    return _page(request, reach, scans, path=PREFIX + token, may_see=may_see)


def _page(request: Request, reach: Reach, scans: Scans, *, path: str, may_see: bool) -> Response:
    app, brand = app_of(request), app_of(request).brands[reach.order.brand]
    tag = proof.language_of(request, reach)
    language = app.renderer.languages.choose(tag, brand.locale)
    says = messages.says(language, proof.said_in(request))
    page = discreet.in_words(reach.order, reach.people, scans, path=path, may_see=may_see, says=says, language=language)
    body = app.renderer.below("more", brand, locale=tag, page=page, query=proof.query_of(request), keeps_proof=True)
    return responses.page(body)


def _scans(app: App, token: str) -> Scans:
    with app.store.read() as snapshot:
        view = sights.page(snapshot, token)
        return dict(view.events) if view else {}
