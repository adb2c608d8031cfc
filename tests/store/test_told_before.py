"""What was decided before comes back with all that the next decision needs: when it left, and what it promised."""

from dataclasses import replace
from datetime import date, time, timedelta

from tests.store.builders import NOON, a_notification, an_order, stored
from tests.store.desk import claim, start, told
from tracker.domain.notices import Notice, NotificationState, ToldBefore
from tracker.domain.orders import Order
from tracker.domain.windows import DeliveryWindow, PromisedBy
from tracker.store.unit import SqlStore

WINDOW = DeliveryWindow(
    first_day=date(2026, 3, 5),
    last_day=date(2026, 3, 6),
    not_after=time(12),
    promised_by=PromisedBy.CARRIER,
    told_at=NOON,
)


def told_before(store: SqlStore, order: Order) -> tuple[ToldBefore, ...]:
    with store.write() as unit:
        return unit.audience(unit.order_dossier(order.id)[0]).told


def test_a_row_comes_back_with_its_promise_and_the_time_it_left(store: SqlStore) -> None:
    order = stored(store, an_order())
    bare = a_notification(order)
    told(store, replace(bare, told=replace(bare.told, window=WINDOW)))

    (waiting,) = told_before(store, order)
    start(store, claim(store)[0], now=NOON + timedelta(minutes=3))
    (started,) = told_before(store, order)

    assert (waiting.state, waiting.window, waiting.started_at) == (NotificationState.PENDING, WINDOW, None)
    assert (started.state, started.started_at) == (NotificationState.SENDING, NOON + timedelta(minutes=3))


def test_a_row_without_a_promise_comes_back_without_one(store: SqlStore) -> None:
    order = stored(store, an_order())
    told(store, a_notification(order, Notice.DELIVERED))

    assert [row.window for row in told_before(store, order)] == [None]
