"""W10, W24: the database is cut off, locked or full, and nothing is sent that cannot be written down."""

import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from notifiers.message import Channel
from notifiers.sandbox.faults import Action, Fault, Stage
from tests.faults.crew import Process
from tests.faults.disk import small_disk
from tests.faults.proxy import FaultProxy
from tests.faults.shop import TEXT, Shop, shop
from tests.servers import Postgres, until
from tracker.domain.notices import NotificationState
from tracker.pipeline.faults import FaultPoint

LONG = timedelta(seconds=60)
LOCKED = timedelta(seconds=20)  # twice as long as a connection waits
SLOWLY = Fault(stage=Stage.ACCEPTED, action=Action.SLOW, seconds=0.5)  # the answer; time to cut another line
PAUSE = timedelta(seconds=3)  # longer than a worker tries to write a result down, when durations are scaled


def test_a_database_cut_between_call_and_commit(migrated_postgres_url: str, postgres: Postgres) -> None:
    """W10: the mail is out, its mark is not. A short cut is waited out; after a long one the same mail goes again."""
    with (
        FaultProxy(postgres.socket_path) as line,
        shop(migrated_postgres_url, seen_by_processes=over(line, migrated_postgres_url)) as it,
    ):
        it.clock()
        worker = it.worker()
        it.confirm(5)
        it.settle()

        cut_between(it, line)
        line.mend()
        tally = it.settle()
        assert (tally.accepted, tally.repeats, tally.lost) == (6, 0, 0)

        cut_between(it, line)
        until(lambda: gave_up(worker), LONG, what="the worker to give the result up")
        line.mend()
        it.confirm(5)
        tally = it.settle()
        assert (tally.accepted, tally.repeats, tally.lost) == (12, 1, 1)
        assert worker.is_alive()


def test_a_text_whose_acceptance_could_not_be_written_down(migrated_postgres_url: str, postgres: Postgres) -> None:
    """W10: after a short cut the answer is written down late; after a long one the provider's list shows the text."""
    with (
        FaultProxy(postgres.socket_path) as line,
        shop(migrated_postgres_url, seen_by_processes=over(line, migrated_postgres_url), divisor=30) as it,
    ):
        it.clock()
        worker = it.worker("dispatch", fault=",".join(f"{FaultPoint.SEND_AFTER_RESPONSE}:sleep=1:{n}" for n in (1, 2)))

        cut_after_the_text(it, line)
        line.mend()
        until(lambda: it.count(NotificationState.ACCEPTED) == 1, LONG, what="the answer to be written down")

        cut_after_the_text(it, line)
        until(lambda: gave_up(worker), LONG, what="the worker to give the result up")
        line.mend()
        it.confirm(5, by=TEXT)
        tally = it.settle()
        assert (tally.accepted, tally.texts, tally.lost) == (7, 7, 0)
        assert {row.counted for row in it.rows() if row.channel is Channel.SMS} == {1}
        assert worker.is_alive()


