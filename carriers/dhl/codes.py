"""What a DHL status means, by the rows of codes/dhl.tsv.

A division writes its own codes ("NOT_HOME", "366"), or only sentences. Both are looked up in the rows of that division
alone, and whole, but for rows that end in a star: these sentences go on with a place or a name ("Processed at*").
Letter case and marks between words do not count. The class ("transit", "delivered") is too coarse to stand beside a
list (a parcel waiting at a shop is "delivered"), so it counts only for divisions that have no rows.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files

from carriers.events import Milestone, Phase, Reason

ANY = "*"
INFORMATIONAL = "-"
UNMAPPED = "unmapped"

# Every division the API can answer for; an answer of any other is of a shape we do not know.
SERVICES = frozenset(
    {"dgf", "dsc", "ecommerce", "ecommerce-apac", "ecommerce-europe", "ecommerce-iberia", "ecommerce-ppl", "express"}
    | {"freight", "parcel-de", "parcel-nl", "parcel-pl", "parcel-uk", "post-de", "post-international", "sameday", "svb"}
)
CLASSES = frozenset({"pre-transit", "transit", "delivered", "failure", "unknown"})

Key = tuple[str, str]  # division; a code or sentence without its marks

_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One row: what it says of the parcel."""

    milestone: Milestone
    reason: Reason | None = None
    phase: Phase | None = None
    retracts: bool = False  # takes back the scan before it
    forecast: bool = False
    coarse: bool = False  # it repeats the class: any finer saying goes before it
    known: bool = True
    text: str = ""  # the sentence that belongs to a code


NO_ROW = Meaning(milestone=Milestone.UNKNOWN, known=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One status as DHL wrote it; any of its sayings may be empty."""

    service: str
    kind: str  # its class
    sayings: tuple[str, ...]  # the finest first


@lru_cache(maxsize=4096)
def meaning_of(status: Status) -> Meaning | None:
    """What a status means; None when too little of it is left to say, an unknown one when we do not know it."""
    said = [key for each in status.sayings if (key := plain(each))]
    if status.service not in _listed():
        return _by_class().get(status.kind)
    found = _found(status.service, said)
    if found:
        return _agreed(found)
    return NO_ROW if said else None


def plain(text: str) -> str:
    """A code or sentence as it is compared: "NOT_HOME" and "Not home." are the same."""
    return _MARKS.sub(" ", text.casefold()).strip()


def is_sentence_of(service: str, text: str) -> bool:
    """Whether a text is one of the division's own sentences, and not a person's name."""
    return (service, plain(text)) in _sentences()


def _found(service: str, said: Sequence[str]) -> list[Meaning]:
    """The row of each saying; a sentence that only repeats what its code stands for is not another."""
    rows: list[Meaning] = []
    for each in dict.fromkeys(said):
        row = _by_code().get((service, each)) or _by_sentence().get((service, each)) or _by_beginning(service, each)
        if row and not any(plain(other.text) == each for other in rows):
            rows.append(row)
    return rows


def _by_beginning(service: str, said: str) -> Meaning | None:
    """The row that holds most of a sentence whose end differs from scan to scan."""
    fitting = [(len(text), row) for text, row in _beginnings().get(service, {}).items() if said.startswith(text + " ")]
    return max(fitting, key=lambda each: each[0])[1] if fitting else None


def _agreed(found: Sequence[Meaning]) -> Meaning:
    """The finest saying, with a reason that only a later one gives; sayings that contradict each other say nothing."""
    found = [each for each in found if not each.coarse] or found
    first = found[0]
    if any(each.milestone is not first.milestone for each in found[1:]):
        return NO_ROW
    reasons = [each.reason for each in found if each.reason]
    return replace(first, reason=reasons[0]) if reasons else first


@cache
def _rows() -> Sequence[Sequence[str]]:
    lines = (files("carriers.codes") / "dhl.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return [row for row in (line.split("\t") for line in lines) if row[4] != UNMAPPED]


@cache
def _listed() -> frozenset[str]:
    """Divisions with rows of their own."""
    return frozenset(service for service, *_ in _rows() if service != ANY)


@cache
def _by_code() -> Mapping[Key, Meaning]:
    return {(row[0], plain(row[2])): _meaning(row) for row in _rows() if row[2] not in ("", ANY)}


@cache
def _by_class() -> Mapping[str, Meaning]:
    return {row[1]: _meaning(row) for row in _rows() if row[0] == ANY}


@cache
def _by_sentence() -> Mapping[Key, Meaning]:
    """Sentences that stand for one milestone only; a reason counts when all rows of the sentence share it."""
    grouped: dict[Key, list[Meaning]] = {}
    for row in _rows():
        if _is_whole(row[3]):
            grouped.setdefault((row[0], plain(row[3])), []).append(_meaning(row))
    return {key: _shared(rows) for key, rows in grouped.items() if len({each.milestone for each in rows}) == 1}


@cache
def _beginnings() -> Mapping[str, Mapping[str, Meaning]]:
    found: dict[str, dict[str, Meaning]] = {}
    for row in _rows():
        if row[3].endswith(ANY):
            found.setdefault(row[0], {})[plain(row[3])] = replace(_meaning(row), text="")
    return found


@cache
def _sentences() -> frozenset[Key]:
    return frozenset((row[0], plain(row[3])) for row in _rows() if _is_whole(row[3]))


def _is_whole(text: str) -> bool:
    return bool(text) and not text.endswith(ANY)


def _shared(rows: Sequence[Meaning]) -> Meaning:
    one = len({each.reason for each in rows}) == 1
    return rows[0] if one else replace(rows[0], reason=None)


def _meaning(row: Sequence[str]) -> Meaning:
    _, _, _, text, milestone, reason, phase, flag, _ = row
    return Meaning(
        milestone=Milestone.UNKNOWN if milestone == INFORMATIONAL else Milestone(milestone),
        reason=Reason(reason) if reason else None,
        phase=Phase(phase) if phase else None,
        retracts=flag == "retracts",
        forecast=flag == "forecast",
        coarse=flag == "coarse",
        text=text,
    )
