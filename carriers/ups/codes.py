"""What a UPS status means, by the rows of codes/ups.tsv.

A status is a type (I), a two-character code (OF) and a three-digit number (072). The number decides; where it is coarse
("On the Way") the code refines it. The same code has other meanings under other types, and a few codes overrule a
number (a delivery to an access point), so those pairs have rows of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files

from carriers.events import Milestone, Phase, Reason

ANY = "*"
INFORMATIONAL = "-"
UNMAPPED = "unmapped"
MAIL_INNOVATIONS = "MI"  # not a type of theirs: the code lists of parcels that the post delivers

Key = tuple[str, str, str]  # type, code, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One row: what it says of the parcel."""

    milestone: Milestone
    reason: Reason | None = None
    phase: Phase | None = None
    retracts: Milestone | None = None
    forecast: bool = False
    known: bool = True
    coarse: bool = False  # the number alone says too little where a code is there to refine it


NO_ROW = Meaning(milestone=Milestone.UNKNOWN, known=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One status as UPS wrote it; code or number may be empty."""

    type: str
    code: str
    number: str
    mail_innovations: bool = False

    @property
    def name(self) -> str:
        """The status whole, as events carry it: "X/RZ/012", "I/PU"."""
        return f"{self.type}/{self.code}/{self.number}".rstrip("/")


@lru_cache(maxsize=4096)
def meaning_of(status: Status) -> Meaning | None:
    """What a status means; None when too little of it is left to say, NO_ROW when we do not know it."""
    if not status.code and not _needs_no_code(status):
        return None
    exact = _row(status, status.code, status.number) or _row(status, ANY, ANY)
    if exact:
        return exact
    by_number, by_code = _by_number(status), _by_code(status)
    if by_code and by_code.retracts:  # no number says "this takes back an earlier scan"
        return by_code
    if by_number and not by_number.coarse:
        return _with_reason(by_number, by_code)
    return by_code or by_number or NO_ROW


def _needs_no_code(status: Status) -> bool:
    """X scans can lack a code in live answers; their number must then be one that no code refines or overrules."""
    number = _by_number(status)
    overruled = (status.type, status.number) in _overruled()
    return status.type == "X" and number is not None and not number.coarse and not overruled


def _by_number(status: Status) -> Meaning | None:
    return _row(status, ANY, status.number) or _table().get((ANY, ANY, status.number))


def _by_code(status: Status) -> Meaning | None:
    """The post's list goes before UPS's own, unless a number is there and the lists contradict each other."""
    own = _table().get((status.type, status.code, ANY))
    posts = _table().get((MAIL_INNOVATIONS, status.code, ANY)) if status.mail_innovations else None
    if posts and own and posts.milestone is not own.milestone and _by_number(status):
        return None
    return posts or own


def _row(status: Status, code: str, number: str) -> Meaning | None:
    if status.mail_innovations and (posts := _table().get((MAIL_INNOVATIONS, code, number))):
        return posts
    return _table().get((status.type, code, number))


def _with_reason(by_number: Meaning, by_code: Meaning | None) -> Meaning:
    """A code that agrees with its number may add why."""
    if by_code and by_code.milestone is by_number.milestone and not by_number.reason:
        return replace(by_number, reason=by_code.reason)
    return by_number


@cache
def _overruled() -> frozenset[tuple[str, str]]:
    """Numbers that mean something else with some code of a type."""
    pairs = set()
    for (kind, code, number), meaning in _table().items():
        plain = _table().get((kind, ANY, number)) or _table().get((ANY, ANY, number))
        if ANY not in (code, number) and plain and plain.milestone is not meaning.milestone:
            pairs.add((kind, number))
    return frozenset(pairs)


@cache
def _table() -> Mapping[Key, Meaning]:
    lines = (files("carriers.codes") / "ups.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {(row[0], row[1], row[2]): _meaning(*row[3:7]) for row in rows if row[3] != UNMAPPED}


def _meaning(milestone: str, reason: str, phase: str, flag: str) -> Meaning:
    return Meaning(
        milestone=Milestone.UNKNOWN if milestone == INFORMATIONAL else Milestone(milestone),
        reason=Reason(reason) if reason else None,
        phase=Phase(phase) if phase else None,
        retracts=Milestone(flag.removeprefix("retracts:")) if flag.startswith("retracts:") else None,
        forecast=flag == "forecast",
        coarse=flag == "coarse",
    )
