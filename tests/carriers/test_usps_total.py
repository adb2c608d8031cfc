"""Whatever bytes come, reading them ends in an Answer or a CarrierError, and damage never invents a scan."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carriers.contract import CarrierError
from carriers.events import Tracked, TrackingEvent
from carriers.registry import READ
from tests.carriers.usps_answers import NUMBER, an_answer, an_event, fixture
from tests.mutants import is_told_by, mutants

WHOLE = ("delivered.json", "returned.json", "partner.json", "pickup.json", "short.json", "not_found.json", "scope.json")

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["", "null", "string", "01", "TL", "2026-03-10T09:30:00", "-05:00", "6:00 PM", "IL", NUMBER]),
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
EVENT = (
    *("eventType", "eventTimestamp", "GMTTimestamp", "GMTOffset", "eventCity", "eventState", "eventZIP"),
    *("eventCountry", "eventCode", "name"),
)
ANSWER = (
    *("trackingNumber", "trackingEvents", "mailClass", "services", "mailPieceIntakeDate", "returnDateNotice"),
    *("predictedDeliveryDate", "predictedDeliveryWindowStartTime", "expectedDeliveryTimeStamp", "endOfDay"),
    *("destinationCity", "destinationState", "error"),
)


def outcome(body: bytes, *, http_status: int = 200, number: str = NUMBER) -> tuple[Tracked, ...] | CarrierError:
    try:
        reading = READ["usps"](body, http_status=http_status, numbers=[number]).readings[number]
    except CarrierError as error:
        return error
    return reading


@given(body=st.binary(max_size=200), http_status=st.integers(100, 599))
def test_any_bytes_have_a_typed_outcome(body: bytes, http_status: int) -> None:
    assert isinstance(outcome(body, http_status=http_status), CarrierError)


@given(value=values, http_status=st.sampled_from([200, 400, 401, 403, 404]))
def test_any_json_has_a_typed_outcome(value: object, http_status: int) -> None:
    for name in ("error", "trackingEvents"):
        assert isinstance(outcome(json.dumps({name: value}).encode(), http_status=http_status), tuple | CarrierError)


@given(error=st.dictionaries(st.sampled_from(["code", "message", "errors"]), values, max_size=3))
def test_any_error_has_a_typed_outcome(error: dict[str, object]) -> None:
    told = outcome(json.dumps({"apiVersion": "/tracking/v3", "error": error}).encode(), http_status=400)

    assert isinstance(told, CarrierError)


@settings(max_examples=120)
@given(
    answer=st.dictionaries(st.sampled_from(ANSWER), values, max_size=6),
    event=st.dictionaries(st.sampled_from(EVENT), values, max_size=5),
)
def test_any_answer_has_a_typed_outcome(answer: dict[str, object], event: dict[str, object]) -> None:
    told = outcome(an_answer({**an_event(), **event}, **answer))

    assert isinstance(told, tuple | CarrierError)
    for parcel in told if isinstance(told, tuple) else ():
        assert all(len(each.fingerprint) == 32 for each in parcel.events)  # half characters cannot be hashed
        assert list(parcel.events) == sorted(parcel.events, key=lambda each: each.occurred_at)


@pytest.mark.parametrize("name", WHOLE)
def test_no_damage_invents_a_scan(name: str) -> None:
    whole = outcome(fixture(name))
    known = [event for parcel in whole for event in parcel.events] if isinstance(whole, tuple) else []

    for damage, body in mutants(fixture(name), seed=name, count=400):
        told = outcome(body)
        for event in [event for parcel in told for event in parcel.events] if isinstance(told, tuple) else []:
            assert any(is_told_by(event, other) for other in known), (damage, event)


def test_an_invented_scan_would_be_noticed() -> None:
    """The check above can fail: a return that turns into a delivery, a scan an hour late, another wall time."""
    whole = _only(an_event("01", "Delivered, To Original Sender"))

    assert is_told_by(whole, whole)
    for other in (
        an_event("01", "Delivered"),
        an_event("01", "Delivered, To Original Sender", eventTimestamp="2026-03-10T10:30:00"),
        an_event("01", "Delivered, To Original Sender", GMTOffset="-06:00"),
        an_event("09", "Return to Sender"),
    ):
        assert not is_told_by(_only(other), whole)


def _only(event: object) -> TrackingEvent:
    told = outcome(an_answer(event))
    assert isinstance(told, tuple)
    return told[0].events[0]
