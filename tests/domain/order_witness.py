"""What must be true of every order in several parcels: one function for each claim, true when it holds."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from carriers.events import Milestone
from tests.domain.builders import a_shipment, an_order
from tests.domain.desk import Desk, Left
from tests.domain.parcels import OrderLook, OrderStory, an_order_story, looked_at_anyhow, looked_at_each
from tracker.domain.notices import Notice, Notification, NotificationState, WhyNot
from tracker.domain.orders import Order
from tracker.domain.shipments import Shipment, ShipmentId, Transition

FIRST = datetime.min.replace(tzinfo=UTC)
TEN_MINUTES = timedelta(minutes=10)
STAGES: dict[Notice, frozenset[Milestone]] = {
    Notice.SHIPPED: frozenset({Milestone.PICKED_UP, Milestone.IN_TRANSIT}),
    Notice.IN_TRANSIT: frozenset({Milestone.PICKED_UP, Milestone.IN_TRANSIT}),
    Notice.OUT_FOR_DELIVERY: frozenset({Milestone.OUT_FOR_DELIVERY}),
    Notice.DELIVERED: frozenset({Milestone.DELIVERED}),
}
ENDED = frozenset({Milestone.DELIVERED, Milestone.RETURNED, Milestone.CANCELLED})
AT_THE_SHOP = frozenset({None, Milestone.LABEL_CREATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedOrder:
    """One order, looked at in two ways."""

    story: OrderStory
    each: Desk
    anyhow: Desk


def played(seed: int) -> PlayedOrder:
    story = an_order_story(seed)
    return PlayedOrder(
        story=story,
        each=_after(story, looked_at_each(story)),
        anyhow=_after(story, looked_at_anyhow(story, Random(f"looks at order {seed}"))),
    )


def failed(case: PlayedOrder) -> list[str]:
    """The claims that do not hold for one order."""
    return [name for name, holds in CLAIMS.items() if not holds(case)]


def failures(seeds: range) -> tuple[int, list[tuple[int, str]]]:
    """Of many seeds: how many messages told of several parcels, and what failed."""
    merged, found = 0, []
    for seed in seeds:
        case = played(seed)
        merged += sum(left.row.told.together > 1 for left in case.anyhow.left)
        found += [(seed, name) for name in failed(case)]
    return merged, found


def _after(story: OrderStory, looks: Sequence[OrderLook]) -> Desk:
    begin = story.begins_at
    desk = Desk(order=an_order(*(a_shipment(id=name, created_at=begin, notify_after=begin) for name in story.parcels)))
    for name, look in looks:
        desk.look(look, name)
    desk.until(looks[-1][1].at + timedelta(hours=1))
    return desk


def _shared(desk: Desk) -> list[Left]:
    """Messages that may speak of several parcels."""
    return [left for left in desk.left if left.row.notice in STAGES and not left.row.correction]


def _keeps_its_distance(desk: Desk) -> bool:
    """While a void label leaves one parcel alone, it is told of without waiting."""
    of_several = [left for left in _shared(desk) if len(_counted(left.order)) > 1]
    for stage in set(STAGES.values()):
        left = [one.at for one in of_several if STAGES[one.row.notice] == stage]
        if any(other - one < TEN_MINUTES for one, other in pairwise(left)):
            return False
    return True


def _no_two_of_a_stage_within_ten_minutes(case: PlayedOrder) -> bool:
    return _keeps_its_distance(case.each) and _keeps_its_distance(case.anyhow)


def _counts_are_true_when_they_leave(case: PlayedOrder) -> bool:
    return all(_is_true(left) for desk in (case.each, case.anyhow) for left in _shared(desk))


def _is_true(left: Left) -> bool:
    told, parcels = left.row.told, _counted(left.order)
    if len(parcels) < 2:
        return not told.together
    here = [one for one in parcels if one.standing.milestone in STAGES[told.notice]]
    if (told.parcels, told.delivered) != (len(parcels), left.order.state.delivered):
        return False
    if not 1 <= told.together <= len(here) or told.together + told.earlier > len(parcels):
        return False
    return told.behind > 0 or not any(_is_missing(one, told.notice) for one in parcels)


def _is_missing(parcel: Shipment, notice: Notice) -> bool:
    """Whether "the last" would be untrue while this one stands where it stands."""
    milestone = parcel.standing.milestone
    match notice:
        case Notice.DELIVERED:
            return milestone not in ENDED and milestone not in (Milestone.RETURNING, Milestone.LOST)
        case Notice.OUT_FOR_DELIVERY:
            return milestone not in ENDED | {Milestone.OUT_FOR_DELIVERY, Milestone.READY_FOR_PICKUP}
        case _:
            return milestone in AT_THE_SHOP


def _counted(order: Order) -> list[Shipment]:
    return [one for one in order.shipments if one.standing.milestone is not Milestone.CANCELLED]


def _everything_is_told_once_and_nothing_twice(case: PlayedOrder) -> bool:
    """Without corrections the counts of all messages add up to the news of all parcels."""
    if case.story.corrected or case.story.hurried or any(row.why_not is WhyNot.STALE for row in case.each.decided):
        return True
    says = Counter(
        STAGES[step.says] for story in case.story.parcels.values() for step in story.steps if step.says in STAGES
    )
    told: Counter[frozenset[Milestone]] = Counter()
    for left in _shared(case.each):
        told[STAGES[left.row.notice]] += left.row.told.together or 1
    return told == says


def _all_who_came_are_told_of(case: PlayedOrder) -> bool:
    """Without corrections the last count of what was delivered is that of the end, unless the news was too old."""
    desk = case.anyhow
    if any(row.why_not is WhyNot.STALE for row in desk.decided) or not desk.order.state.delivered:
        return True
    said = [left for left in desk.left if left.row.notice is Notice.DELIVERED]
    if case.story.corrected or (said and any(left.row.correction and left.at > said[-1].at for left in desk.left)):
        return True
    return bool(said) and said[-1].row.told.delivered == desk.order.state.delivered


def _what_stays_true_is_told_in_time(case: PlayedOrder) -> bool:
    """Whose row decides it does not matter: a parcel that stands there ten minutes later has been told of."""
    return not any(_is_lost(row, desk) for desk in (case.each, case.anyhow) for row in desk.decided)


def _is_lost(row: Notification, desk: Desk) -> bool:
    if row.notice not in STAGES or row.correction or row.why_not:
        return False
    by = row.planned_at + TEN_MINUTES
    moved = any(step.shipment_id == row.shipment_id and row.planned_at < step.seen_at <= by for step in desk.steps)
    if moved or row.expires_at <= by:
        return False
    stage = STAGES[row.notice]
    told = [
        left for left in _shared(desk) if STAGES[left.row.notice] == stage and left.row.planned_at >= row.planned_at
    ]
    return not any(left.at <= by for left in told)


def _who_was_told_of_a_delivery_hears_that_it_was_not_so(case: PlayedOrder) -> bool:
    """Whichever parcel's message counted it; unless it came true again before the correction had stood."""
    return all(_is_corrected(step, desk) for desk in (case.each, case.anyhow) for step in desk.steps)


