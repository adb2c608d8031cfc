"""What a whole FedEx answer says: which outcome, which parcel, which scans, which promise."""

import json
from datetime import UTC, date, datetime, time, timedelta

import pytest

from carriers.contract import (
    CarrierBusy,
    CarrierDown,
    CarrierError,
    CarrierRefused,
    UnknownNumber,
    Unreadable,
)
from carriers.events import Clock, Milestone, Phase, Place, Promise, PromiseKind, Reason
from carriers.registry import READ
from tests.carriers.fedex_answers import (
    NUMBER,
    OTHER,
    a_batch,
    a_result,
    a_scan,
    an_answer,
    an_error,
    an_unknown,
    fixture,
    parcel,
    reading,
    scan,
)
from tracker.domain.shipments import replay

HTML = b"<html><body>Service Unavailable</body></html>"


def test_a_delivered_parcel_is_read_whole() -> None:
    told = parcel(fixture("delivered.json"))

    assert [event.code for event in told.events] == ["PU", "OC", "DP", "AE", "AR", "OD", "DL/014"]
    last = told.events[-1]
    assert (last.milestone, last.reason) == (Milestone.DELIVERED, Reason.SAFE_PLACE)
    assert last.text == "Delivered: Left at front door. Signature Service not requested."
    assert (last.occurred_at, last.clock) == (datetime(2026, 3, 12, 18, 42, 10, tzinfo=UTC), Clock.EXACT)
    assert (last.local_text, last.utc_offset_minutes) == ("2026-03-12T13:42:10", -300)
    assert told.promise is None  # the day of delivery and the standard transit time promise nothing
    assert told.destination == Place(city="SPRINGFIELD", region="IL", postcode="62701", country="US")
    assert (told.service, told.left_with, told.unread) == ("FedEx Ground", "Front Door", 0)


def test_nobody_s_name_or_street_is_taken_from_an_answer() -> None:
    for name in ("delivered.json", "held.json", "returning.json"):
        told = repr(parcel(fixture(name)))

        assert "PERSON" not in told
        assert "Signature not required" not in told
        assert "city='1 Elm" not in told


def test_derived_codes_are_never_believed() -> None:
    """RS says it is delivered, OD and HP say they are in transit; a returning parcel has a receiver too."""
    told = {
        name: replay(parcel(fixture(name)).events).milestone
        for name in ("returning.json", "out_for_delivery.json", "held.json")
    }

    assert told == {
        "returning.json": Milestone.RETURNING,
        "out_for_delivery.json": Milestone.OUT_FOR_DELIVERY,
        "held.json": Milestone.READY_FOR_PICKUP,
    }
    assert parcel(fixture("returning.json")).left_with == ""


@pytest.mark.parametrize(("said", "told"), [("Receptionist/Front Desk", "Receptionist/Front Desk"), ("Residence", "")])
def test_where_it_was_left_is_a_spot_and_told_once_it_is_delivered(said: str, told: str) -> None:
    details = {"locationDescription": said, "receivedByName": "A PERSON"}

    assert parcel(an_answer(a_result(a_scan("DL"), deliveryDetails=details))).left_with == told
    assert parcel(an_answer(a_result(a_scan("OD"), deliveryDetails=details))).left_with == ""


def test_a_return_that_ends_is_returned_not_delivered() -> None:
    back = [a_scan("DL", date="2026-03-14T09:00:00-05:00"), a_scan("RS", date="2026-03-13T09:00:00-05:00")]

    assert replay(parcel(an_answer(a_result(*back, a_scan("OD")))).events).milestone is Milestone.RETURNED


def test_a_midnight_pickup_counts_as_that_day_after_the_label() -> None:
    picked_up, label = parcel(fixture("delivered.json")).events[:2]

    assert (picked_up.clock, picked_up.local_text) == (Clock.DAY_ONLY, "2026-03-09T00:00:00")
    assert label.milestone is Milestone.LABEL_CREATED
    assert replay([picked_up, label]).milestone is Milestone.PICKED_UP


