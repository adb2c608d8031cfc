"""What surrounds every request: who really asks, a request id, security headers, one log line without personal data."""

import re
import time
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from uuid import uuid4

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tracker.web import html

log = structlog.get_logger("web")

Networks = Sequence[IPv4Network | IPv6Network]
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# A path is logged by its shape: tokens open pages, order numbers belong to people, and neither is ours to spread.
SHAPES = (
    (re.compile(r"/t/.*"), "/t/*"),
    (re.compile(r"/u/.*"), "/u/*"),
    (re.compile(r"/i/.*"), "/i/*"),
    (re.compile(r"(/api/v1/orders)/.+?(/cancel|/shipments)?"), r"\1/*\2"),
    (re.compile(r"(/api/v1/shipments)/.+"), r"\1/*"),
    (re.compile(r"/css/.*"), "/css/*"),
    (re.compile(r"/js/.*"), "/js/*"),
    (re.compile(r"/pictures/.*"), "/pictures/*"),
    (re.compile(r"(/webhooks/twilio/status)/.*"), r"\1/*"),
    (re.compile(r"(/webhooks/twilio/inbound)"), r"\1"),
    (re.compile(r"/ops/(css|gallery|orders|shipments)/.*"), r"/ops/\1/*"),
)
KNOWN = frozenset(
    {
        "/",
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/openapi.json",
        "/api/v1/orders",
        "/api/v1/stuck",
        "/ops/gallery",
        "/ops/login",
        "/ops/logout",
        "/ops/stuck",
        "/ops/stuck.csv",
        "/ops/tickets",
        "/ops/ratings",
        "/api/v1/tickets",
        "/robots.txt",
        "/sw.js",
        "/track",
        "/track/link",
    }
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Resource-Policy": "same-origin",
}


Failed = Callable[[Scope], html.Answer]  # the answer to a request when we have failed


class Edge:
    """ASGI around everything but the pages, which are asked too often for it."""

    def __init__(self, app: ASGIApp, *, trusted: Networks, failed: Failed) -> None:
        self._app = app
        self._trusted = tuple(trusted)
        self._failed = failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["state"] = dict(scope.get("state") or {})
        request_id = _known(scope, self._trusted)
        began, status = time.perf_counter(), 0

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in ALWAYS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        except Exception as error:  # whatever it was, the caller gets an answer and ops the trace
            log.error("request_failed", route=shape_of(scope["path"]), request_id=request_id, exc_info=error)
            if not status:
                await html.send(send_on, self._failed(scope))
        took_ms = round((time.perf_counter() - began) * 1000, 1)
        route = shape_of(scope["path"])
        log.info("request", method=scope["method"], route=route, status=status, took_ms=took_ms, request_id=request_id)


def is_near(scope: Scope) -> bool:
    """Whether the asker is this machine or one of our own addresses, and speaks for itself."""
    near: bool = scope.get("state", {}).get("is_near", False)
    return near


def _known(scope: Scope, trusted: Networks) -> str:
    """Find out who asks, and under which id we log it."""
    peer = scope["client"][0] if scope.get("client") else ""
    headers = {name: value for name, value in scope["headers"] if name in _FORWARDED}
    is_ours = is_trusted(peer, trusted)
    address = _address(peer)
    speaks_for_itself = b"x-forwarded-for" not in headers and b"forwarded" not in headers
    scope["state"]["is_near"] = speaks_for_itself and (is_ours or (address is not None and address.is_loopback))
    if is_ours:
        _believe(scope, headers, trusted)
    return _request_id(headers.get(b"x-request-id", b"") if is_ours else b"")


_FORWARDED = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-request-id"})


def shape_of(path: str) -> str:
    """A path without anything a person typed."""
    if path in KNOWN:
        return path
    for pattern, shape in SHAPES:
        if found := pattern.fullmatch(path):
            return found.expand(shape)
    return "*"


def is_trusted(peer: str, trusted: Networks) -> bool:
    """Whether this address is one of our proxies."""
    address = _address(peer)
    return address is not None and any(address in network for network in trusted)


def _believe(scope: Scope, headers: dict[bytes, bytes], trusted: Networks) -> None:
    """Take the proxy's word: the nearest address that is no proxy of ours asked."""
    hops = [each.strip() for each in headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",") if each.strip()]
    for hop in reversed(hops):
        if _address(hop) is None:
            break
        scope["client"] = (hop, 0)
        if not is_trusted(hop, trusted):
            break
    proto = headers.get(b"x-forwarded-proto", b"").decode("latin-1").strip().lower()
    if proto in {"http", "https"}:
        scope["scheme"] = proto
    if host := headers.get(b"x-forwarded-host", b"").strip():
        others = [(name, value) for name, value in scope["headers"] if name != b"host"]
        scope["headers"] = [*others, (b"host", host)]


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address


def _request_id(given: bytes) -> str:
    text = given.decode("latin-1")
    return text if REQUEST_ID.fullmatch(text) else uuid4().hex
