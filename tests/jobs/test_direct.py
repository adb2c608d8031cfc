"""Whether work goes on while the doorbell is silent, and is left to the doorbell while it rings."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from structlog.testing import capture_logs

from tests.servers import PATIENCE, until
from tracker.jobs.direct import DirectClaims
from tracker.pipeline.ports import StoreAway

NOW = timedelta(0)
SOON = timedelta(seconds=0.01)
HOURS = timedelta(hours=2)


@dataclass(slots=True)
class Turns:
    """Work that finds nothing to do, and counts how often it looked."""

    taken: int = 0

    def take(self) -> int:
        self.taken += 1
        return 0


@contextmanager
def running(work: Callable[[], int], *, silence: timedelta) -> Iterator[DirectClaims]:
    direct = DirectClaims(work, silence=silence, pace=SOON)
    direct.start()
    yield direct
    direct.stop()
    assert direct.join(PATIENCE)


def test_without_a_doorbell_it_works_from_the_start() -> None:
    turns = Turns()

    with running(turns.take, silence=HOURS):
        assert until(lambda: turns.taken > 2, what="three turns")


def test_a_ring_puts_it_to_sleep() -> None:
    turns = Turns()
    direct = DirectClaims(turns.take, silence=HOURS, pace=SOON)
    direct.rang()

    direct.start()
    direct.stop()

    assert direct.join(PATIENCE)
    assert turns.taken == 0


def test_it_goes_straight_on_while_there_is_work() -> None:
    left = list(range(50))
    direct = DirectClaims(lambda: bool(left) and left.pop() is not None, silence=NOW, pace=HOURS)

    direct.start()

    assert until(lambda: not left, what="all work to be done")
    direct.stop()
    assert direct.join(PATIENCE)


def test_a_database_that_is_away_is_said_once_and_again_when_it_went_again() -> None:
    turns = iter([True, True, True, False, True, True])  # whether it is away
    left: list[bool] = []

    def work() -> int:
        left.append(away := next(turns, False))
        if away:
            raise StoreAway("no answer")
        return 0

    with capture_logs() as lines, running(work, silence=NOW):
        assert until(lambda: len(left) > 6, what="all turns")

    assert [line["event"] for line in lines] == ["database_away", "database_away"]
