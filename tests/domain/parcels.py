"""Orders in several parcels, whose journeys run beside each other, and the ways in which they can be looked at."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from carriers.events import Clock, TrackingEvent
from tests.domain.histories import NOTED, Look, Story, any_looks, one_look_each
from tests.domain.journeys import a_story
from tracker.domain.shipments import ShipmentId

APART = timedelta(seconds=20)  # between two looks of one turn
MOST_LOOKS = 30  # at one parcel, about

OrderLook = tuple[ShipmentId, Look]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStory:
    """One order's parcels, each with its story."""

    seed: int
    parcels: dict[ShipmentId, Story]
    hurried: bool  # scans follow each other within minutes: much is overtaken before it can be told

    @property
    def begins_at(self) -> datetime:
        return min(story.begins_at for story in self.parcels.values())

    @property
    def corrected(self) -> bool:
        return any(story.corrected for story in self.parcels.values())


def an_order_story(seed: int) -> OrderStory:
    """Two to four parcels: most travel together, some follow by minutes or days."""
    random = Random(f"order {seed}")
    stories = [a_story(random.randrange(10**6)) for _ in range(random.choice((2, 2, 3, 3, 4)))]
    if random.random() < 0.5:
        stories = [stories[0] for _ in stories]  # the same way to the minute, or minutes apart
    behind = [timedelta()] + [_behind(random) for _ in stories[1:]]
    hurried = random.random() < 0.4
    if hurried:
        stories = [_hurried(story, random.choice((20, 40, 80, 160))) for story in stories]
        behind = [by - timedelta(days=by.days) for by in behind]
    return OrderStory(
        seed=seed,
        hurried=hurried,
        parcels={
            ShipmentId(f"s{n}"): _later(story, by)
            for n, (story, by) in enumerate(zip(stories, behind, strict=True), start=1)
        },
    )


def looked_at_each(order: OrderStory) -> list[OrderLook]:
    """Every scan of every parcel gets a look of its own."""
    return _in_turn([(name, look) for name, story in order.parcels.items() for look in one_look_each(story)])


def looked_at_anyhow(order: OrderStory, random: Random) -> list[OrderLook]:
    """Few looks or many, late, repeated; sometimes a look at one parcel brings a look at its siblings. Hurried parcels
    are watched closely."""
    if order.hurried:
        return _in_turn([(name, look) for name, story in order.parcels.items() for look in _closely(story, random)])
    looks = [(name, look) for name, story in order.parcels.items() for look in any_looks(story, random)]
    beside = [
        (name, Look(at=look.at + timedelta(seconds=random.randint(1, 900)), events=_seen(story, look.at), promise=None))
        for owner, look in looks
        for name, story in order.parcels.items()
        if name != owner and random.random() < 0.3
    ]
    return _in_turn([*looks, *beside])


def _closely(story: Story, random: Random) -> list[Look]:
    """A look every few minutes, and one when all is over."""
    at, ends = story.steps[0].at, story.steps[-1].at + NOTED
    most = max(6.0, (ends - at) / timedelta(minutes=1) / MOST_LOOKS * 2)
    looks: list[Look] = []
    while at < ends:
        looks.append(Look(at=at, events=_seen(story, at), promise=None))
        at += timedelta(minutes=random.uniform(0.5, most))
    return [*looks, Look(at=ends, events=story.events, promise=None)]


def _behind(random: Random) -> timedelta:
    minutes = timedelta(minutes=random.choice((0, 0, 1, 4, 9, 11, 19, 40)))
    return minutes + timedelta(days=random.choice((0, 0, 0, 1, 2)))


def _later(story: Story, by: timedelta) -> Story:
    """The same journey, begun later."""
    steps = tuple(replace(step, at=step.at + by, event=_moved(step.event, by)) for step in story.steps)
    return replace(story, steps=steps, promises=tuple(replace(told, at=told.at + by) for told in story.promises))


def _hurried(story: Story, times: int) -> Story:
    """The same journey so many times faster, from nine in the morning there."""
    begin = story.steps[0].at
    nine = begin.replace(hour=9, minute=0) - timedelta(minutes=story.offset_minutes)
    steps = []
    for step in story.steps:
        at = nine + (step.at - begin) / times
        wall = at + timedelta(minutes=story.offset_minutes)
        event = replace(step.event, occurred_at=at, clock=Clock.EXACT, local_text=f"{wall:%Y-%m-%dT%H:%M:%S.%f}")
        steps.append(replace(step, at=at, event=event))
    promises = tuple(replace(told, at=nine + (told.at - begin) / times) for told in story.promises)
    return replace(story, steps=tuple(steps), promises=promises)


def _moved(event: TrackingEvent, by: timedelta) -> TrackingEvent:
    """A scan that gives only the day moves by whole days."""
    by = timedelta(days=by.days) if event.clock is Clock.DAY_ONLY else by
    wall = event.occurred_at + by + timedelta(minutes=event.utc_offset_minutes or 0)
    return replace(event, occurred_at=event.occurred_at + by, local_text=f"{wall:%Y-%m-%dT%H:%M:%S}")


def _seen(story: Story, at: datetime) -> tuple[TrackingEvent, ...]:
    return tuple(step.event for step in story.steps if step.at < at)


def _in_turn(looks: Sequence[OrderLook]) -> list[OrderLook]:
    """In the order of time; no two at once."""
    turn: list[OrderLook] = []
    for name, look in sorted(looks, key=lambda each: (each[1].at, each[0])):
        at = max(look.at, turn[-1][1].at + APART) if turn else look.at
        turn.append((name, replace(look, at=at)))
    return turn
