"""The calendar file at /t/{token}/delivery.ics, for a download or a subscription."""

from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from tracker.render import calendars
from tracker.web import html, links, responses
from tracker.web.html import Answer
from tracker.web.links import Opened
from tracker.wiring import App

ICS = (b"content-type", b"text/calendar; charset=utf-8")
NAMED = (b"content-disposition", b'inline; filename="delivery.ics"')


async def calendar(request: Request) -> Response:
    """As the page itself: only for who has the link."""
    app: App = request.app.state.wismo
    opened = await run_in_threadpool(links.opened, app, links.token_of(request))
    if opened is None:
        answer = html.not_found(app, request.scope)
    else:
        answer = await run_in_threadpool(_answer, app, opened, request.scope)
    headers = responses.of_raw([*answer.headers, *html.SAFE])
    return Response(answer.body, status_code=int(answer.status), headers=headers)


def _answer(app: App, opened: Opened, scope: Scope) -> Answer:
    tag = html.language_for(scope, app.renderer, linked=opened.view.locale, usual=opened.brand.locale)
    language = app.renderer.languages.choose(tag, opened.brand.locale)
    view = opened.view
    body = calendars.file(view.order, opened.brand, language=language, now=app.now(), past=view.past)
    return Answer(status=HTTPStatus.OK, body=body, headers=(ICS, NAMED, html.PRIVATE))
