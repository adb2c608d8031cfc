"""Who called, how often, and whether that was more than was agreed."""

import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

KEPT = 100_000  # calls and breaches remembered one by one; the counts go on


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most so many calls of one credential in any window of that length."""

    name: str  # "second", "hour", "day"; tests make them shorter
    seconds: float
    most: int


@dataclass(slots=True, kw_only=True)
class Call:
    """One request, as it was counted."""

    at: float  # monotonic seconds
    credential: str
    kind: str  # "token", "track"
    number: str = ""
    status: int = 0  # 0: never answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One call too many."""

    at: float
    credential: str
    limit: str
    most: int
    count: int


@dataclass(slots=True)
class Calls:
    """Counts by itself, in sliding windows: what the caller believes about its quota plays no part."""

    limits: Sequence[Limit] = ()
    log: deque[Call] = field(default_factory=lambda: deque(maxlen=KEPT))
    breaches: deque[Breach] = field(default_factory=lambda: deque(maxlen=KEPT))
    total: Counter[str] = field(default_factory=Counter)  # by kind
    breached: int = 0
    peaks: dict[str, dict[str, int]] = field(default_factory=dict)  # credential -> limit -> most seen in a window
    _windows: dict[tuple[str, str], deque[float]] = field(default_factory=dict)

    def count(self, call: Call) -> bool:
        """Enter a call; whether it kept to every limit."""
        self.log.append(call)
        self.total[call.kind] += 1
        kept = [self._keeps_to(limit, call) for limit in self.limits]
        return all(kept)

    def clear(self) -> None:
        """Forget everything but the limits."""
        for memory in (self.log, self.breaches, self.total, self.peaks, self._windows):
            memory.clear()
        self.breached = 0

    def as_json(self, *, after: int = 0) -> dict[str, Any]:
        """Every call since the one with that count, oldest first."""
        total = self.total.total()
        new = min(len(self.log), max(0, total - after))
        calls = [asdict(call) for call in list(self.log)[len(self.log) - new :]]
        return {"total": total, "by_kind": dict(self.total), "calls": calls, "now": time.monotonic()}

    def breaches_as_json(self) -> dict[str, Any]:
        """Each call too many, and the fullest window of each credential."""
        return {
            "breached": self.breached,
            "breaches": [asdict(breach) for breach in self.breaches],
            "peaks": self.peaks,
            "limits": [asdict(limit) for limit in self.limits],
        }

    def _keeps_to(self, limit: Limit, call: Call) -> bool:
        window = self._windows.setdefault((call.credential, limit.name), deque())
        while window and window[0] <= call.at - limit.seconds:
            window.popleft()
        window.append(call.at)
        peaks = self.peaks.setdefault(call.credential, {})
        peaks[limit.name] = max(peaks.get(limit.name, 0), len(window))
        if len(window) <= limit.most:
            return True
        self.breached += 1
        self.breaches.append(
            Breach(at=call.at, credential=call.credential, limit=limit.name, most=limit.most, count=len(window))
        )
        return False
