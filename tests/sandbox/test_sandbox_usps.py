"""What the stand-in says and refuses as USPS: expectations written by hand from the post's papers."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import httpx
import pytest

from carriers.sandbox.server import Sandbox
from carriers.sandbox.stories import Promise, Spot
from tests.sandbox.asking import CHICAGO, CLIENT, NUMBERS, a_story, usps, usps_token
from tests.sandbox.journeys import HOUR, NOON

NUMBER = NUMBERS["usps"]


def found(line: httpx.Client) -> dict[str, Any]:
    answer: dict[str, Any] = usps(line).raise_for_status().json()
    return answer


def test_a_token_answer_has_its_numbers_as_text_and_names_its_scope(line: httpx.Client) -> None:
    answer = line.post("/oauth2/v3/token", json=CLIENT).json()

    assert (answer["token_type"], answer["expires_in"], answer["status"]) == ("Bearer", "28799", "approved")
    assert answer["issued_at"].isdigit()
    assert "tracking" in answer["scope"].split()


def test_a_token_may_be_asked_for_in_two_ways(line: httpx.Client) -> None:
    ways = [line.post("/oauth2/v3/token", json=CLIENT), line.post("/oauth2/v3/token", data=CLIENT)]

    assert [way.status_code for way in ways] == [200, 200]


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({**CLIENT, "client_secret": "wrong"}, 401, "invalid_client"),
        ({**CLIENT, "grant_type": "password"}, 400, "unsupported_grant_type"),
        ({}, 400, "unsupported_grant_type"),
    ],
)
def test_a_token_is_given_only_to_known_clients(
    line: httpx.Client, body: dict[str, str], status: int, error: str
) -> None:
    answer = line.post("/oauth2/v3/token", json=body)

    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_scope_asked_for_by_name_shrinks_the_token(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(a_story("usps", "label"))

    answer = usps(line, bearer=usps_token(line, scope="prices"))

    assert answer.status_code == 401
    assert answer.json()["error"]["errors"][0]["title"] == "Insufficient OAuth scope"
    assert usps(line, bearer=usps_token(line, scope="prices tracking")).status_code == 200


def test_a_newer_token_ends_the_older_one(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(a_story("usps", "label"))
    older, newer = usps_token(line), usps_token(line)

    assert [usps(line, bearer=bearer).status_code for bearer in (older, newer)] == [401, 200]


def test_times_are_local_and_the_gmt_date_does_not_roll(carrier: Sandbox, line: httpx.Client) -> None:
    evening = replace(a_story("usps", "departed").scans[0], at=datetime(2026, 3, 3, 0, 31, 21, tzinfo=UTC))
    carrier.tell(replace(a_story("usps", "departed"), scans=(evening,)))
    carrier.set_clock(NOON + 24 * HOUR)

    (event,) = found(line)["trackingEvents"]

    assert (event["eventTimestamp"], event["GMTOffset"]) == ("2026-03-02T18:31:00", "-06:00")
    assert event["GMTTimestamp"] == "2026-03-02T00:31:21Z"  # it is the third of March there


@pytest.mark.parametrize(("kind", "written"), [("label", "2026-03-02T06:00:00Z"), ("manifest", "2026-03-02T00:00:00Z")])
def test_what_was_typed_in_has_a_false_z_and_no_gmt(
    carrier: Sandbox, line: httpx.Client, kind: str, written: str
) -> None:
    carrier.tell(a_story("usps", kind))

    (event,) = found(line)["trackingEvents"]

    assert event["eventTimestamp"] == written
    assert not {"GMTTimestamp", "GMTOffset"} & set(event)


def test_events_come_newest_first_with_code_and_text(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(a_story("usps", "label", "picked up", "nobody home"))
    carrier.set_clock(NOON + 2 * HOUR)

    answer = found(line)

    assert [event["eventCode"] for event in answer["trackingEvents"]] == ["56", "03", "GX"]
    assert answer["status"] == "Notice Left (No Authorized Recipient Available)"
    assert answer["statusCategory"] == "Deliverery Attempt, action needed"


def test_the_category_may_lag_behind_the_status(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(replace(a_story("usps", "arrived", "out for delivery"), category_lag=timedelta(minutes=30)))
    carrier.set_clock(NOON + HOUR)

    answer = found(line)

    assert (answer["trackingEvents"][0]["eventCode"], answer["statusCategory"]) == ("OF", "In Transit")
    carrier.set_clock(NOON + 2 * HOUR)
    assert found(line)["statusCategory"] == "Out for Delivery"


def test_texts_hold_markup_and_truth_is_a_text(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(a_story("usps", "label"))

    answer = found(line)

    assert "<SUP>&#153;</SUP>" in answer["mailClass"]
    assert answer["services"] == ["USPS Tracking<SUP>&#174;</SUP>"]
    assert (answer["emailEnabled"], answer["trackingEvents"][0]["authorizedAgent"]) == ("true", "false")


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ((None, None), {"expectedDeliveryTimeStamp": "2026-03-04T00:00:00"}),
        (
            (None, time(21)),
            {
                "expectedDeliveryTimeStamp": "2026-03-04T00:00:00",
                "expectedDeliveryDate": "2026-03-04",
                "expectedDeliveryTime": "9:00 PM",
            },
        ),
        (
            (time(11, 15), time(13)),
            {
                "expectedDeliveryTimeStamp": "2026-03-04T00:00:00",
                "predictedDeliveryDate": "2026-03-04",
                "predictedDeliveryWindowStartTime": "11:15 AM",
                "predictedDeliveryWindowEndTime": "1:00 PM",
            },
        ),
    ],
)
def test_a_promise_is_a_local_day_with_hours_beside_it(
    carrier: Sandbox, line: httpx.Client, hours: tuple[time | None, time | None], expected: dict[str, str]
) -> None:
    promise = Promise(day=date(2026, 3, 4), shown_at=NOON, not_before=hours[0], not_after=hours[1])
    carrier.tell(replace(a_story("usps", "label", "delivered"), promises=(promise,)))

    answer = found(line)
    carrier.set_clock(NOON + HOUR)
    after = found(line)

    assert {name: value for name, value in answer.items() if name.startswith(("expected", "predicted"))} == expected
    assert not [name for name in after if name.startswith(("expected", "predicted"))]


def test_a_parcel_back_at_its_sender_is_called_delivered(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(a_story("usps", "returned"))

    answer = found(line)

    assert (answer["status"], answer["statusCategory"]) == ("Delivered, To Original Sender", "Delivered")


def test_without_detail_there_is_only_prose(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(a_story("usps", "picked up"))

    answer = usps(line, expand="SUMMARY").json()

    assert answer["eventSummaries"] == ["USPS picked up item, March 2, 2026, 6:00 am, CHICAGO, IL"]
    assert "trackingEvents" not in answer


def test_an_unknown_number_is_a_400_with_a_code(line: httpx.Client) -> None:
    answer = usps(line)

    assert answer.status_code == 400
    assert answer.json()["apiVersion"] == "/tracking/v3"
    assert answer.json()["error"]["errors"][0]["code"] == "150002"


def test_before_its_first_scan_a_number_is_a_400_whose_code_is_in_the_text_or_a_404(
    carrier: Sandbox, line: httpx.Client
) -> None:
    carrier.set_clock(NOON - HOUR)
    carrier.tell(a_story("usps", "label"))
    error = usps(line).json()["error"]["errors"][0]
    carrier.tell(replace(a_story("usps", "label"), hidden_at_first=True))
    hidden = usps(line)

    assert (error["code"], error["detail"].startswith("12:")) == ("", True)
    assert (hidden.status_code, hidden.json()["error"]["code"]) == (404, "404")


def test_a_recycled_number_shows_its_newest_life_as_another_piece(carrier: Sandbox, line: httpx.Client) -> None:
    earlier = a_story("usps", "label", "delivered")
    scans = tuple(replace(scan, at=scan.at - 400 * 24 * HOUR) for scan in earlier.scans)
    lives = (replace(earlier, scans=scans), a_story("usps", "label"))
    carrier.tell(*lives)
    carrier.set_clock(NOON - HOUR)
    before = found(line)
    carrier.set_clock(NOON)
    after = found(line)

    assert (before["status"], after["status"]) == (
        "Delivered, In/At Mailbox",
        "Shipping Label Created, USPS Awaiting Item",
    )
    assert before["uniqueMailPieceID"] != after["uniqueMailPieceID"]


def test_a_postcode_before_the_number_is_understood_and_not_repeated(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(a_story("usps", "label"))

    assert usps(line, f"42060601{NUMBER}").json()["trackingNumber"] == NUMBER


@pytest.mark.parametrize(
    ("number", "query"),
    [("x", {}), ("9" * 35, {}), (NUMBER, {"expand": "detail"}), (NUMBER, {"mailingDate": "03/02/2026"})],
)
def test_a_malformed_question_is_refused(line: httpx.Client, number: str, query: dict[str, str]) -> None:
    answer = usps(line, number, **query)

    assert (answer.status_code, answer.json()["error"]["errors"][0]["code"]) == (400, "400")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/tracking/v3r2/tracking", 404),
        ("GET", "/oauth2/v3/other", 404),
        ("GET", "/oauth2/v3/token", 405),
        ("GET", f"/tracking/v3/tracking/{NUMBER}", 401),
    ],
)
def test_other_addresses_methods_and_strangers_are_refused(
    line: httpx.Client, method: str, path: str, status: int
) -> None:
    assert line.request(method, path).status_code == status


def test_ahead_of_greenwich_the_date_is_the_local_one_too(carrier: Sandbox, line: httpx.Client) -> None:
    guam = Spot(city="BARRIGADA", region="GU", country="US", utc_offset=timedelta(hours=10))
    carrier.tell(a_story("usps", "arrived", spot=guam), a_story("usps", "arrived", number="9400136895232178650029"))
    carrier.set_clock(NOON + 9 * HOUR)
    (event,) = found(line)["trackingEvents"]
    there = usps(line, "9400136895232178650029").json()["trackingEvents"][0]

    assert (event["eventTimestamp"], event["GMTTimestamp"]) == ("2026-03-02T22:00:00", "2026-03-02T12:00:00Z")
    assert there["eventCity"] == CHICAGO.city
