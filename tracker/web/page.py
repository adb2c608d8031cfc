"""The tracking page at /t/{token}: from memory while nothing has changed, and a reason to look sooner."""

import asyncio
import re
import time
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from tracker.domain.shipments import OrderId
from tracker.pipeline.ports import Raced, StoreAway
from tracker.store import lookups
from tracker.web import html
from tracker.web.pagecache import CachedPage, PageCache, etag_of
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
        token = scope["path"][len(PREFIX) :]
        page = await self._page(token) if TOKEN.fullmatch(token) else None
        if page is None:
            await html.send(send, html.not_found(self._app.renderer), head=scope["method"] == "HEAD")
            return
        await html.send_page(scope, send, page)
        self._tally.count()
        if scope["method"] == "GET" and not html.is_prefetch(scope):
            self._seen(page.order_id)

    async def close(self) -> None:
        """Let the views that are being written end."""
        if self._writing:
            await asyncio.wait(self._writing, timeout=5)

    async def _page(self, token: str) -> CachedPage | None:
        page = self._fresh(token)
        if page is not None:
            return page
        async with self._asking:  # who had to wait may find that another has asked for the same page
            return self._fresh(token) or await run_in_threadpool(self._look_up, token)

    def _fresh(self, token: str) -> CachedPage | None:
        return self._cache.fresh(token, minute=minute_of(self._app.now()), monotonic=time.monotonic())

    def _look_up(self, token: str) -> CachedPage | None:
        """One indexed query while the order has not changed; else everything the page shows."""
        app, now = self._app, self._app.now()
        with app.store.read() as snapshot:
            found = lookups.page_version(snapshot, token)
            if found is None:
                self._cache.drop(token)
                return None
            known = self._cache.get(token)
            if known is not None and known.is_of(found.version, minute_of(now)):
                return self._cache.still_true(token, known, monotonic=time.monotonic())
            view = lookups.page(snapshot, found)
        brand = app.brands.get(view.order.brand)
        if brand is None:  # taken out of the settings: nobody can say whose page this is
            return None
        body = app.renderer.page(app.page_view(view), brand, now=now, locale=view.locale).encode()
        page = CachedPage(
            order_id=view.order.id,
            version=view.order.version,
            minute=minute_of(now),
            body=body,
            etag=etag_of(body),
            checked=time.monotonic(),
        )
        self._cache.put(token, page)
        return page

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


def minute_of(now: datetime) -> datetime:
    """The minute of shop time a page is true for."""
    return now.replace(second=0, microsecond=0)
