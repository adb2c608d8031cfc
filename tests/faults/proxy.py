"""A line between two programs that can be cut, stalled, slowed, or made to lose every answer."""

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.servers import PATIENCE

LOOPBACK = "127.0.0.1"
CHUNK = 65536

Peer = Path | int  # a unix socket, or a port of this machine


class FaultProxy:
    """Listens on a port of its own and passes everything on to `peer` until told otherwise."""

    def __init__(self, peer: Peer) -> None:
        self.port = 0
        self.passed = 0  # connections that reached the peer
        self._peer = peer
        self._is_cut = False
        self._loses_answers = False
        self._phrases: tuple[bytes, ...] = ()
        self._delay = 0.0
        self._flows = asyncio.Event()
        self._flows.set()
        self._is_over = asyncio.Event()
        self._lines: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._run, name="fault-proxy", daemon=True)

    def __enter__(self) -> "FaultProxy":
        self._thread.start()
        self._ask(self._listen())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ask(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def loses_answers(self) -> bool:
        """Whether answers are lost at this moment."""
        return self._loses_answers

    def cut(self) -> None:
        """Tear every connection; new ones are torn as soon as they come."""
        self._is_cut = True
        self._ask(self._tear())

    def stall(self) -> None:
        """Connections stay, nothing moves on them."""
        self._ask(self._stall())

    def lose_answers(self) -> None:
        """What is said still arrives, what is answered does not."""
        self._loses_answers = True

    def lose_answer_to(self, *phrases: bytes) -> None:
        """As `lose_answers`, from the moment on when one connection has said all this, in this order."""
        self._phrases = phrases

    def delay(self, seconds: float) -> None:
        """Each piece waits this long."""
        self._delay = seconds

    def mend(self) -> None:
        """All is well again; connections whose answers were lost are torn, they are out of step."""
        was_deaf, self._loses_answers = self._loses_answers, False
        self._is_cut, self._delay = False, 0.0
        self._ask(self._flow())
        if was_deaf:
            self._ask(self._tear())

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _ask(self, doing: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(doing, self._loop).result(timeout=PATIENCE.total_seconds())

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connect, LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        self._is_over.set()
        await self._tear()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _stall(self) -> None:
        self._flows.clear()

    async def _flow(self) -> None:
        self._flows.set()

    async def _tear(self) -> None:
        for line in list(self._lines):
            _reset(line)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            _reset(writer)
            return
        try:
            peer_reader, peer_writer = await self._open()
        except OSError:
            _reset(writer)
            return
        self.passed += 1
        self._lines |= {writer, peer_writer}
        pumps = (self._pump(reader, peer_writer, answers=False), self._pump(peer_reader, writer, answers=True))
        await asyncio.gather(*pumps, return_exceptions=True)
        self._lines -= {writer, peer_writer}

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._peer, Path):
            return await asyncio.open_unix_connection(self._peer)
        return await asyncio.open_connection(LOOPBACK, self._peer)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool) -> None:
        heard = 0
        try:
            while chunk := await reader.read(CHUNK):
                heard = heard if answers else self._listen_for(chunk, heard)
                await self._flows.wait()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._is_over.wait(), self._delay)
                if not (answers and self._loses_answers):
                    writer.write(chunk)
                    await writer.drain()
        except OSError:
            pass  # torn: the other side hears it below
        finally:
            writer.close()

    def _listen_for(self, chunk: bytes, heard: int) -> int:
        """How many of the phrases this connection has said; after the last one nobody hears an answer."""
        while self._phrases and heard < len(self._phrases) and self._phrases[heard] in chunk:
            heard += 1
            if heard == len(self._phrases):
                self._loses_answers, self._phrases = True, ()
        return heard


def _reset(line: asyncio.StreamWriter) -> None:
    """A TCP reset instead of a goodbye."""
    end = line.get_extra_info("socket")
    if end is not None and end.fileno() >= 0 and end.family == socket.AF_INET:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.transport.abort()
