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

import httpx

from config.settings import load
from tests.servers import free_port, until
from tests.web.shop import environment
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


@contextmanager
def serving(home: Path, **more: str) -> Iterator[Served]:
    """`wismo web` until the end of the block; its worker must be gone afterwards. `more`: further settings."""
    port = free_port()
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
        process.wait(timeout=30)


def _answers(served: Served) -> bool:
    assert served.process.poll() is None, served.log.read_text()
    try:
        return httpx.get(f"{served.url}/healthz", timeout=2).status_code == 200
    except httpx.TransportError:
        return False
