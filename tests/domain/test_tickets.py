"""What can be reported and rated, as an order stands."""

from dataclasses import replace

import pytest

from carriers.events import Milestone, Place
from tests.domain.builders import DAY, HOUR, NOON, a_scan, a_shipment, an_order, stands
from tracker.domain.orders import Order, roll_up
from tracker.domain.ratings import can_be_rated, lane, rated
from tracker.domain.shipments import ShipmentId
from tracker.domain.tickets import SCANS_KEPT, TicketKind, concerned, evidence, kinds_for

MISSING, ADDRESS, DAMAGED, PROBLEM = TicketKind.MISSING, TicketKind.ADDRESS, TicketKind.DAMAGED, TicketKind.PROBLEM


def order_of(*milestones: Milestone | None, cancelled: bool = False) -> Order:
    shipments = [
        replace(
            a_shipment(each),
            id=ShipmentId(f"s{n}"),
            standing=stands(each, since=NOON + n * HOUR) if each else stands(None, since=None),
        )
        for n, each in enumerate(milestones)
    ]
    bare = an_order(*shipments)
    facts = replace(bare.facts, cancelled_at=NOON) if cancelled else bare.facts
    return replace(bare, facts=facts, state=roll_up(facts, shipments))


@pytest.mark.parametrize(
    ("order", "kinds"),
    [
        (order_of(), (ADDRESS, PROBLEM)),
        (order_of(cancelled=True), (PROBLEM,)),
        (order_of(None), (ADDRESS, PROBLEM)),
        (order_of(Milestone.IN_TRANSIT), (ADDRESS, PROBLEM)),
        (order_of(Milestone.READY_FOR_PICKUP), (PROBLEM,)),
        (order_of(Milestone.RETURNING), (PROBLEM,)),
        (order_of(Milestone.DELIVERED), (MISSING, DAMAGED, PROBLEM)),
        (order_of(Milestone.DELIVERED, Milestone.IN_TRANSIT), (MISSING, DAMAGED, ADDRESS, PROBLEM)),
    ],
)
def test_only_what_can_be_so_is_offered(order: Order, kinds: tuple[TicketKind, ...]) -> None:
    assert kinds_for(order) == kinds
    assert all(concerned(order, kind) for kind in kinds if kind is not PROBLEM and order.shipments)


def test_a_report_is_about_the_parcels_it_can_be_about() -> None:
    order = order_of(Milestone.DELIVERED, Milestone.IN_TRANSIT, Milestone.LOST)

    found = {kind: [each.id for each in concerned(order, kind)] for kind in TicketKind}

    assert found == {MISSING: ["s0"], DAMAGED: ["s0"], ADDRESS: ["s1"], PROBLEM: ["s0", "s1", "s2"]}


def test_the_newest_scans_are_kept_as_evidence() -> None:
    scans = [a_scan(Milestone.IN_TRANSIT, NOON + n * HOUR, text=f"scan {n}") for n in range(9)]

    kept = evidence(a_shipment(Milestone.DELIVERED, left_with="Front Door"), scans, at=NOON + DAY)

    assert [each.text for each in kept.scans] == [f"scan {n}" for n in (8, 7, 6, 5, 4, 3)]
    assert (len(kept.scans), kept.left_with, kept.page_seen_at) == (SCANS_KEPT, "Front Door", NOON + DAY)


@pytest.mark.parametrize(
    ("milestones", "can"),
    [
        ((), False),
        ((Milestone.OUT_FOR_DELIVERY,), False),
        ((Milestone.DELIVERED,), True),
        ((Milestone.DELIVERED, Milestone.DELIVERED), True),
        ((Milestone.DELIVERED, Milestone.IN_TRANSIT), False),
        ((Milestone.DELIVERED, Milestone.RETURNED), False),
        ((Milestone.DELIVERED, Milestone.LOST), False),
        ((Milestone.RETURNED,), False),
    ],
)
def test_an_order_is_rated_once_everything_has_come(milestones: tuple[Milestone, ...], can: bool) -> None:
    order = order_of(*milestones)

    assert can_be_rated(order) is can
    assert not can or rated(order) is order.shipments[-1]  # the parcel that came last


def test_a_lane_begins_where_the_parcel_was_first_scanned() -> None:
    order = replace(order_of(Milestone.DELIVERED), destination=Place(country="US", region="NY"))
    scans = [
        a_scan(Milestone.DELIVERED, NOON, place=Place(country="US", region="NY")),
        a_scan(Milestone.IN_TRANSIT, NOON - 2 * DAY, place=Place(country="DE", region="HH")),
        a_scan(Milestone.LABEL_CREATED, NOON - 3 * DAY),
        a_scan(Milestone.IN_TRANSIT, NOON - 4 * DAY, place=Place(country="FR"), forecast=True),
    ]

    found = lane(order, order.shipments[0], scans)

    assert (found.from_country, found.from_region, found.to_country, found.to_region) == ("DE", "HH", "US", "NY")
