"""Silence and passed promises become state and news without any scan."""

from datetime import timedelta

from carriers.contract import CarrierDown
from carriers.events import Milestone, Promise
from tests.domain.builders import DAY, HOUR, MONDAY, a_scan
from tests.pipeline.world import World
from tracker.domain.notices import Notice
from tracker.domain.problems import StuckReason
from tracker.domain.shipments import Cause, DelayCause
from tracker.store import lookups


def transitions(world: World, shipment_id: str) -> list[Cause]:
    with world.store.read() as snapshot:
        journey = lookups.journey(snapshot, shipment_id)  # type: ignore[arg-type]
    assert journey is not None
    return [step.cause for step in journey.transitions]


def test_a_passed_promise_is_a_transition_and_told_once(world: World) -> None:
    order = world.order()
    shipment = order.shipments[0]
    world.say(shipment, a_scan(Milestone.IN_TRANSIT), promise=Promise(first_day=MONDAY, last_day=MONDAY))
    world.look()

    world.clocks.pass_by(DAY)
    reviewed = [world.review(), world.review()]

    assert reviewed == [1, 0]
    assert world.shipment(shipment).judgement.delayed is DelayCause.PROMISE_PASSED
    assert transitions(world, shipment.id) == [Cause.EVENT, Cause.PROMISE_PASSED]
    assert [row.notice for row in world.told(order)] == [Notice.IN_TRANSIT, Notice.DELAYED]


def test_silence_is_noticed_when_it_has_lasted_too_long(world: World) -> None:
    shipment = world.order().shipments[0]
    world.say(shipment, a_scan(Milestone.PICKED_UP))
    world.look()

    world.clocks.pass_by(2 * DAY - HOUR)
    early = world.review()
    world.clocks.pass_by(2 * HOUR)
    world.review()

    assert early == 0
    assert world.shipment(shipment).judgement.stuck is StuckReason.SILENT


def test_a_review_sets_the_next_one_or_none(world: World) -> None:
    """Otherwise the same rows would come back at every tick and keep the others out."""
    shipment = world.order().shipments[0]
    world.say(shipment, a_scan(Milestone.PICKED_UP), promise=Promise(first_day=MONDAY, last_day=MONDAY))
    world.look()

    for _ in range(30):
        world.clocks.pass_by(12 * HOUR)
        world.review()
        review_at = world.shipment(shipment).judgement.review_at
        assert review_at is None or review_at > world.clocks.shop


def test_not_being_able_to_ask_is_its_own_reason_and_ends_with_an_answer(world: World) -> None:
    shipment = world.order().shipments[0]
    world.say(shipment, a_scan(Milestone.IN_TRANSIT))
    world.look()
    world.fail(shipment, CarrierDown("503"))
    world.clocks.pass_by(3 * HOUR)
    world.look()

    world.clocks.pass_by(7 * HOUR)
    world.review()
    stuck = world.shipment(shipment).judgement.stuck
    world.say(shipment, a_scan(Milestone.IN_TRANSIT))
    world.look()

    assert stuck is StuckReason.CANNOT_ASK
    assert world.shipment(shipment).judgement.stuck is None


def test_a_number_nobody_knows_is_noticed(world: World) -> None:
    from carriers.contract import UnknownNumber

    shipment = world.order().shipments[0]
    world.fail(shipment, UnknownNumber("not found"))

    for _ in range(6):
        world.look()
        world.review()
        world.clocks.pass_by(timedelta(hours=13))

    assert world.shipment(shipment).judgement.stuck is StuckReason.NUMBER_UNKNOWN


def test_an_ended_journey_is_reviewed_no_more(world: World) -> None:
    shipment = world.order().shipments[0]
    world.say(shipment, a_scan(Milestone.DELIVERED), promise=Promise(first_day=MONDAY, last_day=MONDAY))
    world.look()

    world.clocks.pass_by(30 * DAY)

    assert world.review() == 0
