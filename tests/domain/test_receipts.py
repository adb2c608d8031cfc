"""Reports about a text arrive in any order and more than once, and have the same end."""

from itertools import permutations, product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.message import Verdict
from notifiers.receipts import Receipt, ReceiptState
from tracker.domain.notices import NotificationState
from tracker.domain.receipts import Attempt, concluded, heard

R = ReceiptState
S = NotificationState

VERDICTS = {"30003": Verdict.RETRY, "30005": Verdict.SUPPRESS, "30007": Verdict.REJECT, "": Verdict.REJECT}


def a_receipt(state: ReceiptState, code: str = "") -> Receipt:
    failed = state in (R.UNDELIVERED, R.FAILED, R.CANCELED)
    return Receipt(
        provider_message_id="SM1", account="AC1", state=state, code=code, verdict=VERDICTS[code] if failed else None
    )


REPORTS = st.lists(st.builds(a_receipt, st.sampled_from(R), st.sampled_from(sorted(VERDICTS))), max_size=5)
LOST = Attempt(n=1, verdict=Verdict.UNKNOWN)


def play(
    reports: list[Receipt], state: NotificationState = S.UNKNOWN, attempt: Attempt = LOST
) -> tuple[NotificationState, Attempt]:
    for report in reports:
        after = heard(attempt, report)
        if after != attempt:
            attempt = after
            state = concluded(state, [attempt]) or state
    return state, attempt


@given(REPORTS, st.randoms(use_true_random=False))
def test_any_order_with_repetitions_has_the_same_end(reports: list[Receipt], random: Random) -> None:
    shuffled = [*reports, *random.choices(reports, k=3)] if reports else []
    random.shuffle(shuffled)

    assert play(shuffled) == play(reports)


def test_hearing_is_free_of_order_and_repetition() -> None:
    """Not a sample: two reports of equal weight are rare among random ones."""
    for one, two, three in product([a_receipt(state, code) for state in R for code in ("30003", "30005")], repeat=3):
        assert play([one, two, three])[1] == play([three, one, one, two])[1] == play([two, three, one])[1]


@pytest.mark.parametrize(
    ("before", "after", "holds"),
    [
        (R.SENT, R.QUEUED, R.SENT),
        (R.UNDELIVERED, R.DELIVERED, R.DELIVERED),  # a late word from the network
        (R.DELIVERED, R.UNDELIVERED, R.DELIVERED),
        (R.DELIVERED, R.FAILED, R.DELIVERED),
        (R.FAILED, R.SENT, R.FAILED),
        (R.DELIVERED, R.READ, R.READ),
    ],
)
def test_a_report_only_ever_adds(before: R, after: R, holds: R) -> None:
    assert play([a_receipt(before), a_receipt(after)])[1].receipt is holds


def test_every_order_of_one_whole_life_has_the_same_end() -> None:
    life = [a_receipt(state) for state in (R.QUEUED, R.SENDING, R.SENT, R.DELIVERED)]

    ends = {play(list(order))[0] for order in permutations([*life, a_receipt(R.UNDELIVERED, "30003")])}

    assert ends == {S.DELIVERED}


@pytest.mark.parametrize(
    ("state", "reports", "after"),
    [
        (S.SENDING, [a_receipt(R.QUEUED)], S.ACCEPTED),  # the report was faster than the answer
        (S.UNKNOWN, [a_receipt(R.SENT)], S.ACCEPTED),
        (S.UNKNOWN_FINAL, [a_receipt(R.DELIVERED)], S.DELIVERED),
        (S.LEASED, [a_receipt(R.QUEUED)], S.ACCEPTED),  # about to go again, although the first one had left
        (S.ACCEPTED, [a_receipt(R.UNDELIVERED, "30007")], S.UNDELIVERED),
        (S.ACCEPTED, [a_receipt(R.UNDELIVERED, "30003")], S.PENDING),  # definitely not there: it may go again
        (S.SENT_UNCONFIRMED, [a_receipt(R.SENT)], S.SENT_UNCONFIRMED),
        (S.SENT_UNCONFIRMED, [a_receipt(R.DELIVERED)], S.DELIVERED),
        (S.UNDELIVERED, [a_receipt(R.DELIVERED)], S.DELIVERED),  # the network's word came late
        (S.SUPERSEDED, [a_receipt(R.UNDELIVERED, "30003")], S.SUPERSEDED),  # gave way meanwhile: it is not revived
    ],
)
def test_a_report_moves_a_row_only_where_it_proves_something(
    state: NotificationState, reports: list[Receipt], after: NotificationState
) -> None:
    assert play(reports, state)[0] is after


def test_a_late_arrival_of_the_first_attempt_outweighs_the_failure_of_the_second() -> None:
    first = Attempt(n=1, verdict=Verdict.ACCEPTED, receipt=R.DELIVERED)
    second = Attempt(n=2, verdict=Verdict.RETRY, receipt=R.UNDELIVERED, code="30003")

    assert concluded(S.ACCEPTED, [first, second]) is S.DELIVERED


def test_a_call_that_is_on_its_way_is_waited_for() -> None:
    first = Attempt(n=1, verdict=Verdict.ACCEPTED, receipt=R.DELIVERED)

    assert concluded(S.SENDING, [first, Attempt(n=2, verdict=None)]) is None


def test_a_text_the_network_gives_up_again_and_again_is_given_up() -> None:
    gone = [Attempt(n=n, verdict=Verdict.RETRY, receipt=R.UNDELIVERED, code="30003") for n in (1, 2, 3)]

    ends = [concluded(S.ACCEPTED, gone[:n]) for n in (1, 2, 3)]

    assert ends == [S.PENDING, S.PENDING, S.UNDELIVERED]
