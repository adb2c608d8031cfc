"""What a shop can do with orders over HTTP, and how each mistake is answered."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from tests.web.shop import UPS, Shop, stated
from tracker.store.machine_tables import api_keys, idempotency


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
    answer = small_shop.post("/orders", stated(shipments=[{"tracking_number": "92612999984075423123456783"}]))

    assert answer.status_code == 422
    body = answer.json()
    assert len(body["candidates"]) > 1 or "fits no carrier" in body["fields"][0]["problem"]
    assert body["fields"][0]["field"] == "shipments[0].tracking_number"
    named = [{"tracking_number": "92612999984075423123456783", "carrier": "ups"}]
    assert small_shop.post("/orders", stated(shipments=named)).status_code == 201


def test_a_carrier_that_is_off_is_said(small_shop: Shop) -> None:
    done = small_shop.an_order(shipments=[{"tracking_number": "BIKE000123", "carrier": "own bikes"}])

    assert "own_bikes is not a carrier we can ask" in done["warnings"][0]


@pytest.mark.parametrize("method_path", ["GET /orders/2026%2F001", "POST /orders/2026%2F001/cancel", "GET SHIPMENT"])
def test_another_brands_key_sees_nothing(shop: Shop, method_path: str) -> None:
    order = shop.an_order()["order"]
    stranger = shop.make_key(shop.other_brand)
    method, path = method_path.replace("SHIPMENT", f"/shipments/{order['shipments'][0]['id']}").split()

    answer = shop.call(method, path, key=stranger)
    never = shop.call(method, "/orders/never" if "orders" in path else f"/shipments/{'0' * 32}", key=stranger)

    assert answer.status_code == 404
    assert shop.get("/orders", key=stranger).json()["orders"] == []
    assert shop.get("/stuck", key=stranger).json() == {"stuck": []}
    if method == "GET":
        assert answer.json() == never.json()


def test_another_brands_key_cannot_take_a_parcel_away(shop: Shop) -> None:
    order = shop.an_order()["order"]
    path = f"/shipments/{order['shipments'][0]['id']}"

    assert shop.call("DELETE", path, key=shop.make_key(shop.other_brand)).status_code == 404
    assert shop.get(path).json()["shipment"]["removed_at"] is None


def test_a_key_for_all_brands_names_one(small_shop: Shop) -> None:
    small_shop.an_order()
    master = small_shop.make_key(None)

    assert small_shop.get("/orders", key=master).json()["error"] == "brand_missing"
    named = small_shop.get("/orders", key=master, params={"brand": small_shop.brand}).json()
    assert len(named["orders"]) == 1
    other = small_shop.post("/orders", stated(brand=small_shop.other_brand), key=master)
    assert other.json()["order"]["brand"] == small_shop.other_brand


@pytest.mark.parametrize(("place", "brand", "status"), [("query", "nobody", 422), ("body", "nobody", 422)])
def test_an_unknown_brand_is_refused_with_the_known_ones(small_shop: Shop, place: str, brand: str, status: int) -> None:
    master = small_shop.make_key(None)
    query = {"brand": brand} if place == "query" else {}
    body = stated(brand=brand) if place == "body" else stated()

    answer = small_shop.post("/orders", body, key=master, params=query)

    assert (answer.status_code, answer.json()["error"]) == (status, "unknown_brand")
    assert small_shop.brand in answer.json()["fix"]


def test_a_key_of_one_brand_cannot_name_another(small_shop: Shop) -> None:
    answer = small_shop.post("/orders", stated(brand=small_shop.other_brand))

    assert (answer.status_code, answer.json()["error"]) == (403, "other_brand")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic dXNlcjpwYXNz", "Bearer " + "x" * 50])
def test_without_a_valid_key_nothing_is_said(small_shop: Shop, header: str) -> None:
    answer = small_shop.client.get("/api/v1/orders", headers={"Authorization": header} if header else {})

    assert (answer.status_code, answer.json()["error"]) == (401, "no_key")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_revoked_key_opens_nothing(small_shop: Shop) -> None:
    with small_shop.app.store.begin() as connection:
        connection.execute(api_keys.update().values(revoked_machine_at=small_shop.clocks.machine))

    assert small_shop.get("/orders").status_code == 401


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"number": NaN}', b'{"number": ' + b"9" * 5_000 + b"}", b"nul"],
    ids=["empty", "open", "no UTF-8", "nested", "NaN", "huge number", "no JSON"],
)
def test_what_is_no_json_is_answered_with_400(small_shop: Shop, body: bytes) -> None:
    answer = small_shop.call("POST", "/orders", content=body, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["error"]) == (400, "bad_json")


@pytest.mark.parametrize(
    "body", [b"null", b"[]", b'"text"', b"3", b"true", b'{"number": "a\\ud800"}', b'{"\\ud800": 1}']
)
def test_json_of_the_wrong_shape_is_answered_with_422(small_shop: Shop, body: bytes) -> None:
    answer = small_shop.call("POST", "/orders", content=body, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["error"]) == (422, "unusable")
    assert answer.json()["fields"]


def test_a_body_beyond_a_megabyte_is_refused_however_it_comes(small_shop: Shop) -> None:
    body = json.dumps(stated(items=[{"name": "x" * 200}] * 6_000)).encode()

    def in_pieces() -> Any:
        async def pieces() -> Any:
            for start in range(0, len(body), 65_536):
                yield body[start : start + 65_536]

        return pieces()

    json_type = {"Content-Type": "application/json"}
    whole = small_shop.call("POST", "/orders", content=body, headers=json_type)
    chunked = small_shop.call("POST", "/orders", content=in_pieces(), headers=json_type)

    assert len(body) > 1024 * 1024
    assert [whole.status_code, chunked.status_code] == [413, 413]
    assert whole.json()["error"] == "too_large"


def test_a_form_is_no_json(small_shop: Shop) -> None:
    answer = small_shop.call("POST", "/orders", data={"number": "A1"})

    assert (answer.status_code, answer.json()["error"]) == (415, "not_json")


HOSTILE = [
    "'; DROP TABLE orders; --",
    "<script>alert(1)</script>",
    "../../../etc/passwd",
    "1Z999AA10123456784\r\nX-Injected: 1",
    "{{7*7}}",
    "%00%0a",
    "\x00",
    "１Ｚ９９９ＡＡ１０１２３４５６７８４",
    "1Z" + "9" * 100_000,
    "☠" * 50,
    "\u202e48765432101AA999Z1",
]


@pytest.mark.parametrize("number", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_tracking_number_is_refused_in_words(small_shop: Shop, number: str) -> None:
    answer = small_shop.post("/orders", stated(shipments=[{"tracking_number": number, "carrier": "ups"}]))

    assert answer.status_code == 422
    assert answer.json()["fields"][0]["field"] == "shipments[0].tracking_number"
    assert number not in answer.text


@pytest.mark.parametrize("number", ["%00", "a%00b", "%0A", "%E2%80%A8", "%ED%A0%80", "x" * 129])
def test_a_hostile_order_number_in_an_address_is_answered(small_shop: Shop, number: str) -> None:
    for method in ("GET", "PATCH"):
        answer = small_shop.call(method, f"/orders/{number}", json={})
        assert answer.status_code in {404, 405, 422}
        assert answer.json()["fix"]


@pytest.mark.parametrize("after", ["x", "!!!", "a" * 200, "OTk5OTk5OTk5OTk5OTk5OTk5OTk6eA"])
def test_a_place_we_never_gave_out_begins_at_the_front(small_shop: Shop, after: str) -> None:
    small_shop.an_order("A1")

    assert len(small_shop.get("/orders", params={"after": after}).json()["orders"]) == 1


def test_a_path_or_method_that_is_not_there_is_answered_in_the_same_shape(small_shop: Shop) -> None:
    lost, wrong = small_shop.get("/nothing"), small_shop.call("PUT", "/orders")

    assert (lost.status_code, lost.json()["error"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["error"]) == (405, "wrong_method")
    assert "POST" in wrong.headers["allow"]


def test_no_log_line_holds_what_a_person_could_be_known_by(small_shop: Shop) -> None:
    with capture_logs() as lines:
        order = small_shop.an_order("ada-nord-1815")
        small_shop.get("/orders/ada-nord-1815")
        small_shop.get("/orders", params={"brand": small_shop.brand, "after": "secret"})
        small_shop.client.get(small_shop.page_path(order))
        small_shop.client.get("/somewhere/ada-nord")

    said = repr(lines)
    token = order["order"]["page_url"].rsplit("/", 1)[1]
    assert [line["route"] for line in lines if line["event"] == "request"] == [
        "/api/v1/orders",
        "/api/v1/orders/*",
        "/api/v1/orders",
        "*",
    ]
    for secret in ("ada-nord", "shopper", "secret", token, UPS[0], small_shop.key):
        assert secret not in said