def _is_corrected(step: Transition, desk: Desk) -> bool:
    if not step.correction or step.before is not Milestone.DELIVERED:
        return True
    mine = [left for left in desk.left if left.row.correction and left.row.shipment_id == step.shipment_id]
    corrected_at = max((left.at for left in mine if left.at < step.seen_at), default=FIRST)
    known = [left for left in desk.left if _counts(left, step.shipment_id) and corrected_at < left.at <= step.seen_at]
    ends = step.seen_at + TEN_MINUTES + timedelta(minutes=2)  # what takes the correction's place may settle first
    steps = (one for one in desk.steps if one.shipment_id == step.shipment_id)
    if not known or any(one.after is Milestone.DELIVERED and step.seen_at < one.seen_at <= ends for one in steps):
        return True
    return any(step.seen_at < left.at for left in mine)


def _counts(left: Left, shipment_id: ShipmentId) -> bool:
    """Whether a message told that this parcel was delivered."""
    parcel = next(one for one in left.order.shipments if one.id == shipment_id)
    return left.row.notice is Notice.DELIVERED and parcel.standing.milestone is Milestone.DELIVERED


def _no_key_twice(case: PlayedOrder) -> bool:
    return all(len({row.dedupe_key for row in d.decided}) == len(d.decided) for d in (case.anyhow, case.each))


def _nothing_waits_for_ever(case: PlayedOrder) -> bool:
    waiting = (row for desk in (case.each, case.anyhow) for row in desk.rows)
    return not any(row.state is NotificationState.PENDING for row in waiting)


CLAIMS: dict[str, Callable[[PlayedOrder], bool]] = {
    "two messages of one stage keep ten minutes between them": _no_two_of_a_stage_within_ten_minutes,
    "counts are true when they leave": _counts_are_true_when_they_leave,
    "without corrections every news is told once, in some message": _everything_is_told_once_and_nothing_twice,
    "all that were delivered are counted in the end": _all_who_came_are_told_of,
    "what stays true for ten minutes is told by then": _what_stays_true_is_told_in_time,
    "a delivery that was counted and taken back is corrected": _who_was_told_of_a_delivery_hears_that_it_was_not_so,
    "no dedupe key of an order is decided twice": _no_key_twice,
    "an hour after the last look nothing waits": _nothing_waits_for_ever,
}
