"""Whatever bytes come, reading them ends in an Answer or a CarrierError, and damage never invents a scan."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carriers.contract import CarrierError
from carriers.events import Tracked, TrackingEvent
from carriers.registry import READ
from tests.carriers.ups_answers import NUMBER, a_package, an_activity, an_answer, fixture
from tests.mutants import is_told_by, mutants

WHOLE = ("delivered.json", "customs.json", "short.json", "older.json", "returned.json", "not_found.json")

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["", "null", "string", "20260310", "093000", "-05:00", "I", "AR", "005", "US", NUMBER]),
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
NAMES = ("type", "code", "statusCode", "description", "date", "time", "gmtDate", "gmtTime", "gmtOffset", "location")
activities = st.dictionaries(st.sampled_from([*NAMES, "status", "address", "city"]), values, max_size=6)
statuses = st.dictionaries(st.sampled_from(NAMES[:4]), scalars, max_size=4)
PACKAGE = (
    "trackingNumber",
    "activity",
    "deliveryDate",
    "deliveryTime",
    "packageAddress",
    "currentStatus",
    "service",
    "alternateTrackingNumber",
    "deliveryInformation",
    "packageCount",
    "accessPointInformation",
)


def outcome(body: bytes, *, http_status: int = 200, number: str = NUMBER) -> tuple[Tracked, ...] | CarrierError:
    try:
        reading = READ["ups"](body, http_status=http_status, numbers=[number]).readings[number]
    except CarrierError as error:
        return error
    return reading


@given(body=st.binary(max_size=200), http_status=st.integers(100, 599))
def test_any_bytes_have_a_typed_outcome(body: bytes, http_status: int) -> None:
    assert isinstance(outcome(body, http_status=http_status), CarrierError)


@given(value=values)
def test_any_json_has_a_typed_outcome(value: object) -> None:
    body = json.dumps({"trackResponse": {"shipment": value}}).encode()

    assert isinstance(outcome(body), tuple | CarrierError)


@settings(max_examples=120)
@given(
    package=st.dictionaries(st.sampled_from(PACKAGE), values, max_size=6),
    status=statuses,
    changes=activities,
)
def test_any_package_has_a_typed_outcome(
    package: dict[str, object], status: dict[str, object], changes: dict[str, object]
) -> None:
    activity = {**an_activity(), **changes, "status": {"type": "I", "code": "AR", **status}}
    told = outcome(an_answer({**a_package(activity), **package}))

    assert isinstance(told, tuple | CarrierError)
    for parcel in told if isinstance(told, tuple) else ():
        assert all(len(event.fingerprint) == 32 for event in parcel.events)  # half characters cannot be hashed
        assert list(parcel.events) == sorted(parcel.events, key=lambda event: event.occurred_at)


@pytest.mark.parametrize("name", WHOLE)
def test_no_damage_invents_a_scan(name: str) -> None:
    whole = outcome(fixture(name))
    known = [event for parcel in whole for event in parcel.events] if isinstance(whole, tuple) else []

    for damage, body in mutants(fixture(name), seed=name, count=200):
        told = outcome(body)
        for event in [event for parcel in told for event in parcel.events] if isinstance(told, tuple) else []:
            assert any(is_told_by(event, other) for other in known), (damage, event)


def test_an_invented_scan_would_be_noticed() -> None:
    """The check above can fail: a pick-up that turns into a movement, a scan an hour late, another wall time."""
    (whole,) = _events(an_activity("I/OR/005"))

    assert is_told_by(whole, whole)
    for other in (
        an_activity("I/AR/005"),
        an_activity("I/OR/005", time="103000", gmtTime="15:30:00"),
        an_activity("I/OR/005", gmtOffset="-06:00"),
        an_activity("I/PU/005"),
    ):
        (told,) = _events(other)
        assert not is_told_by(told, whole)


def _events(activity: object) -> tuple[TrackingEvent, ...]:
    told = outcome(an_answer(a_package(activity)))
    assert isinstance(told, tuple)
    return told[0].events
