"""What is told of a change, to whom, until when, and why not."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from carriers.events import Milestone, Reason
from notifiers.message import Channel
from tests.domain.builders import (
    DAY,
    HOUR,
    MONDAY,
    NOON,
    POLICY,
    a_brand,
    a_day_scan,
    a_recipient,
    a_scan,
    a_shipment,
    stands,
)
from tests.domain.desk import BRAND, NO_ONE, a_desk, a_look, told
from tests.domain.histories import Look
from tracker.domain.news import NOTICES
from tracker.domain.notices import Notice, NotificationState, WhyNot
from tracker.domain.orders import Order, OrderStage, OrderState, ShopFacts
from tracker.domain.people import Consent, Contact
from tracker.domain.telling import decide

MINUTE = timedelta(minutes=1)
LABEL, PICKED_UP, TRANSIT = Milestone.LABEL_CREATED, Milestone.PICKED_UP, Milestone.IN_TRANSIT
OUT, ATTEMPT, READY = Milestone.OUT_FOR_DELIVERY, Milestone.ATTEMPT_FAILED, Milestone.READY_FOR_PICKUP
DELIVERED, TROUBLE, RETURNING = Milestone.DELIVERED, Milestone.EXCEPTION, Milestone.RETURNING


@pytest.mark.parametrize(("milestone", "notice"), NOTICES.items())
def test_each_milestone_that_is_news_has_its_notice(milestone: Milestone, notice: Notice) -> None:
    (row,) = told(a_shipment(None), a_shipment(standing=stands(milestone)))

    assert (row.notice, row.told.milestone, row.state) == (notice, milestone, NotificationState.PENDING)


@pytest.mark.parametrize("milestone", [LABEL, Milestone.CANCELLED])
def test_a_label_is_no_news(milestone: Milestone) -> None:
    assert not told(a_shipment(None), a_shipment(standing=stands(milestone)))


def test_several_scans_in_one_look_tell_the_newest_only() -> None:
    desk = a_desk(None)
    desk.look(a_look(NOON + 4 * HOUR, *(a_scan(m, NOON + n * HOUR) for n, m in enumerate((LABEL, PICKED_UP, TRANSIT)))))

    assert [row.notice for row in desk.decided] == [Notice.IN_TRANSIT]


def test_every_recipient_and_channel_gets_a_row_or_a_reason() -> None:
    """Whoever gave no number misses no text; a number without its owner's word gets none."""
    mail, phone = (
        Contact(channel=Channel.EMAIL, address="b@c.example"),
        Contact(channel=Channel.SMS, address="+4790000000"),
    )
    agreed = tuple(Consent(channel=on, granted=True, source="checkout", at=NOON - DAY) for on in Channel)
    ann, bob = a_recipient(), a_recipient(id="r2", contacts=(mail, phone), consents=())
    eve = a_recipient(id="r3", contacts=(mail, phone), consents=agreed)

    rows = told(
        a_shipment(None),
        a_shipment(standing=stands(DELIVERED)),
        recipients=(ann, bob, eve),
        channels=(Channel.EMAIL, Channel.SMS),
    )

    assert [(row.recipient_id, row.channel, row.why_not) for row in rows] == [
        ("r1", Channel.EMAIL, None),
        ("r2", Channel.EMAIL, WhyNot.NO_CONSENT),
        ("r2", Channel.SMS, WhyNot.NO_CONSENT),
        ("r3", Channel.EMAIL, None),
        ("r3", Channel.SMS, None),
    ]
    assert len({row.dedupe_key for row in rows}) == 5


CANCELLED_ORDER = OrderState(stage=OrderStage.CANCELLED, delayed=False, delivered=0, returned=0, parcels=0, ended=True)


