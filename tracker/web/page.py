"""The tracking page at /t/{token}: from memory while nothing has changed, and a reason to look sooner."""

import asyncio
import re
import time
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from tracker.domain.brands import Brand
from tracker.domain.shipments import OrderId
from tracker.pipeline.ports import Raced, StoreAway
from tracker.render import languages
from tracker.store import sights
from tracker.store.sights import Known, PageView
from tracker.web import html
from tracker.web.html import Asked
from tracker.web.packing import PLAIN, packed
from tracker.web.pagecache import CachedPage, PageCache, Readers, Reading, etag_of
from tracker.wiring import App

log = structlog.get_logger("page")

TOKEN = re.compile(r"[A-Za-z0-9_-]{22,64}")
PREFIX = "/t/"
BELOW = re.compile(r"/t/[A-Za-z0-9_-]{22,64}/[a-z][a-z.-]*")
VIEW_COUNTS_ONCE_IN = 60.0  # seconds of machine time, per order and process: a reload is no new view
MOST_VIEWS = 10_000  # orders remembered for that
# Pages looked up at the same time. One process keeps five database connections; all pages that are asked for again in
# one moment would open many more, and close them at once: 10,500 cached pages a second on PostgreSQL, now 14,500.
ASKED_AT_ONCE = 4
COUNTED_FOR = 60.0  # seconds between two log lines about pages: one line per page would cost more than the page


@dataclass(slots=True, kw_only=True)
class Tally:
    """Pages served since the last log line."""

    since: float = field(default_factory=time.monotonic)
    served: int = 0

    def count(self) -> None:
        self.served += 1
        if time.monotonic() - self.since > COUNTED_FOR:
            log.info("pages_served", count=self.served)
            self.since, self.served = time.monotonic(), 0


