"""When to look next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from carriers.events import Milestone
from tracker.domain.shipments import Shipment, ShipmentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """How often to look at one milestone; wall hours at the destination."""

    day: timedelta
    night: timedelta
    due: timedelta  # on the promised day and after it


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The sound ladder of config/schedule.toml, until learned hazards replace it."""

    rungs: dict[Milestone | None, Rung]
    day_from_hour: int
    day_to_hour: int
    longest: timedelta
    watched: timedelta  # while somebody has the page open
    watched_for: timedelta  # how long a page view counts
    error_steps: tuple[timedelta, ...]  # after 1, 2, 3 … looks that failed
    unknown_steps: tuple[timedelta, ...]  # while the carrier does not know the number
    stop_after_end: timedelta  # delivered parcels are asked once more, then no longer
    give_up: timedelta  # without an event for this long we stop


@dataclass(frozen=True, slots=True, kw_only=True)
class LookView:
    """All the cadence may know of one shipment."""

    shipment_id: str
    milestone: Milestone | None
    since: datetime | None
    created_at: datetime
    last_event_at: datetime | None
    asked_at: datetime | None
    destination_zone: str
    promised_last_day_ends_at: datetime | None
    watched_at: datetime | None
    failures: int
    unknown_looks: int
    looks: int
    quota_left: float  # of the calls the day's quota should still have at this hour, 0..1


ENDS = frozenset({Milestone.DELIVERED, Milestone.RETURNED, Milestone.CANCELLED})
PLENTY = 0.5  # above this share of what the day should have left nobody has to save
SLOWEST = 4.0  # times the rung's interval when the quota is nearly spent before its time
KEPT_BACK = 0.1  # the last tenth is for the ladder, not for page views
SIBLING_REST = timedelta(minutes=10)  # asked so lately, a parcel is not asked again because its sibling moved
SPREAD = 0.1  # of an interval: parcels registered together must not be asked together for ever


def next_look(view: LookView, now: datetime, ladder: Ladder) -> datetime | None:
    """When to ask next; None: no more. Never before `now`; the same view and instant give the same answer."""
    if view.looks == 0:
        return now
    if view.milestone in ENDS:
        return _last_look(view, now, ladder)
    if now - (view.last_event_at or view.created_at) >= ladder.give_up:
        return None
    return now + min(_interval(view, now, ladder), ladder.longest) * (1 - SPREAD * _chance(view))


def brought_forward(view: LookView, now: datetime, ladder: Ladder) -> datetime | None:
    """When to ask for somebody who opened the page; None: no sooner than planned. The caller takes the earlier."""
    if view.milestone in ENDS or view.failures > 0 or view.quota_left <= KEPT_BACK:
        return None
    if now - (view.last_event_at or view.created_at) >= ladder.give_up:
        return None
    return now if view.asked_at is None else max(now, view.asked_at + ladder.watched)


def asked_beside(
    before: Shipment, after: Shipment, siblings: Sequence[Shipment], *, now: datetime, quota_left: float
) -> list[ShipmentId]:
    """Sibling parcels to ask now because one has moved: they may have moved with it, and one message counts them."""
    milestone = after.standing.milestone
    if milestone is before.standing.milestone or quota_left <= KEPT_BACK:
        return []
    return [
        one.id
        for one in siblings
        if one.id != after.id and one.standing.milestone not in (milestone, *ENDS) and _has_rested(one, now)
    ]


def _has_rested(shipment: Shipment, now: datetime) -> bool:
    """Whether asking it sooner than planned costs the carrier nothing it would mind."""
    watch = shipment.watch
    planned = watch.next_look_at is not None and watch.next_look_at > now
    return planned and watch.failures == 0 and (watch.tried_at is None or now - watch.tried_at >= SIBLING_REST)


def _last_look(view: LookView, now: datetime, ladder: Ladder) -> datetime | None:
    """One look some time after the end: carriers take "delivered" back."""
    last_at = (view.since or view.created_at) + ladder.stop_after_end
    if view.asked_at is not None and view.asked_at >= last_at:
        return None
    if now >= last_at + ladder.give_up:
        return None  # it could never be asked again
    return max(last_at, now + _step(ladder.error_steps, view.failures) if view.failures else last_at, now)


def _interval(view: LookView, now: datetime, ladder: Ladder) -> timedelta:
    if view.failures > 0:
        return _step(ladder.error_steps, view.failures)
    if view.unknown_looks > 0 and view.milestone is None:
        return _step(ladder.unknown_steps, view.unknown_looks)
    stretch = min(SLOWEST, max(1.0, PLENTY / max(view.quota_left, PLENTY / SLOWEST)))
    interval = _by_rung(view, now, ladder) * stretch
    if _is_watched(view, now, ladder):
        return min(interval, ladder.watched)
    return interval


def _by_rung(view: LookView, now: datetime, ladder: Ladder) -> timedelta:
    """The rung's interval; a night's long wait ends soon after the morning begins."""
    rung = ladder.rungs[view.milestone]
    place = ZoneInfo(view.destination_zone)
    there = now.astimezone(place)
    by_day = rung.due if _is_due(view, there) else rung.day
    if ladder.day_from_hour <= there.hour < ladder.day_to_hour:
        return by_day
    morning = datetime.combine(there.date(), time(ladder.day_from_hour), tzinfo=place)
    if there.hour >= ladder.day_from_hour:
        morning = datetime.combine(there.date() + timedelta(days=1), time(ladder.day_from_hour), tzinfo=place)
    return min(rung.night, max(morning.astimezone(UTC) - now, by_day))


def _is_due(view: LookView, there: datetime) -> bool:
    if view.promised_last_day_ends_at is None:
        return False
    return there.date() >= view.promised_last_day_ends_at.astimezone(there.tzinfo).date()


def _is_watched(view: LookView, now: datetime, ladder: Ladder) -> bool:
    return view.watched_at is not None and now - view.watched_at < ladder.watched_for and view.quota_left > KEPT_BACK


def _step(steps: Sequence[timedelta], nth: int) -> timedelta:
    return steps[min(nth, len(steps)) - 1]


def _chance(view: LookView) -> float:
    """A number from 0 to 1 that looks random and is always the same for one look of one shipment."""
    return int.from_bytes(sha256(f"{view.shipment_id}:{view.looks}".encode()).digest()[:4]) / 2**32
