"""Does what Wismo makes of a folder of saved carrier answers agree with what the folder says of them?

CARRIER_SAMPLES names the folder; its SOURCES.tsv has a line per file (file, expected_state, expected_sub_state). A
folder of the path that is named like one of our carriers says whose answer a file is; whether it is an answer of the
API we speak is seen from its content. Everything else must be unreadable to that carrier's reader, and to UPS's.
"""

import csv
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from carriers.contract import CarrierError
from carriers.events import Milestone, Reason, Tracked
from carriers.registry import READ
from tests.mutants import is_told_by, mutants
from tracker.domain.shipments import replay

MUTANTS = 200
UNREADABLE, NOT_KNOWN, READABLE = "unreadable", "not_known_yet", "read"

Expected = tuple[Milestone | None, Reason | None]
Speaks = Callable[[Mapping[str, object]], bool]

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


NAMED: tuple[Callable[[Sample], str], ...] = (_is_only_contradictions,)


# --- judging ---------------------------------------------------------------------------------------------------------


def is_ups_track_answer(payload: Mapping[str, object]) -> bool:
    """Track v1 with at least a list of shipments; the XML service and Track Alert look otherwise."""
    response = payload.get("trackResponse")
    return isinstance(response, dict) and isinstance(response.get("shipment"), list)


def is_ups_error(payload: Mapping[str, object]) -> bool:
    """An error of the OAuth or Track service; those of Track Alert have codes of their own."""
    response = payload.get("response")
    errors = response.get("errors") if isinstance(response, dict) else None
    return isinstance(errors, list) and not any(str(each.get("code", "")).startswith("VSS") for each in errors)


# Per carrier: whether an object is an answer of the API we speak, and whether it is an error of it.
SPEAKS: Mapping[str, tuple[Speaks, Speaks]] = {"ups": (is_ups_track_answer, is_ups_error)}


def speaks(sample: Sample) -> bool:
    """Whether the file is of the API we speak with that carrier, answer or error."""
    payload = _object(sample.body)
    return bool(sample.carrier) and any(is_one(payload) for is_one in SPEAKS[sample.carrier])


def _object(body: bytes) -> Mapping[str, object]:
    try:
        payload = json.loads(body)
    except ValueError:
        return {}
    return payload if isinstance(payload, dict) else {}


def judge(sample: Sample) -> Verdict:
    """What this file shows."""
    if not speaks(sample):
        return _judged_outcome(sample, frozenset({UNREADABLE}))
    if sample.state in OUTCOMES:
        return _judged_outcome(sample, OUTCOMES[sample.state])
    expected = STATES.get((sample.state, sample.sub_state))
    read = read_sample(sample, sample.body)
    if read.outcome != READABLE:
        return Verdict(word="WRONG", file=sample.file, said=f"came out as {read.outcome}")
    if expected is None:
        return Verdict(word="read", file=sample.file, said=_in_words(read))
    return _judged_state(sample, read, expected)


def _judged_outcome(sample: Sample, allowed: frozenset[str]) -> Verdict:
    wrong = {}
    for name in [sample.carrier] if sample.carrier else READ:
        outcome = read_with(name, sample.body).outcome
        if outcome not in allowed:
            wrong[name] = outcome
    if wrong:
        return Verdict(word="WRONG", file=sample.file, said=f"{wrong}, expected {' or '.join(sorted(allowed))}")
    return Verdict(word="right", file=sample.file, said=" or ".join(sorted(allowed)))


def _judged_state(sample: Sample, read: Read, expected: Expected) -> Verdict:
    standings = [replay(parcel.events) for parcel in read.parcels]
    milestone, reason = expected
    if all(each.milestone is milestone and reason in (None, each.reason) for each in standings):
        return Verdict(word="right", file=sample.file, said=_in_words(read))
    for rule in NAMED:
        if why := rule(sample):
            return Verdict(word="named", file=sample.file, said=f"{_in_words(read)}; the expectation is wrong: {why}")
    return Verdict(word="WRONG", file=sample.file, said=f"{_in_words(read)}, expected {milestone} {reason or ''}")


def _in_words(read: Read) -> str:
    standings = [replay(parcel.events) for parcel in read.parcels]
    return ", ".join(
        f"{each.milestone or 'no state'}{f' ({each.reason})' if each.reason else ''}" for each in standings
    )


def read_sample(sample: Sample, body: bytes) -> Read:
    """What the carrier's own reader makes of these bytes."""
    return read_with(sample.carrier, body)


def read_with(carrier: str, body: bytes, number: str = "") -> Read:
    """What a reader makes of some bytes; any exception but a CarrierError is let through."""
    try:
        answer = READ[carrier](body, http_status=200, numbers=[number] if number else [])
    except CarrierError as error:
        return Read(outcome=error.outcome)
    reading = answer.readings[number]
    if isinstance(reading, CarrierError):
        return Read(outcome=reading.outcome)
    return Read(outcome=READABLE, parcels=reading)


# --- mutants ---------------------------------------------------------------------------------------------------------


def judge_mutants(sample: Sample) -> Verdict:
    """Damage the file in many ways: each must have a typed outcome, and none may invent an event."""
    whole = [event for parcel in read_sample(sample, sample.body).parcels for event in parcel.events]
    number = next((parcel.tracking_number for parcel in read_sample(sample, sample.body).parcels), "")
    seen: Counter[str] = Counter()
    for name, body in mutants(sample.body, seed=sample.file, count=MUTANTS):
        try:
            reads = [read_sample(sample, body), read_with(sample.carrier, body, number)]
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
