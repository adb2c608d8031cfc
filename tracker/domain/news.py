"""What of a commit's changes is worth telling anybody, before we ask whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from carriers.events import Milestone, TrackingEvent
from tracker.domain import windows
from tracker.domain.follows import ASIDE
from tracker.domain.notices import Notice, TellingPolicy, Told
from tracker.domain.orders import Order
from tracker.domain.ranks import RANKS, SIDE_HIGHEST, SIDE_STEP
from tracker.domain.shipments import DelayCause, Shipment, Transition
from tracker.domain.windows import DeliveryWindow

NOTICES: dict[Milestone, Notice] = {
    Milestone.PICKED_UP: Notice.SHIPPED,
    Milestone.IN_TRANSIT: Notice.IN_TRANSIT,
    Milestone.OUT_FOR_DELIVERY: Notice.OUT_FOR_DELIVERY,
    Milestone.ATTEMPT_FAILED: Notice.ATTEMPT_FAILED,
    Milestone.READY_FOR_PICKUP: Notice.READY_FOR_PICKUP,
    Milestone.DELIVERED: Notice.DELIVERED,
    Milestone.EXCEPTION: Notice.EXCEPTION,
    Milestone.RETURNING: Notice.EXCEPTION,
    Milestone.LOST: Notice.EXCEPTION,
    Milestone.RETURNED: Notice.RETURNED,
    # A label, or a label made void, is no news: the parcel has not moved and the order stands.
}
BEFORE_ANY_SCAN = RANKS[Notice.CONFIRMED]
OUT_UNTIL = time(21)  # at the destination; later, "arrives today" is not true any more

# While it is on its way a moved promise is news; at the door or the counter the milestone says more.
ON_ITS_WAY = frozenset({Milestone.PICKED_UP, Milestone.IN_TRANSIT, Milestone.EXCEPTION, Milestone.ATTEMPT_FAILED})
WINDOW = "window"
FARTHEST_WALL = 14 * 60  # minutes from UTC: no wall shows another day than UTC's by more


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing to say about one shipment, or about the order."""

    shipment: Shipment | None
    notice: Notice | None  # None: only something to take back
    detail: str = ""  # with the notice, what makes it this news and not the same again
    rank: int
    seq: int
    takes_back: Milestone | None = None  # what we said before and was not true
    expires_at: datetime
    told: Told


def news_of(
    *,
    before: Order,
    after: Order,
    transitions: Sequence[Transition],
    events: Mapping[str, TrackingEvent],
    policy: TellingPolicy,
) -> list[News]:
    """At most one news for each shipment, the newest; and what the shop said."""
    newest = {step.shipment_id: step for step in sorted(transitions, key=lambda step: step.seq)}
    moved = [(shipment, newest[shipment.id]) for shipment in after.shipments if shipment.id in newest]
    news = [_confirmed(before, after, policy)]
    news += [_of_transition(after, shipment, step=step, events=events, policy=policy) for shipment, step in moved]
    return [one for one in news if one]


def of_standing(
    order: Order, shipment: Shipment, *, events: Mapping[str, TrackingEvent], policy: TellingPolicy
) -> News | None:
    """The news of where a shipment stands, as it was when it came there; None where that is no news."""
    standing = shipment.standing
    notice = NOTICES.get(standing.milestone) if standing.milestone else None
    if notice is None or standing.since is None:
        return None
    event = events.get(standing.event or "")
    told = told_of(order, shipment, notice=notice, occurred_at=standing.since, event=event)
    return News(
        shipment=shipment,
        notice=notice,
        detail=whole_detail(shipment, notice),
        rank=_rank(notice, _stage_rank(shipment)),
        seq=shipment.version,
        expires_at=_expires_at(shipment, notice, occurred_at=standing.since, policy=policy),
        told=told if event else replace(told, utc_offset_minutes=_offset_to(shipment)),
    )


