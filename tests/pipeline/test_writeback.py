"""Answers are written down many at a time, and nobody could tell."""

from dataclasses import replace

import pytest

from carriers.events import Milestone
from tests.domain.builders import HOUR, NOON, a_scan
from tests.pipeline.world import World
from tracker.domain.orders import Order, OrderStage
from tracker.domain.shipments import LookOutcome, ShipmentId
from tracker.pipeline.ports import Raced
from tracker.pipeline.writeback import AT_ONCE

PICKED_UP, DELIVERED = Milestone.PICKED_UP, Milestone.DELIVERED


def stored(world: World, order: Order) -> Order:
    with world.store.write() as unit:
        return unit.dossier(order.shipments[0].id).order


def save(world: World, versions: dict[ShipmentId, int]) -> None:
    """One more scan for each, and the shipment as of that version."""
    with world.store.write() as unit:
        found = unit.dossiers(list(versions))
        for id_, version in versions.items():
            unit.add_events(id_, [a_scan(PICKED_UP, NOON)], seen_at=NOON, not_seen_at=None)
            unit.save_shipment(replace(found[id_].shipment, left_with="Door", version=version))


def test_parcels_of_one_order_see_each_other_in_one_batch(world: World) -> None:
    orders = [world.order(parcels=2) for _ in range(AT_ONCE)]
    for shipment in (each for order in orders for each in order.shipments):
        world.say(shipment, a_scan(PICKED_UP, NOON - HOUR), a_scan(DELIVERED, NOON))

    report = world.look()

    assert report.outcomes == {LookOutcome.NEWS: 2 * AT_ONCE}
    for order in orders:
        state = stored(world, order).state
        assert (state.stage, state.delivered, state.ended) == (OrderStage.DELIVERED, 2, True)


def test_a_shipment_another_has_changed_keeps_the_whole_unit_from_being_written(world: World) -> None:
    ids = [world.order().shipments[0].id for _ in range(3)]

    with pytest.raises(Raced):
        save(world, dict(zip(ids, (1, 2, 1), strict=True)))

    with world.store.write() as unit:
        kept = unit.dossiers(ids)
    assert [(kept[id_].events, kept[id_].shipment.version) for id_ in ids] == [((), 0)] * 3


def test_what_waits_to_be_written_is_seen_by_the_next_question(world: World) -> None:
    shipment = world.order().shipments[0]
    scan = a_scan(PICKED_UP, NOON)

    with world.store.write() as unit:
        unit.add_events(shipment.id, [scan], seen_at=NOON, not_seen_at=None)
        events = unit.dossier(shipment.id).events

    assert events == (scan,)


def test_shipments_that_are_gone_are_left_out(world: World) -> None:
    shipment = world.order().shipments[0]
    other = world.order(parcels=2)

    with world.store.write() as unit:
        found = unit.dossiers([shipment.id, other.shipments[1].id, ShipmentId("0" * 32)])

    assert set(found) == {shipment.id, other.shipments[1].id}
    assert [each.id for each in found[other.shipments[1].id].order.shipments] == [each.id for each in other.shipments]
