"""A lost answer is never forgotten and never blindly repeated."""

from datetime import timedelta

import pytest

from notifiers.message import Handover, Verdict
from tests.store.builders import BOOT, NOON, a_notification, an_order, stored
from tests.store.desk import claim, row_of, start, sweep, told
from tests.store.racers import LEASE
from tracker.domain.notices import Notice, NotificationState, WhyNot
from tracker.domain.orders import Order
from tracker.pipeline.ports import DispatchClaim, NotificationId
from tracker.pipeline.sweeps import Doubt
from tracker.store.unit import SqlStore

S = NotificationState
LATER = BOOT + LEASE + timedelta(seconds=30)


@pytest.fixture
def order(store: SqlStore) -> Order:
    return stored(store, an_order())


def crashed_while_sending(store: SqlStore, order: Order) -> tuple[NotificationId, DispatchClaim]:
    """A row whose worker died with the socket open, and what the worker held."""
    (id_,) = told(store, a_notification(order))
    (claimed,) = claim(store)
    start(store, claimed)
    sweep(store, machine_now=BOOT + LEASE)
    return id_, claimed


def doubt_of(store: SqlStore) -> Doubt:
    (doubt,) = store.outbox.doubtful(limit=10, machine_now=LATER)
    return doubt


def test_a_lease_that_runs_out_before_the_attempt_proves_nothing_was_sent(store: SqlStore, order: Order) -> None:
    (id_,) = told(store, a_notification(order))
    claim(store)

    assert sweep(store, machine_now=BOOT + LEASE - timedelta(seconds=1)) == 0
    assert sweep(store, machine_now=BOOT + LEASE) == 1

    assert (row_of(store, id_).state, row_of(store, id_).started) == (S.PENDING, False)


def test_a_lease_that_runs_out_while_sending_proves_nothing(store: SqlStore, order: Order) -> None:
    id_, _ = crashed_while_sending(store, order)

    early = store.outbox.doubtful(limit=10, machine_now=LATER - timedelta(seconds=1))

    assert (row_of(store, id_).state, early) == (S.UNKNOWN, [])
    assert (doubt_of(store).id, doubt_of(store).lost) == (id_, 1)


def test_a_resend_is_another_attempt_with_a_new_fence(store: SqlStore, order: Order) -> None:
    id_, old = crashed_while_sending(store, order)

    assert store.outbox.resend(doubt_of(store), now=NOON, machine_now=LATER)
    (again,) = claim(store, machine_now=LATER)

    assert (start(store, again), again.fence) == (2, old.fence + 1)
    assert row_of(store, id_).started


def test_a_doubt_is_resolved_once(store: SqlStore, order: Order) -> None:
    id_, _ = crashed_while_sending(store, order)
    doubt = doubt_of(store)

    assert store.outbox.give_up(doubt, machine_now=LATER)
    assert not store.outbox.give_up(doubt, machine_now=LATER)
    assert not store.outbox.resend(doubt, now=NOON, machine_now=LATER)

    assert (row_of(store, id_).state, row_of(store, id_).why_not) == (S.UNKNOWN_FINAL, WhyNot.ANSWER_LOST)


def test_what_expired_or_gave_way_is_not_resent(store: SqlStore, order: Order) -> None:
    crashed_while_sending(store, order)
    doubt = doubt_of(store)

    assert not store.outbox.resend(doubt, now=NOON + timedelta(hours=12), machine_now=LATER)
    told(store, a_notification(order, Notice.DELIVERED, seq=2))

    assert not store.outbox.resend(doubt, now=NOON, machine_now=LATER)


def test_a_doubt_that_gave_way_is_resolved_at_once(store: SqlStore, order: Order) -> None:
    """It blocks the newer message to the same person until then."""
    crashed_while_sending(store, order)
    told(store, a_notification(order, Notice.DELIVERED, seq=2))

    assert len(store.outbox.doubtful(limit=10, machine_now=BOOT)) == 1


@pytest.mark.parametrize("resent", [False, True])
def test_an_acceptance_that_comes_late_is_still_the_truth(store: SqlStore, order: Order, resent: bool) -> None:
    id_, claimed = crashed_while_sending(store, order)
    if resent:
        store.outbox.resend(doubt_of(store), now=NOON, machine_now=LATER)

    late = store.outbox.finish(claimed, 1, Handover(verdict=Verdict.ACCEPTED), machine_now=LATER, retry_machine_at=None)

    assert (late, row_of(store, id_).state) == (True, S.ACCEPTED)
    assert claim(store, machine_now=LATER) == []


def test_an_acceptance_after_the_next_attempt_began_stays_with_its_own_attempt(store: SqlStore, order: Order) -> None:
    id_, claimed = crashed_while_sending(store, order)
    store.outbox.resend(doubt_of(store), now=NOON, machine_now=LATER)
    (again,) = claim(store, machine_now=LATER)
    start(store, again)

    late = store.outbox.finish(claimed, 1, Handover(verdict=Verdict.ACCEPTED), machine_now=LATER, retry_machine_at=None)

    assert (late, row_of(store, id_).state) == (False, S.SENDING)
    assert row_of(store, id_).verdicts == [Verdict.ACCEPTED, None]


def test_a_refusal_after_a_lost_answer_does_not_unsay_that_it_may_have_left(store: SqlStore, order: Order) -> None:
    id_, _ = crashed_while_sending(store, order)
    store.outbox.resend(doubt_of(store), now=NOON, machine_now=LATER)
    (again,) = claim(store, machine_now=LATER)
    start(store, again)

    store.outbox.finish(again, 2, Handover(verdict=Verdict.RETRY), machine_now=LATER, retry_machine_at=LATER)
    store.outbox.expire(limit=10, now=NOON + timedelta(hours=12), machine_now=LATER)

    assert (row_of(store, id_).state, row_of(store, id_).why_not) == (S.UNKNOWN_FINAL, WhyNot.ANSWER_LOST)


def test_what_waited_too_long_expires(store: SqlStore, order: Order) -> None:
    (id_,) = told(store, a_notification(order))

    counts = [
        store.outbox.expire(limit=10, now=NOON + timedelta(hours=hours), machine_now=BOOT) for hours in (11, 12, 12)
    ]

    assert counts == [0, 1, 0]
    assert (row_of(store, id_).state, row_of(store, id_).why_not) == (S.EXPIRED, WhyNot.EXPIRED)
