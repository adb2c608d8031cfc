"""What a whole DHL answer says: which outcome, which scans."""

import json
from datetime import UTC, datetime

import pytest

from carriers.contract import CarrierBusy, CarrierDown, CarrierError, CarrierRefused, UnknownNumber, Unreadable
from carriers.events import Clock, Milestone, Place, Reason
from carriers.registry import READ
from tests.carriers.dhl_answers import (
    NUMBER,
    WHOLE,
    a_problem,
    a_shipment,
    an_answer,
    an_event,
    fixture,
    parcel,
    parcels,
    reading,
    scan,
)
from tracker.domain.shipments import replay

HTML = b"<html><body>502 Bad Gateway</body></html>"


def test_a_delivered_parcel_is_read_whole() -> None:
    told = parcel(fixture("parcel_de.json"), number=WHOLE["parcel_de.json"])

    assert [event.milestone for event in told.events] == [
        Milestone.LABEL_CREATED,
        Milestone.IN_TRANSIT,
        Milestone.IN_TRANSIT,
        Milestone.OUT_FOR_DELIVERY,
        Milestone.DELIVERED,
    ]
    last = told.events[-1]
    assert last.code == "parcel-de/The shipment has been successfully delivered/delivered"
    assert (last.occurred_at, last.clock) == (datetime(2026, 3, 12, 12, 42, tzinfo=UTC), Clock.BY_PLACE)
    assert (last.local_text, last.utc_offset_minutes) == ("2026-03-12T13:42:00", 60)
    assert told.events[1].place == Place(city="Obertshausen", country="DE")
    assert (told.service, told.destination, told.unread) == ("DHL PAKET (parcel)", Place(country="DE"), 0)


def test_nobody_s_name_or_street_is_taken_from_an_answer() -> None:
    """Who took an Express parcel stands where the sentence should."""
    told = parcel(fixture("express.json"))

    assert told.events[-1].text == "Delivery"
    assert "PERSON" not in repr(told)
    assert "Elm" not in repr(told)
    assert told.destination == Place(city="DUBLIN", postcode="D02", country="IE")


@pytest.mark.parametrize("status", ["OK", "QX", "delivered", ...])
def test_who_took_a_parcel_is_neither_its_text_nor_its_code(status: object) -> None:
    taken = an_event("", "delivered", status=status, description="A PERSON")

    assert "PERSON" not in repr(reading(an_answer(a_shipment(taken))))


def test_a_parcel_back_at_the_sender_is_returned_though_they_call_it_in_transit() -> None:
    told = parcel(fixture("parcel_nl.json"), number=WHOLE["parcel_nl.json"])

    assert replay(told.events).milestone is Milestone.RETURNED
    assert [event.milestone for event in told.events if event.code.startswith("parcel-nl/DELIVERED_AT_PARCELSHOP")] == [
        Milestone.IN_TRANSIT  # an internal event: nobody can collect it yet
    ]
    ready = next(event for event in told.events if event.milestone is Milestone.READY_FOR_PICKUP)
    assert ready.code == "parcel-nl/NOTIFICATION_FOR_PARCELSHOP_COLLECTION_HAS_BEEN_SENT/transit"


def test_nobody_home_is_an_attempt_before_the_parcel_goes_to_a_shop() -> None:
    events = parcel(fixture("parcel_nl.json"), number=WHOLE["parcel_nl.json"]).events

    until_the_shop = [event for event in events if event.local_text < "2026-03-12"]

    assert replay(until_the_shop).milestone is Milestone.ATTEMPT_FAILED
    assert replay(until_the_shop).reason is Reason.RECIPIENT_ABSENT


def test_a_late_created_on_top_and_an_estimate_hide_no_delivery() -> None:
    told = parcel(fixture("dsc.json"), number=WHOLE["dsc.json"])

    assert told.events[-1].milestone is Milestone.LABEL_CREATED
    assert told.events[-2].milestone is Milestone.UNKNOWN
    assert replay(told.events).milestone is Milestone.DELIVERED


@pytest.mark.parametrize("code", ["43", "44", "45", "46"])
def test_what_was_handed_to_a_shop_waits_for_the_shopper_though_they_call_it_delivered(code: str) -> None:
    assert scan(an_event(code, "delivered"), service="ecommerce-europe").milestone is Milestone.READY_FOR_PICKUP


@pytest.mark.parametrize(
    ("service", "code", "milestone"),
    [
        ("ecommerce-europe", "302", Milestone.IN_TRANSIT),
        ("ecommerce-europe", "366", Milestone.RETURNED),
        ("svb", "RETURNED_TO_SENDER", Milestone.RETURNED),
        ("ecommerce", "DELIVERED TO AGENT FOR FINAL DELIVERY", Milestone.IN_TRANSIT),
        ("ecommerce", "DESTROYED", Milestone.LOST),
        ("parcel-nl", "COLLECTION_ADDRESS_CLOSED", Milestone.LABEL_CREATED),  # the driver was at the sender's
        ("freight", "55-211", Milestone.LABEL_CREATED),
        ("parcel-de", "AN", Milestone.LABEL_CREATED),
    ],
)
def test_the_class_never_overrules_a_code(service: str, code: str, milestone: Milestone) -> None:
    for kind in ("delivered", "failure", "transit", ...):
        assert scan(an_event(code, statusCode=kind), service=service).milestone is milestone