@pytest.mark.parametrize(
    ("known", "state", "why_not"),
    [
        ({"now": NOON + 47 * HOUR}, NotificationState.PENDING, None),
        ({"now": NOON + 48 * HOUR}, NotificationState.EXPIRED, WhyNot.STALE),
        ({"brand": a_brand(silent_notices=frozenset({"delivered"}))}, NotificationState.SUPPRESSED, WhyNot.NOTICE_OFF),
        (
            {"suppressed": frozenset({(Channel.EMAIL, "ann@shopper.example")})},
            NotificationState.SUPPRESSED,
            "opted_out",
        ),
        ({"state": CANCELLED_ORDER}, NotificationState.SUPPRESSED, WhyNot.ORDER_CANCELLED),
    ],
)
def test_what_is_not_told_is_written_with_its_reason(
    known: dict[str, object], state: NotificationState, why_not: WhyNot | None
) -> None:
    (row,) = told(a_shipment(TRANSIT), a_shipment(standing=stands(DELIVERED)), **known)  # type: ignore[arg-type]

    assert (row.state, row.why_not) == (state, why_not)


def test_what_happened_before_we_were_asked_to_tell_is_history() -> None:
    seen = a_shipment(standing=stands(DELIVERED), notify_after=NOON + MINUTE)

    (row,) = told(a_shipment(None, notify_after=NOON + MINUTE), seen)

    assert (row.state, row.why_not) == (NotificationState.SUPPRESSED, WhyNot.HISTORY)


@pytest.mark.parametrize(("days", "why_not"), [(0, None), (1, WhyNot.HISTORY)])
def test_a_scan_that_names_only_the_day_is_no_history_on_that_day(days: int, why_not: WhyNot | None) -> None:
    scan = a_day_scan(PICKED_UP, MONDAY - timedelta(days=days))
    seen = a_shipment(standing=stands(PICKED_UP, since=scan.occurred_at, event=scan.fingerprint), notify_after=NOON)

    (row,) = told(a_shipment(LABEL, notify_after=NOON), seen, now=NOON + HOUR, event=scan)

    assert row.why_not is why_not


@pytest.mark.parametrize(
    ("zone", "until"),
    [
        ("UTC", NOON + 9 * HOUR),
        ("America/New_York", NOON + 13 * HOUR),
        ("Asia/Tokyo", NOON),  # nine in the evening already
        ("Pacific/Honolulu", NOON + 15 * HOUR),  # its lifetime ends first
    ],
)
def test_out_for_delivery_is_true_until_nine_in_the_evening_there(zone: str, until: datetime) -> None:
    (row,) = told(a_shipment(TRANSIT, destination_zone=zone), a_shipment(standing=stands(OUT), destination_zone=zone))

    assert row.expires_at == until
    assert (row.why_not is WhyNot.STALE) == (until == NOON)


def test_a_row_settles_before_it_may_go_and_expires_from_when_it_happened() -> None:
    now = NOON + 3 * HOUR
    (row,) = told(a_shipment(LABEL), a_shipment(standing=stands(PICKED_UP)), now=now)

    assert row.not_before_at == now + POLICY.settle[Notice.SHIPPED]
    assert row.expires_at == NOON + POLICY.lifetime[Notice.SHIPPED]


def test_a_newer_row_makes_the_waiting_older_one_give_way() -> None:
    desk = a_desk(LABEL)
    desk.look(a_look(NOON + HOUR, a_scan(PICKED_UP, NOON)))
    desk.look(a_look(NOON + HOUR + MINUTE, a_scan(OUT, NOON + HOUR)))
    desk.until(NOON + 2 * HOUR)

    assert [row.state for row in desk.rows] == [NotificationState.SUPERSEDED, NotificationState.ACCEPTED]


