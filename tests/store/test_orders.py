"""What is written comes back as the same value."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from carriers.events import Clock, Milestone, Phase, PromiseKind, Reason
from notifiers.message import Channel
from tests.store.builders import NOON, a_recipient, a_scan, a_shipment, an_order, stored
from tracker.domain.orders import OrderStage, OrderState
from tracker.domain.people import Consent
from tracker.domain.problems import StuckReason
from tracker.domain.shipments import (
    Cause,
    DelayCause,
    Item,
    Judgement,
    ShipmentId,
    Standing,
    Transition,
    Watch,
)
from tracker.domain.windows import DeliveryWindow, PromisedBy
from tracker.pipeline.ports import Raced
from tracker.store import lookups, shipments, sights
from tracker.store.sights import PageView
from tracker.store.tables import events
from tracker.store.unit import SqlStore

DAY = timedelta(days=1)
WINDOW = DeliveryWindow(
    first_day=date(2026, 3, 5),
    last_day=date(2026, 3, 6),
    promised_by=PromisedBy.CARRIER,
    kind=PromiseKind.SCHEDULED,
    told_at=NOON,
)
STANDING = Standing(
    milestone=Milestone.EXCEPTION,
    reason=Reason.WEATHER,
    since=NOON,
    event="f" * 32,
    visit=2,
    corrected_from=Milestone.DELIVERED,
    stage_before=Milestone.OUT_FOR_DELIVERY,
    day=date(2026, 3, 3),
    trip_day=date(2026, 3, 2),
    trip_over=True,
)
JUDGEMENT = Judgement(
    delayed=DelayCause.PROMISE_PASSED,
    delayed_since=NOON,
    stuck=StuckReason.SILENT,
    stuck_since=NOON,
    severity=2,
    review_at=NOON + timedelta(days=1),
)


def test_an_order_comes_back_as_it_was_written(store: SqlStore) -> None:
    order = an_order(parcels=2)
    order = replace(order, items=(Item(name="Lamp", sku="L-1", quantity=2),), promised=WINDOW)

    stored(store, order)

    with store.write() as unit:
        read, told, suppressed = unit.order_dossier(order.id)
    due = tuple(replace(each, watch=Watch(next_look_at=NOON)) for each in order.shipments)
    assert read == replace(order, shipments=due)
    assert (told, suppressed) == ((), frozenset())


def test_every_field_of_a_judged_shipment_survives(store: SqlStore) -> None:
    order = stored(store, an_order())
    judged = replace(
        order.shipments[0],
        items=(Item(name="Lamp"),),
        service="Standard",
        standing=STANDING,
        window=WINDOW,
        first_window=replace(WINDOW, last_day=date(2026, 3, 5)),
        judgement=JUDGEMENT,
        last_event_at=NOON,
        moved_at=NOON,
        left_with="Front door",
        pickup_by=date(2026, 3, 9),
        handed_over_to="XY123",
        version=1,
    )

    with store.write() as unit:
        unit.save_shipment(judged)

    with store.write() as unit:
        assert unit.dossier(judged.id).shipment == replace(judged, watch=Watch(next_look_at=NOON))


def test_an_order_comes_whole_in_one_journey_as_it_does_in_several(store: SqlStore) -> None:
    silent, talker = a_recipient("bo@example.com", "Bo “B” Å\n"), a_recipient()
    late = Consent(channel=Channel.SMS, granted=False, source="stop", at=NOON + timedelta(microseconds=123_450))
    talker = replace(talker, consents=(*talker.consents, late))
    order = stored(store, replace(an_order(parcels=3), recipients=(replace(silent, consents=()), talker)))
    first, second, gone = order.shipments
    scan = replace(a_scan(), reason=Reason.WEATHER, phase=Phase.MOVED, retracts=Milestone.DELIVERED, known=False)
    with store.write() as unit:
        unit.save_shipment(
            replace(
                first,
                standing=STANDING,
                window=WINDOW,
                judgement=JUDGEMENT,
                pickup_by=date(2026, 3, 9),
                items=(Item(name="Lamp"),),
                version=1,
            )
        )
        for each in (first, gone):
            unit.add_events(each.id, [scan, a_scan(minute=1)], seen_at=NOON, not_seen_at=None)
    with store.begin() as connection:
        shipments.retire(connection, gone.id, by=None, at=NOON)

    with store.read() as snapshot:
        known = lookups.order_by_id(snapshot, order.id)
        assert known is not None
        view = sights.page(snapshot, store.vault.page_token(order.id))
        told = {each: set(shipments.read_events(snapshot.connection, each)) for each in (first.id, second.id)}

    assert view is not None
    assert view.order == replace(known, recipients=())
    assert {each: set(seen) for each, seen in view.events.items()} == told
    assert len(told[first.id]) == 2


def test_an_order_of_nobody_without_parcels_comes_whole_too(store: SqlStore) -> None:
    order = stored(store, replace(an_order(parcels=0), recipients=()))

    with store.read() as snapshot:
        view = sights.page(snapshot, store.vault.page_token(order.id))

    assert view == PageView(order=order, events={}, locale="")


def test_two_who_read_the_same_version_cannot_both_write(store: SqlStore) -> None:
    shipment = stored(store, an_order()).shipments[0]
    with store.write() as unit:
        unit.save_shipment(replace(shipment, version=1))

    with pytest.raises(Raced), store.write() as unit:
        unit.save_shipment(replace(shipment, version=1))


def test_a_scan_told_anew_is_stored_once_as_told_last_and_as_seen_first(store: SqlStore) -> None:
    shipment = stored(store, an_order()).shipments[0]
    first = replace(a_scan(), reason=Reason.WEATHER, clock=Clock.ASSUMED, utc_offset_minutes=None)
    surer = replace(a_scan(), phase=Phase.MOVED, retracts=Milestone.DELIVERED, text="again", known=False)

    with store.write() as unit:
        unit.add_events(shipment.id, [first], seen_at=NOON, not_seen_at=None)
    with store.write() as unit:
        unit.add_events(shipment.id, [surer, a_scan(minute=1)], seen_at=NOON + DAY, not_seen_at=NOON)

    with store.write() as unit:
        assert set(unit.dossier(shipment.id).events) == {surer, a_scan(minute=1)}
    with store.read() as snapshot:
        rows = snapshot.connection.execute(select(events.c.fingerprint, events.c.seen_at))
        seen = {row.fingerprint: row.seen_at for row in rows}
    assert seen == {surer.fingerprint: NOON, a_scan(minute=1).fingerprint: NOON + DAY}


def test_a_zero_byte_from_a_carrier_does_not_stop_us(store: SqlStore) -> None:
    shipment = stored(store, an_order()).shipments[0]

    with store.write() as unit:
        unit.add_events(shipment.id, [replace(a_scan(), text="a\0b" + "x" * 900)], seen_at=NOON, not_seen_at=None)

    with store.write() as unit:
        assert unit.dossier(shipment.id).events[0].text == "ab" + "x" * 498


def test_a_transition_has_its_number_once(store: SqlStore) -> None:
    order = stored(store, an_order())
    step = Transition(
        shipment_id=order.shipments[0].id,
        order_id=order.id,
        before=None,
        after=Milestone.IN_TRANSIT,
        occurred_at=NOON,
        seen_at=NOON,
        cause=Cause.EVENT,
        seq=1,
    )
    with store.write() as unit:
        unit.add_transition(step)

    with pytest.raises(Raced), store.write() as unit:
        unit.add_transition(step)


def test_the_roll_up_raises_the_page_version(store: SqlStore) -> None:
    order = stored(store, an_order())
    state = OrderState(stage=OrderStage.IN_TRANSIT, delayed=True, delivered=0, returned=0, parcels=1, ended=False)

    with store.write() as unit:
        unit.save_state(order.id, state)

    with store.write() as unit:
        read, _, _ = unit.order_dossier(order.id)
    assert (read.state, read.version) == (state, order.version + 1)


def test_a_superseded_journey_no_longer_counts_but_stays_readable(store: SqlStore) -> None:
    order = stored(store, an_order(parcels=2))
    old, kept = order.shipments
    new = a_shipment(order, n=7)

    with store.write() as unit:
        unit.add_shipment(new)
        unit.supersede(old.id, new.id, at=NOON)

    with store.write() as unit:
        dossier = unit.dossier(old.id)
    assert {each.id for each in dossier.order.shipments} == {kept.id, new.id}
    assert (dossier.shipment.superseded_by, dossier.shipment.watch.next_look_at) == (new.id, None)


def test_a_person_is_known_by_address_and_consents_add_up(store: SqlStore) -> None:
    order = stored(store, an_order())
    (ada,) = order.recipients
    no_more = Consent(channel=Channel.EMAIL, granted=False, source="shop", at=NOON + timedelta(days=1))
    renamed = replace(a_recipient(), name="Ada L.", consents=(*ada.consents, no_more))

    with store.write() as unit:
        unit.save_order(replace(order, recipients=(renamed, a_recipient("bob@example.com"))), body_sha256="1" * 64)

    with store.write() as unit:
        read, _, _ = unit.order_dossier(order.id)
        assert unit.body_sha256(order.id) == "1" * 64
    first = next(each for each in read.recipients if each.id == ada.id)
    assert (first.name, first.consents) == ("Ada L.", (*ada.consents, no_more))
    assert len(read.recipients) == 2


def test_no_personal_data_lies_open_in_the_file(store: SqlStore) -> None:
    order = stored(store, an_order(recipient=a_recipient("grace@example.org", name="Grace Hopper")))

    with store.read() as snapshot:
        rows = [
            str(tuple(row))
            for table in ("recipients", "contacts", "consents", "orders")
            for row in snapshot.connection.exec_driver_sql(f"SELECT * FROM {table}")
        ]

    assert order.number in "".join(rows)
    assert not [row for row in rows if "grace" in row.casefold()]


def test_an_order_of_two_requests_is_made_once(store: SqlStore) -> None:
    order = stored(store, an_order())
    again = replace(an_order(), number=order.number)

    with pytest.raises(Raced), store.write() as unit:
        unit.add_order(again, body_sha256="2" * 64)

    with store.write() as unit:
        assert unit.order_id(order.brand, order.number) == order.id
        assert unit.order_id("another", order.number) is None


def test_the_first_answer_to_a_key_is_remembered(store: SqlStore) -> None:
    with store.write() as unit:
        unit.remember("northwind", "k", body_sha256="a", status=201, answer={"id": "1"}, machine_now=NOON)
        unit.remember("northwind", "k", body_sha256="b", status=200, answer={"id": "2"}, machine_now=NOON)

    with store.write() as unit:
        assert unit.remembered("northwind", "k") == ("a", 201, {"id": "1"})
        assert unit.remembered("other", "k") is None


def test_a_missing_shipment_is_a_key_error(store: SqlStore) -> None:
    with pytest.raises(KeyError), store.write() as unit:
        unit.dossier(ShipmentId("0" * 32))
