"""One call asks about many numbers, and none of them spoils it for the others."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import update

from carriers.contract import Answer, Meter, Reading, UnknownNumber, Unreadable
from carriers.events import Milestone
from tests.domain.builders import HOUR, a_scan
from tests.pipeline.world import ScriptedCarrier, World
from tracker.domain.shipments import LookOutcome, Shipment
from tracker.pipeline.batches import MOST_SPOILED
from tracker.pipeline.poll import PollReport, poll
from tracker.pipeline.ports import Quota
from tracker.store.tables import shipments

OF_CALL = 30
MINUTE = timedelta(minutes=1)
PICKED_UP = a_scan(Milestone.PICKED_UP)


@dataclass(slots=True)
class BatchCarrier(ScriptedCarrier):
    """Takes thirty numbers, and refuses the whole call when it is asked for a number it cannot bear."""

    spoilers: set[str] = field(default_factory=set)
    shrugs: bool = False  # answers nothing we can read to anybody
    max_batch: int = OF_CALL

    def ask(self, numbers: Sequence[str], meter: Meter, *, unchanged: str = "") -> Answer:
        self.asked.append(tuple(numbers))
        if self.shrugs or self.spoilers & set(numbers):
            raise Unreadable("one of the numbers is malformed", http_status=400, body=b"{}")
        readings: dict[str, Reading] = {number: self.says[number] for number in numbers}
        return Answer(body=repr(readings).encode(), http_status=200, readings=readings)


@pytest.fixture
def carrier(world: World) -> BatchCarrier:
    """In the place of the carrier that takes one number a call."""
    world.ups = carrier = BatchCarrier()
    return carrier


def parcels(world: World, count: int) -> list[Shipment]:
    made = [world.order().shipments[0] for _ in range(count)]
    for each in made:
        world.say(each, PICKED_UP)
    return made


def look(world: World) -> PollReport:
    return poll(world.ups, world.looking())


def test_thirty_numbers_are_one_call_and_thirty_one_are_two(world: World, carrier: BatchCarrier) -> None:
    world.quotas = (Quota(limit=2, per=HOUR),)
    parcels(world, 31)

    report = look(world)

    assert [len(call) for call in carrier.asked] == [30, 1]
    assert report.outcomes == {LookOutcome.NEWS: 31}


def test_a_number_of_two_orders_is_asked_once_a_call_and_both_hear_of_it(world: World, carrier: BatchCarrier) -> None:
    first, second = world.order(), world.order()
    same = update(shipments).values(tracking_number=first.shipments[0].tracking_number)
    with world.store.begin() as connection:
        connection.execute(same)
    world.say(first.shipments[0], PICKED_UP)

    look(world)

    assert carrier.asked == [(first.shipments[0].tracking_number,)]
    assert {world.shipment(each.shipments[0]).standing.milestone for each in (first, second)} == {Milestone.PICKED_UP}


def test_what_has_not_changed_is_nothing_new_whoever_was_asked_beside(world: World, carrier: BatchCarrier) -> None:
    still, moving = parcels(world, 2)
    look(world)

    world.clocks.pass_by(3 * HOUR)
    world.say(moving, PICKED_UP, a_scan(Milestone.IN_TRANSIT, PICKED_UP.occurred_at + HOUR))
    look(world)

    assert world.looks(still) == [LookOutcome.NEWS, LookOutcome.NOTHING_NEW]
    assert world.looks(moving) == [LookOutcome.NEWS, LookOutcome.NEWS]


def test_one_bad_number_does_not_spoil_the_other_twenty_nine(world: World, carrier: BatchCarrier) -> None:
    asked = parcels(world, OF_CALL)
    carrier.spoilers = {asked[17].tracking_number}

    report = look(world)

    assert report.outcomes == {LookOutcome.NEWS: 29, LookOutcome.UNREADABLE: 1}
    assert world.looks(asked[17]) == [LookOutcome.UNREADABLE]
    assert len(carrier.asked) == 11


def test_a_bad_number_is_asked_apart_from_then_on(world: World, carrier: BatchCarrier) -> None:
    asked = parcels(world, OF_CALL)
    carrier.spoilers = {asked[17].tracking_number}
    look(world)
    carrier.asked.clear()

    world.clocks.pass_by(6 * HOUR)
    look(world)

    assert [len(call) for call in carrier.asked] == [29, 1]


def test_halving_ends_where_the_quota_does_and_nobody_is_called_unreadable_for_it(
    world: World, carrier: BatchCarrier
) -> None:
    world.quotas = (Quota(limit=4, per=HOUR),)
    asked = parcels(world, OF_CALL)
    carrier.spoilers = {asked[17].tracking_number}

    report = look(world)

    assert len(carrier.asked) == 4
    assert report.outcomes == {LookOutcome.NEWS: 15}  # the first half; of the other only halves of halves were left
    assert report.released == 15


def test_a_carrier_that_nobody_can_read_is_not_asked_again_and_again(world: World, carrier: BatchCarrier) -> None:
    parcels(world, OF_CALL)
    carrier.shrugs = True

    report = look(world)

    assert report.outcomes == {LookOutcome.UNREADABLE: 30}
    assert len(carrier.asked) <= 2 * MOST_SPOILED + 1


def test_a_defect_of_ours_in_one_reading_does_not_spoil_the_others(world: World, carrier: BatchCarrier) -> None:
    asked = parcels(world, 8)
    del carrier.says[asked[3].tracking_number]  # our carrier's file raises KeyError

    report = look(world)

    assert report.outcomes == {LookOutcome.NEWS: 7, LookOutcome.UNREADABLE: 1}
    assert report.defects


def test_one_reading_among_many_may_be_an_error_of_its_own(world: World, carrier: BatchCarrier) -> None:
    known, unknown = parcels(world, 2)
    world.fail(unknown, UnknownNumber("no such number"))

    look(world)

    assert len(carrier.asked) == 1
    assert (world.looks(known), world.looks(unknown)) == ([LookOutcome.NEWS], [LookOutcome.NOT_KNOWN_YET])