def test_the_last_building_is_told_from_the_others() -> None:
    phases = {event.code: event.phase for event in parcel(fixture("delivered.json")).events}

    assert (phases["AR"], phases["DP"]) == (Phase.ARRIVED_LAST, Phase.MOVED)


def test_a_forecast_moves_nothing() -> None:
    for code in ("AE", "AO"):
        event = scan(a_scan(code))
        assert (event.forecast, event.known, replay([event]).milestone) == (True, True, None)


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"{}", 429, CarrierBusy),
        (an_error("X", "We have received too many requests."), 200, CarrierBusy),
        (an_error("NOT.AUTHORIZED.ERROR"), 401, CarrierRefused),
        (an_error("NOT.AUTHORIZED.ERROR"), 200, CarrierRefused),
        (an_error("BAD.REQUEST.ERROR"), 400, CarrierRefused),
        (an_error("FORBIDDEN.ERROR"), 403, CarrierRefused),
        (an_error("NOT.FOUND.ERROR"), 404, CarrierRefused),
        (an_error("TRACKING.TRACKINGNUMBER.EMPTY"), 400, CarrierRefused),
        (HTML, 401, CarrierRefused),
        (HTML, 403, CarrierRefused),
        (HTML, 500, CarrierDown),
        (an_error("INTERNAL.SERVER.ERROR"), 200, CarrierDown),
        (an_error("SYSTEM.UNEXPECTED.ERROR"), 400, CarrierDown),
        (an_error("SERVICE.UNAVAILABLE.ERROR"), 200, CarrierDown),
        (an_error("VALIDATION.ERRCD.WSPOD"), 400, CarrierDown),
        (fixture("delivered.json"), 503, CarrierDown),
        (HTML, 200, Unreadable),
        (HTML, 404, Unreadable),
        (b"", 200, Unreadable),
        (b"[]", 200, Unreadable),
        (b"[" * 100_000, 200, Unreadable),
        (b'{"output":', 200, Unreadable),
        (an_error("NEW.ERROR"), 400, Unreadable),
        (an_error(""), 400, Unreadable),
        (fixture("delivered.json"), 302, Unreadable),
        (a_batch(), 200, Unreadable),
        (json.dumps({"output": {"completeTrackResults": {}}}).encode(), 200, Unreadable),
        (json.dumps({"output": {"documents": ["JVBERi0="], "documentType": "SIGNATURE"}}).encode(), 200, Unreadable),
        (json.dumps({"access_token": "x", "expires_in": 3599}).encode(), 200, Unreadable),
        (b'<TrackReply xmlns="http://fedex.com/ws/track/v7"/>', 200, Unreadable),
    ],
)
def test_every_answer_has_one_typed_outcome(body: bytes, status: int, error: type[CarrierError]) -> None:
    with pytest.raises(error) as raised:
        reading(body, http_status=status)

    assert (raised.value.http_status, raised.value.body) == (status, body)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (fixture("not_found.json"), 200),
        (an_answer(an_unknown(message="Other words")), 200),
        (an_answer(an_unknown(code="TRACKING.TRACKINGNUMBER.INVALID")), 200),
        (an_answer(an_unknown(), an_unknown()), 200),
        (an_error("TRACKING.TRACKINGNUMBER.NOTFOUND"), 400),
        (a_batch(alerts="TRACKING.DATA.NOTFOUND -  Tracking data unavailable"), 200),
        (a_batch(alerts=[{"code": "TRACKING.DATA.NOTFOUND", "alertType": "WARNING"}]), 200),
    ],
)
def test_a_number_they_do_not_know_is_a_reading_not_a_failure(body: bytes, status: int) -> None:
    assert isinstance(reading(body, http_status=status), UnknownNumber)


