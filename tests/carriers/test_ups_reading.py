"""What a whole UPS answer says: which outcome, which parcels, which scans, which promise."""

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
from carriers.events import Clock, Milestone, Place, Promise, PromiseKind, Reason
from carriers.registry import READ
from tests.carriers.ups_answers import (
    NUMBER,
    a_package,
    an_activity,
    an_answer,
    an_error,
    fixture,
    parcel,
    reading,
    scan,
)

HTML = b"<html><body>401 Unauthorized</body></html>"


def test_a_delivered_parcel_is_read_whole() -> None:
    told = parcel(fixture("delivered.json"))

    assert [event.code for event in told.events] == [
        "M/MP/003",
        "I/OR/160",
        "I/DP/005",
        "I/AR/005",
        "I/YP/071",
        "I/OF/072",
        "I/OT/021",
        "D/FS/011",
    ]
    last = told.events[-1]
    assert (last.milestone, last.text) == (Milestone.DELIVERED, "HANDED OVER")
    assert (last.occurred_at, last.clock) == (datetime(2026, 3, 12, 18, 42, 10, tzinfo=UTC), Clock.EXACT)
    assert (last.local_text, last.utc_offset_minutes) == ("2026-03-12T13:42:10", -300)
    assert told.promise == Promise(first_day=date(2026, 3, 13), last_day=date(2026, 3, 13))
    assert told.destination == Place(city="SPRINGFIELD", region="IL", postcode="62701", country="US")
    assert (told.service, told.left_with, told.unread) == ("UPS Ground", "Front Door", 0)


def test_nobody_s_name_or_street_is_taken_from_an_answer() -> None:
    told = repr(parcel(fixture("delivered.json")))

    assert "PERSON" not in told
    assert "Elm" not in told


def test_type_x_is_not_failure() -> None:
    told = parcel(fixture("customs.json"))

    held = [event.reason for event in told.events if event.milestone is Milestone.EXCEPTION]
    assert held == [Reason.CUSTOMS] * 3
    assert told.events[-2].code == "X/RZ/014"
    assert told.events[-2].milestone is Milestone.IN_TRANSIT


def test_answers_without_gmt_or_numbers_are_read_by_place() -> None:
    short, older = parcel(fixture("short.json")), parcel(fixture("older.json"))

    assert [event.clock for event in short.events] == [Clock.ASSUMED, Clock.BY_PLACE]  # the label has no city
    assert short.events[1].occurred_at == datetime(2026, 3, 12, 18, 42, 10, tzinfo=UTC)
    assert [event.milestone for event in older.events] == [
        event.milestone for event in parcel(fixture("delivered.json")).events
    ]


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"{}", 429, CarrierBusy),
        (an_error("10429"), 200, CarrierBusy),
        (an_error("250002"), 401, CarrierRefused),
        (an_error("250003"), 200, CarrierRefused),
        (an_error("10401"), 200, CarrierRefused),
        (an_error("UJ0001"), 200, CarrierRefused),
        (HTML, 401, CarrierRefused),
        (HTML, 403, CarrierRefused),
        (HTML, 500, CarrierDown),
        (an_error("10004"), 200, CarrierDown),
        (an_answer(), 503, CarrierDown),
        (HTML, 200, Unreadable),
        (b"", 200, Unreadable),
        (b"[]", 200, Unreadable),
        (b"[" * 100_000, 200, Unreadable),
        (b'{"trackResponse":', 200, Unreadable),
        (an_error("VSS300"), 400, Unreadable),
        (an_error(), 400, Unreadable),
        (an_answer(), 302, Unreadable),
        (json.dumps({"access_token": "x", "expires_in": "14399"}).encode(), 200, Unreadable),
        (json.dumps({"trackingNumber": NUMBER, "activityStatus": {"type": "D"}}).encode(), 200, Unreadable),
        (json.dumps({"TrackResponse": {"Shipment": {"Package": {}}}}).encode(), 200, Unreadable),
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
        (an_error("TV1002"), 400),
        (an_error("TJ001"), 200),
        (an_answer(), 200),
        (json.dumps({"trackResponse": {"shipment": []}}).encode(), 200),
        (json.dumps({"trackResponse": {"shipment": None}}).encode(), 200),
    ],
)
def test_a_number_they_do_not_know_is_a_reading_not_a_failure(body: bytes, status: int) -> None:
    assert isinstance(reading(body, http_status=status), UnknownNumber)


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"trackResponse": {}}).encode(),
        json.dumps({"trackResponse": {"shipment": "none"}}).encode(),
        json.dumps({"trackResponse": {"shipment": [{"inquiryNumber": NUMBER}]}}).encode(),
        an_answer("package"),
        an_answer(a_package(activity={"date": "20260310"})),
        an_answer(a_package("scan", None, 7)),
    ],
)
def test_an_answer_of_another_shape_is_unreadable(body: bytes) -> None:
    assert isinstance(reading(body), Unreadable)


