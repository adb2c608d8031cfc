"""Whatever bytes come, reading them ends in an Answer or a CarrierError, and damage never invents a scan."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carriers.contract import CarrierError
from carriers.events import Tracked, TrackingEvent
from carriers.registry import READ
from tests.carriers.dhl_answers import NUMBER, WHOLE, a_shipment, an_answer, an_event, fixture
from tests.mutants import is_told_by, mutants
from tests.speaking import SPEAKS

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["", "null", "string", "2026-03-10", "2026-03-10T09:30:00Z", "express", "OK", "transit", NUMBER]),
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
EVENT = ("timestamp", "location", "statusCode", "status", "statusDetailed", "description", "remark")
SHIPMENT = (
    "id",
    "service",
    "events",
    "status",
    "destination",
    "estimatedTimeOfDelivery",
    "estimatedDeliveryTimeFrame",
    "details",
    "returnFlag",
)
PROBLEM = ("title", "status", "detail", "shipments")


def outcome(body: bytes, *, http_status: int = 200, number: str = NUMBER) -> tuple[Tracked, ...] | CarrierError:
    try:
        reading = READ["dhl"](body, http_status=http_status, numbers=[number]).readings[number]
    except CarrierError as error:
        return error
    return reading


@given(body=st.binary(max_size=200), http_status=st.integers(100, 599))
def test_any_bytes_have_a_typed_outcome(body: bytes, http_status: int) -> None:
    assert isinstance(outcome(body, http_status=http_status), CarrierError)


@given(value=values, http_status=st.sampled_from([200, 400, 404]))
def test_any_json_has_a_typed_outcome(value: object, http_status: int) -> None:
    body = json.dumps({"shipments": value}).encode()

    assert isinstance(outcome(body, http_status=http_status), tuple | CarrierError)


@given(problem=st.dictionaries(st.sampled_from(PROBLEM), values), http_status=st.sampled_from([200, 400, 404]))
def test_any_problem_has_a_typed_outcome(problem: dict[str, object], http_status: int) -> None:
    assert isinstance(outcome(json.dumps(problem).encode(), http_status=http_status), tuple | CarrierError)


@settings(max_examples=120)
@given(
    shipment=st.dictionaries(st.sampled_from(SHIPMENT), values, max_size=5),
    changes=st.dictionaries(st.sampled_from(EVENT), values, max_size=5),
)
def test_any_shipment_has_a_typed_outcome(shipment: dict[str, object], changes: dict[str, object]) -> None:
    event = {**an_event(), **changes}
    told = outcome(an_answer({**a_shipment(event, an_event("WC")), **shipment}))

    assert isinstance(told, tuple | CarrierError)
    for parcel in told if isinstance(told, tuple) else ():
        assert all(len(event.fingerprint) == 32 for event in parcel.events)  # half characters cannot be hashed
        assert list(parcel.events) == sorted(parcel.events, key=lambda event: event.occurred_at)


@pytest.mark.parametrize(("name", "number"), WHOLE.items())
def test_no_damage_invents_a_scan(name: str, number: str) -> None:
    """What the whole file says includes the status above the list, which counts when the list is gone."""
    lives = [json.dumps(life).encode() for life in SPEAKS["dhl"].lives(json.loads(fixture(name)))]
    whole = [outcome(body, number=number) for body in (fixture(name), *lives)]
    known = [event for told in whole if isinstance(told, tuple) for parcel in told for event in parcel.events]

    for damage, body in mutants(fixture(name), seed=name, count=400):
        told = outcome(body, number=number)
        for event in [event for parcel in told for event in parcel.events] if isinstance(told, tuple) else []:
            assert any(is_told_by(event, other) for other in known), (damage, event)


@pytest.mark.parametrize("name", WHOLE)
def test_a_damaged_problem_claims_nothing_it_did_not_say(name: str) -> None:
    """Cut anywhere, an answer is whole or unreadable."""
    body = fixture(name)

    for length in range(0, len(body) - 2, 7):
        assert isinstance(outcome(body[:length], number=WHOLE[name]), CarrierError)


def test_an_invented_scan_would_be_noticed() -> None:
    """The check above can fail: a pick-up that turns into a movement, a scan an hour late, another wall time."""
    (whole,) = _events(an_event("PU"))

    assert is_told_by(whole, whole)
    for other in (
        an_event("AF"),
        an_event("PU", timestamp="2026-03-10T10:30:00Z"),
        an_event("PU", timestamp="2026-03-10T09:30:00+01:00"),
        an_event("SA"),
    ):
        (told,) = _events(other)
        assert not is_told_by(told, whole)


def _events(event: object) -> tuple[TrackingEvent, ...]:
    told = outcome(an_answer(a_shipment(event)))
    assert isinstance(told, tuple)
    return told[0].events
