"""Which trouble the phone was told to make, and what it reports of the texts it took."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar


class Trouble(StrEnum):
    """What goes wrong with one call."""

    ACCEPT_THEN_RST = "accept_then_rst"  # kept; the answer is a TCP reset
    ACCEPT_THEN_500 = "accept_then_500"
    ACCEPT_THEN_SLEEP = "accept_then_sleep"  # kept; no answer for `seconds`
    ACCEPT_THEN_HALF = "accept_then_half"  # kept; half an answer
    ACCEPT_THEN_HTML = "accept_then_html"  # kept; 201 with a page instead of JSON
    RST_BEFORE_ACCEPT = "rst_before_accept"
    NO_ACCEPT_500 = "500_no_accept"
    BUSY = "429"
    REFUSE = "refuse"  # HTTP `status` with `code`
    SLOW = "slow"  # the right answer after `seconds`
    LISTING_DOWN = "listing_down"  # 503 to whoever asks what was sent
    LISTING_EMPTY = "listing_empty"  # 200, as if nothing had been sent


PROGRESS = ("accepted", "queued", "sending", "sent", "canceled", "failed", "undelivered", "delivered", "read")
LISTING = frozenset({Trouble.LISTING_DOWN, Trouble.LISTING_EMPTY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One order to make trouble."""

    kind: Trouble
    to: str = ""  # only for texts to this number; empty for all
    count: int | None = 1  # how often; None for always
    code: int = 30001
    status: int = 400
    seconds: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One status callback."""

    status: str
    code: int | None = None
    before: bool = False  # posted before the hand-over is answered
    delay: float = 0.0  # seconds after the step before it


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is reported of a text; the same status twice or in a wrong order is allowed."""

    steps: tuple[Step, ...]
    to: str = ""
    count: int | None = 1


USUAL = Story(steps=(Step(status="sent", delay=0.2), Step(status="delivered", delay=0.3)), count=None)


def read_fault(payload: dict[str, Any]) -> Fault:
    """A fault from JSON. Raises ValueError or TypeError with what is wrong."""
    return Fault(**{**payload, "kind": Trouble(str(payload.get("kind")))})


def read_story(payload: dict[str, Any]) -> Story:
    """A story from JSON. Raises ValueError, KeyError or TypeError."""
    return Story(**{**payload, "steps": tuple(read_step(step) for step in payload["steps"])})


def read_step(payload: dict[str, Any]) -> Step:
    """A status callback from JSON. Raises ValueError or TypeError."""
    step = Step(**payload)
    if step.status not in PROGRESS:
        raise ValueError(f"status must be one of {', '.join(PROGRESS)}")
    return step


Order = TypeVar("Order", Fault, Story)


class Orders(Generic[Order]):
    """What is still to come, in the order it was given."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: list[tuple[Order, int | None]] = []

    def add(self, order: Order) -> None:
        """From now on."""
        with self._lock:
            self._orders.append((order, order.count))

    def clear(self) -> None:
        """Nothing any more."""
        with self._lock:
            self._orders.clear()

    def take(self, to: str, *, wants: Callable[[Order], bool] = lambda _: True) -> Order | None:
        """The first one for this number; it has one use less afterwards."""
        with self._lock:
            for place, (order, left) in enumerate(self._orders):
                if (order.to and order.to != to) or not wants(order):
                    continue
                if left == 1:
                    del self._orders[place]
                elif left is not None:
                    self._orders[place] = (order, left - 1)
                return order
        return None
