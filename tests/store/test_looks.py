"""Every due shipment is asked by one worker, and every lease leaves at most one look."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.store.builders import BOOT, MINUTE, NOON, an_order, stored
from tests.store.racers import LEASE, claim_looks_until_none, racing
from tracker.domain.shipments import LookOutcome
from tracker.domain.urgency import Urgency
from tracker.pipeline.look_record import LookRecord
from tracker.pipeline.ports import LookClaim, LookClaims, Quota
from tracker.store import looks
from tracker.store.unit import SqlStore


def claim(store: SqlStore, *, limit: int = 20, quotas: tuple[Quota, ...] = (), **changed: object) -> LookClaims:
    asked: dict[str, object] = {"now": NOON, "machine_now": BOOT, "lease": LEASE, "owner": "w1", "calls_of": 1}
    return store.claim_looks("ups", "cred", limit=limit, quotas=quotas, **(asked | changed))  # type: ignore[arg-type]


def a_look(claimed: LookClaim, outcome: LookOutcome = LookOutcome.NOTHING_NEW, **changed: object) -> LookRecord:
    look = LookRecord(
        shipment_id=claimed.shipment_id,
        fence=claimed.fence,
        at=NOON,
        started_machine_at=BOOT,
        took=timedelta(milliseconds=12),
        outcome=outcome,
        next_look_at=NOON + timedelta(hours=1),
    )
    return replace(look, **changed)  # type: ignore[arg-type]


def record(store: SqlStore, *done: LookRecord) -> int:
    with store.write() as unit:
        return unit.record_looks(done)


def count_of_looks(store: SqlStore) -> int:
    with store.read() as snapshot:
        return int(snapshot.connection.exec_driver_sql("SELECT count(*) FROM looks").scalar_one())


def test_four_processes_never_get_the_same_shipment(store: SqlStore, migrated_url: str) -> None:
    with store.write() as unit:
        for _ in range(30):
            unit.add_order(an_order(parcels=10), body_sha256="0" * 64)

    given = [each for got in racing(claim_looks_until_none, migrated_url, 7, processes=4) for each in got]

    assert len(given) == 300
    assert len({shipment for shipment, _ in given}) == 300
    assert {fence for _, fence in given} == {1}


def test_a_leased_shipment_is_free_again_when_its_lease_ends(store: SqlStore) -> None:
    stored(store, an_order())
    (first,) = claim(store).claims

    assert claim(store, machine_now=BOOT + LEASE - MINUTE / 60).claims == ()
    (second,) = claim(store, machine_now=BOOT + LEASE).claims

    assert (second.shipment_id, second.fence) == (first.shipment_id, first.fence + 1)


def test_a_look_of_an_old_fence_leaves_no_trace(store: SqlStore) -> None:
    stored(store, an_order())
    (old,) = claim(store).claims
    (new,) = claim(store, machine_now=BOOT + LEASE).claims

    assert record(store, a_look(old)) == 0
    assert record(store, a_look(new)) == 1
    assert record(store, a_look(new)) == 0
    assert count_of_looks(store) == 1


def test_claims_given_back_are_due_as_before(store: SqlStore) -> None:
    stored(store, an_order(parcels=2))
    claims = claim(store).claims

    store.release_looks(claims)

    assert {each.shipment_id for each in claim(store).claims} == {each.shipment_id for each in claims}


def test_nothing_is_claimed_before_it_is_due(store: SqlStore) -> None:
    stored(store, an_order())
    (first,) = claim(store).claims
    record(store, a_look(first))

    assert claim(store, now=NOON + timedelta(minutes=59)).claims == ()
    assert len(claim(store, now=NOON + timedelta(hours=1)).claims) == 1


def test_a_claim_carries_what_the_next_look_is_planned_from(store: SqlStore) -> None:
    order = stored(store, an_order())
    (first,) = claim(store).claims
    record(store, a_look(first, LookOutcome.NOT_KNOWN_YET, answer_sha256="a" * 64))

    (second,) = claim(store, now=NOON + timedelta(hours=1)).claims

    assert (second.outcome, second.answer_sha256) == (LookOutcome.NOT_KNOWN_YET, "a" * 64)
    assert (second.view.looks, second.view.unknown_looks, second.view.failures) == (1, 1, 0)
    assert (second.view.asked_at, second.view.destination_zone) == (NOON, order.destination_zone)


@pytest.mark.parametrize(
    ("outcome", "asked", "failures"),
    [
        (LookOutcome.NEWS, True, 0),
        (LookOutcome.NOTHING_NEW, True, 0),
        (LookOutcome.NOT_KNOWN_YET, True, 0),
        (LookOutcome.UNREADABLE, False, 2),
        (LookOutcome.REFUSED, False, 2),
        (LookOutcome.BUSY, False, 2),
        (LookOutcome.DOWN, False, 2),
    ],
)
def test_could_not_ask_is_counted_apart_from_no_news(
    store: SqlStore, outcome: LookOutcome, asked: bool, failures: int
) -> None:
    order = stored(store, an_order())
    hours = [NOON, NOON + timedelta(hours=1)]

    for at in hours:
        (claimed,) = claim(store, now=at).claims
        record(store, a_look(claimed, outcome, at=at))

    with store.write() as unit:
        watch = unit.dossier(order.shipments[0].id).shipment.watch
    assert (watch.tried_at, watch.looks, watch.failures) == (hours[1], 2, failures)
    assert watch.asked_at == (hours[1] if asked else None)
    assert watch.failing_since == (None if asked else hours[0])


def test_one_raw_answer_is_kept_once_however_often_it_comes(store: SqlStore) -> None:
    stored(store, an_order(parcels=3))
    body = b'{"trackResponse": {}}' * 100

    record(store, *[a_look(each, answer=body, answer_sha256="b" * 64) for each in claim(store).claims])

    with store.read() as snapshot:
        assert looks.read_answer(snapshot.connection, "b" * 64) == body
        assert looks.read_answer(snapshot.connection, "c" * 64) is None
        sizes = snapshot.connection.exec_driver_sql("SELECT length(body) FROM raw_answers").scalars().all()
    assert len(sizes) == 1
    assert sizes[0] < len(body) / 10


def test_a_closed_gate_stops_claims_and_says_for_how_long(store: SqlStore) -> None:
    stored(store, an_order())
    store.close_gate("carrier:cred", reason="busy", until_machine_at=BOOT + MINUTE, machine_now=BOOT)

    shut = claim(store, machine_now=BOOT + MINUTE / 2)

    assert (shut.claims, shut.wait) == ((), MINUTE / 2)


def test_a_gate_whose_time_has_come_lets_one_probe_through(store: SqlStore) -> None:
    stored(store, an_order(parcels=3))
    store.close_gate("carrier:cred", reason="down", until_machine_at=BOOT, machine_now=BOOT - MINUTE)

    probe, others = claim(store), claim(store)
    store.open_gate("carrier:cred", machine_now=BOOT)
    rest = claim(store)

    assert (len(probe.claims), probe.troubled) == (1, True)
    assert (others.claims, others.wait) == ((), LEASE)
    assert (len(rest.claims), rest.troubled) == (2, False)


def test_only_a_person_opens_a_halted_gate(store: SqlStore) -> None:
    stored(store, an_order())
    store.close_gate("carrier:cred", reason="refused", until_machine_at=None, machine_now=BOOT)
    store.close_gate("carrier:cred", reason="busy", until_machine_at=BOOT, machine_now=BOOT)

    later = claim(store, machine_now=BOOT + timedelta(days=9))

    assert later.claims == ()
    assert later.wait is not None


def test_failures_in_a_row_are_counted_and_forgotten(store: SqlStore) -> None:
    counted = [store.count_failure("carrier:cred", machine_now=BOOT) for _ in range(3)]
    store.open_gate("carrier:cred", machine_now=BOOT)

    assert counted == [1, 2, 3]
    assert store.count_failure("carrier:cred", machine_now=BOOT) == 1


def test_a_batch_is_no_larger_than_the_quota_allows(store: SqlStore) -> None:
    stored(store, an_order(parcels=10))
    three = (Quota(limit=3, per=timedelta(hours=1)),)

    first = claim(store, quotas=three, calls_of=2)
    then = claim(store, quotas=three, calls_of=2)

    assert len(first.claims) == 6
    assert then.claims == ()
    assert then.wait is not None
    assert timedelta(hours=1) < then.wait < timedelta(hours=1, minutes=3)


def test_a_claim_says_how_much_of_what_the_day_should_have_left_it_has(store: SqlStore) -> None:
    stored(store, an_order(parcels=20))
    day = (Quota(limit=20, per=timedelta(days=1), calendar=True),)
    evening = BOOT.replace(hour=18, minute=0)  # five calls should be left for the last quarter of the day

    noon = claim(store, quotas=day, limit=10, calls_of=1, machine_now=BOOT.replace(hour=12, minute=0))
    late = claim(store, quotas=day, limit=7, calls_of=1, machine_now=evening)

    assert noon.quota_left == pytest.approx(1.0)
    assert late.quota_left == pytest.approx(3 / 5)
    assert {each.view.quota_left for each in late.claims} == {late.quota_left}


def test_reviews_come_due_oldest_first(store: SqlStore) -> None:
    order = stored(store, an_order(parcels=3))
    with store.write() as unit:
        for hours, shipment in zip((2, 1, 9), order.shipments, strict=True):
            review_at = NOON + timedelta(hours=hours)
            judged = replace(shipment.judgement, review_at=review_at)
            unit.save_shipment(replace(shipment, judgement=judged, version=1))

    due = store.due_reviews(now=NOON + timedelta(hours=2), limit=10)

    assert due == [order.shipments[1].id, order.shipments[0].id]


def test_a_watched_page_brings_the_next_look_forward_but_never_back(store: SqlStore) -> None:
    order = stored(store, an_order())
    (claimed,) = claim(store).claims
    record(store, a_look(claimed))

    for minutes in (30, 50):
        store.watched(order.id, at=NOON, next_look_at=NOON + timedelta(minutes=minutes))

    with store.write() as unit:
        watch = unit.dossier(order.shipments[0].id).shipment.watch
    assert (watch.watched_at, watch.next_look_at) == (NOON, NOON + timedelta(minutes=30))


def test_looks_brought_forward_are_due_unless_they_are_leased_or_stopped(store: SqlStore) -> None:
    order = stored(store, an_order(parcels=4))
    planned, sooner, stopped, leased = claim(store).claims
    record(store, a_look(planned), a_look(sooner, next_look_at=NOON), a_look(stopped, next_look_at=None))

    with store.write() as unit:
        unit.look_sooner([each.id for each in order.shipments], at=NOON + MINUTE)

    assert {each.shipment_id for each in claim(store, now=NOON).claims} == {sooner.shipment_id}
    assert {each.shipment_id for each in claim(store, now=NOON + MINUTE).claims} == {planned.shipment_id}
    assert record(store, a_look(leased)) == 1


def test_nobody_waits_for_a_row_to_bring_its_look_forward(store: SqlStore, migrated_url: str) -> None:
    """Two transactions that lock orders and parcels in another order must not meet in a circle."""
    order = stored(store, an_order(parcels=2))
    record(store, *[a_look(each) for each in claim(store).claims])
    if migrated_url.startswith("sqlite"):
        return  # one writer at a time: there is no circle
    first, second = (each.id for each in order.shipments)

    with store.write() as held, store.write() as unit:
        held.look_sooner([first], at=NOON)
        unit.look_sooner([first, second], at=NOON)

    assert len(claim(store).claims) == 2


def test_the_urgent_are_claimed_before_the_longer_due_and_a_reader_makes_urgent(store: SqlStore) -> None:
    order, watched = stored(store, an_order(parcels=4)), stored(store, an_order())
    record(store, *[a_look(each, next_look_at=NOON, urgency=Urgency.QUIET) for each in claim(store).claims])
    urgent = order.shipments[3].id
    (again, *others) = sorted(claim(store).claims, key=lambda each: each.shipment_id != urgent)
    store.release_looks(others)
    record(store, a_look(again, next_look_at=NOON + MINUTE, urgency=Urgency.URGENT))
    store.watched(watched.id, at=NOON, next_look_at=NOON + 2 * MINUTE)

    first = claim(store, limit=3, now=NOON + 2 * MINUTE)  # at most one of them goes to the longest waiting

    assert {each.shipment_id for each in first.claims} > {urgent, watched.shipments[0].id}


def test_a_call_for_many_is_filled_with_the_nearly_due_that_have_rested(store: SqlStore) -> None:
    """Eleven minutes early is too early; one that was just tried waits for a reason."""
    stored(store, an_order(parcels=5))
    due, near, far, *tried = claim(store).claims
    early = NOON - timedelta(hours=1)
    record(store, a_look(due, next_look_at=NOON, at=early), a_look(near, next_look_at=NOON + 9 * MINUTE, at=early))
    record(store, a_look(far, next_look_at=NOON + 11 * MINUTE, at=early))
    record(store, *[a_look(each, next_look_at=NOON + 5 * MINUTE, at=NOON - MINUTE) for each in tried])
    hour = (Quota(limit=10, per=timedelta(hours=1)),)

    asked = claim(store, limit=30, calls_of=30, quotas=hour)

    assert [each.shipment_id for each in asked.claims] == [due.shipment_id, near.shipment_id]
    assert claim(store, limit=30, calls_of=30, quotas=hour, now=NOON + timedelta(seconds=1)).claims == ()


def test_the_quiet_leave_calls_to_the_urgent(store: SqlStore) -> None:
    stored(store, an_order(parcels=60))
    claims = claim(store, limit=60).claims
    record(store, *[a_look(each, next_look_at=NOON, urgency=Urgency.QUIET) for each in claims[:50]])
    hour = (Quota(limit=60, per=timedelta(hours=1)),)

    quiet = claim(store, limit=60, quotas=hour)
    none = claim(store, limit=60, quotas=hour)
    record(store, *[a_look(each, next_look_at=NOON, urgency=Urgency.URGENT) for each in claims[50:]])
    urgent = claim(store, limit=60, quotas=hour)

    assert (len(quiet.claims), len(none.claims), none.wait) == (10, 0, MINUTE)
    assert len(urgent.claims) == 10  # a fifth of what the hour has left
    assert {each.shipment_id for each in urgent.claims} & {each.shipment_id for each in claims[50:]}
