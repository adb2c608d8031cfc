"""What a whole USPS answer says: which outcome, which scans, which promise, where it was left."""

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
from carriers.usps.answers import NOT_KNOWN_CODES
from tests.carriers.usps_answers import NUMBER, an_answer, an_error, an_event, fixture, parcel, reading, scan
from tracker.domain.shipments import replay

HTML = b"<html><body>Service Unavailable</body></html>"
TOKEN = json.dumps({"access_token": "x", "expires_in": "28799", "scope": "tracking"}).encode()


def test_a_delivered_parcel_is_read_whole() -> None:
    told = parcel(fixture("delivered.json"))

    assert [event.code for event in told.events] == ["MA", "GX", "03", "10", "T1", "TL", "07", "OF", "01"]
    last = told.events[-1]
    assert (last.milestone, last.reason, last.text) == (
        Milestone.DELIVERED,
        Reason.MAILBOX,
        "Delivered, In/At Mailbox",
    )
    assert (last.occurred_at, last.clock) == (datetime(2026, 3, 10, 18, 10, tzinfo=UTC), Clock.EXACT)
    assert (last.local_text, last.utc_offset_minutes) == ("2026-03-10T13:10:00", -300)
    assert told.promise == Promise(
        first_day=date(2026, 3, 10), last_day=date(2026, 3, 10), not_before=time(11, 45), not_after=time(15, 45)
    )
    assert told.destination == Place(city="SPRINGFIELD", region="IL", postcode="62701", country="US")
    assert (told.service, told.left_with, told.unread) == ("USPS Ground Advantage", "In/At Mailbox", 0)


def test_an_evening_scan_is_not_put_a_day_early_by_their_gmt() -> None:
    """At 20:02 in Fargo their GMT says 02:02 of the same day; it is 02:02 of the next."""
    evening = parcel(fixture("delivered.json")).events[3]

    assert evening.local_text == "2026-03-07T20:02:00"
    assert evening.occurred_at == datetime(2026, 3, 8, 2, 2, tzinfo=UTC)


def test_nobody_s_name_is_taken_from_an_answer() -> None:
    told = repr(parcel(fixture("delivered.json")))

    assert "PERSON" not in told
    assert "FIRM" not in told


@pytest.mark.parametrize(
    ("name", "milestone", "reason"),
    [
        ("delivered.json", Milestone.DELIVERED, Reason.MAILBOX),
        ("returned.json", Milestone.RETURNED, None),
        ("partner.json", Milestone.IN_TRANSIT, None),
        ("pickup.json", Milestone.READY_FOR_PICKUP, Reason.POST_OFFICE),
        ("short.json", Milestone.OUT_FOR_DELIVERY, None),
    ],
)
def test_the_scans_decide_and_never_the_category(name: str, milestone: Milestone, reason: Reason | None) -> None:
    """In these files the category is Delivered for a return, Pre-Shipment at the partner and once misspelt."""
    standing = replay(parcel(fixture(name)).events)

    assert (standing.milestone, standing.reason) == (milestone, reason)


def test_an_out_for_delivery_under_a_lagging_category_counts() -> None:
    assert scan(an_event("OF", "Out for Delivery"), statusCategory="In Transit").milestone is Milestone.OUT_FOR_DELIVERY


def test_what_is_written_daily_without_a_scan_moves_nothing() -> None:
    label, daily = an_event("GX", "Shipping Label Created"), an_event("TL", eventTimestamp="2026-03-14T01:11:00")

    told = parcel(an_answer(daily, label))

    assert told.events[-1].forecast
    assert replay(told.events).milestone is Milestone.LABEL_CREATED


def test_a_returned_parcel_was_left_nowhere() -> None:
    assert parcel(fixture("returned.json")).left_with == ""


def test_the_last_day_at_the_counter_is_kept() -> None:
    assert parcel(fixture("pickup.json")).pickup_by == date(2026, 3, 25)


def test_scans_of_partners_without_gmt_are_read_by_their_wall_time() -> None:
    picked_up = parcel(fixture("partner.json")).events[1]

    assert (picked_up.code, picked_up.clock, picked_up.local_text) == ("80", Clock.ASSUMED, "2026-03-07T17:01:00")


