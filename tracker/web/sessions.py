"""Who is in the console: logging in, the cookie, logging out, and forms that only our own pages can send."""

import asyncio
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import parse_qs, quote

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tracker.pipeline.ports import Quota
from tracker.render import console as pages
from tracker.store import admins, passwords, throttles
from tracker.store.throttles import Throttle
from tracker.web import bodies, html, peers
from tracker.web.access import app_of
from tracker.web.problems import Refusal
from tracker.wiring import App

log = structlog.get_logger("console")

LOGIN, FRONT = "/ops/login", "/ops/stuck"
TOKEN = re.compile(r"[A-Za-z0-9_-]{40,60}")
LOCAL = re.compile(r"/ops/[!-\[\]-~]*")  # no blank, no backslash, no control: it stays here
LARGEST = 8 * 1024  # bytes of a form
LOGINS_AT_ONCE = 2  # of one process: each check takes 64 MiB

QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)
TRIES_OF_ADDRESS = (Quota(limit=30, per=HOUR),)
TRIES_OF_BOTH = (Quota(limit=8, per=QUARTER),)
TRIES_OF_NAME = (Quota(limit=100, per=HOUR),)  # from everywhere: larger, or a stranger could lock somebody out

WRONG = "Name or password is wrong."
TOO_OFTEN = "Too many tries. Wait {minutes} minutes and try again."
TOO_OLD = "This form was open for too long, or did not come from here. Try again."

