"""Shops that several tests share, because what they suffer passes."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.crew import Process
from tests.faults.shop import Shop, shop
from tests.servers import Postgres, Valkey, new_folder, running_valkey, until


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A shop at work, and the queue that can be taken from it."""

    shop: Shop
    valkey: Valkey
    worker: Process
    clock: Process


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url_for_module(
    request: pytest.FixtureRequest, postgres: Postgres, migrated_postgres: str, migrated_sqlite: Path
) -> Iterator[str]:
    """All tables and no rows, for all tests of one file, once on each engine."""
    if request.param == "sqlite":
        folder = new_folder("wismo-db-")
        shutil.copy(migrated_sqlite, folder / "wismo.sqlite3")
        yield f"sqlite:///{folder / 'wismo.sqlite3'}"
        shutil.rmtree(folder)
        return
    name = postgres.create(template=migrated_postgres)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(scope="package")
def running(migrated_sqlite: Path) -> Iterator[Running]:
    """One worker and one clock on a queue of their own."""
    folder = new_folder("wismo-db-")
    shutil.copy(migrated_sqlite, folder / "wismo.sqlite3")
    with running_valkey() as valkey, shop(f"sqlite:///{folder / 'wismo.sqlite3'}", redis_url=valkey.url) as it:
        found = Running(shop=it, valkey=valkey, worker=it.worker(), clock=it.clock())
        it.confirm(1)
        it.settle()
        until(lambda: it.app.doorbell.depth("dispatch") == 0, what="the worker to listen")
        yield found
    shutil.rmtree(folder)
