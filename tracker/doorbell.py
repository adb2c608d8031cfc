"""How a worker hears at once that there is work: a ring through dramatiq on Redis, carrying an id and nothing else."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TypeVar

import redis
from dramatiq import Message
from dramatiq.brokers.redis import RedisBroker
from redis.backoff import NoBackoff
from redis.retry import Retry

from tracker.pipeline.bell import Queue

T = TypeVar("T")

NAMESPACE = "wismo"  # as in jobs/broker.py
ACTORS: Mapping[Queue, str] = {"looks": "look", "dispatch": "dispatch"}  # as in jobs/actors.py
PATIENCE = timedelta(seconds=1)  # the most one ring may cost its caller
SULK = timedelta(seconds=2)  # after a failure nobody tries for so long; the sweep rings again anyway


class SilentDoorbell:
    """Without REDIS_URL: nobody hears, workers look for themselves."""

    @property
    def failures(self) -> int:
        return 0

    def ring(self, queue: Queue, name: str) -> None:
        del queue, name

    def ping(self) -> bool:
        return False

    def depth(self, queue: Queue) -> int | None:
        del queue
        return None

    def close(self) -> None:
        """Nothing is open."""


class RedisDoorbell:
    """Rings through dramatiq's own message format. Never raises: a lost ring costs latency, and is counted.

    Its client waits a second at most, unlike the worker's (10 s): ringing has no answer that could be lost.
    """

    def __init__(self, redis_url: str, *, patience: timedelta = PATIENCE, sulk: timedelta = SULK) -> None:
        wait = patience.total_seconds()
        self._client = redis.Redis.from_url(
            redis_url, socket_timeout=wait, socket_connect_timeout=wait, retry=Retry(NoBackoff(), 0)
        )
        self._broker = RedisBroker(client=self._client, namespace=NAMESPACE, middleware=[])  # type: ignore[no-untyped-call]
        for queue in ACTORS:
            self._broker.declare_queue(queue)
        self._sulk = sulk.total_seconds()
        self._sulks_until = 0.0  # monotonic: one dead Redis is paid for once, not by every caller
        self._failures = 0
        self._lock = threading.Lock()

    @property
    def failures(self) -> int:
        """Rings, pings and counts that failed or were not tried since this process started."""
        return self._failures

    def ring(self, queue: Queue, name: str) -> None:
        """Enqueue one message for `look(carrier)` or `dispatch(notification_id)`."""
        message = Message[None](queue_name=queue, actor_name=ACTORS[queue], args=(name,), kwargs={}, options={})
        self._try(lambda: self._broker.enqueue(message), otherwise=None)

    def ping(self) -> bool:
        """Whether Redis answers now."""
        return self._try(lambda: bool(self._client.ping()), otherwise=False)

    def depth(self, queue: Queue) -> int | None:
        """How many rings wait; None when nobody can tell."""
        return self._try(lambda: int(self._broker.do_qsize(queue)), otherwise=None)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _try(self, call: Callable[[], T], *, otherwise: T) -> T:
        """Its answer; a failure is counted and keeps everybody from trying for a while."""
        if time.monotonic() < self._sulks_until:
            self._count_failure()
            return otherwise
        try:
            return call()
        except (redis.RedisError, OSError):
            self._count_failure()
            self._sulks_until = time.monotonic() + self._sulk
            return otherwise

    def _count_failure(self) -> None:
        with self._lock:
            self._failures += 1
