"""W14, W15: what was reported of a text counts once, for its own attempt, whoever dies while taking it in."""

import signal
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from notifiers.sandbox.mischief import Step, Story
from tests.faults.leading import dethrone
from tests.faults.shop import Shop, phone_number, shop
from tests.servers import until
from tracker.domain.notices import NotificationState
from tracker.pipeline.faults import FaultPoint
from tracker.pipeline.ports import NotificationId
from tracker.store.outbox_tables import receipt_inbox

OK, FORBIDDEN, NOBODY = 200, 403, 0
WAITS = ""  # the outcome of a report that nobody has applied


@pytest.fixture
def reporting(migrated_url: str) -> Iterator[Shop]:
    """A shop whose texts go out; nobody listens to reports yet."""
    with shop(migrated_url, divisor=1) as it:
        it.worker("dispatch")
        yield it


def test_a_report_outlives_whoever_took_it_in(reporting: Shop) -> None:
    """W15: the web process dies when it has kept the report, a clock when it is about to apply it."""
    it, number = reporting, phone_number()
    it.phone.stories.add(Story(steps=(Step(status="delivered", delay=0.5),), to=number))
    web = it.web(fault=f"{FaultPoint.RECEIPT_AFTER_KEPT}:kill")
    id_ = it.text(number)
    until(lambda: it.phone.caller.calls, what="the report")
    assert [call.answer for call in it.phone.caller.calls] == [NOBODY]
    until(lambda: state_of(it, id_) is NotificationState.ACCEPTED, what="the answer to be written down")
    assert (state_of(it, id_), outcomes(it)) == (NotificationState.ACCEPTED, {WAITS: 1})

    dying = it.clock(fault=f"{FaultPoint.RECEIPT_BEFORE_APPLIED}:kill")
    assert dying.ended() == -signal.SIGKILL
    dethrone(it)  # the next one need not wait for the dead one's lease
    assert (state_of(it, id_), outcomes(it)) == (NotificationState.ACCEPTED, {WAITS: 1})

    it.clock()
    until(lambda: state_of(it, id_) is NotificationState.DELIVERED, what="another clock to apply it")
    web.kill()
    until(lambda: not it.is_served(), what="the old web process to end")
    it.web()
    (text,) = it.phone.texts()
    assert it.phone.exchange.report(text.sid, Step(status="delivered")) == OK
    assert outcomes(it) == {"applied": 1}
    assert it.settle().texts == 1


def test_a_report_about_another_attempt_changes_nothing(reporting: Shop) -> None:
    """W14: the network gives the first text up, a second one goes, and the first one's reports come late."""
    it, number = reporting, phone_number()
    it.web()
    it.clock()
    it.phone.stories.add(Story(steps=(Step(status="undelivered", code=30003, delay=0.1),), to=number))
    before, told = len(it.phone.texts()), outcomes(it)
    id_ = it.text(number)
    until(lambda: outcomes(it) - told == {"applied": 1}, what="the failure to be reported")
    it.hurry()
    until(lambda: len(it.phone.texts()) == before + 2, what="the second text")
    until(lambda: state_of(it, id_) is NotificationState.ACCEPTED, what="its acceptance")
    first, second = it.phone.texts()[before:]

    answers = [
        it.phone.exchange.report(first.sid, Step(status="sent")),
        post(it, attempt=2, of=second.callback_url, sid=first.sid),
        post(it, attempt=7, of=second.callback_url, sid=second.sid),
        post(it, attempt=7, of=second.callback_url, sid=second.sid, mark="a mark of nobody"),
    ]

    assert answers == [OK, OK, OK, FORBIDDEN]
    assert outcomes(it) - told == {"applied": 1, "nothing_new": 1, "duplicate": 1, "unknown_message": 1}
    assert state_of(it, id_) is NotificationState.ACCEPTED
    assert it.phone.exchange.report(second.sid, Step(status="delivered")) == OK
    assert state_of(it, id_) is NotificationState.DELIVERED
    assert it.settle().texts == before + 2


def post(it: Shop, *, attempt: int, of: str, sid: str, mark: str = "") -> int:
    """A report of an arrival, signed as Twilio would, to the address of this attempt of the same notification."""
    place = urlsplit(of)
    *_, id_, _ = place.path.split("/")
    mark = mark or it.app.store.vault.report_mark(NotificationId(id_), attempt)
    url = f"{place.scheme}://{place.netloc}{place.path.rpartition('/')[0]}/{attempt}?k={mark.replace(' ', '%20')}"
    account = it.environment["TWILIO_ACCOUNT_SID"]
    return it.phone.caller.post(
        url, [("AccountSid", account), ("MessageSid", sid), ("MessageStatus", "delivered"), ("SmsSid", sid)]
    )


def state_of(it: Shop, notification_id: str) -> NotificationState:
    return next(row.state for row in it.rows() if row.id == notification_id)


def outcomes(it: Shop) -> Counter[str]:
    """How many reports ended how."""
    with it.app.store.read() as snapshot:
        found = snapshot.connection.execute(select(receipt_inbox.c.applied_machine_at, receipt_inbox.c.outcome)).all()
    return Counter(row.outcome if row.applied_machine_at else WAITS for row in found)