def test_another_number_s_parcel_is_never_taken() -> None:
    other = an_answer(a_package(an_activity(), trackingNumber="1Z9999999999999999"), number="1Z9999999999999999")

    assert isinstance(reading(other), Unreadable)
    assert isinstance(reading(fixture("not_found.json"), number="1Z9999999999999999"), Unreadable)


@pytest.mark.parametrize("echoed", [f" {NUMBER}", NUMBER.lower(), f"{NUMBER[:2]} {NUMBER[2:]}"])
def test_a_number_is_recognised_however_it_is_written(echoed: str) -> None:
    assert parcel(an_answer(a_package(an_activity(), trackingNumber=echoed), number=echoed)).tracking_number == NUMBER


def test_pieces_of_one_shipment_are_told_apart_and_the_asked_one_goes_first() -> None:
    first = a_package(an_activity("D/FS/011"), trackingNumber="1Z9W8E770312345685")
    asked = a_package(an_activity("I/OT/021"))

    told = reading(an_answer(first, asked))

    assert isinstance(told, tuple)
    assert [each.tracking_number for each in told] == [NUMBER, "1Z9W8E770312345685"]
    assert [each.events[0].milestone for each in told] == [Milestone.OUT_FOR_DELIVERY, Milestone.DELIVERED]


def test_a_saved_answer_can_be_read_without_a_number() -> None:
    placeholder = an_answer(a_package(an_activity(), trackingNumber="<Tracking Number>"), number="<Inquiry Number>")

    told = READ["ups"](placeholder, http_status=200, numbers=()).readings[""]

    assert isinstance(told, tuple)
    assert (told[0].tracking_number, len(told[0].events)) == ("", 1)


def test_what_lacks_a_part_is_left_out_and_counted() -> None:
    torn = [
        an_activity(status={"type": "I", "code": "AR"}),  # no number in an answer that speaks numbers
        an_activity("I//160"),
        an_activity(status={"code": "AR", "statusCode": "005"}),
        an_activity(date=..., gmtOffset=...),
        an_activity(time="7", gmtTime=...),
        an_activity(status={"type": "I", "code": ["AR"], "statusCode": "005"}),
        an_activity(gmtDate=..., gmtTime=..., gmtOffset=..., location={}),
    ]

    told = parcel(an_answer(a_package(an_activity("I/OR/160", time="010000"), *torn)))

    assert [event.code for event in told.events] == ["I/OR/160"]
    assert told.unread == len(torn)


def test_an_unknown_code_is_kept_raw_and_marked() -> None:
    event = scan(an_activity("I/7#/004".replace("#", "Z")))

    assert (event.code, event.milestone, event.known) == ("I/7Z/004", Milestone.UNKNOWN, False)


def test_scans_of_one_second_keep_the_order_of_the_list_and_repeats_are_dropped() -> None:
    newest_first = a_package(an_activity("I/DP/005"), an_activity("I/AR/005"), an_activity("I/AR/005"))

    told = parcel(an_answer(newest_first))

    assert [event.code for event in told.events] == ["I/AR/005", "I/DP/005"]


def test_a_list_that_runs_forward_is_read_forward() -> None:
    early = an_activity("M/MP/003", date="20260309", gmtDate="20260309")
    told = parcel(an_answer(a_package(early, an_activity("I/AR/005"), an_activity("I/DP/005"))))

    assert [event.code for event in told.events] == ["M/MP/003", "I/AR/005", "I/DP/005"]


