"""A scan that was not true is known by the scan that says so, whatever order they are told in."""

from datetime import timedelta
from itertools import permutations

import pytest

from carriers.events import Milestone, TrackingEvent
from tests.domain.builders import HOUR, a_scan
from tracker.domain.corrections import taken_back
from tracker.domain.shipments import replay

M = Milestone
START = a_scan(M.PICKED_UP).occurred_at


def scans(*said: tuple[Milestone, Milestone | None]) -> list[TrackingEvent]:
    """Three hours apart; with what each of them retracts."""
    return [a_scan(milestone, START + 3 * n * HOUR, retracts=back) for n, (milestone, back) in enumerate(said)]


@pytest.mark.parametrize(
    ("said", "wrong", "says_so"),
    [
        (((M.OUT_FOR_DELIVERY, None), (M.DELIVERED, None), (M.DELIVERED, M.DELIVERED)), 1, 2),
        (((M.OUT_FOR_DELIVERY, None), (M.DELIVERED, None), (M.IN_TRANSIT, None)), 1, 2),
        (((M.IN_TRANSIT, None), (M.LOST, None), (M.OUT_FOR_DELIVERY, None), (M.DELIVERED, None)), 1, 2),
        (((M.PICKED_UP, None), (M.IN_TRANSIT, None), (M.IN_TRANSIT, None), (M.IN_TRANSIT, M.IN_TRANSIT)), 2, 3),
    ],
)
def test_the_scan_that_was_not_true_is_marked(
    said: tuple[tuple[Milestone, Milestone | None], ...], wrong: int, says_so: int
) -> None:
    events = scans(*said)

    for told in permutations(events):
        assert taken_back(told) == {events[wrong].fingerprint: events[says_so]}


def test_a_story_without_a_correction_takes_nothing_back() -> None:
    events = scans((M.PICKED_UP, None), (M.IN_TRANSIT, None), (M.OUT_FOR_DELIVERY, None), (M.DELIVERED, None))

    assert taken_back(events) == {}


def test_a_retraction_of_what_was_never_said_takes_nothing_back() -> None:
    assert taken_back(scans((M.IN_TRANSIT, None), (M.DELIVERED, M.DELIVERED))) == {}


def test_whatever_corrects_the_fold_is_marked() -> None:
    """`replay` says that its newest move was a correction exactly where a scan of what it corrects is marked."""
    for first, second in permutations([each for each in M if each is not M.UNKNOWN], 2):
        events = [a_scan(first, START), a_scan(second, START + timedelta(days=1))]
        corrected = replay(events).corrected_from

        assert bool(taken_back(events)) == (corrected is not None)
