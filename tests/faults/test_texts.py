"""W4 to W9, W12 to W14, W19 for texts: whatever becomes of a call, a process or a report, one text is taken at most.

One shop on each database suffers it all at once; every phone number has a trouble of its own.
"""

import signal
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from notifiers.message import Verdict
from notifiers.sandbox.mischief import Story
from tests.faults.cases import CASES, NOBODY_TELLS, Case
from tests.faults.crew import Process
from tests.faults.leading import dethrone, leader
from tests.faults.rows import Row
from tests.faults.shop import TEXT, Shop, phone_number, shop
from tests.faults.texting import key_of
from tests.servers import until
from tracker.domain.notices import OPEN_STATES, NotificationState
from tracker.pipeline.faults import FaultPoint
from tracker.pipeline.ports import NotificationId
from tracker.store.outbox_tables import notifications, receipt_inbox

LONG = timedelta(minutes=12)  # twenty-five troubles at once; a quiet machine takes a tenth of it
CLAIMED_AT_ONCE = 10
LEFT_CLAIMED = (FaultPoint.SEND_AFTER_CLAIM, FaultPoint.SEND_BEFORE_START_COMMIT)  # W4: nothing was begun
NEVER_SENT = (FaultPoint.SEND_BEFORE_CONNECT,)  # W5
SENT_UNNOTICED = (FaultPoint.SEND_AFTER_RESPONSE, FaultPoint.SEND_BEFORE_RECORD)  # W6
POINTS = (*LEFT_CLAIMED, *NEVER_SENT, *SENT_UNNOTICED)
FREEZING = (FaultPoint.SEND_BEFORE_START_COMMIT, FaultPoint.SEND_BEFORE_CONNECT, FaultPoint.SEND_AFTER_RESPONSE)
TEXTS = CLAIMED_AT_ONCE * (len(POINTS) + len(FREEZING)) + 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The one text that a victim had in its hands, or none, and whether it was taken by then."""

    rows: tuple[str, ...]
    texts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What the rows and the phone say when all is over."""

    rows: dict[str, Row]
    texts: Counter[str]  # by notification
    of_case: dict[str, NotificationId]
    killed: dict[FaultPoint, Begun]
    frozen: dict[FaultPoint, Begun]
    woken: int  # texts that went when the sleepers woke
    broken: str  # promises


@pytest.fixture(scope="module")
def aftermath(url_for_module: str) -> Aftermath:
    with shop(url_for_module, divisor=5) as it:
        it.web()
        it.confirm(TEXTS, by=TEXT)
        victims, sleepers = struck(it)
        killed = {point: begun_by(it, victim) for point, victim in victims.items()}
        frozen = {point: begun_by(it, sleeper) for point, sleeper in sleepers.items()}
        for start in (it.clock, it.clock, it.worker, it.worker):
            start()
        until(lambda: it.count(NotificationState.ACCEPTED), LONG, what="the crew to work")
        of_case = {case.name: suffer(it, case) for case in CASES}
        drain(it, [of_case[case.name] for case in NOBODY_TELLS])
        before_waking = len(it.phone.texts())
        wake(sleepers.values())
        texts = Counter(key_of(text)[0] for text in it.phone.texts())
        return Aftermath(
            rows={row.id: row for row in it.rows()},
            texts=texts,
            of_case=of_case,
            killed=killed,
            frozen=frozen,
            woken=texts.total() - before_waking,
            broken=broken_promises(it),
        )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_trouble_ends_as_it_must_with_one_text_at_most(aftermath: Aftermath, case: Case) -> None:
    row = aftermath.rows[aftermath.of_case[case.name]]

    assert (row.state, aftermath.texts[row.id]) == (case.ends, case.texts)
    assert row.counted >= 1 + case.again
    if not case.again:  # a slow machine may put a call off; that is no doubt
        assert {each.verdict for each in row.attempts[:-1]} <= {Verdict.RETRY}, "went again although in doubt"


@pytest.mark.parametrize("struck", ["killed", "frozen"])
def test_what_was_begun_when_a_worker_died_or_froze_is_looked_for(aftermath: Aftermath, struck: str) -> None:
    """W4: nothing was. W5, W6: sent again only where three lists do not show it. W12: a sleeper is like the dead."""
    left = aftermath.killed if struck == "killed" else aftermath.frozen
    for point, begun in left.items():
        assert len(begun.rows) == (point not in LEFT_CLAIMED), point
        assert begun.texts == (point in SENT_UNNOTICED), point
        for row in (aftermath.rows[id_] for id_ in begun.rows):
            assert (row.state, aftermath.texts[row.id]) == (NotificationState.ACCEPTED, 1), point
            if point in NEVER_SENT:
                assert row.counted > 1, point
            else:  # a slow machine may put a call off; that is no doubt
                assert {each.verdict for each in row.attempts[:-1]} <= {Verdict.RETRY}, point


