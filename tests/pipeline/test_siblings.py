"""The parcels of one order are asked together when one of them moves, so that one message counts them all."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, event

from carriers.contract import CarrierDown
from carriers.events import Milestone
from tests.domain.builders import HOUR, NOON, a_scan
from tests.pipeline.world import World
from tracker.domain.merging import MERGE_WAIT
from tracker.domain.notices import Notice, NotificationState
from tracker.domain.orders import Order
from tracker.pipeline.ports import Quota

MINUTE = timedelta(minutes=1)
PICKED_UP, OUT, DELIVERED = Milestone.PICKED_UP, Milestone.OUT_FOR_DELIVERY, Milestone.DELIVERED


def asked(world: World, order: Order) -> list[int]:
    """Which parcels were asked since the last question, by their place in the order."""
    numbers = [each.tracking_number for each in order.shipments]
    found = [numbers.index(number) for (number,) in world.ups.asked if number in numbers]
    world.ups.asked.clear()
    return found


def an_hour_apart(world: World, *, parcels: int) -> Order:
    """An order whose parcels have been asked, and are due again one after the other."""
    order = world.order(parcels=parcels)
    for shipment in order.shipments:
        world.say(shipment, a_scan(Milestone.LABEL_CREATED, NOON - HOUR))
        with world.store.write() as unit:
            unit.look_sooner([shipment.id], at=NOON)
    world.look()
    world.clocks.pass_by(timedelta(minutes=30))
    for n, shipment in enumerate(order.shipments):
        with world.store.write() as unit:
            unit.look_sooner([shipment.id], at=NOON + timedelta(minutes=30 + 20 * n))
    asked(world, order)
    return order


def test_when_one_parcel_moves_its_siblings_are_asked_at_once(world: World) -> None:
    order = an_hour_apart(world, parcels=3)
    for shipment in order.shipments:
        world.say(shipment, a_scan(PICKED_UP, NOON))

    world.look()

    assert sorted(asked(world, order)) == [0, 1, 2]
    pending = [row for row in world.told(order) if row.state is NotificationState.PENDING]
    assert [row.notice for row in pending] == [Notice.SHIPPED]


def test_all_parcels_are_told_of_once(world: World) -> None:
    order = an_hour_apart(world, parcels=3)
    for shipment in order.shipments:
        world.say(shipment, a_scan(PICKED_UP, NOON))
    world.look()

    world.clocks.pass_by(MERGE_WAIT)
    world.send_all()

    assert [message.subject for message in world.provider.sent] == [f"{order.number}: shipped"]


def test_a_look_without_a_move_asks_nobody_else(world: World) -> None:
    order = an_hour_apart(world, parcels=2)
    first = order.shipments[0]
    world.say(first, a_scan(Milestone.LABEL_CREATED, NOON - HOUR), a_scan(Milestone.UNKNOWN, NOON))

    world.look()

    assert asked(world, order) == [0]


def test_siblings_are_not_asked_again_within_ten_minutes(world: World) -> None:
    order = an_hour_apart(world, parcels=2)
    first, second = order.shipments
    world.say(first, a_scan(PICKED_UP, NOON))
    world.look()
    asked(world, order)

    world.clocks.pass_by(9 * MINUTE)
    world.say(first, a_scan(PICKED_UP, NOON), a_scan(OUT, NOON + 30 * MINUTE))
    with world.store.write() as unit:
        unit.look_sooner([first.id], at=world.clocks.shop)
    world.look()

    assert asked(world, order) == [0]
    assert world.shipment(second).watch.tried_at == world.clocks.shop - 9 * MINUTE


@pytest.mark.parametrize("milestone", [OUT, DELIVERED])
def test_a_sibling_that_is_as_far_or_has_ended_is_not_asked(world: World, milestone: Milestone) -> None:
    order = an_hour_apart(world, parcels=2)
    first, second = order.shipments
    world.say(second, a_scan(milestone, NOON))
    with world.store.write() as unit:
        unit.look_sooner([second.id], at=world.clocks.shop)
    world.fail(first, CarrierDown("not now"))
    world.look()
    asked(world, order)

    world.clocks.pass_by(14 * MINUTE)
    world.say(first, a_scan(OUT, NOON))
    world.look()

    assert asked(world, order) == [0]


def test_the_last_tenth_of_the_quota_is_not_spent_on_siblings(world: World) -> None:
    world.quotas = (Quota(limit=20, per=timedelta(days=1), calendar=True),)
    for _ in range(16):
        world.store.spend(world.ups.credential, world.quotas, machine_now=world.clocks.machine)
    order = an_hour_apart(world, parcels=2)  # two calls more
    world.say(order.shipments[0], a_scan(PICKED_UP, NOON))

    world.look()  # and the last

    assert asked(world, order) == [0]


@pytest.mark.parametrize(("parcels", "statements"), [(1, 0), (3, 1)])
def test_parcels_without_siblings_cost_no_statement_more(world: World, parcels: int, statements: int) -> None:
    order = an_hour_apart(world, parcels=parcels)
    world.say(order.shipments[0], a_scan(PICKED_UP, NOON))

    assert statements_of_a_look(world) == statements


def statements_of_a_look(world: World) -> int:
    """How many times one poll changes the plans of parcels it was not asking about."""
    seen: list[str] = []

    def remember(connection: Connection, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith("UPDATE shipments SET next_look_at"):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", remember)
    world.look()
    event.remove(Engine, "before_cursor_execute", remember)
    return len([one for one in seen if "tried_at" not in one])
