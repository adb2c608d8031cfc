"""What an order's parcels add up to."""

from dataclasses import replace

import pytest

from carriers.events import Milestone
from tests.domain.builders import NOON, a_shipment
from tracker.domain.orders import ROLL_UP, OrderStage, ShopFacts, roll_up
from tracker.domain.shipments import DelayCause, Judgement, Shipment, ShipmentId, Standing

PLACED = ShopFacts(placed_at=NOON)
CONFIRMED = replace(PLACED, confirmed_at=NOON)
PACKED = replace(CONFIRMED, packed_at=NOON)
CALLED_OFF = replace(CONFIRMED, cancelled_at=NOON)


def in_trouble(milestone: Milestone, stage: Milestone | None) -> Shipment:
    return a_shipment(standing=Standing(milestone=milestone, since=NOON, stage_before=stage))


@pytest.mark.parametrize(
    ("parcels", "stage", "delayed"),
    [
        ([], OrderStage.CONFIRMED, False),
        ([None], OrderStage.CONFIRMED, False),
        ([Milestone.LABEL_CREATED], OrderStage.PACKED, False),
        ([Milestone.PICKED_UP], OrderStage.SHIPPED, False),
        ([Milestone.IN_TRANSIT], OrderStage.IN_TRANSIT, False),
        ([Milestone.OUT_FOR_DELIVERY], OrderStage.OUT_FOR_DELIVERY, False),
        ([Milestone.ATTEMPT_FAILED], OrderStage.OUT_FOR_DELIVERY, True),
        ([Milestone.READY_FOR_PICKUP], OrderStage.OUT_FOR_DELIVERY, False),
        ([Milestone.DELIVERED], OrderStage.DELIVERED, False),
        ([Milestone.RETURNED], OrderStage.RETURNED, False),
        ([Milestone.CANCELLED], OrderStage.CONFIRMED, False),  # a void label is no cancelled order
        ([Milestone.DELIVERED, Milestone.IN_TRANSIT], OrderStage.IN_TRANSIT, False),
        ([Milestone.DELIVERED, None], OrderStage.SHIPPED, False),  # the carrier had one
        ([Milestone.IN_TRANSIT, Milestone.LABEL_CREATED], OrderStage.SHIPPED, False),
        ([Milestone.DELIVERED, Milestone.DELIVERED], OrderStage.DELIVERED, False),
        ([Milestone.DELIVERED, Milestone.RETURNED], OrderStage.DELIVERED, False),
        ([Milestone.RETURNED, Milestone.RETURNED], OrderStage.RETURNED, False),
        ([Milestone.DELIVERED, Milestone.CANCELLED], OrderStage.DELIVERED, False),
        ([Milestone.OUT_FOR_DELIVERY, Milestone.ATTEMPT_FAILED], OrderStage.OUT_FOR_DELIVERY, True),
    ],
)
def test_an_order_is_as_far_as_its_last_parcel(
    parcels: list[Milestone | None], stage: OrderStage, delayed: bool
) -> None:
    state = roll_up(CONFIRMED, [a_shipment(milestone) for milestone in parcels])

    assert (state.stage, state.delayed) == (stage, delayed)
    assert state.state == ("delayed" if delayed else stage)


@pytest.mark.parametrize("milestone", [Milestone.EXCEPTION, Milestone.RETURNING, Milestone.LOST])
@pytest.mark.parametrize(
    ("before", "stage"),
    [
        (Milestone.IN_TRANSIT, OrderStage.IN_TRANSIT),
        (Milestone.ATTEMPT_FAILED, OrderStage.OUT_FOR_DELIVERY),
    ],
)
def test_trouble_keeps_the_stage_before_it_and_delays(
    milestone: Milestone, before: Milestone, stage: OrderStage
) -> None:
    state = roll_up(PLACED, [in_trouble(milestone, before)])

    assert (state.stage, state.delayed, state.ended) == (stage, True, False)


@pytest.mark.parametrize(
    ("milestone", "stage"),
    [
        (Milestone.EXCEPTION, OrderStage.PLACED),  # trouble with a label: nobody has the parcel
        (Milestone.RETURNING, OrderStage.SHIPPED),
        (Milestone.LOST, OrderStage.SHIPPED),
    ],
)
def test_trouble_seen_first_says_only_whether_the_carrier_has_it(milestone: Milestone, stage: OrderStage) -> None:
    assert roll_up(PLACED, [in_trouble(milestone, None)]).stage is stage


def test_every_milestone_has_its_row() -> None:
    assert set(ROLL_UP) == {None, *Milestone} - {Milestone.UNKNOWN}


@pytest.mark.parametrize(
    ("facts", "stage"),
    [(PLACED, OrderStage.PLACED), (CONFIRMED, OrderStage.CONFIRMED), (PACKED, OrderStage.PACKED)],
)
def test_without_a_scan_the_shops_word_stands(facts: ShopFacts, stage: OrderStage) -> None:
    assert roll_up(facts, [a_shipment(None)]).stage is stage


@pytest.mark.parametrize(
    ("parcels", "stage", "ended", "counted"),
    [
        ([], OrderStage.CANCELLED, True, 0),
        ([Milestone.LABEL_CREATED], OrderStage.CANCELLED, True, 0),
        ([Milestone.IN_TRANSIT], OrderStage.IN_TRANSIT, False, 1),  # too late: the carrier has it
        ([Milestone.IN_TRANSIT, Milestone.LABEL_CREATED], OrderStage.IN_TRANSIT, False, 1),
        ([Milestone.DELIVERED, None], OrderStage.DELIVERED, True, 1),
    ],
)
def test_a_cancel_ends_an_order_only_while_no_parcel_is_with_the_carrier(
    parcels: list[Milestone | None], stage: OrderStage, ended: bool, counted: int
) -> None:
    state = roll_up(CALLED_OFF, [a_shipment(milestone) for milestone in parcels])

    assert (state.stage, state.ended, state.parcels) == (stage, ended, counted)


def test_the_counts_leave_out_what_was_removed_superseded_or_void() -> None:
    parcels = [
        a_shipment(Milestone.DELIVERED),
        a_shipment(Milestone.RETURNED),
        a_shipment(Milestone.IN_TRANSIT),
        a_shipment(Milestone.CANCELLED),
        a_shipment(Milestone.DELIVERED, removed_at=NOON),
        a_shipment(Milestone.DELIVERED, superseded_by=ShipmentId("s9")),
    ]

    state = roll_up(CONFIRMED, parcels)

    assert (state.delivered, state.returned, state.parcels, state.ended) == (1, 1, 3, False)


def test_a_passed_promise_delays_the_order_until_the_parcel_has_ended() -> None:
    late = Judgement(delayed=DelayCause.PROMISE_PASSED, delayed_since=NOON)

    assert roll_up(PLACED, [a_shipment(Milestone.IN_TRANSIT, judgement=late)]).state == "delayed"
    assert roll_up(PLACED, [a_shipment(Milestone.DELIVERED, judgement=late)]).state == "delivered"
