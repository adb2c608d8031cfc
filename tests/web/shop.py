"""A whole Wismo behind its HTTP edge, in this process: real database, real templates, clocks the test moves."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
from starlette.types import ASGIApp

from config.settings import load
from tracker.store import keys
from tracker.store.schema import migrate
from tracker.web.app import create_app
from tracker.wiring import App, build

T = TypeVar("T")

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
BOOT = datetime(2026, 9, 9, 9, tzinfo=UTC)
UPS = ("1Z999AA10123456784", "1Z999AA10000000006", "1Z999AA10000000015")


@dataclass(slots=True, kw_only=True)
class Clocks:
    """Shop time and machine time."""

    shop: datetime = NOON
    machine: datetime = BOOT

    def pass_by(self, span: timedelta) -> None:
        self.shop += span
        self.machine += span


class Client:
    """Talks to an ASGI application from a test that is no coroutine; cookies are kept, as a browser would."""

    def __init__(self, app: ASGIApp, *, peer: str = "127.0.0.1") -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=True, client=(peer, 4711))
        self._client = httpx.AsyncClient(transport=transport, base_url="https://track.test")

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.wait_for(self._client.request(method, path, **more))

    def wait_for(self, asked: Coroutine[Any, Any, T]) -> T:
        """Run it in the client's loop."""
        return asyncio.run_coroutine_threadsafe(asked, self._loop).result(timeout=60)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.request("GET", path, **more)

    @property
    def cookies(self) -> httpx.Cookies:
        return self._client.cookies

    def settle(self) -> None:
        """Let everything that requests have set in motion end."""
        self.wait_for(self._rest())

    async def _rest(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait(others)

    def close(self) -> None:
        self.settle()
        self.wait_for(self._client.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


@dataclass(slots=True, kw_only=True)
class Shop:
    """One installation and whoever calls it."""

    app: App
    clocks: Clocks
    client: Client
    key: str = ""  # of the first brand

    @property
    def brand(self) -> str:
        return sorted(self.app.brands)[0]

    @property
    def other_brand(self) -> str:
        return sorted(self.app.brands)[1]

    def call(self, method: str, path: str, *, key: str | None = None, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {key or self.key}"} | more.pop("headers", {})
        return self.client.request(method, f"/api/v1{path}", headers=headers, **more)

    def post(self, path: str, body: object, **more: Any) -> Any:
        return self.call("POST", path, json=body, **more)

    def get(self, path: str, **more: Any) -> Any:
        return self.call("GET", path, **more)

    def make_key(self, brand: str | None) -> str:
        with self.app.store.begin() as connection:
            return keys.make(connection, "test", brand=brand, machine_now=BOOT)

    def an_order(self, number: str = "2026/001", **fields: object) -> dict[str, Any]:
        """State an order; what the API answered."""
        answer = self.post("/orders", stated(number, **fields))
        assert answer.status_code in (200, 201), answer.text
        body: dict[str, Any] = answer.json()
        return body

    def page_path(self, registered: dict[str, Any]) -> str:
        """The path of the order's page."""
        url: str = registered["order"]["page_url"]
        return "/" + url.split("/", 3)[3]


def stated(number: str = "2026/001", **fields: object) -> dict[str, Any]:
    """An order as a shop states it."""
    whole = {
        "number": number,
        "placed_at": "2026-05-03T12:00:00Z",
        "confirmed_at": "2026-05-04T11:00:00Z",
        "destination": {"country": "NO", "city": "Bergen", "postcode": "5013"},
        "items": [{"sku": "W-1", "name": "Wool blanket", "quantity": 2}],
        "recipients": [{"name": "Ada Nord", "email": "ada@shopper.example", "locale": "en"}],
        "shipments": [{"tracking_number": UPS[0]}],
    }
    return whole | fields


def environment(database_url: str, data_dir: Path) -> dict[str, str]:
    """Settings of an installation on this machine."""
    return {
        "DATABASE_URL": database_url,
        "WISMO_DATA": str(data_dir),
        "SECRET_KEY": "of the tests, and long enough for them",
        "UPS_CLIENT_ID": "id",
        "UPS_CLIENT_SECRET": "secret",
        "UPS_BASE_URL": "http://127.0.0.1:9",
        "TRUSTED_PROXIES": "10.0.0.0/8",
    }


@contextmanager
def opened(database_url: str, data_dir: Path, **more: str) -> Iterator[Shop]:
    """An installation with empty tables; `more`: further settings."""
    migrate(database_url)
    clocks = Clocks()
    settings = load(environment(database_url, data_dir) | more)
    app = build(settings, machine_now=lambda: clocks.machine, now=lambda: clocks.shop)
    client = Client(create_app(app, version="0.test"))
    try:
        shop = Shop(app=app, clocks=clocks, client=client)
        shop.key = shop.make_key(shop.brand)
        yield shop
    finally:
        client.close()
        app.close()
