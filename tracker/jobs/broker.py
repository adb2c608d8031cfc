"""How dramatiq is set up so that none of its habits can cost more than latency; numbers from the queue design note."""

from datetime import timedelta

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import AgeLimit, CurrentMessage, Retries, TimeLimit
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.timing import Timing

NAMESPACE = "wismo"
MAINTENANCE_CHANCE = 50_000  # per million commands: messages of a killed worker come back in seconds, not an hour
HEARTBEAT_TIMEOUT_MS = 60_000  # shorter would call a paused virtual machine dead while it still runs
DEAD_MESSAGE_TTL_MS = 86_400_000


def build(redis_url: str, timing: Timing) -> dramatiq.Broker:
    """A broker with our own client; no command is retried, since a fetch answered but lost strands its batch."""
    over_a_network = {} if redis_url.startswith("unix:") else {"socket_keepalive": True}
    client = redis.Redis.from_url(
        redis_url,
        socket_timeout=timing.redis_socket.total_seconds(),
        socket_connect_timeout=timing.redis_connect.total_seconds(),
        health_check_interval=30,
        retry=Retry(NoBackoff(), 0),
        **over_a_network,
    )
    return RedisBroker(  # type: ignore[no-untyped-call]
        client=client,
        namespace=NAMESPACE,
        maintenance_chance=MAINTENANCE_CHANCE,
        heartbeat_timeout=HEARTBEAT_TIMEOUT_MS,
        dead_message_ttl=DEAD_MESSAGE_TTL_MS,
        middleware=[
            AgeLimit(max_age=_milliseconds(timing.broker_max_age)),
            TimeLimit(time_limit=_milliseconds(timing.time_limit), interval=500),
            Retries(max_retries=0),  # kept, not dropped: a raising actor lands among the dead letters, where it is seen
            CurrentMessage(),
        ],
    )


def _milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)
