"""A carrier that is out of order makes every parcel blind that it should have been asked about, not the others."""

from datetime import timedelta

import pytest

from carriers.contract import CarrierBusy, CarrierDown, CarrierError, CarrierRefused
from carriers.events import Milestone
from tests.domain.builders import HOUR, a_scan
from tests.pipeline.world import BOOT, World
from tracker import outages
from tracker.domain.notices import Notice, NotificationState
from tracker.domain.orders import Order
from tracker.domain.problems import StuckReason
from tracker.domain.shipments import LookOutcome, Shipment
from tracker.pipeline.poll import poll
from tracker.pipeline.ports import Quota
from tracker.pipeline.quotas import widened
from tracker.store import sights

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
        view = sights.page(snapshot, world.store.vault.page_token(order.id))
    assert view is not None
    (shipment,) = outages.shown(view.order, view.shut, {"ups": world.ups}, now=world.clocks.now(), warp=None).shipments
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


def test_whom_no_probe_has_asked_is_on_the_queue_for_that_and_not_for_silence(world: World) -> None:
    """One parcel is asked in an hour, and every one of them would be called silent after three days."""
    world.clocks.shop = BOOT
    orders = [world.order() for _ in range(20)]
    for order in orders:
        world.say(order.shipments[0], PICKED_UP)
    world.look()
    for order in orders:
        world.fail(order.shipments[0], CarrierRefused("401"))

    for _ in range(16):
        world.clocks.pass_by(9 * HOUR)
        world.look()
        world.review()
    after = [world.shipment(order.shipments[0]) for order in orders]

    assert {each.judgement.stuck for each in after} == {StuckReason.CANNOT_ASK}
    assert {each.judgement.delayed for each in after} == {None}
    assert sum(each.watch.looks for each in after) == 20 + 16

    for order in orders:
        world.say(order.shipments[0], PICKED_UP)
    world.clocks.pass_by(2 * HOUR)
    world.look()

    assert not [order for order in orders if StuckReason.CANNOT_ASK in reasons_of(world, order)]


def reasons_of(world: World, order: Order) -> set[StuckReason]:
    return {each.reason for each in world.shipment(order.shipments[0]).judgement.problems}


def out_of_order(world: World, orders: list[Order], *, lasts: timedelta) -> None:
    """Nobody is answered for so long, probes and all."""
    for order in orders:
        world.fail(order.shipments[0], CarrierDown("503"))
    ends = world.clocks.now() + lasts
    while world.clocks.now() < ends:
        world.look()
        world.clocks.pass_by(20 * MINUTE)


def told_of(world: World, *orders: Order) -> list[Notice]:
    """What was sent, order by order."""
    rows = [row for order in orders for row in world.told(order)]
    return [row.notice for row in rows if row.state is NotificationState.ACCEPTED]


@pytest.fixture
def shipped(world: World) -> list[Order]:
    """Some orders whose readers know that they are on their way."""
    world.clocks.shop = BOOT
    orders = [world.order() for _ in range(5)]
    for order in orders:
        world.say(order.shipments[0], PICKED_UP)
    world.look()
    world.clocks.pass_by(5 * MINUTE)
    world.send_all()
    assert told_of(world, *orders) == [Notice.SHIPPED] * 5
    return orders


def test_after_an_outage_the_newest_truth_is_told_once_and_nothing_older(world: World, shipped: list[Order]) -> None:
    out_of_order(world, shipped, lasts=30 * HOUR)
    day = [
        PICKED_UP,
        a_scan(Milestone.OUT_FOR_DELIVERY, BOOT + 23 * HOUR),
        a_scan(Milestone.ATTEMPT_FAILED, BOOT + 26 * HOUR),
        a_scan(Milestone.DELIVERED, BOOT + 29 * HOUR),
    ]
    for order in shipped:
        world.say(order.shipments[0], *day)

    for _ in range(12):
        world.clocks.pass_by(10 * MINUTE)
        world.look()
        world.send_all()

    assert told_of(world, *shipped) == [Notice.SHIPPED, Notice.DELIVERED] * 5


def test_news_that_an_outage_made_old_is_not_told_at_all(world: World, shipped: list[Order]) -> None:
    """It was out for delivery yesterday; what it is today nobody knows."""
    out_of_order(world, shipped, lasts=44 * HOUR)
    for order in shipped:
        world.say(order.shipments[0], PICKED_UP, a_scan(Milestone.OUT_FOR_DELIVERY, BOOT + 23 * HOUR))

    for _ in range(12):
        world.clocks.pass_by(10 * MINUTE)
        world.look()
        world.send_all()

    assert Notice.OUT_FOR_DELIVERY not in told_of(world, *shipped)
    assert {world.shipment(order.shipments[0]).standing.milestone for order in shipped} == {Milestone.OUT_FOR_DELIVERY}


def test_after_an_outage_the_backlog_is_asked_at_a_pace_by_however_many_processes(world: World) -> None:
    world.clocks.shop = BOOT
    world.quotas = (Quota(limit=120, per=HOUR),)
    world.store.close_gate("carrier:ups:test", reason="down: 503", until_machine_at=BOOT + MINUTE, machine_now=BOOT)
    orders = [world.order() for _ in range(150)]
    for order in orders:
        world.say(order.shipments[0], PICKED_UP)
    world.clocks.pass_by(2 * MINUTE)
    (probe,) = world.store.claim_looks(
        "ups",
        "ups:test",
        limit=20,
        now=world.clocks.now(),
        machine_now=world.clocks.machine_now(),
        lease=MINUTE,
        owner="first",
        quotas=widened(world.quotas),
        calls_of=1,
    ).claims
    waiting = [poll(world.ups, world.looking(owner=f"process {n}")).looks for n in range(4)]
    world.store.open_gate("carrier:ups:test", machine_now=world.clocks.machine_now())  # what its good answer does

    asked = []
    for _ in range(5):
        asked.append(sum(poll(world.ups, world.looking(owner=f"process {n}")).looks for n in range(4)))
        world.clocks.pass_by(12 * MINUTE)

    assert probe.tracking_number
    assert waiting == [0] * 4
    assert sum(asked) <= 119
    assert max(asked) <= 120 / 6 + 12  # an even share, and what never-asked parcels may run ahead
    assert all(asked[:4])
