"""What holds about a text after its provider's reports, in whatever order they come."""

from functools import reduce
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.receipts import ReceiptState, merged, rank

DELIVERED, UNDELIVERED, SENT = ReceiptState.DELIVERED, ReceiptState.UNDELIVERED, ReceiptState.SENT


def after_all(states: list[ReceiptState]) -> ReceiptState | None:
    return reduce(merged, states, None)


@given(
    st.lists(st.sampled_from(ReceiptState), min_size=1, max_size=4).flatmap(
        lambda told: st.tuples(st.just(told), _shuffled(told))
    )
)
def test_reports_in_any_order_and_repeated_have_the_same_end(
    told: tuple[list[ReceiptState], list[ReceiptState]],
) -> None:
    once, mixed = told

    assert after_all(once) is after_all(mixed)


def _shuffled(told: list[ReceiptState]) -> st.SearchStrategy[list[ReceiptState]]:
    """The same reports in another order, some of them again."""
    again = st.lists(st.sampled_from(told))
    return again.flatmap(lambda more: st.permutations([*told, *more]))


def test_merging_is_free_of_order_grouping_and_repetition() -> None:
    """Not a sample: two reports of equal weight are rare among random ones."""
    for one, two, three in product(ReceiptState, repeat=3):
        assert merged(one, two) is merged(two, one)
        assert merged(merged(one, two), three) is merged(one, merged(two, three))
        assert merged(one, one) is one


@pytest.mark.parametrize(
    ("before", "after", "holds"),
    [
        (None, SENT, SENT),
        (SENT, ReceiptState.QUEUED, SENT),
        (UNDELIVERED, DELIVERED, DELIVERED),  # a late word from the network
        (DELIVERED, UNDELIVERED, DELIVERED),
        (DELIVERED, ReceiptState.FAILED, DELIVERED),
        (ReceiptState.FAILED, SENT, ReceiptState.FAILED),
        (DELIVERED, ReceiptState.READ, ReceiptState.READ),
    ],
)
def test_a_report_only_ever_adds(before: ReceiptState | None, after: ReceiptState, holds: ReceiptState) -> None:
    assert merged(before, after) is holds


def test_the_order_of_states_agrees_with_their_ranks() -> None:
    assert all(rank(earlier) <= rank(later) for earlier, later in pairwise(ReceiptState))
    assert [rank(state) for state in ReceiptState] == [10, 20, 30, 40, 50, 50, 50, 60, 70]
