"""What a USPS event means, and that our table has a row for everything USPS lists."""

import csv
import os
from collections import Counter
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import pytest

from carriers.events import Milestone, Phase, Reason
from carriers.usps.answers import BUSY_CODES, DOWN_CODES, NOT_FOUND, NOT_KNOWN_CODES, REFUSED_CODES
from carriers.usps.codes import ANY, NO_ROW, UNMAPPED, meaning_of
from tests.carriers.usps_answers import an_event, scan

ROWS = [
    line.split("\t") for line in (files("carriers.codes") / "usps.tsv").read_text(encoding="utf-8").splitlines()[1:]
]
MAPPED = [row for row in ROWS if row[2] != UNMAPPED]


@pytest.mark.parametrize(
    ("code", "sentence", "milestone", "reason"),
    [
        ("01", "Delivered", Milestone.DELIVERED, None),
        ("01", "Delivered, In/At Mailbox", Milestone.DELIVERED, Reason.MAILBOX),
        ("01", "Delivered, Neighbor as Requested", Milestone.DELIVERED, Reason.NEIGHBOUR),
        ("01", "Delivered, Parcel Locker", Milestone.DELIVERED, Reason.LOCKER),
        ("01", "Delivered, Front Desk/Reception/Mail Room", Milestone.DELIVERED, Reason.FRONT_DESK),
        ("01", "Delivered, Somewhere They Never Wrote Before", Milestone.DELIVERED, None),
        ("01", "Delivered, To Original Sender", Milestone.RETURNED, None),
        ("01", "Delivered, Front Desk/Reception/Mail Room, To Original Sender", Milestone.RETURNED, None),
        ("01", "Delivered, Returned to Sender", Milestone.RETURNED, None),
        ("01", "Delivered, Front Door/Porch", Milestone.DELIVERED, Reason.SAFE_PLACE),
        ("01", "Delivered to Agent for Final Delivery", Milestone.IN_TRANSIT, None),
        ("01", "Delivered, To Agent", Milestone.IN_TRANSIT, None),
        ("01", "Delivered to Recipient by Agent", Milestone.DELIVERED, None),
        ("17", "Picked Up by Agent", Milestone.IN_TRANSIT, None),
        ("14", "Arrived at Pickup Point", Milestone.IN_TRANSIT, None),
        ("14", "Available for Pickup", Milestone.READY_FOR_PICKUP, Reason.POST_OFFICE),
        ("NT", "In Transit, Arriving Late", Milestone.EXCEPTION, Reason.OPERATIONAL),
        ("NT", "In Transit, Arriving On Time", Milestone.IN_TRANSIT, None),
        ("57", "Delivery Exception, Animal Interference", Milestone.ATTEMPT_FAILED, None),
        ("60", "Held in Customs", Milestone.EXCEPTION, Reason.CUSTOMS),
        ("60", "Customs Clearance Processing Complete", Milestone.IN_TRANSIT, None),
        ("60", "Words", Milestone.UNKNOWN, None),
        ("OF", "Delivered", Milestone.OUT_FOR_DELIVERY, None),  # the code decides where it says enough
        ("04", "Refused", Milestone.ATTEMPT_FAILED, Reason.REFUSED),
        ("22", "Insufficient Address", Milestone.EXCEPTION, Reason.ADDRESS),
        ("27", "Unclaimed", Milestone.RETURNING, Reason.NOT_COLLECTED),
        ("GC", "Label Cancelled", Milestone.CANCELLED, None),
        ("ZZ", "Held at Post Office, At Customer Request", Milestone.READY_FOR_PICKUP, Reason.POST_OFFICE),
    ],
)
def test_the_code_decides_and_where_it_says_little_the_sentence_does(
    code: str, sentence: str, milestone: Milestone, reason: Reason | None
) -> None:
    found = meaning_of(code, sentence)

    assert found is not None
    assert (found.milestone, found.reason, found.known) == (milestone, reason, True)


@pytest.mark.parametrize("sentence", ["Not delivered", "Undeliverable", "Delivery is planned", "Words"])
def test_what_no_row_says_is_unknown_and_never_guessed(sentence: str) -> None:
    assert meaning_of("ZZ", sentence) is NO_ROW


@pytest.mark.parametrize("code", ["01", "14", "NT", "57", "ZZ"])
def test_a_coarse_code_without_its_sentence_is_not_read(code: str) -> None:
    assert meaning_of(code, "") is None


