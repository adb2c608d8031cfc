"""A backup holds everything, comes back on either engine, and sends nothing by itself."""

import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from carriers.events import Milestone
from notifiers.message import Handover, Verdict
from tests.servers import Postgres
from tests.store.builders import BOOT, NOON, SECRET, a_notification, a_scan, an_order, stored
from tests.store.desk import claim, start, told
from tracker.domain.notices import Notice
from tracker.domain.orders import Order
from tracker.pipeline.dossier import Dossier
from tracker.store import backup, facts
from tracker.store.claims import HOLD
from tracker.store.unit import SqlStore, open_store


def lived_in(store: SqlStore) -> Order:
    """An order with a past: scans, a message sent, another waiting."""
    order = stored(store, replace(an_order(parcels=2), number="ünïcode/1"))
    with store.write() as unit:
        scans = [a_scan(), a_scan(Milestone.OUT_FOR_DELIVERY, minute=5)]
        unit.add_events(order.shipments[0].id, scans, seen_at=NOON, not_seen_at=None)
    told(store, a_notification(order))
    (claimed,) = claim(store)
    start(store, claimed)
    store.outbox.finish(claimed, 1, Handover(verdict=Verdict.ACCEPTED), machine_now=BOOT, retry_machine_at=None)
    told(store, a_notification(order, Notice.DELIVERED, seq=2))
    return order


def known(store: SqlStore, order: Order) -> Dossier:
    with store.write() as unit:
        return unit.dossier(order.shipments[0].id)


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path, postgres: Postgres) -> str:
    """The address of a new database, of the same engine and of the other."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"
    return postgres.url(postgres.create())


def test_what_was_backed_up_comes_back_and_waits(
    store: SqlStore, migrated_url: str, elsewhere: str, tmp_path: Path
) -> None:
    order, file = lived_in(store), tmp_path / "backup.wismo"

    written = backup.backup(migrated_url, file)
    read = backup.restore(elsewhere, file)

    restored = open_store(elsewhere, secret=SECRET)
    assert read == written
    assert known(restored, order) == known(store, order)
    assert (len(claim(store)), claim(restored)) == (1, [])
    with restored.read() as snapshot:
        assert "backup" in (facts.get(snapshot.connection, HOLD) or "")
    restored.close()


def test_the_file_is_private_and_an_order_is_not_readable_by_others(
    store: SqlStore, migrated_url: str, tmp_path: Path
) -> None:
    lived_in(store)
    file = tmp_path / "backup.wismo"

    backup.backup(migrated_url, file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.glob("*.part")) == []


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (lambda raw: raw[: len(raw) // 2], "ends too early|cannot be read"),
        (lambda raw: b"", "ends too early|not written"),
        (lambda raw: b"PGDMP" + raw, "cannot be read"),
        (lambda raw: raw[:-20], "ends too early|cannot be read"),
    ],
)
def test_a_damaged_file_leaves_the_database_empty(
    sqlite_template: Path, tmp_path: Path, damage: Callable[[bytes], bytes], problem: str
) -> None:
    migrated_url = f"sqlite:///{sqlite_template}"
    file, elsewhere = tmp_path / "backup.wismo", f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"
    backup.backup(migrated_url, file)
    file.write_bytes(damage(file.read_bytes()))

    with pytest.raises(backup.NotRestored, match=problem):
        backup.restore(elsewhere, file)

    restored = open_store(elsewhere, secret=SECRET)
    with restored.read() as snapshot:
        assert snapshot.connection.exec_driver_sql("SELECT count(*) FROM orders").scalar_one() == 0
        assert facts.get(snapshot.connection, HOLD) is None
    restored.close()


def test_a_database_in_use_is_not_overwritten(store: SqlStore, migrated_url: str, tmp_path: Path) -> None:
    lived_in(store)
    file = tmp_path / "backup.wismo"
    backup.backup(migrated_url, file)

    with pytest.raises(backup.NotRestored, match="not empty"):
        backup.restore(migrated_url, file)
