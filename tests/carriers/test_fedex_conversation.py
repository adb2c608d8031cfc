"""Our FedEx and the sandbox's FedEx, which share no line, understand each other over HTTP."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from carriers.contract import Carrier, CarrierBusy, CarrierDown, CarrierRefused, Token, Tokens, UnknownNumber
from carriers.events import Clock, Milestone, Promise, Reason, Tracked
from carriers.registry import OPEN
from carriers.sandbox.calls import Limit
from carriers.sandbox.clock import SetClock
from carriers.sandbox.server import CLIENTS, Sandbox
from carriers.sandbox.stories import Promise as Told
from carriers.sandbox.stories import Scan, Spot, Story
from carriers.sandbox.words import WORDS, scan
from tests.carriers.fedex_answers import NUMBER, OTHER
from tests.carriers.test_ups_asking import OneToken, Purse
from tests.servers import PATIENCE
from tracker.domain.shipments import replay

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
FARGO = Spot(city="FARGO", region="ND", country="US", utc_offset=timedelta(hours=-5))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(clock=SetClock(NOON + timedelta(days=9)), is_enforcing=True) as running:
        yield running


def a_story(*kinds: str, number: str = NUMBER, begins: datetime = NOON) -> Story:
    scans: tuple[Scan, ...] = tuple(
        scan(kind, at=begins + timedelta(hours=hour), spot=FARGO, carrier="fedex") for hour, kind in enumerate(kinds)
    )
    return Story(number=number, carrier="fedex", scans=scans, origin=FARGO, destination=FARGO)


def fedex(sandbox: Sandbox, *, tokens: Tokens | None = None, secret: str = "", total: timedelta = PATIENCE) -> Carrier:
    client, known = next(iter(CLIENTS.items()))
    pair = {"client_id": client, "client_secret": secret or known}
    return OPEN["fedex"](sandbox.url, pair, tokens=tokens or OneToken(), machine_now=lambda: NOON, total=total)


def look(carrier: Carrier) -> Tracked:
    reading = carrier.ask([NUMBER], Purse()).readings[NUMBER]
    assert isinstance(reading, tuple), reading
    return reading[0]


@pytest.mark.parametrize(
    ("kinds", "milestone", "reason"),
    [
        (("label",), Milestone.LABEL_CREATED, None),
        (("label", "dropped off"), Milestone.PICKED_UP, None),
        (("label", "picked up", "origin", "departed", "arrived"), Milestone.IN_TRANSIT, None),
        (("label", "origin", "out for delivery"), Milestone.OUT_FOR_DELIVERY, None),
        (("label", "origin", "out for delivery", "delivered"), Milestone.DELIVERED, None),
        (("label", "origin", "delivered at the door"), Milestone.DELIVERED, Reason.SAFE_PLACE),
        (("label", "origin", "at the access point"), Milestone.READY_FOR_PICKUP, Reason.ACCESS_POINT),
        (("label", "origin", "at the access point", "collected"), Milestone.DELIVERED, Reason.ACCESS_POINT),
        (("label", "origin", "out for delivery", "nobody home"), Milestone.ATTEMPT_FAILED, Reason.RECIPIENT_ABSENT),
        (("label", "origin", "not attempted"), Milestone.EXCEPTION, None),
        (("label", "origin", "address wrong"), Milestone.EXCEPTION, Reason.ADDRESS),
        (("label", "origin", "weather"), Milestone.EXCEPTION, Reason.WEATHER),
        (("label", "origin", "missorted"), Milestone.EXCEPTION, Reason.OPERATIONAL),
        (("label", "origin", "customs"), Milestone.EXCEPTION, Reason.CUSTOMS),
        (("label", "origin", "customs", "customs released"), Milestone.IN_TRANSIT, None),
        (("label", "origin", "on time", "early", "hold requested"), Milestone.PICKED_UP, None),
        (("label", "origin", "out for delivery", "sent back"), Milestone.RETURNING, None),
        (("label", "origin", "returning"), Milestone.RETURNING, None),
        (("label", "origin", "returning", "delivered"), Milestone.RETURNED, None),
        (("label", "label voided"), Milestone.CANCELLED, None),
        (("label", "origin", "a code nobody knows"), Milestone.PICKED_UP, None),
    ],
)
def test_a_journey_ends_where_it_should(
    sandbox: Sandbox, kinds: tuple[str, ...], milestone: Milestone, reason: Reason | None
) -> None:
    sandbox.tell(a_story(*kinds))

    told = look(fedex(sandbox))

    standing = replay(told.events)
    assert (len(told.events), told.unread) == (len(kinds), 0)
    assert (standing.milestone, standing.reason) == (milestone, reason)


def test_only_what_nobody_knows_is_unknown(sandbox: Sandbox) -> None:
    sandbox.tell(a_story(*WORDS["fedex"]))

    unknown = [event.code for event in look(fedex(sandbox)).events if not event.known]

    assert unknown == ["ZQ"]


def test_a_pickup_at_midnight_is_a_day(sandbox: Sandbox) -> None:
    sandbox.tell(a_story("label", "picked up", "departed"))

    told = look(fedex(sandbox))

    assert {event.code: event.clock for event in told.events}["PU"] is Clock.DAY_ONLY
    assert replay(told.events[:2]).milestone is Milestone.PICKED_UP


def test_thirty_numbers_are_one_call_with_thirty_answers(sandbox: Sandbox) -> None:
    numbers = [f"77048123{each:04}" for each in range(30)]
    sandbox.tell(*(a_story("label", "origin", number=number) for number in numbers[::2]))
    sandbox.tell(replace(a_story("label", number=numbers[2]), blank_before_number=True))

    told = fedex(sandbox).ask(numbers, Purse()).readings

    assert [isinstance(told[number], tuple) for number in numbers] == [True, False] * 15
    assert all(isinstance(told[number], UnknownNumber) for number in numbers[1::2])


def test_a_recycled_number_is_its_newer_life(sandbox: Sandbox) -> None:
    old = a_story("label", "origin", "delivered", begins=NOON - timedelta(days=300))
    sandbox.tell(old, a_story("label", "origin"))

    told = look(fedex(sandbox))

    assert replay(told.events).milestone is Milestone.PICKED_UP
    assert len(told.events) == 2


def test_a_window_and_the_partner_s_number_are_kept(sandbox: Sandbox) -> None:
    promised = Told(day=date(2026, 3, 20), shown_at=NOON, not_before=time(9), not_after=time(12))
    story = replace(a_story("label", "to the post office"), promises=(promised,), handed_over_to="92" + "0" * 20)
    sandbox.tell(story)

    told = look(fedex(sandbox))

    day = date(2026, 3, 20)
    assert told.promise == Promise(first_day=day, last_day=day, not_before=time(9), not_after=time(12))
    assert told.handed_over_to == "92" + "0" * 20


def test_expired_and_broken_tokens_are_renewed(sandbox: Sandbox) -> None:
    sandbox.tell(a_story("label"))
    expired = OneToken()
    look(fedex(sandbox, tokens=expired))
    sandbox.fault(kind="expire_tokens", carrier="fedex")
    broken = OneToken(Token(secret="no.jwt", expires_machine_at=NOON + timedelta(hours=1)))

    for tokens in (expired, broken):
        assert look(fedex(sandbox, tokens=tokens)).events[0].milestone is Milestone.LABEL_CREATED


def test_refusals_waits_and_failures_are_told_apart(sandbox: Sandbox) -> None:
    sandbox.tell(a_story("label"))

    with pytest.raises(CarrierRefused):
        look(fedex(sandbox, secret="wrong"))
    sandbox.fault(kind="429", of="track", retry_after=7)
    with pytest.raises(CarrierBusy) as busy:
        look(fedex(sandbox))
    assert busy.value.wait == timedelta(seconds=7)
    for trouble in ("500", "503", "timeout", "reset", "half"):
        sandbox.fault(kind=trouble, of="track")
        with pytest.raises(CarrierDown):
            look(fedex(sandbox, total=timedelta(seconds=1)))


def test_a_spent_day_is_waited_for_until_midnight(sandbox: Sandbox) -> None:
    sandbox.set_limit(Limit(carrier="fedex", name="day", seconds=86400, most=1, is_calendar=True))

    with pytest.raises(CarrierBusy) as busy:
        look(fedex(sandbox))

    assert busy.value.wait == timedelta(hours=12)


def test_an_unknown_number_is_not_known_yet(sandbox: Sandbox) -> None:
    assert isinstance(fedex(sandbox).ask([OTHER], Purse()).readings[OTHER], UnknownNumber)
