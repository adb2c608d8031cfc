"""Does what Wismo makes of a folder of saved carrier answers agree with what the folder says of them?

CARRIER_SAMPLES names the folder; its SOURCES.tsv has a line per file (file, expected_state, expected_sub_state). A
folder of the path that is named like one of our carriers says whose answer a file is; whether it is an answer of the
API we speak, or an error of it, is seen from its content (speaking.py). Everything else must be unreadable to that
carrier's reader; files of other carriers, to every reader of ours.
"""

import csv
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from carriers.contract import CarrierError
from carriers.events import Milestone, Reason, Tracked, TrackingEvent
from carriers.registry import READ
from tests.mutants import is_told_by, mutants
from tests.speaking import SPEAKS, Payload
from tracker.domain.shipments import replay

MUTANTS = 200
UNREADABLE, NOT_KNOWN, READABLE = "unreadable", "not_known_yet", "read"

OK = 200

Expected = tuple[Milestone | None, Reason | None]

# The folder's pair of words, in ours; a Reason is checked where the pair names one.
STATES: Mapping[tuple[str, str], Expected] = {
    ("packed", ""): (Milestone.LABEL_CREATED, None),
    ("packed", "label_created"): (Milestone.LABEL_CREATED, None),
    ("shipped", ""): (Milestone.PICKED_UP, None),
    ("in_transit", ""): (Milestone.IN_TRANSIT, None),
    ("out_for_delivery", ""): (Milestone.OUT_FOR_DELIVERY, None),
    ("out_for_delivery", "ready_for_pickup"): (Milestone.READY_FOR_PICKUP, None),
    ("delivered", ""): (Milestone.DELIVERED, None),
    ("delayed", ""): (Milestone.EXCEPTION, None),
    ("delayed", "attempt_failed"): (Milestone.ATTEMPT_FAILED, None),
    ("delayed", "customs_hold"): (Milestone.EXCEPTION, Reason.CUSTOMS),
    ("delayed", "damaged"): (Milestone.EXCEPTION, Reason.DAMAGED),
    ("delayed", "address_issue"): (Milestone.EXCEPTION, Reason.ADDRESS),
    ("delayed", "returning"): (Milestone.RETURNING, None),
    ("delayed", "returned"): (Milestone.RETURNED, None),
    ("delayed", "lost"): (Milestone.LOST, None),
    ("delayed", "cancelled"): (Milestone.CANCELLED, None),
    ("cancelled", ""): (Milestone.CANCELLED, None),
    ("cancelled", "cancelled"): (Milestone.CANCELLED, None),
    ("no events", ""): (None, None),
    ("multi: all delivered", ""): (Milestone.DELIVERED, None),
}
# What an answer without a parcel must come out as.
OUTCOMES: Mapping[str, frozenset[str]] = {
    "not_found": frozenset({NOT_KNOWN}),
    "invalid_number": frozenset({NOT_KNOWN}),
    "error": frozenset({"busy", "refused", "down"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One saved answer and what its folder says of it."""

    file: str
    carrier: str  # one of ours, or empty
    state: str
    sub_state: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a reader made of some bytes."""

    outcome: str
    parcels: tuple[Tracked, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One line of the report."""

    word: str
    file: str
    said: str = ""

    @property
    def is_violation(self) -> bool:
        """Whether the run has failed."""
        return self.word in ("WRONG", "BROKEN")


# --- expectations that are wrong, by rule and with the reason; a file that a rule names is not judged ---------------


def _is_only_contradictions(sample: Sample) -> str:
    """An example of a specification whose every scan takes itself back cannot stand for a state."""
    read = read_sample(sample, sample.body)
    events = [event for parcel in read.parcels for event in parcel.events]
    if events and all(event.known and event.milestone is Milestone.UNKNOWN for event in events):
        return "every scan in it is one that says nothing of the parcel's state"
    return ""


def _counts_a_forecast(sample: Sample) -> str:
    """What a carrier writes without having seen the parcel (a daily "in transit") moves nothing here."""
    milestone, _ = STATES.get((sample.state, sample.sub_state), (None, None))
    read = read_sample(sample, sample.body)
    counted = [replay(replace(event, forecast=False) for event in parcel.events) for parcel in read.parcels]
    if counted and all(each.milestone is milestone for each in counted):
        return "it counts a forecast as a scan of the parcel"
    return ""


NAMED: tuple[Callable[[Sample], str], ...] = (_is_only_contradictions, _counts_a_forecast)


# --- judging ---------------------------------------------------------------------------------------------------------


def speaks(sample: Sample) -> bool:
    """Whether the file is of the API we speak with that carrier, answer or error."""
    payload = _object(sample.body)
    return bool(sample.carrier) and (SPEAKS[sample.carrier].is_answer(payload) or is_error(sample))


def is_error(sample: Sample) -> bool:
    """Whether the file is nothing but an error of the API we speak."""
    return bool(sample.carrier) and SPEAKS[sample.carrier].is_error(_object(sample.body))


def status_of(sample: Sample) -> int:
    """The HTTP status the file came with, by what it says."""
    return SPEAKS[sample.carrier].status_of(_object(sample.body)) if is_error(sample) else OK


def _object(body: bytes) -> Payload:
    try:
        payload = json.loads(body)
    except ValueError:
        return {}
    return payload if isinstance(payload, dict) else {}


def judge(sample: Sample) -> Verdict:
    """What this file shows."""
    verdict = _judged(sample)
    if verdict.word == "WRONG" and speaks(sample):
        for rule in NAMED:
            if why := rule(sample):
                return replace(verdict, word="named", said=f"{verdict.said}; the expectation is wrong: {why}")
    return verdict


def _judged(sample: Sample) -> Verdict:
    if not speaks(sample):
        return _judged_outcome(sample, frozenset({UNREADABLE}))
    if sample.state in OUTCOMES:
        return _judged_outcome(sample, OUTCOMES[sample.state])
    expected = STATES.get((sample.state, sample.sub_state))
    read = read_sample(sample, sample.body)
    if (read.outcome == READABLE) is is_error(sample):
        return Verdict(word="WRONG", file=sample.file, said=f"came out as {read.outcome}")
    if expected is None:
        return Verdict(word="read", file=sample.file, said=_in_words(read))
    return _judged_state(sample, read, expected)


def _judged_outcome(sample: Sample, allowed: frozenset[str]) -> Verdict:
    """A saved file has lost its status: it must come out the same with the one it had and without (200)."""
    wrong = {}
    for name in [sample.carrier] if sample.carrier else READ:
        for status in sorted({OK, status_of(sample)}):
            outcome = read_with(name, sample.body, status=status).outcome
            if outcome not in allowed:
                wrong[f"{name} at {status}"] = outcome
    if wrong:
        return Verdict(word="WRONG", file=sample.file, said=f"{wrong}, expected {' or '.join(sorted(allowed))}")
    return Verdict(word="right", file=sample.file, said=" or ".join(sorted(allowed)))


def _judged_state(sample: Sample, read: Read, expected: Expected) -> Verdict:
    standings = [replay(parcel.events) for parcel in read.parcels]
    milestone, reason = expected
    if all(each.milestone is milestone and reason in (None, each.reason) for each in standings):
        return Verdict(word="right", file=sample.file, said=_in_words(read))
    return Verdict(word="WRONG", file=sample.file, said=f"{_in_words(read)}, expected {milestone} {reason or ''}")


def _in_words(read: Read) -> str:
    if read.outcome != READABLE:
        return read.outcome
    standings = [replay(parcel.events) for parcel in read.parcels]
    return ", ".join(
        f"{each.milestone or 'no state'}{f' ({each.reason})' if each.reason else ''}" for each in standings
    )


def read_sample(sample: Sample, body: bytes) -> Read:
    """What the carrier's own reader makes of these bytes."""
    return read_with(sample.carrier, body, status=status_of(sample))


def read_with(carrier: str, body: bytes, *, status: int, number: str = "") -> Read:
    """What a reader makes of some bytes; any exception but a CarrierError is let through."""
    try:
        answer = READ[carrier](body, http_status=status, numbers=[number] if number else [])
    except CarrierError as error:
        return Read(outcome=error.outcome)
    reading = answer.readings[number]
    if isinstance(reading, CarrierError):
        return Read(outcome=reading.outcome)
    return Read(outcome=READABLE, parcels=reading)


# --- mutants ---------------------------------------------------------------------------------------------------------


def judge_mutants(sample: Sample) -> Verdict:
    """Damage the file in many ways: each must have a typed outcome, and none may invent an event."""
    whole = _told(sample)
    number = next((parcel.tracking_number for parcel in read_sample(sample, sample.body).parcels), "")
    asked = [(at, each) for at in sorted({OK, status_of(sample)}) for each in ("", number)]
    seen: Counter[str] = Counter()
    for name, body in mutants(sample.body, seed=sample.file, count=MUTANTS):
        try:
            reads = [read_with(sample.carrier, body, status=at, number=each) for at, each in asked]
        except Exception as error:
            return Verdict(word="BROKEN", file=sample.file, said=f"{name}: {error!r}")
        seen[reads[0].outcome] += 1
        invented = [event for read in reads for parcel in read.parcels for event in parcel.events]
        invented = [event for event in invented if not any(is_told_by(event, other) for other in whole)]
        if invented:
            first = invented[0]
            return Verdict(word="BROKEN", file=sample.file, said=f"{name}: {first.code} {first.milestone}")
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(seen.items()))
    return Verdict(word="mutants", file=sample.file, said=told)


def _told(sample: Sample) -> list[TrackingEvent]:
    """Every event of the file; damage to one life of a number may bring to light the other."""
    lives = [json.dumps(life).encode() for life in SPEAKS[sample.carrier].lives(_object(sample.body))]
    reads = [read_sample(sample, body) for body in (sample.body, *lives)]
    return [event for read in reads for parcel in read.parcels for event in parcel.events]


# --- the run ---------------------------------------------------------------------------------------------------------


def samples(folder: Path) -> list[Sample]:
    """Every file of SOURCES.tsv that is there."""
    with (folder / "SOURCES.tsv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if row["file"]]
    return [_sample(folder, row) for row in rows if (folder / row["file"]).is_file()]


def _sample(folder: Path, row: Mapping[str, str | None]) -> Sample:
    file = row["file"] or ""
    return Sample(
        file=file,
        carrier=next((part for part in Path(file).parent.parts if part in READ), ""),
        state=(row.get("expected_state") or "").strip(),
        sub_state=(row.get("expected_sub_state") or "").strip(),
        body=(folder / file).read_bytes(),
    )


def verdicts(folder: Path) -> Iterator[Verdict]:
    """Every file judged, then the mutants of every file of a carrier of ours."""
    found = samples(folder)
    yield from map(judge, found)
    yield from (judge_mutants(sample) for sample in found if sample.carrier)


def main() -> int:
    """0 when all agrees, 1 when something does not, 2 when there is nothing to judge."""
    named = os.environ.get("CARRIER_SAMPLES", "")
    if not named or not (Path(named) / "SOURCES.tsv").is_file():
        print("Set CARRIER_SAMPLES to a folder of saved carrier answers that has a SOURCES.tsv", file=sys.stderr)
        return 2
    words: Counter[str] = Counter()
    for verdict in verdicts(Path(named)):
        print(f"{verdict.word:8}{verdict.file}\t{verdict.said}")
        words[verdict.word] += 1
    print(", ".join(f"{count} {word}" for word, count in sorted(words.items())))
    return 1 if words["WRONG"] or words["BROKEN"] else 0


if __name__ == "__main__":
    sys.exit(main())
