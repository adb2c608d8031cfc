"""The stream of an open page: what it says, to whom, when it ends, and what all of them together cost."""

import asyncio
import resource
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import update

from tests.servers import PATIENCE, until, until_in_loop
from tests.web.served import Served, serving
from tests.web.shop import Shop
from tests.web.stores import AwayStore, CountingStore
from tracker.store.outbox_tables import page_tokens
from tracker.web.feed import MOST_PER_LINK, TURNS_TO_A_BEAT, Feed
from tracker.web.live import Live, Pace
from tracker.web.pagecache import PageCache
from tracker.web.serve import BACKPRESSURE
from tracker.wiring import App

SOON = timedelta(milliseconds=20)


@dataclass(slots=True)
class Stream:
    """One reader's end of a stream."""

    path: str
    query: bytes = b""
    last_event_id: bytes = b""
    status: int = 0
    said: bytes = b""
    is_over: bool = False
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, live: Live) -> None:
        headers = [(b"last-event-id", self.last_event_id)] if self.last_event_id else []
        scope = {"type": "http", "method": "GET", "path": self.path, "query_string": self.query, "headers": headers}
        await live(scope, self._receive, self._send)

    async def hears(self, part: bytes) -> None:
        await until_in_loop(lambda: part in self.said)

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.said += message["body"]
            self.is_over = not message.get("more_body", False)


def live_of(app: App, *, every: timedelta = SOON, pace: Pace | None = None) -> Live:
    """The edge's stream, hurried."""
    cache = PageCache()
    live = Live(app, cache, pace=pace)
    live.feed = Feed(live._versions, most=app.settings.live_pages, changed=cache.doubt, every=every)
    return live


def listening(live: Live, *streams: Stream, then: Callable[[], Awaitable[object]]) -> None:
    """Run the streams, and `then` beside them; whoever still listens afterwards leaves."""

    async def run() -> None:
        async with asyncio.TaskGroup() as group:
            for each in streams:
                group.create_task(each.run(live))
            await then()
            for each in streams:
                each.gone.set()

    asyncio.run(run())
    assert len(live.feed) == 0


def changed(shop: Shop, number: str) -> None:
    answer = shop.call("POST", f"/orders/{number}/cancel")
    assert answer.status_code == 200, answer.text


def test_a_stream_says_that_its_order_has_changed_and_beats_meanwhile(shop: Shop) -> None:
    mine, other = (Stream(shop.page_path(shop.an_order(number)) + "/live") for number in ("A-1", "A-2"))
    live = live_of(shop.app)

    async def then() -> None:
        for each in (mine, other):
            await each.hears(b"retry: ")
            await each.hears(b"\n\n:\n\n")
        await asyncio.to_thread(changed, shop, "A-1")
        await mine.hears(b"event: changed\nid: 1\ndata: 1\n\n")

    listening(live, mine, other, then=then)

    assert mine.status == 200
    assert b"\nid: 0\n" in mine.said
    assert b"changed" not in other.said


@pytest.mark.parametrize(("query", "last"), [(b"v=7", b""), (b"", b"7"), (b"v=0", b"7")])
def test_whoever_shows_an_old_state_is_told_at_once(small_shop: Shop, query: bytes, last: bytes) -> None:
    stream = Stream(small_shop.page_path(small_shop.an_order()) + "/live", query, last)

    listening(live_of(small_shop.app), stream, then=lambda: stream.hears(b"event: changed"))

    assert b"event: changed\nid: 0\ndata: 0\n\n" in stream.said


def test_all_streams_together_cost_one_query_a_turn_and_none_cost_nothing(shop: Shop) -> None:
    store = CountingStore(shop.app.store)
    live = live_of(replace(shop.app, store=store))
    paths = [shop.page_path(shop.an_order(f"B-{n}")) + "/live" for n in range(3)]
    streams = [Stream(path) for path in paths for _ in range(20)]

    async def then() -> None:
        for each in streams:
            await each.hears(b"retry: ")
        turns, reads = live.feed._turns, store.reads
        await until_in_loop(lambda: live.feed._turns >= turns + 5)
        assert store.reads - reads <= live.feed._turns - turns + 1
        for each in streams:
            each.gone.set()
        await until_in_loop(lambda: live.feed._task is None)
        reads, later = store.reads, time.monotonic() + 5 * SOON.total_seconds()
        await until_in_loop(lambda: time.monotonic() > later)
        assert store.reads == reads

    listening(live, *streams, then=then)


