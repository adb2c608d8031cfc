"""What a FedEx scan means, and that our table has a row for everything FedEx lists."""

import csv
import os
import re
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from carriers.events import Milestone, Phase, Reason
from carriers.fedex.answers import DOWN_CODES, NOT_KNOWN_CODES, REFUSED_CODES
from carriers.fedex.codes import NO_ROW, Meaning, meaning_of
from tests.carriers.fedex_answers import a_scan, scan

UNMAPPED = "unmapped"
ROWS = [
    line.split("\t") for line in (files("carriers.codes") / "fedex.tsv").read_text(encoding="utf-8").splitlines()[1:]
]
MAPPED = [row for row in ROWS if row[3] != UNMAPPED]


def meaning(said: str) -> Meaning:
    event_type, _, exception = said.partition("/")
    return meaning_of(event_type, exception)


def test_every_row_of_the_table_is_what_an_answer_with_its_code_says() -> None:
    """One answer per row: exceptions beside a type that leaves the say to them, a sentence without a code."""
    for kind, code, exception, milestone, reason, _, flag, _ in MAPPED:
        event_type = "SE" if code == "*" or kind == "text" else code
        given = {"*": "Z9Z" if code in ("DE", "SE") else ""}.get(exception, exception)
        words = {"exceptionCode": given, "exceptionDescription": code if kind == "text" else "Words" if given else ""}

        event = scan(a_scan(event_type, **words))

        expected = Milestone.UNKNOWN if milestone == "-" else Milestone(milestone)
        assert (event.milestone, event.forecast) == (expected, flag == "forecast"), (kind, code, exception)
        assert event.reason == (Reason(reason) if reason else None), (kind, code, exception)
        assert event.known is (given != "Z9Z"), (kind, code, exception)


@pytest.mark.parametrize(
    ("said", "milestone", "reason"),
    [
        ("OF", Milestone.PICKED_UP, None),  # at the origin facility
        ("OD", Milestone.OUT_FOR_DELIVERY, None),  # derived code IT
        ("HP", Milestone.READY_FOR_PICKUP, None),  # derived code IT
        ("HL/015A", Milestone.READY_FOR_PICKUP, Reason.ACCESS_POINT),
        ("RS", Milestone.RETURNING, None),  # derived code DL
        ("DE", Milestone.ATTEMPT_FAILED, None),
        ("DE/007", Milestone.ATTEMPT_FAILED, Reason.RECIPIENT_ABSENT),
        ("DE/08", Milestone.ATTEMPT_FAILED, Reason.RECIPIENT_ABSENT),
        ("DE/060G", Milestone.RETURNING, None),
        ("SE/060G", Milestone.RETURNING, None),
        ("DE/03", Milestone.EXCEPTION, Reason.ADDRESS),
        ("DE/083", Milestone.EXCEPTION, None),  # nobody came
        ("DE/A13", Milestone.ATTEMPT_FAILED, None),
        ("SE/72", Milestone.IN_TRANSIT, None),
        ("CD/72", Milestone.EXCEPTION, Reason.CUSTOMS),
        ("SE/084", Milestone.PICKED_UP, None),
        ("SE/84", Milestone.EXCEPTION, Reason.OPERATIONAL),
        ("IP/084", Milestone.PICKED_UP, None),
        ("IP/A3", Milestone.IN_TRANSIT, None),
        ("PU/A25", Milestone.PICKED_UP, None),
        ("DL/014", Milestone.DELIVERED, Reason.SAFE_PLACE),
        ("DL/005", Milestone.DELIVERED, Reason.ACCESS_POINT),
        ("DL/007", Milestone.DELIVERED, None),  # a code that contradicts its type adds nothing
        ("CA", Milestone.CANCELLED, None),
    ],
)
def test_a_scan_means_what_its_type_says_refined_by_its_exception(
    said: str, milestone: Milestone, reason: Reason | None
) -> None:
    found = meaning(said)

    assert (found.milestone, found.reason, found.known) == (milestone, reason, True)


@pytest.mark.parametrize("said", ["ZZ", "RL", "SH", "ZZ/007"])
def test_what_no_row_says_is_unknown_and_never_guessed(said: str) -> None:
    assert meaning(said) is NO_ROW


