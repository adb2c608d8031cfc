"""The whole HTTP edge as one ASGI application: pages in front, the API and the checks behind them."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tracker.pipeline.ports import StoreAway
from tracker.render.scripts import WORKER
from tracker.render.tools import CALENDAR
from tracker.store.errors import StoreUnfit
from tracker.web import (
    api,
    calendars,
    console,
    edge,
    gallery,
    health,
    hooks,
    hosts,
    html,
    live,
    lookup,
    page,
    problems,
    reaching,
    reporting,
    site,
    tickets_console,
    unsubscribe,
)
from tracker.web.html import NO_STORE, Answer
from tracker.web.live import Live
from tracker.web.metrics import Metrics
from tracker.web.page import TrackingPage
from tracker.web.pagecache import PageCache
from tracker.web.unsubscribe import Unsubscribe
from tracker.wiring import App

log = structlog.get_logger("web")

API = "/api/"
JSON = (b"content-type", b"application/json")
SOON = (b"retry-after", b"5")


def create_app(app: App, *, version: str) -> ASGIApp:
    """Everything this process serves. Raises PictureUnfit."""
    for brand in app.brands.values():
        app.renderer.album(brand)  # read now: one that cannot be shown ends the start, not a shopper's page
    cache = PageCache()
    pages, streams = TrackingPage(app, cache), Live(app, cache)

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        streams.notice_shutdown()
        yield
        await pages.close()
        app.close()

    beside = Starlette(
        routes=[
            Route("/", lookup.ask),
            Route(lookup.PATH, lookup.ask),
            Route(lookup.PATH, lookup.find, methods=["POST"]),
            Route("/robots.txt", site.robots),
            Route("/css/{name}", site.stylesheet),
            Route("/js/{name}", site.script),
            Route(WORKER, site.worker),
            Route("/t/{token}" + CALENDAR, calendars.calendar),
            Route("/pictures/{slug}/{name}", site.picture),
            *console.routes(),
            *tickets_console.routes(),
            *gallery.routes(),
            *reporting.routes(),
            *reaching.routes(),
            Route("/healthz", health.healthz),
            Route("/readyz", health.readyz),
            Route("/metrics", health.metrics_text),
            Route(hooks.STATUS, hooks.status, methods=["POST"]),
            Route(hooks.INBOUND, hooks.inbound, methods=["POST"]),
        ],
        exception_handlers={HTTPException: _refused, Exception: _failed},
        lifespan=life,
    )
    beside.state.wismo = app
    beside.state.metrics = Metrics(app, streams.feed)
    beside.router.redirect_slashes = False

    def failed(scope: Scope) -> Answer:
        return _defect(app, scope)

    edged = edge.Edge(
        _Behind(api=api.build(app, version=version), site=beside), trusted=app.settings.trusted_proxies, failed=failed
    )
    return _Front(app, pages=pages, streams=streams, unsubscribe=Unsubscribe(app), behind=edged)


class _Behind:
    """The API by its prefix; all else, the start and the end of the process too, to the site."""

    def __init__(self, *, api: ASGIApp, site: ASGIApp) -> None:
        self._api = api
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_api = scope["type"] == "http" and scope["path"].startswith(API)
        await (self._api if is_api else self._site)(scope, receive, send)


class _Front:
    """Sends the paths that shoppers open straight to their page; each layer less is felt there."""

    def __init__(self, app: App, *, pages: ASGIApp, streams: ASGIApp, unsubscribe: ASGIApp, behind: ASGIApp) -> None:
        self._app = app
        self._pages = pages
        self._streams = streams
        self._unsubscribe = unsubscribe
        self._behind = behind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and page.is_page(scope["path"]):
            await self._guarded(self._pages, scope, receive, send)
        elif scope["type"] == "http" and live.is_stream(scope["path"]):
            await self._guarded(self._streams, scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith(unsubscribe.PREFIX):
            await self._guarded(self._unsubscribe, scope, receive, send)
        else:
            await self._behind(scope, receive, send)

    async def _guarded(self, shown: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """A page that cannot be made says so in words; nothing has been sent before it is made."""
        try:
            await shown(scope, receive, send)
        except (StoreAway, StoreUnfit) as error:
            log.warning("page_failed", route=edge.shape_of(scope["path"]), why=str(error))
            body = _error(self._app, scope)
            headers = (html.HTML, NO_STORE, SOON)
            await html.send(send, Answer(status=HTTPStatus.SERVICE_UNAVAILABLE, body=body, headers=headers))
        except Exception as error:
            log.error("page_failed", route=edge.shape_of(scope["path"]), exc_info=error)
            await html.send(send, _defect(self._app, scope))


def _refused(request: Request, error: Exception) -> Response:
    """Paths that lead nowhere, and methods that are not possible; the API answers for its own."""
    assert isinstance(error, HTTPException)
    app: App = request.app.state.wismo
    answer = html.not_found(app, request.scope)
    status = int(error.status_code)
    headers = {name.decode(): value.decode() for name, value in (*answer.headers, *html.SAFE)} | dict(
        error.headers or {}
    )
    return Response(answer.body, status_code=status, headers=headers)


def _failed(request: Request, _error: Exception) -> Response:
    """Answered here, raised on to the edge, which logs it."""
    answer = _defect(request.app.state.wismo, request.scope)
    headers = {name.decode(): value.decode() for name, value in (*answer.headers, *html.SAFE)}
    return Response(answer.body, status_code=int(answer.status), headers=headers)


def _defect(app: App, scope: Scope) -> Answer:
    """We have failed; the trace is in our log, under the request's id."""
    if scope["path"].startswith(API):
        refusal = problems.defect()
        body = json.dumps(problems.as_json(refusal)).encode()
        return Answer(status=HTTPStatus.INTERNAL_SERVER_ERROR, body=body, headers=(JSON, NO_STORE))
    return Answer(status=HTTPStatus.INTERNAL_SERVER_ERROR, body=_error(app, scope))


def _error(app: App, scope: Scope) -> bytes:
    return app.renderer.error(hosts.brand_at(app, scope), locale=html.language_for(scope, app.renderer)).encode()