MALFORMED = json.dumps(
    {"apiVersion": "/tracking/v3", "error": {"code": "400", "errors": [{"source": {"parameter": "trackingNumber"}}]}}
).encode()
NOT_AVAILABLE = "Tracking is not available for this item. This may be because the tracking number is invalid."


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (fixture("not_found.json"), 400),
        *((an_error("400", code), 400) for code in NOT_KNOWN_CODES),
        (an_error(400, "150001"), 400),
        (an_error("150002"), 400),
        (an_error("400", "12: Words"), 400),
        (an_error("400", message="16: Words"), 400),
        (an_error("400", "A status update is not yet available on your Priority Mail<SUP>&reg;</SUP> package."), 400),
        (an_error("404", message=NOT_AVAILABLE), 404),
        (an_error("404"), 404),
        (an_error("403", "150010"), 403),
        (MALFORMED, 400),
        (fixture("not_found.json"), 200),  # a saved answer has lost its status
    ],
)
def test_a_number_they_do_not_show_is_a_reading_not_a_failure(body: bytes, status: int) -> None:
    assert isinstance(reading(body, http_status=status), UnknownNumber)


def test_a_number_of_another_shipper_comes_with_what_to_do() -> None:
    refused = reading(an_error("400", "150010"), http_status=400)

    assert isinstance(refused, UnknownNumber)
    assert "let the shipper authorise your account" in str(refused)


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"{}", 429, CarrierBusy),
        (an_error("429"), 200, CarrierBusy),
        (an_error("401", message="The access token is invalid."), 401, CarrierRefused),
        (an_error("401"), 200, CarrierRefused),
        (fixture("scope.json"), 401, CarrierRefused),
        (fixture("scope.json"), 200, CarrierRefused),
        (b'{"error": "invalid_client", "error_description": "Words"}', 400, CarrierRefused),
        (HTML, 401, CarrierRefused),
        (HTML, 403, CarrierRefused),
        (an_error("403"), 403, CarrierRefused),
        (b"{}", 401, CarrierRefused),
        (b"{}", 403, CarrierRefused),
        (HTML, 500, CarrierDown),
        (an_error("503"), 503, CarrierDown),
        (an_error("500"), 200, CarrierDown),
        (an_answer(an_event()), 503, CarrierDown),
        (HTML, 200, Unreadable),
        (HTML, 404, Unreadable),  # a wrong address of ours must not look like a wrong number
        (b'{"error": {"code": "404", "message": "No such path"}}', 404, Unreadable),
        (an_error("400"), 400, Unreadable),
        (an_error("string", "string"), 200, Unreadable),
        (b"", 200, Unreadable),
        (b"[]", 200, Unreadable),
        (b"[" * 100_000, 200, Unreadable),
        (b'{"trackingEvents":', 200, Unreadable),
        (an_answer(), 302, Unreadable),
        (an_answer(trackingEvents=...), 200, Unreadable),
        (json.dumps({"trackingNumber": NUMBER, "eventSummaries": ["Delivered"]}).encode(), 200, Unreadable),
        (json.dumps({"TrackResults": {"TrackInfo": {"@ID": NUMBER}}}).encode(), 200, Unreadable),
        (json.dumps([{"trackingNumber": NUMBER, "trackingEvents": []}]).encode(), 200, Unreadable),
        (b'<?xml version="1.0"?><TrackResponse></TrackResponse>', 200, Unreadable),
        (TOKEN, 200, Unreadable),
    ],
)
def test_every_answer_has_one_typed_outcome(body: bytes, status: int, error: type[CarrierError]) -> None:
    with pytest.raises(error) as raised:
        reading(body, http_status=status)

    assert (raised.value.http_status, raised.value.body) == (status, body)


def test_a_status_not_found_inside_a_live_answer_does_not_count() -> None:
    assert scan(an_event("25", "Addressee Unknown"), status="not found").reason is Reason.ADDRESS


@pytest.mark.parametrize("events", ["none", {"eventCode": "01"}, ["scan", None, 7], [an_event(eventCode="1")]])
def test_events_of_another_shape_are_unreadable(events: object) -> None:
    assert isinstance(reading(an_answer(trackingEvents=events)), Unreadable)


@pytest.mark.parametrize("events", [[], None])
def test_an_answer_without_scans_is_a_parcel_without_scans(events: object) -> None:
    assert parcel(an_answer(trackingEvents=events)).events == ()


def test_another_number_s_parcel_is_never_taken() -> None:
    for other in ("9400100000000000000020", None, "", 7):
        assert isinstance(reading(an_answer(an_event(), trackingNumber=other)), Unreadable)


@pytest.mark.parametrize(
    ("asked", "echoed"),
    [
        (NUMBER, f" {NUMBER}"),
        (NUMBER, "9400 1000 0000 0000 0000 13"),
        (f"42062701{NUMBER}", NUMBER),
        (f"420627019876{NUMBER}", NUMBER),
        (NUMBER, f"42062701{NUMBER}"),
        (f"42062701{NUMBER}", f"420627019876{NUMBER}"),
        ("EA123456784US", "ea 123 456 784 us"),
        (NUMBER, int(NUMBER)),
    ],
)
def test_a_number_is_recognised_however_it_is_written(asked: str, echoed: object) -> None:
    told = parcel(an_answer(an_event(), trackingNumber=echoed), number=asked)

    assert told.tracking_number == asked