def test_a_plan_that_repeats_is_a_forecast_and_told_once() -> None:
    events = parcel(fixture("parcel_nl.json"), number=WHOLE["parcel_nl.json"]).events

    planned = [event for event in events if event.code.startswith("parcel-nl/DELIVERY_PLANNED_IN_ROUTE")]

    assert [event.forecast for event in planned] == [True]


def test_a_scan_taken_back_by_the_driver_counts_no_more() -> None:
    said = ("The shipment could not be delivered, and the recipient has been notified", "failure")
    back = ("The previous event was deleted by driver", "unknown")
    events = [
        an_event(*back, timestamp="2026-03-10T11:00:00"),
        an_event(*said, timestamp="2026-03-10T10:30:00"),
        an_event("The shipment has been loaded onto the delivery vehicle", timestamp="2026-03-10T09:00:00"),
    ]

    told = parcel(an_answer(a_shipment(*events, service="parcel-de")))

    assert told.events[-1].retracts is Milestone.ATTEMPT_FAILED
    assert replay(told.events).milestone is Milestone.OUT_FOR_DELIVERY


def test_a_german_shipment_marked_as_a_return_is_brought_to_the_sender_and_ends_there() -> None:
    done = an_event("The shipment has been successfully delivered", "delivered", timestamp="2026-03-10T11:00:00")
    loaded = an_event("The shipment has been loaded onto the delivery vehicle", timestamp="2026-03-10T08:00:00")

    back = parcel(an_answer(a_shipment(done, loaded, service="parcel-de", returnFlag=True)))
    there = parcel(an_answer(a_shipment(done, loaded, service="parcel-de", returnFlag=False)))

    assert [event.milestone for event in back.events] == [Milestone.RETURNING, Milestone.RETURNED]
    assert [event.milestone for event in there.events] == [Milestone.OUT_FOR_DELIVERY, Milestone.DELIVERED]


def test_express_may_say_nothing_but_sentences_that_go_on_with_a_place() -> None:
    told = parcel(fixture("express_sentences.json"))

    assert [event.milestone for event in told.events] == [
        Milestone.PICKED_UP,
        Milestone.IN_TRANSIT,
        Milestone.UNKNOWN,
        Milestone.EXCEPTION,
        Milestone.IN_TRANSIT,
        Milestone.IN_TRANSIT,
        Milestone.OUT_FOR_DELIVERY,
        Milestone.DELIVERED,
    ]
    assert {(event.clock, event.known) for event in told.events} == {(Clock.BY_PLACE, True)}
    assert [told.events[at].place for at in (0, -1)] == [
        Place(city="NEW YORK CITY", region="NY", country="US"),
        Place(city="CORK", country="IE"),
    ]
    assert (told.unread, told.events[1].text) == (0, "Processed at NEW YORK CITY - USA")


def test_a_sentence_nobody_listed_is_kept_and_a_name_behind_one_is_not() -> None:
    new = {"timestamp": "2026-03-10T09:30:00Z", "description": "Something new"}
    signed = {"timestamp": "2026-03-10T10:30:00Z", "description": "Delivered - Signed for by : A PERSON"}

    unlisted, done = parcel(an_answer(a_shipment(signed, new))).events

    assert (unlisted.code, unlisted.milestone, unlisted.known) == ("express/Something new", Milestone.UNKNOWN, False)
    assert (done.milestone, done.code, done.text) == (Milestone.DELIVERED, "express", "")


@pytest.mark.parametrize("listed", [..., None, []])
def test_a_shipment_without_a_list_says_at_least_its_newest_event(listed: object) -> None:
    whole = a_shipment(an_event("PU"))

    told = parcel(an_answer({name: value for name, value in {**whole, "events": listed}.items() if value is not ...}))

    assert told.events == parcel(an_answer(whole)).events


def test_a_shipment_without_any_event_is_no_error() -> None:
    assert parcel(an_answer(a_shipment())).events == ()


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"", 429, CarrierBusy),
        (a_problem(429), 429, CarrierBusy),
        (a_problem(401), 401, CarrierRefused),
        (b"", 401, CarrierRefused),
        (HTML, 403, CarrierRefused),
        (a_problem(400, "Provided language code 'xx' isn't valid"), 400, CarrierRefused),
        (a_problem(400, "Invalid input: missing mandatory parameter 'trackingNumber'"), 400, CarrierRefused),
        (HTML, 502, CarrierDown),
        (a_problem(500), 500, CarrierDown),
        (fixture("express.json"), 503, CarrierDown),
        (HTML, 200, Unreadable),
        (HTML, 404, Unreadable),  # some gateway's word, not DHL's
        (b"", 200, Unreadable),
        (b"[]", 200, Unreadable),
        (b"[" * 100_000, 200, Unreadable),
        (b'{"shipments":', 200, Unreadable),
        (b'{"shipments": {}}', 200, Unreadable),
        (b"{}", 404, Unreadable),
        (a_problem(405), 405, Unreadable),
        (a_problem(404), 400, Unreadable),  # two words for one answer
        (a_problem(404).replace(b"404", b'"404"'), 404, Unreadable),  # the Express service writes it as text
        (an_answer(a_shipment(an_event())), 302, Unreadable),
    ],
)
def test_every_answer_has_one_typed_outcome(body: bytes, status: int, error: type[CarrierError]) -> None:
    with pytest.raises(error) as raised:
        reading(body, http_status=status)

    assert (raised.value.http_status, raised.value.body) == (status, body)


