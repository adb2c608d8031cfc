"""One click out of our mails, at /u/{token}: POST ends them at once, GET only asks, and there is a way back."""

import re
from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from tracker.render.pages import Unsubscribing
from tracker.store import upkeep
from tracker.store.vault import Unsubscribed
from tracker.web import bodies, html
from tracker.web.html import HTML, NO_STORE, Answer
from tracker.web.problems import Refusal
from tracker.wiring import App

TOKEN = re.compile(r"[A-Za-z0-9_-]{40,200}")
PREFIX = "/u/"
LARGEST = 16 * 1024  # bytes of a form
ONE_CLICK, PAGE = "one-click", "page"  # sources, kept with the suppression
RESUME = "resume"


class Unsubscribe:
    """An ASGI application; no cookie, no log-in, no redirect, as RFC 8058 asks."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = scope["path"][len(PREFIX) :]
        who = self._app.store.vault.read_unsubscribe_token(token) if TOKEN.fullmatch(token) else None
        if who is None:
            await html.send(send, html.not_found(self._app, scope), head=scope["method"] == "HEAD")
            return
        match scope["method"]:
            case "GET" | "HEAD":
                answer = self._page(scope, who, Unsubscribing.ASKED)
            case "POST":
                answer = await self._posted(Request(scope, receive), who)
            case _:
                headers = (HTML, NO_STORE, (b"allow", b"GET, HEAD, POST"))
                answer = Answer(status=HTTPStatus.METHOD_NOT_ALLOWED, body=b"", headers=headers)
        await html.send(send, answer, head=scope["method"] == "HEAD")

    async def _posted(self, request: Request, who: Unsubscribed) -> Answer:
        """A mail program's one click gets an empty answer, a person's button a page; both may come again."""
        try:
            said = await bodies.raw(request, largest=LARGEST)
        except Refusal as refusal:
            return Answer(status=refusal.status, body=b"")
        choice = _choice(said)
        if choice == RESUME:
            await run_in_threadpool(self._resume, who)
            return self._page(request.scope, who, Unsubscribing.RESUMED)
        await run_in_threadpool(self._stop, who, source=PAGE if choice else ONE_CLICK)
        if choice is None:
            return Answer(status=HTTPStatus.OK, body=b"")
        return self._page(request.scope, who, Unsubscribing.STOPPED)

    def _stop(self, who: Unsubscribed, *, source: str) -> None:
        upkeep.stop_mail(self._app.store, who, source=source, at=self._app.now())

    def _resume(self, who: Unsubscribed) -> None:
        upkeep.resume_mail(self._app.store, who)

    def _page(self, scope: Scope, who: Unsubscribed, where: Unsubscribing) -> Answer:
        renderer, brand = self._app.renderer, self._app.brands.get(who.brand)
        if brand is None:
            return html.not_found(self._app, scope)
        tag, lang = html.language_for(scope, renderer, usual=brand.locale), html.asked_of(scope).lang
        action = f"{scope['path']}?lang={lang}" if lang else scope["path"]  # the answer speaks the same language
        body = renderer.unsubscribe(brand, where=where, action=action, locale=tag)
        return Answer(status=HTTPStatus.OK, body=body.encode())


def _choice(body: bytes) -> str | None:
    """What a button said; None: a mail program, or anything else that posts, which means "stop"."""
    found = parse_qs(body.decode("utf-8", "replace")).get("choice", [])
    return found[0] if found else None
