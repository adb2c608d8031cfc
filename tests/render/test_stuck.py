"""Every problem has sentences: why, what would be normal, what to do, whatever else is known or not."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from carriers.events import Milestone, Reason
from tests.domain.builders import DAY, HOUR, MONDAY, NOON, PATIENCE, a_shipment, a_window
from tracker.domain.notices import Notice, WhyNot
from tracker.domain.problems import Problem, StuckReason, Untold
from tracker.domain.shipments import LookOutcome, Shipment, Standing, Watch
from tracker.render import stuck


def in_words(shipment: Shipment, reason: StuckReason) -> stuck.Words:
    return stuck.in_words(shipment, Problem(reason=reason, since=NOON, severity=2), PATIENCE)


@pytest.mark.parametrize("reason", StuckReason)
def test_every_reason_has_sentences_whatever_is_known(reason: StuckReason) -> None:
    for milestone, cause, outcome in product((None, *Milestone), (None, *Reason), (None, *LookOutcome)):
        bare = a_shipment(milestone, standing=Standing(milestone=milestone, reason=cause), watch=Watch(outcome=outcome))
        for shipment in (bare, replace(bare, window=a_window(), pickup_by=MONDAY, moved_at=NOON)):
            words = in_words(shipment, reason)
            assert all(each and "{" not in each and each[-1] == "." for each in (words.why, words.normal, words.todo))


@pytest.mark.parametrize("outcome", stuck.FAILING)
def test_each_way_of_not_being_asked_has_words_of_its_own(outcome: LookOutcome) -> None:
    said = {
        in_words(a_shipment(watch=Watch(outcome=each, failing_since=NOON)), StuckReason.CANNOT_ASK).todo
        for each in stuck.FAILING
    }

    words = in_words(a_shipment(watch=Watch(outcome=outcome, failing_since=NOON)), StuckReason.CANNOT_ASK)

    assert len(said) == len(stuck.FAILING)
    assert "4 May 12:00 UTC" in words.why


@pytest.mark.parametrize("why", WhyNot)
def test_whatever_kept_a_message_back_is_said(why: WhyNot) -> None:
    untold = Untold(notice=Notice.READY_FOR_PICKUP, channel="sms", why=why, since=NOON)

    words = in_words(a_shipment(Milestone.READY_FOR_PICKUP, untold=untold), StuckReason.NOT_TOLD)

    assert words.why.startswith('The shopper was not told "ready for pickup": ')
    assert words.why.endswith("(sms).")


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=-5), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=59, seconds=59), "59 minutes"),
        (HOUR, "1 hour"),
        (5 * HOUR + timedelta(minutes=40), "5 hours"),
        (DAY, "1 day"),
        (2 * DAY + 4 * HOUR, "2 days 4 hours"),
    ],
)
def test_how_long(length: timedelta, said: str) -> None:
    assert stuck.span(length) == said


def test_what_a_scan_said_is_dated_by_the_scan_however_late_silence_made_it_graver() -> None:
    held = a_shipment(standing=Standing(milestone=Milestone.EXCEPTION, reason=Reason.CUSTOMS, since=NOON))
    later = Problem(reason=StuckReason.CUSTOMS, since=NOON + DAY, severity=3)

    assert stuck.moment(NOON) in stuck.in_words(held, later, PATIENCE).why
