"""The volume fuse blows when nothing explains so many messages, and never over a shop's ordinary first day."""

from datetime import timedelta

import pytest

from carriers.events import Milestone
from tests.domain.builders import DAY, a_scan
from tests.pipeline.world import World
from tracker.pipeline.fuse import Fuse, Traffic, hourly_cap
from tracker.store.traffic import traffic


@pytest.mark.parametrize(
    ("seen", "cap"),
    [
        (Traffic(starts=()), 100),  # a new shop without an order
        (Traffic(starts=(3, 0, 5, 4)), 100),  # a quiet one
        (Traffic(starts=(40, 0, 0, 60, 50)), 250),  # five times the middle of the hours in which anything was sent
        (Traffic(starts=(*[50] * 100, 100_000)), 250),  # one burst last week does not raise the usual
        (Traffic(starts=(), new_orders=300), 1_200),  # a shop that begins: each new order is confirmed and shipped
        (Traffic(starts=(), open_orders=2_000), 4_000),  # its second hour: news of each, by mail and by text
        (Traffic(starts=(20,) * 24, open_orders=2_000), 100),  # after a day the usual is known
        (Traffic(starts=(20,) * 24, new_orders=500), 2_000),  # a campaign: the orders explain the messages
    ],
)
def test_the_cap_follows_the_usual_hour_and_what_there_is_to_tell(seen: Traffic, cap: int) -> None:
    assert hourly_cap(seen, factor=5, floor=100) == cap


def test_traffic_is_what_was_started_and_what_is_open(world: World) -> None:
    order, ended = world.order(), world.order()
    for each in (order, ended):
        world.say(each.shipments[0], a_scan(Milestone.DELIVERED if each is ended else Milestone.OUT_FOR_DELIVERY))
    world.look()
    world.clocks.pass_by(timedelta(minutes=1))
    world.send_all()

    def seen() -> Traffic:
        with world.store.read() as snapshot:
            now, machine_now = world.clocks.now(), world.clocks.machine_now()
            return traffic(snapshot, brands=["fern"], now=now, machine_now=machine_now)

    first = seen()
    world.clocks.pass_by(timedelta(hours=2))
    later = seen()

    assert (first.new_orders, first.open_orders, sum(first.starts)) == (2, 1, 0)  # this hour is not over
    assert (later.new_orders, later.open_orders, later.starts[1]) == (0, 1, 2)


def test_a_first_hour_of_many_orders_does_not_blow_it(world: World) -> None:
    """Measured at a hundred messages before: a shop that began with more was stopped within its first hour."""
    fuse = Fuse(
        lambda: Traffic(starts=(), new_orders=120, open_orders=120),
        factor=5,
        floor=100,
        machine_now=world.clocks.machine_now,
    )

    assert fuse() >= 120 * 2


def test_the_cap_is_worked_out_anew(world: World) -> None:
    answers = iter([Traffic(starts=()), Traffic(starts=(), new_orders=50)])
    fuse = Fuse(lambda: next(answers), factor=5, floor=100, machine_now=world.clocks.machine_now)

    first = fuse(), fuse()
    world.clocks.pass_by(DAY)

    assert (*first, fuse()) == (100, 100, 200)
