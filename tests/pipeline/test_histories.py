"""Generated journeys through the real steps and a real database end as told, and tell what the rules alone would."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from carriers.events import Tracked
from tests.domain.builders import a_shipment, an_order
from tests.domain.desk import Desk, play
from tests.domain.histories import Look, Story, any_looks, one_look_each
from tests.domain.journeys import a_story
from tests.pipeline.world import World
from tracker.domain import windows
from tracker.domain.notices import Notice
from tracker.domain.orders import Order
from tracker.domain.shipments import Shipment, ShipmentId
from tracker.pipeline.ingest import ingest
from tracker.store.outbox_tables import notifications

LATER = timedelta(hours=1)
SEEDS = {"sqlite": range(80), "postgresql": range(1000, 1025)}


@pytest.fixture
def seeds(request: pytest.FixtureRequest, migrated_url: str) -> range:
    """More on the engine that needs no server."""
    return SEEDS["sqlite" if migrated_url.startswith("sqlite") else "postgresql"]


def test_any_looks_end_the_same_and_tell_what_the_rules_say(world: World, seeds: range) -> None:
    """Scans shown late, repeated, in any order and any split; each story against the rules played in memory."""
    for seed in seeds:
        story = a_story(seed)
        looks = any_looks(story, Random(f"looks of {seed}"))

        told, shipment = through_the_steps(world, story, looks)
        desk = in_memory(story, looks)

        assert told == [row.notice for row in desk.told], f"seed {seed}"
        assert (shipment.standing.milestone, shipment.standing.visit) == story.ends_as, f"seed {seed}"
        assert shipment.standing == desk.shipment().standing, f"seed {seed}"
        assert windows.says_the_same(shipment.window, desk.shipment().window), f"seed {seed}"


def test_one_look_for_each_scan_tells_exactly_the_story(world: World, seeds: range) -> None:
    for seed in seeds[:15]:
        story = a_story(seed)

        told, _ = through_the_steps(world, story, one_look_each(story))

        assert told == story.messages, f"seed {seed}"


def test_the_same_looks_again_change_and_tell_nothing(world: World) -> None:
    for seed in range(5000, 5004):
        story = a_story(seed)
        looks = one_look_each(story)
        order = begin(world, story)
        for look in looks:
            look_at(world, order.shipments[0], look)
        until(world, looks[-1].at + LATER)
        before = world.shipment(order.shipments[0])
        rows = world.told(order)

        for look in (*looks, *reversed(looks)):
            read(world, order.shipments[0], look, at=looks[-1].at + LATER)

        assert world.shipment(order.shipments[0]).standing == before.standing, f"seed {seed}"
        assert world.told(order) == rows, f"seed {seed}"


def through_the_steps(world: World, story: Story, looks: list[Look]) -> tuple[list[Notice], Shipment]:
    """What was handed over, in order, and the shipment at the end."""
    order = begin(world, story)
    sent_before = len(world.provider.sent)
    for look in looks:
        look_at(world, order.shipments[0], look)
    until(world, looks[-1].at + LATER)
    told = [Notice(message.subject.rpartition(": ")[2]) for message in world.provider.sent[sent_before:]]
    keys = Counter(row.dedupe_key for row in world.told(order))
    assert max(keys.values(), default=1) == 1
    return told, world.shipment(order.shipments[0])


def in_memory(story: Story, looks: list[Look]) -> Desk:
    order = an_order(a_shipment(created_at=story.begins_at, notify_after=story.begins_at))
    desk = play(Desk(order=order), looks)
    desk.until(looks[-1].at + LATER)
    return desk


def begin(world: World, story: Story) -> Order:
    world.clocks.shop = story.begins_at
    return world.order(told_since=story.begins_at)


def look_at(world: World, shipment: Shipment, look: Look) -> None:
    """Hand over what has fallen due, then read the answer."""
    until(world, look.at)
    read(world, shipment, look, at=look.at)


def read(world: World, shipment: Shipment, look: Look, *, at: datetime) -> None:
    """What the poll does with an answer, at an instant the test chooses."""
    world.clocks.shop = at
    tracked = Tracked(tracking_number=shipment.tracking_number, events=look.events, promise=look.promise)
    with world.store.write() as unit:
        dossier = unit.dossier(ShipmentId(shipment.id))
        ingest(unit, dossier, [tracked], seen_at=at, machine_now=world.clocks.machine_now(), rules=world.rules)


def until(world: World, at: datetime) -> None:
    """Hand over everything at the instant it falls due."""
    first = select(func.min(notifications.c.not_before_at)).where(notifications.c.state == "pending")
    while True:
        with world.store.read() as snapshot:
            due_at = snapshot.connection.execute(first).scalar()
        if due_at is None or due_at > at:
            world.clocks.shop = at
            return
        world.clocks.shop = due_at
        world.clocks.machine += timedelta(minutes=1)
        if not world.send():
            world.store.outbox.expire(limit=100, now=due_at, machine_now=world.clocks.machine_now())
