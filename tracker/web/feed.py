"""Which of the pages that stand open have changed: one question a second for all of them together."""

import asyncio
import math
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

import structlog
from starlette.concurrency import run_in_threadpool

from tracker.pipeline.ports import StoreAway
from tracker.store.errors import StoreUnfit

log = structlog.get_logger("live")

ASKED_EVERY = timedelta(seconds=1)  # machine time
TURNS_TO_A_BEAT = 17  # so many seconds: proxies cut what is silent for 30 s or 60 s
SAID_ONCE_IN = 600.0  # seconds between two log lines about too many pages
MOST_PER_LINK = 50  # one link's streams in one process: whoever has a link must not take everybody's places

Ask = Callable[[Collection[str]], Mapping[str, int]]  # links' tokens in, versions of their orders out
Changed = Callable[[str], None]  # called with the token, before its streams are woken


class Over(StrEnum):
    """Why a stream ends."""

    GONE = "gone"  # the link leads nowhere, or does not any more
    AWAY = "away"  # the database did not answer before anything was known
    CLOSING = "closing"  # this process ends
    LEFT = "left"  # the reader


@dataclass(slots=True, eq=False)
class Seat:
    """One stream's place at the feed."""

    token: str = field(repr=False)
    beats_in_turn: int  # they would all beat in the same moment else
    version: int | None = None  # None: not asked about yet
    over: Over | None = None
    _waiter: asyncio.Future[None] | None = None  # an Event would take 800 bytes, and there are thousands

    def news(self) -> asyncio.Future[None]:
        """Done with another version, the end, or when it is time for a beat."""
        self._waiter = asyncio.get_running_loop().create_future()
        return self._waiter

    def tell(self, version: int) -> None:
        if version != self.version:
            self.version = version
            self.wake()

    def end(self, why: Over) -> None:
        self.over = self.over or why
        self.wake()

    def wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Feed:
    """All open streams of this process, and the one task that asks for them; of the event loop's thread only."""

    def __init__(self, ask: Ask, *, most: int, changed: Changed, every: timedelta = ASKED_EVERY) -> None:
        self._ask = ask
        self._most = most
        self._changed = changed
        self._every = every.total_seconds()
        self._seats: dict[str, set[Seat]] = {}
        self._taken = 0
        self._turns = 0
        self._task: asyncio.Task[None] | None = None
        self._is_away = False
        self._is_closed = False
        self._said_full = -math.inf

    def __len__(self) -> int:
        return self._taken

    def take(self, token: str) -> Seat | None:
        """A place; None when all are taken, and the page must ask by itself."""
        if self._taken >= self._most:
            self._say_full()
            return None
        if self._is_closed or len(self._seats.get(token, ())) >= MOST_PER_LINK:
            return None
        seat = Seat(token, beats_in_turn=(self._turns + self._taken) % TURNS_TO_A_BEAT)
        self._seats.setdefault(token, set()).add(seat)
        self._taken += 1
        if self._task is None:
            self._task = asyncio.ensure_future(self._run())
        return seat

    def leave(self, seat: Seat) -> None:
        """Give a place back."""
        of_link = self._seats[seat.token]
        of_link.remove(seat)
        self._taken -= 1
        if not of_link:
            del self._seats[seat.token]

    def close(self) -> None:
        """End every stream, and take no more: the process is to end."""
        self._is_closed = True
        self._end_all(Over.CLOSING)

    def _say_full(self) -> None:
        """Ops may want another process, or a higher WISMO_LIVE_PAGES."""
        now = time.monotonic()
        if now - self._said_full >= SAID_ONCE_IN:
            self._said_full = now
            log.warning("feed_full", limit=self._most)

    async def _run(self) -> None:
        """Ask while anybody watches."""
        try:
            while self._seats and not self._is_closed:
                began = time.monotonic()
                await self._turn()
                self._beat()
                await asyncio.sleep(max(0.0, self._every - (time.monotonic() - began)))
        except Exception as error:  # a defect: streams that nobody feeds would only look alive
            log.error("feed_failed", exc_info=error)
            self._end_all(Over.AWAY)
        finally:
            self._task = None

    async def _turn(self) -> None:
        asked = list(self._seats)
        try:
            versions = await run_in_threadpool(self._ask, asked)
        except (StoreAway, StoreUnfit) as error:
            self._away(asked, error)
            return
        self._is_away = False
        for token in asked:
            self._tell(token, versions.get(token))

    def _tell(self, token: str, version: int | None) -> None:
        seats = self._seats.get(token, ())
        if any(seat.version not in (None, version) for seat in seats):
            self._changed(token)
        for seat in seats:
            if version is None:
                seat.end(Over.GONE)
            else:
                seat.tell(version)

    def _away(self, asked: Collection[str], error: Exception) -> None:
        """Streams that run stay: what they showed may still be true. New ones must not wait for ever."""
        if not self._is_away:
            log.warning("feed_away", count=len(asked), why=str(error))
        self._is_away = True
        for seat in [seat for each in asked for seat in self._seats.get(each, ()) if seat.version is None]:
            seat.end(Over.AWAY)

    def _beat(self) -> None:
        """Wake some that have nothing new; a timer each would cost more than all else they keep."""
        self._turns += 1
        now = self._turns % TURNS_TO_A_BEAT
        for seat in [seat for seats in self._seats.values() for seat in seats if seat.beats_in_turn == now]:
            seat.wake()

    def _end_all(self, why: Over) -> None:
        for seat in [seat for seats in self._seats.values() for seat in seats]:
            seat.end(why)
