"""A carrier that is out of order makes every parcel blind that it should have been asked about, not the others."""

from datetime import timedelta

import pytest

from carriers.contract import CarrierBusy, CarrierDown, CarrierError, CarrierRefused
from carriers.events import Milestone
from tests.domain.builders import HOUR, a_scan
from tests.pipeline.world import BOOT, World
from tracker import outages
from tracker.domain.orders import Order
from tracker.domain.shipments import LookOutcome, Shipment
from tracker.store import lookups

MINUTE = timedelta(minutes=1)
PICKED_UP = a_scan(Milestone.PICKED_UP, BOOT)


@pytest.fixture
def two(world: World) -> tuple[Order, Order]:
    """Two orders whose parcels were asked a while ago and are due; shop and machine have one clock."""
    world.clocks.shop = BOOT
    orders = world.order(), world.order()
    for order in orders:
        world.say(order.shipments[0], PICKED_UP)
    world.look()
    world.clocks.pass_by(3 * HOUR)
    return orders


def shown(world: World, order: Order) -> Shipment:
    """The parcel as the page tells it."""
    with world.store.read() as snapshot:
        stored = lookups.order_by_id(snapshot, order.id)
    assert stored is not None
    (shipment,) = outages.shown(stored, world.store, {"ups": world.ups}, now=world.clocks.now(), warp=None).shipments
    return shipment


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (CarrierBusy("429", wait=HOUR), LookOutcome.BUSY),
        (CarrierRefused("401"), LookOutcome.REFUSED),
    ],
)
def test_the_parcel_nobody_asked_is_as_blind_as_the_one_that_found_out(
    world: World, two: tuple[Order, Order], error: CarrierError, outcome: LookOutcome
) -> None:
    for order in two:
        world.fail(order.shipments[0], error)
    since = world.clocks.now()
    assert world.look().looks == 1

    world.clocks.pass_by(20 * MINUTE)

    watches = [shown(world, order).watch for order in two]
    assert [each.outcome for each in watches] == [outcome] * 2
    assert [each.failing_since for each in watches] == [since] * 2


def test_an_outage_is_dated_from_its_first_failure_through_every_probe(world: World, two: tuple[Order, Order]) -> None:
    since = world.clocks.now()
    orders = (*two, *(world.order() for _ in range(9)))
    for order in orders:
        world.fail(order.shipments[0], CarrierDown("503"))

    for _ in range(4):
        world.look()
        world.clocks.pass_by(6 * MINUTE)

    assert {shown(world, order).watch.failing_since for order in orders} == {since}


def test_a_parcel_that_is_not_due_is_not_blind(world: World, two: tuple[Order, Order]) -> None:
    world.fail(two[0].shipments[0], CarrierBusy("429", wait=HOUR))
    world.look()
    world.clocks.shop -= 2 * HOUR  # as if the other were due only later

    assert shown(world, two[1]).watch.failing_since is None


def test_when_the_carrier_answers_again_nobody_is_blind(world: World, two: tuple[Order, Order]) -> None:
    world.fail(two[0].shipments[0], CarrierBusy("429", wait=MINUTE))
    world.fail(two[1].shipments[0], CarrierBusy("429", wait=MINUTE))
    world.look()
    for order in two:
        world.say(order.shipments[0], PICKED_UP)

    world.clocks.pass_by(2 * MINUTE)
    world.look()

    assert {shown(world, order).watch.failing_since for order in two} == {None}
