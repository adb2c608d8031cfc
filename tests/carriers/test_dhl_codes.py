"""What a DHL status means, and that our table has a row for everything DHL lists."""

import csv
import os
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from carriers.contract import CarrierError
from carriers.dhl.codes import CLASSES, NO_ROW, SERVICES, UNMAPPED, Meaning, Status, meaning_of, plain
from carriers.events import Milestone, Phase, Reason
from tests.carriers.dhl_answers import a_problem, an_event, reading, scan

ROWS = [line.split("\t") for line in (files("carriers.codes") / "dhl.tsv").read_text(encoding="utf-8").splitlines()[1:]]
NAMES = ("service", "class", "code", "text", "milestone", "reason", "phase", "flag", "note")
TABLE = [dict(zip(NAMES, row, strict=True)) for row in ROWS]
MAPPED = [row for row in TABLE if row["milestone"] != UNMAPPED]
BY_CODE = {(row["service"], row["code"]): row for row in TABLE if row["code"] not in ("", "*")}
XML = "parcel-de-xml"  # not a division: the codes of another service


def meaning(service: str, *sayings: str, kind: str = "transit") -> Meaning | None:
    return meaning_of(Status(service=service, kind=kind, sayings=sayings))


@pytest.mark.parametrize(
    ("service", "said", "milestone", "reason"),
    [
        ("express", "OK", Milestone.DELIVERED, None),
        ("express", "ok", Milestone.DELIVERED, None),
        ("express", "Not home.", Milestone.ATTEMPT_FAILED, Reason.RECIPIENT_ABSENT),
        ("express", "UD", Milestone.EXCEPTION, Reason.CUSTOMS),
        ("parcel-nl", "NOT_HOME", Milestone.ATTEMPT_FAILED, Reason.RECIPIENT_ABSENT),
        ("parcel-nl", "INCORRECT/UNKNOWN_PIN", Milestone.ATTEMPT_FAILED, Reason.SIGNATURE_NEEDED),
        ("parcel-nl", "RETURNED_TO_SHIPPER", Milestone.RETURNING, None),
        ("parcel-nl", "DELIVERED_AT_SHIPPER", Milestone.RETURNED, None),
        ("parcel-nl", "DELIVERED_AT_NEIGHBOURS", Milestone.DELIVERED, Reason.NEIGHBOUR),
        ("parcel-nl", "PARCEL_PICKED_UP_AT_PARCELSHOP", Milestone.IN_TRANSIT, None),  # by the courier
        ("parcel-pl", "DOR_SAS", Milestone.DELIVERED, Reason.NEIGHBOUR),
        ("parcel-pl", "ZWN", Milestone.RETURNED, None),
        ("ecommerce", "606", Milestone.DELIVERED, Reason.NEIGHBOUR),
        ("ecommerce", "101", Milestone.CANCELLED, None),
        ("express", "101", Milestone.DELIVERED, None),  # the same code in another division
        ("ecommerce-europe", "101", Milestone.RETURNING, Reason.NOT_COLLECTED),
        ("ecommerce", "No one home, card left", Milestone.ATTEMPT_FAILED, Reason.RECIPIENT_ABSENT),
        ("freight", "20-126", Milestone.EXCEPTION, Reason.CUSTOMS),
        ("freight", "56-241", Milestone.ATTEMPT_FAILED, Reason.REFUSED),  # papers were missing, not the parcel
        ("svb", "IN_DELIVERY", Milestone.OUT_FOR_DELIVERY, None),
        ("dgf", "HELD_AT_CUSTOMS", Milestone.EXCEPTION, Reason.CUSTOMS),
        ("parcel-de", "The shipment has been successfully delivered.", Milestone.DELIVERED, None),
        ("parcel-de", "Die Sendung wurde erfolgreich zugestellt.", Milestone.DELIVERED, None),
        (
            "parcel-de",
            "Die Sendung liegt in der Filiale zur Abholung bereit",
            Milestone.READY_FOR_PICKUP,
            Reason.POST_OFFICE,
        ),
    ],
)
def test_a_code_or_a_sentence_is_looked_up_whole_in_its_division(
    service: str, said: str, milestone: Milestone, reason: Reason | None
) -> None:
    found = meaning(service, said)

    assert found is not None
    assert (found.milestone, found.reason, found.known) == (milestone, reason, True)