def test_who_wakes_after_its_lease_texts_nobody(aftermath: Aftermath) -> None:
    """W12."""
    assert aftermath.woken == 0


def test_every_other_text_was_taken_once(aftermath: Aftermath) -> None:
    others = [row for row in aftermath.rows.values() if row.id not in set(aftermath.of_case.values())]
    texted = [row for row in others if row.channel is TEXT[0]]

    assert len(texted) == TEXTS
    assert {(row.state, aftermath.texts[row.id]) for row in texted} == {(NotificationState.ACCEPTED, 1)}


def test_no_promise_was_broken(aftermath: Aftermath) -> None:
    assert aftermath.broken == ""


def struck(it: Shop) -> tuple[dict[FaultPoint, Process], dict[FaultPoint, Process]]:
    """One worker killed at each point, and one frozen at some, each by itself."""
    victims = {point: it.worker("dispatch", fault=f"{point}:kill") for point in POINTS}
    sleepers = {point: it.worker("dispatch", fault=f"{point}:stop") for point in FREEZING}
    for victim in victims.values():
        assert victim.ended(LONG) == -signal.SIGKILL, victim.said()
    for sleeper in sleepers.values():
        until(sleeper.is_stopped, LONG, what=f"{sleeper.name} to freeze; it said {sleeper.said()}")
    return victims, sleepers


def begun_by(it: Shop, process: Process) -> Begun:
    held = {row.id for row in it.rows() if (row.lease_owner or "").endswith(f":{process.pid}") and row.attempts}
    return Begun(rows=tuple(held), texts=sum(key_of(text)[0] in held for text in it.phone.texts()))


def suffer(it: Shop, case: Case) -> NotificationId:
    """Plan the trouble for a number of its own, then write to it."""
    number = phone_number()
    it.phone.stories.add(Story(steps=case.reports, to=number, count=None))
    for trouble in case.troubles:
        it.phone.faults.add(replace(trouble, to=number))
    if not case.is_closed:
        return it.text(number)
    it.phone.close_door()
    id_ = it.text(number)
    until(lambda: any(row.attempts for row in it.rows() if row.id == id_), LONG, what="the line to be found dead")
    it.phone.open_door()
    return id_


def drain(it: Shop, outdated: Sequence[NotificationId]) -> None:
    """W19: while they work, the lead is taken from the clocks again and again, so that both believe to have it."""

    def leads_go_round() -> bool:
        if leader(it):
            dethrone(it)
        end_truth(it, outdated)
        if everything_was_reported():  # where the list lies, the reports must have come before it was read three times
            it.hurry()
        return not it.count(*OPEN_STATES)

    def everything_was_reported() -> bool:
        reports = sum(len(case.reports) * case.texts for case in CASES)
        return len(it.phone.caller.calls) >= reports and not waiting_reports(it)

    until(leads_go_round, LONG, what="everything to end")
    until(everything_was_reported, LONG, what="every report to be applied")


def end_truth(it: Shop, of: Sequence[NotificationId]) -> None:
    """What these texts say is not true any more from the moment on when nobody knows whether they were taken."""
    with it.app.store.begin() as connection:
        nobody_knows = (notifications.c.id.in_(of), notifications.c.state == NotificationState.UNKNOWN)
        connection.execute(update(notifications).where(*nobody_knows).values(expires_at=it.app.now()))


def waiting_reports(it: Shop) -> int:
    with it.app.store.read() as snapshot:
        waiting = select(receipt_inbox.c.id).where(receipt_inbox.c.applied_machine_at.is_(None))
        return len(snapshot.connection.execute(waiting).all())


def broken_promises(it: Shop) -> str:
    try:
        it.settle()
    except AssertionError as broken:
        return str(broken)
    return ""


def wake(sleepers: Collection[Process]) -> None:
    """Let them find out, and end as if nothing had been."""
    for sleeper in sleepers:
        sleeper.signal(signal.SIGCONT)
    for sleeper in sleepers:
        assert sleeper.stop() == 0, sleeper.said()
