"""Whether every story ends where it should with exactly its messages: played through virtual time, compared, said."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import ndiff
from pathlib import Path

from tracker.demo import crowd
from tracker.demo.healthy import journeys
from tracker.demo.injected import parcels
from tracker.demo.stage import Stage, stage
from tracker.demo.stepping import Played, play
from tracker.demo.tale import Tale
from tracker.demo.tales import TALES

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One story's outcome; no differences: as it should be."""

    tale: Tale
    played: Played
    differences: tuple[str, ...]


def run(*, seed: int, only: str | None, say: Say, histories: int = 0) -> int:
    """Play the stories, then so many healthy parcels, and say what came of them; the exit code of a shell.

    `only`: one story, and no healthy parcels. Raises KeyError for an unknown story.
    """
    tales = [tale for tale in TALES if only in (None, tale.name)]
    if not tales:
        raise KeyError(only)
    with tempfile.TemporaryDirectory(prefix="wismo-check-") as folder, stage(Path(folder)) as at:
        wrong = [
            verdict.tale.name
            for verdict in (_one(tale, at, seed=seed, say=say) for tale in tales)
            if verdict.differences
        ]
        count = f"{len(tales) - len(wrong)} of {len(tales)} stories ended as they should, with exactly their messages"
        say(f"{count}; wrong: {', '.join(wrong)}" if wrong else f"{count}.")
        is_right = not wrong
        if histories and only is None:
            healthy, injected = list(journeys(histories, seed=seed)), list(parcels())
            is_right = crowd.play(at, healthy, injected, say=say).is_right and is_right
    return 0 if is_right else 1


def _one(tale: Tale, at: Stage, *, seed: int, say: Say) -> Verdict:
    verdict = judge(tale, play(tale, at, seed=seed))
    say(f"{'DIFFERS' if verdict.differences else 'ok':8}{tale.name}: {verdict.played.state}")
    for line in verdict.differences or tuple(f"  {subject}" for subject in verdict.played.mails):
        say(f"        {line}")
    return verdict


def judge(tale: Tale, played: Played) -> Verdict:
    """Compare a story with its literals."""
    end = tale.end
    pairs = (
        ("state", end.state, played.state),
        ("delivered", end.delivered, played.delivered),
        ("parcels", end.parcels, played.parcels),
        ("stuck", end.stuck, played.stuck),
        ("texts at night", 0, played.at_night),
    )
    differences = [f"{name}: should be {wanted}, is {found}" for name, wanted, found in pairs if wanted != found]
    differences += _between("mails", tale.mails, played.mails)
    differences += _between("texts", tale.texts, played.texts)
    differences += _between("untold", tale.untold, played.untold)
    return Verdict(tale=tale, played=played, differences=tuple(differences))


def _between(name: str, wanted: Sequence[str], found: Sequence[str]) -> list[str]:
    """Line by line: "-" should have come, "+" came instead."""
    if tuple(wanted) == tuple(found):
        return []
    return [f"{name}:", *(f"  {line}" for line in ndiff(wanted, found) if not line.startswith("?"))]
