"""Journeys whose end and messages are known, and the many ways in which they can be looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from carriers.events import Milestone, Promise, TrackingEvent
from tracker.domain.notices import Notice

NOTED = timedelta(minutes=2)  # the carrier shows a scan this long after it was made
APART = timedelta(minutes=15)  # between looks: longer than any settling and than a correction must stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One scan, and how the story goes on with it."""

    event: TrackingEvent
    at: datetime  # when it was really made, also where the carrier says only the day
    stands: Milestone | None  # where the parcel is after it
    visit: int
    says: Notice | None  # what the shopper hears when this scan is looked at alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One promise of the carrier, and when it was made."""

    at: datetime
    promise: Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One parcel's journey."""

    seed: int
    offset_minutes: int
    steps: tuple[Step, ...]
    promises: tuple[Told, ...]
    corrected: bool
    tied: bool

    @property
    def events(self) -> tuple[TrackingEvent, ...]:
        return tuple(step.event for step in self.steps)

    @property
    def begins_at(self) -> datetime:
        return self.steps[0].at - timedelta(hours=12)

    @property
    def ends_as(self) -> tuple[Milestone | None, int]:
        return self.steps[-1].stands, self.steps[-1].visit

    @property
    def messages(self) -> list[Notice]:
        """What is told when every scan gets a look of its own, in order."""
        return [step.says for step in self.steps if step.says]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One answer: what it shows, when."""

    at: datetime
    events: tuple[TrackingEvent, ...]
    promise: Promise | None


def one_look_each(story: Story) -> list[Look]:
    """Every scan gets a look of its own, which shows all so far."""
    looks: list[Look] = []
    for n, step in enumerate(story.steps, start=1):
        at = step.at + NOTED
        if looks:
            at = max(at, looks[-1].at + APART)
        looks.append(Look(at=at, events=story.events[:n], promise=_promised(story, at)))
    return looks


def any_looks(story: Story, random: Random) -> list[Look]:
    """Few looks or many; scans are shown late, repeated, in any order; the last look leaves nothing out."""
    count = random.randint(0, len(story.steps))
    end = story.steps[-1].at + NOTED
    if random.random() < 0.1:
        end += timedelta(hours=random.randint(1, 80))  # the carrier was down: some news is too old to tell
    span = (end - story.begins_at).total_seconds()
    times = sorted(story.begins_at + timedelta(seconds=int(random.random() * span)) for _ in range(count))
    looks = [
        Look(
            at=at,
            events=_shuffled([s.event for s in story.steps if s.at < at], random, 0.7),
            promise=_promised(story, at),
        )
        for at in times
    ]
    looks.append(Look(at=end, events=_shuffled(story.events, random, 1.0), promise=_promised(story, end)))
    return looks


def any_order(story: Story, random: Random) -> list[TrackingEvent]:
    """All scans, some of them more than once, in any order."""
    events = [*story.events, *random.choices(story.events, k=3)]
    random.shuffle(events)
    return events


def _promised(story: Story, at: datetime) -> Promise | None:
    told = [one.promise for one in story.promises if one.at <= at]
    return told[-1] if told else None


def _shuffled(events: Sequence[TrackingEvent], random: Random, shown: float) -> tuple[TrackingEvent, ...]:
    seen = [event for event in events if random.random() <= shown]
    random.shuffle(seen)
    return tuple(seen)
