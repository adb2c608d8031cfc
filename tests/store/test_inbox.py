"""What providers post is applied once and wholly, whoever else works on the same rows at that moment."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from notifiers.message import Channel, Handover, Verdict
from notifiers.receipts import Keyword, Receipt, ReceiptState, Reply
from tests.servers import PATIENCE
from tests.store.builders import BOOT, NOON, a_notification, a_recipient, an_order, stored
from tests.store.desk import claim, row_of, start, told
from tracker.domain.notices import Notification, NotificationState, WhyNot
from tracker.domain.people import Consent, Contact
from tracker.pipeline.ports import DispatchClaim, NotificationId
from tracker.pipeline.receipts import Kind, Outcome, Posted
from tracker.store.inbox import SqlInbox
from tracker.store.outbox_tables import receipt_inbox
from tracker.store.retention import Keep, retain
from tracker.store.unit import SqlStore

S = NotificationState
NUMBER = "+33612345678"
ROUNDS = 40


AGREED = Consent(channel=Channel.SMS, granted=True, source="checkout", at=NOON)


def a_text(store: SqlStore, *consents: Consent) -> Notification:
    """A pending text to Ada's phone, about an order of its own."""
    phone = Contact(channel=Channel.SMS, address=NUMBER)
    order = stored(store, an_order(recipient=replace(a_recipient(), contacts=(phone,), consents=consents)))
    mail = a_notification(order)
    return replace(mail, channel=Channel.SMS, collapse_key=mail.collapse_key.replace("email", "sms"))


def claimed(store: SqlStore) -> DispatchClaim:
    (id_,) = told(store, a_text(store, AGREED))
    (only,) = claim(store, only=id_)
    return only


def sending(store: SqlStore, *, provider: str = "smtp") -> tuple[NotificationId, DispatchClaim]:
    """A text whose call is on its way."""
    mine = claimed(store)
    assert start(store, mine, provider=provider) == 1
    return mine.id, mine


def a_report(id_: NotificationId, state: ReceiptState) -> Posted:
    receipt = Receipt(provider_message_id="SM1", account="AC1", state=state, code="", verdict=None)
    return Posted(kind=Kind.STATUS, form=(("MessageStatus", state),), notification_id=id_, n=1, receipt=receipt)


def a_reply(keyword: Keyword, sid: str = "SM9", *, needs_review: bool = False) -> Posted:
    reply = Reply(
        provider_message_id=sid,
        account="AC1",
        sender=NUMBER,
        to="+12025550100",
        text=keyword,
        keyword=keyword,
        needs_review=needs_review,
    )
    return Posted(kind=Kind.REPLY, form=(), reply=reply)


def apply(store: SqlStore, posted: Posted) -> Outcome:
    """Keep and apply; what it did."""
    inbox = SqlInbox(store)
    row_id = inbox.keep(posted, machine_now=BOOT)
    if row_id is None:
        return Outcome.NOTHING_NEW
    (kept,) = inbox.waiting(limit=1, only=row_id)
    if posted.kind is Kind.REPLY:
        return inbox.answer(kept, now=NOON, machine_now=BOOT)
    return inbox.report(kept, now=NOON, machine_now=BOOT, retry_machine_at=BOOT)


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """What each answered; none begins before all are there."""
    begin = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        begin.wait(PATIENCE.total_seconds())
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [each.result(timeout=PATIENCE.total_seconds()) for each in [pool.submit(run, deed) for deed in deeds]]


def test_a_row_of_the_inbox_is_applied_by_one_of_many(store: SqlStore) -> None:
    id_, _ = sending(store)
    inbox = SqlInbox(store)
    inbox.keep(a_report(id_, ReceiptState.SENT), machine_now=BOOT)
    (kept,) = inbox.waiting(limit=10)

    def report() -> Outcome:
        return inbox.report(kept, now=NOON, machine_now=BOOT, retry_machine_at=BOOT)

    outcomes = at_once(*[report] * 4)

    assert sorted(map(str, outcomes)) == ["applied", "nothing_new", "nothing_new", "nothing_new"]
    assert row_of(store, id_).state == S.ACCEPTED


