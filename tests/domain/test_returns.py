"""A hand-over at the end of a return is none to the shopper, whatever the carrier calls it."""

from itertools import permutations

import pytest

from carriers.events import Milestone, TrackingEvent
from tests.domain.builders import HOUR, a_scan
from tracker.domain.returns import came_back

M = Milestone
START = a_scan(M.PICKED_UP).occurred_at
Said = tuple[tuple[Milestone, Milestone | None], ...]


def scans(said: Said) -> list[TrackingEvent]:
    """Three hours apart; with what each of them retracts."""
    return [a_scan(milestone, START + 3 * n * HOUR, retracts=back) for n, (milestone, back) in enumerate(said)]


@pytest.mark.parametrize(
    ("said", "back"),
    [
        (((M.ATTEMPT_FAILED, None), (M.RETURNING, None), (M.DELIVERED, None)), {2}),
        (((M.RETURNING, None), (M.IN_TRANSIT, None), (M.RETURNED, None), (M.DELIVERED, None)), {3}),
        (((M.DELIVERED, None), (M.RETURNING, None), (M.DELIVERED, None)), {2}),
        (((M.DELIVERED, None), (M.RETURNING, None), (M.RETURNED, None)), set()),
        (((M.OUT_FOR_DELIVERY, None), (M.DELIVERED, None)), set()),
        (((M.RETURNING, None), (M.RETURNED, None), (M.IN_TRANSIT, None), (M.DELIVERED, None)), set()),
        (((M.RETURNING, None), (M.RETURNING, M.RETURNING), (M.DELIVERED, None)), set()),
        (((M.RETURNING, None), (M.DELIVERED, None), (M.RETURNING, M.RETURNING)), set()),
    ],
)
def test_only_what_is_delivered_on_the_way_back_came_back(said: Said, back: set[int]) -> None:
    events = scans(said)

    for told in permutations(events):
        assert came_back(told) == {events[n].fingerprint for n in back}
