"""Whom the edge believes, what it logs, and what every answer carries."""

from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest
from starlette.types import Scope
from structlog.testing import capture_logs

from tests.web.shop import Client, Shop
from tracker.store.unit import SqlStore
from tracker.web import edge
from tracker.web.app import create_app
from tracker.web.edge import Edge, shape_of


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/", "/"),
        ("/t/4UP7dft2ejJdx94GT13To4JE", "/t/*"),
        ("/u/abc", "/u/*"),
        ("/api/v1/orders", "/api/v1/orders"),
        ("/api/v1/orders/2026/001", "/api/v1/orders/*"),
        ("/api/v1/orders/2026/001/cancel", "/api/v1/orders/*/cancel"),
        ("/api/v1/orders/ada/shipments", "/api/v1/orders/*/shipments"),
        ("/api/v1/shipments/0123", "/api/v1/shipments/*"),
        ("/css/alpenglow.0123.css", "/css/*"),
        ("/ops/orders/alpenglow/2026/001", "/ops/orders/*"),
        ("/ops/stuck.csv", "/ops/stuck.csv"),
        ("/ops/ada", "*"),
        ("/wp-login.php?ada", "*"),
        ("/healthz/ada", "*"),
    ],
)
def test_a_path_is_logged_by_its_shape(path: str, shape: str) -> None:
    assert shape_of(path) == shape


async def asked(headers: dict[str, str], *, peer: str, trusted: str = "10.0.0.0/8") -> dict[str, Any]:
    """What the application behind the edge sees of a request."""
    seen: dict[str, Any] = {}

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def send(message: Any) -> None:
        seen.setdefault("sent", message)

    def failed(scope: Scope) -> Any:
        raise AssertionError(scope["path"])

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "scheme": "http",
        "client": (peer, 4711),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    await Edge(behind, trusted=[ip_network(trusted)], failed=failed)(scope, _nothing, send)
    return seen


async def _nothing() -> Any:
    raise AssertionError("nobody reads a body here")


FORWARDED = {"X-Forwarded-For": "192.0.2.7, 10.0.0.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "a.example"}


def test_a_trusted_proxy_says_who_asks_and_how(small_shop: Shop) -> None:
    seen = small_shop.client.wait_for(asked(FORWARDED, peer="10.0.0.1"))

    assert seen["client"][0] == "192.0.2.7"
    assert seen["scheme"] == "https"
    assert (b"host", b"a.example") in seen["headers"]


@pytest.mark.parametrize("peer", ["192.0.2.1", "127.0.0.1", "", "not an address"])
def test_anybody_elses_word_is_not_taken(small_shop: Shop, peer: str) -> None:
    seen = small_shop.client.wait_for(asked(FORWARDED, peer=peer))

    assert (seen["client"][0], seen["scheme"]) == (peer, "http")
    assert (b"host", b"a.example") not in seen["headers"]


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("6.6.6.6, 192.0.2.7, 10.0.0.9", "192.0.2.7"),  # what the asker wrote himself comes first and counts nothing
        ("10.0.0.8, 10.0.0.9", "10.0.0.8"),
        ("nonsense, 10.0.0.9", "10.0.0.9"),
        ("2001:db8::7", "2001:db8::7"),
        ("::ffff:10.0.0.9", "::ffff:10.0.0.9"),
        ("", "10.0.0.1"),
    ],
)
def test_the_nearest_address_that_is_no_proxy_of_ours_asked(small_shop: Shop, chain: str, client: str) -> None:
    seen = small_shop.client.wait_for(asked({"X-Forwarded-For": chain}, peer="10.0.0.1"))

    assert seen["client"][0] == client


def test_a_proxys_request_id_is_kept_and_a_strangers_is_not(small_shop: Shop) -> None:
    def id_of(seen: dict[str, Any]) -> str:
        return next(str(value.decode()) for name, value in seen["sent"]["headers"] if name == b"x-request-id")

    given = {"X-Request-ID": "trace-12345678"}
    assert id_of(small_shop.client.wait_for(asked(given, peer="10.0.0.1"))) == "trace-12345678"
    assert id_of(small_shop.client.wait_for(asked(given, peer="192.0.2.1"))) != "trace-12345678"
    hostile = {"X-Request-ID": "a b\tc<script>"}
    assert id_of(small_shop.client.wait_for(asked(hostile, peer="10.0.0.1"))).isalnum()


@pytest.mark.parametrize("path", ["/", "/healthz", "/nothing", "/api/v1/orders", "/api/openapi.json", "/metrics"])
def test_every_answer_is_safe_to_open_in_a_browser(small_shop: Shop, path: str) -> None:
    answer = small_shop.client.get(path)

    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert "server" not in answer.headers


class BrokenStore(SqlStore):
    """A defect of ours, with a secret in its words."""

    def __init__(self, store: SqlStore) -> None:
        super().__init__(store._engine, store.vault)

    def read(self) -> Any:
        raise RuntimeError("ada@shopper.example")


def test_a_defect_is_answered_in_words_and_logged_under_the_same_id(small_shop: Shop) -> None:
    broken = Client(create_app(replace(small_shop.app, store=BrokenStore(small_shop.app.store)), version="0.test"))
    with capture_logs() as lines:
        api = broken.get("/api/v1/orders", headers={"Authorization": f"Bearer {small_shop.key}"})
        page = broken.get("/t/" + "A" * 24)
    broken.close()

    assert (api.status_code, api.json()["error"]) == (500, "defect")
    assert page.status_code == 500
    assert page.headers["content-type"].startswith("text/html")
    assert "shopper" not in api.text + page.text
    failed = next(line for line in lines if line["event"] == "request_failed")
    assert failed["request_id"] == api.headers["x-request-id"]
    assert edge.shape_of("/t/x") in {line.get("route") for line in lines if line["event"] == "page_failed"}
