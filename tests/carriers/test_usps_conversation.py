"""Our USPS and the sandbox's USPS, which share no line, understand each other over HTTP."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from carriers.contract import Carrier, CarrierBusy, CarrierDown, CarrierRefused, Tokens, UnknownNumber
from carriers.events import Clock, Milestone, Promise, Reason, Tracked
from carriers.registry import OPEN
from carriers.sandbox.clock import SetClock
from carriers.sandbox.server import CLIENTS, Sandbox
from carriers.sandbox.stories import Promise as Told
from carriers.sandbox.stories import Scan, Spot, Story
from carriers.sandbox.usps.words import WORDS
from carriers.sandbox.words import scan
from tests.carriers.test_ups_asking import OneToken, Purse
from tests.carriers.usps_answers import NUMBER
from tests.servers import PATIENCE
from tracker.domain.shipments import replay

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
FARGO = Spot(city="FARGO", region="ND", country="US", utc_offset=timedelta(hours=-5))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(clock=SetClock(NOON + timedelta(days=9))) as running:
        yield running


def a_story(*kinds: str, begins: datetime = NOON) -> Story:
    scans: tuple[Scan, ...] = tuple(
        scan(kind, at=begins + timedelta(hours=hour), spot=FARGO, carrier="usps") for hour, kind in enumerate(kinds)
    )
    return Story(number=NUMBER, carrier="usps", scans=scans, origin=FARGO, destination=FARGO)


def usps(sandbox: Sandbox, *, tokens: Tokens | None = None, secret: str = "", total: timedelta = PATIENCE) -> Carrier:
    client, known = next(iter(CLIENTS.items()))
    pair = {"client_id": client, "client_secret": secret or known}
    return OPEN["usps"](sandbox.url, pair, tokens=tokens or OneToken(), machine_now=lambda: NOON, total=total)


def look(carrier: Carrier, number: str = NUMBER) -> Tracked:
    reading = carrier.ask([number], Purse()).readings[number]
    assert isinstance(reading, tuple), reading
    return reading[0]


@pytest.mark.parametrize(
    ("kinds", "milestone", "reason"),
    [
        (("label",), Milestone.LABEL_CREATED, None),
        (("label", "origin", "departed", "arrived"), Milestone.IN_TRANSIT, None),
        (("label", "with a partner", "on the way"), Milestone.PICKED_UP, None),
        (("label", "origin", "arrived", "late"), Milestone.EXCEPTION, Reason.OPERATIONAL),
        (("label", "origin", "refused", "returning", "returned"), Milestone.RETURNED, None),
        (("label", "origin", "address wrong"), Milestone.EXCEPTION, Reason.ADDRESS),
        (("label", "origin", "missorted"), Milestone.EXCEPTION, Reason.MISSENT),
        (("label", "origin", "unclaimed"), Milestone.RETURNING, Reason.NOT_COLLECTED),
        (("label", "origin", "lost"), Milestone.LOST, None),
        (("label", "label voided"), Milestone.CANCELLED, None),
        (("label", "origin", "a code nobody knows"), Milestone.PICKED_UP, None),
    ],
)
def test_a_journey_ends_where_it_should(
    sandbox: Sandbox, kinds: tuple[str, ...], milestone: Milestone, reason: Reason | None
) -> None:
    sandbox.tell(a_story(*kinds))

    told = look(usps(sandbox))

    assert (len(told.events), told.unread) == (len(kinds), 0)
    assert (replay(told.events).milestone, replay(told.events).reason) == (milestone, reason)


def test_only_what_nobody_knows_is_unknown(sandbox: Sandbox) -> None:
    sandbox.tell(a_story(*WORDS))

    unknown = [event.code for event in look(usps(sandbox)).events if not event.known]

    assert unknown == ["Q9"]


def test_every_scan_is_put_where_it_happened_though_their_dates_do_not_roll(sandbox: Sandbox) -> None:
    kinds = ("origin", *(("departed", "arrived") * 15))
    sandbox.tell(a_story(*kinds))

    events = look(usps(sandbox)).events

    assert {event.clock for event in events} == {Clock.EXACT}
    assert [event.occurred_at for event in events] == [NOON + timedelta(hours=hour) for hour in range(len(kinds))]


def test_a_manifest_has_a_day_and_a_typed_label_an_hour_of_its_place(sandbox: Sandbox) -> None:
    sandbox.tell(a_story("label", "manifest", "with a partner"))

    clocks = {event.code: event.clock for event in look(usps(sandbox)).events}

    assert clocks == {"MA": Clock.DAY_ONLY, "GX": Clock.BY_PLACE, "80": Clock.BY_PLACE}


def test_a_promise_with_hours_arrives_whole(sandbox: Sandbox) -> None:
    window = Told(day=date(2026, 3, 20), shown_at=NOON, not_before=time(13, 45), not_after=time(17, 45))
    sandbox.tell(replace(a_story("label", "origin"), promises=(window,)))

    friday = date(2026, 3, 20)
    assert look(usps(sandbox)).promise == Promise(
        first_day=friday, last_day=friday, not_before=time(13, 45), not_after=time(17, 45)
    )


def test_the_newer_life_of_a_number_answers(sandbox: Sandbox) -> None:
    former = a_story("label", "origin", "delivered", begins=NOON - timedelta(days=200))
    sandbox.tell(former, a_story("label", "origin"))

    assert [event.code for event in look(usps(sandbox)).events] == ["GX", "OA"]


def test_a_number_with_the_postcode_in_front_is_the_same_number(sandbox: Sandbox) -> None:
    sandbox.tell(a_story("label"))

    assert look(usps(sandbox), f"42058102{NUMBER}").tracking_number == f"42058102{NUMBER}"


def test_a_token_that_a_newer_one_ended_is_renewed(sandbox: Sandbox) -> None:
    sandbox.tell(a_story("label"))
    carrier = usps(sandbox)
    look(carrier)
    carrier.check(Purse())

    assert look(carrier).events[0].milestone is Milestone.LABEL_CREATED


def test_refusals_waits_and_failures_are_told_apart(sandbox: Sandbox) -> None:
    sandbox.tell(a_story("label"))

    with pytest.raises(CarrierRefused):
        look(usps(sandbox, secret="wrong"))
    sandbox.fault(kind="429", of="track", retry_after=7)
    with pytest.raises(CarrierBusy) as busy:
        look(usps(sandbox))
    assert busy.value.wait == timedelta(seconds=7)
    for trouble in ("500", "timeout", "reset", "half"):
        sandbox.fault(kind=trouble, of="track")
        with pytest.raises(CarrierDown):
            look(usps(sandbox, total=timedelta(seconds=1)))


@pytest.mark.parametrize("hidden", [True, False])
def test_a_label_they_do_not_show_yet_is_not_known_yet(sandbox: Sandbox, hidden: bool) -> None:
    later = a_story("label", begins=NOON + timedelta(days=20))
    sandbox.tell(replace(later, hidden_at_first=hidden))

    assert isinstance(usps(sandbox).ask([NUMBER], Purse()).readings[NUMBER], UnknownNumber)


def test_an_unknown_number_is_not_known_yet(sandbox: Sandbox) -> None:
    assert isinstance(usps(sandbox).ask([NUMBER], Purse()).readings[NUMBER], UnknownNumber)