def test_a_postcode_in_front_does_not_make_numbers_the_same() -> None:
    assert isinstance(reading(an_answer(an_event(), trackingNumber="42062701"), number="4206270142062701"), Unreadable)


def test_a_saved_answer_can_be_read_without_a_number() -> None:
    placeholder = an_answer(an_event(), trackingNumber="XXXXXXXXXXXXXXXXXXXX")

    told = READ["usps"](placeholder, http_status=200, numbers=()).readings[""]

    assert isinstance(told, tuple)
    assert (told[0].tracking_number, len(told[0].events)) == ("", 1)


def test_what_lacks_a_part_is_left_out_and_counted() -> None:
    torn = [
        an_event(eventCode=...),
        an_event(eventCode=10),
        an_event(eventTimestamp=None),
        an_event(eventTimestamp="2026-03-10"),
        an_event("01", ""),
        an_event("01", eventType=["Delivered"]),
        an_event("ZZ", eventType=...),
        "scan",
    ]

    told = parcel(an_answer(an_event("03", eventTimestamp="2026-03-09T01:00:00"), *torn))

    assert [event.code for event in told.events] == ["03"]
    assert told.unread == len(torn)


def test_an_unknown_code_is_kept_raw_and_marked() -> None:
    event = scan(an_event("Q7", "Words they never wrote before"))

    assert (event.code, event.milestone, event.known) == ("Q7", Milestone.UNKNOWN, False)


def test_scans_of_one_minute_keep_the_order_of_the_list_and_repeats_are_dropped() -> None:
    told = parcel(an_answer(an_event("T1"), an_event("A1"), an_event("A1")))

    assert [event.code for event in told.events] == ["A1", "T1"]


def test_a_list_that_runs_forward_is_read_forward() -> None:
    early = an_event("03", eventTimestamp="2026-03-09T09:30:00")

    told = parcel(an_answer(early, an_event("A1"), an_event("T1")))

    assert [event.code for event in told.events] == ["03", "A1", "T1"]


def test_scans_of_an_earlier_use_of_the_number_are_not_this_parcel_s() -> None:
    former = an_event("01", "Delivered", eventTimestamp="2025-06-10T09:30:00")

    told = parcel(an_answer(an_event("03"), former, mailPieceIntakeDate="2026-03-08 08:35:56.000000"))

    assert [event.code for event in told.events] == ["03"]
    assert (told.left_with, told.unread) == ("", 0)


@pytest.mark.parametrize("intake", ["2026-03-20 08:35:56.000000", "string", None, ...])
def test_a_label_made_long_before_the_parcel_was_handed_in_is_kept(intake: object) -> None:
    assert parcel(an_answer(an_event("GX", "Label"), mailPieceIntakeDate=intake)).events


DAY = date(2026, 3, 13)


@pytest.mark.parametrize(
    ("said", "promise"),
    [
        ({"expectedDeliveryTimeStamp": "2026-03-13T00:00:00"}, (None, None, PromiseKind.SCHEDULED)),
        ({"expectedDeliveryTimeStamp": "2026-03-13T18:00:00Z"}, (None, time(18), PromiseKind.SCHEDULED)),
        ({"expectedDeliveryDate": "2026-03-13", "expectedDeliveryTime": "6:00 PM"}, (None, time(18), "scheduled")),
        ({"expectedDeliveryDate": "2026-03-13", "endOfDay": "9:00pm"}, (None, time(21), "scheduled")),
        ({"guaranteedDeliveryTimeStamp": "2026-03-13T18:00:00"}, (None, time(18), PromiseKind.COMMITTED)),
        (
            {"predictedDeliveryDate": "2026-03-13", "expectedDeliveryTimeStamp": "2026-03-12T00:00:00"},
            (None, None, PromiseKind.SCHEDULED),
        ),
        (
            {
                "predictedDeliveryDate": "2026-03-13",
                "predictedDeliveryWindowStartTime": "11:45 AM",
                "predictedDeliveryWindowEndTime": "3:45pm",
                "endOfDay": "9:00pm",
            },
            (time(11, 45), time(15, 45), PromiseKind.SCHEDULED),
        ),
        (
            {
                "predictedDeliveryDate": "2026-03-13",
                "predictedDeliveryWindowStartTime": "5:45 PM",
                "predictedDeliveryWindowEndTime": "3:45pm",
            },
            (None, time(15, 45), PromiseKind.SCHEDULED),
        ),
    ],
)
def test_a_promise_is_a_day_with_at_most_a_window(
    said: dict[str, str], promise: tuple[time | None, time | None, PromiseKind]
) -> None:
    told = parcel(an_answer(an_event(), **said)).promise

    assert told is not None
    assert told.first_day == told.last_day == DAY
    assert (told.not_before, told.not_after, told.kind) == promise


