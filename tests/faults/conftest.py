"""Shops that several tests share, because what they suffer passes."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.crew import Process
from tests.faults.shop import Shop, shop
from tests.servers import Valkey, new_folder, running_valkey, until


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A shop at work, and the queue that can be taken from it."""

    shop: Shop
    valkey: Valkey
    worker: Process
    clock: Process


@pytest.fixture(scope="package")
def running(migrated_sqlite: Path) -> Iterator[Running]:
    """One worker and one clock on a queue of their own."""
    folder = new_folder("wismo-db-")
    shutil.copy(migrated_sqlite, folder / "wismo.sqlite3")
    with running_valkey() as valkey, shop(f"sqlite:///{folder / 'wismo.sqlite3'}", redis_url=valkey.url) as it:
        found = Running(shop=it, valkey=valkey, worker=it.worker(), clock=it.clock())
        it.confirm(1)
        it.settle()
        until(lambda: it.app.doorbell.depth("dispatch") == 0, timedelta(seconds=20), what="the worker to listen")
        yield found
    shutil.rmtree(folder)
