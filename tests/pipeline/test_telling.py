"""What is decided, what gives way to something newer, and what may still stop a message before it starts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from carriers.events import Milestone
from notifiers.message import Channel
from tests.domain.builders import HOUR, a_scan
from tests.pipeline.world import World
from tracker.domain.notices import Notice, NotificationState, WhyNot
from tracker.domain.orders import Order
from tracker.domain.people import Consent
from tracker.pipeline.dispatch import dispatch
from tracker.pipeline.faults import FaultPoint, no_fault
from tracker.store import pauses, upkeep
from tracker.store.pauses import Pause
from tracker.store.vault import Unsubscribed

SETTLES = timedelta(seconds=90)
PICKED_UP = a_scan(Milestone.PICKED_UP)


def picked_up(world: World) -> Order:
    order = world.order()
    world.say(order.shipments[0], PICKED_UP)
    world.look()
    return order


def test_news_settles_before_it_is_told(world: World) -> None:
    picked_up(world)

    assert world.send() == 0
    world.clocks.pass_by(SETTLES)
    assert world.send() == 1


def test_later_news_takes_the_place_of_what_waits(world: World) -> None:
    order = picked_up(world)

    world.clocks.pass_by(3 * HOUR)
    world.say(order.shipments[0], PICKED_UP, a_scan(Milestone.DELIVERED, world.clocks.shop))
    world.look()
    world.send_all()

    assert [(row.notice, row.state) for row in world.told(order)] == [
        (Notice.SHIPPED, NotificationState.SUPERSEDED),
        (Notice.DELIVERED, NotificationState.ACCEPTED),
    ]


def test_whoever_unsubscribes_between_claim_and_start_gets_nothing(world: World) -> None:
    order = picked_up(world)
    world.clocks.pass_by(SETTLES)

    def unsubscribe(point: FaultPoint) -> None:
        if point is FaultPoint.SEND_BEFORE_START_COMMIT:
            address = order.recipients[0].contacts[0].address
            hmac = world.store.vault.contact_hmac(Channel.EMAIL, address)
            who = Unsubscribed(channel=Channel.EMAIL, contact_hmac=hmac, brand="fern")
            upkeep.stop_mail(world.store, who, source="link", at=world.clocks.now())

    world.hit = unsubscribe
    world.send()

    row = world.told(order)[0]
    assert (row.state, row.why_not) == (NotificationState.SUPPRESSED, WhyNot.OPTED_OUT)
    assert world.provider.sent == []


def test_consent_taken_back_between_claim_and_start_counts(world: World) -> None:
    order = picked_up(world)
    world.clocks.pass_by(SETTLES)

    def take_back(point: FaultPoint) -> None:
        if point is FaultPoint.SEND_BEFORE_START_COMMIT:
            no = Consent(channel=Channel.EMAIL, granted=False, source="shop", at=world.clocks.now())
            person = order.recipients[0]
            with world.store.write() as unit:
                changed = replace(order, recipients=(replace(person, consents=(*person.consents, no)),))
                unit.save_order(changed, body_sha256="")

    world.hit = take_back
    world.send()

    assert world.told(order)[0].why_not is WhyNot.OPTED_OUT
    assert world.provider.sent == []


@pytest.mark.parametrize("pause", [Pause(), Pause(brand="fern"), Pause(notice="shipped"), Pause(channel="email")])
def test_a_pause_holds_back_and_resuming_sends_what_is_still_true(world: World, pause: Pause) -> None:
    order = picked_up(world)
    world.clocks.pass_by(SETTLES)
    with world.store.begin() as connection:
        pauses.add(connection, pause, at=world.clocks.now())

    world.send()
    held = world.told(order)[0].state
    with world.store.begin() as connection:
        pauses.lift(connection, pause)
    world.clocks.pass_by(timedelta(minutes=1))
    world.send()

    assert held is NotificationState.PENDING
    assert world.told(order)[0].state is NotificationState.ACCEPTED


def test_a_pause_that_comes_after_the_claim_still_holds(world: World) -> None:
    order = picked_up(world)
    world.clocks.pass_by(SETTLES)

    def pause(point: FaultPoint) -> None:
        if point is FaultPoint.SEND_AFTER_CLAIM:
            with world.store.begin() as connection:
                pauses.add(connection, Pause(brand="fern"), at=world.clocks.now())

    world.hit = pause
    world.send()

    assert world.told(order)[0].state is NotificationState.PENDING
    assert world.provider.sent == []


def test_on_hold_nothing_leaves(world: World) -> None:
    picked_up(world)
    world.clocks.pass_by(SETTLES)
    upkeep.hold(world.store, "restored from a backup")

    world.send()

    assert world.provider.sent == []


def test_news_that_comes_between_claim_and_start_takes_the_place_of_what_was_claimed(world: World) -> None:
    """Nothing has left yet, so "shipped" is not sent a second before "delivered"."""
    order = picked_up(world)
    world.clocks.pass_by(3 * HOUR)

    def deliver(point: FaultPoint) -> None:
        if point is FaultPoint.SEND_AFTER_CLAIM and not world.provider.sent:
            world.hit = no_fault
            world.say(order.shipments[0], PICKED_UP, a_scan(Milestone.DELIVERED, world.clocks.shop))
            world.look()

    world.hit = deliver
    world.send_all()

    assert [message.subject for message in world.provider.sent] == [f"{order.number}: delivered"]
    assert [row.state for row in world.told(order)] == [NotificationState.SUPERSEDED, NotificationState.ACCEPTED]


def test_the_past_of_an_imported_parcel_is_told_to_nobody(world: World) -> None:
    order = world.order(told_since=world.clocks.shop + HOUR)
    world.say(order.shipments[0], a_scan(Milestone.OUT_FOR_DELIVERY))

    world.look()
    world.send_all()

    assert [row.why_not for row in world.told(order)] == [WhyNot.HISTORY]
    assert world.provider.sent == []


def test_a_second_message_to_one_person_waits_until_the_first_is_through(world: World) -> None:
    """Then five seconds, not the half minute of a pause."""
    order = picked_up(world)
    world.clocks.pass_by(3 * HOUR)

    def deliver(point: FaultPoint) -> None:
        if point is FaultPoint.SEND_BEFORE_CONNECT:
            world.hit = no_fault
            world.say(order.shipments[0], PICKED_UP, a_scan(Milestone.DELIVERED, world.clocks.shop))
            world.look()
            world.send()

    world.hit = deliver
    world.send()
    between = [row.state for row in world.told(order)]
    world.clocks.pass_by(timedelta(seconds=5))
    world.send()

    assert between == [NotificationState.ACCEPTED, NotificationState.PENDING]
    assert [message.subject.rpartition(": ")[2] for message in world.provider.sent] == ["shipped", "delivered"]


def test_a_brand_taken_out_of_the_settings_is_followed_and_not_told(world: World) -> None:
    order = world.order()
    world.say(order.shipments[0], PICKED_UP)
    world.rules = replace(world.rules, brands={})

    report = world.look()

    assert report.defects == ()
    assert world.shipment(order.shipments[0]).standing.milestone is Milestone.PICKED_UP
    assert world.told(order) == []


def test_a_blown_fuse_raises_an_alarm(world: World) -> None:
    alarms: list[str] = []
    for _ in range(3):
        world.say(world.order().shipments[0], a_scan(Milestone.DELIVERED))
    world.look()

    dispatch(None, replace(world.sending(cap=1), alarm=alarms.append), limit=3)

    assert len(world.provider.sent) == 1
    assert "wismo resume" in alarms[0]
