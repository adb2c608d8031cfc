"""How a generated journey goes: each turn tells its scans, where the parcel then stands and what the shopper hears."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from carriers.events import Clock, Milestone, Promise, Reason, TrackingEvent
from tests.domain.histories import Step, Story, Told
from tracker.domain.notices import Notice

FIRST_DAY = date(2026, 5, 4)
OFFSETS = (-300, 0, 120)  # minutes; the whole journey lies in one zone
TROUBLES = (Reason.CUSTOMS, Reason.WEATHER, Reason.ADDRESS, Reason.DAMAGED)


@dataclass(slots=True, kw_only=True)
class _Journey:
    """A story while it is being told."""

    random: Random
    offset: int
    steps: list[Step] = field(default_factory=list)
    day: int = 0
    stands: Milestone | None = None
    visit: int = 0
    corrected: bool = False
    tied: bool = False

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def clock(self, hour: float) -> datetime:
        """A wall time of the current day as an instant, a few minutes off the hour, always the same few."""
        wall = datetime.combine(FIRST_DAY + timedelta(days=self.day), time(), tzinfo=UTC) + timedelta(hours=hour)
        return wall - timedelta(minutes=self.offset)

    def scan(
        self,
        milestone: Milestone,
        at: datetime,
        *,
        stands: Milestone | None = None,
        visit: int | None = None,
        says: Notice | None = None,
        reason: Reason | None = None,
        retracts: Milestone | None = None,
        forecast: bool = False,
        day_only: bool = False,
    ) -> None:
        """Tell one scan; without `stands` it moves nothing."""
        wall = at + timedelta(minutes=self.offset)
        shown = at if not day_only else at - (wall - datetime.combine(wall.date(), time(), tzinfo=UTC))
        self.stands = stands if stands or retracts else self.stands
        self.visit = self.visit if visit is None else visit
        if self.steps and self.steps[-1].at == at:
            self.tied = True
        event = TrackingEvent(
            code=f"{len(self.steps)}/{milestone}",
            milestone=milestone,
            reason=reason,
            occurred_at=shown,
            clock=Clock.DAY_ONLY if day_only else Clock.EXACT,
            utc_offset_minutes=self.offset,
            local_text=f"{wall:%Y-%m-%d}" if day_only else f"{wall:%Y-%m-%dT%H:%M:%S}",
            retracts=retracts,
            forecast=forecast,
        )
        self.steps.append(Step(event=event, at=at, stands=self.stands, visit=self.visit, says=says))

    def correct(
        self, milestone: Milestone, at: datetime, *, stands: Milestone | None, visit: int | None = None
    ) -> None:
        self.corrected = True
        self.scan(milestone, at, stands=stands, visit=visit, says=Notice.CORRECTED)

    def take_back(
        self, milestone: Milestone, at: datetime, *, stands: Milestone | None, visit: int | None = None
    ) -> None:
        self.corrected = True
        self.scan(Milestone.UNKNOWN, at, retracts=milestone, stands=stands, visit=visit, says=Notice.CORRECTED)


def a_story(seed: int) -> Story:
    """The journey of one seed."""
    random = Random(seed)
    journey = _Journey(random=random, offset=random.choice(OFFSETS))
    _sent(journey)
    _carried(journey)
    for _ in range(random.choice((0, 0, 0, 1, 1, 2))):
        _tried(journey)
    random.choices((_delivered, _collected, _returned, _left_open), weights=(62, 14, 16, 8))[0](journey)
    return Story(
        seed=seed,
        offset_minutes=journey.offset,
        steps=tuple(journey.steps),
        promises=_promises(journey),
        corrected=journey.corrected,
        tied=journey.tied,
    )


def _sent(tale: _Journey) -> None:
    has_label = tale.chance(0.8)
    if has_label:
        tale.scan(Milestone.LABEL_CREATED, tale.clock(10), stands=Milestone.LABEL_CREATED, day_only=tale.chance(0.15))
    if has_label and tale.chance(0.06):
        tale.scan(Milestone.CANCELLED, tale.clock(11), stands=Milestone.CANCELLED)
    if has_label and tale.chance(0.1):
        tale.scan(Milestone.UNKNOWN, tale.clock(12))
    if not tale.chance(0.75):
        return
    picked_up_at = tale.steps[-1].at if tale.steps and tale.chance(0.15) else tale.clock(15)
    before = tale.stands
    tale.scan(Milestone.PICKED_UP, picked_up_at, stands=Milestone.PICKED_UP, says=Notice.SHIPPED)
    if tale.chance(0.05):
        tale.take_back(Milestone.PICKED_UP, tale.clock(17), stands=before)
        tale.day += 1
        tale.scan(Milestone.PICKED_UP, tale.clock(9), stands=Milestone.PICKED_UP, says=Notice.SHIPPED)


def _carried(tale: _Journey) -> None:
    tale.scan(Milestone.IN_TRANSIT, tale.clock(20), stands=Milestone.IN_TRANSIT, says=Notice.IN_TRANSIT)
    if tale.chance(0.12):
        tale.scan(Milestone.LABEL_CREATED, tale.clock(20.25))  # paperwork sent after the parcel
    for hour in tale.random.sample((21, 22, 23), k=tale.random.randint(0, 2)):
        tale.scan(Milestone.IN_TRANSIT, max(tale.clock(hour), tale.steps[-1].at))
    tale.day += 1
    if tale.chance(0.15):
        tale.scan(Milestone.IN_TRANSIT, tale.clock(8), forecast=True)
    if tale.chance(0.2):
        _troubled(tale)
    if tale.chance(0.07):
        tale.scan(Milestone.LOST, tale.clock(14), stands=Milestone.LOST, says=Notice.EXCEPTION)
        tale.scan(Milestone.IN_TRANSIT, tale.clock(14.5))  # reported late: nobody found it yet
        tale.correct(Milestone.IN_TRANSIT, tale.clock(19), stands=Milestone.IN_TRANSIT)
    tale.day += 1


def _troubled(tale: _Journey) -> None:
    first, second = tale.random.sample(TROUBLES, k=2)
    tale.scan(Milestone.EXCEPTION, tale.clock(9), stands=Milestone.EXCEPTION, says=Notice.EXCEPTION, reason=first)
    tale.scan(Milestone.EXCEPTION, tale.clock(9.5), reason=first)  # the same again is no news
    if tale.chance(0.3):
        tale.scan(Milestone.EXCEPTION, tale.clock(11), stands=Milestone.EXCEPTION, says=Notice.EXCEPTION, reason=second)
    if tale.chance(0.8):
        tale.scan(Milestone.IN_TRANSIT, tale.clock(13), stands=Milestone.IN_TRANSIT)


def _goes_out(tale: _Journey) -> None:
    """Onto the van; a facility scan of the same instant belongs before it."""
    if tale.chance(0.2):
        tale.scan(Milestone.IN_TRANSIT, tale.clock(7), stands=Milestone.IN_TRANSIT)
    tale.scan(
        Milestone.OUT_FOR_DELIVERY,
        tale.clock(7),
        stands=Milestone.OUT_FOR_DELIVERY,
        visit=tale.visit + 1,
        says=Notice.OUT_FOR_DELIVERY,
    )
    if tale.chance(0.1):
        tale.scan(Milestone.OUT_FOR_DELIVERY, tale.clock(8.5))


def _tried(tale: _Journey) -> None:
    before, visits = tale.stands, tale.visit
    out = tale.chance(0.85)
    if out:
        _goes_out(tale)
        before = Milestone.IN_TRANSIT if len(tale.steps) > 1 and tale.steps[-2].at == tale.steps[-1].at else before
    if out and tale.chance(0.04):
        came_in = any(step.at == tale.clock(7) and step.event.milestone is Milestone.IN_TRANSIT for step in tale.steps)
        if tale.steps[-1].at == tale.clock(7):
            stands = Milestone.IN_TRANSIT if came_in else before
            tale.take_back(Milestone.OUT_FOR_DELIVERY, tale.clock(9), stands=stands, visit=visits)
        tale.day += 1
        return
    if out and tale.chance(0.15):
        tale.scan(
            Milestone.IN_TRANSIT, tale.clock(19), stands=Milestone.IN_TRANSIT
        )  # back undelivered, no attempt told
        tale.day += 1
        return
    tale.scan(
        Milestone.ATTEMPT_FAILED,
        tale.clock(12),
        stands=Milestone.ATTEMPT_FAILED,
        visit=visits + 1,
        says=Notice.ATTEMPT_FAILED,
        reason=Reason.RECIPIENT_ABSENT,
    )
    if tale.chance(0.1):
        tale.scan(Milestone.UNKNOWN, tale.clock(12))
    if tale.chance(0.4):
        tale.scan(Milestone.IN_TRANSIT, tale.clock(19))  # the depot's scan resolves nothing
    tale.day += 1


def _delivered(tale: _Journey) -> None:
    if tale.chance(0.85):
        _goes_out(tale)
    if tale.chance(0.25):
        _delivered_too_soon(tale)
    day_only = tale.stands is Milestone.OUT_FOR_DELIVERY and not tale.corrected and tale.chance(0.1)
    tale.scan(Milestone.DELIVERED, tale.clock(17), stands=Milestone.DELIVERED, says=Notice.DELIVERED, day_only=day_only)
    if not day_only and tale.chance(0.25):
        tale.scan(Milestone.IN_TRANSIT, tale.clock(17 + tale.random.choice((0.25, 0.5))))  # a scanner reports late
    if tale.chance(0.1):
        tale.scan(Milestone.LABEL_CREATED, tale.clock(20))


def _delivered_too_soon(tale: _Journey) -> None:
    """Scanned as delivered, and then seen elsewhere."""
    before, out_today = tale.stands, tale.stands is Milestone.OUT_FOR_DELIVERY
    visit = tale.visit if out_today else tale.visit + 1
    tale.scan(Milestone.DELIVERED, tale.clock(10), stands=Milestone.DELIVERED, says=Notice.DELIVERED)
    match tale.random.randrange(4):
        case 0:
            tale.correct(Milestone.OUT_FOR_DELIVERY, tale.clock(11), stands=Milestone.OUT_FOR_DELIVERY, visit=visit)
        case 1:
            tale.correct(Milestone.ATTEMPT_FAILED, tale.clock(11), stands=Milestone.ATTEMPT_FAILED, visit=visit)
        case 2:
            tale.correct(Milestone.IN_TRANSIT, tale.clock(13), stands=Milestone.IN_TRANSIT)
        case _:
            tale.take_back(Milestone.DELIVERED, tale.clock(11), stands=before)


def _collected(tale: _Journey) -> None:
    tale.scan(
        Milestone.READY_FOR_PICKUP,
        tale.clock(15),
        stands=Milestone.READY_FOR_PICKUP,
        says=Notice.READY_FOR_PICKUP,
        reason=Reason.ACCESS_POINT,
    )
    if tale.chance(0.3):
        tale.scan(Milestone.IN_TRANSIT, tale.clock(15.5))
    tale.day += 1
    tale.scan(
        Milestone.DELIVERED,
        tale.clock(18),
        stands=Milestone.DELIVERED,
        says=Notice.DELIVERED,
        reason=Reason.ACCESS_POINT,
    )


def _returned(tale: _Journey) -> None:
    tale.scan(
        Milestone.RETURNING, tale.clock(14), stands=Milestone.RETURNING, says=Notice.EXCEPTION, reason=Reason.REFUSED
    )
    if tale.chance(0.6):
        tale.scan(Milestone.IN_TRANSIT, tale.clock(22))
    tale.day += 1
    if tale.chance(0.3):
        tale.scan(Milestone.OUT_FOR_DELIVERY, tale.clock(8))  # to the sender's door
    seen = tale.random.choice((Milestone.DELIVERED, Milestone.RETURNED))
    tale.scan(seen, tale.clock(12), stands=Milestone.RETURNED, says=Notice.RETURNED)
    if tale.chance(0.2):
        tale.scan(Milestone.DELIVERED, tale.clock(12))  # the same end in another word, at the same instant


def _left_open(tale: _Journey) -> None:
    if tale.chance(0.5):
        _goes_out(tale)


def _promises(tale: _Journey) -> tuple[Told, ...]:
    """One promise that holds, sometimes narrowed: neither is news."""
    if not tale.chance(0.7):
        return ()
    first = FIRST_DAY + timedelta(days=1)
    last = first + timedelta(days=20)
    told = [Told(at=tale.steps[0].at, promise=Promise(first_day=first, last_day=last))]
    if tale.chance(0.4):
        told.append(Told(at=tale.steps[-1].at, promise=Promise(first_day=first, last_day=last - timedelta(days=3))))
    return tuple(told)
