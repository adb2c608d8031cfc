"""`wismo up` in real time: a dead child is missed by nobody, a stop cuts no mail, nobody outlives the parent."""

import os
import signal
import threading
from pathlib import Path

import requests

from notifiers.sandbox.faults import Action, Fault, Stage
from tests.faults.crew import Process, descendants, is_there
from tests.faults.shop import Shop, shop
from tests.servers import PATIENCE, until
from tracker.domain.notices import NotificationState

IN_FLIGHT = 100
SLOWLY = Fault(stage=Stage.END, action=Action.SLOW, seconds=8, count=IN_FLIGHT)  # time enough to begin them all


class Reader:
    """Somebody who reloads a page until told to stop."""

    def __init__(self, url: str) -> None:
        self.failures: list[str] = []
        self.seen = 0
        self._url = url
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, name="reader", daemon=True)

    def __enter__(self) -> "Reader":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _read(self) -> None:
        while not self._stop.wait(0.05):
            try:
                status = requests.get(self._url, timeout=PATIENCE.total_seconds()).status_code
            except requests.RequestException as error:
                self.failures.append(repr(error))
                continue
            self.seen += 1
            if status != 200:
                self.failures.append(f"answered {status}")


def begin(it: Shop, *, threads: int = 4) -> Process:
    """`wismo up`, when it says that it is."""
    up = it.run("up", WISMO_WORKER_THREADS=str(threads))
    until(lambda: "Wismo is up" in up.said(), what="Wismo to be up")
    return up


def child(up: Process, *words: str) -> int:
    """The child whose command ends in these words."""
    ours = [pid for pid in descendants(up.pid) if tuple(command(pid)[-len(words) :]) == words]
    assert len(ours) == 1, f"{words}: {ours}"
    return ours[0]


def command(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_bytes().decode().rstrip("\0").split("\0")


def test_a_killed_worker_is_missed_by_nobody_and_nobody_outlives_the_supervisor(migrated_sqlite_url: str) -> None:
    with shop(migrated_sqlite_url, runs_up=True, divisor=1) as it:
        it.confirm(1)
        up = begin(it)
        it.settle()  # a mail in the hands of the victim would wait for its lease, a minute
        page = it.environment["PUBLIC_URL"] + it.app.store.vault.page_path(it.orders[0])

        with Reader(page) as reader:
            os.kill(child(up, "worker", "--queue", "dispatch"), signal.SIGKILL)
            it.confirm(20)
            until(lambda: it.arrived() == 21, what=f"work to go on; {it.states()}")
            seen = reader.seen
            until(lambda: reader.seen >= seen + 5, what="the page to be read")
        assert reader.failures == []
        assert it.settle().repeats == 0

        left = descendants(up.pid)
        assert len(left) >= 5, "queue, web, looks, dispatch, clock"
        up.kill()
        until(lambda: not any(is_there(pid) for pid in left), what="the children to end")


def test_a_stop_with_a_hundred_mails_in_flight_cuts_none(migrated_sqlite_url: str) -> None:
    with shop(migrated_sqlite_url, runs_up=True, divisor=1) as it:
        up = begin(it, threads=IN_FLIGHT)
        it.mailbox.faults.add(SLOWLY)
        it.confirm(IN_FLIGHT + 50)
        until(lambda: it.count(NotificationState.SENDING) >= IN_FLIGHT, what=f"{IN_FLIGHT} mails in flight")
        left = descendants(up.pid)

        assert up.stop() == 0

        assert it.count(NotificationState.SENDING, NotificationState.UNKNOWN) == 0
        assert not any(is_there(pid) for pid in left)
        it.worker("dispatch")
        tally = it.settle()
        assert (tally.accepted, tally.repeats, tally.lost) == (IN_FLIGHT + 50, 0, 0)
