"""What follows from a shipment as it now stands: judgement, transition, roll-up and notifications, in one unit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from carriers.events import Place, TrackingEvent
from notifiers.message import Channel
from tracker.domain import windows
from tracker.domain.brands import Brand
from tracker.domain.cadence import Ladder
from tracker.domain.judgement import Calendar, Patience, judge
from tracker.domain.notices import Notification, NotificationState, TellingPolicy
from tracker.domain.orders import Order, roll_up
from tracker.domain.quiet import ZonesOf
from tracker.domain.shipments import Shipment, Transition, transition
from tracker.domain.telling import decide
from tracker.pipeline.dossier import Audience, Dossier
from tracker.pipeline.faults import FaultPoint, Hit, no_fault
from tracker.pipeline.phones import zones_of
from tracker.pipeline.ports import NotificationId, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The policies of this installation, as values."""

    ladder: Ladder
    patience: Patience
    telling: TellingPolicy
    calendar_at: Callable[[Place], Calendar]
    brands: Mapping[str, Brand]
    channels: tuple[Channel, ...] = (Channel.EMAIL,)
    zones_of: ZonesOf = zones_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Concluded:
    """What was written."""

    shipment: Shipment
    changed: bool
    due: tuple[NotificationId, ...] = ()  # may be sent at once


def conclude(
    unit: Unit,
    dossier: Dossier,
    shipment: Shipment,
    *,
    events: Sequence[TrackingEvent],
    now: datetime,
    machine_now: datetime,
    rules: Rules,
    hit: Hit = no_fault,
) -> Concluded:
    """Judge `shipment`, which differs from the dossier's by what was learned, and write down all that follows."""
    before = dossier.shipment
    calendar = rules.calendar_at(shipment.destination)
    judged = replace(shipment, judgement=judge(shipment, now, rules.patience, calendar))
    if replace(judged, watch=before.watch) == before:
        return Concluded(shipment=judged, changed=False)
    after = replace(judged, version=before.version + 1)
    step = transition(before=before, after=after, seen_at=now)
    unit.save_shipment(after)
    order = _rolled_up(dossier.order, after)
    unit.save_state(order.id, order.state)
    if step:
        unit.add_transition(step)
    if step is None and windows.says_the_same(before.window, after.window):
        return Concluded(shipment=after, changed=True)  # nothing that could be told: whom to tell is not even loaded
    brand = rules.brands.get(order.brand)
    if brand is None:  # taken out of the settings: the journey goes on, but in nobody's name can it be told
        return Concluded(shipment=after, changed=True)
    audience = unit.audience(order)
    decided = _decide(dossier.order, order, step, brand=brand, audience=audience, events=events, now=now, rules=rules)
    due = _queue(unit, decided, now=now, machine_now=machine_now, hit=hit)
    return Concluded(shipment=after, changed=True, due=due)


def _rolled_up(order: Order, after: Shipment) -> Order:
    shipments = tuple(after if each.id == after.id else each for each in order.shipments)
    moved = replace(order, shipments=shipments)
    return replace(moved, state=roll_up(moved.facts, shipments))


def _decide(
    before: Order,
    after: Order,
    step: Transition | None,
    *,
    brand: Brand,
    audience: Audience,
    events: Sequence[TrackingEvent],
    now: datetime,
    rules: Rules,
) -> tuple[Notification, ...]:
    return decide(
        before=before,
        after=replace(after, recipients=audience.recipients),
        transitions=[step] if step else [],
        events={event.fingerprint: event for event in events} if step else {},
        already=audience.told,
        brand=brand,
        policy=rules.telling,
        channels=rules.channels,
        suppressed=audience.suppressed,
        zones_of=rules.zones_of,
        now=now,
    )


def _queue(
    unit: Unit, decided: Sequence[Notification], *, now: datetime, machine_now: datetime, hit: Hit
) -> tuple[NotificationId, ...]:
    """All rows or none: a process that dies half-way leaves a transaction that never was."""
    due: list[NotificationId] = []
    for notification in decided:
        pending = unit.queue([notification], machine_now=machine_now)
        hit(FaultPoint.MID_FANOUT)
        if notification.state is NotificationState.PENDING and notification.not_before_at <= now:
            due += pending
    return tuple(due)
