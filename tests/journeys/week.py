"""One virtual week of a few hundred parcels under the carriers' own limits: python -m tests.journeys.week [times].

The real steps, carriers and store, with the sandboxes as carriers; one clock for all, moved from tick to tick. What was
asked is judged by the sandbox's own ledger, what was learned when by the rows.
"""

import random
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from carriers.events import Place
from carriers.sandbox.calls import PUBLISHED, Limit
from carriers.sandbox.server import CLIENTS, KEYS, Sandbox
from carriers.sandbox.stories import Story
from config.settings import load
from tests.journeys.judging import Week, judged, report
from tests.journeys.parcels import DAY, HOUR, LASTS, PARCELS, STARTS_AT, a_story
from tests.servers import new_folder
from tracker.domain.intake import NewOrder, NewShipment
from tracker.intake import carry_out
from tracker.pipeline.register import register
from tracker.store.schema import migrate
from tracker.wiring import App, build

BRAND = "alpenglow"
TICK = timedelta(minutes=5)
ROUNDS = 8  # of looks in one tick, for limits of seconds
DENVER = Place(city="Denver", region="CO", postcode="80202", country="US")

# What we keep to where a carrier publishes nothing, and what it publishes; all counted in the sandbox's own windows.
LIMITS: Sequence[Limit] = (
    *PUBLISHED,
    Limit(carrier="ups", name="second", seconds=1, most=5),
    Limit(carrier="ups", name="hour", seconds=3600, most=5000),
    Limit(carrier="usps", name="minute", seconds=60, most=5),
)


@dataclass(slots=True)
class Clock:
    """The only time there is."""

    at: datetime = STARTS_AT

    def now(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return self.at.timestamp()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that goes wrong at one carrier, and until when the week is judged as disturbed."""

    at: datetime
    fault: Mapping[str, object] = field(default_factory=dict)
    cut: Limit | None = None  # a limit nobody was told of


def troubles() -> list[Trouble]:
    """Outages of hours, 429s and cut quotas, each in the middle of a working day."""
    outage = {"kind": "outage", "carrier": "ups", "from": _iso(1, 15), "until": _iso(1, 19)}
    reset = {"kind": "reset", "carrier": "fedex", "count": 40}
    busy = {"kind": "429", "carrier": "usps", "of": "track", "count": 2, "retry_after": 900}
    return [
        Trouble(at=_at(1, 15), fault=outage),
        Trouble(at=_at(2, 16), fault=busy),
        Trouble(at=_at(2, 20), fault=reset),
        Trouble(at=_at(3, 0), cut=_dhl_cut(120)),
        Trouble(at=_at(4, 0), cut=_dhl_cut(1_000)),
        Trouble(at=_at(4, 14), cut=_usps_cut(20)),
        Trouble(at=_at(4, 20), cut=_usps_cut(1_000)),
    ]


def _dhl_cut(most: int) -> Limit:
    return Limit(carrier="dhl", name="cut", seconds=86400, most=most, is_calendar=True, is_agreed=False)


def _usps_cut(most: int) -> Limit:
    return Limit(carrier="usps", name="cut", seconds=3600, most=most, is_agreed=False)


def _at(day: int, hour: float) -> datetime:
    return STARTS_AT + day * DAY + hour * HOUR


def _iso(day: int, hour: float) -> str:
    return _at(day, hour).isoformat()


def live(*, seed: int = 1, times: int = 1) -> Week:
    """The week, with `times` as many parcels as a small shop has."""
    chance = random.Random(seed)
    stories = [a_story(carrier, n, chance) for carrier, count in PARCELS.items() for n in range(count * times)]
    stories.sort(key=lambda story: story.scans[0].at)
    clock = Clock()
    with Sandbox(clock=clock, limits=LIMITS, is_enforcing=True, machine=clock.seconds) as sandbox:
        sandbox.tell(*stories)
        with _wismo(sandbox, clock) as app:
            _pass(app, sandbox, clock, stories)
            return judged(app, sandbox, stories)


@contextmanager
def _wismo(sandbox: Sandbox, clock: Clock) -> Iterator[App]:
    folder = new_folder("wismo-week-")
    settings = load(environment(sandbox, folder))
    migrate(settings.database_url)
    app = build(settings, machine_now=clock.now, now=clock.now)
    try:
        yield app
    finally:
        app.close()
        shutil.rmtree(folder, ignore_errors=True)


def environment(sandbox: Sandbox, data: Path) -> dict[str, str]:
    """What a Wismo is told that asks these four carriers and nobody else."""
    ((client, secret),) = CLIENTS.items()
    told = {"WISMO_DATA": str(data), "SECRET_KEY": "a secret of the journeys, long enough", "DHL_API_KEY": KEYS[0]}
    for name in PARCELS:
        told[f"{name}_BASE_URL".upper()] = sandbox.url
        if name != "dhl":
            told |= {f"{name}_CLIENT_ID".upper(): client, f"{name}_CLIENT_SECRET".upper(): secret}
    return told


def _pass(app: App, sandbox: Sandbox, clock: Clock, stories: Sequence[Story]) -> None:
    """Tick by tick: what the shop sends, what goes wrong, then everything that is due."""
    coming, ahead = list(stories), troubles()
    for n in range(LASTS // TICK):
        clock.at = STARTS_AT + (n + 1) * TICK
        while ahead and ahead[0].at <= clock.at:
            _befall(sandbox, ahead.pop(0))
        ready = [story for story in coming if story.scans[0].at <= clock.at]
        if ready:
            coming = coming[len(ready) :]
            _take_in(app, ready)
        if clock.at.minute % 30 == 0:
            app.review()
        _look(app, clock)


def _look(app: App, clock: Clock) -> None:
    """As the doorbell is rung for the due, until the tick is over or nobody may be asked."""
    for _ in range(ROUNDS):
        due = app._due_carriers()
        if not sum(app.poll(carrier).looks for carrier in due):
            return
        clock.at += TICK / ROUNDS


def _befall(sandbox: Sandbox, trouble: Trouble) -> None:
    if trouble.fault:
        sandbox.fault(**trouble.fault)
    if trouble.cut:
        sandbox.api.calls.set_limit(trouble.cut)


def _take_in(app: App, stories: Sequence[Story]) -> None:
    terms = carry_out.terms(app, source="api")
    with app.store.write() as unit:
        for story in stories:
            new = NewOrder(
                number=story.number,
                stated=frozenset({"placed_at", "shipments", "destination"}),
                placed_at=app.now(),
                destination=DENVER,
                shipments=(NewShipment(tracking_number=story.number, carrier=story.carrier),),
            )
            register(unit, new, brand=BRAND, terms=terms)


if __name__ == "__main__":
    print("\n".join(report(live(times=int(sys.argv[1]) if len(sys.argv) > 1 else 1))))
