"""How the API answers what it cannot do, whoever sends it and however hostile."""

import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.web.shop import UPS, Shop, stated
from tracker.store.machine_tables import api_keys


@pytest.mark.parametrize("method_path", ["GET /orders/2026%2F001", "POST /orders/2026%2F001/cancel", "GET SHIPMENT"])
def test_another_brands_key_sees_nothing(shop: Shop, method_path: str) -> None:
    order = shop.an_order()["order"]
    stranger = shop.make_key(shop.other_brand)
    method, path = method_path.replace("SHIPMENT", f"/shipments/{order['shipments'][0]['id']}").split()

    answer = shop.call(method, path, key=stranger)
    never = shop.call(method, "/orders/never" if "orders" in path else f"/shipments/{'0' * 32}", key=stranger)

    assert answer.status_code == 404
    assert shop.get("/orders", key=stranger).json()["orders"] == []
    assert shop.get("/stuck", key=stranger).json()["stuck"] == []
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
