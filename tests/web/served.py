"""The HTTP edge as it runs: a granian process of its own on loopback."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from config.settings import load
from tests.servers import PATIENCE, until
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
    with held_port() as port:
        yield from _serving(home, port, more)


@contextmanager
def held_port() -> Iterator[int]:
    """A TCP port on loopback that is nobody else's until the end of the block.

    Two processes may listen on one port (SO_REUSEPORT, which granian sets): neither dies, and each gets half of the
    other's requests. While a port is bound, even by a socket that does not listen, the kernel gives it to nobody.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind(("127.0.0.1", 0))
        port: int = holder.getsockname()[1]
        yield port


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
        until(lambda: _answers(served), 2 * PATIENCE, what=f"the web process: {log.read_text()[-2000:]}")
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
