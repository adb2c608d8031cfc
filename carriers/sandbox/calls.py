"""Who called, how often, and whether that was more than was agreed."""

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
    carrier: str = ""  # empty: every carrier, each counted for itself
    is_calendar: bool = False  # windows begin at multiples of their length, days at 00:00 GMT; else they slide
    is_agreed: bool = True  # False: a cut nobody was told of; refused, but no breach


PUBLISHED: tuple[Limit, ...] = (  # UPS publishes none
    Limit(carrier="fedex", name="ten seconds", seconds=10, most=1400),
    Limit(carrier="fedex", name="day", seconds=86400, most=100_000, is_calendar=True),
    Limit(carrier="usps", name="hour", seconds=3600, most=60),
    Limit(carrier="dhl", name="second", seconds=1, most=1),
    Limit(carrier="dhl", name="day", seconds=86400, most=250, is_calendar=True),
)


@dataclass(slots=True, kw_only=True)
class Call:
    """One request, as it was counted."""

    at: float  # machine seconds since the epoch
    credential: str
    kind: str  # "token", "track"
    carrier: str = "ups"
    number: str = ""  # several are joined by commas
    status: int = 0  # 0: never answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One call too many."""

    at: float
    carrier: str
    credential: str
    limit: str
    most: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """The limit a call went over, and how long until the window has room."""

    limit: Limit
    wait: float  # seconds


@dataclass(slots=True)
class Calls:
    """Counts by itself: what the caller believes about its quota plays no part."""

    limits: Sequence[Limit] = ()
    log: deque[Call] = field(default_factory=lambda: deque(maxlen=KEPT))
    breaches: deque[Breach] = field(default_factory=lambda: deque(maxlen=KEPT))
    total: Counter[str] = field(default_factory=Counter)  # by kind
    breached: int = 0
    peaks: dict[str, dict[str, int]] = field(default_factory=dict)  # carrier/credential -> limit -> fullest window
    _windows: dict[tuple[str, str], deque[float]] = field(default_factory=dict)

    def count(self, call: Call) -> Excess | None:
        """Enter a call; the longest wait among the limits it went over."""
        self.log.append(call)
        self.total[call.kind] += 1
        over = [self._over(limit, call) for limit in self.limits if limit.carrier in {"", call.carrier}]
        return max((excess for excess in over if excess), key=lambda excess: excess.wait, default=None)

    def set_limit(self, limit: Limit) -> None:
        """From now on this holds instead of the carrier's limit of that name."""
        others = [each for each in self.limits if (each.carrier, each.name) != (limit.carrier, limit.name)]
        self.limits = [*others, limit]

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
        return {"total": total, "by_kind": dict(self.total), "calls": calls}

    def breaches_as_json(self) -> dict[str, Any]:
        """Each call too many, and the fullest window of each credential."""
        return {
            "breached": self.breached,
            "breaches": [asdict(breach) for breach in self.breaches],
            "peaks": self.peaks,
            "limits": [asdict(limit) for limit in self.limits],
        }

    def _over(self, limit: Limit, call: Call) -> Excess | None:
        who = f"{call.carrier}/{call.credential}"
        window = self._windows.setdefault((who, limit.name), deque())
        begins = call.at // limit.seconds * limit.seconds if limit.is_calendar else None
        while window and (window[0] < begins if begins is not None else window[0] <= call.at - limit.seconds):
            window.popleft()
        window.append(call.at)
        peaks = self.peaks.setdefault(who, {})
        peaks[limit.name] = max(peaks.get(limit.name, 0), len(window))
        if len(window) <= limit.most:
            return None
        if limit.is_agreed:
            self._breach(limit, call, len(window))
        first = window[0] if begins is None else begins
        return Excess(limit=limit, wait=first + limit.seconds - call.at)

    def _breach(self, limit: Limit, call: Call, count: int) -> None:
        self.breached += 1
        names = {"carrier": call.carrier, "credential": call.credential, "limit": limit.name}
        self.breaches.append(Breach(at=call.at, most=limit.most, count=count, **names))
