"""The calendar file at /t/{token}/delivery.ics, for a download or a subscription."""

from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tracker.render import calendars, languages
from tracker.web import html, links
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
        answer = await run_in_threadpool(_answer, app, opened, html.asked_of(request.scope))
    headers = {name.decode(): value.decode() for name, value in (*answer.headers, *html.SAFE)}
    return Response(answer.body, status_code=int(answer.status), headers=headers)


def _answer(app: App, opened: Opened, asked: html.Asked) -> Answer:
    tag = languages.wanted(
        app.renderer.languages.known,
        asked=asked.lang,
        linked=opened.view.locale,
        accepted=asked.accepted,
        usual=opened.brand.locale,
    )
    language = app.renderer.languages.choose(tag, opened.brand.locale)
    body = calendars.file(opened.view.order, opened.brand, language=language, now=app.now())
    return Answer(status=HTTPStatus.OK, body=body, headers=(ICS, NAMED, html.PRIVATE))