@pytest.mark.parametrize(
    "body",
    [
        an_answer(),
        an_answer("result"),
        an_answer({}),
        an_answer(a_result(scanEvents=..., latestStatusDetail=...)),
        an_answer(a_result(scanEvents={"eventType": "DL"})),
        an_answer(a_result("scan", None, 7)),
        an_answer(an_unknown(code="TRACKING.NEW.ERROR")),
        an_answer(a_result(a_scan()), a_result("scan", latestStatusDetail=...)),  # which life was newer?
        a_batch("complete"),
        a_batch({"trackingNumber": NUMBER, "trackResults": "none"}),
    ],
)
def test_a_number_answered_in_another_shape_is_unreadable(body: bytes) -> None:
    assert isinstance(reading(body), Unreadable)


@pytest.mark.parametrize("alerts", ["TRACKING.DATA.NOTFOUND - words", [{"code": "VIRTUAL.RESPONSE"}], None, 7])
def test_alerts_beside_a_parcel_change_nothing(alerts: object) -> None:
    assert parcel(an_answer(a_result(a_scan()), alerts=alerts)).events


def test_an_error_beside_a_parcel_changes_nothing() -> None:
    told = parcel(an_answer(a_result(a_scan(), error={"code": "TRACKING.TRACKINGNUMBER.EMPTY"})))

    assert [event.code for event in told.events] == ["AR"]


def test_another_number_s_parcel_is_never_taken() -> None:
    assert isinstance(reading(an_answer(a_result(a_scan(), number=OTHER), number=OTHER)), Unreadable)
    assert isinstance(reading(fixture("not_found.json"), number=OTHER), Unreadable)


@pytest.mark.parametrize("echoed", [f" {NUMBER}", f"{NUMBER[:4]} {NUMBER[4:]}", int(NUMBER)])
def test_a_number_is_recognised_however_it_is_written(echoed: object) -> None:
    told = parcel(an_answer(a_result(a_scan(), number=echoed), number=echoed))

    assert told.tracking_number == NUMBER


def test_one_answer_tells_of_found_unknown_and_repeated_numbers() -> None:
    asked = [NUMBER, OTHER, "770481236676", "770481236687"]

    told = READ["fedex"](fixture("batch.json"), http_status=200, numbers=asked).readings

    assert [type(told[number]) for number in asked] == [tuple, UnknownNumber, tuple, Unreadable]
    assert told[NUMBER] == (parcel(fixture("delivered.json")),)  # told twice, one parcel


def test_an_error_for_a_whole_batch_is_nobody_s_unknown_number() -> None:
    with pytest.raises(Unreadable):
        READ["fedex"](an_error("TRACKING.TRACKINGNUMBER.INVALID"), http_status=400, numbers=[NUMBER, OTHER])


def test_of_two_lives_of_a_number_the_newer_is_read() -> None:
    told = parcel(fixture("two_lives.json"))

    assert replay(told.events).milestone is Milestone.OUT_FOR_DELIVERY
    assert min(event.occurred_at.year for event in told.events) == 2026


def test_a_parcel_tendered_again_goes_on_under_its_newer_life_whatever_the_order() -> None:
    first = a_result(a_scan("HP", date="2026-03-10T13:26:00-05:00"))
    again = a_result(a_scan("DL", date="2026-03-11T09:26:00-05:00"), a_scan("PU", date="2026-03-10T14:25:00-05:00"))

    for lives in ((first, again), (again, first)):
        assert [event.code for event in parcel(an_answer(*lives)).events] == ["PU", "DL"]


def test_a_life_that_is_unknown_does_not_hide_the_other() -> None:
    assert parcel(an_answer(an_unknown(), a_result(a_scan()))).events


def test_a_saved_answer_can_be_read_without_a_number() -> None:
    told = READ["fedex"](fixture("batch.json"), http_status=200, numbers=()).readings[""]

    assert isinstance(told, tuple)
    assert [each.tracking_number for each in told] == [NUMBER, "770481236676"]


