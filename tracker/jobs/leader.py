"""Which of several clocks may ring: the one that holds the lease row, as long as it can prove it."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta


class Leader:
    """Renews by `renew`; leads only while the last success is younger than `trust`, measured on a clock nobody sets.

    Two leaders for a few seconds do no harm: every tick is a conditional update. They only waste work.
    """

    def __init__(self, renew: Callable[[], bool], *, trust: timedelta) -> None:
        self._renew = renew
        self._trust = trust.total_seconds()
        self._renewed_at = float("-inf")
        self._lock = threading.Lock()

    def try_to_lead(self) -> bool:
        """Renew or take the lease; a database that does not answer is a lost lease."""
        asked_at = time.monotonic()  # before the answer: a slow one must not lengthen our trust
        renewed = self._renew()
        with self._lock:
            self._renewed_at = asked_at if renewed else float("-inf")
        return renewed

    def leads(self) -> bool:
        """Whether this process may tick now."""
        with self._lock:
            return time.monotonic() < self._renewed_at + self._trust
