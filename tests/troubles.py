"""A shop where everything goes wrong that can: one parcel for each reason on the queue, and some with two."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import update

from carriers.events import Clock, Milestone, Reason, TrackingEvent
from tests.store.builders import an_order, stored
from tracker.domain.problems import Problem, StuckReason, Untold
from tracker.domain.shipments import Judgement, LookOutcome, Standing
from tracker.domain.windows import DeliveryWindow, PromisedBy
from tracker.store.codec import to_plain
from tracker.store.tables import shipments
from tracker.store.unit import SqlStore

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOSTILE = "<script>alert('x')</script>=HYPERLINK(\"http://evil.example\")\u202e"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One parcel and what is wrong with it, the gravest first."""

    number: str
    found: Sequence[tuple[StuckReason, int, timedelta]]  # reason, severity, for how long
    milestone: Milestone | None = Milestone.IN_TRANSIT
    reason: Reason | None = None
    carrier: str = "ups"
    brand: str = "alpenglow"
    watch: dict[str, Any] = field(default_factory=dict)


def of(
    number: str, stuck: StuckReason, severity: int, ago: timedelta, milestone: Milestone | None, **more: Any
) -> Trouble:
    return Trouble(number=number, found=[(stuck, severity, ago)], milestone=milestone, **more)


def troubles(now: datetime) -> list[Trouble]:
    """Each reason at least once; four ways in which a carrier cannot be asked."""
    asking = [
        of(
            f"2026/3{n}",
            StuckReason.CANNOT_ASK,
            3 if outcome is LookOutcome.REFUSED else 2,
            7 * HOUR,
            Milestone.IN_TRANSIT,
            watch={"outcome": outcome, "failing_since": now - 13 * HOUR},
            brand="volta",
        )
        for n, outcome in enumerate(
            (LookOutcome.DOWN, LookOutcome.REFUSED, LookOutcome.UNREADABLE, LookOutcome.BUSY), start=1
        )
    ]
    return [
        of("2026/101", StuckReason.LOST, 3, 2 * DAY, Milestone.LOST),
        of("2026/102", StuckReason.ADDRESS, 3, 5 * HOUR, Milestone.EXCEPTION, reason=Reason.ADDRESS),
        Trouble(
            number="2026/103",
            found=[(StuckReason.CUSTOMS, 2, 3 * DAY), (StuckReason.PAST_PROMISE, 1, DAY)],
            milestone=Milestone.EXCEPTION,
            reason=Reason.CUSTOMS,
        ),
        of("2026/104", StuckReason.EXCEPTION, 3, 9 * HOUR, Milestone.EXCEPTION, reason=Reason.DAMAGED),
        of("2026/105", StuckReason.RETURNING, 2, 26 * HOUR, Milestone.RETURNING, reason=Reason.REFUSED),
        of("2026/106", StuckReason.PICKUP_ENDING, 2, 11 * HOUR, Milestone.READY_FOR_PICKUP),
        of("2026/107", StuckReason.ATTEMPT_FAILED, 1, 3 * HOUR, Milestone.ATTEMPT_FAILED),
        of("2026/108", StuckReason.SILENT, 2, 40 * HOUR, Milestone.IN_TRANSIT),
        of("2026/109", StuckReason.PAST_PROMISE, 1, 30 * HOUR, Milestone.OUT_FOR_DELIVERY),
        of("2026/110", StuckReason.NEVER_SCANNED, 1, 4 * DAY, Milestone.LABEL_CREATED, brand="volta"),
        of("=2026/111", StuckReason.NUMBER_UNKNOWN, 2, DAY, None, watch={"outcome": LookOutcome.NOT_KNOWN_YET}),
        of("2026/113", StuckReason.NOT_THERE, 3, 3 * HOUR, Milestone.DELIVERED),
        of("2026/112", StuckReason.NOT_TOLD, 2, 2 * HOUR, Milestone.READY_FOR_PICKUP),
        *asking,
    ]


def fill(store: SqlStore, now: datetime) -> list[Trouble]:
    """Write them down, and one parcel that is well."""
    stored(store, replace(an_order(brand="alpenglow"), number="2026/100"))
    made = troubles(now)
    for each in made:
        _add(store, each, now)
    return made


def _add(store: SqlStore, trouble: Trouble, now: datetime) -> None:
    placed = now - 9 * DAY
    order = replace(an_order(brand=trouble.brand), number=trouble.number, created_at=placed)
    (bare,) = order.shipments
    problems = tuple(Problem(reason=r, since=now - ago, severity=s) for r, s, ago in trouble.found)
    first = problems[0]
    shipment = replace(
        bare,
        carrier=trouble.carrier,
        tracking_number=f"1Z999AA1{order.number[-2:]}23456784",
        created_at=placed,
        standing=Standing(milestone=trouble.milestone, reason=trouble.reason, since=now - 4 * DAY, visit=1),
        window=DeliveryWindow(
            first_day=date(2026, 5, 1), last_day=date(2026, 5, 2), promised_by=PromisedBy.CARRIER, told_at=placed
        ),
        last_event_at=now - 4 * DAY,
        moved_at=now - 4 * DAY,
        pickup_by=date(2026, 5, 5) if trouble.milestone is Milestone.READY_FOR_PICKUP else None,
        judgement=Judgement(stuck=first.reason, stuck_since=first.since, severity=first.severity, problems=problems),
        version=1,
    )
    stored(store, replace(order, shipments=(replace(shipment, version=0, judgement=Judgement()),)))
    with store.write() as unit:
        unit.save_shipment(shipment)
        unit.add_events(shipment.id, [_a_scan(now - 4 * DAY)], seen_at=now - 4 * DAY, not_seen_at=None)
    untold = Untold(notice="ready_for_pickup", channel="email", why="refused_by_provider", since=now - 2 * HOUR)
    more: dict[str, Any] = {"untold": to_plain(untold)} if first.reason is StuckReason.NOT_TOLD else {}
    more |= {"missed_at": now - 3 * HOUR} if first.reason is StuckReason.NOT_THERE else {}
    with store.begin() as connection:
        looked = {"looks": 14, "asked_at": now - HOUR, "next_look_at": now + HOUR} | trouble.watch | more
        connection.execute(update(shipments).where(shipments.c.id == shipment.id).values(looked))


def _a_scan(at: datetime) -> TrackingEvent:
    return TrackingEvent(
        code="I/DP",
        milestone=Milestone.IN_TRANSIT,
        occurred_at=at,
        clock=Clock.EXACT,
        utc_offset_minutes=60,
        local_text=at.isoformat(),
        text=HOSTILE,
    )
