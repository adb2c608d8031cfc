"""What came of a virtual week: asked by the carriers' own ledger, learned when by the rows."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from carriers.sandbox import words
from carriers.sandbox.server import Sandbox
from carriers.sandbox.stories import Story
from tests.journeys.parcels import DAY, LASTS, PARCELS, STARTS_AT
from tracker.store.tables import events, looks, shipments
from tracker.wiring import App

WAITING = frozenset({"out for delivery", "nobody home"})  # after these a reader waits for the next scan


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


def judged(app: App, sandbox: Sandbox, stories: Sequence[Story]) -> Week:
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
