"""Orders in several parcels through the real steps and a real database tell what the rules alone would, with the same
counts."""

from random import Random

import pytest
from sqlalchemy import select

from tests.domain.builders import a_shipment, an_order
from tests.domain.desk import Desk
from tests.domain.parcels import OrderLook, OrderStory, an_order_story, looked_at_anyhow, looked_at_each
from tests.pipeline.test_histories import LATER, read, until
from tests.pipeline.world import World
from tracker.domain.notices import Told
from tracker.store.codec import from_plain
from tracker.store.outbox_tables import notifications

Count = tuple[str, int, int, int, int]  # notice, parcels at once, earlier, behind, delivered
SEEDS = {"sqlite": range(25), "postgresql": range(100, 108)}


@pytest.fixture
def seeds(request: pytest.FixtureRequest, migrated_url: str) -> range:
    """More on the engine that needs no server."""
    return SEEDS["sqlite" if migrated_url.startswith("sqlite") else "postgresql"]


def test_counts_are_those_of_the_rules_however_the_parcels_are_looked_at(world: World, seeds: range) -> None:
    for seed in seeds:
        story = an_order_story(seed)
        looks = looked_at_anyhow(story, Random(f"looks at order {seed}"))

        assert through_the_steps(world, story, looks) == in_memory(story, looks), f"seed {seed}"


def test_counts_are_those_of_the_rules_when_every_scan_is_seen(world: World, seeds: range) -> None:
    for seed in seeds[:10]:
        story = an_order_story(seed)
        looks = looked_at_each(story)

        assert through_the_steps(world, story, looks) == in_memory(story, looks), f"seed {seed}"


def through_the_steps(world: World, story: OrderStory, looks: list[OrderLook]) -> list[Count]:
    """What was handed over, in order."""
    world.clocks.shop = story.begins_at
    order = world.order(parcels=len(story.parcels), told_since=story.begins_at)
    journeys = dict(zip(story.parcels, sorted(order.shipments, key=lambda one: one.id), strict=True))
    for name, look in looks:
        until(world, look.at)
        read(world, journeys[name], look, at=look.at)
    until(world, looks[-1][1].at + LATER)
    wanted = select(notifications.c.told).where(
        notifications.c.order_id == order.id, notifications.c.started_at.is_not(None)
    )
    with world.store.read() as snapshot:
        rows = snapshot.connection.execute(wanted.order_by(notifications.c.started_at, notifications.c.id)).scalars()
        return [count(from_plain(Told, row)) for row in rows]


def in_memory(story: OrderStory, looks: list[OrderLook]) -> list[Count]:
    begin = story.begins_at
    desk = Desk(order=an_order(*(a_shipment(id=name, created_at=begin, notify_after=begin) for name in story.parcels)))
    for name, look in looks:
        desk.look(look, name)
    desk.until(looks[-1][1].at + LATER)
    return [count(row.told) for row in desk.told]


def count(told: Told) -> Count:
    return told.notice, told.together, told.earlier, told.behind, told.delivered
