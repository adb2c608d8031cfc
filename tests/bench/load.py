"""How many requests a server answers, and how long each takes: a generator that costs less than any server it measures.

Raw sockets, kept alive; every connection has one request under way, and asks again as soon as it is answered. Of an
answer only its status and length are read.
"""

import re
import select
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.bench.children import Round
from tests.bench.figures import CannotMeasure

CONNECTIONS = 16
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
ETAG = re.compile(rb"\r\netag: *([^\r]+)", re.IGNORECASE)
OK, NOT_MODIFIED = b"HTTP/1.1 200", b"HTTP/1.1 304"
REMEMBERED = 200_000  # latencies of the last rounds
PATIENCE = 30.0  # seconds without any answer
AS_A_BROWSER = "Accept: */*\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-US,en;q=0.9\r\n"


@dataclass(slots=True)
class Load:
    """Asks one server for these paths in turn; `tags`: whoever has the pages already, and is told so by a 304."""

    port: int
    paths: Sequence[str]
    connections: int = CONNECTIONS
    tags: Sequence[str] = ()
    at: int = 0
    seconds: "deque[float]" = field(default_factory=lambda: deque(maxlen=REMEMBERED))  # each answer took
    _sockets: dict[int, socket.socket] = field(default_factory=dict)
    _requests: list[bytes] = field(default_factory=list)
    _changed: int = 0  # pages that were another in this round

    def __post_init__(self) -> None:
        self._requests = [self._request(path, *self.tags[n : n + 1]) for n, path in enumerate(self.paths)]
        for _ in range(self.connections):
            one = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets[one.fileno()] = one

    def round(self, asked: int) -> Round:
        """So many requests, as fast as they are answered."""
        cpu, began, done, left = time.process_time(), time.perf_counter(), 0, asked
        sent: dict[int, tuple[float, int]] = {}
        self._changed = 0
        with select.epoll() as ready:
            for number, one in self._sockets.items():
                ready.register(number, select.EPOLLIN)
                left -= self._ask(one, sent) if left else 0
            while done < asked:
                heard = ready.poll(PATIENCE)
                if not heard:
                    raise CannotMeasure(f"no answer for {PATIENCE:.0f} s; {done} of {asked} were answered")
                for number, _ in heard:
                    one, (at, asked_for) = self._sockets[number], sent[number]
                    self._take(_receive(one)[0], asked_for)
                    self.seconds.append(time.perf_counter() - at)
                    done += 1
                    left -= self._ask(one, sent) if left else 0
        return Round(done=done, seconds=time.perf_counter() - began, cpu=time.process_time() - cpu)

    def _ask(self, one: socket.socket, sent: dict[int, tuple[float, int]]) -> int:
        n = self.at % len(self._requests)
        sent[one.fileno()] = (time.perf_counter(), n)
        one.sendall(self._requests[n])
        self.at += 1
        return 1

    def _request(self, path: str, tag: str = "") -> bytes:
        has = f"If-None-Match: {tag}\r\n" if tag else ""
        return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{AS_A_BROWSER}{has}\r\n".encode()

    def _take(self, head: bytes, n: int) -> None:
        """As a browser does: what has changed is kept under its new tag; each page once a round, at a new minute."""
        if head.startswith(NOT_MODIFIED if self.tags else OK):
            return
        tag = ETAG.search(head)
        self._changed += 1
        if not (self.tags and head.startswith(OK) and tag) or self._changed > len(self.paths):
            raise CannotMeasure(f"the server answered {head[:60]!r}")
        self._requests[n] = self._request(self.paths[n], tag[1].decode())

    def size(self) -> int:
        """Bytes of the body at the first path."""
        return _receive(self._once(0))[1]

    def etags(self) -> list[str]:
        """What the server calls the bytes at each path."""
        found = [ETAG.search(_receive(self._once(n))[0]) for n in range(len(self.paths))]
        return [tag[1].decode() for tag in found if tag]

    def _once(self, n: int) -> socket.socket:
        one = next(iter(self._sockets.values()))
        one.sendall(self._requests[n])
        return one

    def close(self) -> None:
        for one in self._sockets.values():
            one.close()


def _receive(one: socket.socket) -> tuple[bytes, int]:
    """Read one answer whole; its head and the bytes of its body."""
    seen = one.recv(262_144)
    while (end := seen.find(b"\r\n\r\n")) < 0:
        seen += _more(one, seen)
    length = LENGTH.search(seen, 0, end + 2)
    if length is None and not seen.startswith(NOT_MODIFIED):
        raise CannotMeasure(f"the server answered {seen[:60]!r}")
    body = int(length[1]) if length and not seen.startswith(NOT_MODIFIED) else 0
    got = len(seen)
    while got < end + 4 + body:
        got += len(_more(one, seen))
    return seen[:end], body


def _more(one: socket.socket, seen: bytes) -> bytes:
    part = one.recv(262_144)
    if not part:
        raise CannotMeasure(f"the server closed after {seen[:60]!r}")
    return part
