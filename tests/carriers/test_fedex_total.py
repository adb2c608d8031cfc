"""Whatever bytes come, reading them ends in an Answer or a CarrierError, and damage never invents a scan."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carriers.contract import CarrierError
from carriers.events import Tracked, TrackingEvent
from carriers.registry import READ
from tests.carriers.fedex_answers import FIXTURES, NUMBER, a_result, a_scan, an_answer, fixture
from tests.mutants import is_told_by, mutants

WHOLE = sorted(path.name for path in FIXTURES.iterdir())

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["", "null", "string", "2026-03-10T09:30:00", "+00:00", "DL", "007", "US", NUMBER]),
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
SCAN = (
    "date",
    "eventType",
    "eventDescription",
    "exceptionCode",
    "exceptionDescription",
    "scanLocation",
    "locationType",
    "derivedStatusCode",
)
RESULT = (
    "trackingNumberInfo",
    "scanEvents",
    "latestStatusDetail",
    "dateAndTimes",
    "estimatedDeliveryTimeWindow",
    "deliveryDetails",
    "packageDetails",
    "serviceDetail",
    "additionalTrackingInfo",
    "recipientInformation",
    "error",
)
locations = st.dictionaries(st.sampled_from(["city", "countryCode", "locationContactAndAddress"]), values, max_size=3)


def outcome(body: bytes, *, http_status: int = 200, number: str = NUMBER) -> tuple[Tracked, ...] | CarrierError:
    try:
        return READ["fedex"](body, http_status=http_status, numbers=[number]).readings[number]
    except CarrierError as error:
        return error


@given(body=st.binary(max_size=200), http_status=st.integers(100, 599))
def test_any_bytes_have_a_typed_outcome(body: bytes, http_status: int) -> None:
    assert isinstance(outcome(body, http_status=http_status), CarrierError)


@given(results=values, alerts=values, errors=values)
def test_any_json_has_a_typed_outcome(results: object, alerts: object, errors: object) -> None:
    output = {"completeTrackResults": results, "alerts": alerts}
    body = json.dumps({"output": output, "errors": errors}).encode()

    assert isinstance(outcome(body), tuple | CarrierError)


@settings(max_examples=120)
@given(
    result=st.dictionaries(st.sampled_from(RESULT), values, max_size=6),
    changes=st.dictionaries(st.sampled_from(SCAN), values, max_size=4),
    location=locations,
)
def test_any_result_has_a_typed_outcome(
    result: dict[str, object], changes: dict[str, object], location: dict[str, object]
) -> None:
    scans = [{**a_scan(), **changes}, {**a_scan("DE/007"), "scanLocation": location}]
    told = outcome(an_answer({**a_result(*scans), **result}))

    assert isinstance(told, tuple | CarrierError)
    for parcel in told if isinstance(told, tuple) else ():
        assert all(len(event.fingerprint) == 32 for event in parcel.events)  # half characters cannot be hashed
        assert list(parcel.events) == sorted(parcel.events, key=lambda event: event.occurred_at)


@pytest.mark.parametrize("name", WHOLE)
def test_no_damage_invents_a_scan(name: str) -> None:
    """A lost newest life may leave the older one, so both lives of a number are known."""
    known = [event for body in _each_life(fixture(name)) for event in _events(body)]

    for damage, body in mutants(fixture(name), seed=name, count=200):
        for event in _events(body):
            assert any(is_told_by(event, other) for other in known), (damage, event)


def test_an_invented_scan_would_be_noticed() -> None:
    """The check above can fail: a return that turns into an attempt, a scan an hour late, another wall time."""
    (whole,) = _events(an_answer(a_result(a_scan("DE/060G"))))

    assert is_told_by(whole, whole)
    for other in (
        a_scan("DE"),
        a_scan("DE/007"),
        a_scan("DE/777"),
        a_scan("DE/060G", date="2026-03-10T10:30:00-05:00"),
        a_scan("DE/060G", date="2026-03-10T09:30:00-06:00"),
    ):
        (told,) = _events(an_answer(a_result(other)))
        assert not is_told_by(told, whole)


def _each_life(body: bytes) -> list[bytes]:
    completes = json.loads(body)["output"]["completeTrackResults"]
    return [an_answer(result) for complete in completes for result in complete["trackResults"]]


def _events(body: bytes) -> list[TrackingEvent]:
    told = outcome(body)
    return [event for parcel in told for event in parcel.events] if isinstance(told, tuple) else []
