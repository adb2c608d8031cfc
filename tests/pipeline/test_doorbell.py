"""The doorbell rings in dramatiq's own words, and a broken Redis costs its caller next to nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from tests.servers import Valkey, until
from tracker.doorbell import NAMESPACE, RedisDoorbell, SilentDoorbell

T = TypeVar("T")


def test_a_ring_reaches_the_actor_of_its_queue(redis_url: str, valkey_for_all: Valkey) -> None:
    heard: list[tuple[str, str]] = []
    client = valkey_for_all.client()
    broker = RedisBroker(client=client, namespace=NAMESPACE, middleware=[])  # type: ignore[no-untyped-call]

    @dramatiq.actor(broker=broker, queue_name="looks")
    def look(carrier: str) -> None:
        heard.append(("looks", carrier))

    @dramatiq.actor(broker=broker, queue_name="dispatch")
    def dispatch(notification_id: str) -> None:
        heard.append(("dispatch", notification_id))

    worker = dramatiq.Worker(broker, worker_threads=1, worker_timeout=50)
    worker.start()
    bell = RedisDoorbell(redis_url)

    bell.ring("looks", "ups")
    bell.ring("dispatch", "0198c0ffee")
    until(lambda: len(heard) == 2)

    worker.stop()
    worker.join()
    client.close()
    bell.close()
    assert sorted(heard) == [("dispatch", "0198c0ffee"), ("looks", "ups")]
    assert bell.failures == 0


def test_rings_that_nobody_answered_yet_are_counted(redis_url: str) -> None:
    bell = RedisDoorbell(redis_url)

    bell.ring("dispatch", "one")
    bell.ring("dispatch", "two")

    assert bell.depth("dispatch") == 2
    assert bell.depth("looks") == 0
    bell.close()


def test_a_dead_redis_raises_nothing_and_is_counted(valkey: Valkey) -> None:
    bell = RedisDoorbell(valkey.url, sulk=timedelta(0))
    assert bell.ping()

    valkey.kill()

    bell.ring("dispatch", "one")
    assert not bell.ping()
    assert bell.depth("dispatch") is None
    assert bell.failures == 3
    bell.close()


class Counted(RedisDoorbell):
    """Counts how often Redis was really asked."""

    asked = 0

    def _try(self, call: Callable[[], T], *, otherwise: T) -> T:
        def asking() -> T:
            self.asked += 1
            return call()

        return super()._try(asking, otherwise=otherwise)


def test_a_frozen_redis_is_paid_for_once(valkey: Valkey) -> None:
    """Of hundreds of rings one is tried, and waited for."""
    bell = Counted(valkey.url, patience=timedelta(seconds=0.5), sulk=timedelta(hours=1))
    assert bell.ping()

    with valkey.frozen():
        for number in range(300):
            bell.ring("dispatch", str(number))

    assert (bell.failures, bell.asked) == (300, 2), "the ping and one ring"
    bell.close()


def test_the_doorbell_is_tried_again_after_a_while(valkey: Valkey) -> None:
    bell = RedisDoorbell(valkey.url, sulk=timedelta(seconds=0.2))
    valkey.kill()
    bell.ring("dispatch", "lost")

    valkey.start()
    until(bell.ping)
    bell.ring("dispatch", "heard")

    assert bell.depth("dispatch") == 1
    bell.close()


def test_without_redis_nobody_is_told_that_it_works() -> None:
    bell = SilentDoorbell()

    bell.ring("dispatch", "one")

    assert not bell.ping()
    assert bell.depth("dispatch") is None
