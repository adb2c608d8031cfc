"""How work goes on while the doorbell is silent: one thread per worker that claims directly."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import structlog

from tracker.pipeline.ports import StoreAway

log = structlog.get_logger()


class DirectClaims:
    """A thread that does `work` at `pace` while no ring has come for `silence`; asleep otherwise."""

    def __init__(self, work: Callable[[], int], *, silence: timedelta, pace: timedelta) -> None:
        self._work = work
        self._silence = silence.total_seconds()
        self._pace = pace.total_seconds()
        self._rang_at = float("-inf")  # a worker without a doorbell starts at once
        self._is_away = False  # the database, when last asked: one line says so, not four a second
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="direct-claims", daemon=True)

    def rang(self) -> None:
        """A ring came: the doorbell works."""
        self._rang_at = time.monotonic()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Let the piece of work at hand end, then leave."""
        self._stop.set()

    def join(self, patience: timedelta) -> bool:
        """Whether it has ended."""
        self._thread.join(patience.total_seconds())
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            quiet_for = time.monotonic() - self._rang_at
            if quiet_for < self._silence:
                self._stop.wait(self._silence - quiet_for)
            elif not self._try():
                self._stop.wait(self._pace)

    def _try(self) -> int:
        """This thread is what still works when nothing else does: no trouble may end it."""
        try:
            done = self._work()
        except StoreAway as away:
            if not self._is_away:
                log.warning("database_away", job="direct", why=str(away))
            self._is_away = True
            return 0
        except Exception:
            log.exception("direct_claims_failed")
            return 0
        self._is_away = False
        return done
