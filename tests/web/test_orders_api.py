"""What a shop can do with orders over HTTP, and how each mistake is answered."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from tests.web.shop import UPS, Shop, stated
from tracker.store.machine_tables import idempotency


def test_a_stated_order_is_created_once_and_read_back(shop: Shop) -> None:
    first = shop.post("/orders", stated())
    again = shop.post("/orders", stated())
    read = shop.get("/orders/2026%2F001")

    assert (first.status_code, first.json()["result"]) == (201, "created")
    assert (again.status_code, again.json()["result"]) == (200, "unchanged")
    assert read.json() == again.json()["order"]
    assert read.json()["shipments"][0]["carrier"] == "ups"
    assert read.json()["recipients"][0]["email"] == "a***@shopper.example"


def test_a_changed_order_is_applied_and_says_what_changed(shop: Shop) -> None:
    shop.an_order()

    done = shop.an_order(shipments=[{"tracking_number": UPS[1]}], packed_at="2026-05-04T11:30:00Z")

    assert (done["result"], set(done["changed"])) == ("changed", {"shipments", "packed_at"})
    assert [each["tracking_number"] for each in done["order"]["shipments"]] == [UPS[1]]


@pytest.mark.parametrize("number", ["2026/001", "a b", "#1001", "Ø-7?x=1", "100%", "x/cancel", "a//b", "1;DROP TABLE"])
def test_any_number_a_shop_uses_has_an_address(small_shop: Shop, number: str) -> None:
    small_shop.an_order(number)
    path = "/orders/" + "".join(f"%{byte:02X}" for byte in number.encode())

    assert small_shop.get(path).json()["number"] == number
    patched = small_shop.call("PATCH", path, json={"packed_at": "2026-05-04T11:30:00Z"})
    assert patched.json()["changed"] == ["packed_at"]
    added = small_shop.post(f"{path}/shipments", {"tracking_number": UPS[1]})
    assert len(added.json()["order"]["shipments"]) == 2
    assert small_shop.call("POST", f"{path}/cancel").json()["order"]["state"] == "cancelled"


def test_the_same_key_repeats_an_answer_and_refuses_another_body(shop: Shop) -> None:
    key = {"headers": {"Idempotency-Key": "k-1"}}
    first = shop.post("/orders", stated(), **key)
    shop.call("PATCH", "/orders/2026%2F001", json={"packed_at": "2026-05-04T11:30:00Z"})

    repeated = shop.post("/orders", stated(), **key)
    other = shop.post("/orders", stated("2026/002"), **key)

    assert (first.status_code, repeated.status_code) == (201, 201)
    assert repeated.json()["result"] == "created"
    assert (other.status_code, other.json()["error"]) == (422, "key_reused")
    assert shop.get("/orders/2026%2F002").status_code == 404


def test_what_is_remembered_under_a_key_opens_no_page_and_names_nobody(small_shop: Shop) -> None:
    done = small_shop.post("/orders", stated(), headers={"Idempotency-Key": "k-1"}).json()

    with small_shop.app.store.read() as snapshot:
        (row,) = snapshot.connection.execute(select(idempotency))
    assert done["order"]["page_url"].rsplit("/", 1)[1] not in json.dumps(row.answer)
    assert "shopper" not in json.dumps(row.answer)


def test_many_requests_for_one_new_order_make_one_order(shop: Shop) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: shop.post("/orders", stated()), range(16)))

    assert {answer.status_code for answer in answers} == {200, 201}
    assert sum(answer.status_code == 201 for answer in answers) == 1


def test_a_list_is_read_page_by_page_each_order_once_the_newest_first(shop: Shop) -> None:
    for n in range(5):
        shop.an_order(f"A{n}", shipments=[])

    seen: list[str] = []
    after: dict[str, Any] = {}
    for _ in range(4):
        page = shop.get("/orders", params={"limit": 2, **after}).json()
        seen += [each["number"] for each in page["orders"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}

    assert seen == ["A4", "A3", "A2", "A1", "A0"]


def test_a_list_can_be_narrowed_to_a_stage(small_shop: Shop) -> None:
    small_shop.an_order("A1")
    small_shop.an_order("A2")
    small_shop.call("POST", "/orders/A2/cancel")

    found = small_shop.get("/orders", params={"stage": "cancelled"}).json()["orders"]

    assert [each["number"] for each in found] == ["A2"]


def test_parcels_are_added_corrected_and_taken_away(shop: Shop) -> None:
    order = shop.an_order()["order"]
    shop.post("/orders/2026%2F001/shipments", {"tracking_number": UPS[1]})
    corrected = shop.post("/orders/2026%2F001/shipments", {"tracking_number": UPS[2], "replaces": UPS[0]}).json()
    kept = shop.get(f"/shipments/{order['shipments'][0]['id']}").json()

    assert sorted(each["tracking_number"] for each in corrected["order"]["shipments"]) == sorted(UPS[1:])
    new = next(each for each in corrected["order"]["shipments"] if each["tracking_number"] == UPS[2])
    assert kept["shipment"]["superseded_by"] == new["id"]

    gone = shop.call("DELETE", f"/shipments/{new['id']}")
    again = shop.call("DELETE", f"/shipments/{new['id']}")
    assert [each["tracking_number"] for each in gone.json()["order"]["shipments"]] == [UPS[1]]
    assert again.status_code == 404
    assert shop.get(f"/shipments/{new['id']}").json()["shipment"]["removed_at"] is not None


def test_several_possible_carriers_are_listed_and_asked_for(small_shop: Shop) -> None:
    answer = small_shop.post("/orders", stated(shipments=[{"tracking_number": "320500000015"}]))

    assert answer.status_code == 422
    body = answer.json()
    assert body["candidates"] == ["fedex", "purolator"]
    assert body["fields"][0]["field"] == "shipments[0].tracking_number"
    named = [{"tracking_number": "320500000015", "carrier": "FedEx"}]
    assert small_shop.post("/orders", stated(shipments=named)).status_code == 201


def test_a_carrier_that_is_off_is_said(small_shop: Shop) -> None:
    done = small_shop.an_order(shipments=[{"tracking_number": "BIKE000123", "carrier": "own bikes"}])

    assert "own_bikes is not a carrier we can ask" in done["warnings"][0]