@pytest.mark.parametrize(
    ("sentence", "milestone", "reason"),
    [
        ("Customer not available or business closed", Milestone.ATTEMPT_FAILED, Reason.RECIPIENT_ABSENT),
        ("Incorrect address", Milestone.EXCEPTION, Reason.ADDRESS),
        ("Unable to deliver - Returning to shipper", Milestone.RETURNING, None),
        ("Local delivery restriction - Delivery not attempted", Milestone.EXCEPTION, None),
        ("Tendered at FedEx location", Milestone.PICKED_UP, None),
        ("A sentence without a row", Milestone.UNKNOWN, None),
    ],
)
def test_a_sentence_whose_code_is_missing_says_what_its_code_would(
    sentence: str, milestone: Milestone, reason: Reason | None
) -> None:
    found = meaning_of("DE", "", sentence)

    assert (found.milestone, found.reason) == (milestone, reason)


@pytest.mark.parametrize("event_type", ["DE", "SE", "DY", "DD"])
def test_an_exception_nobody_told_us_of_is_an_exception_and_counted(event_type: str) -> None:
    found = meaning(f"{event_type}/777")

    assert (found.milestone, found.known) == (Milestone.EXCEPTION, False)


@pytest.mark.parametrize("torn", ["00", "060", "A1", "0"])
def test_a_code_that_may_be_half_of_another_claims_nothing(torn: str) -> None:
    assert meaning(f"DE/{torn}") is NO_ROW


def test_a_request_that_is_taken_back_moves_nothing_either_way() -> None:
    for said in ("RR/A12", "HA", "RM", "RC", "RT"):
        found = meaning(said)
        assert (found.milestone, found.known) == (Milestone.UNKNOWN, True), said


def test_every_row_is_well_formed_and_stands_once() -> None:
    milestones = {each.value for each in Milestone} - {"unknown"} | {"-", UNMAPPED}

    assert [count for count in Counter(tuple(row[:3]) for row in ROWS).values() if count > 1] == []
    for row in ROWS:
        assert len(row) == 8, row
        assert row[3] in milestones, row
        assert row[4] == "" or Reason(row[4]), row
        assert row[5] == "" or Phase(row[5]), row
        assert row[6] in ("", "coarse", "forecast"), row
        assert (row[3] == UNMAPPED) <= bool(row[7]), "an unmapped row says why"
        assert (row[0] in ("scan", "text")) is (row[3] != UNMAPPED), "what is not read is not mapped"


def test_our_table_has_the_size_it_had() -> None:
    """Where the carrier's lists are not at hand: a row that vanishes is noticed all the same."""
    sizes = Counter(row[0] for row in ROWS)
    types = {row[1] for row in MAPPED if row[0] == "scan" and row[1] != "*"}

    assert dict(sizes) == {
        "scan": 82,
        "text": 13,
        "possession": 4,
        "derived": 8,
        "delay": 3,
        "commitment": 14,
        "error": 3,
    }
    assert len(types) == 57


LISTS = {
    "possession code": "possession",
    "derivedCode": "derived",
    "delayDetail.status": "delay",
    "serviceCommitMessage.type": "commitment",
}


def _is_covered(row: dict[str, str]) -> bool:
    listed, code = row["kind"], row["code"]
    kinds = {(kind, each, exception) for kind, each, exception, *_ in ROWS}
    if listed == "event/latest code":
        return ("scan", code, "*") in kinds
    if listed.startswith("exceptionCode") and code.startswith("(text)"):
        return ("text", row["carrier_description"], "*") in kinds
    if listed.startswith("exceptionCode"):
        return ("scan", "*", code) in kinds
    if listed == "error" and re.fullmatch(r"(9[0-9]{3},?)+", code):
        return ("error", "soap", "*") in kinds
    if listed == "error":
        return code in {*NOT_KNOWN_CODES, *REFUSED_CODES, *DOWN_CODES} or ("error", code, "*") in kinds
    return (LISTS[listed], code, "*") in kinds


def test_every_code_the_carrier_lists_has_a_row() -> None:
    """Reads the carrier's lists beside CARRIER_SAMPLES when that is set; the test above holds where it is not."""
    lists = Path(os.environ.get("CARRIER_SAMPLES", "/nowhere")).parent / "status" / "fedex.tsv"
    rows = []
    if lists.is_file():
        with lists.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))

    missing = [(row["kind"], row["code"]) for row in rows if not _is_covered(row)]

    assert missing == []
