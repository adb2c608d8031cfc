"""What is told when a carrier takes something back: once, later, and never what has become untrue."""

from dataclasses import replace
from datetime import timedelta

import pytest

from carriers.events import Milestone
from notifiers.message import Channel
from tests.domain.builders import DAY, HOUR, NOON, a_recipient, a_scan, a_shipment, stands
from tests.domain.desk import a_desk, a_desk_that_told, a_look, told
from tracker.domain.merging import MERGE_WAIT
from tracker.domain.notices import Notice, NotificationState, WhyNot
from tracker.domain.people import Contact
from tracker.domain.ranks import RANKS, may_start
from tracker.domain.shipments import ShipmentId, Transition

MINUTE = timedelta(minutes=1)
LABEL, PICKED_UP, TRANSIT = Milestone.LABEL_CREATED, Milestone.PICKED_UP, Milestone.IN_TRANSIT
OUT, ATTEMPT, READY = Milestone.OUT_FOR_DELIVERY, Milestone.ATTEMPT_FAILED, Milestone.READY_FOR_PICKUP
DELIVERED, TROUBLE, RETURNING = Milestone.DELIVERED, Milestone.EXCEPTION, Milestone.RETURNING


@pytest.mark.parametrize("after", [OUT, ATTEMPT, TROUBLE, READY])
def test_a_delivery_taken_back_is_told_once_it_has_stood(after: Milestone) -> None:
    desk = a_desk_that_told(DELIVERED)
    desk.look(a_look(NOON + HOUR, a_scan(after, NOON + 50 * MINUTE, code="back")))
    desk.until(NOON + HOUR + 9 * MINUTE)
    before_it_stood = [row.notice for row in desk.told]
    desk.until(NOON + HOUR + 10 * MINUTE)

    assert before_it_stood == [Notice.DELIVERED]
    assert [row.notice for row in desk.told] == [Notice.DELIVERED, Notice.CORRECTED]
    assert (desk.told[-1].told.corrected_from, desk.told[-1].told.milestone) == (DELIVERED, after)


def test_a_correction_that_is_withdrawn_in_time_tells_nobody() -> None:
    desk = a_desk_that_told(DELIVERED)
    desk.look(a_look(NOON + HOUR, a_scan(OUT, NOON + 50 * MINUTE)))
    desk.look(a_look(NOON + HOUR + 5 * MINUTE, a_scan(DELIVERED, NOON + 55 * MINUTE, code="again")))
    desk.until(NOON + 3 * HOUR)

    assert [row.notice for row in desk.told] == [Notice.DELIVERED]


def test_a_delivery_that_comes_true_after_its_correction_is_told_again() -> None:
    desk = a_desk_that_told(DELIVERED, OUT)
    desk.look(a_look(NOON + 3 * HOUR, a_scan(DELIVERED, NOON + 2 * HOUR, code="again")))
    desk.until(NOON + 4 * HOUR)

    assert [row.notice for row in desk.told] == [Notice.DELIVERED, Notice.CORRECTED, Notice.DELIVERED]


def test_a_person_who_was_not_told_is_not_corrected() -> None:
    desk = a_desk(TRANSIT, recipients=(a_recipient(consents=()),))
    desk.look(a_look(NOON + MINUTE, a_scan(DELIVERED, NOON)))
    desk.look(a_look(NOON + HOUR, a_scan(OUT, NOON + 50 * MINUTE)))

    assert not [row for row in desk.decided if row.notice is Notice.CORRECTED]


def test_a_delivery_taken_back_before_it_was_told_is_never_told() -> None:
    desk = a_desk(TRANSIT, OUT)  # a sibling is on its way: delivered waits for it
    desk.look(a_look(NOON + MINUTE, a_scan(DELIVERED, NOON)))
    desk.look(a_look(NOON + 5 * MINUTE, a_scan(OUT, NOON + 2 * MINUTE)))
    desk.until(NOON + 2 * HOUR)

    assert [row.notice for row in desk.told] == [Notice.OUT_FOR_DELIVERY]


def test_the_next_news_takes_the_place_of_a_waiting_correction() -> None:
    desk = a_desk_that_told(DELIVERED)
    desk.look(a_look(NOON + HOUR, a_scan(OUT, NOON + 40 * MINUTE)))
    desk.look(a_look(NOON + HOUR + MINUTE, a_scan(ATTEMPT, NOON + 50 * MINUTE)))
    desk.until(NOON + 3 * HOUR)

    assert [(row.notice, row.correction) for row in desk.told] == [
        (Notice.DELIVERED, False),
        (Notice.ATTEMPT_FAILED, True),
    ]


