"""W12: a worker frozen past its lease finds, when it wakes, that its work is another's."""

import signal

from tests.faults.crew import Process
from tests.faults.rows import Row
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


def frozen(it: Shop, queue: str, points: tuple[FaultPoint, ...]) -> list[Process]:
    """One worker for each point, each frozen there by itself."""
    sleepers = [it.worker(queue, fault=f"{point}:stop") for point in points]
    for sleeper in sleepers:
        until(sleeper.is_stopped, what=f"{sleeper.name} to freeze; it said {sleeper.said()}")
    return sleepers


def begun(it: Shop, sleeper: Process) -> list[Row]:
    """What it has in its hands and was about to hand over, or had handed over."""
    held = [row for row in it.rows() if (row.lease_owner or "").endswith(f":{sleeper.pid}")]
    return [row for row in held if row.attempts]


def wake(sleepers: list[Process]) -> None:
    """Let them find out, and end as if nothing had been."""
    for sleeper in sleepers:
        sleeper.signal(signal.SIGCONT)
    for sleeper in sleepers:
        assert sleeper.stop() == 0, sleeper.said()


def test_workers_frozen_while_telling_send_nothing_twice(migrated_url: str) -> None:
    with shop(migrated_url, divisor=5) as it:
        it.confirm(60)
        sleepers = frozen(it, "dispatch", TELLING)
        unnoticed = {row.id for n, point in enumerate(TELLING) if point in UNNOTICED for row in begun(it, sleepers[n])}
        it.clock()
        it.worker("dispatch")
        it.drain(hurried=True)
        assert {row.state for row in it.rows()} == {NotificationState.ACCEPTED}
        before = len(it.mailbox.mails())

        wake(sleepers)

        tally = it.settle()
        assert tally.mails == before, "a sleeper sent what another had sent"
        assert (tally.accepted, tally.torn, len(unnoticed)) == (60, 0, len(UNNOTICED))
        assert {ref for ref, copies in it.copies().items() if copies > 1} >= unnoticed


def test_workers_frozen_while_looking_record_nothing_twice(migrated_postgres_url: str) -> None:
    with shop(migrated_postgres_url, divisor=5) as it:
        it.ship(20 * len(LOOKING) + 10, story=[("origin", -1), ("delivered", 0)])
        sleepers = frozen(it, "looks", LOOKING)
        it.clock()
        it.worker()
        until(lambda: it.arrived() == 20 * len(LOOKING) + 10, what="every parcel to be told")

        wake(sleepers)

        assert it.settle().torn == 0
