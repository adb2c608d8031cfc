"""How many requests a server answers: a generator that costs less than any server it measures.

Raw sockets, kept alive; every connection has one request under way. Of an answer only its status and length are read.
"""

import re
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.bench.children import Round
from tests.bench.figures import CannotMeasure

CONNECTIONS = 16
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(slots=True)
class Load:
    """Asks one server for these paths in turn."""

    port: int
    paths: Sequence[str]
    connections: int = CONNECTIONS
    at: int = 0
    _sockets: list[socket.socket] = field(default_factory=list)
    _requests: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        head = f"Host: 127.0.0.1:{self.port}\r\nAccept: */*\r\n\r\n"
        self._requests = [f"GET {path} HTTP/1.1\r\n{head}".encode() for path in self.paths]
        for _ in range(self.connections):
            one = socket.create_connection(("127.0.0.1", self.port), timeout=30)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets.append(one)

    def round(self, asked: int) -> Round:
        """So many requests, as fast as they are answered."""
        cpu, began, done = time.process_time(), time.perf_counter(), 0
        while done < asked:
            under_way = self._sockets[: asked - done]
            for one in under_way:
                one.sendall(self._requests[self.at % len(self._requests)])
                self.at += 1
            for one in under_way:
                _receive(one)
            done += len(under_way)
        return Round(done=done, seconds=time.perf_counter() - began, cpu=time.process_time() - cpu)

    def size(self) -> int:
        """Bytes of the body at the first path."""
        self._sockets[0].sendall(self._requests[0])
        return _receive(self._sockets[0])

    def close(self) -> None:
        for one in self._sockets:
            one.close()


def _receive(one: socket.socket) -> int:
    """Read one answer whole; the bytes of its body."""
    seen = one.recv(262_144)
    while (end := seen.find(b"\r\n\r\n")) < 0:
        seen += _more(one, seen)
    length = LENGTH.search(seen, 0, end + 2)
    if not seen.startswith(b"HTTP/1.1 200") or length is None:
        raise CannotMeasure(f"the server answered {seen[:60]!r}")
    body = int(length[1])
    got = len(seen)
    while got < end + 4 + body:
        got += len(_more(one, seen))
    return body


def _more(one: socket.socket, seen: bytes) -> bytes:
    part = one.recv(262_144)
    if not part:
        raise CannotMeasure(f"the server closed after {seen[:60]!r}")
    return part
