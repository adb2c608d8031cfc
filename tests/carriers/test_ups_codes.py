"""What a UPS status means, and that our table has a row for everything UPS lists."""

import csv
import os
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from carriers.events import Milestone, Phase, Reason
from carriers.ups.answers import BUSY_CODES, DOWN_CODES, NOT_KNOWN_CODES, REFUSED_CODES
from carriers.ups.codes import NO_ROW, UNMAPPED, Meaning, Status, meaning_of

ROWS = [line.split("\t") for line in (files("carriers.codes") / "ups.tsv").read_text(encoding="utf-8").splitlines()[1:]]
TYPES_ALONE = {"D", "I", "M", "X"}  # say nothing without a code: an activity of only a type is left out


def meaning(status: str, *, mail_innovations: bool = False) -> Meaning | None:
    kind, code, number = f"{status}//".split("/")[:3]
    return meaning_of(Status(type=kind, code=code, number=number, mail_innovations=mail_innovations))


@pytest.mark.parametrize(
    ("status", "milestone", "reason"),
    [
        ("M/MP/003", Milestone.LABEL_CREATED, None),
        ("M/DP", Milestone.LABEL_CREATED, None),
        ("I/DP", Milestone.IN_TRANSIT, None),
        ("I/DP/036", Milestone.RETURNING, None),  # the number wins over a code that only says "departed"
        ("I/OR/005", Milestone.PICKED_UP, None),  # ... unless it is coarse
        ("I/OR/160", Milestone.PICKED_UP, None),
        ("P/PU/038", Milestone.PICKED_UP, None),
        ("I/XD", Milestone.PICKED_UP, None),
        ("X/XD", Milestone.IN_TRANSIT, None),
        ("I/YM", Milestone.IN_TRANSIT, None),
        ("X/YM", Milestone.LOST, None),
        ("I/YP/071", Milestone.IN_TRANSIT, None),
        ("I/OD/072", Milestone.IN_TRANSIT, None),
        ("I/OF/072", Milestone.OUT_FOR_DELIVERY, None),
        ("I/OF/005", Milestone.IN_TRANSIT, None),
        ("I/OT/021", Milestone.OUT_FOR_DELIVERY, None),
        ("X/RZ/012", Milestone.EXCEPTION, Reason.CUSTOMS),
        ("X/RZ/014", Milestone.IN_TRANSIT, None),
        ("X//092", Milestone.EXCEPTION, Reason.CUSTOMS),
        ("X/48/013", Milestone.ATTEMPT_FAILED, Reason.RECIPIENT_ABSENT),
        ("X/48/022", Milestone.ATTEMPT_FAILED, Reason.RECIPIENT_ABSENT),
        ("X/KT/064", Milestone.ATTEMPT_FAILED, Reason.REFUSED),
        ("X/7W/013", Milestone.EXCEPTION, Reason.WEATHER),
        ("X/G4", Milestone.LABEL_CREATED, None),  # the driver was at the sender's
        ("X//065", Milestone.LABEL_CREATED, None),
        ("X/ZP/011", Milestone.READY_FOR_PICKUP, Reason.ACCESS_POINT),
        ("D/2Q/011", Milestone.READY_FOR_PICKUP, Reason.ACCESS_POINT),
        ("D/3H/011", Milestone.DELIVERED, Reason.NEIGHBOUR),
        ("D/M3/011", Milestone.DELIVERED, Reason.FRONT_DESK),
        ("D/FS/011", Milestone.DELIVERED, None),
        ("D/FS", Milestone.DELIVERED, None),
        ("D/B0/011", Milestone.RETURNED, None),
        ("D/FS/034", Milestone.RETURNED, None),
        ("D/F7/011", Milestone.IN_TRANSIT, None),
        ("DO/XX/012", Milestone.IN_TRANSIT, None),
        ("MV/ZZ/003", Milestone.CANCELLED, None),
    ],
)
def test_a_status_means_what_its_number_says_refined_by_its_code(
    status: str, milestone: Milestone, reason: Reason | None
) -> None:
    found = meaning(status)

    assert found is not None
    assert (found.milestone, found.reason, found.known) == (milestone, reason, True)


