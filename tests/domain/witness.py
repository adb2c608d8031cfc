"""What must be true of every generated history: one function for each claim, true when it holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from random import Random

from carriers.events import Clock, Milestone
from tests.domain.builders import a_shipment, an_order
from tests.domain.desk import Desk, play
from tests.domain.histories import Look, Story, any_looks, any_order, one_look_each
from tests.domain.journeys import a_story
from tracker.domain import windows
from tracker.domain.notices import Notice, Notification, WhyNot
from tracker.domain.ranks import place_of
from tracker.domain.shipments import Standing, replay
from tracker.domain.windows import DeliveryWindow

END_NOTICES = {Milestone.DELIVERED: Notice.DELIVERED, Milestone.RETURNED: Notice.RETURNED}
FIRM = frozenset({Notice.DELIVERED, Notice.RETURNED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One story, looked at in two ways."""

    story: Story
    random: Random
    looks: Sequence[Look]
    in_order: Desk
    anyhow: Desk


def played(seed: int) -> Played:
    story, random = a_story(seed), Random(f"looks of {seed}")
    looks = any_looks(story, random)
    return Played(
        story=story,
        random=random,
        looks=looks,
        in_order=_after(story, one_look_each(story)),
        anyhow=_after(story, looks),
    )


def failed(case: Played) -> list[str]:
    """The claims that do not hold for one history."""
    return [name for name, holds in CLAIMS.items() if not holds(case)]


def failures(seeds: range) -> tuple[int, int, list[tuple[int, str]]]:
    """Of many seeds: how many with corrections, how many with ties, and what failed."""
    corrected, tied, found = 0, 0, []
    for seed in seeds:
        case = played(seed)
        corrected += case.story.corrected
        tied += case.story.tied
        found += [(seed, name) for name in failed(case)]
    return corrected, tied, found


def _after(story: Story, looks: Sequence[Look]) -> Desk:
    order = an_order(a_shipment(created_at=story.begins_at, notify_after=story.begins_at))
    desk = play(Desk(order=order), looks)
    desk.until(looks[-1].at + timedelta(hours=1))
    return desk


def _ends_as_told(case: Played) -> bool:
    return _end(replay(case.story.events)) == case.story.ends_as


def _stands_as_told_after_every_scan(case: Played) -> bool:
    if any(step.event.clock is Clock.DAY_ONLY for step in case.story.steps):
        return True  # a day without a time finds its place only when the day is over
    return [_end(standing) for standing in case.in_order.path] == [(s.stands, s.visit) for s in case.story.steps]


def _any_order_ends_the_same(case: Played) -> bool:
    standing = replay(case.story.events)
    return all(replay(any_order(case.story, case.random)) == standing for _ in range(2))


def _any_looks_end_the_same(case: Played) -> bool:
    return case.anyhow.shipment().standing == case.in_order.shipment().standing


def _any_looks_promise_the_same(case: Played) -> bool:
    if not windows.says_the_same(case.anyhow.shipment().window, case.in_order.shipment().window):
        return False
    looks = list(case.looks)
    case.random.shuffle(looks)
    window: DeliveryWindow | None = None
    for look in looks * 2:
        window = windows.merge(window, look.promise, look.at)
    return window == case.anyhow.shipment().window


def _one_look_each_tells_the_story(case: Played) -> bool:
    return [row.notice for row in case.in_order.told] == case.story.messages


def _no_key_twice(case: Played) -> bool:
    return all(len({row.dedupe_key for row in d.decided}) == len(d.decided) for d in (case.anyhow, case.in_order))


def _no_news_twice(case: Played) -> bool:
    """Unless a correction lies between."""
    return all(len({_news(row) for row in run}) == len(run) for run in _between_corrections(case.anyhow.told))


def _ranks_never_fall(case: Played) -> bool:
    runs = _between_corrections(case.anyhow.told)
    return all(place_of(one) <= place_of(other) for run in runs for one, other in pairwise(run))


def _the_end_is_told_once(case: Played) -> bool:
    notice = END_NOTICES.get(case.anyhow.shipment().standing.milestone or Milestone.UNKNOWN)
    if notice is None or any(row.notice is notice and row.why_not is WhyNot.STALE for row in case.anyhow.decided):
        return True
    return [row.notice for row in _between_corrections(case.anyhow.told)[-1]].count(notice) == 1


def _nobody_is_left_with_an_untrue_end(case: Played) -> bool:
    said = [row.notice for row in _between_corrections(case.anyhow.told)[-1] if row.notice in FIRM]
    if not said:
        return True
    return END_NOTICES.get(case.anyhow.shipment().standing.milestone or Milestone.UNKNOWN) is said[-1]


CLAIMS: dict[str, Callable[[Played], bool]] = {
    "replay ends as the story was told": _ends_as_told,
    "after every scan the parcel stands as told": _stands_as_told_after_every_scan,
    "any order and repetition: the same standing": _any_order_ends_the_same,
    "any split into looks: the same standing": _any_looks_end_the_same,
    "any split and order of looks: the same window": _any_looks_promise_the_same,
    "one look for each scan tells exactly the story": _one_look_each_tells_the_story,
    "no dedupe key is decided twice": _no_key_twice,
    "no news is told twice without a correction between": _no_news_twice,
    "told ranks never fall except by a correction": _ranks_never_fall,
    "the decisive end is told once unless it expired": _the_end_is_told_once,
    "nobody is left with an end that was taken back": _nobody_is_left_with_an_untrue_end,
}


def _end(standing: Standing) -> tuple[Milestone | None, int]:
    return standing.milestone, standing.visit


def _news(row: Notification) -> str:
    return row.dedupe_key.rpartition(":")[0]


def _between_corrections(told: Sequence[Notification]) -> list[list[Notification]]:
    """What was told, cut before every correction."""
    runs: list[list[Notification]] = [[]]
    for row in told:
        if row.correction:
            runs.append([])
        runs[-1].append(row)
    return runs
