"""The look-up form at /track: a number and one thing only its owner knows lead to the order's page."""

import secrets
import time
from asyncio import sleep
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tracker.domain.brands import Brand
from tracker.domain.orders import Order
from tracker.pipeline import lookup
from tracker.pipeline.lookup import Typed
from tracker.pipeline.ports import Quota
from tracker.render.pages import Finding
from tracker.store import finding
from tracker.web import forms, hosts, html, responses, tries
from tracker.web.access import app_of
from tracker.web.tries import DAY, HOUR
from tracker.wiring import App

PATH, AGAIN = "/track", "/track/link"
LARGEST = 8 * 1024  # bytes of a form
# From a request to its refusal, in seconds of the process: more than any of them takes, so that nobody learns from
# the time whether the number exists.
REFUSED_AFTER = 0.4
# Up to so many microseconds more, drawn anew each time: what the work leaves behind, a few microseconds in whatever
# comes after the pause, would need millions of tries to be found in it.
DRAWN = 50_000

# A person types a number wrong a few times; a house or an office shares one address.
TRIES_OF_ADDRESS = (Quota(limit=20, per=HOUR), Quota(limit=60, per=DAY))
TRIES_OF_NETWORK = (Quota(limit=100, per=HOUR), Quota(limit=500, per=DAY))
# A country has some 40,000 postcodes and a guesser knows the city: 20 a day find one in years. Who holds the link
# gets in all the same.
TRIES_OF_NUMBER = (Quota(limit=10, per=HOUR), Quota(limit=20, per=DAY))


async def ask(request: Request) -> Response:
    """The empty form."""
    return page(request, Finding.ASKED, brand=brand_of(request, request.query_params.get("brand", "")))


async def find(request: Request) -> Response:
    """The order's page, or the same refusal whatever was wrong."""
    began = time.monotonic()
    if forms.is_from_elsewhere(request):
        return page(request, Finding.ELSEWHERE, brand=brand_of(request, ""))
    said = await forms.read(request, largest=LARGEST) or {}
    asked, brand = typed(said, proof=said.get("proof", "")), brand_of(request, said.get("brand", ""))
    if not asked.is_whole:
        return page(request, Finding.INCOMPLETE, brand=brand, number=asked.number)
    found = await run_in_threadpool(_find, request, asked, brand)
    if isinstance(found, str):
        return responses.see_other(found)
    await wait_out(began)
    if isinstance(found, timedelta):
        return page(request, Finding.TOO_OFTEN, brand=brand, wait=found, number=asked.number)
    return page(request, Finding.NOT_FOUND, brand=brand, number=asked.number)


async def wait_before(request: Request, asked: Typed) -> timedelta | None:
    """Count one try; how long who asks too often has to wait."""
    return await run_in_threadpool(_wait, request, asked)


async def wait_out(began: float) -> None:
    """Until nobody can tell from the time what was done since `began`, seconds of the process's clock."""
    turns = (time.monotonic() - began) // REFUSED_AFTER + 1  # work that outlasts the pause is hidden in the next one
    ends = began + turns * REFUSED_AFTER + secrets.randbelow(DRAWN) / 1e6
    await sleep(ends - time.monotonic())


def typed(said: forms.Form, *, proof: str) -> Typed:
    """What was typed; no database stores a NUL, and nobody types what cannot be seen."""
    fields = (said.get("number", ""), proof)
    number, proof = ("".join(letter for letter in text if letter.isprintable()) for text in fields)
    return Typed(number=number, proof=proof)


def address(request: Request, path: str, brand: Brand | None) -> str:
    """The same form again, of this shop and in the language that was asked for."""
    lang = html.asked_of(request.scope).lang
    asked = {"brand": brand.slug if brand else "", "lang": lang}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{path}?{query}" if query else path


def _find(request: Request, asked: Typed, brand: Brand | None) -> str | timedelta | None:
    """The path of the order's page; how long to wait; or None."""
    app = app_of(request)
    wait = _wait(request, asked)
    if wait is not None:
        return wait
    with app.store.read() as snapshot:
        orders = finding.numbered(
            snapshot,
            lookup.order_numbers(asked),
            tracking_number=lookup.tracking_number(asked),
            brands=[brand.slug] if brand else sorted(app.brands),
        )
    order = lookup.whose(orders, asked)
    return _path(app, order) if order else None


def _path(app: App, order: Order) -> str | None:
    """On this host, whatever host the brand's mails name: a form may lead nowhere else. None once it was revoked."""
    url = app.page_url(order)
    return urlsplit(url).path if url else None


def _wait(request: Request, asked: Typed) -> timedelta | None:
    limits = {tries.ADDRESS: TRIES_OF_ADDRESS, tries.NETWORK: TRIES_OF_NETWORK, "number": TRIES_OF_NUMBER}
    return tries.wait_before(request, "lookup", limits, subject=lookup.throttled_as(asked))


def brand_of(request: Request, slug: str) -> Brand | None:
    """The shop whose host was asked, else the one that the shop's link names, else the only one."""
    app = app_of(request)
    only = list(app.brands) if len(app.brands) == 1 else []
    named = [slug] if slug in app.brands else []
    return hosts.brand_at(app, request.scope) or next((app.brands[each] for each in (*named, *only)), None)


_STATUS = {
    Finding.ASKED: HTTPStatus.OK,
    Finding.INCOMPLETE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Finding.ELSEWHERE: HTTPStatus.FORBIDDEN,
    Finding.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Finding.TOO_OFTEN: HTTPStatus.TOO_MANY_REQUESTS,
    Finding.SENT: HTTPStatus.OK,
}


def page(
    request: Request, outcome: Finding, *, brand: Brand | None, wait: timedelta = timedelta(0), number: str = ""
) -> Response:
    """The form again. `number`: what was typed, so that it need not be typed twice; the proof is never shown."""
    minutes = tries.minutes(wait)
    renderer = app_of(request).renderer
    tag = html.language_for(request.scope, renderer, usual=brand.locale if brand else "")
    action, again = address(request, PATH, None), address(request, AGAIN, None)
    facts = {"action": action, "again": again, "number": number[: lookup.LONGEST]}
    body = renderer.track(brand, outcome=outcome, minutes=minutes, locale=tag, **facts)
    retry_after = timedelta(minutes=minutes) if outcome is Finding.TOO_OFTEN else None
    return responses.page(body, _STATUS[outcome], retry_after=retry_after)