@pytest.mark.parametrize(
    ("code", "sentence"), [("TL", ""), ("NT", "In Transit"), ("NT", "In Transit, Arriving On Time")]
)
def test_what_they_write_without_a_scan_is_a_forecast(code: str, sentence: str) -> None:
    found = meaning_of(code, sentence)

    assert found is not None
    assert found.forecast


def test_every_row_is_well_formed_and_stands_once() -> None:
    milestones = {each.value for each in Milestone} - {"unknown"} | {"-", UNMAPPED}

    assert [count for count in Counter(tuple(row[:2]) for row in ROWS).values() if count > 1] == []
    for row in ROWS:
        assert len(row) == 7, row
        assert row[1] == row[1].casefold(), row
        assert row[2] in milestones, row
        assert row[3] == "" or Reason(row[3]), row
        assert row[4] == "" or Phase(row[4]), row
        assert set(row[5].split()) <= {"coarse", "forecast"}, row
        assert row[2] != UNMAPPED or row[6], "an unmapped row says why"


@pytest.mark.parametrize("row", MAPPED, ids=lambda row: f"{row[0]} {row[1]}")
def test_an_answer_with_what_a_row_names_says_what_the_row_says(row: list[str]) -> None:
    code = "ZZ" if row[0] == ANY else row[0]
    sentence = "Words" if row[1] == ANY else row[1].strip("*")

    event = scan(an_event(code, sentence))

    assert event.milestone == (Milestone.UNKNOWN if row[2] == "-" else row[2])
    assert event.reason == (row[3] or None)
    assert event.phase == (row[4] or None)
    assert event.forecast == ("forecast" in row[5])
    assert event.known


def test_our_table_has_the_size_it_had() -> None:
    """Where the carrier's lists are not at hand: a row that vanishes is noticed all the same."""
    codes = {row[0] for row in MAPPED} - {ANY}

    assert (len(codes), sum(row[0] == ANY for row in ROWS), len(ROWS) - len(MAPPED)) == (69, 49, 2)
    assert len(NOT_KNOWN_CODES) == 12


# The list's pair of words, in ours.
SAID: Mapping[tuple[str, str], str] = {
    ("packed", "label_created"): "label_created",
    ("shipped", ""): "picked_up",
    ("in_transit", ""): "in_transit",
    ("out_for_delivery", ""): "out_for_delivery",
    ("out_for_delivery", "ready_for_pickup"): "ready_for_pickup",
    ("delivered", ""): "delivered",
    ("delayed", ""): "exception",
    ("delayed", "attempt_failed"): "attempt_failed",
    ("delayed", "address_issue"): "exception",
    ("delayed", "customs_hold"): "exception",
    ("delayed", "returning"): "returning",
    ("delayed", "returned"): "returned",
    ("delayed", "lost"): "lost",
    ("cancelled", "cancelled"): "cancelled",
    ("-", ""): "unknown",
}


# Rows whose own note takes part of them back, with the sentence for which they hold.
ONLY_WITH = {("14", "Arrived at pickup point"): "Available for Pickup"}


def _is_right(row: Mapping[str, str]) -> bool:
    """Whether what the list says is what we say, or stands in our table as unmapped."""
    listed, code = row["kind"], row["code"]
    if listed == "error":
        ours = {*NOT_KNOWN_CODES, *REFUSED_CODES, *BUSY_CODES, *DOWN_CODES, NOT_FOUND}
        return code in ours or (code.startswith("-") and _is_unmapped("webtools"))
    if listed == "statusCategory":
        return _is_unmapped("statusCategory")
    said = ONLY_WITH.get((code, row["carrier_description"]), row["carrier_description"])
    events = [meaning_of(each, said) for each in (code.split("/") if code else ["ZZ"])]
    return all(each and each.known and each.milestone == SAID[row["canonical"], row["sub_state"]] for each in events)


def _is_unmapped(name: str) -> bool:
    return any(row[0] == name and row[2] == UNMAPPED for row in ROWS)


def test_every_code_the_carrier_lists_means_what_the_list_says_or_has_a_reason() -> None:
    """Reads the carrier's lists beside CARRIER_SAMPLES when that is set; the tests above hold where it is not."""
    lists = Path(os.environ.get("CARRIER_SAMPLES", "/nowhere")).parent / "status" / "usps.tsv"
    rows = []
    if lists.is_file():
        with lists.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))

    wrong = [(row["kind"], row["code"], row["carrier_description"]) for row in rows if not _is_right(row)]

    assert wrong == []
