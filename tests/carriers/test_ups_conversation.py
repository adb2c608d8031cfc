"""Our UPS and the sandbox's UPS, which share no line, understand each other over HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from carriers.contract import Carrier, CarrierBusy, CarrierDown, CarrierRefused, Tokens, UnknownNumber
from carriers.events import Milestone, Tracked
from carriers.registry import OPEN
from carriers.sandbox.clock import SetClock
from carriers.sandbox.server import CLIENTS, Sandbox
from carriers.sandbox.stories import Scan, Spot, Story
from carriers.sandbox.ups.words import WORDS
from carriers.sandbox.words import scan
from tests.carriers.test_ups_asking import OneToken, Purse
from tests.carriers.ups_answers import NUMBER
from tests.servers import PATIENCE
from tracker.domain.shipments import replay

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
FARGO = Spot(city="FARGO", region="ND", country="US", utc_offset=timedelta(hours=-5))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(clock=SetClock(NOON + timedelta(days=9))) as running:
        yield running


def a_story(*kinds: str) -> Story:
    scans: tuple[Scan, ...] = tuple(
        scan(kind, at=NOON + timedelta(hours=hour), spot=FARGO) for hour, kind in enumerate(kinds)
    )
    return Story(number=NUMBER, scans=scans, origin=FARGO, destination=FARGO)


def ups(sandbox: Sandbox, *, tokens: Tokens | None = None, secret: str = "", total: timedelta = PATIENCE) -> Carrier:
    client, known = next(iter(CLIENTS.items()))
    pair = {"client_id": client, "client_secret": secret or known}
    return OPEN["ups"](sandbox.url, pair, tokens=tokens or OneToken(), machine_now=lambda: NOON, total=total)


def look(carrier: Carrier) -> Tracked:
    reading = carrier.ask([NUMBER], Purse()).readings[NUMBER]
    assert isinstance(reading, tuple), reading
    return reading[0]


@pytest.mark.parametrize(
    ("kinds", "milestone"),
    [
        (("label",), Milestone.LABEL_CREATED),
        (("label", "picked up", "departed", "arrived"), Milestone.IN_TRANSIT),
        (("label", "origin", "loaded", "out for delivery", "delivered"), Milestone.DELIVERED),
        (("label", "origin", "customs", "customs released"), Milestone.IN_TRANSIT),
        (("label", "origin", "out for delivery", "nobody home"), Milestone.ATTEMPT_FAILED),
        (("label", "origin", "at the access point"), Milestone.READY_FOR_PICKUP),
        (("label", "origin", "refused", "returning", "returned"), Milestone.RETURNED),
        (("label", "origin", "lost"), Milestone.LOST),
        (("label", "label voided"), Milestone.CANCELLED),
        (("label", "origin", "a code nobody knows"), Milestone.PICKED_UP),
    ],
)
def test_a_journey_ends_where_it_should(sandbox: Sandbox, kinds: tuple[str, ...], milestone: Milestone) -> None:
    sandbox.tell(a_story(*kinds))

    told = look(ups(sandbox))

    assert (len(told.events), told.unread) == (len(kinds), 0)
    assert replay(told.events).milestone is milestone


def test_only_what_nobody_knows_is_unknown(sandbox: Sandbox) -> None:
    sandbox.tell(a_story(*WORDS))

    unknown = [event.code for event in look(ups(sandbox)).events if not event.known]

    assert unknown == ["X/Q7/199"]


def test_a_token_that_was_revoked_is_renewed(sandbox: Sandbox) -> None:
    tokens = OneToken()
    sandbox.tell(a_story("label"))
    look(ups(sandbox, tokens=tokens))
    sandbox.fault(kind="html", of="track", status=401)

    told = look(ups(sandbox, tokens=tokens))

    assert told.events[0].milestone is Milestone.LABEL_CREATED


def test_refusals_waits_and_failures_are_told_apart(sandbox: Sandbox) -> None:
    sandbox.tell(a_story("label"))

    with pytest.raises(CarrierRefused):
        look(ups(sandbox, secret="wrong"))
    sandbox.fault(kind="429", of="track", retry_after=7)
    with pytest.raises(CarrierBusy) as busy:
        look(ups(sandbox))
    assert busy.value.wait == timedelta(seconds=7)
    for trouble in ("500", "timeout", "reset", "half"):
        sandbox.fault(kind=trouble, of="track")
        with pytest.raises(CarrierDown):
            look(ups(sandbox, total=timedelta(seconds=1)))


def test_an_unknown_number_is_not_known_yet(sandbox: Sandbox) -> None:
    assert isinstance(ups(sandbox).ask([NUMBER], Purse()).readings[NUMBER], UnknownNumber)
