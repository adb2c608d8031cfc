"""Where a process can be made to die, stop or stumble on purpose, so that tests can prove nothing is lost there."""

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class FaultPoint(StrEnum):
    """A place between two effects. Each is hit by a test."""

    BEFORE_COMMIT_PLAN = "before_commit_plan"
    MID_FANOUT = "mid_fanout"
    AFTER_COMMIT_PLAN = "after_commit_plan"
    AFTER_COMMIT_BEFORE_RING = "after_commit_before_ring"
    LOOK_AFTER_CLAIM = "look_after_claim"
    LOOK_BEFORE_ASK = "look_before_ask"
    LOOK_AFTER_ANSWER = "look_after_answer"
    LOOK_BEFORE_RECORD = "look_before_record"
    SEND_AFTER_CLAIM = "send_after_claim"
    SEND_BEFORE_START_COMMIT = "send_before_start_commit"
    SEND_BEFORE_CONNECT = "send_before_connect"
    SEND_AFTER_RESPONSE = "send_after_response"
    SEND_BEFORE_RECORD = "send_before_record"
    RECEIPT_AFTER_KEPT = "receipt_after_kept"
    RECEIPT_BEFORE_APPLIED = "receipt_before_applied"


class Deed(StrEnum):
    """What happens there."""

    KILL = "kill"  # SIGKILL: nothing is cleaned up
    STOP = "stop"  # SIGSTOP: frozen until somebody sends SIGCONT
    RAISE = "raise"
    SLEEP = "sleep"


Hit = Callable[[FaultPoint], None]


class PlantedFault(Exception):
    """Raised by a fault of kind "raise"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One planted fault: at which hit of which point, what."""

    point: FaultPoint
    deed: Deed
    at_hit: int = 1
    seconds: float = 0.0


def no_fault(point: FaultPoint) -> None:
    """What every process outside a fault test is wired with."""
    del point


def read_faults(text: str) -> tuple[Fault, ...]:
    """WISMO_FAULTS: "after_claim:kill:3" dies at the third hit; several with commas. Raises ValueError."""
    return tuple(_fault(each.strip()) for each in text.split(",") if each.strip())


def planted(faults: tuple[Fault, ...]) -> Hit:
    """A `hit` that counts and strikes; each fault strikes once."""
    if not faults:
        return no_fault
    hits: dict[FaultPoint, int] = {}
    lock = threading.Lock()  # a worker has several threads

    def hit(point: FaultPoint) -> None:
        with lock:
            count = hits[point] = hits.get(point, 0) + 1
        for fault in faults:
            if fault.point is point and fault.at_hit == count:
                _strike(fault)

    return hit


def _fault(text: str) -> Fault:
    point, deed, *rest = text.split(":")
    name, _, seconds = deed.partition("=")
    at_hit = int(rest[0]) if rest else 1
    return Fault(point=FaultPoint(point), deed=Deed(name), at_hit=at_hit, seconds=float(seconds or 0))


def _strike(fault: Fault) -> None:
    match fault.deed:
        case Deed.KILL:
            os.kill(os.getpid(), signal.SIGKILL)
        case Deed.STOP:
            # To this very thread: sent to the process, another thread takes it, and we would run on for a moment.
            signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
        case Deed.RAISE:
            raise PlantedFault(fault.point)
        case Deed.SLEEP:
            time.sleep(fault.seconds)
