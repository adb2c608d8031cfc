"""Several workers at once: one look per lease, one message per notification, no change lost."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest

from carriers.events import Milestone
from tests.domain.builders import HOUR, a_scan
from tests.pipeline.world import World
from tests.servers import PATIENCE
from tracker.domain.notices import NotificationState
from tracker.domain.shipments import LookOutcome
from tracker.pipeline.dispatch import dispatch
from tracker.pipeline.faults import FaultPoint, PlantedFault, no_fault, planted, read_faults
from tracker.pipeline.poll import PollReport, poll

T = TypeVar("T")

PICKED_UP = a_scan(Milestone.PICKED_UP)


def together(steps: Sequence[Callable[[], T]]) -> list[T]:
    """Run them at once, from one starting line."""
    line = threading.Barrier(len(steps))

    def start(step: Callable[[], T]) -> T:
        line.wait(PATIENCE.total_seconds())
        return step()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(start, steps))


def test_two_pollers_ask_about_a_shipment_once(world: World) -> None:
    shipments = [world.order().shipments[0] for _ in range(30)]
    for shipment in shipments:
        world.say(shipment, PICKED_UP)

    reports: list[PollReport] = together([lambda: poll(world.ups, world.looking())] * 3)

    asked = [number for numbers in world.ups.asked for number in numbers]
    assert sorted(asked) == sorted(shipment.tracking_number for shipment in shipments)
    assert sum(report.looks for report in reports) == 30
    assert not [defect for report in reports for defect in report.defects]


def test_parcels_of_one_order_answered_at_once_are_all_counted(world: World) -> None:
    """Two workers fold two parcels into one order: neither forgets what the other wrote."""
    order = world.order(parcels=6)
    for shipment in order.shipments:
        world.say(shipment, a_scan(Milestone.DELIVERED))

    def one_by_one() -> PollReport:
        looking = world.looking()
        return poll(world.ups, replace(looking, pace=replace(looking.pace, batch=1)))

    reports = together([one_by_one] * 3)

    with world.store.write() as unit:
        state = unit.order_dossier(order.id)[0].state
    assert (state.delivered, state.parcels, state.ended) == (6, 6, True)
    assert not [defect for report in reports for defect in report.defects]


def test_two_dispatchers_of_one_notification_send_it_once(world: World) -> None:
    order = world.order()
    world.say(order.shipments[0], a_scan(Milestone.DELIVERED))
    world.look()
    row = world.told(order)[0]

    together([lambda: dispatch(row.id, world.sending())] * 4)

    assert len(world.provider.sent) == 1
    assert world.told(order)[0].state is NotificationState.ACCEPTED


def test_many_dispatchers_send_everything_once(world: World) -> None:
    for _ in range(40):
        world.say(world.order().shipments[0], a_scan(Milestone.DELIVERED))
    while world.look().looks:
        pass

    def until_nothing_is_due() -> None:
        while dispatch(None, world.sending(), limit=3):
            pass

    together([until_nothing_is_due] * 4)

    refs = [message.ref for message in world.provider.sent]
    assert len(refs) == len(set(refs)) == 40


def test_a_worker_whose_lease_ran_out_writes_nothing(world: World) -> None:
    """It was frozen between question and answer; another worker has looked meanwhile."""
    shipment = world.order().shipments[0]
    world.say(shipment, PICKED_UP)

    def freeze() -> None:
        world.clocks.pass_by(timedelta(minutes=2))
        world.say(shipment, PICKED_UP, a_scan(Milestone.OUT_FOR_DELIVERY, world.clocks.shop))
        world.look()

    poll(replace(world.ups, meanwhile=freeze), world.looking(owner="frozen"))

    assert world.looks(shipment) == [LookOutcome.NEWS]
    assert world.shipment(shipment).standing.milestone is Milestone.OUT_FOR_DELIVERY


def test_a_plan_that_dies_before_its_commit_leaves_nothing(world: World) -> None:
    """Neither state nor message; the next look finds the scan again."""
    order = world.order()
    world.say(order.shipments[0], a_scan(Milestone.DELIVERED))
    for point in (FaultPoint.MID_FANOUT, FaultPoint.BEFORE_COMMIT_PLAN):
        world.hit = _always(point)
        world.look()
        world.hit = no_fault

        assert world.told(order) == []
        assert world.shipment(order.shipments[0]).standing.milestone is None
        world.clocks.pass_by(HOUR)

    world.look()
    assert len(world.told(order)) == 1


def test_every_point_is_passed_by_one_look_and_one_message(world: World) -> None:
    passed: set[FaultPoint] = set()
    world.hit = passed.add
    order = world.order()
    world.say(order.shipments[0], a_scan(Milestone.DELIVERED))

    world.look()
    world.send()

    assert passed == {point for point in FaultPoint if not point.name.startswith("RECEIPT_")}


def test_a_process_that_dies_at_a_point_is_stopped_there(world: World) -> None:
    world.hit = planted(read_faults("look_before_ask:raise"))
    world.order()

    with pytest.raises(PlantedFault, match="look_before_ask"):
        world.look()

    assert world.ups.asked == []


def _always(wanted: FaultPoint) -> Callable[[FaultPoint], None]:
    def hit(point: FaultPoint) -> None:
        if point is wanted:
            raise PlantedFault(point)

    return hit