def test_in_mail_innovations_of_is_a_departure() -> None:
    departed = meaning("I/OF", mail_innovations=True)
    contradicting = meaning("I/DP/005", mail_innovations=True)  # the post's DP is a reminder, UPS's a departure

    assert departed is not None
    assert departed.milestone is Milestone.IN_TRANSIT
    assert contradicting is not None
    assert contradicting.milestone is Milestone.IN_TRANSIT


@pytest.mark.parametrize("status", ["I/IT/004", "D/QQ", "X/00", "Q/FS/011", "I/FS/011"])
def test_what_no_row_says_is_unknown_and_never_guessed(status: str) -> None:
    assert meaning(status) is NO_ROW


@pytest.mark.parametrize("status", ["I//005", "D//011", "X//013", "X//011", "X", "M//003", "X//003"])
def test_a_status_without_its_code_is_not_read_when_the_code_could_change_it(status: str) -> None:
    assert meaning(status) is None


@pytest.mark.parametrize(
    ("status", "undone"),
    [
        ("I/CA", Milestone.IN_TRANSIT),
        ("I/VP", Milestone.PICKED_UP),
        ("X//043", Milestone.PICKED_UP),
        ("X/TL", Milestone.DELIVERED),
        ("X/8I/040", Milestone.DELIVERED),  # also beside a number that would say something of its own
        ("I/CA/005", Milestone.IN_TRANSIT),
    ],
)
def test_a_retraction_says_what_it_takes_back(status: str, undone: Milestone) -> None:
    found = meaning(status)

    assert found is not None
    assert found.retracts is undone


def test_estimates_are_forecasts_and_phases_tell_the_last_building() -> None:
    forecast, arrived = meaning("U/UP/154"), meaning("I/DS/005")

    assert forecast is not None
    assert forecast.forecast
    assert arrived is not None
    assert arrived.phase is Phase.ARRIVED_LAST


def test_every_row_is_well_formed_and_stands_once() -> None:
    milestones = {each.value for each in Milestone} - {"unknown"} | {"-", UNMAPPED}

    assert [count for count in Counter(tuple(row[:3]) for row in ROWS).values() if count > 1] == []
    for row in ROWS:
        assert len(row) == 8, row
        assert row[3] in milestones, row
        assert row[4] == "" or Reason(row[4]), row
        assert row[5] == "" or Phase(row[5]), row
        assert row[6] in ("", "coarse", "forecast") or Milestone(row[6].removeprefix("retracts:")), row
        assert row[3] != UNMAPPED or row[7], "an unmapped row says why"


def test_our_table_has_the_size_it_had() -> None:
    """Where the carrier's lists are not at hand: a row that vanishes is noticed all the same."""
    sizes = Counter(row[0] for row in ROWS if row[2] == "*" and row[1] != "*")
    numbers = {row[2] for row in ROWS if row[2] != "*"}

    assert dict(sizes) == {"D": 154, "I": 39, "M": 4, "MI": 213, "P": 1, "U": 3, "X": 687}
    assert len(numbers) == 160


LISTS = {
    "code type D (delivery)": "D",
    "code type I (movement)": "I",
    "code type M": "M",
    "code type U": "U",
    "code type X (exception)": "X",
}


def _is_covered(listed: str, code: str) -> bool:
    rows = {tuple(row[:3]) for row in ROWS}
    if listed == "error":
        return code in NOT_KNOWN_CODES or code in REFUSED_CODES | BUSY_CODES | DOWN_CODES
    if listed == "type":
        return code in TYPES_ALONE or any(row[0] == code for row in rows)
    if listed == "statusCode":
        return any(row[1:] == ("*", code) for row in rows)
    if listed.startswith("freight"):
        return ("freight", "*", "*") in rows
    return ("MI" if listed.startswith("Mail Innovations") else LISTS[listed], code, "*") in rows


def test_every_code_the_carrier_lists_has_a_row() -> None:
    """Reads the carrier's lists beside CARRIER_SAMPLES when that is set; the test above holds where it is not."""
    lists = Path(os.environ.get("CARRIER_SAMPLES", "/nowhere")).parent / "status" / "ups.tsv"
    rows = []
    if lists.is_file():
        with lists.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))

    missing = [(row["list"], row["code"]) for row in rows if not _is_covered(row["list"], row["code"])]

    assert missing == []
