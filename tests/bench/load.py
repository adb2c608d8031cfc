"""How many requests a server answers: a generator that costs less than any server it measures.

Raw sockets, kept alive; every connection has one request under way. The answers are not parsed: their length is
learned once, from the first answer of each request, and an answer of another length ends the measurement.
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
    headers: str = ""
    connections: int = CONNECTIONS
    at: int = 0
    _sockets: list[socket.socket] = field(default_factory=list)
    _requests: list[bytes] = field(default_factory=list)
    _lengths: dict[bytes, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        head = f"Host: 127.0.0.1:{self.port}\r\nAccept: */*\r\n{self.headers}\r\n"
        self._requests = [f"GET {path} HTTP/1.1\r\n{head}".encode() for path in self.paths]
        for _ in range(self.connections):
            one = socket.create_connection(("127.0.0.1", self.port), timeout=30)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets.append(one)

    def round(self, asked: int) -> Round:
        """So many requests, as fast as they are answered."""
        cpu, began, done = time.process_time(), time.perf_counter(), 0
        while done < asked:
            under_way = []
            for one in self._sockets:
                request = self._requests[self.at % len(self._requests)]
                self.at += 1
                one.sendall(request)
                under_way.append((one, request))
            for one, request in under_way:
                self._receive(one, request)
            done += len(under_way)
        return Round(done=done, seconds=time.perf_counter() - began, cpu=time.process_time() - cpu)

    def size(self, path: str) -> int:
        """Bytes of the body at that path."""
        (one, *_), request = self._sockets, self._requests[self.paths.index(path)]
        one.sendall(request)
        return self._first(one, request)[1]

    def close(self) -> None:
        for one in self._sockets:
            one.close()

    def _receive(self, one: socket.socket, request: bytes) -> None:
        whole = self._lengths.get(request)
        if whole is None:
            self._lengths[request] = self._first(one, request)[0]
            return
        got = 0
        while got < whole:
            part = one.recv(65_536)
            if not part or (got == 0 and not part.startswith(b"HTTP/1.1 200")):
                raise CannotMeasure(f"the server answered {part[:60]!r} to {request[:60]!r}")
            got += len(part)
        if got > whole:
            raise CannotMeasure(f"the answer to {request[:60]!r} has grown")

    def _first(self, one: socket.socket, request: bytes) -> tuple[int, int]:
        """(bytes of the whole answer, bytes of its body)."""
        seen = b""
        while (end := seen.find(b"\r\n\r\n")) < 0:
            part = one.recv(65_536)
            if not part:
                raise CannotMeasure(f"the server closed before it answered {request[:60]!r}")
            seen += part
        length = LENGTH.search(seen[: end + 2])
        if not seen.startswith(b"HTTP/1.1 200") or length is None:
            raise CannotMeasure(f"the server answered {seen[:60]!r} to {request[:60]!r}")
        whole = end + 4 + int(length[1])
        while len(seen) < whole:
            seen += one.recv(65_536)
        return whole, int(length[1])