@pytest.mark.parametrize(("said", "error"), [(429, CarrierBusy), (401, CarrierRefused), (503, CarrierDown)])
def test_a_saved_problem_says_itself_what_it_came_with(said: int, error: type[CarrierError]) -> None:
    with pytest.raises(error):
        reading(a_problem(said), http_status=200)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (fixture("not_found.json"), 404),
        (fixture("not_found.json"), 200),  # a saved body has lost its status
        (b"", 404),
        (b'{"shipments": []}', 200),
        (a_problem(400, "Tracking number has a wrong format"), 400),
    ],
)
def test_a_number_they_do_not_know_is_a_reading_not_a_failure(body: bytes, status: int) -> None:
    assert isinstance(reading(body, http_status=status), UnknownNumber)


@pytest.mark.parametrize(
    "body",
    [
        an_answer("shipment"),
        an_answer(a_shipment(an_event(), service="letter")),
        an_answer(a_shipment(an_event(), service=...)),
        an_answer(a_shipment(an_event(), service=["express"])),
        an_answer(a_shipment("scan", None, 7)),
        an_answer(a_shipment(events={"status": "OK"})),
        json.dumps({"shipments": [{"shipmentTrackingNumber": NUMBER, "status": "Success", "events": []}]}).encode(),
    ],
)
def test_an_answer_of_another_shape_is_unreadable(body: bytes) -> None:
    assert isinstance(reading(body), Unreadable)


def test_what_lacks_a_part_is_left_out_and_counted() -> None:
    torn = [
        an_event(timestamp=...),
        an_event(timestamp="2026-03-10T09:30:0Z"),
        an_event(timestamp="2026-03-10T09:30:00+0"),
        an_event(timestamp="2026-02-30T09:30:00Z"),
        an_event(timestamp=20260310),
        an_event(status=...),
        an_event(status=["OK"]),
        an_event(status=..., description="A PERSON"),
        "scan",
    ]

    told = parcel(an_answer(a_shipment(an_event("PU"), *torn)))

    assert [event.code for event in told.events] == ["express/PU/transit"]
    assert told.unread == len(torn)


def test_an_unknown_code_is_kept_raw_and_marked() -> None:
    event = scan(an_event("QX", description="Something new"))

    assert (event.code, event.milestone, event.known) == ("express/QX/transit", Milestone.UNKNOWN, False)
    assert event.text == "Something new"


def test_scans_of_one_second_keep_the_order_of_the_list_and_repeats_are_dropped() -> None:
    told = parcel(an_answer(a_shipment(an_event("WC"), an_event("AR"), an_event("AR"))))

    assert [event.code for event in told.events] == ["express/AR/transit", "express/WC/transit"]


def test_a_list_that_runs_forward_is_read_forward() -> None:
    first = an_event("PU", timestamp="2026-03-09T09:30:00Z")

    told = parcel(an_answer(a_shipment(first, an_event("AR"), an_event("WC"))))

    assert [event.code[8:10] for event in told.events] == ["PU", "AR", "WC"]


def test_the_number_under_which_the_post_goes_on_is_kept() -> None:
    told = parcels(fixture("ecommerce.json"), number="3000000000000028")

    assert [each.handed_over_to for each in told] == ["9261290000000000000028"]


def test_where_a_parcel_was_left_is_its_reason_and_known_words_its_text() -> None:
    first, second = (each.events[-1] for each in parcels(fixture("ecommerce.json"), number=WHOLE["ecommerce.json"]))

    assert (first.milestone, first.reason, first.text) == (Milestone.DELIVERED, Reason.MAILBOX, "IN/AT MAILBOX")
    assert second.reason is Reason.SAFE_PLACE


def test_markup_and_invisible_characters_never_reach_a_text() -> None:
    here = {"address": {"addressLocality": "<script>alert(1)</script>Cork\u200f", "countryCode": "ie"}}

    event = scan(an_event("AF", description="<b>Came</b> in&nbsp;\u202e\ud800" + "x" * 900, location=here))

    assert event.text.startswith("Came in x")
    assert len(event.text) == 500
    assert (event.place.city, event.place.country) == ("alert(1) Cork", "IE")
    assert len(event.fingerprint) == 32


def test_a_saved_answer_can_be_read_without_a_number() -> None:
    told = READ["dhl"](fixture("express.json"), http_status=200, numbers=()).readings[""]

    assert isinstance(told, tuple)
    assert (told[0].tracking_number, len(told[0].events)) == (NUMBER, 6)
