"""What processes share about themselves: leases, heartbeats, keys; and what is checked and forgotten."""

from datetime import timedelta

import pytest

from notifiers.message import Channel, Handover, Message, Verdict
from tests.store.builders import BOOT, NOON, a_notification, an_order, stored
from tests.store.desk import claim, start, told
from tests.store.racers import LEASE
from tests.store.test_looks import a_look
from tests.store.test_looks import claim as claim_looks
from tracker.store import heartbeats, invariants, keys, leases, looks, people
from tracker.store.heartbeats import Heartbeat
from tracker.store.invariants import Broken
from tracker.store.retention import Keep, retain
from tracker.store.unit import SqlStore

TEN = timedelta(seconds=10)


def take(store: SqlStore, owner: str, *, seconds: int) -> int | None:
    at = BOOT + timedelta(seconds=seconds)
    with store.begin() as connection:
        return leases.take(connection, "clock", owner=owner, machine_now=at, until_machine_at=at + TEN)


def test_one_leads_until_it_stops_renewing(store: SqlStore) -> None:
    fences = [take(store, "a", seconds=0), take(store, "b", seconds=5), take(store, "a", seconds=9)]
    later = [take(store, "b", seconds=18), take(store, "b", seconds=19), take(store, "a", seconds=20)]

    assert (fences, later) == ([1, None, 2], [None, 3, None])


def test_a_lease_given_back_is_free_and_its_fence_goes_on(store: SqlStore) -> None:
    take(store, "a", seconds=0)

    with store.begin() as connection:
        dropped = [leases.drop(connection, "clock", owner=owner) for owner in ("b", "a")]
        nobody = leases.holder(connection, "clock", machine_now=BOOT)

    assert (dropped, nobody, take(store, "b", seconds=1)) == ([False, True], None, 2)


def test_a_job_that_misses_three_turns_is_late(store: SqlStore) -> None:
    beat = Heartbeat(name="ring", ok_machine_at=BOOT, every=TEN, took=timedelta(milliseconds=3), done=4)

    with store.begin() as connection:
        heartbeats.beat(connection, beat)
        heartbeats.beat(connection, beat)
        (read,) = heartbeats.every(connection)

    assert read == beat
    assert [read.is_late(BOOT + each * TEN) for each in (3, 3.1)] == [False, True]


def test_a_key_works_until_it_is_revoked_and_is_never_stored(store: SqlStore) -> None:
    with store.begin() as connection:
        secret = keys.make(connection, "shop", brand="northwind", machine_now=BOOT)
    found = store.api_key(secret)

    with store.begin() as connection:
        ended = keys.revoke(connection, "shop", machine_now=BOOT)
        row = str(connection.exec_driver_sql("SELECT * FROM api_keys").all())

    assert found is not None
    assert (found.name, found.brand, ended) == ("shop", "northwind", 1)
    assert store.api_key(secret) is None
    assert secret not in row


def test_raw_answers_texts_and_looks_are_forgotten_each_in_its_time(store: SqlStore) -> None:
    order = stored(store, an_order())
    for claimed in claim_looks(store).claims:
        with store.write() as unit:
            unit.record_looks([a_look(claimed, answer=b"{}", answer_sha256="a" * 64)])
    told(store, a_notification(order))
    (sent,) = claim(store)
    text = Message(ref=sent.id, channel=Channel.EMAIL, to="ada@example.com", text="Hello", planned_at=NOON)
    store.outbox.freeze(sent, text)
    start(store, sent)
    store.outbox.finish(sent, 1, Handover(verdict=Verdict.ACCEPTED), machine_now=BOOT, retry_machine_at=None)

    def kept(days: int) -> list[bool]:
        retain(store, Keep(), now=NOON + timedelta(days=days), machine_now=BOOT + timedelta(days=days))
        with store.read() as snapshot:
            answer = looks.read_answer(snapshot.connection, "a" * 64) is not None
            rows = snapshot.connection.exec_driver_sql("SELECT sealed_message FROM notifications").scalars().all()
            count = snapshot.connection.exec_driver_sql("SELECT count(*) FROM looks").scalar_one()
        return [answer, rows[0] is not None, bool(count)]

    assert [kept(days) for days in (30, 31, 401)] == [[True] * 3, [False, False, True], [False] * 3]


def test_an_erased_person_leaves_no_name_address_or_text_and_stays_opted_out(store: SqlStore) -> None:
    order = stored(store, an_order())
    told(store, a_notification(order))
    (claimed,) = claim(store)
    text = Message(ref=claimed.id, channel=Channel.EMAIL, to="ada@example.com", text="Hello", planned_at=NOON)
    store.outbox.freeze(claimed, text)

    with store.begin() as connection:
        people.erase(connection, order.id, at=NOON)

    with store.read() as snapshot:
        (person,) = people.of_order(snapshot.connection, order.id, vault=store.vault)
        sealed = snapshot.connection.exec_driver_sql("SELECT sealed_message FROM notifications").scalars().all()
        hashes = snapshot.connection.exec_driver_sql("SELECT count(*) FROM contacts").scalar_one()
    assert (person.name, person.contacts, person.erased, sealed, hashes) == ("", (), True, [None], 1)


@pytest.mark.parametrize(
    ("damage", "name"),
    [
        ("UPDATE notifications SET state = 'accepted'", "accepted_without_attempt"),
        ("UPDATE notifications SET state = 'sending', lease_owner = NULL", "claimed_without_lease"),
        ("UPDATE notifications SET state = 'expired'", "ended_without_end"),
        (None, "leased_for_too_long"),
    ],
)
def test_what_must_never_be_is_found(store: SqlStore, damage: str | None, name: str) -> None:
    told(store, a_notification(stored(store, an_order())))
    claim(store)
    with store.read() as snapshot:
        assert invariants.broken(snapshot, machine_now=BOOT, grace=TEN) == []

    with store.begin() as connection:
        connection.exec_driver_sql(damage or "SELECT 1")

    with store.read() as snapshot:
        found = invariants.broken(snapshot, machine_now=BOOT + LEASE + 2 * TEN, grace=TEN)
    assert Broken(name=name, count=1) in found