def test_an_old_parcel_without_scans_is_still_delivered() -> None:
    latest = {"code": "DL", "description": "Delivered", "scanLocation": {"city": "FARGO", "countryCode": "US"}}
    dates = [{"type": "ACTUAL_DELIVERY", "dateTime": "2026-03-12T13:42:10-05:00"}]

    told = parcel(an_answer(a_result(latestStatusDetail=latest, dateAndTimes=dates)))

    assert [event.local_text for event in told.events] == ["2026-03-12T13:42:10"]
    assert replay(told.events).milestone is Milestone.DELIVERED
    assert parcel(an_answer(a_result(latestStatusDetail={"code": "RS"}, dateAndTimes=dates))).events == ()


def test_what_lacks_a_part_is_left_out_and_counted() -> None:
    torn = [
        a_scan(eventType=...),
        a_scan(eventType="A"),
        a_scan(eventType=["AR"]),
        a_scan(date=...),
        a_scan(date="2026-03-10T09:30:00-05:0"),
        a_scan("DE/007", exceptionCode=["007"]),
        a_scan("DE/007", exceptionCode="<b>007</b>"),
    ]

    told = parcel(an_answer(a_result(a_scan("DP", date="2026-03-10T01:00:00-05:00"), *torn)))

    assert [event.code for event in told.events] == ["DP"]
    assert told.unread == len(torn)


@pytest.mark.parametrize("exception", ["", None, ..., "null", "string"])
def test_an_exception_code_may_be_missing_in_many_ways(exception: object) -> None:
    event = scan(a_scan("AR", exceptionCode=exception, exceptionDescription=...))

    assert (event.code, event.text) == ("AR", "Some words")


def test_words_without_their_code_claim_nothing_unless_the_sentence_has_a_row() -> None:
    lost = scan(a_scan("DE", exceptionDescription="A sentence without a row"))
    weather = scan(a_scan("SE", exceptionDescription="Weather - Delay in transit"))

    assert (lost.milestone, lost.known) == (Milestone.UNKNOWN, False)
    assert (weather.milestone, weather.reason) == (Milestone.EXCEPTION, Reason.WEATHER)


def test_an_unknown_code_is_kept_raw_and_marked() -> None:
    event = scan(a_scan("ZQ/77"))

    assert (event.code, event.milestone, event.known) == ("ZQ/77", Milestone.UNKNOWN, False)


def test_two_arrivals_at_one_place_are_two_scans_and_a_repeat_is_one() -> None:
    first, second = a_scan("AR", date="2026-03-10T05:08:00-05:00"), a_scan("AR", date="2026-03-10T05:10:00-05:00")

    told = parcel(an_answer(a_result(second, first, first)))

    assert [event.local_text[-8:] for event in told.events] == ["05:08:00", "05:10:00"]


def test_scans_of_one_second_keep_the_order_of_the_list() -> None:
    told = parcel(an_answer(a_result(a_scan("DP"), a_scan("AR"))))

    assert [event.code for event in told.events] == ["AR", "DP"]


WINDOW = {"begins": "2026-03-13T13:00:00-05:00", "ends": "2026-03-13T17:00:00-05:00"}
LATER = {"begins": "2026-03-13T08:00:00", "ends": "2026-03-15T00:00:00-06:00"}
ESTIMATE = ("ESTIMATED_DELIVERY", "2026-03-14T20:00:00-05:00")
SOLD = ("COMMITMENT", "2026-03-12T00:00:00-06:00")


