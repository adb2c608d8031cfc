"""SIGKILL of a real worker at each named point: nothing is lost, and a mail repeats only after a lost answer."""

import signal
from collections.abc import Iterable

from sqlalchemy import select

from notifiers.message import Verdict
from tests.faults.crew import Process
from tests.faults.rows import Row
from tests.faults.shop import BOTH, Shop, shop
from tests.servers import until
from tracker.domain.notices import NotificationState
from tracker.domain.shipments import LookOutcome
from tracker.pipeline.faults import FaultPoint
from tracker.store.tables import events, looks, transitions

TELLING = (
    FaultPoint.SEND_AFTER_CLAIM,
    FaultPoint.SEND_BEFORE_START_COMMIT,
    FaultPoint.SEND_BEFORE_CONNECT,
    FaultPoint.SEND_AFTER_RESPONSE,
    FaultPoint.SEND_BEFORE_RECORD,
)
BEFORE_THE_NEWS_IS_WRITTEN = (
    FaultPoint.LOOK_AFTER_CLAIM,
    FaultPoint.LOOK_BEFORE_ASK,
    FaultPoint.LOOK_AFTER_ANSWER,
    FaultPoint.LOOK_BEFORE_RECORD,
    FaultPoint.MID_FANOUT,
    FaultPoint.BEFORE_COMMIT_PLAN,
)
AFTER_THE_NEWS_IS_WRITTEN = (FaultPoint.AFTER_COMMIT_PLAN, FaultPoint.AFTER_COMMIT_BEFORE_RING)

LEFT_CLAIMED = (FaultPoint.SEND_AFTER_CLAIM, FaultPoint.SEND_BEFORE_START_COMMIT)  # W4: nothing was begun
NEVER_SENT = (FaultPoint.SEND_BEFORE_CONNECT,)  # W5
SENT_UNNOTICED = (FaultPoint.SEND_AFTER_RESPONSE, FaultPoint.SEND_BEFORE_RECORD)  # W6
CLAIMED_AT_ONCE = 10
BATCH = 20  # parcels leased by one worker at once


def killed(it: Shop, queue: str, points: Iterable[FaultPoint]) -> dict[FaultPoint, Process]:
    """One worker for each point, each killed there by itself."""
    victims = {point: it.worker(queue, fault=f"{point}:kill") for point in points}
    for point, victim in victims.items():
        assert victim.ended() == -signal.SIGKILL, f"{point}: {victim.said()}"
    return victims


def in_the_hands_of(victim: Process, rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if (row.lease_owner or "").endswith(f":{victim.pid}")]


def test_workers_killed_while_telling(migrated_url: str) -> None:
    """W4, W5, W6: what the victims leave says how far they came, and the rest of the crew makes good."""
    with shop(migrated_url, divisor=5) as it:
        it.confirm(CLAIMED_AT_ONCE * len(TELLING) + 10)

        victims = killed(it, "dispatch", TELLING)

        rows, arrived = it.rows(), {mail.ref for mail in it.mailbox.mails()}
        left = {point: in_the_hands_of(victim, rows) for point, victim in victims.items()}
        for point in LEFT_CLAIMED:
            assert {(row.state, row.counted) for row in left[point]} == {(NotificationState.LEASED, 0)}
        begun = {point: [row for row in left[point] if row.attempts] for point in TELLING}
        for point in (*NEVER_SENT, *SENT_UNNOTICED):
            assert [row.state for row in begun[point]] == [NotificationState.SENDING]
            assert {row.id in arrived for row in begun[point]} == {point in SENT_UNNOTICED}

        it.clock()
        it.worker("dispatch")
        tally = it.settle(hurried=True)

        unclear = {row.id for point in begun for row in begun[point]}
        unnoticed = {row.id for point in SENT_UNNOTICED for row in begun[point]}
        assert (tally.accepted, tally.torn) == (len(rows), 0)
        assert {row.id for row in it.rows() if row.lost} >= unclear
        assert {ref for ref, copies in it.copies().items() if copies > 1} >= unnoticed
        # A slow machine may put a call off, or wait in vain for an answer; whatever else went well went once.
        well = [row for row in it.rows() if not row.lost]
        assert {sum(each.verdict != Verdict.RETRY for each in row.attempts) for row in well} == {1}


def test_workers_killed_while_looking(migrated_url: str) -> None:
    """W1, W2, W16: before the commit there is nothing at all; after it mail and text tell though nobody rang."""
    points = (*BEFORE_THE_NEWS_IS_WRITTEN, *AFTER_THE_NEWS_IS_WRITTEN)
    with shop(migrated_url) as it:
        parcels = BATCH * len(points) + 10
        it.ship(parcels, by=BOTH, story=[("origin", -1), ("delivered", 0)])  # true at any hour

        killed(it, "looks", BEFORE_THE_NEWS_IS_WRITTEN)

        assert it.rows() == []
        assert [written(it, table) for table in ("events", "transitions")] == [0, 0]
        assert looks_with_news(it) == 0

        killed(it, "looks", AFTER_THE_NEWS_IS_WRITTEN)

        told = it.rows()
        assert told
        assert {row.state for row in told} <= {NotificationState.PENDING, NotificationState.SUPERSEDED}
        told_by = {(row.shipment_id, row.channel) for row in told}
        assert len(told_by) == len(BOTH) * len({row.shipment_id for row in told}), "a fan-out broke in the middle"
        assert looks_with_news(it) == len({row.shipment_id for row in told})

        told_at_all = [row for row in told if row.state is not NotificationState.SUPERSEDED]
        it.clock()
        it.worker("dispatch")
        until(lambda: it.arrived() == len(told_at_all), what="the unrung messages")
        it.worker("looks")
        until(lambda: it.parcels("delivered") == parcels, what="every parcel to be seen")
        tally = it.settle()

        assert (tally.accepted, tally.texts, tally.torn) == (2 * parcels, parcels, 0)


def test_every_fault_point_is_struck_by_some_test() -> None:
    here = {*TELLING, *BEFORE_THE_NEWS_IS_WRITTEN, *AFTER_THE_NEWS_IS_WRITTEN}

    elsewhere = {FaultPoint.RECEIPT_AFTER_KEPT, FaultPoint.RECEIPT_BEFORE_APPLIED}  # in tests/pipeline/test_texts.py

    assert here | elsewhere == set(FaultPoint)


def written(it: Shop, table: str) -> int:
    """How many rows there are."""
    found = {"events": events, "transitions": transitions}[table]
    with it.app.store.read() as snapshot:
        return len(snapshot.connection.execute(select(found.c.id)).all())


def looks_with_news(it: Shop) -> int:
    """Beside others a carrier's answer may come too late; such a look is written down too."""
    with it.app.store.read() as snapshot:
        found = select(looks.c.id).where(looks.c.outcome == LookOutcome.NEWS)
        return len(snapshot.connection.execute(found).all())
