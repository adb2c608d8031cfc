"""Who guesses at the look-up learns nothing: not from the answer, not from its time, and soon gets no answer at all."""

import asyncio
import random
import time
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from math import sqrt
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.types import ASGIApp, Message

from notifiers.message import Channel
from tests.planting import planted
from tests.web.shop import Shop, opened
from tracker.domain.notices import Notice
from tracker.pipeline.ports import Quota
from tracker.store import throttles
from tracker.store.outbox_tables import notifications
from tracker.store.tables import orders
from tracker.web import edge, lookup, resend
from tracker.web.app import create_app

ADA: dict[str, Any] = {"recipients": [{"name": "Ada Nord", "email": "ada@shopper.example", "phone": "+47 22 86 40 00"}]}
KNOWN = 40  # orders
PAIRS = 5_000
IN_FLIGHT = 120
DEVIATIONS = 4.5  # of a fair coin: a difference that is none is taken for one in seven of a million runs


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
    """Answers for numbers that exist and for as many that do not, each pair in an order drawn by lot."""
    lot = random.Random(4)
    known = [ask(app, path, {"number": f"2026/{n % KNOWN:03}", "proof": "9999"}) for n in range(pairs)]
    unknown = [ask(app, path, {"number": f"2027/{n % KNOWN:03}", "proof": "9999"}) for n in range(pairs)]
    first = [lot.random() < 0.5 for _ in range(pairs)]
    asked = [each for n in range(pairs) for each in ((known[n], unknown[n]) if first[n] else (unknown[n], known[n]))]
    answers = all_of(asked, in_flight=in_flight)
    of_known = [answers[2 * n + (0 if first[n] else 1)] for n in range(pairs)]
    of_unknown = [answers[2 * n + (1 if first[n] else 0)] for n in range(pairs)]
    return of_known, of_unknown


def deviations(known: list[Answer], unknown: list[Answer]) -> float:
    """How far from a fair coin it is which of a pair took longer (sign test): in standard deviations."""
    longer = sum(one.took > other.took for one, other in zip(known, unknown, strict=True))
    return abs(longer - len(known) / 2) / (sqrt(len(known)) / 2)


