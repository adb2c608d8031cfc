"""How pages are sent: headers that bind a page to this site, packed, and 304 for who has it already."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus

from starlette.types import Message, Scope, Send

from tracker.render import languages
from tracker.render.renderer import Renderer
from tracker.web import hosts, packing
from tracker.web.pagecache import CachedPage
from tracker.wiring import App

RawHeaders = list[tuple[bytes, bytes]]

CSP = (
    b"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; worker-src 'self'; "
    b"img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
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
VARY = (b"vary", b"accept-encoding, accept-language")
ANNOUNCES = frozenset({b"purpose", b"sec-purpose", b"x-moz"})  # what is to become of an answer
NONE: frozenset[bytes] = frozenset()
LANG = re.compile(rb"(?:^|&)lang=([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,2})(?:&|$)")
FOR_EVER = (b"cache-control", b"public, max-age=31536000, immutable")
NO_BODY: Message = {"type": "http.response.body", "body": b""}


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


def not_found(app: App, scope: Scope) -> Answer:
    """The same for a link that never was, one that was revoked and one whose order is gone, in the asker's language
    and, on a host of its own, in the shop's colours."""
    brand = hosts.brand_at(app, scope)
    tag = language_for(scope, app.renderer, usual=brand.locale if brand else "")
    return Answer(status=HTTPStatus.NOT_FOUND, body=app.renderer.gone(brand, locale=tag).encode())


def language_for(scope: Scope, renderer: Renderer, *, linked: str = "", usual: str = "") -> str:
    """The tag to answer in; `linked`: of whom the link was sent to, `usual`: the brand's."""
    asked, known = asked_of(scope), renderer.languages.known
    return languages.wanted(known, asked=asked.lang, linked=linked, accepted=asked.accepted, usual=usual)


async def send(send_on: Send, answer: Answer, *, head: bool = False) -> None:
    """One answer, whole."""
    length = (b"content-length", str(len(answer.body)).encode())
    start = {"type": "http.response.start", "status": int(answer.status), "headers": [*answer.headers, length, *SAFE]}
    await send_on(start)
    await send_on({"type": "http.response.body", "body": b"" if head else answer.body})


async def send_page(scope: Scope, send_on: Send, page: CachedPage, asked: "Asked") -> None:
    """The page, or 304 when the reader's copy is the same."""
    if page.etag in asked.tags:
        await send_on(_same_as(page.etag))
        await send_on(NO_BODY)
        return
    body = page.bodies[asked.encoding]
    await send_on(_start_of(page.etag, len(body), asked.encoding))
    await send_on({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


@lru_cache(maxsize=4096)
def _same_as(etag: bytes) -> Message:
    """How a 304 begins; made once too."""
    return {"type": "http.response.start", "status": 304, "headers": [(b"etag", etag), PRIVATE, VARY, *SAFE]}


@lru_cache(maxsize=4096)
def _start_of(etag: bytes, length: int, encoding: str) -> Message:
    """How the answer with a page begins: the same for all its readers, and made once."""
    said = [HTML, (b"etag", etag), PRIVATE, VARY, (b"content-length", str(length).encode())]
    return {"type": "http.response.start", "status": 200, "headers": [*said, *packing.said_of(encoding), *SAFE]}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request for a page says of its reader."""

    encoding: str
    tags: frozenset[bytes]
    accepted: str  # Accept-Language
    lang: str  # ?lang=
    is_view: bool  # somebody looks: no browser or messenger that fetches ahead, no open page that asks for itself


def asked_of(scope: Scope) -> Asked:
    """One walk through the headers: this is done for every page."""
    encoding, tags, accepted, is_view = packing.PLAIN, NONE, "", True
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            encoding = packing.encoding_of(value)
        elif name == b"accept-language":
            accepted = value.decode("latin-1")
        elif name == b"if-none-match":
            tags = _tags(value)
        elif name in ANNOUNCES:
            told = value.lower()
            is_view = is_view and b"prefetch" not in told and b"preview" not in told
        elif name == b"sec-fetch-mode":  # its "dest" is empty too when our service worker passes a reader's visit on
            is_view = is_view and value == b"navigate"
    query = scope["query_string"]
    found = LANG.search(query) if query else None
    return Asked(encoding, tags, accepted, found[1].decode() if found else "", is_view)


def header(scope: Scope, name: bytes) -> bytes:
    """The first value of a header; empty when there is none."""
    return next((value for each, value in scope["headers"] if each == name), b"")


@lru_cache(maxsize=4096)  # a reader asks with the same tag until the page changes
def _tags(given: bytes) -> frozenset[bytes]:
    """If-None-Match, as ours are written; a proxy may have made a weak tag a strong one, or lost its W/."""
    return frozenset(b"W/" + each.strip().removeprefix(b"W/") for each in given.split(b","))
