"""Which trouble the server was told to make, and for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What goes wrong."""

    STATUS = "status"  # an error status in the carrier's own shape
    BUSY = "429"
    HTML = "html"  # a page where JSON should be
    BODY = "body"  # any words, with any status
    SLOW = "slow"  # the right answer, late
    TIMEOUT = "timeout"  # no answer
    RESET = "reset"  # the connection is torn
    HALF = "half"  # half of the right answer, then nothing
    OUTAGE = "outage"  # 503 for whoever asks, from one story instant until another
    EXPIRE_TOKENS = "expire_tokens"  # once, at the moment it is told


STATUSES = {"500": 500, "502": 502, "503": 503}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One order to make trouble."""

    kind: Kind
    carrier: str = ""  # empty for all
    of: str = ""  # "token" or "track"; empty for both
    number: str = ""  # only when this one is asked for
    count: int | None = 1  # how often; None for always
    status: int = 0
    retry_after: int | None = None  # seconds, in the header
    seconds: float = 60.0
    body: str = ""
    begins: datetime | None = None  # story time
    ends: datetime | None = None


def read(payload: dict[str, Any]) -> Fault:
    """A fault from JSON: {"kind": "429", "count": 3, "retry_after": 5}. Raises ValueError or TypeError."""
    given = dict(payload)
    kind = str(given.get("kind"))
    if kind in STATUSES:
        given |= {"kind": Kind.STATUS, "status": STATUSES[kind]}
    given["kind"] = Kind(str(given["kind"]))
    if given["kind"] is Kind.OUTAGE:
        given = {"count": None, "status": 503, **given}
    for name, word in (("begins", "from"), ("ends", "until")):
        if word in given:
            given[name] = datetime.fromisoformat(given.pop(word))
    return Fault(**given)


class Plan:
    """The faults still to come, in the order they were given."""

    def __init__(self) -> None:
        self._faults: list[tuple[Fault, int | None]] = []

    def add(self, fault: Fault) -> None:
        """Make this trouble from now on."""
        self._faults.append((fault, fault.count))

    def clear(self) -> None:
        """Make no trouble."""
        self._faults.clear()

    def take(self, *, carrier: str, of: str, numbers: Sequence[str], now: datetime) -> Fault | None:
        """The first fault for this call; it has one use less afterwards."""
        for place, (fault, left) in enumerate(self._faults):
            if fault.carrier not in {"", carrier} or not _is_for(fault, of=of, numbers=numbers, now=now):
                continue
            if left == 1:
                del self._faults[place]
            elif left is not None:
                self._faults[place] = (fault, left - 1)
            return fault
        return None


def _is_for(fault: Fault, *, of: str, numbers: Sequence[str], now: datetime) -> bool:
    if (fault.of and fault.of != of) or (fault.number and fault.number not in numbers):
        return False
    return (fault.begins is None or fault.begins <= now) and (fault.ends is None or now < fault.ends)
