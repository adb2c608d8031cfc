"""Trouble with the database is one of three reactions, never a driver's exception."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from tests.servers import PATIENCE, Postgres, held_port
from tests.store.builders import SECRET, an_order, stored
from tracker.pipeline.ports import StoreAway
from tracker.store.errors import StoreUnfit
from tracker.store.schema import migrate
from tracker.store.unit import SqlStore, open_store


@contextmanager
def locked(path: Path) -> Iterator[sqlite3.Connection]:
    """Another process that writes and does not end."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield other
    finally:
        other.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    migrate(f"sqlite:///{tmp_path / 'wismo.sqlite3'}")
    return tmp_path / "wismo.sqlite3"


def test_a_writer_waits_for_another_instead_of_failing(path: Path) -> None:
    store = open_store(f"sqlite:///{path}", secret=SECRET)
    with locked(path) as other:
        threading.Timer(0.5, other.execute, ["COMMIT"]).start()

        order = stored(store, an_order())

    with store.write() as unit:
        assert unit.order_id(order.brand, order.number) == order.id
    store.close()


def test_a_lock_that_never_ends_is_told_as_away(path: Path) -> None:
    store = open_store(f"sqlite:///{path}", secret=SECRET, busy=timedelta(milliseconds=50))

    with locked(path), pytest.raises(StoreAway, match="locked"):
        stored(store, an_order())

    store.close()


def test_readers_do_not_wait_for_a_writer(path: Path) -> None:
    store = open_store(f"sqlite:///{path}", secret=SECRET, busy=timedelta(milliseconds=50))

    with locked(path), store.read() as snapshot:
        assert snapshot.connection.exec_driver_sql("SELECT count(*) FROM orders").scalar_one() == 0

    store.close()


def test_a_full_disk_is_told_as_away_and_nothing_is_written(path: Path) -> None:
    store = open_store(f"sqlite:///{path}", secret=SECRET)
    with store.begin() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(StoreAway, match="full"), store.write() as unit:
        unit.add_order(an_order(parcels=500), body_sha256="0" * 64)

    with store.read() as snapshot:
        assert snapshot.connection.exec_driver_sql("SELECT count(*) FROM orders").scalar_one() == 0
    store.close()


def test_a_server_that_is_not_there_is_told_as_away() -> None:
    with held_port() as port:
        store = open_store(f"postgresql://nobody@127.0.0.1:{port}/wismo", secret=SECRET)

        with pytest.raises(StoreAway, match="did not answer"), store.read():
            pass

        store.close()


def test_a_store_goes_on_after_its_connections_were_cut(postgres: Postgres, postgres_url: str) -> None:
    migrate(postgres_url)
    store = open_store(postgres_url, secret=SECRET)
    stored(store, an_order())
    name = make_url(postgres_url).database

    other = open_store(postgres.url("postgres"), secret=SECRET)
    with other.read() as snapshot:
        cut = f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{name}'"
        assert snapshot.connection.exec_driver_sql(cut).scalar_one() >= 1
    other.close()

    stored(store, an_order())
    store.close()


def test_two_who_wait_for_each_other_are_told_to_begin_again(store: SqlStore, migrated_url: str) -> None:
    """On SQLite nobody can: there is one writer. On PostgreSQL one of the two loses."""
    orders = [stored(store, an_order()) for _ in range(2)]
    both_hold_one = threading.Barrier(2)
    lost: list[type[Exception]] = []

    def lock_both(first: int, second: int) -> None:
        try:
            with store.write() as unit:
                unit.order_dossier(orders[first].id)
                if migrated_url.startswith("postgresql"):
                    both_hold_one.wait(timeout=PATIENCE.total_seconds())
                unit.order_dossier(orders[second].id)
        except Exception as error:
            lost.append(type(error))

    threads = [threading.Thread(target=lock_both, args=order) for order in ((0, 1), (1, 0))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE.total_seconds())

    assert [each.__name__ for each in lost] == (["Raced"] if migrated_url.startswith("postgresql") else [])


def test_a_database_without_tables_names_the_command(database_url: str) -> None:
    store = open_store(database_url, secret=SECRET)

    with pytest.raises(StoreUnfit, match="wismo migrate"):
        stored(store, an_order())

    store.close()


def test_a_defect_stays_what_it_is_and_shows_no_value(store: SqlStore) -> None:
    with pytest.raises(DBAPIError) as caught, store.begin() as connection:
        connection.exec_driver_sql("SELEC 'ada@example.com'")

    assert "parameters" not in str(caught.value)