@pytest.mark.parametrize("value", ["", "string", None, 20260313, True])
def test_what_names_no_day_is_no_promise(value: object) -> None:
    said = {"expectedDeliveryTimeStamp": value, "predictedDeliveryDate": value, "expectedDeliveryTime": "6:00 PM"}

    assert parcel(an_answer(an_event(), **said)).promise is None


@pytest.mark.parametrize(
    ("sentence", "spot"),
    [
        ("Delivered, Front Door/Porch", "Front Door/Porch"),
        ("Delivered, Neighbor as Requested", "Neighbor as Requested"),
        ("Delivered, Parcel Locker", "Parcel Locker"),
        ("Delivered", ""),
        ("Delivered, To Original Sender", ""),
        ("Delivered, To Agent", ""),
    ],
)
def test_where_it_was_left_is_told_when_somebody_has_it(sentence: str, spot: str) -> None:
    assert parcel(an_answer(an_event("01", sentence))).left_with == spot


@pytest.mark.parametrize(
    ("said", "service"),
    [
        ({"mailClass": "Priority Mail<SUP>&reg;</SUP>", "services": "USPS Tracking<SUP>&#174;</SUP>"}, "Priority Mail"),
        ({"services": "USPS Tracking<SUP>&#174;</SUP>"}, "USPS Tracking"),
        ({"services": ["USPS Tracking<SUP>&#174;</SUP>", "Insurance"]}, "USPS Tracking"),
        ({"services": []}, ""),
        ({"services": [7], "mailClass": ["x"]}, ""),
    ],
)
def test_a_service_is_read_from_a_text_or_a_list_without_its_signs(said: dict[str, object], service: str) -> None:
    assert parcel(an_answer(an_event(), **said)).service == service


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({}, Place(city="SPRINGFIELD", region="IL", postcode="62701", country="US")),
        ({"eventCity": "FARGO ND DISTRIBUTION CENTER", "eventState": None, "eventZIP": None}, None),
        ({"eventCity": None, "eventState": "", "eventZIP": None, "eventCountry": "JAPAN"}, Place(country="JP")),
        ({"eventCity": None, "eventState": "", "eventZIP": None, "eventCountry": "TUVALU"}, Place(region="TUVALU")),
        ({"eventCity": "TORONTO", "eventState": "", "eventZIP": None, "eventCountry": "ca"}, None),
    ],
)
def test_at_home_a_state_names_the_country_and_abroad_its_name_is_kept(
    said: dict[str, object], place: Place | None
) -> None:
    told = scan(an_event(**said)).place  # type: ignore[arg-type]

    expected = place or Place(city=str(said["eventCity"]), country="CA" if "eventCountry" in said else "")
    assert told == expected


def test_a_scan_abroad_without_gmt_is_read_by_its_country() -> None:
    abroad = {"eventCity": None, "eventState": None, "eventZIP": None, "eventCountry": "JAPAN"}

    event = scan(an_event(GMTTimestamp=..., GMTOffset=..., **abroad))  # type: ignore[arg-type]

    assert (event.clock, event.occurred_at) == (Clock.BY_PLACE, datetime(2026, 3, 10, 0, 30, tzinfo=UTC))


def test_markup_and_invisible_characters_never_reach_a_text() -> None:
    event = scan(
        an_event(
            sentence="<b>Came</b> in&nbsp;\u202e\ud800<SUP>&#153;</SUP>" + "x" * 900,
            eventCity="<script>alert(1)</script>Fargo\u200f",
        )
    )

    assert event.text.startswith("Came in x")
    assert len(event.text) == 500
    assert event.place.city == "alert(1) Fargo"
    assert len(event.fingerprint) == 32


def test_waits_and_advice_come_with_the_errors() -> None:
    with pytest.raises(CarrierBusy) as busy:
        reading(b"", http_status=429)
    with pytest.raises(CarrierRefused, match="USPS_CLIENT_ID"):
        reading(an_error("401"), http_status=401)
    with pytest.raises(CarrierRefused, match="tracking scope"):
        reading(fixture("scope.json"), http_status=401)

    assert busy.value.wait == timedelta(minutes=10)