class TrackingPage:
    """An ASGI application for GET and HEAD of one page; plain, because it is asked far more often than all else."""

    def __init__(self, app: App, cache: PageCache | None = None) -> None:
        self._app = app
        self._cache = cache or PageCache()
        self._asking = asyncio.Semaphore(ASKED_AT_ONCE)
        self._views: dict[OrderId, float] = {}
        self._writing: set[asyncio.Task[None]] = set()
        self._tally = Tally()

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await html.send(send, html.WRONG_METHOD)
            return
        token, asked = scope["path"][len(PREFIX) :], html.asked_of(scope)
        page = await self._page(token, asked) if TOKEN.fullmatch(token) else None
        if page is None:
            await html.send(send, html.not_found(self._app, scope), head=scope["method"] == "HEAD")
            return
        await html.send_page(scope, send, page, asked)
        self._tally.count()
        if scope["method"] == "GET" and asked.is_view:
            self._seen(page.order_id)

    async def close(self) -> None:
        """Let the views that are being written end."""
        if self._writing:
            await asyncio.wait(self._writing, timeout=5)

    async def _page(self, token: str, asked: Asked) -> CachedPage | None:
        page = self._fresh(token, asked)
        if page is not None:
            return page
        async with self._asking:  # who had to wait may find that another has asked for the same page
            return self._fresh(token, asked) or await run_in_threadpool(self._look_up, token, asked)

    def _fresh(self, token: str, asked: Asked) -> CachedPage | None:
        readers = self._cache.readers(token)
        if readers is None:
            return None
        reading, minute = self._reading(readers, asked), minute_of(self._app.now())
        page = self._cache.fresh(token, reading, minute=minute, monotonic=time.monotonic())
        return page if page is not None and asked.encoding in page.bodies else None

    def _reading(self, readers: Readers, asked: Asked) -> Reading:
        """In which language: what the reader asked for if we have it, whom the link was sent to, what they accept."""
        known = self._app.renderer.languages.known
        chosen = languages.wanted(known, asked=asked.lang) if asked.lang else ""
        if not _same_language(chosen, asked.lang):
            chosen = ""
        tag = languages.wanted(known, asked=chosen, linked=readers.linked, accepted=asked.accepted, usual=readers.usual)
        return Reading(tag, chosen)

    def _look_up(self, token: str, asked: Asked) -> CachedPage | None:
        """One indexed query: whether the order has changed, and if so everything the page shows."""
        now = self._app.now()
        readers = self._cache.readers(token)
        reading = self._reading(readers, asked) if readers else None
        known = self._of_this_minute(token, reading, minute_of(now)) if reading else None
        with self._app.store.read() as snapshot:
            view = sights.page_unless(snapshot, token, version=known.version if known else sights.NEVER)
        if view is Known.STILL_TRUE and known and reading:
            return self._still_true(token, reading, known, encoding=asked.encoding)
        if not isinstance(view, PageView):
            self._cache.drop(token)
            return None
        brand = self._app.brands.get(view.order.brand)
        if brand is None:  # taken out of the settings: nobody can say whose page this is
            return None
        readers = Readers(linked=view.locale, usual=brand.locale)
        reading = self._reading(readers, asked)
        page = self._rendered(view, brand, reading, path=PREFIX + token, now=now, encoding=asked.encoding)
        self._cache.put(token, reading, page, readers=readers)
        return page

    def _of_this_minute(self, token: str, reading: Reading, minute: datetime) -> CachedPage | None:
        """The page we have, if rendering gives the same as long as its order has not changed."""
        page = self._cache.get(token, reading)
        return page if page and page.minute == minute else None

    def _still_true(self, token: str, reading: Reading, page: CachedPage, *, encoding: str) -> CachedPage:
        """Good for another while; packed as this reader wants it."""
        if encoding not in page.bodies:
            page = replace(page, bodies={**page.bodies, encoding: packed(page.bodies[PLAIN], encoding)})
        return self._cache.still_true(token, reading, page, monotonic=time.monotonic())

    def _rendered(
        self, view: PageView, brand: Brand, reading: Reading, *, path: str, now: datetime, encoding: str
    ) -> CachedPage:
        app = self._app
        shown = replace(app.page_view(view), path=path, asked_language=reading.asked)
        body = app.renderer.page(shown, brand, now=now, locale=reading.tag).encode()
        return CachedPage(
            order_id=view.order.id,
            version=view.order.version,
            minute=minute_of(now),
            bodies={PLAIN: body, encoding: packed(body, encoding)},
            etag=etag_of(body),
            checked=time.monotonic(),
        )

    def _seen(self, order_id: OrderId) -> None:
        """Somebody waits for this parcel: look sooner. Written beside the answer, and not at every reload."""
        now = time.monotonic()
        if now - self._views.get(order_id, -VIEW_COUNTS_ONCE_IN) < VIEW_COUNTS_ONCE_IN:
            return
        if len(self._views) >= MOST_VIEWS:
            self._views = {seen: at for seen, at in self._views.items() if now - at < VIEW_COUNTS_ONCE_IN}
        if len(self._views) >= MOST_VIEWS:
            return
        self._views[order_id] = now
        task = asyncio.ensure_future(run_in_threadpool(partial(self._write_view, order_id)))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    def _write_view(self, order_id: OrderId) -> None:
        try:
            self._app.watched(order_id)
        except (StoreAway, Raced) as error:  # Raced: a look wrote the same parcels and was just now there
            log.warning("view_not_written", order_id=order_id, why=str(error))


def is_page(path: str) -> bool:
    """Whether a path is a page's own, or leads nowhere; not one of the addresses below a page."""
    return path.startswith(PREFIX) and not BELOW.fullmatch(path)


def _same_language(tag: str, other: str) -> bool:
    return tag.replace("_", "-").lower().split("-")[0] == other.replace("_", "-").lower().split("-")[0]


def minute_of(now: datetime) -> datetime:
    """The minute of shop time a page is true for."""
    return now.replace(second=0, microsecond=0)
