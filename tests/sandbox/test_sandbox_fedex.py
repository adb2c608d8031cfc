"""What the stand-in says and refuses as FedEx: expectations written by hand from FedEx's papers."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import httpx
import pytest

from carriers.sandbox.server import Sandbox
from carriers.sandbox.stories import Promise
from tests.sandbox.asking import CLIENT, NUMBERS, a_story, fedex, fedex_results, fedex_token
from tests.sandbox.journeys import DELHI, HOUR, NOON

NUMBER = NUMBERS["fedex"]
OTHER = "702911050422"


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["code"]


def test_a_token_answer_counts_in_numbers_and_says_cxs(line: httpx.Client) -> None:
    answer = line.post("/oauth/token", data=CLIENT).json()

    assert (answer["token_type"], answer["expires_in"], answer["scope"]) == ("bearer", 3599, "CXS")
    assert answer["access_token"].count(".") == 2


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"json": CLIENT}, (400, "BAD.REQUEST.ERROR")),  # it wants a form
        ({"data": {"grant_type": "client_credentials"}}, (400, "BAD.REQUEST.ERROR")),
        ({"data": {**CLIENT, "grant_type": "password"}}, (400, "BAD.REQUEST.ERROR")),
        ({"data": {**CLIENT, "client_secret": "wrong"}}, (401, "NOT.AUTHORIZED.ERROR")),
        (
            {"data": {"grant_type": "client_credentials"}, "auth": ("sandbox-client", "sandbox-secret")},
            (400, "BAD.REQUEST.ERROR"),
        ),
    ],
)
def test_a_token_is_given_only_for_a_form_with_all_three_fields(
    line: httpx.Client, asked: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert code(line.post("/oauth/token", **asked)) == expected


def test_events_come_newest_first_with_offsets_and_a_midnight_for_the_pickup(
    carrier: Sandbox, line: httpx.Client
) -> None:
    carrier.tell(a_story("fedex", "label", "picked up", "departed", "out for delivery"))
    carrier.set_clock(NOON + 5 * HOUR)

    (result,) = fedex_results(line)

    assert [(event["eventType"], event["date"]) for event in result["scanEvents"]] == [
        ("OD", "2026-03-02T09:00:00-06:00"),
        ("DP", "2026-03-02T08:00:00-06:00"),
        ("OC", "2026-03-02T06:00:00-06:00"),
        ("PU", "2026-03-02T00:00:00"),
    ]
    assert result["scanEvents"][0]["scanLocation"]["city"] == "CHICAGO"


@pytest.mark.parametrize(
    ("kind", "event", "latest"),
    [
        ("out for delivery", ("OD", "IT"), ("OD", "IT", "In transit")),
        ("at the access point", ("HP", "IT"), ("HL", "HL", "Ready for pickup")),
        ("returning", ("RS", "DL"), ("RS", "DL", "Delivered")),
        ("delivered", ("DL", "DL"), ("DL", "DL", "Delivered")),
    ],
)
def test_derived_codes_lie(
    carrier: Sandbox, line: httpx.Client, kind: str, event: tuple[str, str], latest: tuple[str, str, str]
) -> None:
    carrier.tell(a_story("fedex", kind))

    (result,) = fedex_results(line)

    scan, found = result["scanEvents"][0], result["latestStatusDetail"]
    assert (scan["eventType"], scan["derivedStatusCode"]) == event
    assert (found["code"], found["derivedCode"], found["statusByLocale"]) == latest


def test_a_returning_parcel_has_a_receiver_too(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(a_story("fedex", "nobody home", "returning"))
    carrier.set_clock(NOON + HOUR)

    (result,) = fedex_results(line)

    assert result["deliveryDetails"]["receivedByName"] == "Signature not required"
    assert result["deliveryDetails"]["deliveryAttempts"] == "1"


def test_exceptions_keep_their_leading_zeros_and_stand_in_the_summary(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(a_story("fedex", "dropped off"))

    (result,) = fedex_results(line)

    assert result["scanEvents"][0]["exceptionCode"] == "084"
    assert result["latestStatusDetail"]["ancillaryDetails"][0]["reason"] == "084"


@pytest.mark.parametrize(
    ("hours", "window", "estimate"),
    [
        ((None, None), {}, "2026-03-04T00:00:00-06:00"),
        ((None, time(20)), {"ends": "2026-03-04T20:00:00-06:00"}, "2026-03-04T20:00:00-06:00"),
        (
            (time(9), time(13)),
            {"begins": "2026-03-04T09:00:00-06:00", "ends": "2026-03-04T13:00:00-06:00"},
            "2026-03-04T13:00:00-06:00",
        ),
    ],
)
def test_a_window_is_empty_until_hours_are_known(
    carrier: Sandbox,
    line: httpx.Client,
    hours: tuple[time | None, time | None],
    window: dict[str, str],
    estimate: str,
) -> None:
    promise = Promise(day=date(2026, 3, 4), shown_at=NOON, not_before=hours[0], not_after=hours[1])
    carrier.tell(replace(a_story("fedex", "label"), promises=(promise,)))

    (result,) = fedex_results(line)

    assert result["estimatedDeliveryTimeWindow"] == {"window": window}
    assert {"type": "ESTIMATED_DELIVERY", "dateTime": estimate} in result["dateAndTimes"]


def test_after_delivery_only_the_deed_is_dated(carrier: Sandbox, line: httpx.Client) -> None:
    promise = Promise(day=date(2026, 3, 4), shown_at=NOON)
    carrier.tell(replace(a_story("fedex", "label", "delivered", spot=DELHI), promises=(promise,)))
    carrier.set_clock(NOON + HOUR)

    (result,) = fedex_results(line)

    dates = {each["type"]: each["dateTime"] for each in result["dateAndTimes"]}
    assert dates == {"ACTUAL_DELIVERY": "2026-03-02T18:30:00+05:30", "SHIP": "2026-03-02T00:00:00+05:30"}


def test_found_and_unknown_numbers_share_an_answer(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(replace(a_story("fedex", "label"), blank_before_number=True))

    answer = fedex(line, NUMBER, OTHER)

    assert answer.status_code == 200
    known, unknown = answer.json()["output"]["completeTrackResults"]
    assert (known["trackingNumber"], unknown["trackingNumber"]) == (f" {NUMBER}", OTHER)
    assert unknown["trackResults"][0]["error"]["code"] == "TRACKING.TRACKINGNUMBER.NOTFOUND"
    assert "scanEvents" not in unknown["trackResults"][0]


@pytest.mark.parametrize("number", [OTHER, "nonsense", "12"])
def test_what_cannot_be_a_number_is_not_found_in_other_words(line: httpx.Client, number: str) -> None:
    (result,) = fedex_results(line, number)

    assert result["error"]["code"] == "TRACKING.TRACKINGNUMBER.NOTFOUND"
    assert result["error"]["message"].startswith("Tracking number" if number == OTHER else "This tracking number")


def test_a_recycled_number_answers_with_both_lives_the_older_first(carrier: Sandbox, line: httpx.Client) -> None:
    earlier = a_story("fedex", "label", "delivered")
    scans = tuple(replace(scan, at=scan.at - 400 * 24 * HOUR) for scan in earlier.scans)
    carrier.tell(replace(earlier, scans=scans), a_story("fedex", "label"))

    old, new = fedex_results(line)

    assert (old["latestStatusDetail"]["code"], new["latestStatusDetail"]["code"]) == ("DL", "OC")
    ids = {result["trackingNumberInfo"]["trackingNumberUniqueId"] for result in (old, new)}
    assert len(ids) == 2


def test_pieces_say_how_many_they_are(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(replace(a_story("fedex", "label"), travels_with=(OTHER,)))

    (result,) = fedex_results(line)

    assert (result["packageDetails"]["count"], result["packageDetails"]["sequenceNumber"]) == ("2", "1")
    assert result["additionalTrackingInfo"]["hasAssociatedShipments"] is True


def test_scans_are_listed_only_when_asked_for(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(a_story("fedex", "label"))

    answer = fedex(line, NUMBER, includeDetailedScans=False).json()

    (result,) = answer["output"]["completeTrackResults"][0]["trackResults"]
    assert "scanEvents" not in result
    assert result["latestStatusDetail"]["code"] == "OC"


def test_thirty_numbers_are_answered_and_thirty_one_refused(line: httpx.Client) -> None:
    numbers = [f"70291105{number:04}" for number in range(31)]
    bearer = fedex_token(line)

    assert len(fedex(line, *numbers[:30], bearer=bearer).json()["output"]["completeTrackResults"]) == 30
    assert code(fedex(line, *numbers, bearer=bearer)) == (400, "BAD.REQUEST.ERROR")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"trackingInfo": []}, "TRACKING.TRACKINGNUMBER.EMPTY"),
        ({"trackingInfo": [{"trackingNumberInfo": {"trackingNumber": ""}}]}, "TRACKING.TRACKINGNUMBER.EMPTY"),
        ({"trackingInfo": [{"trackingNumberInfo": {}}]}, "TRACKING.TRACKINGNUMBER.EMPTY"),
        ({"trackingInfo": [NUMBER]}, "BAD.REQUEST.ERROR"),
        ({"trackingInfo": None}, "BAD.REQUEST.ERROR"),
    ],
)
def test_a_question_without_numbers_is_refused(line: httpx.Client, body: dict[str, Any], expected: str) -> None:
    assert code(fedex(line, NUMBER, **body)) == (400, expected)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"null"])
def test_a_body_that_is_no_question_is_refused(line: httpx.Client, content: bytes) -> None:
    sent = {"Authorization": f"Bearer {fedex_token(line)}", "Content-Type": "application/json"}

    assert code(line.post("/track/v1/trackingnumbers", headers=sent, content=content)) == (400, "BAD.REQUEST.ERROR")


@pytest.mark.parametrize(("bearer", "status"), [("invented", 400), ("aaa.bbb.ccc", 401)])
def test_a_token_nobody_issued_is_an_invalid_jwt(line: httpx.Client, bearer: str, status: int) -> None:
    answer = fedex(line, NUMBER, bearer=bearer)

    assert code(answer) == (status, "BAD.REQUEST.ERROR")
    assert "JWT" in answer.json()["errors"][0]["message"]


def test_an_expired_token_is_not_authorized(carrier: Sandbox, line: httpx.Client) -> None:
    bearer = fedex_token(line)
    carrier.fault(kind="expire_tokens", carrier="fedex")

    assert code(fedex(line, NUMBER, bearer=bearer)) == (401, "NOT.AUTHORIZED.ERROR")


@pytest.mark.parametrize(("method", "path"), [("POST", "/track/v1/tcn"), ("POST", "/oauth/other")])
def test_other_addresses_are_not_there(line: httpx.Client, method: str, path: str) -> None:
    assert code(line.request(method, path)) == (404, "NOT.FOUND.ERROR")


def test_the_callers_name_for_a_question_comes_back(line: httpx.Client) -> None:
    sent = {"Authorization": f"Bearer {fedex_token(line)}", "x-customer-transaction-id": "look 7"}
    body = {"includeDetailedScans": True, "trackingInfo": [{"trackingNumberInfo": {"trackingNumber": NUMBER}}]}

    assert line.post("/track/v1/trackingnumbers", headers=sent, json=body).json()["customerTransactionId"] == "look 7"
