"""What the stand-in says and refuses as DHL: expectations written by hand from DHL's papers."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import httpx
import pytest

from carriers.sandbox.server import Sandbox
from carriers.sandbox.stories import Promise
from tests.sandbox.asking import KEY, NUMBERS, a_story, dhl
from tests.sandbox.journeys import HOUR, NOON

NUMBER = NUMBERS["dhl"]


def shipments(line: httpx.Client, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = dhl(line, **query).raise_for_status().json()["shipments"]
    return found


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return answer.status_code, answer.json()["title"]


@pytest.mark.parametrize("headers", [{}, {"DHL-API-Key": "wrong"}, {"Authorization": "Bearer sandbox-key"}])
def test_a_key_is_needed(line: httpx.Client, headers: dict[str, str]) -> None:
    answer = line.get("/track/shipments", headers=headers, params={"trackingNumber": NUMBER})

    assert problem(answer) == (401, "Unauthorized")


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({}, "trackingNumber"),
        ({"trackingNumber": NUMBER, "language": "en_de"}, "en_de"),
        ({"trackingNumber": NUMBER, "service": "pigeon"}, "pigeon"),
        ({"trackingNumber": NUMBER, "limit": "many"}, "limit"),
    ],
)
def test_a_wrong_question_is_an_invalid_input(line: httpx.Client, query: dict[str, str], word: str) -> None:
    answer = line.get("/track/shipments", headers=KEY, params=query)

    assert problem(answer) == (400, "Invalid input")
    assert word in answer.json()["detail"]


def test_an_unknown_number_is_a_404_that_names_it(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.set_clock(NOON - HOUR)
    carrier.tell(a_story("dhl", "label"))  # comes later

    answer = dhl(line)

    assert problem(answer) == (404, "No result found")
    assert answer.json()["instance"] == f"/shipment/{NUMBER}"


@pytest.mark.parametrize("path", ["/track/shipments/", f"/track/shipments/{NUMBER}"])
def test_other_addresses_are_not_there(line: httpx.Client, path: str) -> None:
    assert line.get(path, headers=KEY).status_code == 404


@pytest.mark.parametrize(
    ("division", "label", "scanned"),
    [
        ("", "2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z"),
        ("parcel-de", "2026-03-02T06:00:00", "2026-03-02T07:00:00"),
        ("parcel-nl", "2026-03-02T06:00:00-06:00", "2026-03-02T07:00:00-06:00"),
        ("ecommerce", "2026-03-02T06:00:00", "2026-03-02T07:00:00-06:00"),
    ],
)
def test_each_division_has_its_own_way_with_zones(
    carrier: Sandbox, line: httpx.Client, division: str, label: str, scanned: str
) -> None:
    carrier.tell(a_story("dhl", "label", "arrived", division=division))
    carrier.set_clock(NOON + HOUR)

    (found,) = shipments(line)

    assert [event["timestamp"] for event in found["events"]] == [scanned, label]
    assert found["service"] == (division or "express")


@pytest.mark.parametrize(
    ("division", "status", "described"),
    [
        ("", "WC", "Shipment is out with courier for delivery"),
        ("parcel-nl", "OUT_FOR_DELIVERY", None),
        ("ecommerce", "OUT FOR DELIVERY", None),
        (
            "parcel-de",
            "The shipment has been loaded onto the delivery vehicle",
            "The shipment has been loaded onto the delivery vehicle",
        ),
    ],
)
def test_a_courier_on_the_way_is_in_transit_by_the_shared_word(
    carrier: Sandbox, line: httpx.Client, division: str, status: str, described: str | None
) -> None:
    carrier.tell(a_story("dhl", "out for delivery", division=division))

    (found,) = shipments(line)

    assert (found["events"][0]["statusCode"], found["events"][0]["status"]) == ("transit", status)
    assert found["events"][0].get("description") == described


def test_a_late_label_on_top_hides_the_delivery(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(a_story("dhl", "picked up", "delivered", "label"))
    carrier.set_clock(NOON + 2 * HOUR)

    (found,) = shipments(line)

    assert found["status"]["statusCode"] == "pre-transit"
    assert [event["statusCode"] for event in found["events"]] == ["pre-transit", "delivered", "transit"]


def test_a_parcel_back_at_its_sender_is_in_transit_by_the_shared_word(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(a_story("dhl", "returned", division="parcel-nl"))

    (found,) = shipments(line)

    assert (found["status"]["statusCode"], found["status"]["status"]) == ("transit", "DELIVERED_AT_SHIPPER")


def test_only_the_parcel_divisions_texts_follow_the_language(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(a_story("dhl", "delivered"), a_story("dhl", "delivered", division="parcel-de"))

    texts = {found["service"]: found["status"]["description"] for found in shipments(line, language="de")}

    assert texts == {"express": "Delivered", "parcel-de": "Die Sendung wurde erfolgreich zugestellt."}


def test_one_number_may_be_several_shipments_of_several_divisions(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(
        a_story("dhl", "label", "delivered"),
        a_story("dhl", "label", division="ecommerce"),
        a_story("dhl", "picked up", division="ecommerce"),
    )
    carrier.set_clock(NOON + HOUR)

    everything, chosen = dhl(line).json(), dhl(line, service="express").json()

    assert [(each["id"], each["service"]) for each in everything["shipments"]] == [
        (NUMBER, "express"),
        (NUMBER, "ecommerce"),
        (NUMBER, "ecommerce"),
    ]
    assert [each["service"] for each in chosen["shipments"]] == ["express"]
    assert chosen["possibleAdditionalShipmentsUrl"] == [f"/shipments?trackingNumber={NUMBER}&service=ecommerce"]


def test_five_shipments_are_a_page(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(*(a_story("dhl", "label") for _ in range(7)))

    first, second = dhl(line).json(), dhl(line, offset="5", limit="5").json()

    assert (len(first["shipments"]), len(second["shipments"])) == (5, 2)
    assert first["nextUrl"] == f"/shipments?trackingNumber={NUMBER}&offset=5&limit=5"
    assert "nextUrl" not in second


@pytest.mark.parametrize(
    ("division", "frame", "day"),
    [
        ("", ("2026-03-04T15:00:00Z", "2026-03-04T19:00:00Z"), "2026-03-04T00:00:00Z"),
        ("parcel-nl", ("2026-03-04T09:00:00", "2026-03-04T13:00:00"), "2026-03-04T00:00:00"),
    ],
)
def test_frames_of_the_parcel_divisions_have_no_zone(
    carrier: Sandbox, line: httpx.Client, division: str, frame: tuple[str, str], day: str
) -> None:
    promise = Promise(day=date(2026, 3, 4), shown_at=NOON, not_before=time(9), not_after=time(13))
    carrier.tell(replace(a_story("dhl", "label", "delivered", division=division), promises=(promise,)))
    (before,) = shipments(line)
    carrier.set_clock(NOON + HOUR)
    (after,) = shipments(line)

    found = before["estimatedDeliveryTimeFrame"]
    assert (found["estimatedFrom"], found["estimatedThrough"], before["estimatedTimeOfDelivery"]) == (*frame, day)
    assert "estimatedTimeOfDelivery" not in after


def test_pieces_are_counted_and_parcel_de_leaves_out_a_digit(carrier: Sandbox, line: httpx.Client) -> None:
    carrier.tell(
        replace(a_story("dhl", "label"), travels_with=("4512308854",)), a_story("dhl", "label", division="parcel-de")
    )

    details = {found["service"]: found["details"] for found in shipments(line)}

    assert (details["express"]["totalNumberOfPieces"], details["express"]["pieceIds"]) == (2, [NUMBER, "4512308854"])
    assert details["parcel-de"]["pieceIds"] == [NUMBER[:-1]]
