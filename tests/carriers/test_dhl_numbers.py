"""Which of the shipments in an answer is meant by the number that was asked."""

import pytest

from carriers.contract import Unreadable
from carriers.dhl.numbers import service_of
from carriers.events import Milestone
from tests.carriers.dhl_answers import (
    NUMBER,
    WHOLE,
    a_shipment,
    an_answer,
    an_event,
    fixture,
    parcel,
    parcels,
    reading,
)
from tracker.pipeline.ingest import pick


@pytest.mark.parametrize(
    ("echoed", "asked"),
    [
        ({"id": 1234567891}, NUMBER),  # as a number
        ({"id": f" {NUMBER}"}, NUMBER),
        ({"id": "jd-0100 0001"}, "JD01000001"),
        ({"id": "X", "details": {"pieceIds": ["47080020493"]}}, "470800204932"),  # a piece without its check digit
        ({"id": "X", "details": {"pieceIds": ["340434000000000017"]}}, "00340434000000000017"),  # without its zeros
        ({"id": "X", "details": {"pieceIds": ["JD000390000000000017"]}}, "JJD000390000000000017"),
        ({"id": "X", "details": {"references": {"type": "ecommerce-number", "number": 30000000017}}}, "30000000017"),
    ],
)
def test_a_number_is_recognised_however_it_is_written(echoed: dict[str, object], asked: str) -> None:
    told = parcel(an_answer(a_shipment(an_event(), **echoed)), number=asked)

    assert told.tracking_number == asked


@pytest.mark.parametrize(
    "echoed",
    [
        {"id": "9999999999"},
        {"id": None},
        {"id": True},
        {"id": ["1234567891"]},
        {"id": "123456"},
        {"id": "12345678912345"},
    ],
)
def test_another_number_s_parcel_is_never_taken(echoed: dict[str, object]) -> None:
    assert isinstance(reading(an_answer(a_shipment(an_event(), **echoed))), Unreadable)


def test_the_shipment_asked_for_is_found_wherever_it_stands() -> None:
    other = a_shipment(an_event("OK", "delivered"), id="9999999999")
    asked = a_shipment(an_event("WC"))

    told = parcel(an_answer(other, asked))

    assert told.events[0].milestone is Milestone.OUT_FOR_DELIVERY


def test_an_exact_number_goes_before_one_that_only_lacks_a_digit() -> None:
    near = a_shipment(an_event("OK", "delivered"), id="123456789")

    assert parcel(an_answer(near, a_shipment(an_event("WC")))).events[0].milestone is Milestone.OUT_FOR_DELIVERY


def test_shipments_that_share_a_reference_are_told_apart_and_none_is_taken_for_another() -> None:
    """The shop's number is a reference here, and two strangers' parcels carry it as their id."""
    told = parcels(fixture("ecommerce.json"), number=WHOLE["ecommerce.json"])

    assert {each.tracking_number for each in told} == {"3000000000000011", "3000000000000028"}
    assert pick(WHOLE["ecommerce.json"], told) is None


def test_a_reference_of_one_shipment_is_that_shipment_s() -> None:
    named = a_shipment(an_event("WC"), id="JD01000001", details={"references": [{"number": NUMBER, "type": "order"}]})

    told = parcel(an_answer(named))

    assert told.tracking_number == "JD01000001"
    assert pick(NUMBER, [told]) is told


def test_of_two_lives_of_one_number_the_newer_goes_first() -> None:
    old = a_shipment(an_event("OK", "delivered", timestamp="2026-01-05T10:00:00Z"))
    new = a_shipment(an_event("PU", timestamp="2026-03-05T10:00:00Z"))

    told = parcels(an_answer(old, new))

    assert [each.tracking_number for each in told] == [NUMBER, NUMBER]
    assert told[0].events[-1].milestone is Milestone.PICKED_UP


def test_one_shipment_that_cannot_be_read_spoils_the_answer_for_the_number_it_has() -> None:
    assert isinstance(reading(an_answer(a_shipment(an_event()), a_shipment("scan"))), Unreadable)
    assert parcel(an_answer(a_shipment(an_event()), a_shipment("scan", id="9999999999"))).unread == 0


@pytest.mark.parametrize(
    ("number", "service"),
    [("00340434000000000017", "parcel-de"), (NUMBER, ""), ("JJD000390000000000017", ""), ("00370000000000000017", "")],
)
def test_a_division_is_named_only_where_the_number_has_no_other(number: str, service: str) -> None:
    assert service_of(number) == service