def of_promise(
    order: Order, shipment: Shipment, *, since: DeliveryWindow | None, policy: TellingPolicy, now: datetime
) -> News | None:
    """A promise that moved since one person was told of it: later is a delay, earlier a better answer to "when"."""
    new = shipment.window
    if since is None or new is None or shipment.standing.milestone not in ON_ITS_WAY:
        return None
    if not windows.moved_enough(since, new, at_least=policy.window_moves):
        return None
    notice = Notice.DELAYED if windows.is_later(since, new) else Notice.IN_TRANSIT
    return News(
        shipment=shipment,
        notice=notice,
        detail=f"{WINDOW}/{new.first_day}/{new.last_day}/{new.not_before or ''}/{new.not_after or ''}",
        rank=_rank(notice, _stage_rank(shipment)),
        seq=shipment.version,
        expires_at=now + policy.lifetime[notice],
        told=told_of(order, shipment, notice=notice, occurred_at=now, window_before=since),
    )


def of_nothing(order: Order, shipment: Shipment, *, policy: TellingPolicy, now: datetime) -> News:
    """What waits to be told of a shipment is no longer so, and nothing else is news."""
    return News(
        shipment=shipment,
        notice=None,
        rank=_rank(Notice.CORRECTED, _stage_rank(shipment)),
        seq=shipment.version,
        expires_at=now + policy.lifetime[Notice.CORRECTED],
        told=told_of(order, shipment, notice=Notice.CORRECTED, occurred_at=now),
    )


def detail_of(milestone: Milestone) -> str:
    """The first word of the detail of a milestone's news, where one notice serves several milestones."""
    return milestone.value if milestone in ASIDE else ""


def _confirmed(before: Order, after: Order, policy: TellingPolicy) -> News | None:
    said_at = after.facts.confirmed_at
    if said_at is None or before.facts.confirmed_at is not None:
        return None
    return News(
        shipment=None,
        notice=Notice.CONFIRMED,
        rank=RANKS[Notice.CONFIRMED],
        seq=0,
        expires_at=said_at + policy.lifetime[Notice.CONFIRMED],
        told=told_of(after, None, notice=Notice.CONFIRMED, occurred_at=said_at),
    )


def _of_transition(
    order: Order,
    shipment: Shipment,
    *,
    step: Transition,
    events: Mapping[str, TrackingEvent],
    policy: TellingPolicy,
) -> News | None:
    """A milestone's own notice, or the delay; where both are new, the delay, until the parcel is at the door."""
    stage = _stage_rank(shipment)
    moved = step.event is not None
    notice = NOTICES.get(step.after) if moved and step.after else None
    late = step.is_delayed and not step.was_delayed and shipment.judgement.delayed is not DelayCause.MILESTONE
    if late and not step.correction and (notice is None or stage < RANKS[Notice.OUT_FOR_DELIVERY]):
        notice = Notice.DELAYED
    takes_back = step.before if step.correction else None
    if notice is None and takes_back is None:
        return None
    said = notice or Notice.CORRECTED
    return News(
        shipment=shipment,
        notice=notice,
        detail=whole_detail(shipment, said),
        rank=_rank(said, stage),
        seq=step.seq,
        takes_back=takes_back,
        expires_at=_expires_at(shipment, said, occurred_at=step.occurred_at, policy=policy),
        told=told_of(
            order,
            shipment,
            notice=said,
            occurred_at=step.occurred_at,
            event=events.get(step.event or ""),
            takes_back=takes_back,
        ),
    )