def test_a_text_taken_while_the_database_was_locked(migrated_sqlite_url: str) -> None:
    """W10 on SQLite: the lease is over when the answer can be written down."""
    with shop(migrated_sqlite_url, divisor=30) as it:
        it.clock()
        it.worker("dispatch", fault=f"{FaultPoint.SEND_AFTER_RESPONSE}:sleep=1")
        it.confirm(1, by=TEXT)
        until(it.phone.texts, LONG, what="the text to be taken")

        with closing(sqlite3.connect(file_of(migrated_sqlite_url), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert it.count(NotificationState.SENDING) == 1
            hold(PAUSE)
            other.execute("ROLLBACK")

        it.confirm(5, by=TEXT)
        tally = it.settle()
        assert (tally.accepted, tally.texts, tally.lost) == (6, 6, 0)


def test_a_commit_that_arrived_although_nobody_heard_so(migrated_postgres_url: str, postgres: Postgres) -> None:
    """The worker writes its result down a second time and finds it there."""
    with (
        FaultProxy(postgres.socket_path) as line,
        shop(migrated_postgres_url, seen_by_processes=over(line, migrated_postgres_url)) as it,
    ):
        it.worker("dispatch")
        line.lose_answer_to(b"UPDATE send_attempts", b"COMMIT")
        it.confirm(1)
        until(lambda: it.count(NotificationState.ACCEPTED) == 1, LONG, what="the commit to arrive")
        assert line.loses_answers

        line.cut()
        line.mend()

        it.clock()
        it.confirm(5)
        tally = it.settle()
        assert (tally.accepted, tally.repeats, tally.lost) == (6, 0, 0)


def test_a_database_that_stalls_holds_nobody_for_ever(migrated_postgres_url: str, postgres: Postgres) -> None:
    with (
        FaultProxy(postgres.socket_path) as line,
        shop(migrated_postgres_url, seen_by_processes=over(line, migrated_postgres_url)) as it,
    ):
        it.clock()
        worker = it.worker()
        it.ship(20, story=[("origin", 1), ("out for delivery", 3), ("delivered", 5)])
        for before in (0, 20):
            it.confirm(20)
            until(lambda: it.arrived() > before, LONG, what="the stream to flow")  # noqa: B023 - asked at once
            line.stall()
            hold(PAUSE)
            line.mend()
            it.drain()
        until(lambda: it.count_of("delivered") == 20, LONG, what="every parcel to arrive")

        tally = it.settle()
        assert tally.repeats <= tally.lost
        assert worker.is_alive()


def test_a_write_lock_held_for_twenty_seconds(migrated_sqlite_url: str) -> None:
    with shop(migrated_sqlite_url) as it:
        it.mailbox.faults.add(SLOWLY)
        it.confirm(60)
        it.ship(10, story=[("origin", 1), ("delivered", 2)])
        clock, worker = it.clock(), it.worker()
        until(it.arrived, LONG, what="the work to begin")

        with closing(sqlite3.connect(file_of(migrated_sqlite_url), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            hold(LOCKED)
            during = it.arrived()
            other.execute("ROLLBACK")

        until(lambda: it.count_of("delivered") == 10, LONG, what="every parcel to arrive")
        tally = it.settle()
        assert during <= 2, "mails went out that nobody could write down"
        assert tally.repeats <= tally.lost <= 1
        assert worker.is_alive()
        assert clock.is_alive()


def test_a_full_disk_stops_sending_and_loses_nothing(migrated_sqlite: Path) -> None:
    """W24: what cannot be written down is not begun; when there is room again, work goes on."""
    with small_disk() as disk:
        file = disk.folder / "wismo.sqlite3"
        file.write_bytes(migrated_sqlite.read_bytes())
        with shop(f"sqlite:///{file}") as it:
            it.mailbox.faults.add(Fault(stage=Stage.DATA, action=Action.SLOW, seconds=0.02, count=None))
            it.confirm(150)
            clock, worker = it.clock(), it.worker()
            disk.watch(clock.pid, worker.pid)
            until(lambda: it.arrived() >= 10, LONG, what="the work to begin")

            disk.fill()
            until(lambda: complaints(worker) >= 2, LONG, what="the worker to miss its disk")
            stopped_at = it.arrived()
            hold(PAUSE)
            assert it.arrived() == stopped_at < 150, "mails go out that nobody can write down"

            disk.free()
            tally = it.settle()
            assert tally.accepted == 150
            assert tally.repeats <= tally.lost <= 1
            assert worker.is_alive()
            assert clock.is_alive()


def over(line: FaultProxy, url: str) -> str:
    """The same database, reached through the proxy."""
    database = url.partition("@/")[2].partition("?")[0]
    return f"postgresql+psycopg://postgres@127.0.0.1:{line.port}/{database}"


def file_of(url: str) -> str:
    return url.removeprefix("sqlite:///")


def cut_between(it: Shop, line: FaultProxy) -> None:
    """Cut the database when one mail has arrived and its answer is still on the way."""
    mails = len(it.mailbox.mails())
    it.mailbox.faults.add(SLOWLY)
    it.confirm(1)
    until(lambda: len(it.mailbox.mails()) == mails + 1, LONG, what="the mail to arrive")
    line.cut()
    assert it.count(NotificationState.SENDING) == 1


def cut_after_the_text(it: Shop, line: FaultProxy) -> None:
    """Cut the database when a text was taken and its worker, slow with the answer, has not written that down."""
    texts = len(it.phone.texts())
    it.confirm(1, by=TEXT)
    until(lambda: len(it.phone.texts()) == texts + 1, LONG, what="the text to be taken")
    line.cut()
    assert it.count(NotificationState.SENDING) == 1


def gave_up(worker: Process) -> bool:
    """Whether its direct claims have gone on, and failed too: it no longer holds the result in its hands."""
    return '"job": "direct"' in worker.said()


def complaints(worker: Process) -> int:
    return worker.said().count("database_away")


def hold(span: timedelta) -> None:
    """Let the trouble last; nothing ends sooner because it is over."""
    ends = time.monotonic() + span.total_seconds()
    until(lambda: time.monotonic() > ends, span * 2, what="the time to pass")
