"""Many forms handed straight to the application, and how long each answer took or would have taken."""

import asyncio
import random
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message

KNOWN = 40  # orders that exist: 2026/000 and on


class Pauses:
    """In place of the look-up's sleep: notes the pause instead of waiting, which 10,000 times would take an hour."""

    def __init__(self) -> None:
        self.noted: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.noted.append(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a guesser gets, and how long it took until the last byte."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    took: float

    @property
    def seen(self) -> tuple[object, ...]:
        """All of it but the request's own id."""
        return self.status, tuple(pair for pair in self.headers if pair[0] != b"x-request-id"), self.body


async def ask(app: ASGIApp, path: str, said: dict[str, str], *, peer: str = "198.51.100.7") -> Answer:
    """One form, straight to the application: a client of Python's would take longer than the answer."""
    body = urlencode(said).encode()
    sent: list[Message] = []
    ended = 0.0

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal ended
        sent.append(message)
        ended = time.perf_counter()

    began = time.perf_counter()
    await app(scope_of(path, len(body), peer), receive, send)
    whole = b"".join(each.get("body", b"") for each in sent[1:])
    typed = said["number"].encode()  # it may stand in its field again
    return Answer(
        status=int(sent[0]["status"]),
        headers=tuple(sent[0]["headers"]),
        body=whole.replace(typed, b"").replace(typed.replace(b"/", b"%2F"), b""),
        took=ended - began,
    )


def scope_of(path: str, length: int, peer: str) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [
            (b"host", b"track.test"),
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"content-length", str(length).encode()),
        ],
        "client": (peer, 4711),
        "server": ("track.test", 443),
    }


def all_of(asked: Sequence[Coroutine[Any, Any, Answer]], *, in_flight: int) -> list[Answer]:
    """The answers in the order of asking, so many at a time."""

    async def run() -> list[Answer]:
        free = asyncio.Semaphore(in_flight)

        async def one(each: Coroutine[Any, Any, Answer]) -> Answer:
            async with free:
                return await each

        return await asyncio.gather(*map(one, asked))

    return asyncio.run(run())


def pairs_of(app: ASGIApp, path: str, *, pairs: int, in_flight: int) -> tuple[list[Answer], list[Answer]]:
    """Answers for numbers that exist and for as many that do not, in an order drawn by lot.

    All in one order: within pairs one kind would more often come after the other, and feel what that left behind.
    """
    order = order_of(pairs)
    answers = all_of(
        [ask(app, path, {"number": f"{2026 + n % 2}/{n // 2 % KNOWN:03}", "proof": "9999"}) for n in order],
        in_flight=in_flight,
    )
    placed = dict(zip(order, answers, strict=True))
    return [placed[2 * n] for n in range(pairs)], [placed[2 * n + 1] for n in range(pairs)]


def order_of(pairs: int) -> list[int]:
    """Twice as many as pairs, the same order on every run."""
    order = list(range(2 * pairs))
    random.Random(4).shuffle(order)
    return order


def with_pauses(known: list[Answer], unknown: list[Answer], pauses: Pauses) -> tuple[list[Answer], list[Answer]]:
    """As it would have been to wait: each answer later by its own pause; they were asked one after the other."""
    paused = dict(zip(order_of(len(known)), pauses.noted, strict=True))
    return (
        [replace(each, took=each.took + paused[2 * n]) for n, each in enumerate(known)],
        [replace(each, took=each.took + paused[2 * n + 1]) for n, each in enumerate(unknown)],
    )


def deviations(known: list[Answer], unknown: list[Answer]) -> float:
    """How far from a fair coin it is which of a pair took longer (sign test): in standard deviations."""
    longer = sum(one.took > other.took for one, other in zip(known, unknown, strict=True))
    return abs(longer - len(known) / 2) / (sqrt(len(known)) / 2)