@pytest.mark.parametrize(
    ("service", "said"),
    [
        ("parcel-nl", "NOT"),  # a part of a code is none
        ("parcel-nl", "NOT_HOME_AT_ALL"),
        ("express", "NOT_HOME_SYSTEM_INTERVENTION_DELIVERY_AT_PARCELSHOP"),  # another division's
        ("ecommerce-europe", "DELIVERED"),
        ("ecommerce", "Could not be delivered"),
        ("parcel-de", "The shipment has been looked at twice"),
        ("parcel-nl", "Returned to the sender"),  # a sentence of three codes that mean two things
    ],
)
def test_what_no_row_says_is_unknown_and_never_guessed(service: str, said: str) -> None:
    assert meaning(service, said) is NO_ROW
    assert meaning(service, said, kind="unknown") is NO_ROW


def test_the_finest_saying_counts_and_a_later_one_may_add_why() -> None:
    finest = meaning("express", "WC", "transit words", "whatever")
    why = meaning("ecommerce", "", "DELIVERED", "IN/AT MAILBOX")

    assert finest is not None
    assert finest.milestone is Milestone.OUT_FOR_DELIVERY
    assert why is not None
    assert (why.milestone, why.reason) == (Milestone.DELIVERED, Reason.MAILBOX)


@pytest.mark.parametrize(
    ("description", "milestone"),
    [
        ("", Milestone.IN_TRANSIT),
        ("With delivering courier", Milestone.OUT_FOR_DELIVERY),
        ("A sentence nobody listed", Milestone.IN_TRANSIT),
    ],
)
def test_a_status_that_only_repeats_the_class_gives_way_to_a_finer_word(description: str, milestone: Milestone) -> None:
    found = meaning("express", "", "transit", description)

    assert found is not None
    assert (found.milestone, found.known) == (milestone, True)


def test_sayings_that_contradict_each_other_say_nothing() -> None:
    assert meaning("ecommerce", "", "DELIVERED", "NO ONE HOME") is NO_ROW


def test_a_code_and_the_sentence_it_stands_for_are_one() -> None:
    """Several codes of Parcel NL share the sentence, and it alone would be a return that has ended."""
    found = meaning("parcel-nl", "", "RETURNED_TO_SHIPPER", "Returned to the sender")

    assert found is not None
    assert found.milestone is Milestone.RETURNING


@pytest.mark.parametrize("service", sorted(SERVICES - {row["service"] for row in MAPPED}))
def test_only_a_division_without_a_list_is_read_by_the_class(service: str) -> None:
    classes = [meaning(service, "Any words", kind=kind) for kind in ("pre-transit", "transit", "delivered", "unknown")]

    assert [each and each.milestone for each in classes] == [
        Milestone.LABEL_CREATED,
        Milestone.IN_TRANSIT,
        Milestone.DELIVERED,
        Milestone.UNKNOWN,
    ]
    assert meaning(service, "Any words", kind="") is None


def test_no_class_makes_a_delivery_of_a_german_sentence_nobody_knows() -> None:
    """Theirs is "delivered" too where a parcel was disposed of or given to customs."""
    told = [meaning("parcel-de", "Some sentence", kind=kind) for kind in sorted(CLASSES)]

    assert told == [NO_ROW] * len(CLASSES)
    assert meaning("parcel-de", "", "", "", kind="delivered") is None


def test_a_class_that_may_be_an_attempt_or_damage_claims_no_attempt() -> None:
    found = meaning("sameday", "Any words", kind="failure")

    assert found is not None
    assert found.milestone is Milestone.EXCEPTION


def test_every_row_is_well_formed_and_stands_once() -> None:
    milestones = {each.value for each in Milestone} - {"unknown"} | {"-", UNMAPPED}

    assert [count for count in Counter(tuple(row[:4]) for row in ROWS).values() if count > 1] == []
    assert len(BY_CODE) == len({(service, plain(code)) for service, code in BY_CODE})
    for row in TABLE:
        assert row["service"] in SERVICES | {"*", XML}, row
        assert row["class"] in CLASSES | {"*"}, row
        assert row["code"] or row["text"], row
        assert row["milestone"] in milestones, row
        assert row["reason"] == "" or Reason(row["reason"]), row
        assert row["phase"] == "" or Phase(row["phase"]), row
        assert row["flag"] in ("", "coarse", "forecast", "retracts"), row
        assert row["milestone"] != UNMAPPED or row["note"], "an unmapped row says why"