@pytest.mark.parametrize(
    ("window", "dates", "days", "hours", "kind"),
    [
        (WINDOW, [ESTIMATE], (13, 13), (time(13), time(17)), PromiseKind.SCHEDULED),
        (LATER, [], (13, 15), (time(8), None), PromiseKind.SCHEDULED),
        ({"ends": "2026-03-13T17:00:00-05:00"}, [], (13, 13), (None, time(17)), PromiseKind.SCHEDULED),
        ({**WINDOW, "begins": "2026-03-14T13:00:00"}, [], (13, 13), (None, time(17)), PromiseKind.SCHEDULED),
        ({**WINDOW, "begins": "2026-03-13T18:00:00"}, [], (13, 13), (None, time(17)), PromiseKind.SCHEDULED),
        ({}, [SOLD, ESTIMATE], (14, 14), (None, time(20)), PromiseKind.SCHEDULED),
        ({}, [SOLD], (12, 12), (None, None), PromiseKind.COMMITTED),
        ({}, [("ESTIMATED_DELIVERY", "2026-03-14T23:59:59-05:00")], (14, 14), (None, None), PromiseKind.SCHEDULED),
    ],
)
def test_a_promise_is_days_with_at_most_a_window(
    window: object,
    dates: list[tuple[str, str]],
    days: tuple[int, int],
    hours: tuple[time | None, time | None],
    kind: PromiseKind,
) -> None:
    listed = [{"type": name, "dateTime": at} for name, at in dates]

    told = parcel(
        an_answer(a_result(a_scan(), estimatedDeliveryTimeWindow={"window": window}, dateAndTimes=listed))
    ).promise

    assert told == Promise(
        first_day=date(2026, 3, days[0]),
        last_day=date(2026, 3, days[1]),
        not_before=hours[0],
        not_after=hours[1],
        kind=kind,
    )


@pytest.mark.parametrize("name", ["ACTUAL_DELIVERY", "SHIP", "ACTUAL_PICKUP", "ANTICIPATED_TENDER"])
def test_no_other_date_and_no_standard_is_a_promise(name: str) -> None:
    standard = {"window": {"ends": "2026-03-20T00:00:00-06:00"}}
    dates = [{"type": name, "dateTime": "2026-03-14T00:00:00-06:00"}]

    told = parcel(an_answer(a_result(a_scan(), standardTransitTimeWindow=standard, dateAndTimes=dates)))

    assert told.promise is None


def test_the_partner_s_number_is_kept() -> None:
    numbers = [
        {"type": "CUSTOMER_REFERENCE", "values": ["ORDER 1"]},
        {"type": "PARTNER_CARRIER_NUMBER", "values": ["92" + "0" * 20]},
    ]

    told = parcel(an_answer(a_result(a_scan(), additionalTrackingInfo={"packageIdentifiers": numbers})))

    assert told.handed_over_to == "92" + "0" * 20


def test_markup_and_invisible_characters_never_reach_a_text() -> None:
    location = {"city": "<script>alert(1)</script>Fargo\u200f", "stateOrProvinceCode": "ND", "countryCode": "us"}

    event = scan(a_scan(eventDescription="<b>Came</b> in&nbsp;\u202e\ud800" + "x" * 900, scanLocation=location))

    assert event.text.startswith("Came in x")
    assert len(event.text) == 500
    assert (event.place.city, event.place.country) == ("alert(1) Fargo", "US")
    assert len(event.fingerprint) == 32


def test_a_place_inside_a_contact_is_found_without_the_contact() -> None:
    inner = {"contact": {"personName": "A PERSON"}, "address": {"city": "FARGO", "countryCode": "US"}}

    event = scan(a_scan(scanLocation={"locationId": "X", "locationContactAndAddress": inner}))

    assert event.place == Place(city="FARGO", country="US")


def test_waits_and_advice_come_with_the_errors() -> None:
    with pytest.raises(CarrierBusy) as busy:
        reading(b"", http_status=429)
    with pytest.raises(CarrierBusy) as spent:
        reading(an_error("X", "Daily transaction quota exceeded"), http_status=429)
    with pytest.raises(CarrierRefused, match="FEDEX_CLIENT_ID"):
        reading(an_error("FORBIDDEN.ERROR"), http_status=403)

    assert (busy.value.wait, spent.value.wait) == (timedelta(seconds=10), timedelta(days=1))
