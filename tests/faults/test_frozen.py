"""W12: a worker frozen past its lease finds, when it wakes, that its work is another's."""

import signal
from datetime import timedelta

from tests.faults.crew import Process
from tests.faults.shop import Shop, shop
from tests.servers import until
from tracker.domain.notices import NotificationState
from tracker.pipeline.faults import FaultPoint

TELLING = (
    FaultPoint.SEND_AFTER_CLAIM,
    FaultPoint.SEND_BEFORE_START_COMMIT,
    FaultPoint.SEND_BEFORE_CONNECT,
    FaultPoint.SEND_AFTER_RESPONSE,
    FaultPoint.SEND_BEFORE_RECORD,
)
LOOKING = (
    FaultPoint.LOOK_AFTER_CLAIM,
    FaultPoint.LOOK_BEFORE_ASK,
    FaultPoint.LOOK_AFTER_ANSWER,
    FaultPoint.LOOK_BEFORE_RECORD,
)
UNNOTICED = (FaultPoint.SEND_AFTER_RESPONSE, FaultPoint.SEND_BEFORE_RECORD)  # the mail had left when they froze
LONG = timedelta(seconds=60)


def frozen(it: Shop, queue: str, points: tuple[FaultPoint, ...]) -> list[Process]:
    """One worker for each point, each frozen there by itself."""
    sleepers = [it.worker(queue, fault=f"{point}:stop") for point in points]
    for sleeper in sleepers:
        until(sleeper.is_stopped, LONG, what=f"{sleeper.name} to freeze; it said {sleeper.said()}")
    return sleepers


def wake(sleepers: list[Process]) -> None:
    """Let them find out, and end as if nothing had been."""
    for sleeper in sleepers:
        sleeper.signal(signal.SIGCONT)
    for sleeper in sleepers:
        assert sleeper.stop() == 0, sleeper.said()


def test_workers_frozen_while_telling_send_nothing_twice(migrated_url: str) -> None:
    with shop(migrated_url) as it:
        it.confirm(60)
        sleepers = frozen(it, "dispatch", TELLING)
        it.clock()
        it.worker("dispatch")
        it.drain()
        assert {row.state for row in it.rows()} == {NotificationState.ACCEPTED}
        before = len(it.mailbox.mails())

        wake(sleepers)

        tally = it.settle()
        assert tally.mails == before, "a sleeper sent what another had sent"
        assert (tally.accepted, tally.repeats) == (60, len(UNNOTICED))


def test_workers_frozen_while_looking_record_nothing_twice(migrated_postgres_url: str) -> None:
    with shop(migrated_postgres_url) as it:
        it.ship(20 * len(LOOKING) + 10, story=[("origin", -1), ("delivered", 0)])
        sleepers = frozen(it, "looks", LOOKING)
        it.clock()
        it.worker()
        until(lambda: it.arrived() == 20 * len(LOOKING) + 10, LONG, what="every parcel to be told")

        wake(sleepers)

        assert it.settle().repeats == 0
