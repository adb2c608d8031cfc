"""The HTTP edge as it runs: a granian process of its own on loopback."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from config.settings import load
from tests.servers import PATIENCE, held_port, until
from tests.web.shop import environment, stated
from tracker.store import keys
from tracker.store.schema import migrate
from tracker.wiring import build


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One running web process over an installation with empty tables."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    key: str
    brand: str
    variables: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def auth(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """With the key of the shop, and with more patience than httpx has by itself."""
        headers = self.auth | more.pop("headers", {})
        return httpx.request(method, self.url + path, headers=headers, timeout=PATIENCE.total_seconds(), **more)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.ask("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.ask("POST", path, **more)

    def page_of(self, number: str = "2026/001", **fields: object) -> str:
        """State an order; the path of its page."""
        answer = self.post("/api/v1/orders", json=stated(number, **fields))
        assert answer.status_code == 201, answer.text
        path: str = urlsplit(answer.json()["order"]["page_url"]).path
        return path


@contextmanager
def serving(home: Path, **more: str) -> Iterator[Served]:
    """`wismo web` until the end of the block; its worker must be gone afterwards. `more`: further settings."""
    with held_port() as port:
        yield from _serving(home, port, more)


def _serving(home: Path, port: int, more: dict[str, str]) -> Iterator[Served]:
    url = f"sqlite:///{home / 'wismo.sqlite3'}"
    migrate(url)
    variables = environment(url, home / "data") | {"PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"} | more
    app = build(load(variables))
    brand = sorted(app.brands)[0]
    with app.store.begin() as connection:
        key = keys.make(connection, "test", brand=brand, machine_now=datetime.now(UTC))
    app.close()
    log = home / "web.log"
    with log.open("wb") as stderr:
        command = (sys.executable, "-m", "tracker", "web")
        process = subprocess.Popen(command, env=os.environ | variables, stdout=stderr, stderr=stderr)
    served = Served(process=process, port=port, log=log, key=key, brand=brand, variables=variables)
    try:
        until(lambda: _answers(served), what=f"the web process: {log.read_text()[-2000:]}")
        yield served
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE.total_seconds())


def _answers(served: Served) -> bool:
    assert served.process.poll() is None, served.log.read_text()
    try:
        return served.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False
