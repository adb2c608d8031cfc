"""Who was asked for a reader is left alone afterwards, whoever asks and however many at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from tests.domain.builders import POLICY
from tests.store.builders import BOOT, NOON, an_order, stored
from tracker.domain.notices import Notice
from tracker.domain.orders import Order
from tracker.domain.people import RecipientId
from tracker.pipeline import letters
from tracker.store import invitations
from tracker.store.ids import new_id
from tracker.store.invitations import Invitation
from tracker.store.retention import Keep, retain
from tracker.store.tables import recipients
from tracker.store.unit import SqlStore

DAY = timedelta(days=1)


def ask(store: SqlStore, order: Order, address: str = "bo@friend.example", *, at: datetime = BOOT) -> str | None:
    """Whom the question made a recipient; None when nobody was asked."""
    friend = RecipientId(new_id())
    question = letters.letter(order, Notice.INVITED, friend, which="1", policy=POLICY, now=NOON)
    asked = Invitation(address=address, question=question, locale="en")
    return friend if invitations.ask(store, order, asked, machine_now=at) else None


def agree(store: SqlStore, friend: str, *, at: datetime = BOOT) -> bool:
    return invitations.agree(store, friend, at=NOON, machine_now=at) is not None


def test_however_many_ask_at_once_about_whatever_order_one_mail_goes_out(store: SqlStore) -> None:
    orders = [stored(store, an_order()) for _ in range(6)]
    begin = Barrier(len(orders))

    def wait_and_ask(order: Order) -> str | None:
        begin.wait(timeout=60)
        return ask(store, order, " BO@friend.example")

    with ThreadPoolExecutor(len(orders)) as pool:
        asked = list(pool.map(wait_and_ask, orders))

    assert len([each for each in asked if each]) == 1


@pytest.mark.parametrize(
    ("between", "is_asked_again"),
    [
        (lambda store, order, friend: None, False),
        (lambda store, order, friend: invitations.take_back(store, order.id, friend, at=NOON), False),
        (lambda store, order, friend: agree(store, friend), False),  # is told already
        (
            lambda store, order, friend: (
                agree(store, friend) and invitations.take_back(store, order.id, friend, at=NOON)
            ),
            True,
        ),
    ],
    ids=["silent", "taken back", "agreed", "agreed and taken back"],
)
def test_for_one_order_only_who_has_agreed_is_asked_again(
    store: SqlStore, between: Callable[[SqlStore, Order, str], object], *, is_asked_again: bool
) -> None:
    order = stored(store, an_order())
    friend = ask(store, order)
    assert friend
    between(store, order, friend)

    assert (ask(store, order, at=BOOT + 90 * DAY) is not None) is is_asked_again


def test_who_has_not_answered_in_a_week_is_forgotten_and_still_left_alone(store: SqlStore) -> None:
    order = stored(store, an_order())
    bo, ada = ask(store, order), ask(store, order, "ada@friend.example")
    assert ada
    agree(store, ada)

    forgotten = [retain(store, Keep(), now=NOON, machine_now=BOOT + n * DAY) for n in (6, 7)]

    assert forgotten == [0, 1]
    with store.read() as snapshot:
        left = snapshot.connection.execute(select(recipients.c.id)).scalars().all()
    assert set(left) == {order.recipients[0].id, ada}
    assert bo not in left
    assert ask(store, order, at=BOOT + 40 * DAY) is None


def test_the_question_stands_a_week_and_its_link_a_week_after_the_answer(store: SqlStore) -> None:
    order = stored(store, an_order())
    slow, quick = ask(store, order, "slow@friend.example"), ask(store, order, "quick@friend.example")
    assert slow
    assert quick

    assert agree(store, quick, at=BOOT + 6 * DAY)
    assert not agree(store, slow, at=BOOT + 7 * DAY)
    assert [agree(store, quick, at=BOOT + n * DAY) for n in (12, 13)] == [True, False]
    with store.read() as snapshot:
        found = [invitations.standing(snapshot, quick, machine_now=BOOT + n * DAY) for n in (12, 13)]
    assert [each is not None for each in found] == [True, False]
