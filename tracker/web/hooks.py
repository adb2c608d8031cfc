"""What Twilio calls: reports about our texts, and the texts people send back. Kept first, then answered."""

import hmac
from http import HTTPStatus
from urllib.parse import parse_qsl

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from config.texting import TwilioSettings
from notifiers.receipts import WebhookUnreadable
from notifiers.twilio_sms import webhooks
from tracker.pipeline import receipts
from tracker.pipeline.ports import NotificationId, StoreAway
from tracker.pipeline.receipts import Form, Kind, Posted
from tracker.web import bodies
from tracker.web.problems import Refusal
from tracker.wiring import App

log = structlog.get_logger("web")

STATUS = "/webhooks/twilio/status/{notification_id}/{n:int}"
INBOUND = "/webhooks/twilio/inbound"
LARGEST = 64 * 1024  # bytes of a form; a text has at most 1,600 characters
MOST_FIELDS = 500


async def status(request: Request) -> Response:
    """What became of one attempt."""
    app: App = request.app.state.wismo
    notification_id, n = NotificationId(request.path_params["notification_id"]), request.path_params["n"]
    mark = app.store.vault.report_mark(notification_id, n)
    form = await _form(request, app)
    if not hmac.compare_digest(request.query_params.get("k", "").encode(), mark.encode()):
        raise HTTPException(HTTPStatus.FORBIDDEN)
    try:
        receipt = webhooks.read_status(form)
    except WebhookUnreadable as problem:
        return await _kept(app, _unreadable(problem, Posted(kind=Kind.UNREADABLE, form=form)))
    _must_be_ours(app, receipt.account)
    posted = Posted(kind=Kind.STATUS, form=form, notification_id=notification_id, n=n, receipt=receipt)
    return await _kept(app, posted)


async def inbound(request: Request) -> Response:
    """What a person texted to us."""
    app: App = request.app.state.wismo
    form = await _form(request, app)
    try:
        reply = webhooks.read_reply(form)
    except WebhookUnreadable as problem:
        return await _kept(app, _unreadable(problem, Posted(kind=Kind.UNREADABLE, form=form)))
    _must_be_ours(app, reply.account)
    return await _kept(app, Posted(kind=Kind.REPLY, form=form, reply=reply))


async def _form(request: Request, app: App) -> Form:
    """The posted fields, blank ones too, once their signature is found genuine; nothing is believed before."""
    twilio = _twilio(app)
    try:
        body = await bodies.raw(request, largest=LARGEST)
        form = tuple(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except Refusal as refusal:
        raise HTTPException(refusal.status) from None
    except ValueError:  # not UTF-8, or a thousand fields: not from Twilio
        raise HTTPException(HTTPStatus.FORBIDDEN) from None
    query = request.scope["query_string"].decode("latin-1")
    url = app.settings.public_url + request.url.path + (f"?{query}" if query else "")
    signature = request.headers.get("x-twilio-signature", "")
    if not webhooks.is_genuine(url, form, signature, (twilio.auth_token, twilio.secondary_token)):
        log.warning("hook_refused", why="its signature is not Twilio's; is PUBLIC_URL what Twilio calls?")
        raise HTTPException(HTTPStatus.FORBIDDEN)
    return form


def _twilio(app: App) -> TwilioSettings:
    if app.settings.twilio is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return app.settings.twilio


def _must_be_ours(app: App, account: str) -> None:
    if account != _twilio(app).account_sid:
        log.warning("hook_refused", why="it is about another account than TWILIO_ACCOUNT_SID")
        raise HTTPException(HTTPStatus.FORBIDDEN)


def _unreadable(problem: WebhookUnreadable, posted: Posted) -> Posted:
    log.error("hook_unreadable", why=str(problem))
    return posted


async def _kept(app: App, posted: Posted) -> Response:
    """An empty 200 is all that Twilio wants; it tries again only where the answer is a 5xx."""
    try:
        await run_in_threadpool(receipts.take_in, posted, app.receiving)
    except StoreAway as away:
        log.error("hook_not_kept", why=str(away))
        return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "5"})
    return Response(status_code=HTTPStatus.OK)
