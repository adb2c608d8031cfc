"""What a FedEx scan means, by the rows of codes/fedex.tsv.

A scan is an event type (DE) and, sometimes, an exception code (007) whose leading zeros count: 084 is tendered, 84 a
delay. The type decides; where it is coarse ("Delivery exception") the exception code does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files

from carriers.events import Milestone, Phase, Reason

ANY = "*"
INFORMATIONAL = "-"
UNMAPPED = "unmapped"

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
def meaning_of(event_type: str, exception: str) -> Meaning:
    """What a scan means; NO_ROW when we do not know it."""
    exact = _table().get((event_type, exception))
    if exact:
        return exact
    by_type, by_exception = _table().get((event_type, ANY)), _table().get((ANY, exception))
    if by_type is None:
        return NO_ROW
    if not exception:
        return by_type
    if not by_type.coarse:
        return _with_reason(by_type, by_exception)
    return by_exception or _without_row(by_type, exception)


def is_coarse(event_type: str) -> bool:
    """Whether an exception code can change what this type says."""
    by_type = _table().get((event_type, ANY))
    return by_type is not None and by_type.coarse


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
    lines = (files("carriers.codes") / "fedex.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {(row[1], row[2]): _meaning(*row[3:7]) for row in rows if row[3] != UNMAPPED}


def _meaning(milestone: str, reason: str, phase: str, flag: str) -> Meaning:
    return Meaning(
        milestone=Milestone.UNKNOWN if milestone == INFORMATIONAL else Milestone(milestone),
        reason=Reason(reason) if reason else None,
        phase=Phase(phase) if phase else None,
        forecast=flag == "forecast",
        coarse=flag == "coarse",
    )