def test_a_return_after_a_delivery_that_was_told_is_the_correction_itself_however_late() -> None:
    desk = a_desk_that_told(DELIVERED)
    desk.look(a_look(NOON + 9 * DAY, a_scan(RETURNING, NOON - HOUR)))
    desk.until(NOON + 10 * DAY)

    assert [(row.notice, row.correction) for row in desk.told] == [(Notice.DELIVERED, False), (Notice.RETURNED, True)]


def test_a_lost_parcel_that_is_found_is_good_news_for_those_who_were_told() -> None:
    desk = a_desk_that_told(Milestone.LOST)
    desk.look(a_look(NOON + 5 * HOUR, a_scan(TRANSIT, NOON + 4 * HOUR)))
    desk.until(NOON + 6 * HOUR)

    assert [(row.notice, row.told.corrected_from) for row in desk.told[1:]] == [(Notice.CORRECTED, Milestone.LOST)]


def test_a_lease_taken_before_newer_news_may_not_start_what_is_old() -> None:
    desk = a_desk(LABEL)
    desk.look(a_look(NOON + MINUTE, a_scan(PICKED_UP, NOON)))
    desk.rows = [replace(row, state=NotificationState.LEASED) for row in desk.rows]  # a worker holds it
    desk.look(a_look(NOON + 2 * MINUTE, a_scan(DELIVERED, NOON + MINUTE)))
    desk.until(NOON + 2 * MINUTE)

    assert [row.notice for row in desk.told] == [Notice.DELIVERED]
    assert may_start(desk.rows[0], desk.rows) is WhyNot.TOLD_HIGHER


def test_a_lease_on_what_was_taken_back_may_not_start() -> None:
    desk = a_desk(TRANSIT)
    desk.look(a_look(NOON + MINUTE, a_scan(DELIVERED, NOON)))
    desk.rows = [replace(row, state=NotificationState.LEASED) for row in desk.rows]
    desk.look(a_look(NOON + 3 * MINUTE, a_scan(OUT, NOON + 2 * MINUTE)))
    delivered, corrected = desk.rows

    assert may_start(delivered, desk.rows) is WhyNot.TAKEN_BACK
    assert may_start(corrected, [replace(delivered, state=NotificationState.SUPERSEDED)]) is WhyNot.TAKEN_BACK
    assert may_start(corrected, [replace(delivered, state=NotificationState.UNKNOWN)]) is None


def test_a_row_whose_parcel_a_later_message_counted_may_not_start() -> None:
    desk = a_desk(OUT, OUT)
    desk.look(a_look(NOON, a_scan(DELIVERED, NOON)), "s1")
    first = replace(desk.rows[0], state=NotificationState.LEASED)
    desk.rows = [first]
    desk.look(a_look(NOON + MINUTE, a_scan(DELIVERED, NOON)), "s2")
    desk.until(NOON + MINUTE + MERGE_WAIT)  # the first may leave at any moment: the second keeps its distance

    assert [row.told.delivered for row in desk.told] == [2]
    assert may_start(first, desk.rows) is WhyNot.SUPERSEDED


def test_other_people_and_channels_do_not_hold_a_row_up() -> None:
    desk = a_desk_that_told(DELIVERED)
    low = replace(desk.rows[0], dedupe_key="x", rank=RANKS[Notice.SHIPPED])

    assert may_start(low, desk.rows) is WhyNot.TOLD_HIGHER
    assert may_start(replace(low, channel=Channel.SMS), desk.rows) is None
    assert may_start(replace(low, shipment_id=ShipmentId("s2")), desk.rows) is None


def test_every_notice_has_a_rank() -> None:
    assert set(RANKS) == set(Notice)


def test_the_same_commit_decided_again_decides_nothing() -> None:
    desk = a_desk(TRANSIT)
    desk.look(a_look(NOON + MINUTE, a_scan(DELIVERED, NOON)))
    decided: list[Transition] = desk.steps

    desk.decide(desk.order, NOON + HOUR, transitions=decided, events={})

    assert len(desk.decided) == 1


def test_an_sms_address_makes_a_row_of_its_own() -> None:
    contacts = (*a_recipient().contacts, Contact(channel=Channel.SMS, address="+15550100"))
    rows = told(
        a_shipment(None),
        a_shipment(standing=stands(DELIVERED)),
        recipients=(a_recipient(contacts=contacts),),
        channels=(Channel.EMAIL, Channel.SMS),
    )

    assert [(row.channel, row.why_not) for row in rows] == [(Channel.EMAIL, None), (Channel.SMS, WhyNot.NO_CONSENT)]