@pytest.fixture(scope="module")
def crowded_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One installation with some orders."""
    folder: Path = tmp_path_factory.mktemp("lookup")
    with opened(f"sqlite:///{folder}/wismo.sqlite3", folder / "data") as shop:
        for n in range(KNOWN):
            shop.an_order(f"2026/{n:03}", **ADA)
        yield shop


class Silent:
    """Ten thousand lines would take longer to print than to cause."""

    def info(self, event: str, **fields: object) -> None:
        """Not a word."""


@contextmanager
def nobody_is_throttled() -> Iterator[None]:
    """The counting is the same whatever was typed, so is the log: here only what differs is looked at."""
    with planted(throttles, "wait_before", lambda *_, **__: None), planted(edge, "log", Silent()):
        yield


def test_wrong_and_unknown_cannot_be_told_apart(crowded_shop: Shop) -> None:
    app = create_app(crowded_shop.app, version="0.test")

    with nobody_is_throttled():
        wrong, unknown = pairs_of(app, "/track", pairs=PAIRS, in_flight=IN_FLIGHT)

    assert {each.status for each in wrong} == {404}
    assert len({each.seen for each in (*wrong, *unknown)}) == 1
    assert min(each.took for each in (*wrong, *unknown)) >= lookup.REFUSED_AFTER
    assert deviations(wrong, unknown) < DEVIATIONS, f"{deviations(wrong, unknown):.1f}"


def test_without_the_pause_the_same_count_tells_them_apart(crowded_shop: Shop) -> None:
    app = create_app(crowded_shop.app, version="0.test")

    with nobody_is_throttled(), planted(lookup, "REFUSED_AFTER", 0.0):
        wrong, unknown = pairs_of(app, "/track", pairs=300, in_flight=1)

    assert deviations(wrong, unknown) > DEVIATIONS


def test_asking_for_the_link_says_the_same_at_the_same_time(crowded_shop: Shop) -> None:
    app = create_app(crowded_shop.app, version="0.test")

    with nobody_is_throttled():
        known, unknown = pairs_of(app, "/track/link", pairs=300, in_flight=40)

    assert {each.status for each in known} == {303}
    assert len({each.seen for each in (*known, *unknown)}) == 1
    assert min(each.took for each in (*known, *unknown)) >= lookup.REFUSED_AFTER
    assert deviations(known, unknown) < DEVIATIONS


def test_a_thousand_addresses_on_one_order_stop_at_the_set_number(crowded_shop: Shop) -> None:
    path = crowded_shop.page_path(crowded_shop.an_order("2026/900", **ADA))
    app = create_app(crowded_shop.app, version="0.test")

    with planted(lookup, "REFUSED_AFTER", 0.0):
        answers = all_of(
            [
                ask(
                    app,
                    "/track",
                    {"number": "2026/900" if n % 2 else "#2026-900", "proof": f"{1000 + n}"},
                    peer=f"203.{n // 250}.{n % 250}.7",
                )
                for n in range(1_000)
            ],
            in_flight=8,
        )

    assert [each.status for each in answers].count(404) == lookup.TRIES_OF_NUMBER[0].limit
    assert [each.status for each in answers].count(429) == 1_000 - lookup.TRIES_OF_NUMBER[0].limit
    assert crowded_shop.client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("peers", "limit"),
    [(["192.0.2.7"], lookup.TRIES_OF_ADDRESS), ([f"198.18.7.{n}" for n in range(200)], lookup.TRIES_OF_NETWORK)],
    ids=["one address", "one network"],
)
def test_one_guesser_on_a_thousand_orders_stops_at_the_set_number(
    crowded_shop: Shop, peers: list[str], limit: tuple[Quota, ...]
) -> None:
    app = create_app(crowded_shop.app, version="0.test")

    with planted(lookup, "REFUSED_AFTER", 0.0):
        asked = [
            ask(app, "/track", {"number": f"2028/{n:04}", "proof": "5013"}, peer=peers[n % len(peers)])
            for n in range(1_000)
        ]
        answers = all_of(asked, in_flight=8)

    assert [each.status for each in answers].count(404) == limit[0].limit
    assert {each.status for each in answers} == {404, 429}


def test_a_lost_link_goes_only_to_the_address_on_file_and_seldom(crowded_shop: Shop) -> None:
    shop = crowded_shop
    shop.an_order("2026/901", **ADA)
    shop.an_order("2026/902", recipients=[{"name": "Eve", "email": "eve@shopper.example"}])
    app = create_app(shop.app, version="0.test")

    with planted(lookup, "REFUSED_AFTER", 0.0):
        for n in range(5):
            all_of(
                [ask(app, "/track/link", {"number": "2026/901"}, peer=f"203.0.113.{each}") for each in range(n, n + 2)],
                in_flight=1,
            )
            shop.clocks.pass_by(timedelta(minutes=61))

    with shop.app.store.read() as snapshot:
        found = snapshot.connection.execute(
            notifications.select()
            .join(orders, orders.c.id == notifications.c.order_id)
            .where(notifications.c.notice == Notice.LINK, orders.c.number.in_(["2026/901", "2026/902"]))
        ).all()
    assert len(found) == resend.MAILS[1].limit
    assert {row.channel for row in found} == {Channel.EMAIL}
    assert len({row.recipient_id for row in found}) == 1


def test_who_opted_out_is_not_sent_the_link_either(crowded_shop: Shop) -> None:
    shop = crowded_shop
    page = shop.page_path(
        shop.an_order("2026/903", recipients=[{"name": "Bo", "email": "bo@shopper.example", "locale": "en"}])
    )
    shop.client.request("POST", f"{page}/messages", data={"act": "stop"})

    with planted(lookup, "REFUSED_AFTER", 0.0):
        all_of(
            [ask(create_app(shop.app, version="0.test"), "/track/link", {"number": "2026/903"}, peer="203.0.113.99")],
            in_flight=1,
        )

    with shop.app.store.read() as snapshot:
        asked = notifications.select().join(orders, orders.c.id == notifications.c.order_id)
        letters = asked.where(orders.c.number == "2026/903", notifications.c.notice == Notice.LINK)
        assert snapshot.connection.execute(letters).all() == []
