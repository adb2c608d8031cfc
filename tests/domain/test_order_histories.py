"""A thousand orders in several parcels: however they are looked at, few messages, true counts, nothing lost."""

import os
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from types import ModuleType

import pytest

from tests.domain.order_witness import CLAIMS, failures
from tests.planting import planted
from tracker.domain import choices, merging, ranks, telling

ORDERS = 1_000
CHUNK = 100
MUTATED = range(70, 115)  # orders among which every mutant shows

Outcome = tuple[int, list[tuple[int, str]]]


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    """All orders checked once; spawned, because a forked child would inherit other tests' threads."""
    chunks = [range(start, start + CHUNK) for start in range(0, ORDERS, CHUNK)]
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(failures, chunks))
    return sum(part[0] for part in parts), [one for part in parts for one in part[1]]


def test_many_messages_tell_of_several_parcels(outcome: Outcome) -> None:
    print(f"\n{ORDERS} orders: {outcome[0]} messages tell of several parcels at once")

    assert outcome[0] >= ORDERS / 2


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_order_keeps_what_is_claimed(claim: str, outcome: Outcome) -> None:
    seeds = [seed for seed, name in outcome[1] if name == claim]

    assert not seeds, f"{claim}: not so for {len(seeds)} of {ORDERS}, first seed {seeds[0]}"


MUTANTS: dict[str, tuple[ModuleType, str, object]] = {
    "nobody waits for siblings": (merging, "MERGE_WAIT", timedelta()),
    "what left before is forgotten": (merging, "_left_at", lambda row, now: now - timedelta(hours=1)),
    "what a gone row had taken over is lost": (telling, "_owed", lambda *known: []),
    "a waiting count is never made anew": (telling, "_differs", lambda *known: False),
    "a parcel that went elsewhere is still told of": (telling, "_withdrawn", lambda *known: iter(())),
    "who was only counted is not corrected": (choices, "counted_by", lambda row, audience: []),
    "the gate refuses such a correction": (ranks, "counted_by", lambda row, audience: []),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_wrong_rule_is_caught(mutant: str) -> None:
    with planted(*MUTANTS[mutant]):
        wrong = failures(MUTATED)[1]

    assert wrong
