"""One virtual week of a few hundred parcels under the carriers' own limits: python -m tests.journeys.week [times].

The real steps, carriers and store, with the sandboxes as carriers; one clock for all, moved from tick to tick. What was
asked is judged by the sandbox's own ledger, what was learned when by the rows.
"""

import random
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from carriers.events import Place
from carriers.sandbox import words
from carriers.sandbox.calls import PUBLISHED, Limit
from carriers.sandbox.server import CLIENTS, KEYS, Sandbox
from carriers.sandbox.stories import Scan, Spot, Story
from carriers.sandbox.ups.front import check_digit
from config.settings import load
from tests.servers import new_folder
from tracker.domain.intake import NewOrder, NewShipment
from tracker.intake import carry_out
from tracker.pipeline.register import register
from tracker.store.schema import migrate
from tracker.store.tables import events, looks, shipments
from tracker.wiring import App, build

BRAND = "alpenglow"
STARTS_AT = datetime(2026, 11, 9, tzinfo=UTC)  # a Monday
LASTS = timedelta(days=7)
TICK = timedelta(minutes=5)
ROUNDS = 8  # of looks in one tick, for limits of seconds
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PARCELS: Mapping[str, int] = {"ups": 20, "fedex": 90, "usps": 40, "dhl": 100}
DENVER = Place(city="Denver", region="CO", postcode="80202", country="US")
SPOT = Spot(city="Denver", region="CO", country="US", utc_offset=timedelta(hours=-7))
MORNING = timedelta(hours=7)  # from UTC's midnight to Denver's
WAITING = frozenset({"out for delivery", "nobody home"})  # after these a reader waits for the next scan

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """How long one scan was public before we knew it."""

    carrier: str
    is_urgent: bool  # somebody was waiting for it: the parcel was out for delivery, or somebody had not been at home
    published_at: datetime
    lag: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What came of it."""

    lags: Sequence[Lag]
    unknown: int  # scans published more than a day before the end that we never learned of
    looks: Mapping[str, int]
    calls: Mapping[str, int]
    by_day: Mapping[str, Sequence[int]]  # calls on each day
    last_hours: Mapping[str, Sequence[int]]  # and in each day's last six hours
    refusals: Mapping[str, int]  # 429s
    breached: int
    breaches: Sequence[object]
    longest_gap: Mapping[str, timedelta]  # between two looks at one open parcel

    def of(self, carrier: str, *, is_urgent: bool) -> list[timedelta]:
        return sorted(each.lag for each in self.lags if each.carrier == carrier and each.is_urgent == is_urgent)


def live(*, seed: int = 1, times: int = 1) -> Week:
    """The week, with `times` as many parcels as a small shop has."""
    chance = random.Random(seed)
    stories = [_story(carrier, n, chance) for carrier, count in PARCELS.items() for n in range(count * times)]
    stories.sort(key=lambda story: story.scans[0].at)
    clock = Clock()
    with Sandbox(clock=clock, limits=LIMITS, is_enforcing=True, machine=clock.seconds) as sandbox:
        sandbox.tell(*stories)
        with _wismo(sandbox, clock) as app:
            _pass(app, sandbox, clock, stories)
            return _judged(app, sandbox, stories)


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


def _story(carrier: str, n: int, chance: random.Random) -> Story:
    """A label, a pick-up, some facilities, and a van on the second or third morning; one in eight is not at home."""
    placed = STARTS_AT + chance.random() * 3.5 * DAY
    told: list[tuple[str, datetime]] = [("label", placed)]
    at = placed + chance.uniform(3, 14) * HOUR
    told.append(("picked up", at))
    for n_hop in range(chance.randint(2, 5)):
        at += chance.uniform(3, 9) * HOUR
        told.append((("departed", "arrived")[n_hop % 2], at))
    morning = _midnight(at) + (1 if at.hour < 12 else 2) * DAY + MORNING
    told.append(("at the last facility", morning + chance.uniform(4, 6) * HOUR))
    if chance.random() < 1 / 8:
        told.append(("out for delivery", morning + chance.uniform(7.5, 9) * HOUR))
        told.append(("nobody home", morning + chance.uniform(10, 17) * HOUR))
        morning += DAY
    told.append(("out for delivery", morning + chance.uniform(7.5, 9) * HOUR))
    told.append(("delivered", morning + chance.uniform(10, 19) * HOUR))
    scans = tuple(_scan(carrier, kind, at, chance) for kind, at in told)
    return Story(number=_number(carrier, n), carrier=carrier, scans=scans, origin=SPOT, destination=SPOT)


def _scan(carrier: str, kind: str, at: datetime, chance: random.Random) -> Scan:
    """On a whole minute, as every carrier can write it, and public some minutes later."""
    told = words.scan(kind, at=at.replace(second=0, microsecond=0), spot=SPOT, carrier=carrier)
    return replace(told, lag=timedelta(minutes=chance.randint(2, 15)), day_only=False)


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def _number(carrier: str, n: int) -> str:
    match carrier:
        case "ups":
            serial = f"5R8939{n:09}"
            return f"1Z{serial}{check_digit(serial)}"
        case "fedex":
            return f"7949{n:08}"
        case "usps":
            return f"92055901755477{n:08}"
        case _:
            return f"77{n:08}"


def _judged(app: App, sandbox: Sandbox, stories: Sequence[Story]) -> Week:
    seen = _seen(app)
    lags, unknown = [], 0
    ends = STARTS_AT + LASTS
    for story in stories:
        before = ""
        for scan in story.scans:
            public, kind = scan.at + scan.lag, before
            before = scan.description
            at = seen.get((story.number, scan.at))
            if at is not None:
                urgent = kind in _spoken(story.carrier)
                lags.append(Lag(carrier=story.carrier, is_urgent=urgent, published_at=public, lag=at - public))
            elif public < ends - DAY:
                unknown += 1
    log = [call for call in sandbox.api.calls.log if call.kind == "track"]
    days: dict[str, list[int]] = {name: [0] * 8 for name in PARCELS}
    late: dict[str, list[int]] = {name: [0] * 8 for name in PARCELS}
    refused: dict[str, int] = defaultdict(int)
    for call in log:
        day, hours = divmod(call.at - STARTS_AT.timestamp(), 86400)
        days[call.carrier][int(day)] += 1
        late[call.carrier][int(day)] += hours >= 18 * 3600
        refused[call.carrier] += call.status == 429
    made = {name: sum(each) for name, each in days.items()}
    return Week(
        lags=lags,
        unknown=unknown,
        looks=_looks(app),
        calls=made,
        by_day=days,
        last_hours=late,
        refusals=refused,
        breached=sandbox.api.calls.breached,
        breaches=list(sandbox.api.calls.breaches)[:5],
        longest_gap=_gaps(app, {each.number: seen[last] for each in stories if (last := _end(each)) in seen}),
    )


def _end(story: Story) -> tuple[str, datetime]:
    return story.number, story.scans[-1].at


def _spoken(carrier: str) -> set[str]:
    return {words.WORDS[carrier][kind].description for kind in WAITING}


def _seen(app: App) -> dict[tuple[str, datetime], datetime]:
    query = select(shipments.c.tracking_number, events.c.occurred_at, events.c.seen_at).join(
        events, events.c.shipment_id == shipments.c.id
    )
    with app.store.read() as snapshot:
        return {(row[0], row[1]): row[2] for row in snapshot.connection.execute(query)}


def _looks(app: App) -> dict[str, int]:
    counted: dict[str, int] = defaultdict(int)
    query = select(shipments.c.carrier).join(looks, looks.c.shipment_id == shipments.c.id)
    with app.store.read() as snapshot:
        for carrier in snapshot.connection.execute(query).scalars():
            counted[carrier] += 1
    return counted


def _gaps(app: App, ended: Mapping[str, datetime]) -> dict[str, timedelta]:
    """While the parcel was open: after the end there is one look more, a day later."""
    query = select(shipments.c.carrier, shipments.c.tracking_number, looks.c.at).join(
        shipments, looks.c.shipment_id == shipments.c.id
    )
    longest: dict[str, timedelta] = defaultdict(timedelta)
    last: dict[str, datetime] = {}
    with app.store.read() as snapshot:
        for carrier, number, at in snapshot.connection.execute(query.order_by(looks.c.at)):
            if at <= ended.get(number, at):
                longest[carrier] = max(longest[carrier], at - last.get(number, at))
            last[number] = at
    return longest


def report(week: Week) -> Iterator[str]:
    """The week in lines for people."""
    yield "carrier  looks  calls  429s  urgent: scans  median    p90   others: scans  median    p90   longest gap"
    for name in PARCELS:
        urgent, others = week.of(name, is_urgent=True), week.of(name, is_urgent=False)
        yield (
            f"{name:7}{week.looks[name]:7}{week.calls[name]:7}{week.refusals.get(name, 0):6}"
            f"{len(urgent):15}{_minutes(urgent, 0.5):>8}{_minutes(urgent, 0.9):>7}"
            f"{len(others):16}{_minutes(others, 0.5):>8}{_minutes(others, 0.9):>7}   {week.longest_gap[name]}"
        )
    yield f"breaches {week.breached}, never learned of {week.unknown}"
    for name in PARCELS:
        whole, late = list(week.by_day[name][:7]), list(week.last_hours[name][:7])
        yield f"calls a day, {name}: {whole}; in its last six hours {late}"


def _minutes(lags: Sequence[timedelta], share: float) -> str:
    if not lags:
        return "-"
    return f"{lags[int(share * (len(lags) - 1))] / timedelta(minutes=1):.0f}m"


if __name__ == "__main__":
    print("\n".join(report(live(times=int(sys.argv[1]) if len(sys.argv) > 1 else 1))))
