"""A text is handed over once, by day, to whoever agreed; what became of it is found out, never guessed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from carriers.events import Milestone
from notifiers.message import Channel, Handover, Verdict
from notifiers.receipts import Keyword, Receipt, ReceiptState, Reply
from tests.domain.builders import DAY, HOUR, NOON, a_recipient, a_scan
from tests.pipeline.world import RULES, Row, World
from tracker.domain.notices import NotificationState, WhyNot
from tracker.domain.people import Consent, Contact, Recipient
from tracker.pipeline import receipts
from tracker.pipeline.faults import PlantedFault, planted, read_faults
from tracker.pipeline.receipts import Kind, Outcome, Posted

MINUTE = timedelta(minutes=1)
NUMBER = "+4790000000"
AGREED = Consent(channel=Channel.SMS, granted=True, source="checkout", at=NOON - DAY)
ADA = a_recipient(contacts=(Contact(channel=Channel.SMS, address=NUMBER),), consents=(AGREED,))

S = NotificationState
R = ReceiptState


@pytest.fixture
def shop(world: World) -> World:
    """A shop that sends texts and nothing else."""
    world.rules = replace(RULES, channels=(Channel.SMS,))
    return world


def delivered(shop: World, *, to: Recipient = ADA, parcels: int = 1) -> Row:
    """One order whose delivery is to be told by text."""
    order = shop.order(recipients=(to,), parcels=parcels)
    shop.say(order.shipments[0], a_scan(Milestone.DELIVERED, shop.clocks.now()))
    shop.look()
    return shop.told(order)[0]


def now(shop: World, row: Row) -> Row:
    return next(each for each in shop.told() if each.id == row.id)


def a_report(state: R, *, sid: str = "SM1", code: str = "", verdict: Verdict | None = None) -> Receipt:
    return Receipt(provider_message_id=sid, account="AC1", state=state, code=code, verdict=verdict)


def hear(shop: World, row: Row, report: Receipt, *, n: int = 1) -> None:
    """The provider calls, and what it says is applied."""
    posted = Posted(kind=Kind.STATUS, form=(("To", NUMBER), ("Empty", "")), notification_id=row.id, n=n, receipt=report)
    receipts.take_in(posted, shop.receiving)


def write_back(shop: World, keyword: Keyword, *, sid: str = "SMin", needs_review: bool = False) -> None:
    reply = Reply(
        provider_message_id=sid,
        account="AC1",
        sender=NUMBER,
        to="+12025550100",
        text=keyword.value,
        keyword=keyword,
        needs_review=needs_review,
    )
    receipts.take_in(Posted(kind=Kind.REPLY, form=(("Body", keyword.value),), reply=reply), shop.receiving)


def test_a_text_goes_once_names_its_reports_and_says_how_to_end_them(shop: World) -> None:
    row = delivered(shop)

    shop.send_all()

    (text,) = shop.phone.sent
    assert (text.to, text.channel) == (NUMBER, Channel.SMS)
    assert text.callback_url == f"https://hook.example/{row.id}/1"
    assert "STOP" in text.text
    assert now(shop, row).state is S.ACCEPTED


def test_a_second_text_about_an_order_says_it_no_more(shop: World) -> None:
    order = shop.order(recipients=(ADA,))
    for hours, milestone in enumerate((Milestone.OUT_FOR_DELIVERY, Milestone.DELIVERED)):
        shop.say(order.shipments[0], a_scan(milestone, NOON + hours * HOUR))
        shop.clocks.pass_by(2 * HOUR)
        shop.look()
        shop.clocks.pass_by(MINUTE)
        shop.send_all()

    assert ["STOP" in text.text for text in shop.phone.sent] == [True, False]


def test_a_number_without_its_owners_word_gets_no_text(shop: World) -> None:
    row = delivered(shop, to=replace(ADA, consents=()))

    shop.send_all()

    assert (row.state, row.why_not, shop.phone.sent) == (S.SUPPRESSED, WhyNot.NO_CONSENT, [])


def test_news_of_the_night_is_told_in_the_morning(shop: World) -> None:
    shop.clocks.shop = datetime(2026, 5, 4, 1, tzinfo=UTC)  # three in Oslo
    row = delivered(shop, to=replace(ADA, time_zone="Europe/Oslo"))

    shop.send_all()
    assert shop.phone.sent == []
    shop.clocks.pass_by(5 * HOUR + timedelta(minutes=15))
    shop.send_all()

    assert len(shop.phone.sent) == 1
    assert now(shop, row).state is S.ACCEPTED


def test_what_a_queue_held_up_until_the_night_waits_for_the_morning_too(shop: World) -> None:
    """Decided by day, started by night: it is asked again."""
    row = delivered(shop, to=replace(ADA, time_zone="Europe/Oslo"))
    shop.clocks.shop = datetime(2026, 5, 4, 23, tzinfo=UTC)

    shop.send_all()
    waiting = now(shop, row)
    shop.clocks.shop = datetime(2026, 5, 5, 6, 20, tzinfo=UTC)
    shop.send_all()

    assert (waiting.state, waiting.attempts) == (S.PENDING, 0)
    assert now(shop, row).state is S.ACCEPTED


def test_news_that_would_be_old_by_morning_is_not_told_by_text(shop: World) -> None:
    shop.clocks.shop = datetime(2026, 5, 4, 20, tzinfo=UTC)  # ten in the evening, in Oslo
    order = shop.order(recipients=(replace(ADA, time_zone="Europe/Oslo"),))
    shop.say(order.shipments[0], a_scan(Milestone.OUT_FOR_DELIVERY, shop.clocks.now() - HOUR))
    shop.look()

    (row,) = shop.told(order)

    assert (row.state, row.why_not) == (S.EXPIRED, WhyNot.QUIET_HOURS)


REPORTS = (R.QUEUED, R.SENDING, R.SENT, R.DELIVERED)


def test_reports_in_any_order_and_repeated_have_the_same_end(shop: World) -> None:
    ends = set()
    for order in permutations(REPORTS):
        row = delivered(shop)
        shop.send_all()
        for state in (*order, *order[:2]):
            hear(shop, row, a_report(state, sid=f"SM{len(shop.phone.sent)}"))
        ends.add((now(shop, row).state, now(shop, row).why_not, now(shop, row).attempts))

    assert ends == {(S.DELIVERED, None, 1)}


@pytest.mark.parametrize("early", [R.QUEUED, R.DELIVERED])
@pytest.mark.parametrize("answer", [Verdict.ACCEPTED, Verdict.UNKNOWN])
def test_a_report_that_is_faster_than_the_answer_proves_the_acceptance(shop: World, early: R, answer: Verdict) -> None:
    row = delivered(shop)
    sid = "SM1"
    phone_send = shop.phone.send

    def call_back_first(message: object) -> Handover:
        hear(shop, row, a_report(early, sid=sid))
        assert now(shop, row).state is (S.DELIVERED if early is R.DELIVERED else S.ACCEPTED)
        phone_send(message)  # type: ignore[arg-type]
        return Handover(verdict=answer, provider_message_id=sid if answer is Verdict.ACCEPTED else "", code="x")

    shop.phone = _Calling(call_back_first)  # type: ignore[assignment]
    shop.send_all()

    assert now(shop, row).state is (S.DELIVERED if early is R.DELIVERED else S.ACCEPTED)
    assert now(shop, row).attempts == 1


class _Calling:
    """A provider that does what the test says."""

    name = "twilio"
    channel = Channel.SMS

    def __init__(self, send: object) -> None:
        self.send = send

    def close(self) -> None:
        """Nothing is open."""


def test_a_lost_answer_is_resolved_by_a_report(shop: World) -> None:
    row = delivered(shop)
    shop.phone.answers = [Handover(verdict=Verdict.UNKNOWN, code="timeout")]
    shop.send_all()

    hear(shop, row, a_report(R.SENT, sid="SMlost"))
    shop.clocks.pass_by(HOUR)

    assert now(shop, row).state is S.ACCEPTED
    assert (shop.reconcile().listings, len(shop.phone.sent)) == (0, 1)


def test_a_lost_answer_is_looked_up_in_the_list(shop: World) -> None:
    row = delivered(shop)
    shop.phone.answers = [Handover(verdict=Verdict.UNKNOWN, code="timeout")]
    shop.send_all()
    shop.phone.take(shop.phone.sent[0], "SMheld")

    early = shop.reconcile()
    shop.clocks.pass_by(timedelta(seconds=30))
    done = shop.reconcile()

    assert (early.listings, done.listings, done.found) == (0, 1, 1)
    assert now(shop, row).state is S.ACCEPTED
    hear(shop, row, a_report(R.DELIVERED, sid="SMheld"))
    assert now(shop, row).state is S.DELIVERED


def test_a_text_that_three_lists_do_not_show_is_sent_again_and_no_sooner(shop: World) -> None:
    row = delivered(shop)
    shop.phone.answers = [Handover(verdict=Verdict.UNKNOWN, code="reset")]
    shop.send_all()
    looked = []

    for seconds in range(0, 11 * 60, 10):
        done = shop.reconcile()
        if done.listings:
            looked.append(seconds)
        if done.resent:
            break
        assert shop.send() == 0
        shop.clocks.pass_by(timedelta(seconds=10))
    shop.send_all()

    assert looked == [30, 120, 600]
    assert (now(shop, row).state, now(shop, row).attempts) == (S.ACCEPTED, 2)
    assert shop.phone.sent[1].callback_url.endswith(f"{row.id}/2")


def test_a_list_that_cannot_be_read_proves_nothing(shop: World) -> None:
    row = delivered(shop)
    shop.phone.answers = [Handover(verdict=Verdict.UNKNOWN, code="reset")]
    shop.phone.unreadable = True
    shop.send_all()

    for _ in range(40):
        shop.clocks.pass_by(MINUTE)
        shop.reconcile()
    waiting = now(shop, row).state
    shop.clocks.pass_by(2 * DAY)
    shop.reconcile()

    assert waiting is S.UNKNOWN
    assert (now(shop, row).state, now(shop, row).why_not) == (S.UNKNOWN_FINAL, WhyNot.ANSWER_LOST)
    assert len(shop.phone.sent) == 1


def test_a_text_taken_twice_counts_as_accepted_and_alarms(shop: World) -> None:
    row = delivered(shop)
    shop.phone.answers = [Handover(verdict=Verdict.UNKNOWN, code="reset")]
    shop.send_all()
    for sid in ("SM8", "SM9"):
        shop.phone.take(shop.phone.sent[0], sid)
    shop.clocks.pass_by(MINUTE)

    shop.reconcile()

    assert now(shop, row).state is S.ACCEPTED
    assert [alarm.split(":")[0] for alarm in shop.alarms] == ["duplicate_observed"]


def test_two_ids_for_one_attempt_alarm(shop: World) -> None:
    row = delivered(shop)
    shop.send_all()

    hear(shop, row, a_report(R.SENT, sid="SMother"))

    assert [alarm.split(":")[0] for alarm in shop.alarms] == ["duplicate_observed"]
    assert now(shop, row).state is S.ACCEPTED


def test_a_text_in_doubt_that_gave_way_is_not_sent_again(shop: World) -> None:
    """W18: the parcel has arrived meanwhile."""
    order = shop.order(recipients=(ADA,))
    shop.say(order.shipments[0], a_scan(Milestone.OUT_FOR_DELIVERY, NOON))
    shop.look()
    shop.clocks.pass_by(MINUTE)
    shop.phone.answers = [Handover(verdict=Verdict.UNKNOWN, code="reset")]
    shop.send_all()
    shop.clocks.pass_by(2 * HOUR)
    shop.say(order.shipments[0], a_scan(Milestone.DELIVERED, NOON + HOUR))
    shop.look()

    done = shop.reconcile()
    shop.send_all()

    assert (done.listings, done.given_up, done.resent) == (1, 1, [])
    assert [row.state for row in shop.told(order)] == [S.UNKNOWN_FINAL, S.ACCEPTED]


def test_a_text_the_network_gave_up_goes_again_and_never_after_it_arrived(shop: World) -> None:
    gave_up = a_report(R.UNDELIVERED, code="30003", verdict=Verdict.RETRY)
    row = delivered(shop)
    shop.send_all()

    hear(shop, row, gave_up)
    waiting = now(shop, row)
    shop.clocks.pass_by(timedelta(minutes=30))
    shop.send_all()
    hear(shop, row, a_report(R.DELIVERED, sid="SM2"), n=2)
    hear(shop, row, a_report(R.FAILED, sid="SM2", code="30003", verdict=Verdict.RETRY), n=2)
    shop.clocks.pass_by(HOUR)

    assert (waiting.state, waiting.retry_machine_at) == (S.PENDING, shop.clocks.machine - HOUR)
    assert now(shop, row).state is S.DELIVERED
    assert (shop.send(), len(shop.phone.sent)) == (0, 2)


def test_a_number_at_fault_is_not_written_to_again_unless_the_text_arrives_after_all(shop: World) -> None:
    row = delivered(shop)
    shop.send_all()

    hear(shop, row, a_report(R.UNDELIVERED, code="30005", verdict=Verdict.SUPPRESS))
    assert (now(shop, row).state, now(shop, row).why_not) == (S.UNDELIVERED, WhyNot.UNDELIVERED)
    assert delivered(shop).why_not is WhyNot.OPTED_OUT
    hear(shop, row, a_report(R.DELIVERED))

    assert now(shop, row).state is S.DELIVERED
    assert delivered(shop).why_not is None


def test_a_report_that_refuses_our_account_stops_the_provider_for_a_while(shop: World) -> None:
    first, second = delivered(shop), delivered(shop)
    shop.send(first.id)

    hear(shop, first, a_report(R.FAILED, code="30002", verdict=Verdict.HALT))
    shop.send(second.id)
    held = now(shop, second)
    shop.clocks.pass_by(timedelta(minutes=10))
    shop.send_all()

    assert (now(shop, first).state, held.state, held.attempts) == (S.UNDELIVERED, S.PENDING, 0)
    assert now(shop, second).state is S.ACCEPTED


def test_an_answer_obeyed_on_a_guess_is_shown_to_a_person(shop: World) -> None:
    write_back(shop, Keyword.STOP, needs_review=True)

    assert delivered(shop).why_not is WhyNot.OPTED_OUT
    assert len(shop.alarms) == 1


def test_an_acceptance_no_report_follows_counts_as_unconfirmed_after_three_days(shop: World) -> None:
    row = delivered(shop)
    shop.send_all()
    hear(shop, row, a_report(R.SENT))

    shop.clocks.pass_by(3 * DAY - MINUTE)
    assert receipts.close(shop.receiving, limit=10) == 0
    shop.clocks.pass_by(MINUTE)

    assert receipts.close(shop.receiving, limit=10) == 1
    assert now(shop, row).state is S.SENT_UNCONFIRMED
    hear(shop, row, a_report(R.DELIVERED))
    assert now(shop, row).state is S.DELIVERED


def test_what_a_web_process_kept_and_died_over_is_applied_by_the_sweep(shop: World) -> None:
    """W15."""
    row = delivered(shop)
    shop.send_all()
    for point in ("receipt_after_kept", "receipt_before_applied"):
        shop.hit = planted(read_faults(f"{point}:raise"))
        report = a_report(R.SENT if point == "receipt_after_kept" else R.DELIVERED)
        posted = Posted(kind=Kind.STATUS, form=(), notification_id=row.id, n=1, receipt=report)
        if point == "receipt_after_kept":
            with pytest.raises(PlantedFault):
                receipts.take_in(posted, shop.receiving)
        else:
            receiving = shop.receiving
            kept = receiving.inbox.keep(posted, machine_now=receiving.machine_now())
            assert kept is not None

    before = now(shop, row).state
    shop.hit = planted(())
    applied = receipts.apply(shop.receiving, limit=10)

    assert (before, applied, now(shop, row).state) == (S.ACCEPTED, 2, S.DELIVERED)
    assert receipts.apply(shop.receiving, limit=10) == 0


def test_the_same_call_is_kept_once(shop: World) -> None:
    row = delivered(shop)
    posted = Posted(kind=Kind.STATUS, form=(("A", "1"),), notification_id=row.id, n=1, receipt=a_report(R.SENT))
    inbox = shop.receiving.inbox

    first = inbox.keep(posted, machine_now=shop.clocks.machine)
    again = inbox.keep(replace(posted, form=(("A", "1"), ("New", "2"))), machine_now=shop.clocks.machine)

    assert first is not None
    assert again is None
    assert [each.posted for each in inbox.waiting(limit=10)] == [posted]


def test_a_report_about_nothing_we_sent_changes_nothing(shop: World) -> None:
    row = delivered(shop)
    inbox = shop.receiving.inbox
    posted = Posted(kind=Kind.STATUS, form=(), notification_id=row.id, n=7, receipt=a_report(R.DELIVERED))
    inbox.keep(posted, machine_now=shop.clocks.machine)

    (kept,) = inbox.waiting(limit=10)
    outcome = inbox.report(
        kept, now=shop.clocks.shop, machine_now=shop.clocks.machine, retry_machine_at=shop.clocks.machine
    )

    assert outcome is Outcome.UNKNOWN_MESSAGE
    assert now(shop, row).state is S.PENDING


def test_stop_ends_what_waits_and_start_lifts_only_that(shop: World) -> None:
    waiting = delivered(shop)
    write_back(shop, Keyword.STOP)
    write_back(shop, Keyword.STOP, sid="SMagain")

    shop.send_all()
    later = delivered(shop)
    write_back(shop, Keyword.START, sid="SMback")
    after = delivered(shop)
    shop.send_all()

    assert now(shop, waiting).why_not is WhyNot.OPTED_OUT
    assert later.why_not is WhyNot.OPTED_OUT
    assert now(shop, after).state is S.ACCEPTED
    assert len(shop.phone.sent) == 1


def test_start_does_not_lift_a_number_at_fault(shop: World) -> None:
    row = delivered(shop)
    shop.send_all()
    hear(shop, row, a_report(R.FAILED, code="30005", verdict=Verdict.SUPPRESS))

    write_back(shop, Keyword.START)

    assert delivered(shop).why_not is WhyNot.OPTED_OUT


def test_start_lifts_a_stop_that_only_the_network_heard(shop: World) -> None:
    row = delivered(shop)
    shop.phone.answers = [Handover(verdict=Verdict.SUPPRESS, code="21610")]
    shop.send_all()

    stopped = delivered(shop).why_not
    write_back(shop, Keyword.START)

    assert (now(shop, row).state, stopped) == (S.SUPPRESSED, WhyNot.OPTED_OUT)
    assert delivered(shop).why_not is None


@pytest.mark.parametrize("keyword", [Keyword.HELP, Keyword.NONE, Keyword.START])
def test_other_words_stop_nothing_and_are_answered_by_nobody(shop: World, keyword: Keyword) -> None:
    write_back(shop, keyword)
    row = delivered(shop)

    shop.send_all()

    assert now(shop, row).state is S.ACCEPTED
    assert len(shop.phone.sent) == 1


def test_a_stop_before_the_start_of_an_attempt_is_obeyed(shop: World) -> None:
    """W17: between the claim and the start."""
    row = delivered(shop)
    shop.hit = lambda point: write_back(shop, Keyword.STOP) if point == "send_before_start_commit" else None

    shop.send()

    assert (now(shop, row).why_not, shop.phone.sent) == (WhyNot.OPTED_OUT, [])


def test_a_mail_goes_on_when_texts_are_stopped(world: World) -> None:
    mail = Contact(channel=Channel.EMAIL, address="ada@shopper.example")
    both = replace(ADA, contacts=(*ADA.contacts, mail), consents=(AGREED, replace(AGREED, channel=Channel.EMAIL)))
    world.rules = replace(RULES, channels=(Channel.EMAIL, Channel.SMS))
    write_back(world, Keyword.STOP)

    delivered(world, to=both)
    world.send_all()

    assert (len(world.provider.sent), len(world.phone.sent)) == (1, 0)
