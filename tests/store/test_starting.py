"""No attempt starts that must not: each gate refuses, and says whether for good or for now."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Thread

import pytest

from notifiers.message import Channel, Handover, Verdict
from tests.servers import PATIENCE
from tests.store.builders import BOOT, NOON, a_notification, a_recipient, an_order, stored
from tests.store.desk import again_at, claim, row_of, start, told
from tracker.domain.notices import Notice, NotificationState, WhyNot
from tracker.domain.orders import Order
from tracker.domain.people import Consent
from tracker.pipeline.ports import StartRefusal
from tracker.store import claims, facts, pauses, starting, upkeep
from tracker.store.pauses import Pause
from tracker.store.unit import SqlStore
from tracker.store.vault import Unsubscribed

S = NotificationState
Obstacle = Callable[[SqlStore, Order], None]


@pytest.fixture
def order(store: SqlStore) -> Order:
    return stored(store, an_order())


def nothing(store: SqlStore, order: Order) -> None:
    """Nothing is in the way."""


def opted_out(store: SqlStore, order: Order) -> None:
    hashed = store.vault.contact_hmac(Channel.EMAIL, "ada@example.com")
    who = Unsubscribed(channel=Channel.EMAIL, contact_hmac=hashed, brand=order.brand)
    upkeep.stop_mail(store, who, source="link", at=NOON)


def opted_out_and_in_again(store: SqlStore, order: Order) -> None:
    opted_out(store, order)
    hashed = store.vault.contact_hmac(Channel.EMAIL, "ada@example.com")
    upkeep.resume_mail(store, Unsubscribed(channel=Channel.EMAIL, contact_hmac=hashed, brand=order.brand))


def another_brand_opted_out(store: SqlStore, order: Order) -> None:
    opted_out(store, replace(order, brand="another"))


def consent_taken_back(store: SqlStore, order: Order) -> None:
    (ada,) = order.recipients
    no_more = Consent(channel=Channel.EMAIL, granted=False, source="shop", at=NOON + timedelta(seconds=1))
    with store.write() as unit:
        people = (replace(ada, consents=(*ada.consents, no_more)),)
        unit.save_order(replace(order, recipients=people), body_sha256="1" * 64)


def pause(store: SqlStore, what: Pause, *, at: datetime = NOON) -> None:
    with store.begin() as connection:
        pauses.add(connection, what, at=at)


def resume(store: SqlStore, what: Pause) -> bool:
    """As `wismo resume` does it."""
    with store.begin() as connection:
        lifted = pauses.lift(connection, what)
        if what == Pause():
            starting.forget_this_hour(connection, machine_now=BOOT)
            lifted = facts.drop(connection, claims.HOLD) or lifted
    return lifted


def paused(**fields: str) -> Obstacle:
    def pause_it(store: SqlStore, order: Order) -> None:
        pause(store, Pause(reason="test", **fields))

    return pause_it


def held(store: SqlStore, order: Order) -> None:
    upkeep.hold(store, "restored from a backup")


def gate_closed(store: SqlStore, order: Order) -> None:
    store.close_gate("provider:smtp", reason="535", until_machine_at=BOOT + timedelta(hours=1), machine_now=BOOT)


def gate_ready_for_a_probe(store: SqlStore, order: Order) -> None:
    store.close_gate("provider:smtp", reason="535", until_machine_at=BOOT, machine_now=BOOT)


@pytest.mark.parametrize(
    ("obstacle", "answer", "state"),
    [
        (nothing, 1, S.SENDING),
        (opted_out, WhyNot.OPTED_OUT, S.SUPPRESSED),
        (opted_out_and_in_again, 1, S.SENDING),
        (another_brand_opted_out, 1, S.SENDING),
        (consent_taken_back, WhyNot.OPTED_OUT, S.SUPPRESSED),
        (paused(), StartRefusal.PAUSED, S.PENDING),
        (paused(brand="northwind", notice="shipped", channel="email"), StartRefusal.PAUSED, S.PENDING),
        (paused(brand="another"), 1, S.SENDING),
        (paused(notice="delivered"), 1, S.SENDING),
        (held, StartRefusal.HELD, S.PENDING),
        (gate_closed, StartRefusal.GATE_CLOSED, S.PENDING),
        (gate_ready_for_a_probe, 1, S.SENDING),
    ],
)
def test_what_came_between_the_claim_and_the_start_decides(
    store: SqlStore, order: Order, obstacle: Obstacle, answer: int | StartRefusal | WhyNot, state: S
) -> None:
    (id_,) = told(store, a_notification(order))
    (claimed,) = claim(store)

    obstacle(store, order)

    assert start(store, claimed) == answer
    assert row_of(store, id_).state == state


@pytest.mark.parametrize("obstacle", [paused(), held])
def test_what_is_paused_is_not_even_claimed(store: SqlStore, order: Order, obstacle: Obstacle) -> None:
    told(store, a_notification(order))

    obstacle(store, order)
    before = claim(store)
    resume(store, Pause())

    assert (before, len(claim(store))) == ([], 1)


def test_resuming_never_sends_what_expired(store: SqlStore, order: Order) -> None:
    (id_,) = told(store, a_notification(order))
    (claimed,) = claim(store)

    assert start(store, claimed, now=NOON + timedelta(hours=12)) is WhyNot.EXPIRED
    assert (row_of(store, id_).state, row_of(store, id_).why_not) == (S.EXPIRED, WhyNot.EXPIRED)


def test_a_refused_row_is_not_claimed_again_at_once(store: SqlStore, order: Order) -> None:
    told(store, a_notification(order))
    (claimed,) = claim(store)
    gate_closed(store, order)

    start(store, claimed)

    assert [len(claim(store, machine_now=at)) for at in (BOOT, again_at(BOOT))] == [0, 1]


def test_the_second_probe_of_a_provider_waits_for_the_first(store: SqlStore) -> None:
    for _ in range(2):
        told(store, a_notification(stored(store, an_order())))
    gate_ready_for_a_probe(store, an_order())
    first, second = claim(store)

    started = start(store, first)
    refused = start(store, second)
    store.outbox.finish(first, 1, Handover(verdict=Verdict.ACCEPTED), machine_now=BOOT, retry_machine_at=None)
    (again,) = claim(store, machine_now=again_at(BOOT))

    assert (started, refused) == (1, StartRefusal.GATE_CLOSED)
    assert start(store, again) == 1


def test_two_to_one_person_never_travel_at_once_and_the_older_goes_first(store: SqlStore) -> None:
    order = stored(store, an_order(parcels=2))
    told(store, a_notification(order, Notice.SHIPPED), a_notification(order, Notice.SHIPPED, parcel=1))
    first, second = claim(store)

    assert start(store, second) is StartRefusal.SIBLING
    assert start(store, first) == 1
    (second,) = claim(store, machine_now=again_at(BOOT))
    assert start(store, second) is StartRefusal.SIBLING
    store.outbox.finish(first, 1, Handover(verdict=Verdict.ACCEPTED), machine_now=BOOT, retry_machine_at=None)
    (second,) = claim(store, machine_now=again_at(again_at(BOOT)))
    assert start(store, second) == 1


def test_a_lower_notice_does_not_start_after_a_higher_one(store: SqlStore, order: Order) -> None:
    told(store, a_notification(order, Notice.DELIVERED, seq=1))
    (high,) = claim(store)
    start(store, high)
    store.outbox.finish(high, 1, Handover(verdict=Verdict.ACCEPTED), machine_now=BOOT, retry_machine_at=None)
    (low,) = told(store, a_notification(order, Notice.SHIPPED, seq=2))

    (late,) = claim(store)

    assert start(store, late) is WhyNot.TOLD_HIGHER
    assert (row_of(store, low).state, row_of(store, low).why_not) == (S.SUPERSEDED, WhyNot.TOLD_HIGHER)


def test_too_many_starts_in_an_hour_stop_everything_until_a_person_looks(store: SqlStore) -> None:
    for _ in range(4):
        told(store, a_notification(stored(store, an_order())))
    claimed = claim(store)

    answers = [start(store, each, cap=2) for each in claimed]
    blown = claim(store, machine_now=again_at(BOOT))
    resumed = resume(store, Pause())

    assert answers == [1, 1, StartRefusal.HELD, StartRefusal.HELD]
    assert (blown, resumed) == ([], True)
    (third, fourth) = claim(store, machine_now=again_at(BOOT))
    assert [start(store, each, cap=2) for each in (third, fourth)] == [1, 1]


def test_starts_are_counted_by_the_hour_for_the_usual_volume(store: SqlStore) -> None:
    for hours in (0, 0, 1, 3):
        told(store, a_notification(stored(store, an_order())))
        (claimed,) = claim(store)
        start(store, claimed, machine_now=BOOT + timedelta(hours=hours))

    with store.read() as snapshot:
        later = BOOT + timedelta(hours=4, minutes=59)
        usual = starting.per_hour(snapshot.connection, hours=4, machine_now=later)

    assert usual == [1, 0, 1, 2]


def test_pauses_are_listed_and_lifted_one_by_one(store: SqlStore) -> None:
    pause(store, Pause(brand="northwind", reason="first"))
    pause(store, Pause(brand="northwind", reason="second"))
    pause(store, Pause(channel="email"), at=NOON + timedelta(seconds=1))

    lifted = [resume(store, Pause(channel=each)) for each in ("sms", "email")]

    assert lifted == [False, True]
    with store.read() as snapshot:
        assert pauses.every(snapshot.connection) == (Pause(brand="northwind", reason="second"),)


def test_an_opt_out_waits_for_the_attempts_that_are_just_starting(store: SqlStore, order: Order) -> None:
    """So that none starts after it has committed."""
    opting_out = Thread(target=opted_out, args=(store, order))

    with store.begin() as connection:
        claims.agree_to_write(connection, store.vault.contact_hmac(Channel.EMAIL, "ada@example.com"))
        opting_out.start()
        opting_out.join(timeout=0.3)
        waited = opting_out.is_alive()
    opting_out.join(timeout=PATIENCE.total_seconds())

    assert (waited, opting_out.is_alive()) == (True, False)


def test_who_is_no_longer_named_is_not_written_to(store: SqlStore, order: Order) -> None:
    told(store, a_notification(order))
    (claimed,) = claim(store)
    with store.write() as unit:
        people = (a_recipient("bob@example.com"),)
        unit.save_order(replace(order, recipients=people), body_sha256="1" * 64)

    assert start(store, claimed) is WhyNot.NO_ADDRESS
