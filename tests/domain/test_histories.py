"""Ten thousand generated journeys: however they are looked at, the same end and no message twice."""

import os
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from carriers.events import Milestone
from tests.domain.witness import CLAIMS, failed, failures, played
from tracker.domain.follows import FOLLOWS, Move

HISTORIES = 10_000
CHUNK = 500
ENOUGH_FOR_A_MUTANT = 400


@pytest.fixture(scope="module")
def outcome() -> tuple[int, int, list[tuple[int, str]]]:
    """All histories checked once; spawned, because a forked child would inherit other tests' threads."""
    chunks = [range(start, start + CHUNK) for start in range(0, HISTORIES, CHUNK)]
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(failures, chunks))
    return sum(part[0] for part in parts), sum(part[1] for part in parts), [one for part in parts for one in part[2]]


def test_at_least_a_fifth_of_the_histories_hold_corrections_and_a_fifth_ties(
    outcome: tuple[int, int, list[tuple[int, str]]],
) -> None:
    corrected, tied, _ = outcome
    print(f"\n{HISTORIES} histories: {corrected / HISTORIES:.1%} with corrections, {tied / HISTORIES:.1%} with ties")

    assert corrected / HISTORIES >= 0.2
    assert tied / HISTORIES >= 0.2


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_history_keeps_what_is_claimed(claim: str, outcome: tuple[int, int, list[tuple[int, str]]]) -> None:
    seeds = [seed for seed, name in outcome[2] if name == claim]

    assert not seeds, f"{claim}: not so for {len(seeds)} of {HISTORIES}, first seed {seeds[0]}"


MUTANTS: Mapping[str, dict[tuple[Milestone | None, Milestone], Move | None]] = {
    "a delivered parcel seen on a van stays delivered": {(Milestone.DELIVERED, Milestone.OUT_FOR_DELIVERY): None},
    "late paperwork un-ships a parcel": {(Milestone.IN_TRANSIT, Milestone.LABEL_CREATED): Move.ADVANCE},
    "back at the sender counts as delivered": {(Milestone.RETURNING, Milestone.DELIVERED): Move.ADVANCE},
    "after a failed attempt the van never comes again": {(Milestone.ATTEMPT_FAILED, Milestone.OUT_FOR_DELIVERY): None},
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_wrong_move_in_the_table_is_caught(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for pair, move in MUTANTS[mutant].items():
        if move is None:
            monkeypatch.delitem(FOLLOWS, pair)
        else:
            monkeypatch.setitem(FOLLOWS, pair, move)

    caught = Counter(name for seed in range(ENOUGH_FOR_A_MUTANT) for name in failed(played(seed)))

    assert caught["replay ends as the story was told"] or caught["after every scan the parcel stands as told"], caught
