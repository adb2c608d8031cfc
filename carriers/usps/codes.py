"""What a USPS event means, by the rows of codes/usps.tsv.

An event is a two-character code (OF) and a sentence of theirs. The code decides. Where it says little by itself (01 is
"Delivered, ..." to anybody, also to the sender) or has no row, the sentence does: by rows that hold it whole, how it
begins ("delivered to agent*") or what it contains ("*original sender*").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from carriers.events import Milestone, Phase, Reason

ANY = "*"
INFORMATIONAL = "-"
UNMAPPED = "unmapped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One row: what it says of the parcel."""

    milestone: Milestone
    reason: Reason | None = None
    phase: Phase | None = None
    forecast: bool = False
    known: bool = True
    coarse: bool = False  # the code alone says too little where a sentence is there to refine it


NO_ROW = Meaning(milestone=Milestone.UNKNOWN, known=False)


@lru_cache(maxsize=4096)
def meaning_of(code: str, sentence: str) -> Meaning | None:
    """What an event means; None when the sentence that would tell is missing, NO_ROW when we do not know it."""
    said = sentence.casefold()
    own = _by_sentence(code, said)
    if own:
        return own
    by_code = _table().get((code, ANY))
    if by_code and not by_code.coarse:
        return by_code
    if not said:
        return None
    return _by_sentence(ANY, said) or by_code or NO_ROW


def _by_sentence(code: str, said: str) -> Meaning | None:
    """The row that holds most of the sentence."""
    fitting = [(len(text), meaning) for text, meaning in _sentences().get(code, {}).items() if _fits(text, said)]
    return max(fitting, key=lambda each: each[0])[1] if fitting else None


def _fits(text: str, said: str) -> bool:
    if text.startswith("*"):
        return text.strip("*") in said
    return said.startswith(text[:-1]) if text.endswith("*") else said == text


@cache
def _sentences() -> Mapping[str, Mapping[str, Meaning]]:
    by_code: dict[str, dict[str, Meaning]] = {}
    for (code, text), meaning in _table().items():
        if text != ANY:
            by_code.setdefault(code, {})[text] = meaning
    return by_code


@cache
def _table() -> Mapping[tuple[str, str], Meaning]:
    lines = (files("carriers.codes") / "usps.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {(row[0], row[1]): _meaning(*row[2:6]) for row in rows if row[2] != UNMAPPED}


def _meaning(milestone: str, reason: str, phase: str, flags: str) -> Meaning:
    return Meaning(
        milestone=Milestone.UNKNOWN if milestone == INFORMATIONAL else Milestone(milestone),
        reason=Reason(reason) if reason else None,
        phase=Phase(phase) if phase else None,
        forecast="forecast" in flags.split(),
        coarse="coarse" in flags.split(),
    )
