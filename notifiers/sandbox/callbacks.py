"""Calls the shop back as Twilio does: signed, form-encoded, without a second try."""

import heapq
import hmac
import itertools
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha1
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlencode, urlsplit

from notifiers.sandbox.mischief import Step

PATIENCE = 15  # seconds Twilio waits for an answer
HANDS = 8  # calls at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call that was made, and how it was answered."""

    url: str
    form: tuple[tuple[str, str], ...]
    answer: int  # HTTP status; 0 when nobody answered


Make = Callable[[Step], object]


class Caller:
    """Posts what is due, each text's steps one after the other."""

    def __init__(self, auth_token: str) -> None:
        self.calls: list[Call] = []
        self._token = auth_token.encode()
        self._lock = threading.Condition()
        self._due: list[tuple[float, int, tuple[Step, ...], Make]] = []
        self._numbers = itertools.count()
        self._is_open = True
        self._hands = ThreadPoolExecutor(HANDS, thread_name_prefix="phone-calls")
        self._thread = threading.Thread(target=self._work, name="phone-caller", daemon=True)

    def start(self) -> None:
        """Work off what is planned."""
        self._thread.start()

    def stop(self) -> None:
        """Forget what is planned."""
        with self._lock:
            self._is_open = False
            self._lock.notify()
        self._thread.join()
        self._hands.shutdown(wait=False, cancel_futures=True)

    def plan(self, steps: Sequence[Step], make: Make) -> None:
        """Make these, each so long after the one before."""
        if steps:
            with self._lock:
                due = time.monotonic() + steps[0].delay
                heapq.heappush(self._due, (due, next(self._numbers), tuple(steps), make))
                self._lock.notify()

    def forget(self) -> None:
        """Nothing planned, nothing done."""
        with self._lock:
            self._due.clear()
            self.calls.clear()

    def post(self, url: str, fields: Sequence[tuple[str, str]]) -> int:
        """Post a signed form; the HTTP status, or 0."""
        body = urlencode(fields)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
            "X-Twilio-Signature": signature(self._token, url, fields),
        }
        answer = _post(url, body, headers)
        self.calls.append(Call(url=url, form=tuple(fields), answer=answer))
        return answer

    def _work(self) -> None:
        while True:
            with self._lock:
                while self._is_open and (not self._due or self._due[0][0] > time.monotonic()):
                    self._lock.wait(self._due[0][0] - time.monotonic() if self._due else None)
                if not self._is_open:
                    return
                _, _, steps, make = heapq.heappop(self._due)
            self._hands.submit(self._step, steps, make)

    def _step(self, steps: tuple[Step, ...], make: Make) -> None:
        make(steps[0])
        self.plan(steps[1:], make)


def signature(token: bytes, url: str, fields: Sequence[tuple[str, str]]) -> str:
    """Twilio's: the address, then every field by name, under HMAC-SHA1."""
    text = url + "".join(name + value for name, value in sorted(fields))
    return b64encode(hmac.new(token, text.encode(), sha1).digest()).decode()


def _post(url: str, body: str, headers: dict[str, str]) -> int:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    line = kind(parts.hostname or "", parts.port, timeout=PATIENCE)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        line.request("POST", path, body=body, headers=headers)
        answer = line.getresponse()
        answer.read()
    except (OSError, HTTPException):
        return 0
    finally:
        line.close()
    return answer.status