def test_reports_applied_at_once_have_the_same_end(store: SqlStore) -> None:
    for _ in range(ROUNDS // 4):
        id_, _ = sending(store)
        reports = [a_report(id_, state) for state in (ReceiptState.QUEUED, ReceiptState.SENT, ReceiptState.DELIVERED)]

        at_once(*[lambda each=each: apply(store, each) for each in reports])

        assert (row_of(store, id_).state, row_of(store, id_).verdicts) == (S.DELIVERED, [Verdict.ACCEPTED])


def test_an_answer_and_a_report_of_one_moment_agree(store: SqlStore) -> None:
    """W13: whichever is first, the text was accepted once and has arrived."""
    for verdict in (Verdict.ACCEPTED, Verdict.UNKNOWN) * (ROUNDS // 4):
        id_, mine = sending(store)
        sid = "SM1" if verdict is Verdict.ACCEPTED else ""
        answer = Handover(verdict=verdict, provider_message_id=sid)

        def finish(mine: DispatchClaim = mine, answer: Handover = answer) -> bool:
            return store.outbox.finish(mine, 1, answer, machine_now=BOOT, retry_machine_at=BOOT)

        def report(id_: NotificationId = id_) -> Outcome:
            return apply(store, a_report(id_, ReceiptState.DELIVERED))

        at_once(finish, report)

        assert (row_of(store, id_).state, row_of(store, id_).verdicts) == (S.DELIVERED, [Verdict.ACCEPTED])


def test_no_attempt_starts_after_a_stop_has_committed(store: SqlStore) -> None:
    """W17: the two race; a start that was asked for after the STOP was written down is always refused."""
    for n in range(ROUNDS):
        mine, written, asked, answers = claimed(store), list[float](), list[float](), list[object]()

        def stop(n: int = n, written: list[float] = written) -> None:
            apply(store, a_reply(Keyword.STOP, sid=f"SM{n}"))
            written.append(time.monotonic())

        def begin(mine: DispatchClaim = mine, asked: list[float] = asked, answers: list[object] = answers) -> None:
            asked.append(time.monotonic())
            answers.append(start(store, mine))

        at_once(stop, begin)

        assert answers in ([1], [WhyNot.OPTED_OUT])
        assert answers == [WhyNot.OPTED_OUT] or asked < written
        assert start(store, claimed(store)) == WhyNot.OPTED_OUT
        apply(store, a_reply(Keyword.START, sid=f"SMback{n}"))


def test_a_stop_is_kept_as_proof_without_its_number(store: SqlStore) -> None:
    apply(store, a_reply(Keyword.STOP))

    retain(store, Keep(), now=NOON, machine_now=BOOT + timedelta(days=31))

    with store.read() as snapshot:
        assert snapshot.connection.execute(select(receipt_inbox)).all() == []
    assert start(store, claimed(store)) == WhyNot.OPTED_OUT


def test_a_second_stop_and_a_start_of_nothing_are_noted_only(store: SqlStore) -> None:
    outcomes = [
        apply(store, a_reply(Keyword.START, sid="SM1")),
        apply(store, a_reply(Keyword.STOP, sid="SM2")),
        apply(store, a_reply(Keyword.STOP, sid="SM3")),
        apply(store, a_reply(Keyword.START, sid="SM4")),
        apply(store, a_reply(Keyword.HELP, sid="SM5")),
    ]

    assert outcomes == [Outcome.NOTED, Outcome.STOPPED, Outcome.STOPPED, Outcome.STARTED, Outcome.NOTED]
    assert start(store, claimed(store)) == 1


def test_a_text_does_not_start_without_its_readers_word_whatever_was_decided(store: SqlStore) -> None:
    (id_,) = told(store, a_text(store))
    (mine,) = claim(store, only=id_)

    assert start(store, mine) is WhyNot.NO_CONSENT
    assert row_of(store, id_).state == S.SUPPRESSED


def test_an_attempt_at_a_bad_hour_waits_and_one_that_would_be_stale_expires(store: SqlStore) -> None:
    mine, stale = claimed(store), claimed(store)
    morning, too_late = NOON + timedelta(hours=8), NOON + timedelta(hours=12)

    start(store, mine, quiet_until=morning)
    start(store, stale, quiet_until=too_late)

    assert (row_of(store, mine.id).state, row_of(store, mine.id).attempts) == (S.PENDING, 0)
    assert claim(store, only=mine.id, now=morning - timedelta(seconds=1)) == []
    assert len(claim(store, only=mine.id, now=morning)) == 1
    assert (row_of(store, stale.id).state, row_of(store, stale.id).why_not) == (S.EXPIRED, WhyNot.QUIET_HOURS)


def test_a_row_that_names_no_attempt_stays_as_it_was(store: SqlStore) -> None:
    id_, _ = sending(store)
    inbox = SqlInbox(store)
    inbox.keep(a_report(id_, ReceiptState.SENT), machine_now=BOOT)
    (kept,) = inbox.waiting(limit=1)

    with pytest.raises(ValueError, match="names no attempt"):
        inbox.report(
            replace(kept, posted=replace(kept.posted, receipt=None)), now=NOON, machine_now=BOOT, retry_machine_at=BOOT
        )

    assert inbox.waiting(limit=1) == [kept]
    assert row_of(store, id_).state == S.SENDING