@pytest.mark.parametrize(
    ("days", "times", "promise"),
    [
        ([("SDD", "20260313")], {}, (13, None, None, PromiseKind.SCHEDULED)),
        ([("SDD", "20260313"), ("RDD", "20260312")], {}, (12, None, None, PromiseKind.RESCHEDULED)),
        ([("SDD", "20260313")], ("EOD", "", "235900"), (13, None, None, PromiseKind.SCHEDULED)),
        ([("SDD", "20260313")], ("CMT", "090000", "103000"), (13, None, time(10, 30), PromiseKind.COMMITTED)),
        ([("RDD", "20260313")], ("EDW", "133000", "173000"), (13, time(13, 30), time(17, 30), PromiseKind.RESCHEDULED)),
        ([("SDD", "20260313")], ("CDW", "173000", "133000"), (13, None, time(13, 30), PromiseKind.SCHEDULED)),
        ([("SDD", "20260313")], ("DEL", "", "110000"), (13, None, None, PromiseKind.SCHEDULED)),
    ],
)
def test_a_promise_is_a_day_with_at_most_a_window(
    days: list[tuple[str, str]], times: tuple[str, str, str], promise: tuple[int, time | None, time | None, PromiseKind]
) -> None:
    said = dict(zip(("type", "startTime", "endTime"), times, strict=False))
    listed = [{"type": kind, "date": on} for kind, on in days]

    told = parcel(an_answer(a_package(an_activity(), deliveryDate=listed, deliveryTime=said))).promise

    assert told is not None
    assert told.first_day == told.last_day == date(2026, 3, promise[0])
    assert (told.not_before, told.not_after, told.kind) == promise[1:]


@pytest.mark.parametrize("days", [[{"type": "DEL", "date": "20260312"}], [], None, [{"type": "SDD", "date": "null"}]])
def test_the_day_of_delivery_and_placeholders_are_no_promise(days: object) -> None:
    assert parcel(an_answer(a_package(an_activity(), deliveryDate=days))).promise is None


def test_where_it_was_left_is_told_only_once_it_is_delivered() -> None:
    left = {"location": "Front Door", "receivedBy": "A PERSON"}

    assert parcel(an_answer(a_package(an_activity("D/FS/011"), deliveryInformation=left))).left_with == "Front Door"
    assert parcel(an_answer(a_package(an_activity("I/OT/021"), deliveryInformation=left))).left_with == ""
    photo = {"location": "Delivery Photo"}
    assert parcel(an_answer(a_package(an_activity("D/FS/011"), deliveryInformation=photo))).left_with == ""


def test_the_post_s_number_and_the_last_day_at_an_access_point_are_kept() -> None:
    told = parcel(
        an_answer(
            a_package(
                an_activity("X/ZP/161"),
                alternateTrackingNumber=[
                    {"type": "Q", "number": "123"},
                    {"type": "USPS_PIC", "number": "92" + "0" * 24},
                ],
                accessPointInformation={"pickupByDate": "20260320"},
            )
        )
    )

    assert (told.handed_over_to, told.pickup_by) == ("92" + "0" * 24, date(2026, 3, 20))


def test_a_parcel_of_mail_innovations_is_read_with_the_post_s_codes() -> None:
    departed = scan(an_activity("I/OF"), service={"description": "UPS Mail Innovations"})

    assert departed.milestone is Milestone.IN_TRANSIT


def test_markup_and_invisible_characters_never_reach_a_text() -> None:
    said = {
        "type": "I",
        "code": "AR",
        "statusCode": "005",
        "description": "<b>Came</b> in&nbsp;\u202e\ud800" + "x" * 900,
    }
    address = {"city": "<script>alert(1)</script>Fargo\u200f", "stateProvince": "ND", "countryCode": "us"}

    event = scan(an_activity(status=said, location={"address": address}))

    assert event.text.startswith("Came in x")
    assert len(event.text) == 500
    assert (event.place.city, event.place.country) == ("alert(1) Fargo", "US")
    assert len(event.fingerprint) == 32


def test_waits_and_advice_come_with_the_errors() -> None:
    with pytest.raises(CarrierBusy) as busy:
        reading(b"", http_status=429)
    with pytest.raises(CarrierRefused, match="UPS_CLIENT_ID"):
        reading(an_error("250002"))

    assert busy.value.wait == timedelta(minutes=1)
