"""What falls due at one moment of a stepped clock, done until nothing more follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.demo.tale import STARTS_AT
from tracker.wiring import App

MOST_ROUNDS = 100  # of one moment: more means that something is due for ever


class Endless(Exception):
    """Something stays due however often it is dealt with."""


@dataclass(slots=True)
class Clock:
    """Shop time and machine time of a stepped story."""

    at: datetime = STARTS_AT

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was done, and how long nobody may be asked at carriers whose gate or quota says so."""

    looks: int
    waits: Mapping[str, timedelta]


def settle(app: App) -> Settled:
    """Everything due now. Raises Endless."""
    looks = 0
    for _ in range(MOST_ROUNDS):
        app.expire()
        app.reconcile()
        done = app.review()
        asked = {carrier: app.poll(carrier) for carrier in app.carriers}
        looks += sum(report.looks for report in asked.values())
        done += sum(report.looks for report in asked.values())
        done += app.work_directly(("dispatch",), stopping=lambda: False)
        if not done:
            return Settled(looks=looks, waits={name: each.wait for name, each in asked.items() if each.wait})
    raise Endless(f"still something to do at {app.now().isoformat()}")
