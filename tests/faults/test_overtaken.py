"""W18: "delivered" is known while "shipped" waits, is being sent, or may have been sent: nobody hears old news."""

import signal
from dataclasses import dataclass, replace
from datetime import datetime

from notifiers.message import Channel
from notifiers.sandbox.mischief import Fault, Trouble
from tests.faults.crew import Process
from tests.faults.rows import Row
from tests.faults.shop import TEXT, Shop, phone_number, shop
from tests.faults.texting import key_of
from tests.servers import until
from tracker.domain.notices import Notice, NotificationState
from tracker.pipeline.faults import FaultPoint

S = NotificationState
SHIPPED, DELIVERED = [("origin", 0.0)], [("origin", 0.0), ("delivered", 1.0)]
BUSY = Fault(kind=Trouble.BUSY)
BOTH_TOLD, ONE_TOLD = ["shipped", "delivered"], ["delivered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who waits for one parcel."""

    number: str
    parcel: str
    since: datetime


def test_what_is_overtaken_is_not_told_afterwards(migrated_url: str) -> None:
    """No clock runs until the parcels have arrived, so that each "shipped" stays as its trouble has left it."""
    with shop(migrated_url, divisor=15) as it:
        it.worker("looks")
        cut_off, never_left = frozen(it, FaultPoint.SEND_BEFORE_CONNECT)
        heard, has_left = frozen(it, FaultPoint.SEND_AFTER_RESPONSE)
        turned_away, was_refused = frozen(it, FaultPoint.SEND_AFTER_RESPONSE, BUSY)
        it.worker("dispatch")
        waits = reader(it, replace(BUSY, count=None))
        taken = reader(it, Fault(kind=Trouble.ACCEPT_THEN_500))
        not_taken = reader(it, Fault(kind=Trouble.NO_ACCEPT_500))
        until(lambda: states(it, taken, not_taken) == [S.UNKNOWN, S.UNKNOWN], what="answers to be lost")
        until(lambda: any(row.attempts for row in rows_about(it, waits)), what="the busy phone to be asked")

        everybody = [cut_off, heard, turned_away, waits, taken, not_taken]
        for each in everybody:
            it.tell([each.parcel], story=DELIVERED, since=each.since)
        until(lambda: it.parcels("delivered") == len(everybody), what="every parcel to arrive")
        it.phone.faults.clear()
        for sleeper in (has_left, was_refused):
            wake(sleeper)
        it.clock()
        it.drain()
        wake(never_left)

        it.settle()
        ends = {each.number: (*states(it, each), told(it, each)) for each in everybody}
        assert ends == {
            waits.number: (S.SUPERSEDED, ONE_TOLD),
            turned_away.number: (S.SUPERSEDED, ONE_TOLD),
            heard.number: (S.ACCEPTED, BOTH_TOLD),
            taken.number: (S.ACCEPTED, BOTH_TOLD),
            cut_off.number: (S.UNKNOWN_FINAL, ONE_TOLD),
            not_taken.number: (S.UNKNOWN_FINAL, ONE_TOLD),
        }


def reader(it: Shop, trouble: Fault | None = None) -> Reader:
    """Somebody whose parcel the carrier has just got."""
    number = phone_number()
    if trouble:
        it.phone.faults.add(replace(trouble, to=number))
    since = it.app.now().replace(microsecond=0)
    (parcel,) = it.ship(1, by=TEXT, story=SHIPPED, number=number)
    return Reader(number=number, parcel=parcel, since=since)


def frozen(it: Shop, point: FaultPoint, trouble: Fault | None = None) -> tuple[Reader, Process]:
    """A reader whose "shipped" is in the hands of a worker that froze there."""
    sleeper = it.worker("dispatch", fault=f"{point}:stop")
    found = reader(it, trouble)
    until(sleeper.is_stopped, what=f"{sleeper.name} to freeze; it said {sleeper.said()}")
    assert states(it, found) == [S.SENDING]
    return found, sleeper


def wake(sleeper: Process) -> None:
    sleeper.signal(signal.SIGCONT)
    assert sleeper.stop() == 0, sleeper.said()


def states(it: Shop, *readers: Reader) -> list[NotificationState]:
    return [row.state for each in readers for row in rows_about(it, each)]


def rows_about(it: Shop, whom: Reader) -> list[Row]:
    """That their parcel was shipped, if it was decided to text them so."""
    wanted = (it.shipment_of(whom.parcel), Notice.SHIPPED, Channel.SMS)
    return [row for row in it.rows() if (row.shipment_id, row.notice, row.channel) == wanted]


def told(it: Shop, whom: Reader) -> list[str]:
    """What they have heard, in this order."""
    notices = {row.id: row.notice for row in it.rows()}
    return [notices[key_of(text)[0]] for text in it.phone.texts() if text.to == whom.number]