def test_a_revoked_link_ends_and_one_that_never_was_is_not_found(small_shop: Shop) -> None:
    revoked, never = Stream(small_shop.page_path(small_shop.an_order()) + "/live"), Stream("/t/" + "A" * 24 + "/live")

    async def then() -> None:
        await revoked.hears(b"retry: ")
        await until_in_loop(lambda: never.is_over)
        with small_shop.app.store.begin() as connection:
            connection.execute(update(page_tokens).values(revoked_at=small_shop.clocks.shop))
        await until_in_loop(lambda: revoked.is_over)

    listening(live_of(small_shop.app), revoked, never, then=then)

    assert (revoked.status, never.status) == (200, 404)


def test_beyond_the_set_number_a_page_must_ask_by_itself(small_shop: Shop) -> None:
    path = small_shop.page_path(small_shop.an_order()) + "/live"
    app = replace(small_shop.app, settings=replace(small_shop.app.settings, live_pages=2))
    first, second, third = (Stream(path) for _ in range(3))

    async def then() -> None:
        for each in (first, second):
            await each.hears(b"retry: ")
        await until_in_loop(lambda: third.is_over)

    listening(live_of(app), first, second, third, then=then)

    assert (first.status, second.status, third.status) == (200, 200, 204)


def test_one_link_does_not_take_everybodys_place(small_shop: Shop) -> None:
    path = small_shop.page_path(small_shop.an_order()) + "/live"
    streams = [Stream(path) for _ in range(MOST_PER_LINK + 1)]

    listening(live_of(small_shop.app), *streams, then=lambda: streams[0].hears(b"retry: "))

    assert [each.status for each in streams].count(204) == 1


def test_a_stream_ends_by_itself_so_that_the_browser_opens_another(small_shop: Shop) -> None:
    stream = Stream(small_shop.page_path(small_shop.an_order()) + "/live")
    short = Pace(lasts_at_least=SOON, lasts_at_most=SOON)

    listening(live_of(small_shop.app, pace=short), stream, then=lambda: until_in_loop(lambda: stream.is_over))

    assert stream.status == 200


def test_without_a_database_running_streams_stay_and_new_ones_are_sent_away(small_shop: Shop) -> None:
    path = small_shop.page_path(small_shop.an_order()) + "/live"
    live = live_of(small_shop.app)
    running, late = Stream(path), Stream(small_shop.page_path(small_shop.an_order("late")) + "/live")

    async def then() -> None:
        await running.hears(b"retry: ")
        live._app = replace(small_shop.app, store=AwayStore(small_shop.app.store))
        task = asyncio.ensure_future(late.run(live))
        await until_in_loop(lambda: late.is_over)
        await task
        live._app = small_shop.app
        await asyncio.to_thread(changed, small_shop, "2026%2F001")
        await running.hears(b"event: changed")

    listening(live, running, then=then)

    assert (running.status, late.status) == (200, 503)


def test_a_beat_comes_often_enough_for_proxies() -> None:
    assert TURNS_TO_A_BEAT <= 20


@contextmanager
def open_streams(served: Served, path: str, how_many: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        there, patience = ("127.0.0.1", served.port), PATIENCE.total_seconds()
        lines = [stack.enter_context(socket.create_connection(there, patience)) for _ in range(how_many)]
        for line in lines:
            line.sendall(f"GET {path}/live HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        for line in lines:
            assert line.recv(4096).startswith(b"HTTP/1.1 200")
        yield lines


@contextmanager
def few_files() -> Iterator[None]:
    """As most systems start a program."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1_024, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_sigterm_ends_all_streams_and_the_process(tmp_path: Path) -> None:
    """granian alone would wait for them, and kill the worker after ten seconds."""
    with few_files(), serving(tmp_path) as served:
        (worker,) = psutil.Process(served.process.pid).children()
        assert worker.rlimit(psutil.RLIMIT_NOFILE)[0] > BACKPRESSURE
        path = served.page_of()
        with open_streams(served, path, 30) as lines:
            served.process.send_signal(signal.SIGTERM)
            ends = [_rest_of(line) for line in lines]
        until(lambda: served.process.poll() is not None, what="the process to end")

    assert all(end.endswith(b"0\r\n\r\n") for end in ends), "ended in good order, not cut"


def _rest_of(line: socket.socket) -> bytes:
    rest = b""
    while part := line.recv(4096):
        rest += part
    return rest
