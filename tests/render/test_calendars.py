"""A delivery in a calendar: it moves with the window instead of standing there twice, and says nothing of a person."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from carriers.events import Milestone
from tests.render.brands import TRAIL
from tracker.domain.orders import Order, OrderStage
from tracker.domain.shipments import Shipment, ShipmentId
from tracker.render import calendars
from tracker.render.gallery.orders import HOME, NOW, OUT, TODAY_WINDOW, WAY, days, parcel, view
from tracker.render.languages import load
from tracker.render.renderer import TEMPLATES

ENGLISH = load(TEMPLATES / "locale").choose("en", "en")
NIGHT_BEFORE = replace(TODAY_WINDOW, not_before=None)


def order_of(window: Any = None, milestone: Milestone = Milestone.IN_TRANSIT, **more: Any) -> Order:
    waits = milestone is Milestone.READY_FOR_PICKUP
    stage = OrderStage.OUT_FOR_DELIVERY if waits else OrderStage.IN_TRANSIT
    return view(stage, parcel(milestone, () if waits else WAY, window=window, **more)).order


def entries(order: Order, *, now: datetime = NOW, past: Sequence[Shipment] = ()) -> list[Any]:
    text = calendars.file(order, TRAIL, language=ENGLISH, now=now, past=past)
    return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))


def test_days_are_whole_days_and_hours_are_those_of_the_place() -> None:
    (whole,), (timed,), (open_before,) = (
        entries(order_of(each)) for each in (days(25, 26), TODAY_WINDOW, NIGHT_BEFORE)
    )

    home = ZoneInfo(HOME)
    assert (whole["DTSTART"].dt, whole["DTEND"].dt) == (date(2025, 11, 25), date(2025, 11, 27))
    assert (timed["DTSTART"].dt, timed["DTEND"].dt) == (
        datetime(2025, 11, 24, 14, tzinfo=home),
        datetime(2025, 11, 24, 18, tzinfo=home),
    )
    assert timed["DTSTART"].params["TZID"] == HOME
    assert open_before["DTSTART"].dt.time() == time(8)
    assert str(whole["SUMMARY"]) == "Delivery: order 1001 from Alpenglow"


def test_hours_come_with_the_rules_of_their_zone() -> None:
    text = calendars.file(order_of(TODAY_WINDOW), TRAIL, language=ENGLISH, now=NOW)

    assert [str(zone["TZID"]) for zone in icalendar.Calendar.from_ical(text).walk("VTIMEZONE")] == [HOME]


def test_an_entry_moves_with_the_window() -> None:
    before = order_of(days(25))
    after = replace(order_of(days(27)), version=before.version + 3)

    (was,), (now,) = entries(before), entries(after, now=NOW + timedelta(hours=1))

    assert was["UID"] == now["UID"]
    assert (was["DTSTART"].dt, now["DTSTART"].dt) == (date(2025, 11, 25), date(2025, 11, 27))
    assert now["SEQUENCE"] > was["SEQUENCE"]
    assert now["DTSTAMP"].dt > was["DTSTAMP"].dt
    assert (was["STATUS"], now["STATUS"]) == ("CONFIRMED", "CONFIRMED")


def test_what_will_not_come_is_taken_out_of_the_calendar() -> None:
    cancelled = view(OrderStage.CANCELLED, promised=days(25)).order
    lost = view(OrderStage.SHIPPED, parcel(Milestone.LOST, WAY, window=days(25))).order

    assert [one["STATUS"] for order in (cancelled, lost) for one in entries(order)] == ["CANCELLED", "CANCELLED"]
    assert not calendars.has_day(cancelled, now=NOW)
    assert not calendars.has_day(lost, now=NOW)


def test_a_pickup_stands_on_its_last_day() -> None:
    order = order_of(milestone=Milestone.READY_FOR_PICKUP, pickup_by=date(2025, 11, 28))

    (entry,) = entries(order)

    assert entry["DTSTART"].dt == date(2025, 11, 28)
    assert str(entry["SUMMARY"]) == "Collect order 1001 from Alpenglow"
    assert calendars.has_day(order, now=NOW)


def test_a_pickup_without_a_last_day_moves_the_entry_to_the_day_it_began() -> None:
    before = order_of(days(25))
    (waits,) = order_of(milestone=Milestone.READY_FOR_PICKUP, first_window=days(25)).shipments
    waits = replace(waits, pickup_by=None, standing=replace(waits.standing, day=date(2025, 11, 24)))
    after = replace(before, shipments=(waits,), version=before.version + 1)

    (was,), (now,) = entries(before), entries(after)

    assert (was["UID"], was["DTSTART"].dt) == (now["UID"], date(2025, 11, 25))
    assert (now["DTSTART"].dt, now["STATUS"]) == (date(2025, 11, 24), "CONFIRMED")
    assert str(now["SUMMARY"]) == "Collect order 1001 from Alpenglow"
    assert now["SEQUENCE"] > was["SEQUENCE"]


def test_a_day_that_was_taken_back_is_cancelled() -> None:
    order = order_of(first_window=days(25))

    (entry,) = entries(order)

    assert (entry["DTSTART"].dt, entry["STATUS"]) == (date(2025, 11, 25), "CANCELLED")
    assert not calendars.has_day(order, now=NOW)


def test_the_first_parcel_takes_the_orders_own_entry_over() -> None:
    before = view(OrderStage.PLACED, promised=days(25)).order
    after = order_of(days(26), key="s1")

    (was,), (now,) = entries(before), entries(replace(after, id=before.id, version=before.version + 1))

    assert was["UID"] == now["UID"]


def test_each_parcel_has_an_entry_of_its_own() -> None:
    order = view(
        OrderStage.IN_TRANSIT,
        parcel(Milestone.IN_TRANSIT, WAY, window=days(25), key="s1"),
        parcel(Milestone.OUT_FOR_DELIVERY, (*WAY, OUT), window=TODAY_WINDOW, key="s2"),
    ).order

    found = entries(order)

    assert len({str(one["UID"]) for one in found}) == 2
    assert [str(one["SUMMARY"]).partition(":")[2] for one in found] == [
        " parcel 1 of order 1001 from Alpenglow",
        " parcel 2 of order 1001 from Alpenglow",
    ]


def three_parcels() -> Order:
    return view(
        OrderStage.IN_TRANSIT,
        *(parcel(Milestone.IN_TRANSIT, WAY, window=days(day), key=f"s{day}") for day in (25, 26, 27)),
    ).order


def told(order: Order, past: Sequence[Shipment] = ()) -> dict[str, tuple[date, str]]:
    """Day and status by UID; no UID stands there twice."""
    found = entries(order, past=past)
    by_uid = {str(one["UID"]): (one["DTSTART"].dt, str(one["STATUS"])) for one in found}
    assert len(by_uid) == len(found)
    return by_uid


def test_a_removed_parcel_is_cancelled_and_no_other_takes_its_entry() -> None:
    order = three_parcels()
    first, second, third = order.shipments
    gone = replace(first, removed_at=NOW)

    before = told(order)
    after = told(replace(order, shipments=(second, third)), past=[gone])
    last = told(replace(order, shipments=(third,)), past=[gone, replace(second, removed_at=NOW)])

    uids = list(before)
    assert after == before | {uids[0]: (date(2025, 11, 25), "CANCELLED")}
    assert last == after | {uids[1]: (date(2025, 11, 26), "CANCELLED")}


def test_a_parcel_that_joins_later_takes_nobodys_entry_whatever_its_id() -> None:
    order = three_parcels()
    joins = replace(order.shipments[2], id=ShipmentId("s00"), created_at=NOW, window=days(28))

    before, after = told(order), told(replace(order, shipments=(joins, *order.shipments)))

    assert after.items() > before.items()


@pytest.mark.parametrize("n", [0, 1, 2])
def test_a_parcel_keeps_its_entry_when_its_number_is_corrected(n: int) -> None:
    order = three_parcels()
    wrong = order.shipments[n]
    right = replace(wrong, id=ShipmentId("s90"), window=days(29))
    unknown = replace(right, window=None)
    past = [replace(wrong, superseded_by=right.id)]
    others = [each for each in order.shipments if each is not wrong]

    before = told(order)
    undated = told(replace(order, shipments=(*others, unknown)), past=past)
    after = told(replace(order, shipments=(*others, right)), past=past)
    gone = told(replace(order, shipments=tuple(others)), past=[*past, replace(right, removed_at=NOW)])

    uid = list(before)[n]
    assert undated == before | {uid: (before[uid][0], "CANCELLED")}
    assert after == before | {uid: (date(2025, 11, 29), "CONFIRMED")}
    assert gone == before | {uid: (date(2025, 11, 29), "CANCELLED")}


def test_an_order_whose_parcels_were_all_removed_has_its_own_entry_again() -> None:
    order = three_parcels()
    past = [replace(each, removed_at=NOW) for each in order.shipments]

    before, after = told(order), told(replace(order, shipments=(), promised=days(30)), past=past)

    states = [(date(2025, 11, 30), "CONFIRMED"), *((date(2025, 11, day), "CANCELLED") for day in (26, 27))]
    assert after == dict(zip(before, states, strict=True))


@pytest.mark.parametrize(
    ("now", "is_offered"),
    [
        (NOW, True),
        (datetime(2025, 11, 24, 22, 59, tzinfo=UTC), True),  # 17:59 there
        (datetime(2025, 11, 24, 23, 0, tzinfo=UTC), False),
    ],
)
def test_an_hour_that_has_passed_is_not_offered(now: datetime, *, is_offered: bool) -> None:
    assert calendars.has_day(order_of(TODAY_WINDOW), now=now) is is_offered


def test_a_subscription_is_told_when_to_ask_again() -> None:
    text = calendars.file(order_of(days(25)), TRAIL, language=ENGLISH, now=NOW).decode()

    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in text
    assert "X-PUBLISHED-TTL:PT1H\r\n" in text
    assert "1Z999AA10123456784" not in text, "whoever sees the calendar need not see more"
