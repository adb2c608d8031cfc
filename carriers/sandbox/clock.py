"""What time it is in the stories."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the story time."""

    def now(self) -> datetime:
        """Aware, in UTC or any other offset."""


@dataclass(slots=True)
class SetClock:
    """Stands still until it is set."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def set(self, at: datetime) -> None:
        """It is this time now."""
        if at.utcoffset() is None:
            raise ValueError(f"{at.isoformat()} has no offset")
        self.at = at


@dataclass(frozen=True, slots=True, kw_only=True)
class WarpClock:
    """Runs `factor` times as fast as the wall's, from one instant on; alike in every process told the same."""

    start: datetime
    factor: float
    wall_start: float = field(default_factory=time.time)  # epoch seconds at which it was `start`

    def now(self) -> datetime:
        return self.start + timedelta(seconds=(time.time() - self.wall_start) * self.factor)


_BEGAN = time.time() - time.monotonic()


def machine_seconds() -> float:
    """Since the epoch, but never back: what limits and tokens are counted by."""
    return _BEGAN + time.monotonic()