def told_of(
    order: Order,
    shipment: Shipment | None,
    *,
    notice: Notice,
    occurred_at: datetime,
    event: TrackingEvent | None = None,
    takes_back: Milestone | None = None,
    window_before: DeliveryWindow | None = None,
) -> Told:
    """The facts a message may state, as they are now."""
    if shipment is None:
        return Told(
            order_number=order.number,
            notice=notice,
            occurred_at=occurred_at,
            window=order.promised,
            parcels=max(order.state.parcels, 1),
            items=order.items,
        )
    return Told(
        order_number=order.number,
        notice=notice,
        milestone=shipment.standing.milestone,
        reason=shipment.standing.reason,
        occurred_at=occurred_at,
        utc_offset_minutes=event.utc_offset_minutes if event else None,
        clock=event.clock if event else None,
        place=event.place if event else None,
        carrier=shipment.carrier,
        tracking_number=shipment.tracking_number,
        window=shipment.window or order.promised,
        window_before=window_before,
        delivered=order.state.delivered,
        parcels=max(order.state.parcels, 1),
        left_with=shipment.left_with,
        pickup_by=shipment.pickup_by,
        items=shipment.items or (order.items if order.state.parcels < 2 else ()),  # of several, which is in which?
        delay=(shipment.judgement.delayed or "") if notice is Notice.DELAYED else "",
        corrected_from=takes_back,
    )


def whole_detail(shipment: Shipment, notice: Notice) -> str:
    """What must differ for the same notice to be news again; days and promises, which no late scan renumbers."""
    standing = shipment.standing
    match notice:
        case Notice.OUT_FOR_DELIVERY | Notice.ATTEMPT_FAILED | Notice.READY_FOR_PICKUP:
            return f"{standing.day}"
        case Notice.EXCEPTION if standing.milestone is Milestone.EXCEPTION:
            return f"{standing.milestone}/{standing.reason or ''}/{standing.day}"
        case Notice.EXCEPTION:
            return f"{standing.milestone}"
        case Notice.DELAYED:
            return _delay_detail(shipment)
        case _:
            return ""


def _delay_detail(shipment: Shipment) -> str:
    match shipment.judgement.delayed:
        case DelayCause.PROMISE_PASSED:
            window = shipment.window
            return f"promise/{window.last_day}/{window.not_after or ''}" if window else "promise"
        case DelayCause.PICKUP_ENDING:
            return f"pickup/{shipment.pickup_by or shipment.standing.day}"
        case DelayCause.SILENT:
            return f"silent/{shipment.standing.day}"
        case DelayCause.NEVER_SCANNED | DelayCause.MILESTONE | None:
            return "never_scanned"


def _stage_rank(shipment: Shipment) -> int:
    standing = shipment.standing
    stage = standing.stage_before if standing.milestone in ASIDE else standing.milestone
    notice = NOTICES.get(stage) if stage else None
    return RANKS[notice] if notice else BEFORE_ANY_SCAN


def _rank(notice: Notice, stage: int) -> int:
    match notice:
        case Notice.EXCEPTION | Notice.DELAYED:
            return min(stage + SIDE_STEP, SIDE_HIGHEST)
        case Notice.CORRECTED:
            return stage
        case _:
            return RANKS[notice]


def _expires_at(shipment: Shipment, notice: Notice, *, occurred_at: datetime, policy: TellingPolicy) -> datetime:
    ends = occurred_at + policy.lifetime[notice]
    if notice is not Notice.OUT_FOR_DELIVERY:
        return ends
    there = occurred_at.astimezone(ZoneInfo(shipment.destination_zone))
    evening = windows.last_instant(datetime.combine(there.date(), OUT_UNTIL), shipment.destination_zone)
    return min(ends, evening)


def _offset_to(shipment: Shipment) -> int:
    """Minutes from UTC to a wall that shows the day of the deciding scan, where the scan itself is not at hand."""
    standing = shipment.standing
    since = standing.since or shipment.created_at
    there = since.astimezone(ZoneInfo(shipment.destination_zone))
    if standing.day in (None, there.date()):
        return int((there.utcoffset() or timedelta()) / timedelta(minutes=1))
    days = (standing.day - since.astimezone(UTC).date()).days if standing.day else 0
    return days * FARTHEST_WALL
