"""What becomes of an order however often, and however differently, a shop states it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.domain.builders import NOON
from tests.pipeline.registering import (
    MINUTE,
    ONE,
    TERMS,
    THREE,
    TWO,
    change,
    journeys,
    numbers,
    opened,
    outbox,
    read,
    recorded,
    stated,
    take_in,
)
from tests.pipeline.world import BOOT
from tests.store.builders import a_notification
from tracker.domain.notices import NotificationState, WhyNot
from tracker.domain.orders import OrderStage
from tracker.pipeline import register
from tracker.pipeline.register import Result
from tracker.shops import orders
from tracker.store.unit import SqlStore


@pytest.fixture
def store(database_url: str) -> Iterator[SqlStore]:
    with opened(database_url) as store:
        yield store


def test_an_order_is_stored_as_it_was_stated_and_its_parcel_is_due_to_be_looked_at(store: SqlStore) -> None:
    done = take_in(store, stated())

    order = read(store, done.order.id)
    assert (done.result, order.number, order.brand) == (Result.CREATED, "2026/001", "fern")
    assert order.destination_zone == "Europe/Oslo"  # the only one Norway has
    assert order.shipments[0].carrier == "ups"
    assert order.shipments[0].watch.next_look_at == NOON
    assert order.shipments[0].judgement.review_at is not None
    assert order.state.stage is OrderStage.CONFIRMED
    assert replace(order, version=done.order.version) == done.order


def test_a_confirmed_order_is_told_once_however_often_it_is_stated(store: SqlStore) -> None:
    first = take_in(store, stated())
    take_in(store, stated())
    take_in(store, stated(packed_at="2026-05-04T11:30:00Z"))

    assert outbox(store) == [("confirmed", NotificationState.PENDING, None)]
    assert len(first.queued) == 1


def test_the_same_statement_changes_nothing(store: SqlStore) -> None:
    before = read(store, take_in(store, stated()).order.id)

    again = take_in(store, stated(), replace(TERMS, now=NOON + MINUTE))

    assert again.result is Result.UNCHANGED
    assert read(store, before.id) == before
    assert recorded(store) == []


def test_a_changed_statement_is_applied_and_recorded_without_personal_data(store: SqlStore) -> None:
    order = take_in(store, stated()).order

    done = take_in(
        store,
        stated(
            packed_at="2026-05-04T11:30:00Z",
            destination={"country": "US", "region": "CO", "city": "Denver"},
            recipients=[{"name": "Ada Nord", "email": "ada@shopper.example"}, {"email": "bo@shopper.example"}],
            items=[{"name": "Wool blanket", "quantity": 2}],
        ),
    )

    after = read(store, order.id)
    assert done.result is Result.CHANGED
    assert set(done.changed) == {"packed_at", "destination", "recipients", "items"}
    assert (after.state.stage, after.destination_zone) == (OrderStage.PACKED, "America/Denver")
    assert after.shipments[0].destination_zone == "America/Denver"
    assert {each.name for each in after.recipients} == {"Ada Nord", ""}
    assert order.recipients[0].id in {each.id for each in after.recipients}
    assert after.version > order.version
    assert "shopper.example" not in str(recorded(store))
    assert "Ada" not in str(recorded(store))


def test_what_is_left_out_stays(store: SqlStore) -> None:
    order = take_in(store, stated()).order

    take_in(store, orders.read({"number": "2026/001", "packed_at": "2026-05-04T11:30:00Z"}, now=NOON))

    after = read(store, order.id)
    assert (after.items, after.recipients, numbers(after)) == (order.items, order.recipients, [ONE])


def test_a_retry_of_the_first_statement_cannot_undo_a_later_change(store: SqlStore) -> None:
    order = take_in(store, stated()).order
    change(store, order, shipments=[{"tracking_number": TWO}])

    take_in(store, stated())

    assert numbers(read(store, order.id)) == [TWO]


def test_a_corrected_number_supersedes_the_old_journey_and_keeps_it(store: SqlStore) -> None:
    order = take_in(store, stated()).order

    done = take_in(store, stated(shipments=[{"tracking_number": TWO}]))

    old, new = journeys(store)[ONE], journeys(store)[TWO]
    assert numbers(read(store, order.id)) == [TWO]
    assert (old.superseded_by, old.next_look_at, old.review_at) == (new.id, None, None)
    assert new.notify_after == old.notify_after
    assert recorded(store) == [{"shipments": {"corrected": [[ONE, TWO]]}}]
    assert done.order.state.parcels == 1


def test_a_pending_message_about_a_corrected_number_is_pulled_back(store: SqlStore) -> None:
    order = take_in(store, stated()).order
    with store.write() as unit:
        unit.queue([a_notification(order)], machine_now=BOOT)

    change(store, order, shipments=[{"tracking_number": TWO, "replaces": ONE}])

    assert ("shipped", NotificationState.CANCELLED, WhyNot.TAKEN_BACK) in outbox(store)


def test_another_carrier_for_the_same_number_begins_a_new_journey(store: SqlStore) -> None:
    order = take_in(store, stated()).order

    done = change(store, order, shipments=[{"tracking_number": ONE, "carrier": "fedex"}])

    assert [each.carrier for each in read(store, order.id).shipments] == ["fedex"]
    assert done.warnings == ("fedex is not asked: FEDEX_CLIENT_ID is not set",)


def test_parcels_are_added_and_taken_away_one_by_one(store: SqlStore) -> None:
    order = take_in(store, stated()).order
    for number in (TWO, THREE):
        with store.write() as unit:
            added = register.add_shipment(
                unit, order.id, orders.read_shipment({"tracking_number": number}), terms=TERMS
            )
    with store.write() as unit:
        again = register.add_shipment(unit, order.id, orders.read_shipment({"tracking_number": THREE}), terms=TERMS)
    with store.write() as unit:
        left = register.remove_shipment(unit, order.id, order.shipments[0].id, terms=TERMS)

    assert sorted(numbers(added.order)) == sorted([ONE, TWO, THREE])
    assert again.result is Result.UNCHANGED
    assert sorted(numbers(left.order)) == sorted([TWO, THREE])
    assert left.order.state.parcels == 2
    assert journeys(store)[ONE].removed_at == NOON


def test_a_list_that_names_fewer_takes_the_others_away_unless_its_source_only_adds(store: SqlStore) -> None:
    both = stated(shipments=[{"tracking_number": ONE}, {"tracking_number": TWO}])
    order = take_in(store, both).order

    take_in(store, stated(shipments=[{"tracking_number": THREE}]), replace(TERMS, adds_only=True))
    assert sorted(numbers(read(store, order.id))) == sorted([ONE, TWO, THREE])

    take_in(store, stated(shipments=[{"tracking_number": TWO}]))
    assert numbers(read(store, order.id)) == [TWO]
