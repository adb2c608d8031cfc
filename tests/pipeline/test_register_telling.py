"""Whom a statement tells, and what it asks back."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.domain.builders import NOON
from tests.pipeline.registering import (
    TERMS,
    opened,
    outbox,
    picked_up,
    stated,
    take_in,
)
from tracker.domain.intake import Unusable
from tracker.domain.notices import NotificationState, WhyNot
from tracker.domain.orders import OrderStage
from tracker.pipeline import register
from tracker.pipeline.naming import Undecided
from tracker.pipeline.register import Result
from tracker.store.unit import SqlStore


@pytest.fixture
def store(database_url: str) -> Iterator[SqlStore]:
    with opened(database_url) as store:
        yield store


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
    [("320500000015", ("fedex", "purolator")), ("NOBODYS1234567", ())],
)
def test_a_number_that_does_not_say_its_carrier_is_asked_back(
    store: SqlStore, number: str, candidates: tuple[str, ...]
) -> None:
    with pytest.raises(Undecided) as caught:
        take_in(store, stated(shipments=[{"tracking_number": number}]))

    assert caught.value.candidates == candidates
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
