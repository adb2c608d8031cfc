"""W3: whatever becomes of Redis costs latency and nothing else, and the doorbell works again afterwards."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import pytest

from tests.faults.conftest import Running
from tests.faults.ledger import Tally
from tests.faults.shop import TEXT, Shop
from tests.servers import Valkey, until

UNDER_LOAD = 60
FROZEN = timedelta(seconds=12)  # longer than the longest wait of our clients, scaled or not


def tell(it: Shop, messages: int) -> None:
    """So many readers, every other one by text."""
    it.confirm(messages - messages // 2)
    it.confirm(messages // 2, by=TEXT)


def arrive(it: Shop, messages: int) -> None:
    """Wait until so many different mails and texts are there."""
    until(lambda: it.arrived() >= messages, what=f"message {messages}; now {it.arrived()}, {it.states()}")


def assert_heard_again(it: Shop) -> None:
    """Rings reach a worker. What was fetched while answers were lost stays counted; dramatiq issue 894."""
    bell = it.app.doorbell
    until(bell.ping, what="our own client to try again")
    it.drain()
    stranded = bell.depth("dispatch")
    assert stranded is not None
    bell.ring("dispatch", "nobody")
    until(lambda: (bell.depth("dispatch") or 0) <= stranded, what="the worker to listen again")


def assert_added(it: Shop, before: Tally, accepted: int) -> None:
    """So many, and no answer was lost but by waiting in vain, as on a slow machine."""
    change = it.settle().since(before)
    assert (change.accepted, change.torn) == (accepted, 0)
    assert change.repeats <= change.lost


@contextmanager
def killed(valkey: Valkey) -> Iterator[None]:
    valkey.kill()
    yield
    valkey.start()


@contextmanager
def full(valkey: Valkey) -> Iterator[None]:
    with valkey.client() as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", 1)
        yield
        client.config_set("maxmemory", 0)


@contextmanager
def read_only(valkey: Valkey) -> Iterator[None]:
    with valkey.client() as client:
        client.replicaof("127.0.0.1", 1)
        yield
        client.replicaof("NO", "ONE")


Trouble = Callable[[Valkey], AbstractContextManager[None]]


@pytest.mark.parametrize("trouble", [killed, full, read_only])
def test_messages_go_out_while_the_queue_is_in_trouble(running: Running, trouble: Trouble) -> None:
    it, before = running.shop, running.shop.settle()

    with trouble(running.valkey):
        tell(it, UNDER_LOAD)
        arrive(it, before.accepted + UNDER_LOAD)
        tell(it, 5)
    arrive(it, before.accepted + UNDER_LOAD + 5)

    assert_heard_again(it)
    tell(it, 5)
    arrive(it, before.accepted + UNDER_LOAD + 10)
    assert_added(it, before, UNDER_LOAD + 10)


def test_messages_go_out_while_the_queue_is_frozen(running: Running) -> None:
    it, before = running.shop, running.shop.settle()
    tell(it, 20)
    told = 20

    with running.valkey.frozen():
        ends = time.monotonic() + FROZEN.total_seconds()
        while time.monotonic() < ends:
            tell(it, 5)
            told += 5
            arrive(it, before.accepted + told)

    assert_heard_again(it)
    assert_added(it, before, told)
    assert running.worker.is_alive()
    assert running.clock.is_alive()


def test_messages_go_out_although_the_queue_forgets_them(running: Running) -> None:
    it, before = running.shop, running.shop.settle()

    for _ in range(4):
        tell(it, 15)
        running.valkey.flush()

    arrive(it, before.accepted + 60)
    assert_heard_again(it)
    assert_added(it, before, 60)
