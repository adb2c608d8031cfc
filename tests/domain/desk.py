"""The steps around the rules, played in memory: looks come in, rows are decided, fall due and are told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from carriers.events import Milestone, Promise, TrackingEvent
from notifiers.message import Channel
from tests.domain.builders import (
    EVERY_DAY_WORKS,
    HOUR,
    NOON,
    PATIENCE,
    POLICY,
    a_brand,
    a_scan,
    a_shipment,
    an_order,
    stands,
)
from tests.domain.histories import Look
from tracker.domain import windows
from tracker.domain.brands import Brand
from tracker.domain.judgement import judge
from tracker.domain.notices import Notification, NotificationState, ToldBefore
from tracker.domain.orders import Order, roll_up
from tracker.domain.people import Suppressed
from tracker.domain.ranks import may_start, supersedes
from tracker.domain.shipments import Shipment, ShipmentId, Standing, Transition, replay, transition
from tracker.domain.telling import decide

BRAND = a_brand()
NO_ONE: frozenset[tuple[Channel, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """One message that left, when, and how the order stood then."""

    at: datetime
    row: Notification
    order: Order


@dataclass(slots=True, kw_only=True)
class Desk:
    """One order with all that was seen, decided and told."""

    order: Order
    events: dict[str, dict[str, TrackingEvent]] = field(default_factory=dict)
    rows: list[ToldBefore] = field(default_factory=list)
    decided: list[Notification] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    steps: list[Transition] = field(default_factory=list)
    path: list[Standing] = field(default_factory=list)  # after each look

    @property
    def told(self) -> list[Notification]:
        return [one.row for one in self.left]

    def shipment(self, shipment_id: str = "s1") -> Shipment:
        return next(one for one in self.order.shipments if one.id == shipment_id)

    def look(self, look: Look, shipment_id: str = "s1") -> None:
        """One answer, and all that follows from it."""
        self.until(look.at)
        before = self.shipment(shipment_id)
        known = self.events.setdefault(shipment_id, {})
        fresh = {
            event.code: event for event in look.events if event.code not in known
        }  # a code is told once in a story
        known.update(fresh)
        standing = replay(known.values()) if fresh else before.standing
        window = windows.merge(before.window, look.promise, look.at)
        scans = [event.occurred_at for event in known.values() if not event.forecast]
        seen = replace(
            before,
            standing=standing,
            window=window,
            first_window=before.first_window or window,
            moved_at=max(scans, default=None),
            last_event_at=max(scans, default=None),
        )
        self.path.append(standing)
        self.settle(seen, look.at, events={event.fingerprint: event for event in fresh.values()})

    def settle(self, seen: Shipment, now: datetime, *, events: dict[str, TrackingEvent] | None = None) -> None:
        """Judge, record and decide; what `pipeline/conclude.py` does with a database."""
        before_order, before = self.order, self.shipment(seen.id)
        after = replace(seen, judgement=judge(seen, now, PATIENCE, EVERY_DAY_WORKS), version=before.version + 1)
        step = transition(before=before, after=after, seen_at=now)
        shipments = tuple(after if one.id == after.id else one for one in self.order.shipments)
        self.order = replace(self.order, shipments=shipments, state=roll_up(self.order.facts, shipments))
        if step:
            self.steps.append(step)
        self.decide(before_order, now, transitions=[step] if step else [], events=events or {})

    def decide(
        self,
        before: Order,
        now: datetime,
        *,
        transitions: list[Transition],
        events: dict[str, TrackingEvent],
    ) -> None:
        rows = decide(
            before=before,
            after=self.order,
            transitions=transitions,
            events=events,
            already=self.rows,
            brand=BRAND,
            policy=POLICY,
            channels=(Channel.EMAIL,),
            suppressed=NO_ONE,
            now=now,
        )
        self.decided += rows
        for row in rows:
            self.rows = [_giving_way(old, row) for old in self.rows]
            self.rows.append(_remembered(row))

    def until(self, now: datetime) -> None:
        """Hand over what has fallen due."""
        due = [row for row in self.rows if row.state is NotificationState.PENDING and row.not_before_at <= now]
        for row in sorted(due, key=lambda row: row.not_before_at):
            self._hand_over(row)

    def _hand_over(self, row: ToldBefore) -> None:
        full = next(one for one in self.decided if one.dedupe_key == row.dedupe_key)
        state = NotificationState.ACCEPTED
        if row.not_before_at >= full.expires_at:
            state = NotificationState.EXPIRED
        elif may_start(row, self.rows):
            state = NotificationState.SUPERSEDED
        else:
            self.left.append(Left(at=row.not_before_at, row=full, order=self.order))
        self.rows = [replace(one, state=state) if one is row else one for one in self.rows]


def told(
    before: Shipment,
    after: Shipment,
    *,
    now: datetime = NOON,
    brand: Brand = BRAND,
    suppressed: Suppressed = NO_ONE,
    channels: Sequence[Channel] = (Channel.EMAIL,),
    event: TrackingEvent | None = None,
    **order: object,
) -> tuple[Notification, ...]:
    """The rows of one change of one parcel."""
    step = transition(before=before, after=replace(after, version=1), seen_at=now)
    return decide(
        before=an_order(before, **order),
        after=an_order(replace(after, version=1), **order),
        transitions=[step] if step else [],
        events={event.fingerprint: event} if event else {},
        already=(),
        brand=brand,
        policy=POLICY,
        channels=channels,
        suppressed=suppressed,
        now=now,
    )


def a_desk(*milestones: Milestone | None, **order: object) -> Desk:
    """An order at work, with one parcel for each milestone."""
    parcels = [
        a_shipment(standing=stands(milestone), id=ShipmentId(f"s{n}"), version=1)
        for n, milestone in enumerate(milestones, start=1)
    ]
    return Desk(order=an_order(*parcels, **order))


def a_look(at: datetime, *events: TrackingEvent, promise: Promise | None = None) -> Look:
    return Look(at=at, events=events, promise=promise)


def a_desk_that_told(*milestones: Milestone) -> Desk:
    """In transit, then each milestone an hour apart, each told."""
    desk = a_desk(Milestone.IN_TRANSIT)
    for n, milestone in enumerate(milestones):
        desk.look(a_look(NOON + n * HOUR + timedelta(minutes=1), a_scan(milestone, NOON + n * HOUR, code=f"{n}")))
    desk.until(NOON + len(milestones) * HOUR)
    return desk


def play(desk: Desk, looks: Iterable[Look]) -> Desk:
    for look in looks:
        desk.look(look)
    return desk


def _giving_way(old: ToldBefore, new: Notification) -> ToldBefore:
    if old.state is NotificationState.PENDING and supersedes(new, old):
        return replace(old, state=NotificationState.SUPERSEDED)
    return old


def _remembered(row: Notification) -> ToldBefore:
    return ToldBefore(
        dedupe_key=row.dedupe_key,
        shipment_id=row.shipment_id,
        recipient_id=row.recipient_id,
        notice=row.notice,
        channel=row.channel,
        seq=row.seq,
        rank=row.rank,
        visit=row.visit,
        correction=row.correction,
        collapse_key=row.collapse_key,
        planned_at=row.planned_at,
        not_before_at=row.not_before_at,
        state=row.state,
        window=row.told.window,
    )
