"""Whether a story told to the stand-in comes out as that story when our readers hear the answer.

The two share no line: the stand-in's words come from the carriers' papers, our readers' tables too, by another way.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta

import httpx
import pytest

from carriers.contract import UnknownNumber
from carriers.events import Clock, Milestone, Reason, Tracked
from carriers.registry import READ
from carriers.sandbox.server import Sandbox
from carriers.sandbox.stories import Promise, Story
from carriers.sandbox.words import WORDS
from tests.sandbox.asking import NUMBERS, a_story, ask
from tests.sandbox.journeys import HOUR, NOON
from tracker.domain.shipments import replay

MEANS = {
    Milestone.LABEL_CREATED: ("label", "manifest"),
    Milestone.PICKED_UP: ("dropped off", "picked up", "acceptance pending", "with a partner"),
    Milestone.IN_TRANSIT: (
        *("departed", "arrived", "on the way", "export", "import", "at the last facility", "preparing"),
        *("planned", "left at the shop", "handed to an agent", "customs released", "to the post office"),
        *("address corrected", "in clearance"),
    ),
    Milestone.OUT_FOR_DELIVERY: ("loaded", "out for delivery"),
    Milestone.ATTEMPT_FAILED: ("nobody home", "business closed", "no access", "refused", "redirected"),
    Milestone.READY_FOR_PICKUP: ("at the access point",),
    Milestone.DELIVERED: (
        *("delivered", "delivered at the door", "delivered to a neighbour", "delivered in a locker", "collected"),
        *("delivered in part", "delivered damaged"),
    ),
    Milestone.EXCEPTION: (
        *("address wrong", "weather", "late trailer", "missorted", "late", "customs", "customs needs facts"),
        *("damaged", "not attempted"),
    ),
    Milestone.RETURNING: ("returning", "sent back", "unclaimed"),
    Milestone.RETURNED: ("returned",),
    Milestone.LOST: ("lost",),
    Milestone.CANCELLED: ("label voided",),
    Milestone.UNKNOWN: ("a code nobody knows",),
}
EXPECTED = {kind: milestone for milestone, kinds in MEANS.items() for kind in kinds}
ODD = {  # where one carrier means something else by the same word, or says less than a milestone
    ("ups", "arrival cancelled"): Milestone.UNKNOWN,
    ("ups", "address corrected"): Milestone.UNKNOWN,
    ("ups", "origin"): Milestone.PICKED_UP,
    ("fedex", "origin"): Milestone.PICKED_UP,
    ("usps", "origin"): Milestone.PICKED_UP,
    ("dhl", "origin"): Milestone.IN_TRANSIT,
    ("dhl/parcel-de", "origin"): Milestone.IN_TRANSIT,
    ("dhl/ecommerce", "origin"): Milestone.IN_TRANSIT,
    ("fedex", "in clearance"): Milestone.EXCEPTION,
    ("fedex", "unable to deliver"): Milestone.ATTEMPT_FAILED,
    ("fedex", "on time"): Milestone.UNKNOWN,
    ("fedex", "early"): Milestone.UNKNOWN,
    ("fedex", "hold requested"): Milestone.UNKNOWN,
    ("usps", "on time"): Milestone.IN_TRANSIT,
    ("dhl", "customs status"): Milestone.UNKNOWN,
}
REASONS = {
    "address wrong": Reason.ADDRESS,
    "customs": Reason.CUSTOMS,
    "damaged": Reason.DAMAGED,
    "delivered to a neighbour": Reason.NEIGHBOUR,
}


def heard(line: httpx.Client, carrier: str) -> Sequence[Tracked]:
    """All parcels our reader finds in the answer."""
    answer = ask(line, carrier)
    number = NUMBERS[carrier]
    reading = READ[carrier](answer.content, http_status=answer.status_code, numbers=[number]).readings[number]
    assert isinstance(reading, tuple), reading
    return reading


def told(worded: str, *kinds: str) -> Story:
    carrier, _, division = worded.partition("/")
    return a_story(carrier, *kinds, division=division)


@pytest.mark.parametrize("worded", WORDS)
def test_every_kind_of_scan_means_what_its_name_says(carrier: Sandbox, line: httpx.Client, worded: str) -> None:
    meant = {kind: ODD.get((worded, kind), EXPECTED.get(kind)) for kind in WORDS[worded]}
    found: dict[str, Milestone] = {}
    for kind in meant:
        carrier.tell(told(worded, kind))
        ((event,),) = (tracked.events for tracked in heard(line, worded.partition("/")[0]))
        found[kind] = event.milestone
        assert event.reason is REASONS.get(kind, event.reason)

    assert found == meant


@pytest.mark.parametrize("worded", WORDS)
def test_scans_come_out_in_order_at_the_instant_they_were_told(
    carrier: Sandbox, line: httpx.Client, worded: str
) -> None:
    story = told(worded, "arrived", "at the last facility", "out for delivery", "delivered")
    carrier.tell(story)
    carrier.set_clock(NOON + 9 * HOUR)

    (tracked,) = heard(line, story.carrier)

    assert [event.occurred_at for event in tracked.events] == [scan.at for scan in story.scans]
    assert Clock.ASSUMED not in {event.clock for event in tracked.events}
    assert replay(tracked.events).milestone is Milestone.DELIVERED


@pytest.mark.parametrize(
    ("carrier_name", "kinds", "end"),
    [
        ("dhl", ("picked up", "out for delivery", "delivered", "label"), Milestone.DELIVERED),
        ("dhl/parcel-nl", ("arrived", "nobody home", "returning", "returned"), Milestone.RETURNED),
        ("fedex", ("label", "picked up", "nobody home", "returning"), Milestone.RETURNING),
        ("fedex", ("label", "picked up", "at the access point"), Milestone.READY_FOR_PICKUP),
        ("usps", ("label", "picked up", "refused", "returned"), Milestone.RETURNED),
    ],
)
def test_what_the_carriers_summary_hides_is_still_heard(
    carrier: Sandbox, line: httpx.Client, carrier_name: str, kinds: tuple[str, ...], end: Milestone
) -> None:
    story = told(carrier_name, *kinds)
    carrier.tell(story)
    carrier.set_clock(NOON + 9 * HOUR)

    (tracked,) = heard(line, story.carrier)

    assert replay(tracked.events).milestone is end


@pytest.mark.parametrize("name", NUMBERS)
def test_a_promise_with_hours_is_heard_whole(carrier: Sandbox, line: httpx.Client, name: str) -> None:
    promise = Promise(day=date(2026, 3, 4), shown_at=NOON, not_before=time(9), not_after=time(13))
    carrier.tell(replace(a_story(name, "label"), promises=(promise,)))

    (tracked,) = heard(line, name)

    assert tracked.promise is not None
    assert (tracked.promise.first_day, tracked.promise.last_day) == (promise.day, promise.day)
    assert (tracked.promise.not_before, tracked.promise.not_after) == (time(9), time(13))


@pytest.mark.parametrize(("name", "lives"), [("ups", 2), ("fedex", 1), ("usps", 1), ("dhl", 2)])
def test_the_new_life_of_a_recycled_number_is_heard_apart_from_the_old(
    carrier: Sandbox, line: httpx.Client, name: str, lives: int
) -> None:
    earlier = a_story(name, "label", "delivered")
    scans = tuple(replace(scan, at=scan.at - timedelta(days=400)) for scan in earlier.scans)
    carrier.tell(replace(earlier, scans=scans), a_story(name, "label"))

    found = heard(line, name)

    assert len(found) == lives
    ends = {replay(tracked.events).milestone for tracked in found}
    assert ends == {Milestone.LABEL_CREATED, *([Milestone.DELIVERED] if lives == 2 else [])}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_that_comes_later_is_not_known_yet(carrier: Sandbox, line: httpx.Client, name: str) -> None:
    carrier.set_clock(NOON - HOUR)
    carrier.tell(a_story(name, "label"))
    answer = ask(line, name)

    reading = READ[name](answer.content, http_status=answer.status_code, numbers=[NUMBERS[name]]).readings

    assert isinstance(reading[NUMBERS[name]], UnknownNumber)
