"""Every notification is handed over by one worker at a time, and every crash leaves a row that says how far it came."""

from dataclasses import replace
from datetime import timedelta

import pytest

from notifiers.message import Channel, Handover, Message, Verdict
from tests.store.builders import BOOT, MINUTE, NOON, a_notification, an_order, stored
from tests.store.desk import again_at, claim, row_of, start, told
from tests.store.racers import LEASE, racing, send_until_none
from tracker.domain.notices import Notice, NotificationState, WhyNot
from tracker.domain.orders import Order
from tracker.pipeline.ports import NotificationId, StartRefusal
from tracker.store.unit import SqlStore

S = NotificationState


@pytest.fixture
def order(store: SqlStore) -> Order:
    return stored(store, an_order())


def test_three_processes_hand_over_each_notification_once(store: SqlStore, migrated_url: str) -> None:
    with store.write() as unit:
        for _ in range(100):
            order = an_order()
            unit.add_order(order, body_sha256="0" * 64)
            unit.queue([a_notification(order)], machine_now=BOOT)

    sent = [each for did in racing(send_until_none, migrated_url, processes=3) for each in did]

    assert len(sent) == 100
    assert len(set(sent)) == 100


def test_a_decision_made_twice_is_one_row(store: SqlStore, order: Order) -> None:
    first, second = told(store, a_notification(order)), told(store, a_notification(order))

    assert (len(first), second) == (1, [])


def test_a_decision_not_to_tell_is_kept_with_its_reason(store: SqlStore, order: Order) -> None:
    silent = replace(a_notification(order), state=S.SUPPRESSED, why_not=WhyNot.NO_CONSENT)

    assert told(store, silent) == []

    with store.write() as unit:
        _, before, _ = unit.order_dossier(order.id)
    assert [each.state for each in before] == [S.SUPPRESSED]


def test_a_later_notice_takes_the_place_of_one_that_waits(store: SqlStore, order: Order) -> None:
    (shipped,) = told(store, a_notification(order, Notice.SHIPPED, seq=1))
    (delivered,) = told(store, a_notification(order, Notice.DELIVERED, seq=2))

    assert (row_of(store, shipped).state, row_of(store, shipped).why_not) == (S.SUPERSEDED, WhyNot.SUPERSEDED)
    assert [each.id for each in claim(store)] == [delivered]


def test_a_notice_waits_until_it_is_due_and_is_not_claimed_once_expired(store: SqlStore, order: Order) -> None:
    settles = replace(a_notification(order), not_before_at=NOON + MINUTE, expires_at=NOON + 2 * MINUTE)
    told(store, settles)

    counts = [len(claim(store, now=NOON + each * MINUTE, lease=timedelta(0))) for each in (0, 1, 2)]

    assert counts == [0, 1, 0]


def test_a_claim_carries_all_that_the_message_needs(store: SqlStore, order: Order) -> None:
    decided = a_notification(order)
    told(store, decided)

    (claimed,) = claim(store)

    assert (claimed.brand, claimed.destination_zone, claimed.told) == ("northwind", "Europe/Paris", decided.told)
    assert claimed.recipient.contacts == order.recipients[0].contacts
    assert (claimed.attempts, claimed.message, claimed.fence) == (0, None, 1)


def test_one_notification_can_be_claimed_by_name(store: SqlStore) -> None:
    first, second = (told(store, a_notification(stored(store, an_order())))[0] for _ in range(2))

    assert [each.id for each in claim(store, only=second)] == [second]
    assert claim(store, only=second) == []
    assert [each.id for each in claim(store)] == [first]


def test_retries_send_the_bytes_that_were_rendered_first(store: SqlStore, order: Order) -> None:
    told(store, a_notification(order))
    (first,) = claim(store)
    message = Message(ref=first.id, channel=Channel.EMAIL, to="ada@example.com", text="On its way", planned_at=NOON)

    assert store.outbox.freeze(first, message)
    (second,) = claim(store, machine_now=BOOT + LEASE, after_sweep=True)

    assert second.message == message
    assert not store.outbox.freeze(first, message)


def test_links_are_made_once_and_open_the_page(store: SqlStore, order: Order) -> None:
    told(store, a_notification(order))
    (claimed,) = claim(store)

    links = [store.outbox.links(claimed, now=NOON) for _ in range(2)]

    assert links[0] == links[1]
    assert links[0].page_path.startswith("/t/")
    found = store.vault.read_unsubscribe_token(links[0].unsubscribe_path.removeprefix("/u/"))
    assert found is not None
    assert (found.brand, found.channel) == ("northwind", Channel.EMAIL)


def test_an_attempt_is_written_down_before_anything_is_sent(store: SqlStore, order: Order) -> None:
    (id_,) = told(store, a_notification(order))
    (claimed,) = claim(store)

    assert start(store, claimed) == 1

    assert (row_of(store, id_).state, row_of(store, id_).attempts, row_of(store, id_).started) == (S.SENDING, 1, True)


