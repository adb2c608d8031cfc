"""A parcel on an ordinary journey is not on the queue: weekends, holidays and nights are no silence."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

from carriers.events import Milestone, Place
from config.settings import load
from tests.domain.builders import a_shipment
from tracker import policies
from tracker.domain.judgement import judge
from tracker.domain.problems import StuckReason
from tracker.domain.shipments import Shipment, Standing
from tracker.domain.windows import DeliveryWindow, PromisedBy

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PARCELS = 2000
MOST = 0.02
PLACES = [  # where, its clock, whether vans drive on Saturdays
    (Place(country="US", region="CO"), "America/Denver", True),
    (Place(country="US", region="NY"), "America/New_York", True),
    (Place(country="DE", region="BE"), "Europe/Berlin", True),
    (Place(country="GB"), "Europe/London", True),
    (Place(country="FR"), "Europe/Paris", False),
    (Place(country="NO"), "Europe/Oslo", False),
]
RULES = policies.rules(
    load({"SECRET_KEY": "x" * 40, "DATABASE_URL": "sqlite:////nowhere/x.sqlite3"}).schedule, {}, texts=False
)


@dataclass(frozen=True, slots=True)
class Step:
    at: datetime
    milestone: Milestone


def journey(random: Random, place: Place, zone: ZoneInfo, *, saturdays: bool) -> tuple[list[Step], date]:
    """Label in the day, picked up on the next round, hub to hub over nights, out in the morning."""
    rests = RULES.calendar_at(place)

    def works(day: date) -> bool:
        return day not in rests.holidays and (day.isoweekday() < 6 or (saturdays and day.isoweekday() == 6))

    def next_day(day: date) -> date:
        day += DAY
        while not works(day):
            day += DAY
        return day

    def on(day: date, hour: float) -> datetime:
        return (datetime.combine(day, time(), tzinfo=zone) + timedelta(hours=hour)).astimezone(UTC)

    day = date(2026, 11, 2) + timedelta(days=random.randrange(70))
    steps = [Step(on(day, random.uniform(8, 23)), Milestone.LABEL_CREATED)]
    day = next_day(day)
    if random.random() < 0.15:  # the van was full
        day = next_day(day)
    steps.append(Step(on(day, random.uniform(15, 20)), Milestone.PICKED_UP))
    for _ in range(random.choices([1, 2, 3, 4, 5], [30, 35, 20, 10, 5])[0]):
        day = next_day(day)
        if random.random() < 0.1:  # waits for a fuller truck
            day = next_day(day)
        steps.append(Step(on(day, random.uniform(1, 23)), Milestone.IN_TRANSIT))
    day = next_day(day)
    steps.append(Step(on(day, random.uniform(6, 9.5)), Milestone.OUT_FOR_DELIVERY))
    if random.random() < 0.03:  # not reached before the end of the shift: again tomorrow
        day = next_day(day)
        steps.append(Step(on(day, random.uniform(6, 9.5)), Milestone.OUT_FOR_DELIVERY))
    steps.append(Step(max(on(day, random.uniform(9, 20)), steps[-1].at + HOUR / 4), Milestone.DELIVERED))
    return sorted(steps, key=lambda step: step.at), day


def stuck_on_the_way(random: Random) -> StuckReason | None:
    """What the queue would have said at any moment between two scans; None: nothing."""
    place, zone, saturdays = random.choice(PLACES)
    steps, arrives = journey(random, place, ZoneInfo(zone), saturdays=saturdays)
    bare = replace(a_shipment(None, created_at=steps[0].at), destination=place, destination_zone=zone)
    for step, following in pairwise(steps):
        judged = judge(
            _at(bare, step, arrives), following.at - timedelta(seconds=1), RULES.patience, RULES.calendar_at(place)
        )
        if judged.stuck:
            return judged.stuck
    return None


def _at(bare: Shipment, step: Step, arrives: date) -> Shipment:
    window = DeliveryWindow(
        first_day=arrives, last_day=arrives, promised_by=PromisedBy.CARRIER, told_at=bare.created_at
    )
    moved = None if step.milestone is Milestone.LABEL_CREATED else step.at
    return replace(bare, standing=Standing(milestone=step.milestone, since=step.at), moved_at=moved, window=window)


def test_ordinary_journeys_stay_off_the_queue() -> None:
    random = Random(20261122)

    found = Counter(stuck_on_the_way(random) for _ in range(PARCELS))

    false = {reason: n for reason, n in found.items() if reason}
    print(false)
    assert sum(false.values()) <= MOST * PARCELS, false


def test_the_count_can_fail() -> None:
    """A week of silence is no ordinary journey."""
    place, zone, _ = PLACES[0]
    start = datetime(2026, 11, 3, 18, tzinfo=UTC)
    shipment = replace(a_shipment(None, created_at=start), destination=place, destination_zone=zone)
    silent = replace(shipment, standing=Standing(milestone=Milestone.IN_TRANSIT, since=start), moved_at=start)

    assert judge(silent, start + 7 * DAY, RULES.patience, RULES.calendar_at(place)).stuck is StuckReason.SILENT
