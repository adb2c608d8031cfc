"""How one HTTP call to a provider is made, and whether a call that failed may have been heard."""

import io
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPException, HTTPResponse
from typing import Any

from requests import PreparedRequest, RequestException, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from notifiers.dialing import dial

TOTAL = timedelta(seconds=15)  # one hand-over; the pipeline's lease is built on it
STEP = 5.0  # seconds to look a name up, and for one address to answer
IDLE = 20.0  # seconds; a middlebox may forget a quiet connection, and what is written into it is in doubt
LARGEST = 2_000_000  # bytes; a page of fifty texts is 100 kB
CHUNK = 65_536
POOL = 32  # connections kept open per provider; more threads than that open their own


class CallFailed(Exception):
    """No whole answer came. The text names the kind of failure, never an address or what was sent."""

    def __init__(self, cause: str, *, may_have_left: bool) -> None:
        super().__init__(cause)
        self.cause = cause
        self.may_have_left = may_have_left  # a first byte was given to the operating system


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole answer, whatever it says."""

    http_status: int
    body: bytes


class HttpTransport:
    """The kept-alive connections to one provider; safe to share between threads.

    It stands on requests' adapter, not on its Session: no cookies, no redirects, no retries, no .netrc, no proxies.
    """

    def __init__(self, *, total: timedelta = TOTAL, largest: int = LARGEST) -> None:
        self._total = total.total_seconds()
        self._largest = largest
        self._adapter = HTTPAdapter(pool_maxsize=POOL, max_retries=0)
        self._adapter.poolmanager.pool_classes_by_scheme = {"http": _TimedPool, "https": _TimedSecurePool}

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        login: tuple[str, str] | None = None,
    ) -> Reply:
        """One call, over within the total time. Raises CallFailed."""
        _call.ends_at, _call.may_have_left = time.monotonic() + self._total, False
        try:
            request = PreparedRequest()
            request.prepare(method=method, url=url, headers=dict(headers), params=query, data=form, auth=login)
            response = self._adapter.send(request, stream=True, timeout=self._total)
            return Reply(http_status=response.status_code, body=self._body(response))
        except (RequestException, HTTPError, HTTPException, OSError) as error:
            raise CallFailed(_cause(error), may_have_left=_call.may_have_left) from None

    def close(self) -> None:
        """Close the kept connections; the transport can be used again."""
        self._adapter.close()

    def _body(self, response: Response) -> bytes:
        body: bytes = response.raw.read(self._largest + 1, decode_content=True)
        if len(body) > self._largest:
            response.close()
            raise HTTPException("the answer is too long")
        response.raw.release_conn()
        return body


def _cause(error: Exception) -> str:
    """One word for the failure; the text of these errors holds the whole address, phone number and all."""
    root: BaseException = error
    while root.__cause__ or root.__context__:
        root = root.__cause__ or root.__context__ or root
    match root:
        case TimeoutError():
            return "timeout"
        case socket.gaierror():
            return "dns"
        case ConnectionRefusedError():
            return "refused"
        case OSError() if type(root).__name__.startswith("SSL"):
            return "tls"
        case _:
            return "lost"


class _Call(threading.local):
    """What is known of the call this thread makes."""

    ends_at = float("inf")  # monotonic seconds
    may_have_left = False

    def left(self) -> float:
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the whole call took too long")
        return left


_call = _Call()


class _TimedReader(io.RawIOBase):
    """Reads a socket until the deadline: a plain timeout starts anew with every byte that trickles in."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__()
        self._stream = sock.makefile("rb", buffering=0)  # holds the socket open, as http.client expects
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int | None:  # type: ignore[override]
        self._sock.settimeout(_call.left())
        return self._sock.recv_into(buffer)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, debuglevel: int = 0, method: str | None = None) -> None:
        super().__init__(sock, debuglevel, method)
        self.fp.close()
        self.fp = io.BufferedReader(_TimedReader(sock), CHUNK)


class _Timed(HTTPConnection):
    """A connection that knows when its first byte may have left, and how long it has been quiet."""

    response_class = _TimedResponse
    _quiet_since = 0.0

    def _new_conn(self) -> socket.socket:
        return dial(self.host, self.port or self.default_port, deadline=_call.ends_at, step=STEP)

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self.sock.settimeout(_call.left())
        _call.may_have_left = True
        self._quiet_since = time.monotonic()
        super().send(data)

    @property
    def is_connected(self) -> bool:
        return time.monotonic() - self._quiet_since < IDLE and super().is_connected


class _TimedSecure(_Timed, HTTPSConnection):
    """The same over TLS."""


class _TimedPool(HTTPConnectionPool):
    ConnectionCls = _Timed


class _TimedSecurePool(HTTPSConnectionPool):
    ConnectionCls = _TimedSecure
