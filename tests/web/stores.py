"""Stores that count or fail, and what the tests of pages ask of a real one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from tests.web.shop import Client, Shop
from tracker.pipeline.ports import StoreAway
from tracker.store.tables import shipments
from tracker.store.unit import Snapshot, SqlStore
from tracker.web.app import create_app

HOUR = timedelta(hours=1)


class CountingStore(SqlStore):
    """Counts the transactions that were begun."""

    def __init__(self, store: SqlStore) -> None:
        super().__init__(store._engine, store.vault)
        self.reads = 0

    @contextmanager
    def read(self) -> Iterator[Snapshot]:
        self.reads += 1
        with super().read() as snapshot:
            yield snapshot


class AwayStore(SqlStore):
    """A database that does not answer."""

    def __init__(self, store: SqlStore) -> None:
        super().__init__(store._engine, store.vault)

    def read(self) -> Any:
        raise StoreAway("the database did not answer")


@contextmanager
def with_store(shop: Shop, store: SqlStore) -> Iterator[Client]:
    """The same installation over another store."""
    client = Client(create_app(replace(shop.app, store=store), version="0.test"))
    yield client
    client.close()


def watched(shop: Shop) -> list[bool]:
    with shop.app.store.read() as snapshot:
        return [row.watched_at is not None for row in snapshot.connection.execute(select(shipments))]


def due_later(shop: Shop) -> None:
    """As if everything had been looked at just now."""
    with shop.app.store.begin() as connection:
        connection.execute(update(shipments).values(next_look_at=shop.clocks.shop + 6 * HOUR))
