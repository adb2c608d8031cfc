"""W7, W8, W9: a mail whose answer was lost is sent again, as the same mail; one that was clearly refused just waits."""

import pytest

from notifiers.message import Verdict
from notifiers.sandbox.faults import Action, Fault, Stage
from tests.faults.conftest import Running
from tests.faults.ledger import Change, Tally
from tests.faults.shop import Shop
from tests.servers import until
from tracker.domain.notices import NotificationState

HIT = 4  # mails


def assert_added(it: Shop, before: Tally, planned: Change) -> None:
    """As planned; only calls that waited in vain, as they do on a slow machine, may add lost answers and repeats."""
    now = it.settle()
    it.mailbox.faults.clear()
    assert set(now.states) == {NotificationState.ACCEPTED}
    found = now.since(before)
    waited = found.lost - found.torn
    assert found.accepted == planned.accepted
    assert found.torn <= planned.torn
    assert planned.lost <= found.lost
    assert planned.repeats <= found.repeats <= planned.repeats + waited


@pytest.mark.parametrize(
    "fault",
    [
        Fault(stage=Stage.ACCEPTED, action=Action.DROP, count=HIT),
        Fault(stage=Stage.ACCEPTED, action=Action.SLOW, seconds=4, count=HIT),
        Fault(stage=Stage.ACCEPTED, action=Action.REPLY, code=0, text="\x00\xff garbage", count=HIT),
    ],
    ids=lambda fault: fault.action.value,
)
def test_a_mail_accepted_without_an_answer_comes_twice_as_the_same_mail(running: Running, fault: Fault) -> None:
    it, before = running.shop, running.shop.settle()
    it.mailbox.faults.add(fault)

    it.confirm(HIT * 3)

    torn = 0 if fault.action is Action.SLOW else HIT
    assert_added(it, before, Change(accepted=HIT * 3, repeats=HIT, lost=HIT, torn=torn))


def test_a_mail_lost_on_the_way_comes_once(running: Running) -> None:
    it, before = running.shop, running.shop.settle()
    it.mailbox.faults.add(Fault(stage=Stage.END, action=Action.DROP, count=HIT))

    it.confirm(HIT * 3)

    assert_added(it, before, Change(accepted=HIT * 3, repeats=0, lost=HIT, torn=HIT))


@pytest.mark.parametrize("stage", [Stage.CONNECT, Stage.EHLO, Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.END])
def test_a_mail_refused_for_now_is_no_lost_answer(running: Running, stage: Stage) -> None:
    it, before, earlier = running.shop, running.shop.settle(), retries(running.shop)
    it.mailbox.hang_up_all()  # a connection kept from before would skip the first stages
    it.mailbox.faults.add(Fault(stage=stage, action=Action.REPLY, code=451, count=HIT))

    it.confirm(HIT * 2)

    assert_added(it, before, Change(accepted=HIT * 2, repeats=0, lost=0, torn=0))
    assert retries(it) > earlier


def test_a_closed_door_is_tried_again(running: Running) -> None:
    it, before, earlier = running.shop, running.shop.settle(), retries(running.shop)
    it.mailbox.close_door()
    it.mailbox.hang_up_all()
    it.confirm(HIT)
    until(lambda: retries(it) >= earlier + HIT, what="the door to be found closed")

    it.mailbox.open_door()

    assert_added(it, before, Change(accepted=HIT, repeats=0, lost=0, torn=0))


def retries(it: Shop) -> int:
    """How many attempts so far met a clear refusal."""
    return sum(each.verdict == Verdict.RETRY for row in it.rows() for each in row.attempts)
