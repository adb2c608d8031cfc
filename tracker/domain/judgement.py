"""What silence and passed promises mean, and when that can next change by itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from carriers.events import Milestone, Reason
from tracker.domain import untold
from tracker.domain.problems import Problem, StuckReason
from tracker.domain.shipments import DelayCause, Judgement, LookOutcome, Shipment, Standing
from tracker.domain.windows import DAY_ENDS, ends_at, last_instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long each silence is normal; config/schedule.toml."""

    never_scanned: timedelta  # after the label
    silent: dict[Milestone, timedelta]
    promise_grace: timedelta  # after 23:59 at the destination on the promised day, or after its time
    pickup_ending: timedelta  # before the last pickup day ends
    cannot_ask: timedelta
    number_unknown: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Days on which the carrier does not work at a destination; silence on them is normal."""

    holidays: frozenset[date]
    weekend: frozenset[int]  # ISO weekday numbers


ENDS = frozenset({Milestone.DELIVERED, Milestone.RETURNED, Milestone.CANCELLED})

# Trouble that a milestone says by itself: what ops should know, and how urgently.
TROUBLE = {
    Milestone.EXCEPTION: (StuckReason.EXCEPTION, 2),
    Milestone.ATTEMPT_FAILED: (StuckReason.ATTEMPT_FAILED, 1),
    Milestone.RETURNING: (StuckReason.RETURNING, 2),
    Milestone.LOST: (StuckReason.LOST, 3),
}
# Somebody has to do something, or the parcel goes back.
URGENT = {
    Reason.ADDRESS: (StuckReason.ADDRESS, 3),
    Reason.CUSTOMS: (StuckReason.CUSTOMS, 2),
    Reason.DAMAGED: (StuckReason.EXCEPTION, 3),
}
# A promise says nothing any more about a parcel that waits at a counter, goes back or is lost.
NOT_PROMISED = frozenset({Milestone.READY_FOR_PICKUP, Milestone.RETURNING, Milestone.LOST})
COULD_NOT_ASK = frozenset({LookOutcome.REFUSED, LookOutcome.DOWN, LookOutcome.BUSY, LookOutcome.UNREADABLE})

# What silence means beyond its milestone's limit; beside trouble it makes the trouble more urgent.
SILENCE: dict[Milestone, tuple[DelayCause | None, StuckReason, int]] = {
    Milestone.PICKED_UP: (DelayCause.SILENT, StuckReason.SILENT, 2),
    Milestone.IN_TRANSIT: (DelayCause.SILENT, StuckReason.SILENT, 2),
    Milestone.OUT_FOR_DELIVERY: (DelayCause.SILENT, StuckReason.SILENT, 2),
    Milestone.READY_FOR_PICKUP: (DelayCause.PICKUP_ENDING, StuckReason.PICKUP_ENDING, 2),
    Milestone.ATTEMPT_FAILED: (None, StuckReason.ATTEMPT_FAILED, 2),
    Milestone.EXCEPTION: (None, StuckReason.EXCEPTION, 3),
    Milestone.RETURNING: (None, StuckReason.RETURNING, 3),
}
NEVER_SCANNED: tuple[DelayCause | None, StuckReason, int] = (DelayCause.NEVER_SCANNED, StuckReason.NEVER_SCANNED, 1)

DELAY_ORDER = tuple(DelayCause)
UNTOLD_AFTER_END = timedelta(days=7)  # then a shopper who was not told of the end has found out or written
NEVER_WORKS = timedelta(days=400)  # a calendar without working days must not hang us


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    """Something that is so from an instant on, unless an event says otherwise."""

    from_at: datetime
    until_at: datetime | None = None
    delayed: DelayCause | None = None
    stuck: StuckReason | None = None
    severity: int = 0


def judge(shipment: Shipment, as_of: datetime, patience: Patience, calendar: Calendar) -> Judgement:
    """What is so at an instant. Until `review_at` only an event, a promise or a look's outcome can change it."""
    if shipment.superseded_by is not None or shipment.removed_at is not None:
        return Judgement()
    found = list(_findings(shipment, patience, calendar))
    true = [one for one in found if one.from_at <= as_of and (one.until_at is None or as_of < one.until_at)]
    delay = min((one for one in true if one.delayed), key=_delay_order, default=None)
    problems = _problems(true)
    gravest = problems[0] if problems else None
    turns = [at for one in found for at in (one.from_at, one.until_at) if at is not None and at > as_of]
    return Judgement(
        delayed=delay.delayed if delay else None,
        delayed_since=delay.from_at if delay else None,
        stuck=gravest.reason if gravest else None,
        stuck_since=gravest.since if gravest else None,
        severity=gravest.severity if gravest else 0,
        problems=problems,
        review_at=min(turns, default=None),
    )


def after_working_time(start: datetime, span: timedelta, *, zone: str, calendar: Calendar) -> datetime:
    """When `span` has passed since `start`, counting only days on which the carrier works there."""
    place = ZoneInfo(zone)
    at, left = start, span
    while at - start < span + NEVER_WORKS:
        day = at.astimezone(place).date()
        tomorrow = datetime.combine(day + timedelta(days=1), time(), tzinfo=place).astimezone(UTC)
        if day not in calendar.holidays and day.isoweekday() not in calendar.weekend:
            if left <= tomorrow - at:
                return at + left
            left -= tomorrow - at
        at = tomorrow
    return at


def _delay_order(finding: _Finding) -> tuple[int, datetime]:
    return (DELAY_ORDER.index(finding.delayed) if finding.delayed else 0, finding.from_at)


