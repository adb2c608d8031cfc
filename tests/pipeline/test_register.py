"""What becomes of an order however often, and however differently, a shop states it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from carriers.events import Milestone
from tests.domain.builders import NOON, a_scan
from tests.pipeline.world import BOOT, RULES, SECRET
from tests.store.builders import a_notification
from tracker.domain.intake import NewOrder, Unusable
from tracker.domain.notices import NotificationState, WhyNot
from tracker.domain.orders import Order, OrderStage
from tracker.domain.shipments import OrderId, Standing
from tracker.pipeline import register
from tracker.pipeline.naming import Askable, Undecided
from tracker.pipeline.register import Registered, Result, Terms
from tracker.shops import orders
from tracker.store.outbox_tables import notifications
from tracker.store.schema import migrate
from tracker.store.tables import order_changes, shipments
from tracker.store.unit import SqlStore, open_store

ONE, TWO, THREE = "1Z999AA10123456784", "1Z999AA10000000006", "1Z999AA10000000015"
MINUTE = timedelta(minutes=1)
TERMS = Terms(
    rules=RULES,
    askable=Askable(on=frozenset({"ups"}), why_off={"fedex": "FEDEX_CLIENT_ID is not set"}),
    now=NOON,
    machine_now=BOOT,
    source="api",
)
STATED: dict[str, Any] = {
    "number": "2026/001",
    "placed_at": "2026-05-03T12:00:00Z",
    "confirmed_at": "2026-05-04T11:00:00Z",
    "destination": {"country": "NO", "city": "Bergen"},
    "items": [{"name": "Wool blanket"}],
    "recipients": [{"name": "Ada", "email": "ada@shopper.example"}],
    "shipments": [{"tracking_number": ONE, "carrier": "UPS Ground"}],
}


@pytest.fixture
def store(database_url: str) -> Iterator[SqlStore]:
    migrate(database_url)
    opened = open_store(database_url, secret=SECRET)
    yield opened
    opened.close()


def stated(**fields: object) -> NewOrder:
    return orders.read(STATED | fields, now=NOON)


def take_in(store: SqlStore, new: NewOrder, terms: Terms = TERMS) -> Registered:
    with store.write() as unit:
        return register.register(unit, new, brand="fern", terms=terms)


def change(store: SqlStore, order: Order, terms: Terms = TERMS, **fields: object) -> Registered:
    with store.write() as unit:
        new = orders.read_change(fields, number=order.number, now=NOON)
        return register.change(unit, order.id, new, terms=terms)


def read(store: SqlStore, order_id: OrderId) -> Order:
    with store.write() as unit:
        return unit.order_dossier(order_id)[0]


def numbers(order: Order) -> list[str]:
    return [each.tracking_number for each in order.shipments]


def journeys(store: SqlStore) -> dict[str, Any]:
    with store.read() as snapshot:
        return {row.tracking_number: row for row in snapshot.connection.execute(select(shipments))}


def outbox(store: SqlStore) -> list[tuple[str, str, str | None]]:
    with store.read() as snapshot:
        rows = snapshot.connection.execute(select(notifications).order_by(notifications.c.id))
        return [(row.notice, row.state, row.why_not) for row in rows]


def recorded(store: SqlStore) -> list[dict[str, Any]]:
    with store.read() as snapshot:
        return [row.what for row in snapshot.connection.execute(select(order_changes).order_by(order_changes.c.id))]


def picked_up(store: SqlStore, order: Order) -> None:
    """The carrier has the first parcel."""
    first = order.shipments[0]
    event = a_scan(Milestone.PICKED_UP)
    with store.write() as unit:
        unit.add_events(first.id, [event], seen_at=NOON, not_seen_at=None)
        standing = Standing(milestone=Milestone.PICKED_UP, since=NOON, event=event.fingerprint)
        unit.save_shipment(replace(first, standing=standing, version=first.version + 1))


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


def test_a_cancelled_order_ends_while_no_parcel_is_with_the_carrier(store: SqlStore) -> None:
    order = take_in(store, stated()).order

    for _ in range(2):
        with store.write() as unit:
            done = register.cancel(unit, order.id, terms=TERMS)

    assert (done.order.state.stage, done.order.state.ended) == (OrderStage.CANCELLED, True)
    assert done.result is Result.UNCHANGED
    assert outbox(store) == [("confirmed", NotificationState.CANCELLED, WhyNot.ORDER_CANCELLED)]


def test_a_parcel_on_its_way_outlives_the_cancel_of_its_order(store: SqlStore) -> None:
    order = take_in(store, stated()).order
    picked_up(store, order)

    with store.write() as unit:
        done = register.cancel(unit, order.id, terms=TERMS)

    assert (done.order.state.stage, done.order.state.ended) == (OrderStage.SHIPPED, False)
    assert done.order.facts.cancelled_at == NOON
    assert any("with the carrier already" in each for each in done.warnings)


def test_an_import_is_silent_about_the_past(store: SqlStore) -> None:
    done = take_in(store, stated(), replace(TERMS, silent=True, source="import"))

    assert done.queued == ()
    assert {state for _, state, _ in outbox(store)} <= {NotificationState.SUPPRESSED, NotificationState.EXPIRED}
    assert done.order.shipments[0].notify_after == NOON


def test_an_address_given_with_an_order_may_be_written_to_a_phone_needs_its_owners_word(store: SqlStore) -> None:
    people = [{"email": "ada@shopper.example", "phone": "+4741234567"}]

    (person,) = take_in(store, stated(recipients=people)).order.recipients

    assert [(each.channel.value, each.granted, each.source) for each in person.consents] == [("email", True, "order")]


def test_a_refusal_the_shop_stated_is_never_talked_over(store: SqlStore) -> None:
    refused = {"channel": "email", "granted": False, "source": "checkout", "at": "2026-05-01T12:00:00Z"}
    take_in(store, stated(recipients=[{"email": "ada@shopper.example", "consents": [refused]}]))

    take_in(store, stated())

    assert outbox(store) == [("confirmed", NotificationState.SUPPRESSED, WhyNot.OPTED_OUT)]


@pytest.mark.parametrize(
    ("number", "candidates"),
    [("92612999984075423123456783", ("ups", "fedex", "dhl", "usps")), ("NOBODYS1234567", ())],
)
def test_a_number_that_does_not_say_its_carrier_is_asked_back(
    store: SqlStore, number: str, candidates: tuple[str, ...]
) -> None:
    with pytest.raises(Undecided) as caught:
        take_in(store, stated(shipments=[{"tracking_number": number}]))

    assert set(caught.value.candidates) <= set(candidates)
    assert caught.value.problem.field == "shipments[0].tracking_number"
    assert caught.value.problem.fix
    with store.write() as unit:
        assert unit.order_id("fern", "2026/001") is None


def test_a_carrier_nobody_can_ask_is_taken_in_and_said(store: SqlStore) -> None:
    done = take_in(store, stated(shipments=[{"tracking_number": "BIKE000123", "carrier": "Own Bikes"}]))

    assert done.order.shipments[0].carrier == "own_bikes"
    assert "own_bikes is not a carrier we can ask" in done.warnings[0]


def test_an_order_never_grows_beyond_a_hundred_parcels(store: SqlStore) -> None:
    def some(start: int) -> list[dict[str, str]]:
        return [{"tracking_number": f"BIKE{start + n:06}", "carrier": "own"} for n in range(60)]

    take_in(store, stated(shipments=some(0)))

    with pytest.raises(Unusable, match="more than 100 parcels"):
        take_in(store, stated(shipments=some(100)), replace(TERMS, adds_only=True))
