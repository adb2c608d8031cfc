"""W22: one message that cannot be made ends alone; the ninety-nine beside it go out."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.faults.shop import shop
from tests.servers import until
from tests.shape import ROOT
from tracker.domain.notices import NotificationState, WhyNot
from tracker.store.figures import figures
from tracker.store.outbox_tables import notifications
from tracker.store.tables import shipments

PACKAGES = ("tracker", "carriers", "notifiers", "config", "templates")


@pytest.fixture
def broken_tree(tmp_path: Path) -> Path:
    """Wismo as a shop has it that put a wrong template into its own folder."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    own = tmp_path / "templates" / "brands" / "volta" / "email" / "confirmed"
    own.mkdir(parents=True, exist_ok=True)
    (own / "body.txt").write_text("Thank you, {{ recipient.nick.name }}!\n")
    return tmp_path


def test_one_wrong_template_among_a_hundred_messages(migrated_url: str, broken_tree: Path) -> None:
    with shop(migrated_url) as it:
        it.confirm(50)
        (poison,) = it.confirm(1, brand="volta")
        it.confirm(49)

        it.worker(tree=broken_tree)
        it.clock()

        tally = it.settle()
        assert tally.states == {NotificationState.ACCEPTED: 99, NotificationState.REJECTED: 1}
        (row,) = (row for row in it.rows() if row.id == poison)
        assert (row.state, row.why_not, row.attempts) == (NotificationState.REJECTED, WhyNot.RENDER_FAILED, ())


def test_one_unreadable_row_among_a_hundred(migrated_url: str) -> None:
    """Written by a version that knew more notices than this one, or damaged."""
    with shop(migrated_url) as it:
        it.confirm(50)
        (poison,) = it.confirm(1)
        it.confirm(49)
        with it.app.store.begin() as connection:
            of = notifications.c.id == poison
            connection.execute(update(notifications).where(of).values(told={"notice": "a word nobody knows"}))

        it.worker()
        it.clock()

        tally = it.settle()
        assert tally.states == {NotificationState.ACCEPTED: 99, NotificationState.REJECTED: 1}
        (row,) = (row for row in it.rows() if row.id == poison)
        assert (row.state, row.why_not, row.attempts) == (NotificationState.REJECTED, WhyNot.RENDER_FAILED, ())


def test_one_unreadable_parcel_among_twenty(migrated_url: str) -> None:
    with shop(migrated_url) as it:
        numbers = it.ship(20, story=[("origin", -1), ("delivered", 0)])
        with it.app.store.begin() as connection:
            of = shipments.c.tracking_number == numbers[0]
            connection.execute(update(shipments).where(of).values(milestone="a word nobody knows"))

        it.worker()
        it.clock()

        until(lambda: it.arrived() == 19, what="the other parcels to be told")
        with it.app.store.read() as snapshot:
            waits = figures(snapshot, now=it.app.now(), machine_now=it.app.machine_now()).look_waits
        assert waits > timedelta(0), "nobody would ever hear of it"
