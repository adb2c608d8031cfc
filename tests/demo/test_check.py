"""Whether `wismo demo --check` notices a broken rule, by the story's name, and says the same twice."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from carriers.events import Milestone
from tracker.demo import check, crowd, injected
from tracker.demo.healthy import journeys
from tracker.demo.stage import stage
from tracker.demo.tales import TALES
from tracker.domain.follows import FOLLOWS
from tracker.domain.problems import StuckReason


@contextmanager
def without(before: Milestone, seen: Milestone) -> Iterator[None]:
    """One legal move forgotten."""
    move = FOLLOWS.pop((before, seen))
    try:
        yield
    finally:
        FOLLOWS[before, seen] = move


def played(name: str) -> tuple[int, list[str]]:
    said: list[str] = []
    return check.run(seed=7, only=name, say=said.append), said


def test_a_broken_rule_fails_its_story_and_says_what_differs() -> None:
    with without(Milestone.RETURNING, Milestone.DELIVERED):
        code, said = played("sent-back")
        healthy, _ = played("cancelled")

    assert (code, healthy) == (1, 0)
    assert said[0].startswith("DIFFERS sent-back")
    assert any("state: should be returned" in line for line in said)
    assert "sent-back" in said[-1]


@pytest.mark.parametrize("name", ["smooth", "taken-back", "wrong-number"])
def test_two_runs_with_one_seed_say_the_same(name: str) -> None:
    first, second = played(name), played(name)

    assert first == second
    assert first[0] == 0


def test_every_story_has_a_name_and_an_order_of_its_own() -> None:
    assert len({tale.name for tale in TALES}) == len({(tale.brand, tale.number) for tale in TALES}) == len(TALES)


def test_an_unknown_story_is_refused() -> None:
    with pytest.raises(KeyError):
        check.run(seed=1, only="fairy-tale", say=print)


def test_the_queue_is_tried_by_a_crowd_and_a_blind_one_is_noticed() -> None:
    said: list[str] = []
    reasons = {StuckReason.LOST, StuckReason.NOT_TOLD, StuckReason.NEVER_SCANNED}
    wrong = [each for each in injected.parcels(("ups", "usps")) if each.reason in reasons]
    healthy = list(journeys(8, seed=3))
    with tempfile.TemporaryDirectory() as folder, stage(Path(folder)) as at:
        seen = crowd.play(at, healthy, wrong, say=said.append)

    blind = replace(seen, wrong=("X-lost-usps: on the queue for nothing",))
    noisy = replace(seen, false={each.number: StuckReason.SILENT for each in healthy})

    assert seen.is_right, said
    assert said[0].startswith(f"{len(wrong)} of {len(wrong)} injected problems")
    assert not blind.is_right
    assert not noisy.is_right


def test_an_injected_parcel_that_is_not_on_the_queue_is_named() -> None:
    said: list[str] = []
    (lost,) = (each for each in injected.parcels(("dhl",)) if each.reason is StuckReason.LOST)
    mistaken = replace(lost, reason=StuckReason.CUSTOMS)
    with tempfile.TemporaryDirectory() as folder, stage(Path(folder)) as at:
        seen = crowd.play(at, [], [mistaken], say=said.append)

    assert not seen.is_right
    assert seen.wrong == ("X-lost-dhl: on the queue for lost",)
