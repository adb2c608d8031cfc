"""Where a text could reach the wrong person, come after a STOP, or say what is no longer true."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from carriers.events import Milestone
from notifiers.message import Channel, Handover, Verdict
from notifiers.receipts import Keyword, Reply
from tests.domain.builders import HOUR, a_scan
from tests.pipeline.test_texts import ADA, MINUTE, NUMBER, R, S, a_report, delivered, hear, now, write_back
from tests.pipeline.world import RULES, Row, World
from tracker.domain.notices import WhyNot
from tracker.domain.orders import Order
from tracker.domain.people import Contact
from tracker.pipeline import receipts
from tracker.pipeline.receipts import Kind, Posted

OTHER = "+4791111111"


@pytest.fixture
def shop(world: World) -> World:
    """A shop that sends texts and nothing else."""
    world.rules = replace(RULES, channels=(Channel.SMS,))
    return world


def correct_the_number(shop: World, order: Order) -> None:
    """The shop learns that the number was somebody else's."""
    with shop.store.write() as unit:
        known, _, _ = unit.order_dossier(order.id)
        (reader,) = known.recipients
        moved = replace(reader, contacts=(Contact(channel=Channel.SMS, address=OTHER),))
        unit.save_order(replace(known, recipients=(moved,)), body_sha256="1" * 64)


def delivered_order(shop: World) -> tuple[Order, Row]:
    """One order whose delivery is to be told by text."""
    order = shop.order(recipients=(ADA,))
    shop.say(order.shipments[0], a_scan(Milestone.DELIVERED, shop.clocks.now()))
    shop.look()
    return order, shop.told(order)[0]


def an_answer(keyword: Keyword, *, sid: str) -> Posted:
    reply = Reply(
        provider_message_id=sid,
        account="AC1",
        sender=NUMBER,
        to="+12025550100",
        text=keyword.value,
        keyword=keyword,
        needs_review=False,
    )
    return Posted(kind=Kind.REPLY, form=(), reply=reply)


def test_a_text_that_goes_again_goes_to_the_number_that_is_right_by_then(shop: World) -> None:
    order, row = delivered_order(shop)
    shop.phone.answers = [Handover(verdict=Verdict.RETRY, code="20429")]
    shop.send_all()

    correct_the_number(shop, order)
    shop.clocks.pass_by(MINUTE)
    shop.send_all()

    assert [text.to for text in shop.phone.sent] == [NUMBER, OTHER]
    assert (now(shop, row).state, now(shop, row).attempts) == (S.ACCEPTED, 2)


def test_a_number_corrected_between_the_claim_and_the_start_gets_the_text(shop: World) -> None:
    order, row = delivered_order(shop)
    corrections = [order]

    def correct_once(point: str) -> None:
        if point == "send_before_start_commit" and corrections:
            correct_the_number(shop, corrections.pop())

    shop.hit = correct_once
    shop.send_all()

    assert [text.to for text in shop.phone.sent] == [OTHER]
    assert (now(shop, row).state, now(shop, row).attempts) == (S.ACCEPTED, 1)


def test_a_stop_is_not_lifted_by_a_text_that_arrives_after_all(shop: World) -> None:
    """The network had told of the opt-out before the person's own word came."""
    row = delivered(shop)
    shop.send_all()
    hear(shop, row, a_report(R.UNDELIVERED, code="21610", verdict=Verdict.SUPPRESS))
    write_back(shop, Keyword.STOP)

    hear(shop, row, a_report(R.DELIVERED))

    assert now(shop, row).state is S.DELIVERED
    assert delivered(shop).why_not is WhyNot.OPTED_OUT


def test_a_start_that_was_kept_before_a_stop_does_not_undo_it_later(shop: World) -> None:
    """The process that had kept START died; the sweep comes after the STOP."""
    write_back(shop, Keyword.STOP, sid="SM1")
    shop.receiving.inbox.keep(an_answer(Keyword.START, sid="SM2"), machine_now=shop.clocks.machine)

    receipts.take_in(an_answer(Keyword.STOP, sid="SM3"), shop.receiving)
    receipts.apply(shop.receiving, limit=10)

    assert delivered(shop).why_not is WhyNot.OPTED_OUT


def test_a_text_that_waited_for_the_morning_says_what_is_true_then(shop: World) -> None:
    """Words made in the evening speak of another day."""
    row = delivered(shop, to=replace(ADA, time_zone="Europe/Oslo"))
    evening, morning = datetime(2026, 5, 4, 18, 59, tzinfo=UTC), datetime(2026, 5, 5, 6, 20, tzinfo=UTC)
    shop.clocks.shop = evening

    def night_falls(point: str) -> None:
        if point == "send_before_start_commit" and shop.clocks.shop == evening:
            shop.clocks.shop += HOUR

    shop.hit = night_falls
    shop.send_all()
    shop.clocks.shop = morning
    shop.send_all()

    assert now(shop, row).state is S.ACCEPTED
    assert [text.planned_at for text in shop.phone.sent] == [morning]
