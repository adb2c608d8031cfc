"""Parcels with one thing wrong each, and the reason for which the queue must name them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from carriers.sandbox import words
from carriers.sandbox.stories import Promise, Scan, Spot, Story
from tracker.demo import numbers
from tracker.demo.healthy import AMERICAN, GERMAN, Journey, Town
from tracker.demo.tale import when
from tracker.domain.problems import StuckReason

CARRIERS = ("ups", "fedex", "usps", "dhl")
REFUSES = "refuses-{}@shopper.example"  # a mail server that knows nobody of this name

# What happens to it on the way: the days of November 2026 on the wall of the place, and the kind of scan.
_UNDER_WAY = (("16 14:00", "label"), ("16 18:00", "picked up"), ("17 09:00", "arrived"))
# All reasons but not_there: no carrier's answer shows what only a shopper can say.
_LIVES: dict[StuckReason, tuple[tuple[str, str], ...]] = {
    StuckReason.NEVER_SCANNED: (("16 14:00", "label"),),
    StuckReason.SILENT: _UNDER_WAY,
    StuckReason.PAST_PROMISE: (
        *_UNDER_WAY,
        ("20 09:00", "departed"),
        ("23 11:00", "arrived"),
        ("25 06:00", "departed"),
    ),
    StuckReason.EXCEPTION: (*_UNDER_WAY, ("20 09:00", "departed"), ("24 18:00", "weather")),
    StuckReason.CUSTOMS: (*_UNDER_WAY, ("20 09:00", "import"), ("24 11:00", "customs")),
    StuckReason.ADDRESS: (*_UNDER_WAY, ("20 09:00", "departed"), ("24 11:00", "address wrong")),
    StuckReason.ATTEMPT_FAILED: (*_UNDER_WAY, ("24 08:00", "out for delivery"), ("24 17:00", "nobody home")),
    StuckReason.PICKUP_ENDING: (*_UNDER_WAY, ("17 11:00", "at the access point")),
    StuckReason.RETURNING: (*_UNDER_WAY, ("20 09:00", "departed"), ("24 11:00", "returning")),
    StuckReason.LOST: (*_UNDER_WAY, ("20 09:00", "departed"), ("24 11:00", "lost")),
    StuckReason.CANNOT_ASK: _UNDER_WAY,
    StuckReason.NUMBER_UNKNOWN: (),
    StuckReason.NOT_TOLD: (*_UNDER_WAY, ("24 08:00", "out for delivery"), ("24 17:00", "delivered")),
}
_NOT_ALONE = (StuckReason.CANNOT_ASK, "fedex")  # thirty numbers are asked at once: it fails for all or for none
_ANSWERS_FROM = when("18 06:00")  # the carrier's answers about some parcels go wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Injected:
    """One journey that must be on the queue."""

    journey: Journey
    reason: StuckReason
    fault: dict[str, Any] = field(default_factory=dict)  # of the carrier's sandbox
    refuses: str = ""  # the mail address that its server does not know


def parcels(carriers: tuple[str, ...] = CARRIERS) -> Iterator[Injected]:
    """Each reason with each carrier that has a word for what happens."""
    pairs = [(reason, carrier) for reason in StuckReason if reason in _LIVES for carrier in carriers]
    for n, (reason, carrier) in enumerate(pairs):
        life = _LIVES[reason]
        if (reason, carrier) != _NOT_ALONE and all(kind in words.WORDS[carrier] for _, kind in life):
            yield _parcel(n, reason, carrier, life)


def _parcel(n: int, reason: StuckReason, carrier: str, life: tuple[tuple[str, str], ...]) -> Injected:
    origin, goes_to = (GERMAN if carrier == "dhl" else AMERICAN)[:2]
    tracking_number = numbers.number(carrier, 900_000 + n)
    email = REFUSES.format(n) if reason is StuckReason.NOT_TOLD else ""
    story = Story(
        number=tracking_number,
        carrier=carrier,
        origin=origin.spot,
        destination=goes_to.spot,
        scans=tuple(_scan(kind, at, origin.spot, goes_to, carrier) for at, kind in life),
        promises=_promises(reason, goes_to),
        pickup_by=date(2026, 11, 26) if reason is StuckReason.PICKUP_ENDING else None,
    )
    fault = _fault(n, tracking_number) if reason is StuckReason.CANNOT_ASK else {}
    journey = Journey(
        number=f"X-{reason}-{carrier}", placed=when("16 12:00", origin.spot), goes_to=goes_to, story=story, email=email
    )
    return Injected(journey=journey, reason=reason, fault=fault, refuses=email)


def _scan(kind: str, at: str, origin: Spot, goes_to: Town, carrier: str) -> Scan:
    spot = origin if at.startswith("16") else goes_to.spot
    return words.scan(kind, at=when(at, spot), spot=spot, carrier=carrier)


def _promises(reason: StuckReason, goes_to: Town) -> tuple[Promise, ...]:
    if reason is not StuckReason.PAST_PROMISE:
        return ()
    return (Promise(day=date(2026, 11, 19), shown_at=when("17 09:00", goes_to.spot)),)


def _fault(n: int, tracking_number: str) -> dict[str, Any]:
    """Down for this number, or answering what nobody can read."""
    how = {"kind": "500"} if n % 2 else {"kind": "body", "status": 200, "body": "<p>We will be back soon</p>"}
    return {**how, "number": tracking_number, "count": None, "from": (_ANSWERS_FROM + timedelta(hours=1)).isoformat()}