Form = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody who is in, and what their forms must carry."""

    name: str
    admin_id: str
    csrf: str


def visitor(request: Request) -> Visitor | None:
    """Whoever holds the cookie; None when nobody is in."""
    app, token = app_of(request), _token(request)
    if token is None:
        return None
    with app.store.read() as snapshot:
        inside = admins.inside(snapshot.connection, token, machine_now=app.machine_now())
    return Visitor(name=inside.name, admin_id=inside.admin_id, csrf=_csrf(token)) if inside else None


def for_admins(show: Callable[[Request, Visitor], Response]) -> Callable[[Request], Response]:
    """A page that only they may see; others log in and come back to it."""

    def view(request: Request) -> Response:
        who = visitor(request)
        if who is None:
            wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return redirect(f"{LOGIN}?next={quote(wanted, safe='/')}")
        return show(request, who)

    return view


async def login_form(request: Request) -> Response:
    """The empty form, with a cookie that ties it to this browser."""
    return _form(request, next_=local(request.query_params.get("next", "")))


class Login:
    """POST /ops/login. One answer and one time for a name that is unknown and a password that is wrong."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(LOGINS_AT_ONCE)

    async def post(self, request: Request) -> Response:
        said = await read_form(request)
        if said is None or not is_ours(request, said):
            return _form(request, wrong=TOO_OLD, status=HTTPStatus.FORBIDDEN)
        next_ = local(said.get("next", ""))
        name, password = said.get("name", "")[:100], said.get("password", "")[: passwords.LONGEST]
        wait = await run_in_threadpool(_wait, request, name)
        if wait is not None:
            log.warning("login_throttled")
            minutes = -(-wait // timedelta(minutes=1))
            text = TOO_OFTEN.format(minutes=minutes)
            answer = _form(request, wrong=text, next_=next_, status=HTTPStatus.TOO_MANY_REQUESTS)
            answer.headers["retry-after"] = str(minutes * 60)
            return answer
        async with self._free:
            token = await run_in_threadpool(_enter, app_of(request), name, password, _token(request))
        if token is None:
            return _form(request, wrong=WRONG, next_=next_, status=HTTPStatus.FORBIDDEN)
        return _with_cookie(request, redirect(next_), token)


async def logout(request: Request) -> Response:
    """POST /ops/logout: the session ends on our side too."""
    said, token = await read_form(request), _token(request)
    answer = redirect(LOGIN)
    if said is not None and token is not None and is_ours(request, said):
        await run_in_threadpool(_leave, app_of(request), token)
        answer.delete_cookie(_cookie(request), path="/", secure=_is_safe(request), httponly=True, samesite="lax")
    return answer


async def read_form(request: Request) -> Form | None:
    """The first value of each field; None for what is no form of ours."""
    try:
        raw = await bodies.raw(request, largest=LARGEST)
        found = parse_qs(raw.decode("utf-8", "replace"), max_num_fields=20)
    except (Refusal, ValueError):
        return None
    return {name: values[0].replace("\0", "") for name, values in found.items()}


def is_ours(request: Request, said: Form) -> bool:
    """Whether one of our own pages sent this form in this browser."""
    token = _token(request)
    from_here = request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    if not from_here or token is None:
        return False
    return hmac.compare_digest(_csrf(token).encode(), said.get("csrf", "").encode())  # as text it must be ASCII


def local(path: str) -> str:
    """A path of the console, whatever was asked for: a link may not lead from here to anywhere."""
    return path if LOCAL.fullmatch(path) and not path.startswith((LOGIN, "/ops/logout")) else FRONT


def redirect(path: str) -> Response:
    """Go there with GET."""
    return Response(status_code=HTTPStatus.SEE_OTHER, headers=headers({"location": path}))


def headers(more: dict[str, str] | None = None) -> dict[str, str]:
    """What every answer of the console carries."""
    return {name.decode(): value.decode() for name, value in (*html.SAFE, html.NO_STORE)} | (more or {})


def _form(request: Request, *, wrong: str = "", next_: str = FRONT, status: HTTPStatus = HTTPStatus.OK) -> Response:
    token = _token(request) or secrets.token_urlsafe(32)
    facts = {"csrf": _csrf(token), "next": next_, "wrong": wrong, "visitor": None}
    body = pages.page(app_of(request).renderer.common, "login", **facts)
    return _with_cookie(request, Response(body, status_code=status, media_type="text/html", headers=headers()), token)


def _wait(request: Request, name: str) -> timedelta | None:
    """How long this address or this name must rest; every try counts, also the right one."""
    app, address = app_of(request), peers.household(request.client.host if request.client else "")
    vault = app.store.vault
    tries = [
        Throttle(name=vault.throttle_name("login:address", address), quotas=TRIES_OF_ADDRESS),
        Throttle(name=vault.throttle_name("login:both", f"{address} {name}"), quotas=TRIES_OF_BOTH),
        Throttle(name=vault.throttle_name("login:name", name), quotas=TRIES_OF_NAME),
    ]
    return throttles.wait_before(app.store, tries, machine_now=app.machine_now())


def _enter(app: App, name: str, password: str, before: str | None) -> str | None:
    """A fresh token, never the one the browser came with: nobody can have chosen it for them."""
    with app.store.read() as snapshot:
        known = admins.password_hash(snapshot.connection, name)
    fits = passwords.fits(known[1] if known else passwords.nobodys(), password)
    if known is None or not fits:
        log.warning("login_refused")
        return None
    with app.store.begin() as connection:
        if before:
            admins.leave(connection, before)
        token = admins.enter(connection, known[0], machine_now=app.machine_now())
    log.info("login", admin_id=known[0])
    return token


def _leave(app: App, token: str) -> None:
    with app.store.begin() as connection:
        admins.leave(connection, token)


def _csrf(token: str) -> str:
    """Known to whoever knows the cookie, and the other way round not."""
    return hmac.digest(token.encode(), b"wismo console form", "sha256").hex()


def _token(request: Request) -> str | None:
    token = request.cookies.get(_cookie(request), "")
    return token if TOKEN.fullmatch(token) else None


def _with_cookie(request: Request, answer: Response, token: str) -> Response:
    lasts = int(admins.LASTS.total_seconds())
    answer.set_cookie(
        _cookie(request), token, max_age=lasts, path="/", secure=_is_safe(request), httponly=True, samesite="lax"
    )
    return answer


def _cookie(request: Request) -> str:
    """The prefix makes browsers refuse it from other hosts and without TLS; it needs both to be set."""
    return "__Host-wismo" if _is_safe(request) else "wismo"


def _is_safe(request: Request) -> bool:
    return app_of(request).settings.public_url.startswith("https://")
