"""How a step tells a worker that there is work."""

from typing import Literal, Protocol

Queue = Literal["looks", "dispatch"]


class Doorbell(Protocol):
    """Tells a worker that there is work; losing a ring costs latency, never correctness."""

    def ring(self, queue: Queue, name: str) -> None:
        """`name` is a carrier or a notification id. Never raises; failures are counted."""
