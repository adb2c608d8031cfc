"""W10, W24: the database is cut off, locked or full, and nothing is sent that cannot be written down."""

import signal
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from notifiers.message import Channel, Verdict
from notifiers.sandbox.faults import Action, Fault, Stage
from tests.faults.crew import Process
from tests.faults.disk import small_disk
from tests.faults.proxy import FaultProxy
from tests.faults.shop import MAIL, TEXT, Shop, shop
from tests.servers import PATIENCE, Postgres, until
from tracker.domain.notices import NotificationState
from tracker.pipeline.faults import FaultPoint

LOCKED = timedelta(seconds=20)  # twice as long as a connection waits
PAUSE = timedelta(seconds=3)  # longer than a worker tries to write a result down, when durations are scaled


def test_a_short_cut_between_call_and_commit_is_waited_out(migrated_postgres_url: str, postgres: Postgres) -> None:
    """W10: the mail and the text are out, their marks are not."""
    with (
        FaultProxy(postgres.socket_path) as line,
        shop(migrated_postgres_url, seen_by_processes=over(line, migrated_postgres_url), divisor=1) as it,
    ):
        for by in (MAIL, TEXT):
            worker = answered(it, by)
            line.cut()
            worker.signal(signal.SIGCONT)
            until(lambda: complaints(worker) > 0, what="the worker to miss its database")  # noqa: B023 - asked at once
            line.mend()
            until(lambda: not it.count(NotificationState.SENDING), what="the answer to be written down")
            assert worker.stop() == 0

        tally = it.settle()
        assert (tally.accepted, tally.texts, tally.repeats, tally.lost) == (2, 1, 0, 0)


def test_after_a_long_cut_between_call_and_commit_the_same_mail_goes_again(
    migrated_postgres_url: str, postgres: Postgres
) -> None:
    """W10."""
    with (
        FaultProxy(postgres.socket_path) as line,
        shop(migrated_postgres_url, seen_by_processes=over(line, migrated_postgres_url)) as it,
    ):
        worker = answered(it, MAIL)
        cut_off(it, line, worker)
        it.clock()
        it.confirm(5)

        tally = it.settle()
        assert (tally.accepted, tally.torn) == (6, 0)
        assert it.copies()[it.rows()[0].id] > 1
        assert worker.is_alive()


def test_after_a_long_cut_a_text_is_found_on_the_providers_list(migrated_postgres_url: str, postgres: Postgres) -> None:
    """W10."""
    with (
        FaultProxy(postgres.socket_path) as line,
        shop(migrated_postgres_url, seen_by_processes=over(line, migrated_postgres_url)) as it,
    ):
        worker = answered(it, TEXT)
        cut_off(it, line, worker)
        it.clock()
        it.confirm(5, by=TEXT)

        tally = it.settle(hurried=True)
        assert (tally.accepted, tally.texts) == (6, 6)
        assert went_once(it)
        assert worker.is_alive()


def test_a_text_taken_while_the_database_was_locked(migrated_sqlite_url: str) -> None:
    """W10 on SQLite: the lease is over when the answer can be written down."""
    with shop(migrated_sqlite_url) as it:
        worker = answered(it, TEXT)
        with locked(migrated_sqlite_url):
            worker.signal(signal.SIGCONT)
            hold(it.app.settings.timing.lease)
            assert it.count(NotificationState.SENDING) == 1

        it.clock()
        it.confirm(5, by=TEXT)
        tally = it.settle(hurried=True)
        assert (tally.accepted, tally.texts) == (6, 6)
        assert went_once(it)


