"""How many open pages one web process tells of a change, how soon, at what cost, and how it lets them go."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import psutil
from sqlalchemy import update

from tests.bench import figures
from tests.bench.children import child
from tests.bench.figures import CannotMeasure, Tell
from tests.bench.shop import ENGINES, Site, environment, opened, take_in
from tests.faults.crew import Crew, Process
from tests.servers import answers, until, until_in_loop
from tracker.store.tables import orders
from tracker.wiring import App

PAGES = 2_000
AT_ONCE = 100  # connections being opened
CHANGES = 5
MEGABYTE = 10**6
START = timedelta(seconds=60)
PATIENCE = timedelta(seconds=60)  # for anything; a run must end

SOON, MOST_MEMORY, MOST_TO_END, MOST_TO_ANSWER = 2.0, 150.0, 3.0, 1.0


@dataclass(slots=True, kw_only=True)
class Crowd:
    """Open pages: each connection reads, and notes when it last was told of a change and when it was let go."""

    port: int
    paths: Sequence[str]
    told_at: list[float] = field(default_factory=list)
    ended_at: list[float] = field(default_factory=list)
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    async def open(self) -> None:
        self.told_at, self.ended_at = [0.0] * len(self.paths), [0.0] * len(self.paths)
        gate = asyncio.Semaphore(AT_ONCE)
        self._tasks = [asyncio.create_task(self._read(n, path, gate)) for n, path in enumerate(self.paths)]
        started = [asyncio.create_task(self._started(n)) for n in range(len(self.paths))]
        await asyncio.wait_for(asyncio.gather(*started), PATIENCE.total_seconds())

    async def _started(self, n: int) -> None:
        await until_in_loop(lambda: self.told_at[n] or self._tasks[n].done(), what=f"stream {n} to begin")
        if not self.told_at[n]:
            raise CannotMeasure(f"stream {n} ended at once: {self._tasks[n]}")

    async def _read(self, n: int, path: str, gate: asyncio.Semaphore) -> None:
        async with gate:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(f"GET {path}/live HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise CannotMeasure(f"the server answered {head[:60]!r}")
        self.told_at[n] = time.monotonic()
        while line := await reader.readline():
            if line.startswith(b"event: changed"):
                self.told_at[n] = time.monotonic()
        self.ended_at[n] = time.monotonic()
        writer.close()

    async def all_told_since(self, instant: float) -> list[float]:
        """Seconds from then until each page knew."""
        await self._all(self.told_at, instant)
        return [at - instant for at in self.told_at]

    async def all_ended_since(self, instant: float) -> list[float]:
        await self._all(self.ended_at, instant)
        return [at - instant for at in self.ended_at]

    async def _all(self, times: list[float], instant: float) -> None:
        try:
            await until_in_loop(lambda: min(times) >= instant, PATIENCE)
        except AssertionError as waited:
            deaf = sum(at < instant for at in times)
            raise CannotMeasure(f"{deaf} of {len(times)} pages heard nothing") from waited


def measure(place: Site, tell: Tell) -> None:
    """On both databases, every page of another order: one query asks about all of them."""
    for engine in ENGINES:
        with ExitStack() as stack:
            peer = stack.enter_context(child("peer", "quiet"))
            told = environment(place, place.database(engine), ups_port=int(peer.line()))
            app = stack.enter_context(opened(told))
            paths = [app.store.vault.page_path(each.order.id) for each in take_in(app, PAGES)]
            web = stack.enter_context(Crew(place.home)).start("web", environment=told)
            until(partial(answers, app.settings.port), START, what="the web process to listen")
            asyncio.run(_measure(engine, app, paths, web, tell))


async def _measure(engine: str, app: App, paths: list[str], web: Process, tell: Tell) -> None:
    crowd = Crowd(port=app.settings.port, paths=paths)
    await crowd.open()
    async with _asking_health(app.settings.port) as answered_in:
        reached = [seconds for _ in range(CHANGES) for seconds in await _one_change(app, crowd)]
    tell(figures.plain(f"live/{engine}/pages", len(paths)))
    tell(figures.at_most(f"live/{engine}/reached_p99_seconds", figures.percentile(reached, 0.99), SOON))
    tell(figures.at_most(f"live/{engine}/healthz_slowest_seconds", max(answered_in), MOST_TO_ANSWER))
    own, resident = _memory(web)
    tell(figures.at_most(f"live/{engine}/memory_megabytes", own, MOST_MEMORY))
    tell(figures.plain(f"live/{engine}/memory_resident_megabytes", resident))
    asked_at = time.monotonic()
    web.popen.terminate()
    tell(figures.at_most(f"live/{engine}/ended_seconds", max(await crowd.all_ended_since(asked_at)), MOST_TO_END))
    await asyncio.to_thread(web.ended)
    tell(figures.at_most(f"live/{engine}/process_ended_seconds", time.monotonic() - asked_at, MOST_TO_END))


async def _one_change(app: App, crowd: Crowd) -> list[float]:
    """All orders change in one commit: the most that one turn of the feed can bring."""
    await asyncio.to_thread(_change, app)
    return await crowd.all_told_since(time.monotonic())


def _change(app: App) -> None:
    with app.store.begin() as connection:
        connection.execute(update(orders).values(version=orders.c.version + 1))


@asynccontextmanager
async def _asking_health(port: int) -> AsyncIterator[list[float]]:
    """Ask /healthz all the while; how long each answer took."""
    took: list[float] = []
    is_over = asyncio.Event()

    async def ask() -> None:
        while not is_over.is_set():
            began = time.monotonic()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            await reader.read()
            writer.close()
            took.append(time.monotonic() - began)
            with suppress(TimeoutError):
                await asyncio.wait_for(is_over.wait(), 0.05)

    asking = asyncio.create_task(ask())
    try:
        yield took
    finally:
        is_over.set()
        await asking


def _memory(web: Process) -> tuple[float, float]:
    """Of the process that holds the streams: its share (what it has in common with granian's parent, from which it was
    forked, counts for half), and everything that is resident in it."""
    (worker,) = psutil.Process(web.pid).children()
    told = worker.memory_full_info()
    return told.pss / MEGABYTE, told.rss / MEGABYTE
