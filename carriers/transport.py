"""How one HTTP call to a carrier is made, and which CarrierError a call that failed becomes."""

import io
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from types import TracebackType
from typing import Protocol, Self

from requests import PreparedRequest, RequestException, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from carriers.contract import CarrierBusy, CarrierDown, CarrierError, CarrierRefused, Unreadable

CONNECT = timedelta(seconds=5)
READ = timedelta(seconds=10)  # the longest silence in the middle of an answer
TOTAL = timedelta(seconds=15)  # one call, whole; the lease of a look is longer
LARGEST = 5_000_000  # bytes; a hundred activities are 50 kB
LONGEST_WAIT = timedelta(days=1)  # a Retry-After beyond it is a mistake of theirs
CHUNK = 65_536  # bytes per read: most answers in one
POOL = 32  # connections kept open per carrier; more threads than that open their own


BusyWait = Callable[[bytes, datetime], timedelta]  # from what a 429 says, at that machine instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer the carrier itself has to read: neither busy, down nor refused."""

    http_status: int
    body: bytes


class Transport(Protocol):
    """What a carrier file needs to make a call."""

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Reply:
        """One call, with a form, with bytes or with nothing in it. Raises CarrierError."""

    def close(self) -> None:
        """Close the kept connections."""


class HttpTransport:
    """The kept-alive connections to one carrier; safe to share between threads.

    It stands on requests' adapter, not on its Session: no cookies, no redirects, no retries, no .netrc, and half the
    work per call.
    """

    def __init__(
        self,
        *,
        carrier: str,
        machine_now: Callable[[], datetime],
        busy_wait: timedelta | BusyWait,
        total: timedelta = TOTAL,
        read: timedelta = READ,
        largest: int = LARGEST,
    ) -> None:
        self._carrier = carrier
        self._machine_now = machine_now
        self._busy_wait = busy_wait  # when a 429's header does not say how long
        self._total = total.total_seconds()
        self._timeout = (min(CONNECT, total).total_seconds(), min(read, total).total_seconds())
        self._largest = largest
        self._adapter = _adapter()

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Reply:
        """One call. Raises CarrierError; its message names the carrier, never the address or what was sent."""
        _deadline.at = time.monotonic() + self._total
        try:
            request = PreparedRequest()
            request.prepare(method=method, url=url, headers=dict(headers), data=form or content)
            response = self._adapter.send(request, stream=True, timeout=self._timeout)
            body = self._body(response)
        except (RequestException, HTTPError, HTTPException, OSError) as error:
            raise CarrierDown(f"{self._carrier} did not answer: {_in_words(error)}") from None
        reply = Reply(http_status=response.status_code, body=body)
        refusal = self._refusal(reply, response)
        if refusal:
            raise refusal
        return reply

    def close(self) -> None:
        """Close the kept connections."""
        self._adapter.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _body(self, response: Response) -> bytes:
        body: bytes = response.raw.read(self._largest + 1, decode_content=True)
        if len(body) <= self._largest:
            response.raw.release_conn()
            return body
        response.close()
        raise Unreadable(
            f"{self._carrier} sent more than {self._largest} bytes", http_status=response.status_code, body=b""
        )

    def _refusal(self, reply: Reply, response: Response) -> CarrierError | None:
        status, said = reply.http_status, f"{self._carrier} answered HTTP {reply.http_status}"
        if status == 429:
            wait = self._wait(response.headers.get("Retry-After", ""), reply.body)
            return CarrierBusy(f"{said}: ask again in {wait}", wait=wait, http_status=status, body=reply.body)
        if status in (401, 403):
            return CarrierRefused(f"{said}: check its credentials", http_status=status, body=reply.body)
        if status >= 500:
            return CarrierDown(f"{said}: it is out of order", http_status=status, body=reply.body)
        return None

    def _wait(self, said: str, body: bytes) -> timedelta:
        """Retry-After is seconds or a date; nonsense counts as absent, the past as now."""
        busy = self._busy_wait
        wait = unsaid = busy if isinstance(busy, timedelta) else busy(body, self._machine_now())
        if said.strip().isascii() and said.strip().isdigit():
            wait = timedelta(seconds=min(int(said.strip()[:9]), LONGEST_WAIT.total_seconds()))
        elif said:
            try:
                wait = parsedate_to_datetime(said) - self._machine_now()
            except (ValueError, TypeError, OverflowError):  # TypeError: a date without a zone
                wait = unsaid
        return min(max(wait, timedelta(seconds=1)), LONGEST_WAIT)


def _in_words(error: Exception) -> str:
    """The kind of failure; the text of these errors holds the whole address, tracking number and all."""
    root: BaseException = error
    while root.__cause__ or root.__context__:
        root = root.__cause__ or root.__context__ or root
    return type(error).__name__ if root is error else f"{type(error).__name__} ({type(root).__name__})"


class _Deadline(threading.local):
    """The monotonic instant at which the call of this thread ends."""

    at = float("inf")


_deadline = _Deadline()


class _TimedReader(io.RawIOBase):
    """Reads a socket until the deadline: a plain timeout starts anew with every byte that trickles in."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__()
        self._stream = sock.makefile("rb", buffering=0)  # holds the socket open, as http.client expects
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int | None:  # type: ignore[override]
        left = _deadline.at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the whole call took too long")
        allowed = self._sock.gettimeout()
        if allowed is None or left < allowed:
            self._sock.settimeout(left)
        return self._sock.recv_into(buffer)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, debuglevel: int = 0, method: str | None = None) -> None:
        super().__init__(sock, debuglevel, method)
        self.fp.close()
        self.fp = io.BufferedReader(_TimedReader(sock), CHUNK)


class _TimedConnection(HTTPConnection):
    response_class = _TimedResponse


class _TimedSecureConnection(HTTPSConnection):
    response_class = _TimedResponse


class _TimedPool(HTTPConnectionPool):
    ConnectionCls = _TimedConnection


class _TimedSecurePool(HTTPSConnectionPool):
    ConnectionCls = _TimedSecureConnection


def _adapter() -> HTTPAdapter:
    adapter = HTTPAdapter(pool_maxsize=POOL, max_retries=0)
    adapter.poolmanager.pool_classes_by_scheme = {"http": _TimedPool, "https": _TimedSecurePool}
    return adapter