@pytest.mark.parametrize(
    ("verdict", "state", "why", "started"),
    [
        (Verdict.ACCEPTED, S.ACCEPTED, None, True),
        (Verdict.RETRY, S.PENDING, None, False),
        (Verdict.HALT, S.PENDING, None, False),
        (Verdict.UNKNOWN, S.UNKNOWN, None, True),
        (Verdict.REJECT, S.REJECTED, WhyNot.REFUSED_BY_PROVIDER, False),
        (Verdict.SUPPRESS, S.SUPPRESSED, WhyNot.REFUSED_BY_PROVIDER, False),
    ],
)
def test_what_each_verdict_makes_of_the_row(
    store: SqlStore, *, verdict: Verdict, state: S, why: WhyNot | None, started: bool
) -> None:
    (id_,) = told(store, a_notification(stored(store, an_order())))
    (claimed,) = claim(store)
    start(store, claimed)

    outcome = Handover(verdict=verdict, code="250", provider_message_id="m1")
    assert store.outbox.finish(claimed, 1, outcome, machine_now=BOOT, retry_machine_at=again_at(BOOT))

    row = row_of(store, id_)
    assert (row.state, row.why_not, row.started) == (state, why, started)
    assert row.verdicts == [verdict]


def test_an_address_refused_for_good_is_never_written_to_again(store: SqlStore, order: Order) -> None:
    told(store, a_notification(order))
    (claimed,) = claim(store)
    start(store, claimed)
    refused = Handover(verdict=Verdict.SUPPRESS, code="550 5.1.1")
    store.outbox.finish(claimed, 1, refused, machine_now=BOOT, retry_machine_at=None)

    told(store, a_notification(order, Notice.DELIVERED, seq=2))
    (later,) = claim(store)

    assert start(store, later) is WhyNot.OPTED_OUT
    with store.write() as unit:
        assert unit.order_dossier(order.id)[2] == {(Channel.EMAIL, "ada@example.com")}


def test_a_row_given_back_is_due_when_it_is_told_to(store: SqlStore, order: Order) -> None:
    told(store, a_notification(order))
    (claimed,) = claim(store)

    assert store.outbox.release(claimed, retry_machine_at=again_at(BOOT))
    assert not store.outbox.release(claimed, retry_machine_at=None)

    assert [len(claim(store, machine_now=at)) for at in (BOOT, again_at(BOOT))] == [0, 1]


def test_a_row_that_will_not_be_tried_ends_with_its_reason(store: SqlStore, order: Order) -> None:
    (id_,) = told(store, a_notification(order))
    (claimed,) = claim(store)

    assert store.outbox.end(claimed, state=S.HELD, why=WhyNot.SENDING_OFF, machine_now=BOOT)
    assert not store.outbox.end(claimed, state=S.HELD, why=WhyNot.SENDING_OFF, machine_now=BOOT)

    assert (row_of(store, id_).state, row_of(store, id_).why_not) == (S.HELD, WhyNot.SENDING_OFF)


def test_another_workers_fence_can_do_nothing(store: SqlStore, order: Order) -> None:
    (id_,) = told(store, a_notification(order))
    (old,) = claim(store)
    (new,) = claim(store, machine_now=BOOT + LEASE, after_sweep=True)

    assert start(store, old) is StartRefusal.LOST
    assert start(store, new) == 1
    lost = store.outbox.finish(old, 1, Handover(verdict=Verdict.REJECT), machine_now=BOOT, retry_machine_at=None)

    assert not lost
    assert row_of(store, id_).state == S.SENDING


def test_a_cancelled_order_ends_what_waits_even_when_it_is_claimed(store: SqlStore, order: Order) -> None:
    (id_,) = told(store, a_notification(order))
    (claimed,) = claim(store)

    with store.write() as unit:
        assert unit.pull_back(order.id, why=WhyNot.ORDER_CANCELLED, notices=frozenset({Notice.DELIVERED})) == 0
        assert unit.pull_back(order.id, why=WhyNot.ORDER_CANCELLED) == 1

    assert start(store, claimed) is StartRefusal.LOST
    assert (row_of(store, id_).state, row_of(store, id_).why_not) == (S.CANCELLED, WhyNot.ORDER_CANCELLED)


def test_due_rows_are_rung_for_once_in_a_while(store: SqlStore, order: Order) -> None:
    (id_,) = told(store, a_notification(order))

    def rung(seconds: int) -> list[NotificationId]:
        at = BOOT + timedelta(seconds=seconds)
        return store.outbox.due(limit=10, now=NOON, machine_now=at, rung_before=at - timedelta(seconds=10))

    assert [rung(each) for each in (0, 5, 10)] == [[id_], [], [id_]]
