"""Somebody who looks after orders, with a browser."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

import httpx

from tests.web.shop import Shop
from tracker.store import admins, passwords

PASSWORD = "correct horse battery staple"
_HASH = passwords.hashed(PASSWORD)


def let_in(shop: Shop, name: str = "ada") -> None:
    """As `wismo admin create` does."""
    with shop.app.store.begin() as connection:
        admins.put(connection, name, password_hash=_HASH, machine_now=shop.clocks.machine)


@dataclass(frozen=True, slots=True)
class Visit:
    """One browser at the console."""

    shop: Shop

    def get(self, path: str) -> httpx.Response:
        return self.shop.client.get(path)

    def post(self, path: str, **fields: str) -> httpx.Response:
        return self.shop.client.request("POST", path, data=fields)

    def csrf(self, path: str = "/ops/login") -> str:
        """What the form on that page carries."""
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.get(path).text)
        assert found, path
        return found[1]

    def login(self, name: str = "ada", password: str = PASSWORD, **more: str) -> httpx.Response:
        return self.post("/ops/login", csrf=self.csrf(), name=name, password=password, **more)

    @property
    def cookie(self) -> str:
        return "; ".join(f"{each.name}={each.value}" for each in self.shop.client.cookies.jar)


def inside(shop: Shop) -> Visit:
    """Logged in."""
    let_in(shop)
    visit = Visit(shop)
    assert visit.login().status_code == 303
    return visit


def text_of(answer: httpx.Response) -> str:
    """What a reader sees, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def api_rows(shop: Shop, **params: Any) -> list[dict[str, Any]]:
    """The queue over the API, with a key for every brand."""
    found: list[dict[str, Any]] = shop.get("/stuck", key=shop.make_key(None), params=params).json()["stuck"]
    return found
