"""Our DHL and the sandbox's DHL, which share no line, understand each other over HTTP."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from carriers.contract import Carrier, CarrierBusy, CarrierDown, CarrierRefused, UnknownNumber
from carriers.events import Clock, Milestone, Promise, Reason, Tracked
from carriers.registry import OPEN
from carriers.sandbox.clock import SetClock
from carriers.sandbox.server import KEYS, Sandbox
from carriers.sandbox.stories import Promise as Told
from carriers.sandbox.stories import Scan, Spot, Story
from carriers.sandbox.words import WORDS, scan
from tests.carriers.dhl_answers import NUMBER
from tests.carriers.test_ups_asking import OneToken, Purse
from tests.servers import PATIENCE
from tracker.domain.shipments import replay

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
SPOTS = {
    "express": Spot(city="CORK", country="IE"),
    "parcel-de": Spot(city="Lahr", country="DE", utc_offset=timedelta(hours=1)),
    "parcel-nl": Spot(city="Breda", country="NL", utc_offset=timedelta(hours=1)),
    "ecommerce": Spot(city="Fargo", region="ND", country="US", utc_offset=timedelta(hours=-5)),
}
DIVISIONS = sorted(SPOTS)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(clock=SetClock(NOON + timedelta(days=9))) as running:
        yield running


def a_story(division: str, *kinds: str, begins: datetime = NOON) -> Story:
    spot, said = SPOTS[division], "dhl" if division == "express" else f"dhl/{division}"
    scans: tuple[Scan, ...] = tuple(
        scan(kind, at=begins + timedelta(hours=hour), spot=spot, carrier=said) for hour, kind in enumerate(kinds)
    )
    return Story(number=NUMBER, carrier="dhl", service_code=division, scans=scans, origin=spot, destination=spot)


def dhl(sandbox: Sandbox, *, key: str = KEYS[0], machine_now: datetime = NOON, total: timedelta = PATIENCE) -> Carrier:
    return OPEN["dhl"](sandbox.url, {"api_key": key}, tokens=OneToken(), machine_now=lambda: machine_now, total=total)


def look(carrier: Carrier, number: str = NUMBER) -> Tracked:
    reading = carrier.ask([number], Purse()).readings[number]
    assert isinstance(reading, tuple), reading
    return reading[0]


@pytest.mark.parametrize(
    ("division", "kinds", "milestone", "reason"),
    [
        ("express", ("label",), Milestone.LABEL_CREATED, None),
        ("express", ("label", "picked up", "departed", "arrived"), Milestone.IN_TRANSIT, None),
        (
            "express",
            ("picked up", "out for delivery", "nobody home"),
            Milestone.ATTEMPT_FAILED,
            Reason.RECIPIENT_ABSENT,
        ),
        ("express", ("picked up", "customs"), Milestone.EXCEPTION, Reason.CUSTOMS),
        ("express", ("picked up", "customs", "customs released"), Milestone.IN_TRANSIT, None),
        ("express", ("picked up", "out for delivery", "delivered"), Milestone.DELIVERED, None),
        ("express", ("picked up", "missorted"), Milestone.EXCEPTION, Reason.MISSENT),
        ("express", ("picked up", "refused", "returned"), Milestone.RETURNED, None),
        ("express", ("picked up", "lost"), Milestone.LOST, None),
        ("express", ("picked up", "a code nobody knows"), Milestone.PICKED_UP, None),
        ("parcel-de", ("label", "origin", "at the last facility"), Milestone.IN_TRANSIT, None),
        ("parcel-de", ("label", "origin", "out for delivery"), Milestone.OUT_FOR_DELIVERY, None),
        ("parcel-de", ("label", "origin", "out for delivery", "delivered"), Milestone.DELIVERED, None),
        (
            "parcel-nl",
            ("label", "out for delivery", "nobody home", "redirected"),
            Milestone.ATTEMPT_FAILED,
            Reason.RECIPIENT_ABSENT,
        ),
        ("parcel-nl", ("arrived", "out for delivery", "left at the shop"), Milestone.IN_TRANSIT, None),
        (
            "parcel-nl",
            ("arrived", "left at the shop", "at the access point"),
            Milestone.READY_FOR_PICKUP,
            Reason.ACCESS_POINT,
        ),
        ("parcel-nl", ("arrived", "returning", "returned"), Milestone.RETURNED, None),
        ("parcel-nl", ("out for delivery", "delivered to a neighbour"), Milestone.DELIVERED, Reason.NEIGHBOUR),
        ("ecommerce", ("label", "label voided"), Milestone.CANCELLED, None),
        ("ecommerce", ("picked up", "to the post office", "delivered"), Milestone.DELIVERED, Reason.MAILBOX),
        ("ecommerce", ("picked up", "at the access point", "collected"), Milestone.DELIVERED, None),
        ("ecommerce", ("picked up", "address wrong"), Milestone.EXCEPTION, Reason.ADDRESS),
        ("ecommerce", ("picked up", "damaged"), Milestone.EXCEPTION, Reason.DAMAGED),
        ("ecommerce", ("picked up", "returning", "returned"), Milestone.RETURNED, None),
    ],
)
def test_a_journey_ends_where_it_should(
    sandbox: Sandbox, division: str, kinds: tuple[str, ...], milestone: Milestone, reason: Reason | None
) -> None:
    sandbox.tell(a_story(division, *kinds))

    told = look(dhl(sandbox))

    assert (len(told.events), told.unread) == (len(kinds), 0)
    assert (replay(told.events).milestone, replay(told.events).reason) == (milestone, reason)


@pytest.mark.parametrize("division", DIVISIONS)
def test_only_what_nobody_knows_is_unknown(sandbox: Sandbox, division: str) -> None:
    words = WORDS["dhl" if division == "express" else f"dhl/{division}"]
    sandbox.tell(a_story(division, *words))

    unknown = [event.code.split("/")[1] for event in look(dhl(sandbox)).events if not event.known]

    assert unknown == [words["a code nobody knows"].code]


@pytest.mark.parametrize("division", DIVISIONS)
def test_every_scan_is_put_where_it_happened_whatever_the_division_makes_of_zones(
    sandbox: Sandbox, division: str
) -> None:
    kinds = ("arrived", "at the last facility", "out for delivery", "delivered")
    sandbox.tell(a_story(division, *kinds))

    events = look(dhl(sandbox)).events

    assert {event.clock for event in events} == {Clock.BY_PLACE if division == "parcel-de" else Clock.EXACT}
    assert [event.occurred_at for event in events] == [NOON + timedelta(hours=hour) for hour in range(len(kinds))]
    assert {event.place.city for event in events} == {SPOTS[division].city}


def test_a_label_that_comes_late_and_on_top_hides_no_delivery(sandbox: Sandbox) -> None:
    sandbox.tell(a_story("express", "picked up", "delivered", "label"))

    assert replay(look(dhl(sandbox)).events).milestone is Milestone.DELIVERED


@pytest.mark.parametrize("division", DIVISIONS)
def test_a_promise_with_hours_arrives_whole(sandbox: Sandbox, division: str) -> None:
    window = Told(day=date(2026, 3, 20), shown_at=NOON, not_before=time(13, 45), not_after=time(17, 45))
    sandbox.tell(replace(a_story(division, "label", "arrived"), promises=(window,)))

    friday = date(2026, 3, 20)
    assert look(dhl(sandbox)).promise == Promise(
        first_day=friday, last_day=friday, not_before=time(13, 45), not_after=time(17, 45)
    )


def test_the_newer_life_of_a_number_answers(sandbox: Sandbox) -> None:
    former = a_story("express", "label", "picked up", "delivered", begins=NOON - timedelta(days=40))
    sandbox.tell(former, a_story("express", "label", "picked up"))

    assert replay(look(dhl(sandbox)).events).milestone is Milestone.PICKED_UP


def test_refusals_waits_and_failures_are_told_apart(sandbox: Sandbox) -> None:
    sandbox.tell(a_story("express", "label"))

    with pytest.raises(CarrierRefused):
        look(dhl(sandbox, key="wrong"))
    with pytest.raises(CarrierRefused):
        dhl(sandbox, key="wrong").check(Purse())
    dhl(sandbox).check(Purse())
    sandbox.fault(kind="429", of="track", retry_after=7)
    with pytest.raises(CarrierBusy) as busy:
        look(dhl(sandbox))
    assert busy.value.wait == timedelta(seconds=7)
    for trouble in ("500", "timeout", "reset", "half"):
        sandbox.fault(kind=trouble, of="track")
        with pytest.raises(CarrierDown):
            look(dhl(sandbox, total=timedelta(seconds=1)))


def test_a_day_used_up_ends_at_midnight_in_greenwich(sandbox: Sandbox) -> None:
    sandbox.tell(a_story("express", "label"))
    sandbox.fault(kind="429", of="track")

    with pytest.raises(CarrierBusy) as busy:
        look(dhl(sandbox, machine_now=NOON))

    assert busy.value.wait == timedelta(hours=12)


def test_an_unknown_number_is_not_known_yet(sandbox: Sandbox) -> None:
    assert isinstance(dhl(sandbox).ask([NUMBER], Purse()).readings[NUMBER], UnknownNumber)
