"""The link once more, at /track/link: a mail to the address on file, and the same answer whether there is one."""

import time
from functools import partial

import structlog
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from tracker.domain.notices import Notice
from tracker.domain.orders import Order
from tracker.pipeline import letters, lookup
from tracker.pipeline.lookup import Typed
from tracker.pipeline.ports import Quota, StoreAway
from tracker.render.pages import Finding
from tracker.store import finding, readers, throttles
from tracker.store.throttles import Throttle
from tracker.web import forms, responses
from tracker.web import lookup as form
from tracker.web.access import app_of
from tracker.web.tries import DAY, HOUR
from tracker.wiring import App

log = structlog.get_logger("resend")

MAILS = (Quota(limit=1, per=HOUR), Quota(limit=3, per=DAY))  # to the people of one order, whoever asks


async def done(request: Request) -> Response:
    """What everybody is told who asked."""
    return form.page(request, Finding.SENT, brand=form.brand_of(request, request.query_params.get("brand", "")))


async def ask(request: Request) -> Response:
    """POST: looked for only when the answer is out, so that neither its bytes nor its time say anything."""
    began = time.monotonic()
    said = await forms.read(request, largest=form.LARGEST)
    if forms.is_from_elsewhere(request):
        return form.page(request, Finding.ELSEWHERE, brand=form.brand_of(request, ""))
    brand, typed = form.brand_of(request, (said or {}).get("brand", "")), form.typed(said or {}, proof="-")
    if not typed.is_whole:
        return form.page(request, Finding.INCOMPLETE, brand=brand)
    wait = await form.wait_before(request, typed)
    await form.wait_out(began)
    if wait is not None:
        return form.page(request, Finding.TOO_OFTEN, brand=brand, wait=wait)
    app = app_of(request)
    work = BackgroundTask(partial(_send, app, typed, [brand.slug] if brand else sorted(app.brands)))
    answer = responses.see_other(form.address(request, form.AGAIN, brand))
    answer.background = work
    return answer


def _send(app: App, typed: Typed, brands: list[str]) -> None:
    """What fails is only logged: nobody may learn of it."""
    try:
        with app.store.read() as snapshot:
            found = finding.numbered(snapshot, lookup.order_numbers(typed), tracking_number="", brands=brands)
        for order in found:
            _send_to(app, order)
    except StoreAway as error:
        log.warning("link_not_sent", why=str(error))


def _send_to(app: App, order: Order) -> None:
    with app.store.read() as snapshot:
        people = letters.on_file(order, readers.suppressed(snapshot, order))
    machine_now, name = app.machine_now(), app.store.vault.throttle_name("resend:order", order.id)
    if not people:
        return
    if throttles.wait_before(app.store, [Throttle(name=name, quotas=MAILS)], machine_now=machine_now) is not None:
        return
    which, policy, now = f"{machine_now:%Y%m%d%H%M}", app.rules.telling, app.now()
    asked = [letters.letter(order, Notice.LINK, each.id, which=which, policy=policy, now=now) for each in people]
    for each in readers.queue(app.store, asked, machine_now=machine_now):
        app.doorbell.ring("dispatch", each)