def test_no_sentence_is_the_code_of_a_row_that_says_otherwise() -> None:
    """Else one look-up could find either."""
    codes = {(service, plain(code)): row for (service, code), row in BY_CODE.items()}

    for row in TABLE:
        other = codes.get((row["service"], plain(row["text"])), row)
        assert other["milestone"] == row["milestone"], (row, other)


def test_our_table_has_the_size_it_had() -> None:
    """Where the carrier's lists are not at hand: a row that vanishes is noticed all the same."""
    sizes = Counter(row["service"] for row in TABLE if row["code"] not in ("", "*"))

    assert dict(sizes) == {
        "dgf": 15,
        "ecommerce": 289,
        "ecommerce-europe": 162,
        "ecommerce-ppl": 11,
        "express": 47,
        "freight": 48,
        "parcel-de": 16,
        "parcel-nl": 353,
        "parcel-pl": 107,
        "svb": 46,
    }


def test_a_synthetic_answer_for_every_row_gives_the_row_s_milestone() -> None:
    wrong = [row for row in MAPPED if not _is_read_as_written(row)]

    assert wrong == []
    assert len(MAPPED) > 1100


def _is_read_as_written(row: dict[str, str]) -> bool:
    service = "sameday" if row["service"] == "*" else row["service"]
    kind = "transit" if row["class"] == "*" else row["class"]
    by_words = row["code"] in ("", "*")
    expected = Milestone.UNKNOWN if row["milestone"] == "-" else Milestone(row["milestone"])

    said = (row["text"].replace("*", " CORK") or "Any sentence") if by_words else row["code"]
    event = scan(an_event(said, kind), service=service)

    same_reason = by_words or (event.reason or "") == row["reason"]
    return (event.milestone, event.known) == (expected, True) and same_reason


# The proposals of the carrier's list that we read otherwise; each has its reason in the note of our row.
STATES = {
    "packed": "label_created",
    "shipped": "picked_up",
    "in_transit": "in_transit",
    "out_for_delivery": "out_for_delivery",
    "delivered": "delivered",
    "delayed": "exception",
    "cancelled": "cancelled",
    "-": "-",
}
PROBLEMS = {"customs_hold": "exception", "damaged": "exception", "address_issue": "exception"}
READ_OTHERWISE = 13


def _listed() -> list[dict[str, str]]:
    lists = Path(os.environ.get("CARRIER_SAMPLES", "/nowhere")).parent / "status" / "dhl.tsv"
    if not lists.is_file():
        return []
    with lists.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def _is_covered(row: dict[str, str]) -> bool:
    api, code = row["api"], row["code"]
    if api == "UTAPI HTTP":
        return _is_answered(int(code))
    if api == "UTAPI statusCode":
        return any(each["service"] == "*" and each["class"] == code for each in TABLE)
    if api.startswith("Parcel DE"):
        return any(each["service"] == XML and each["note"] for each in TABLE)
    return (row["service"], code) in BY_CODE


def _is_answered(status: int) -> bool:
    try:
        return isinstance(reading(a_problem(status), http_status=status), CarrierError)
    except CarrierError:
        return True


def test_every_code_the_carrier_lists_has_a_row() -> None:
    """Reads the carrier's lists beside CARRIER_SAMPLES when that is set; the test above holds where it is not."""
    missing = [(row["api"], row["service"], row["code"]) for row in _listed() if not _is_covered(row)]

    assert missing == []


def test_a_row_that_differs_from_the_list_says_why() -> None:
    otherwise = []
    for row in _listed():
        ours = BY_CODE.get((row["service"], row["code"]))
        if row["api"] != "UTAPI status" or ours is None:
            continue
        finer = row["sub_state"] if row["canonical"] != "delivered" else ""
        proposed = PROBLEMS.get(finer, finer) or STATES[row["canonical"]]
        if ours["milestone"] != proposed:
            otherwise.append(ours)

    assert all(row["note"] for row in otherwise)
    assert len(otherwise) in (0, READ_OTHERWISE)  # none where the list is not at hand
