"""A look is asked once, written once, and says truthfully what it brought."""

from datetime import timedelta

import pytest

from carriers.contract import CarrierBusy, CarrierDown, CarrierError, CarrierRefused, UnknownNumber, Unreadable
from carriers.events import Milestone
from tests.domain.builders import HOUR, a_scan
from tests.pipeline.world import World
from tracker.domain.notices import Notice
from tracker.domain.shipments import LookOutcome
from tracker.pipeline.ports import Quota

PICKED_UP = a_scan(Milestone.PICKED_UP)
MINUTE = timedelta(minutes=1)


def test_news_moves_the_shipment_and_its_order(world: World) -> None:
    order = world.order()
    world.say(order.shipments[0], PICKED_UP)

    report = world.look()

    assert report.outcomes == {LookOutcome.NEWS: 1}
    assert world.shipment(order.shipments[0]).standing.milestone is Milestone.PICKED_UP
    assert [row.notice for row in world.told(order)] == [Notice.SHIPPED]


def test_the_same_answer_again_is_nothing_new(world: World) -> None:
    order = world.order()
    world.say(order.shipments[0], PICKED_UP)
    world.look()
    version = world.shipment(order.shipments[0]).version

    world.clocks.pass_by(3 * HOUR)
    report = world.look()

    assert report.outcomes == {LookOutcome.NOTHING_NEW: 1}
    assert world.shipment(order.shipments[0]).version == version
    assert world.looks(order.shipments[0]) == [LookOutcome.NEWS, LookOutcome.NOTHING_NEW]


def test_nothing_is_asked_before_it_is_due(world: World) -> None:
    world.order()
    world.look()

    world.clocks.pass_by(MINUTE)
    world.look()

    assert len(world.ups.asked) == 1


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (UnknownNumber("no such number"), LookOutcome.NOT_KNOWN_YET),
        (Unreadable("HTML"), LookOutcome.UNREADABLE),
        (CarrierDown("502"), LookOutcome.DOWN),
        (CarrierRefused("401"), LookOutcome.REFUSED),
        (CarrierBusy("429", wait=MINUTE), LookOutcome.BUSY),
    ],
)
def test_every_failure_is_its_own_outcome_and_takes_nothing_back(
    world: World, error: CarrierError, outcome: LookOutcome
) -> None:
    """A carrier that has purged a delivered parcel has not un-delivered it."""
    order = world.order()
    world.say(order.shipments[0], a_scan(Milestone.OUT_FOR_DELIVERY))
    world.look()

    world.clocks.pass_by(3 * HOUR)
    world.fail(order.shipments[0], error)
    world.look()

    after = world.shipment(order.shipments[0])
    assert after.watch.outcome is outcome
    assert after.standing.milestone is Milestone.OUT_FOR_DELIVERY


def test_after_a_429_nobody_asks_until_its_wait_is_over(world: World) -> None:
    first, *others = [world.order().shipments[0] for _ in range(5)]
    for shipment in (first, *others):
        world.fail(shipment, CarrierBusy("429", wait=2 * MINUTE))

    report = world.look()
    asked_then = len(world.ups.asked)
    again = world.look()

    assert (asked_then, report.released, report.wait) == (1, 4, 2 * MINUTE)
    assert len(world.ups.asked) == 1
    assert again.wait is not None
    assert not again.more


def test_when_the_wait_is_over_one_probe_opens_the_gate(world: World) -> None:
    shipments = [world.order().shipments[0] for _ in range(5)]
    world.fail(shipments[0], CarrierBusy("429", wait=MINUTE))
    world.look()

    world.clocks.pass_by(MINUTE)
    for shipment in shipments:
        world.say(shipment, PICKED_UP)
    report = world.look()

    assert report.outcomes == {LookOutcome.NEWS: 5}


def test_three_failures_in_a_row_open_the_circuit(world: World) -> None:
    for _ in range(6):
        world.fail(world.order().shipments[0], CarrierDown("connection refused"))

    report = world.look()

    assert report.outcomes == {LookOutcome.DOWN: 3}
    assert report.released == 3
    world.clocks.pass_by(timedelta(minutes=4))
    assert world.look().looks == 0
    world.clocks.pass_by(timedelta(minutes=2))
    assert world.look().outcomes == {LookOutcome.DOWN: 1}  # the probe


def test_an_answer_between_failures_keeps_the_circuit_shut(world: World) -> None:
    shipments = [world.order().shipments[0] for _ in range(5)]
    for shipment in (*shipments[:2], *shipments[3:]):
        world.fail(shipment, CarrierDown("reset"))

    report = world.look()

    assert report.outcomes[LookOutcome.DOWN] == 4
    assert report.released == 0


def test_refused_credentials_stop_all_asking_and_are_probed_hourly(world: World) -> None:
    for _ in range(3):
        world.fail(world.order().shipments[0], CarrierRefused("401: invalid client"))

    assert world.look().outcomes == {LookOutcome.REFUSED: 1}
    world.clocks.pass_by(timedelta(minutes=59))
    assert world.look().looks == 0
    world.clocks.pass_by(timedelta(minutes=2))
    assert world.look().looks == 1


def test_our_own_limit_is_never_exceeded(world: World) -> None:
    world.quotas = (Quota(limit=3, per=HOUR),)
    for _ in range(8):
        world.order()

    world.look()
    world.look()

    assert len(world.ups.asked) == 3


def test_a_reader_that_breaks_on_one_answer_does_not_stop_the_others(world: World) -> None:
    shipments = [world.order().shipments[0] for _ in range(3)]
    for shipment in shipments:
        world.say(shipment, PICKED_UP)
    del world.ups.says[shipments[1].tracking_number]  # our carrier's file raises KeyError

    report = world.look()

    assert report.outcomes == {LookOutcome.NEWS: 2, LookOutcome.UNREADABLE: 1}
    assert len(report.defects) == 1


def test_a_process_that_is_told_to_stop_gives_back_what_it_did_not_ask(world: World) -> None:
    from tracker.pipeline.poll import poll

    for _ in range(4):
        world.order()

    report = poll(world.ups, world.looking(), stopping=lambda: len(world.ups.asked) == 1)

    assert (report.looks, report.released, report.more) == (1, 3, True)
    assert world.look().looks == 3


def test_due_news_is_rung_and_settling_news_is_not(world: World) -> None:
    settling, due = world.order(), world.order()
    world.say(settling.shipments[0], PICKED_UP)
    world.say(due.shipments[0], a_scan(Milestone.DELIVERED))

    world.look()

    assert world.bell.rings == [("dispatch", world.told(due)[0].id)]