def test_a_commit_that_arrived_although_nobody_heard_so(migrated_postgres_url: str, postgres: Postgres) -> None:
    """The worker writes its result down a second time and finds it there."""
    with (
        FaultProxy(postgres.socket_path) as line,
        shop(migrated_postgres_url, seen_by_processes=over(line, migrated_postgres_url)) as it,
    ):
        it.worker("dispatch")
        line.lose_answer_to(b"UPDATE send_attempts", b"COMMIT")
        (confirmed,) = it.confirm(1)
        until(lambda: it.count(NotificationState.ACCEPTED) == 1, what="the commit to arrive")
        assert line.loses_answers

        line.cut()
        line.mend()

        it.clock()
        it.confirm(5)
        tally = it.settle()
        assert (tally.accepted, tally.torn) == (6, 0)
        assert it.copies()[confirmed] == 1


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
            until(lambda: it.arrived() > before, what="the stream to flow")  # noqa: B023 - asked at once
            line.stall()
            hold(PAUSE)
            line.mend()
            it.drain()
        until(lambda: it.count_of("delivered") == 20, what="every parcel to arrive")

        tally = it.settle()
        assert tally.repeats <= tally.lost
        assert worker.is_alive()


def test_a_write_lock_held_for_twenty_seconds(migrated_sqlite_url: str) -> None:
    with shop(migrated_sqlite_url) as it:
        it.confirm(60)
        it.ship(10, story=[("origin", 1), ("delivered", 2)])
        clock, worker = it.clock(), it.worker()
        until(it.arrived, what="the work to begin")

        with locked(migrated_sqlite_url):
            hold(LOCKED)
            begun = {row.id for row in it.rows() if row.attempts}
            assert set(it.copies()) <= begun, "mails went out that nobody could write down"

        until(lambda: it.count_of("delivered") == 10, what="every parcel to arrive")
        tally = it.settle()
        assert tally.repeats <= tally.lost
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
            until(lambda: it.arrived() >= 10, what="the work to begin")

            disk.fill()
            until(lambda: complaints(worker) >= 2, what="the worker to miss its disk")
            hold(PAUSE)
            begun = {row.id for row in it.rows() if row.attempts}
            assert set(it.copies()) <= begun, "mails went out that nobody could write down"
            assert len(begun) < 150

            disk.free()
            tally = it.settle()
            assert tally.accepted == 150
            assert tally.repeats <= tally.lost
            assert worker.is_alive()
            assert clock.is_alive()


def over(line: FaultProxy, url: str) -> str:
    """The same database, reached through the proxy."""
    database = url.partition("@/")[2].partition("?")[0]
    return f"postgresql+psycopg://postgres@127.0.0.1:{line.port}/{database}"


def file_of(url: str) -> str:
    return url.removeprefix("sqlite:///")


def answered(it: Shop, by: Sequence[Channel]) -> Process:
    """A worker frozen with the provider's yes in its hands, not written down yet."""
    worker = it.worker("dispatch", fault=f"{FaultPoint.SEND_AFTER_RESPONSE}:stop")
    it.confirm(1, by=by)
    until(worker.is_stopped, what=f"the answer; the worker said {worker.said()}")
    assert it.count(NotificationState.SENDING) == 1
    return worker


def cut_off(it: Shop, line: FaultProxy, worker: Process) -> None:
    """Cut the database until the worker has given the result up."""
    line.cut()
    worker.signal(signal.SIGCONT)
    until(lambda: gave_up(worker), what="the worker to give the result up")
    line.mend()


def went_once(it: Shop) -> bool:
    """Whether no text was begun again that may have left: a slow machine may put a call off, no more."""
    return {each.verdict for row in it.rows() for each in row.attempts[:-1]} <= {Verdict.RETRY}


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Nobody else can write."""
    patience = PATIENCE.total_seconds()
    with closing(sqlite3.connect(file_of(url), isolation_level=None, timeout=patience)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def gave_up(worker: Process) -> bool:
    """Whether its direct claims have gone on, and failed too: it no longer holds the result in its hands."""
    return '"job": "direct"' in worker.said()


def complaints(worker: Process) -> int:
    return worker.said().count("database_away")


def hold(span: timedelta) -> None:
    """Let the trouble last; nothing ends sooner because it is over."""
    ends = time.monotonic() + span.total_seconds()
    until(lambda: time.monotonic() > ends, span + PATIENCE, what="the time to pass")
