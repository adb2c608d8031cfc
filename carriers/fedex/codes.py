"""What a FedEx scan means, by the rows of codes/fedex.tsv.

A scan is an event type (DE) and, sometimes, an exception code (007) whose leading zeros count: 084 is tendered, 84 a
delay. The type decides; where it is coarse ("Delivery exception") the exception code does. Words without a code are
read only as a whole sentence that has a row: others may be what is left of a code that was lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files

from carriers.events import Milestone, Phase, Reason

ANY = "*"
INFORMATIONAL = "-"

Key = tuple[str, str]  # event type, exception code


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One row: what it says of the parcel."""

    milestone: Milestone
    reason: Reason | None = None
    phase: Phase | None = None
    forecast: bool = False
    known: bool = True
    coarse: bool = False  # the type alone says too little where an exception code is there to refine it


NO_ROW = Meaning(milestone=Milestone.UNKNOWN, known=False)


@lru_cache(maxsize=4096)
def meaning_of(event_type: str, exception: str, sentence: str = "") -> Meaning:
    """What a scan means; NO_ROW when we do not know it. `sentence`: their description of the exception."""
    by_type = _table().get((event_type, ANY))
    if by_type is None:
        return NO_ROW
    if by_type.coarse and sentence and not exception:
        return _sentences().get(sentence.casefold(), NO_ROW)
    exact = _table().get((event_type, exception))
    if exact or not exception:
        return exact or by_type
    by_exception = _table().get((ANY, exception))
    if not by_type.coarse:
        return _with_reason(by_type, by_exception)
    return by_exception or _without_row(by_type, exception)


def _without_row(by_type: Meaning, exception: str) -> Meaning:
    """A code nobody has told us says what its type says; one that may be the first half of another says nothing."""
    torn = any(listed.startswith(exception) for _, listed in _table() if listed != exception)
    return NO_ROW if torn else replace(by_type, known=False)


def _with_reason(by_type: Meaning, by_exception: Meaning | None) -> Meaning:
    """A code that agrees with its type may add why."""
    if by_exception and by_exception.milestone is by_type.milestone and not by_type.reason:
        return replace(by_type, reason=by_exception.reason)
    return by_type


@cache
def _table() -> Mapping[Key, Meaning]:
    return {(row[1], row[2]): _meaning(*row[3:7]) for row in _rows("scan")}


@cache
def _sentences() -> Mapping[str, Meaning]:
    return {row[1].casefold(): _meaning(*row[3:7]) for row in _rows("text")}


def _rows(kind: str) -> list[list[str]]:
    """The rows of one kind; kinds that are never read stand in the table with the reason."""
    lines = (files("carriers.codes") / "fedex.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return [row for row in (line.split("\t") for line in lines) if row[0] == kind]


def _meaning(milestone: str, reason: str, phase: str, flag: str) -> Meaning:
    return Meaning(
        milestone=Milestone.UNKNOWN if milestone == INFORMATIONAL else Milestone(milestone),
        reason=Reason(reason) if reason else None,
        phase=Phase(phase) if phase else None,
        forecast=flag == "forecast",
        coarse=flag == "coarse",
    )
