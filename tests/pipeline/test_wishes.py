"""What a reader chose holds: at the decision, at the hand-over, and whatever the shop states again."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from carriers.events import Milestone
from notifiers.message import Channel
from tests.domain.builders import NOON, a_recipient, a_scan
from tests.pipeline.registering import STATED, TERMS, change, opened, read, stated, take_in
from tests.pipeline.test_texts import ADA
from tests.pipeline.world import BOOT, RULES, SOMEBODY, World
from tracker.domain.notices import Notice, NotificationState, WhyNot
from tracker.domain.orders import Order
from tracker.domain.people import Contact, Recipient, RecipientId
from tracker.domain.wishes import Kind, QuietHours, Wishes
from tracker.pipeline import letters
from tracker.store import invitations, readers
from tracker.store.invitations import Invitation
from tracker.store.readers import Chosen

NIGHT = QuietHours(since=time(20), until=time(9))


def chosen(order: Order, reader: Recipient, wishes: Wishes) -> Chosen:
    return Chosen(order_id=order.id, recipient_id=reader.id, wishes=wishes, agreed=())


def with_wishes(**chosen: object) -> Recipient:
    return a_recipient(wishes=Wishes(**chosen))  # type: ignore[arg-type]


def news(
    world: World, reader: Recipient, milestone: Milestone
) -> list[tuple[Notice, NotificationState, WhyNot | None]]:
    """What became of the news of one parcel that has come this far."""
    order = world.order(recipients=(reader,))
    world.say(order.shipments[0], a_scan(milestone))
    world.look()
    world.clocks.pass_by(timedelta(minutes=5))
    world.send_all()
    return [(row.notice, row.state, row.why_not) for row in world.told(order)]


def test_a_kind_that_is_not_wanted_is_not_told_and_says_why(world: World) -> None:
    reader = with_wishes(silent=frozenset({Kind.ON_ITS_WAY}))

    told = [news(world, reader, each) for each in (Milestone.PICKED_UP, Milestone.OUT_FOR_DELIVERY)]

    assert told == [
        [(Notice.SHIPPED, NotificationState.SUPPRESSED, WhyNot.NOT_WANTED)],
        [(Notice.OUT_FOR_DELIVERY, NotificationState.ACCEPTED, None)],
    ]
    assert len(world.provider.sent) == 1


@pytest.mark.parametrize(
    ("silent", "outcome"),
    [
        (frozenset(Kind) - {Kind.DELIVERED}, (NotificationState.ACCEPTED, None)),
        (frozenset(Kind), (NotificationState.SUPPRESSED, WhyNot.NOT_WANTED)),
    ],
    ids=["something is on", "nothing is on"],
)
def test_bad_news_stays_on_while_anything_is(
    world: World, silent: frozenset[Kind], outcome: tuple[NotificationState, WhyNot | None]
) -> None:
    told = news(world, with_wishes(silent=silent), Milestone.ATTEMPT_FAILED)

    assert told == [(Notice.ATTEMPT_FAILED, *outcome)]


def test_a_channel_can_be_off_while_the_other_is_on(world: World) -> None:
    world.rules = replace(RULES, channels=(Channel.EMAIL, Channel.SMS))
    reader = replace(
        ADA,
        contacts=(*ADA.contacts, Contact(channel=Channel.EMAIL, address="ada@shopper.example")),
        consents=(*ADA.consents, *SOMEBODY.consents),
        wishes=Wishes(off=frozenset({Channel.SMS})),
    )

    news(world, reader, Milestone.DELIVERED)

    assert (len(world.provider.sent), len(world.phone.sent)) == (1, 0)
    assert [row.why_not for row in world.told()] == [None, WhyNot.NOT_WANTED]


def test_what_waits_when_the_reader_chooses_is_not_sent_either(world: World) -> None:
    order = world.order(recipients=(SOMEBODY,))
    world.say(order.shipments[0], a_scan(Milestone.PICKED_UP))
    world.look()
    (reader,) = order.recipients

    silent = Wishes(silent=frozenset({Kind.ON_ITS_WAY}))
    readers.choose(world.store, chosen(order, reader, silent), at=world.clocks.now())
    world.clocks.pass_by(timedelta(minutes=5))
    world.send_all()

    assert world.provider.sent == []
    assert [(row.state, row.why_not) for row in world.told(order)] == [
        (NotificationState.SUPPRESSED, WhyNot.NOT_WANTED)
    ]


def test_nothing_arrives_in_the_readers_own_quiet_hours_neither_mail(world: World) -> None:
    world.clocks.shop = datetime(2026, 5, 4, 19, tzinfo=UTC)  # nine in the evening in Oslo
    order = world.order(recipients=(a_recipient(wishes=Wishes(quiet=NIGHT), time_zone="Europe/Oslo"),))
    world.say(order.shipments[0], a_scan(Milestone.DELIVERED, world.clocks.now()))
    world.look()
    world.send_all()
    assert world.provider.sent == []

    world.clocks.pass_by(timedelta(hours=12, minutes=20))  # past nine in the morning, and what spreads them
    world.send_all()

    assert len(world.provider.sent) == 1


def test_what_the_shop_states_again_undoes_nothing(database_url: str) -> None:
    with opened(database_url) as store:
        order = take_in(store, stated()).order
        (reader,) = order.recipients
        wishes = Wishes(silent=frozenset({Kind.DELAYS}), quiet=NIGHT, locale="de", time_zone="Europe/Berlin")
        readers.choose(store, chosen(order, reader, wishes), at=NOON)

        again = [{"name": "Ada Nord", "email": "ada@shopper.example", "locale": "nb", "time_zone": "Europe/Oslo"}]
        changed = change(store, order, recipients=again)
        take_in(store, stated(**(STATED | {"recipients": again})))

        (after,) = read(store, order.id).recipients
        assert changed.changed == ("recipients",)
        assert (after.id, after.name, after.wishes) == (reader.id, "Ada Nord", wishes)
        assert (after.reads_in, after.zone) == ("de", "Europe/Berlin")

        readers.choose(store, chosen(order, reader, Wishes()), at=NOON)
        (undone,) = read(store, order.id).recipients
        assert (undone.reads_in, undone.zone) == ("nb", "Europe/Oslo"), "what the shop stated counts again"


def test_whom_a_reader_invited_is_told_only_once_they_agreed_and_not_forgotten(database_url: str) -> None:
    with opened(database_url) as store:
        order = take_in(store, stated()).order
        question = letters.letter(
            order,
            Notice.INVITED,
            RecipientId("friend"),
            which="1",
            policy=TERMS.rules.telling,
            now=NOON,
        )
        bo = Invitation(address="bo@friend.example", question=question, locale="en")
        assert invitations.ask(store, order, bo, machine_now=BOOT)
        assert len(read(store, order.id).recipients) == 1

        path = invitations.agree(store, "friend", at=NOON, machine_now=BOOT)
        assert path == invitations.agree(store, "friend", at=NOON, machine_now=BOOT)
        change(store, order, recipients=[{"name": "Ada", "email": "ada@else.example"}])

        people = read(store, order.id).recipients
        assert [each.contacts[0].address for each in people if not each.invited] == ["ada@else.example"]
        (friend,) = (each for each in people if each.invited)
        assert [consent.source for consent in friend.consents] == [invitations.CONFIRMED]
