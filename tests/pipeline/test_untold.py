"""Ops hears of a shopper who could not be told, by the mark that the end of a notification leaves."""

from dataclasses import replace

import pytest

from carriers.events import Milestone
from notifiers.message import Channel, Handover, Verdict
from tests.domain.builders import DAY, HOUR, NOON, a_scan
from tests.pipeline.world import SOMEBODY, World
from tracker.domain.orders import Order
from tracker.domain.people import Consent, Recipient
from tracker.domain.problems import StuckReason
from tracker.domain.shipments import Shipment
from tracker.store import stuck
from tracker.store.stuck import Wanted

REJECTED = Handover(verdict=Verdict.REJECT, code="550")
BOUNCED = Handover(verdict=Verdict.SUPPRESS, code="550 5.1.1")


def travels(world: World, order: Order, milestone: Milestone, *, hours: int = 0) -> Shipment:
    """The carrier says so, everybody is told who can be, and what follows is judged."""
    (shipment,) = order.shipments
    earlier = a_scan(Milestone.PICKED_UP)
    world.say(
        shipment, earlier, *([a_scan(milestone, NOON + hours * HOUR)] if milestone is not Milestone.PICKED_UP else [])
    )
    world.look()
    world.clocks.pass_by(HOUR)
    world.send_all()
    world.review()
    return world.shipment(shipment)


def queue(world: World) -> list[StuckReason]:
    with world.store.read() as snapshot:
        page = stuck.stuck(snapshot, world.clocks.now() + DAY, wanted=Wanted())
    return [each.reason for row in page.rows for each in row.shipment.judgement.problems]


@pytest.mark.parametrize("handover", [REJECTED, BOUNCED])
def test_a_message_that_is_refused_marks_its_shipment(world: World, handover: Handover) -> None:
    world.provider.answers = [handover] * 9

    shipment = travels(world, world.order(), Milestone.PICKED_UP)

    assert queue(world) == [StuckReason.NOT_TOLD]
    assert shipment.untold
    assert (shipment.untold.why, shipment.untold.channel) == ("refused_by_provider", "email")
    assert shipment.judgement.delayed is None, "the parcel itself is well"


def test_a_message_that_is_accepted_leaves_none_and_takes_an_earlier_one_away(world: World) -> None:
    order = world.order()
    world.provider.answers = [REJECTED] * 2
    travels(world, order, Milestone.PICKED_UP)
    before = queue(world)
    world.provider.answers = []
    world.clocks.pass_by(3 * HOUR)

    shipment = travels(world, order, Milestone.OUT_FOR_DELIVERY, hours=1)

    assert before == [StuckReason.NOT_TOLD]
    assert (shipment.untold, queue(world)) == (None, [])


def test_nobody_mends_what_the_shopper_wanted(world: World) -> None:
    refused = Consent(channel=Channel.EMAIL, granted=False, source="checkout", at=SOMEBODY.consents[0].at)
    shipment = travels(world, world.order(recipients=[replace(SOMEBODY, consents=(refused,))]), Milestone.PICKED_UP)

    assert [row.state for row in world.told()] == ["suppressed"]
    assert (shipment.untold, queue(world)) == (None, [])


def test_an_order_without_an_address_is_named(world: World) -> None:
    nowhere = Recipient(id=SOMEBODY.id, name="Ada", locale="en")

    shipment = travels(world, world.order(recipients=[nowhere]), Milestone.PICKED_UP)

    assert shipment.untold
    assert shipment.untold.why == "no_address"
    assert queue(world) == [StuckReason.NOT_TOLD]


def test_an_address_that_bounced_before_is_for_ops_again(world: World) -> None:
    world.provider.answers = [BOUNCED]
    travels(world, world.order(), Milestone.PICKED_UP)
    again = replace(SOMEBODY, id=type(SOMEBODY.id)("f" * 32))

    shipment = travels(world, world.order(recipients=[again]), Milestone.PICKED_UP)

    assert shipment.untold
    assert shipment.untold.why == "opted_out"


def test_a_mark_survives_news_that_came_at_the_same_moment(world: World) -> None:
    """Whoever read the shipment before the mark was set reads it again."""
    order = world.order()
    world.provider.answers = [REJECTED] * 9
    shipment = travels(world, order, Milestone.PICKED_UP)

    world.say(order.shipments[0], a_scan(Milestone.PICKED_UP), a_scan(Milestone.IN_TRANSIT, NOON + HOUR))
    world.clocks.pass_by(DAY)
    world.look()

    assert world.shipment(shipment).untold == shipment.untold
    assert StuckReason.NOT_TOLD in queue(world)


def test_what_was_untold_at_the_end_is_shown_for_a_week(world: World) -> None:
    order = world.order()
    world.provider.answers = [REJECTED] * 9
    travels(world, order, Milestone.DELIVERED, hours=1)

    shown = queue(world)
    world.clocks.pass_by(8 * DAY)
    world.review()

    assert (shown, queue(world)) == ([StuckReason.NOT_TOLD], [])