def test_a_second_trip_on_another_day_is_told_again() -> None:
    desk = a_desk(TRANSIT)
    for n, milestone in enumerate((OUT, ATTEMPT, OUT, ATTEMPT, DELIVERED)):
        at = NOON + (n // 2) * DAY + (n % 2) * HOUR
        desk.look(a_look(at + MINUTE, a_scan(milestone, at, code=f"{n}")))
    desk.until(NOON + 3 * DAY)

    assert [row.notice for row in desk.told] == [
        Notice.OUT_FOR_DELIVERY,
        Notice.ATTEMPT_FAILED,
        Notice.OUT_FOR_DELIVERY,
        Notice.ATTEMPT_FAILED,
        Notice.DELIVERED,
    ]


def test_an_older_scan_that_arrives_late_gives_no_news_a_second_key() -> None:
    desk = a_desk(TRANSIT)
    desk.look(a_look(NOON + DAY + MINUTE, a_scan(OUT, NOON + DAY)))
    desk.look(
        a_look(NOON + DAY + 9 * MINUTE, a_scan(OUT, NOON - DAY, code="late"), a_scan(OUT, NOON + DAY - HOUR, code="x"))
    )

    assert desk.shipment().standing.visit == 2
    assert [row.notice for row in desk.decided] == [Notice.OUT_FOR_DELIVERY]


def test_trouble_on_the_way_is_told_with_its_reason_and_again_for_another() -> None:
    desk = a_desk(OUT)
    for n, reason in enumerate((Reason.WEATHER, Reason.WEATHER, Reason.ADDRESS)):
        desk.look(a_look(NOON + (n + 1) * HOUR, a_scan(TROUBLE, NOON + n * HOUR, code=f"{n}", reason=reason)))
    desk.until(NOON + 4 * HOUR)

    assert [row.told.reason for row in desk.told] == [Reason.WEATHER, Reason.ADDRESS]


def test_a_parcel_at_a_counter_is_told_after_trouble_too() -> None:
    desk = a_desk(ATTEMPT)
    desk.look(a_look(NOON + HOUR, a_scan(TROUBLE, NOON, reason=Reason.ADDRESS)))
    desk.look(a_look(NOON + 3 * HOUR, a_scan(READY, NOON + 2 * HOUR)))
    desk.until(NOON + 4 * HOUR)

    assert [row.notice for row in desk.told] == [Notice.EXCEPTION, Notice.READY_FOR_PICKUP]


def confirmed(order: Order, at: datetime) -> Order:
    return replace(order, facts=ShopFacts(placed_at=NOON - DAY, confirmed_at=at))


def test_a_confirmed_order_is_told_once() -> None:
    desk = a_desk(None)
    before, desk.order = desk.order, confirmed(desk.order, NOON)
    desk.decide(before, NOON, transitions=[], events={})
    desk.decide(desk.order, NOON + HOUR, transitions=[], events={})

    assert [(row.notice, row.shipment_id, row.state) for row in desk.decided] == [
        (Notice.CONFIRMED, None, NotificationState.PENDING)
    ]


def test_a_confirmation_gives_way_to_the_parcel_itself() -> None:
    desk = a_desk(None)
    before, desk.order = desk.order, confirmed(desk.order, NOON)
    desk.decide(before, NOON, transitions=[], events={})
    desk.look(Look(at=NOON, events=(a_scan(PICKED_UP, NOON - HOUR),), promise=None))

    assert [row.state for row in desk.rows] == [NotificationState.ACCEPTED, NotificationState.PENDING]
    desk = a_desk(TRANSIT)
    desk.look(Look(at=NOON, events=(a_scan(OUT, NOON - HOUR),), promise=None))
    desk.decide(desk.order, NOON, transitions=[], events={})
    before, desk.order = desk.order, confirmed(desk.order, NOON)
    desk.decide(before, NOON, transitions=[], events={})
    assert desk.decided[-1].why_not is WhyNot.TOLD_HIGHER


def test_an_import_is_silent_about_the_past() -> None:
    order = a_desk(None).order
    (row,) = decide(
        before=order,
        after=confirmed(order, NOON - HOUR),
        transitions=[],
        events={},
        already=(),
        brand=BRAND,
        policy=POLICY,
        channels=(Channel.EMAIL,),
        suppressed=NO_ONE,
        now=NOON,
        history_before=NOON,
    )

    assert row.why_not is WhyNot.HISTORY
