"""The stream at /t/{token}/live: tells an open page that its order has changed, and nothing else."""

import asyncio
import random
import re
import signal
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from starlette.types import Receive, Scope, Send

from tracker.store import lookups
from tracker.store.vault import fingerprint
from tracker.web import html
from tracker.web.feed import Feed, Over, Seat
from tracker.web.html import NO_STORE, Answer
from tracker.web.pagecache import PageCache
from tracker.wiring import App

STREAM = re.compile(r"/t/([A-Za-z0-9_-]{22,64})/live")
VERSION = re.compile(rb"(?:^|&)v=([0-9]{1,18})(?:&|$)")
HEADERS = [
    (b"content-type", b"text/event-stream"),
    NO_STORE,
    (b"x-accel-buffering", b"no"),  # nginx would keep events until its buffer is full
    *html.SAFE,
]
FULL = Answer(status=HTTPStatus.NO_CONTENT, body=b"", headers=(NO_STORE,))  # a browser does not come back after 204
AWAY = Answer(status=HTTPStatus.SERVICE_UNAVAILABLE, body=b"", headers=(NO_STORE, (b"retry-after", b"60")))
BEAT = b":\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Machine time of one stream."""

    lasts_at_least: timedelta = timedelta(minutes=5)  # then the browser opens another, maybe at another process
    lasts_at_most: timedelta = timedelta(minutes=9)
    again_after: tuple[int, int] = (2_000, 9_000)  # ms; a deploy ends all at once, they must not come back at once


class Live:
    """An ASGI application; a stream holds no thread, no connection to the database and no lock."""

    def __init__(self, app: App, cache: PageCache, *, pace: Pace | None = None) -> None:
        self._app = app
        self._cache = cache
        self._pace = pace or Pace()
        self.feed = Feed(self._versions, most=app.settings.live_pages, changed=cache.doubt)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = STREAM.fullmatch(scope["path"])
        if found is None or scope["method"] != "GET":
            await html.send(send, html.not_found(self._app, scope) if found is None else html.WRONG_METHOD)
            return
        seat = self.feed.take(found[1])
        if seat is None:
            await html.send(send, FULL)
            return
        gone = asyncio.ensure_future(_until_gone(receive, seat))
        try:
            await self._serve(seat, scope, send)
        finally:
            gone.cancel()
            self.feed.leave(seat)

    def notice_shutdown(self) -> None:
        """granian tells nobody of SIGTERM before the last answer has ended: each open stream would hold the process
        for all of its `workers_kill_timeout`. Its own handler still runs: asyncio hears of signals by a descriptor."""
        if threading.current_thread() is not threading.main_thread():
            return  # Python delivers signals to the main thread only
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda *_: loop.call_soon_threadsafe(self.feed.close))

    async def _serve(self, seat: Seat, scope: Scope, send: Send) -> None:
        """Nothing is sent before the feed knows the link."""
        while seat.version is None and seat.over is None:
            await seat.news()
        match seat.over:
            case None | Over.CLOSING:
                await self._stream(seat, send, shown=_shown(scope))
            case Over.GONE:
                await html.send(send, html.not_found(self._app, scope))
            case Over.AWAY:
                await html.send(send, AWAY)
            case Over.LEFT:
                pass

    async def _stream(self, seat: Seat, send: Send, *, shown: int | None) -> None:
        pace = self._pace
        shortest, longest = pace.lasts_at_least.total_seconds(), pace.lasts_at_most.total_seconds()
        ends = time.monotonic() + random.uniform(shortest, longest)  # noqa: S311 - only spreads the load
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        again = random.randint(*pace.again_after)  # noqa: S311
        await _write(send, b"retry: %d\nid: %d\n\n" % (again, seat.version or 0))
        told = seat.version if shown is None else shown
        while seat.over is None and time.monotonic() < ends:
            if seat.version is not None and seat.version != told:
                told = seat.version
                await _write(send, b"event: changed\nid: %d\ndata: %d\n\n" % (told, told))
            else:
                await seat.news()
                if seat.over is None and seat.version == told:
                    await _write(send, BEAT)
        await send({"type": "http.response.body", "body": b""})

    def _versions(self, tokens: Collection[str]) -> Mapping[str, int]:
        by_fingerprint = {fingerprint(token): token for token in tokens}
        with self._app.store.read() as snapshot:
            found = lookups.page_versions(snapshot, by_fingerprint)
        return {by_fingerprint[each]: version for each, version in found.items()}


def is_stream(path: str) -> bool:
    """Whether a path is a page's stream."""
    return path.endswith("/live") and STREAM.fullmatch(path) is not None


def _shown(scope: Scope) -> int | None:
    """The version the reader has: of the last event before the line was cut, or of the page itself."""
    last = html.header(scope, b"last-event-id")
    if last.isdigit() and len(last) <= 18:
        return int(last)
    found = VERSION.search(scope["query_string"])
    return int(found[1]) if found else None


async def _until_gone(receive: Receive, seat: Seat) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    seat.end(Over.LEFT)


async def _write(send: Send, data: bytes) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": True})