def _problems(true: Sequence[_Finding]) -> tuple[Problem, ...]:
    """The gravest first; of equals, what has been so for longest. Each reason once, as grave as it gets."""
    found = [Problem(reason=one.stuck, since=one.from_at, severity=one.severity) for one in true if one.stuck]
    gravest: dict[StuckReason, Problem] = {}
    for each in sorted(found, key=lambda each: (-each.severity, each.since)):
        gravest.setdefault(each.reason, each)
    return tuple(gravest.values())


def _findings(shipment: Shipment, patience: Patience, calendar: Calendar) -> Iterator[_Finding]:
    yield from _of_telling(shipment)
    yield from _of_shopper(shipment)
    if shipment.standing.milestone in ENDS:
        return
    yield from _of_milestone(shipment)
    yield from _of_promise(shipment, patience)
    yield from _of_counter(shipment, patience)
    yield from _of_silence(shipment, patience, calendar)
    yield from _of_asking(shipment, patience)


def _of_telling(shipment: Shipment) -> Iterator[_Finding]:
    """Our other duty: the parcel may be well, but whoever waits for it does not know."""
    if shipment.untold is None:
        return
    since, ended = shipment.untold.since, shipment.standing.milestone in ENDS
    ends = (shipment.standing.since or since) + UNTOLD_AFTER_END if ended else None
    severity = untold.severity(shipment.untold.notice)
    yield _Finding(from_at=since, until_at=ends, stuck=StuckReason.NOT_TOLD, severity=severity)


def _of_shopper(shipment: Shipment) -> Iterator[_Finding]:
    """Two say different things of a delivered parcel; it stays so until somebody has closed the shopper's ticket."""
    if shipment.missed_at is not None and shipment.standing.milestone is Milestone.DELIVERED:
        yield _Finding(from_at=shipment.missed_at, stuck=StuckReason.NOT_THERE, severity=3)


def _of_milestone(shipment: Shipment) -> Iterator[_Finding]:
    standing = shipment.standing
    if standing.milestone not in TROUBLE or standing.milestone is None:
        return
    stuck, severity = _trouble(standing, TROUBLE[standing.milestone])
    since = standing.since or shipment.created_at
    yield _Finding(from_at=since, delayed=DelayCause.MILESTONE, stuck=stuck, severity=severity)


def _trouble(standing: Standing, otherwise: tuple[StuckReason, int]) -> tuple[StuckReason, int]:
    """An exception is named for what has to be done about it."""
    if standing.milestone is not Milestone.EXCEPTION or standing.reason is None:
        return otherwise
    return URGENT.get(standing.reason, otherwise)


def _of_promise(shipment: Shipment, patience: Patience) -> Iterator[_Finding]:
    if shipment.window is None or shipment.standing.milestone in NOT_PROMISED:
        return
    passed_at = ends_at(shipment.window, shipment.destination_zone) + patience.promise_grace
    yield _Finding(from_at=passed_at, delayed=DelayCause.PROMISE_PASSED, stuck=StuckReason.PAST_PROMISE, severity=1)


def _of_counter(shipment: Shipment, patience: Patience) -> Iterator[_Finding]:
    """A parcel nobody collects goes back; the shopper hears of it before ops has to."""
    if shipment.standing.milestone is not Milestone.READY_FOR_PICKUP or shipment.pickup_by is None:
        return
    ends = last_instant(datetime.combine(shipment.pickup_by, DAY_ENDS), shipment.destination_zone)
    for from_at, severity in ((ends - patience.pickup_ending, 2), (ends, 3)):
        yield _Finding(
            from_at=from_at,
            delayed=DelayCause.PICKUP_ENDING,
            stuck=StuckReason.PICKUP_ENDING,
            severity=severity,
        )


def _of_silence(shipment: Shipment, patience: Patience, calendar: Calendar) -> Iterator[_Finding]:
    """Silence counts only while we can hear: what began after our questions failed is not the carrier's silence."""
    milestone = shipment.standing.milestone
    heard_at = max(filter(None, (shipment.moved_at, shipment.standing.since)), default=shipment.created_at)
    if milestone is None or milestone is Milestone.LABEL_CREATED:
        limit = patience.never_scanned
        delayed, stuck, severity = NEVER_SCANNED
    elif milestone in SILENCE and milestone in patience.silent:
        limit = patience.silent[milestone]
        delayed, stuck, severity = SILENCE[milestone]
    else:
        return
    if milestone is Milestone.READY_FOR_PICKUP and shipment.pickup_by is not None:
        return
    from_at = after_working_time(heard_at, limit, zone=shipment.destination_zone, calendar=calendar)
    deaf_since = shipment.watch.failing_since if shipment.watch.outcome in COULD_NOT_ASK else None
    if deaf_since is not None and deaf_since <= from_at:
        return
    stuck, _ = _trouble(shipment.standing, (stuck, severity))
    yield _Finding(from_at=from_at, delayed=delayed, stuck=stuck, severity=severity)


def _of_asking(shipment: Shipment, patience: Patience) -> Iterator[_Finding]:
    """Our own trouble, told apart from the parcel's. A number unknown after it had events is only purged."""
    watch = shipment.watch
    if watch.outcome in COULD_NOT_ASK and watch.failing_since is not None:
        severity = 3 if watch.outcome is LookOutcome.REFUSED else 2
        yield _Finding(
            from_at=watch.failing_since + patience.cannot_ask, stuck=StuckReason.CANNOT_ASK, severity=severity
        )
    if watch.outcome is LookOutcome.NOT_KNOWN_YET and shipment.standing.milestone is None:
        since = watch.failing_since or shipment.created_at
        yield _Finding(from_at=since + patience.number_unknown, stuck=StuckReason.NUMBER_UNKNOWN, severity=2)
