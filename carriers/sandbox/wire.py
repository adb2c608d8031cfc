"""HTTP/1.1 on a socket: requests in, replies out, connections kept, and torn when told so."""

import asyncio
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus

LONGEST_HEAD = 32 * 1024
LONGEST_BODY = 8 * 1024 * 1024  # a demo hands over all its stories at once
PHRASES = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request; header names are in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class Cut(StrEnum):
    """How an answer fails to arrive."""

    WHOLE = "whole"  # it does not fail
    HALF = "half"
    RESET = "reset"
    SILENT = "silent"  # nothing comes, the connection stays


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer."""

    status: int
    body: bytes
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0  # seconds
    cut: Cut = Cut.WHOLE


Answer = Callable[[Request], Reply]


class Wire(asyncio.Protocol):
    """One connection."""

    def __init__(self, answer: Answer, open_wires: set["Wire"]) -> None:
        self._answer = answer
        self._open_wires = open_wires
        self._transport: asyncio.Transport | None = None
        self._unread = b""
        self._waiting: asyncio.TimerHandle | None = None  # an answer is being held back

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._open_wires.add(self)

    def connection_lost(self, _error: Exception | None) -> None:
        self._open_wires.discard(self)
        if self._waiting is not None:
            self._waiting.cancel()
        self._transport = None

    def data_received(self, data: bytes) -> None:
        self._unread += data
        self._work()

    def close(self) -> None:
        """Tear the connection."""
        if self._transport is not None:
            self._transport.abort()

    def _work(self) -> None:
        """Answer what has arrived whole, one after the other."""
        while self._transport is not None and self._waiting is None:
            request = self._next()
            if request is None:
                return
            reply = self._answer(request)
            keep = request.headers.get("connection", "").lower() != "close"
            if reply.delay or reply.cut is Cut.SILENT:
                later = asyncio.get_running_loop().call_later(reply.delay, self._late, reply, keep)
                self._waiting = later
            else:
                self._send(reply, keep)

    def _late(self, reply: Reply, keep: bool) -> None:
        self._waiting = None
        self._send(reply, keep)
        self._work()

    def _next(self) -> Request | None:
        head, end, rest = self._unread.partition(b"\r\n\r\n")
        if not end:
            if len(head) > LONGEST_HEAD:
                self._refuse(431)
            return None
        lines = head.decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        length = headers.get("content-length", "0")
        if len(words) != 3 or not length.isdigit() or "transfer-encoding" in headers:
            self._refuse(400)
            return None
        if int(length) > LONGEST_BODY:
            self._refuse(413)
            return None
        if len(rest) < int(length):
            return None
        self._unread = rest[int(length) :]
        path, _, query = words[1].partition("?")
        return Request(method=words[0], path=path, query=query, headers=headers, body=rest[: int(length)])

    def _refuse(self, status: int) -> None:
        self._send(Reply(status=status, body=b"{}"), keep=False)

    def _send(self, reply: Reply, keep: bool) -> None:
        if self._transport is None:
            return
        if reply.cut in {Cut.RESET, Cut.SILENT}:
            self._reset()
            return
        head = [
            f"HTTP/1.1 {reply.status} {PHRASES.get(reply.status, 'Unknown')}",
            f"Content-Type: {reply.kind}",
            f"Content-Length: {len(reply.body)}",
            *(f"{name}: {value}" for name, value in reply.headers.items()),
        ]
        if not keep:
            head.append("Connection: close")
        body = reply.body if reply.cut is Cut.WHOLE else reply.body[: len(reply.body) // 2]
        self._transport.write("\r\n".join([*head, "", ""]).encode("latin-1") + body)
        if reply.cut is Cut.HALF or not keep:
            self._transport.close()

    def _reset(self) -> None:
        """Answer with a TCP reset instead of a goodbye."""
        assert self._transport is not None
        line = self._transport.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()
