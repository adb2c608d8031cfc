"""Whether `wismo demo --check` notices a broken rule, by the story's name, and says the same twice."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from carriers.events import Milestone
from tests.planting import planted
from tracker.demo import check, crowd, faces, injected
from tracker.demo.healthy import journeys
from tracker.demo.stage import stage
from tracker.demo.stepping import Played
from tracker.demo.tales import TALES
from tracker.domain import judgement, rows
from tracker.domain.follows import FOLLOWS
from tracker.domain.problems import StuckReason
from tracker.pipeline import dispatch


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


def test_a_reason_that_the_judge_forgets_is_missed() -> None:
    (returning,) = (each for each in injected.parcels(("ups",)) if each.reason is StuckReason.RETURNING)
    no_trouble = {key: value for key, value in judgement.TROUBLE.items() if key is not Milestone.RETURNING}
    with (
        tempfile.TemporaryDirectory() as folder,
        stage(Path(folder)) as at,
        planted(judgement, "TROUBLE", no_trouble),
        planted(crowd, "faces", NoFaces),
    ):
        seen = crowd.play(at, [], [returning], say=print)

    assert seen.wrong == ("X-returning-ups: on the queue for nothing",)
    assert not seen.is_right


class NoFaces:
    """Nobody is asked: other processes do not make our mistakes."""

    Reasons = faces.Reasons

    @staticmethod
    def ask_all(*_: object, **__: object) -> dict[str, faces.Reasons]:
        return {}


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ({}, "API: X-1 is there for None, should be for ('lost', 'silent')"),
        ({"X-1": ("silent", "lost")}, "API: X-1 is there for ('silent', 'lost'), should be for ('lost', 'silent')"),
        ({"X-1": ("lost", "silent"), "H-1": ("silent",)}, "API: H-1 is there for ('silent',), should be for None"),
    ],
    ids=["a row is missing", "another order of reasons", "a row too many"],
)
def test_a_face_that_says_otherwise_is_named(said: faces.Reasons, line: str) -> None:
    found = {"X-1": [StuckReason.LOST, StuckReason.SILENT]}

    assert list(crowd.differences(found, {"API": said})) == [line]
    assert not list(crowd.differences(found, {"API": {"X-1": ("lost", "silent")}}))


def test_a_phone_that_rings_at_night_fails_its_story() -> None:
    def at_once(at: datetime, *_: object, **__: object) -> datetime:
        return at

    with planted(rows, "next_allowed", at_once), planted(dispatch, "next_allowed", at_once):
        code, said = played("texted-at-night")

    assert code == 1
    assert any("texts at night: should be 0, is 2" in line for line in said)


@pytest.mark.parametrize("messages", ["mails", "texts", "untold"])
def test_a_message_more_or_less_fails_its_story(messages: str) -> None:
    (tale,) = (each for each in TALES if each.name == "texted")
    right = Played(
        state=tale.end.state,
        delivered=tale.end.delivered,
        parcels=tale.end.parcels,
        stuck=tale.end.stuck,
        mails=tale.mails,
        texts=tale.texts,
        at_night=0,
        untold=tale.untold,
        log=(),
    )
    wanted: tuple[str, ...] = getattr(tale, messages)

    assert not check.judge(tale, right).differences
    for one_off in (wanted + wanted[-1:], wanted[:-1]):
        changed: dict[str, Any] = {messages: one_off}
        assert check.judge(tale, replace(right, **changed)).differences
