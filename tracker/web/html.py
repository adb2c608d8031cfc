"""How pages are sent: headers that let a page do nothing but be read, and 304 for who has it already."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus

from starlette.types import Message, Scope, Send

from tracker.render.renderer import Renderer
from tracker.web.pagecache import CachedPage

RawHeaders = list[tuple[bytes, bytes]]

CSP = (
    b"default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    b"frame-ancestors 'none'"
)
SAFE: RawHeaders = [
    (b"content-security-policy", CSP),
    (b"referrer-policy", b"no-referrer"),  # the address of a page is its key
    (b"x-robots-tag", b"noindex, nofollow, noarchive"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(), camera=(), microphone=(), interest-cohort=()"),
]
HTML = (b"content-type", b"text/html; charset=utf-8")
# Kept by the reader's browser only, and asked about each time: a page is personal and changes.
PRIVATE = (b"cache-control", b"private, no-cache")
NO_STORE = (b"cache-control", b"no-store")
ANNOUNCES = frozenset({b"purpose", b"sec-purpose", b"x-moz"})  # what is to become of an answer
FOR_EVER = (b"cache-control", b"public, max-age=31536000, immutable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer."""

    status: HTTPStatus
    body: bytes
    headers: Sequence[tuple[bytes, bytes]] = (HTML, NO_STORE)


WRONG_METHOD = Answer(
    status=HTTPStatus.METHOD_NOT_ALLOWED,
    body=b"<!doctype html><title>Not possible</title><p>A page can only be read.",
    headers=(HTML, NO_STORE, (b"allow", b"GET, HEAD")),
)


def not_found(renderer: Renderer) -> Answer:
    """The same for a link that never was, one that was revoked and one whose order is gone."""
    return Answer(status=HTTPStatus.NOT_FOUND, body=renderer.gone().encode())


async def send(send_on: Send, answer: Answer, *, head: bool = False) -> None:
    """One answer, whole."""
    length = (b"content-length", str(len(answer.body)).encode())
    start = {"type": "http.response.start", "status": int(answer.status), "headers": [*answer.headers, length, *SAFE]}
    await send_on(start)
    await send_on({"type": "http.response.body", "body": b"" if head else answer.body})


async def send_page(scope: Scope, send_on: Send, page: CachedPage) -> None:
    """The page, or 304 when the reader's copy is the same."""
    if page.etag in _tags(scope):
        await send_on({"type": "http.response.start", "status": 304, "headers": [(b"etag", page.etag), PRIVATE, *SAFE]})
        await send_on({"type": "http.response.body", "body": b""})
        return
    await send_on(_start_of(page.etag, len(page.body)))
    await send_on({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else page.body})


@lru_cache(maxsize=4096)
def _start_of(etag: bytes, length: int) -> Message:
    """How the answer with a page begins: the same for all its readers, and made once."""
    headers = [HTML, (b"etag", etag), PRIVATE, (b"content-length", str(length).encode()), *SAFE]
    return {"type": "http.response.start", "status": 200, "headers": headers}


def is_prefetch(scope: Scope) -> bool:
    """A browser or a messenger that fetches ahead; nobody has looked yet."""
    told = [value.lower() for name, value in scope["headers"] if name in ANNOUNCES]
    return any(b"prefetch" in value or b"preview" in value for value in told)


def header(scope: Scope, name: bytes) -> bytes:
    """The first value of a header; empty when there is none."""
    return next((value for each, value in scope["headers"] if each == name), b"")


def _tags(scope: Scope) -> set[bytes]:
    """If-None-Match; a proxy that compresses makes our tag a weak one."""
    given = header(scope, b"if-none-match")
    return {each.strip().removeprefix(b"W/") for each in given.split(b",")} if given else set()
