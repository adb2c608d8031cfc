"""Which rows a commit's changes call for: one for each person and channel, to be told or with the reason why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from carriers.events import Milestone, TrackingEvent
from notifiers.message import Channel
from tracker.domain.brands import Brand
from tracker.domain.news import NOTICES, WINDOW, News, detail_of, news_of
from tracker.domain.notices import (
    STARTED_STATES,
    Notice,
    Notification,
    NotificationState,
    TellingPolicy,
    ToldBefore,
    WhyNot,
)
from tracker.domain.orders import Order, OrderStage
from tracker.domain.people import Recipient, Suppressed, may_tell
from tracker.domain.ranks import NEVER_OLD, Place, place_of, supersedes
from tracker.domain.shipments import Transition

MERGE_WAIT = timedelta(minutes=10)  # while sibling parcels are on vans: "2 of 3 delivered" instead of three mails
WINDOW_REST = timedelta(hours=12)  # a promise that moves twice a day is told once
ENDS = frozenset({Notice.DELIVERED, Notice.RETURNED})
WAITING = frozenset({NotificationState.PENDING, NotificationState.LEASED})
LIVE = WAITING | STARTED_STATES
STATES = {WhyNot.STALE: NotificationState.EXPIRED, WhyNot.TOLD_HIGHER: NotificationState.SUPERSEDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """What does not differ between audiences."""

    order: Order
    already: Sequence[ToldBefore]
    brand: Brand
    policy: TellingPolicy
    suppressed: Suppressed
    history_before: datetime | None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """What one audience hears of a news."""

    notice: Notice
    detail: str
    nth: int = 0
    correction: bool = False
    owed: bool = False  # the person may have been told what is not true
    why_not: WhyNot | None = None


def decide(
    *,
    before: Order,
    after: Order,
    transitions: Sequence[Transition],
    events: Mapping[str, TrackingEvent],
    already: Sequence[ToldBefore],
    brand: Brand,
    policy: TellingPolicy,
    channels: Sequence[Channel],
    suppressed: Suppressed,
    now: datetime,
    history_before: datetime | None = None,
) -> tuple[Notification, ...]:
    """New rows for the outbox; `after` holds this commit's shipments and roll-up, `events` those that caused it."""
    scene = _Scene(
        order=after,
        already=already,
        brand=brand,
        policy=policy,
        suppressed=suppressed,
        history_before=history_before,
        now=now,
    )
    news = news_of(before=before, after=after, transitions=transitions, events=events, policy=policy, now=now)
    rows = [
        row
        for one in news
        for recipient in after.recipients
        for channel in channels
        if (row := _row(one, recipient, channel, scene=scene))
    ]
    return tuple(_give_way(row, rows[i + 1 :]) for i, row in enumerate(rows))


def _row(news: News, recipient: Recipient, channel: Channel, *, scene: _Scene) -> Notification | None:
    beside = [row for row in scene.already if row.recipient_id == recipient.id and row.channel is channel]
    mine = [row for row in beside if news.shipment is None or row.shipment_id == news.shipment.id]
    choice = _choose(news, mine, beside, audience=f"{recipient.id}:{channel}", scene=scene)
    if choice is None:
        return None
    visit, rank = _place(news, choice, mine)
    why_not = choice.why_not or _why_not(news, choice, mine, recipient=recipient, channel=channel, scene=scene)
    if why_not is None and not choice.correction and _highest(mine) > (visit, rank):
        why_not = WhyNot.TOLD_HIGHER
    collapse_key = _collapse_key(news, choice, f"{recipient.id}:{channel}", order=scene.order)
    return Notification(
        dedupe_key=_key(news, choice, f"{recipient.id}:{channel}", order=scene.order),
        order_id=scene.order.id,
        shipment_id=news.shipment.id if news.shipment else None,
        recipient_id=recipient.id,
        notice=choice.notice,
        channel=channel,
        seq=news.seq,
        rank=rank,
        visit=visit,
        correction=choice.correction,
        collapse_key=collapse_key,
        occurred_at=news.told.occurred_at,
        planned_at=scene.now,
        not_before_at=_not_before(
            choice, news, [row for row in beside if row.collapse_key == collapse_key], scene=scene
        ),
        expires_at=_expires_at(news, choice, scene),
        state=STATES.get(why_not, NotificationState.SUPPRESSED) if why_not else NotificationState.PENDING,
        why_not=why_not,
        told=news.told if news.told.notice is choice.notice else replace(news.told, notice=choice.notice),
    )


def _choose(
    news: News, mine: Sequence[ToldBefore], beside: Sequence[ToldBefore], *, audience: str, scene: _Scene
) -> _Choice | None:
    """The news itself, a correction of what this audience was told, or nothing: it was said before."""
    correction = _Choice(notice=Notice.CORRECTED, detail=str(news.seq), correction=True, owed=True)
    withdrawn = replace(correction, why_not=WhyNot.TAKEN_BACK)
    if _earlier(mine, _base(news, correction, audience, order=scene.order)) or _is_move_of_nothing(news, mine):
        return None
    wrong = _untrue(news, mine, order=scene.order)
    told = wrong is not None and _was_told(wrong, beside)
    if told and news.notice not in ENDS:
        return correction
    waiting = wrong is not None and wrong.state in WAITING
    if news.notice is None:
        return withdrawn if waiting else None
    unsaid = [row for row in mine if row.correction and row.state in WAITING]
    owed = told or bool(unsaid)
    choice = _Choice(notice=news.notice, detail=news.detail, correction=owed or waiting, owed=owed)
    earlier = _earlier(mine, _base(news, choice, audience, order=scene.order))
    last = max(earlier, key=lambda row: row.seq, default=None)
    if last is None or _was_taken_back(last, mine):
        too_late = owed and news.notice not in ENDS and scene.now >= news.expires_at
        return correction if too_late else replace(choice, nth=len(earlier))
    newest = max((row.seq for row in mine if row.state in STARTED_STATES), default=-1)
    true_again = last.state in STARTED_STATES and last.seq == newest and any(row.seq > newest for row in unsaid)
    return withdrawn if waiting or true_again else None


def _is_move_of_nothing(news: News, mine: Sequence[ToldBefore]) -> bool:
    """A promise nobody was told cannot move."""
    return news.detail.startswith(WINDOW) and not any(row.state in STARTED_STATES for row in mine)


def _untrue(news: News, mine: Sequence[ToldBefore], *, order: Order) -> ToldBefore | None:
    """The newest row that says what the carrier has taken back, unless its correction was told."""
    notice = NOTICES.get(news.takes_back) if news.takes_back else None
    if notice is None or news.takes_back is None or news.shipment is None:
        return None
    start = f"{order.id}:{news.shipment.id}:{notice}:{detail_of(news.takes_back)}"
    row = max(_earlier(mine, start), key=lambda row: row.seq, default=None)
    return row if row and row.seq >= _corrected_at(mine) else None


def _was_told(row: ToldBefore, beside: Sequence[ToldBefore]) -> bool:
    """Whether the person may know it, from this row or from one that counted this parcel too."""
    if row.state in STARTED_STATES or row.state is NotificationState.LEASED:
        return True
    return row.state is NotificationState.SUPERSEDED and any(
        other.collapse_key == row.collapse_key
        and other.notice is row.notice
        and other.state in STARTED_STATES
        and other.planned_at >= row.planned_at
        for other in beside
    )


def _was_taken_back(row: ToldBefore, mine: Sequence[ToldBefore]) -> bool:
    """Whether saying it again would be news: it was corrected since, or was taken back before it left."""
    if row.seq < _corrected_at(mine):
        return True
    return row.state is NotificationState.SUPERSEDED and any(other.correction and other.seq > row.seq for other in mine)


def _corrected_at(mine: Sequence[ToldBefore]) -> int:
    """The shipment's version at the newest correction this audience was told."""
    return max((row.seq for row in mine if row.correction and row.state in STARTED_STATES), default=-1)


def _highest(mine: Sequence[ToldBefore]) -> Place:
    """How far what was told, or is about to be, has come since the last correction."""
    since = _corrected_at(mine)
    return max((place_of(row) for row in mine if row.state in LIVE and row.seq >= since), default=(0, 0))


def _place(news: News, choice: _Choice, mine: Sequence[ToldBefore]) -> Place:
    visit = news.shipment.standing.visit if news.shipment else 0
    if choice.correction or not (choice.notice in NEVER_OLD or news.detail.startswith(WINDOW)):
        return visit, news.rank
    highest = _highest(mine)
    if highest <= (visit, news.rank):
        return visit, news.rank
    return highest[0], max(highest[1], news.rank)


def _why_not(
    news: News,
    choice: _Choice,
    mine: Sequence[ToldBefore],
    *,
    recipient: Recipient,
    channel: Channel,
    scene: _Scene,
) -> WhyNot | None:
    history_before = news.shipment.notify_after if news.shipment else scene.history_before
    if history_before is not None and news.told.occurred_at < history_before:
        return WhyNot.HISTORY
    if choice.notice in scene.brand.silent_notices:
        return WhyNot.NOTICE_OFF
    if scene.order.state.stage is OrderStage.CANCELLED:
        return WhyNot.ORDER_CANCELLED
    barrier = may_tell(recipient, channel, scene.suppressed)
    if barrier is not None:
        return WhyNot(barrier.value)
    if scene.now >= _expires_at(news, choice, scene):
        return WhyNot.STALE
    return WhyNot.TOO_SOON if _moved_lately(news, mine, now=scene.now) else None


def _moved_lately(news: News, mine: Sequence[ToldBefore], *, now: datetime) -> bool:
    if not news.detail.startswith(WINDOW):
        return False
    moved = (row for row in mine if f":{WINDOW}/" in row.dedupe_key and row.state in LIVE)
    return any(now - row.planned_at < WINDOW_REST for row in moved)


def _not_before(choice: _Choice, news: News, merged: Sequence[ToldBefore], *, scene: _Scene) -> datetime:
    if choice.notice is Notice.CORRECTED:
        return scene.now + scene.policy.correction_stands
    settled = scene.now + scene.policy.settle[choice.notice]
    if choice.notice is not Notice.DELIVERED or news.shipment is None:
        return settled
    out = [other for other in scene.order.shipments if other.standing.milestone is Milestone.OUT_FOR_DELIVERY]
    if not out:
        return settled
    waited_for = (row.not_before_at for row in merged if row.state is NotificationState.PENDING)
    return max(scene.now, min((scene.now + MERGE_WAIT, *waited_for)))


def _expires_at(news: News, choice: _Choice, scene: _Scene) -> datetime:
    """A correction is owed for as long as the untrue thing may be believed, however late we learned of it."""
    if choice.owed:
        return max(news.expires_at, scene.now + scene.policy.lifetime[Notice.CORRECTED])
    return news.expires_at


def _key(news: News, choice: _Choice, audience: str, *, order: Order) -> str:
    return f"{_base(news, choice, audience, order=order)}{choice.nth}"


def _base(news: News, choice: _Choice, audience: str, *, order: Order) -> str:
    shipment = news.shipment.id if news.shipment else ""
    return f"{order.id}:{shipment}:{choice.notice}:{choice.detail}:{audience}:"


def _earlier(mine: Sequence[ToldBefore], base: str) -> list[ToldBefore]:
    return [row for row in mine if row.dedupe_key.startswith(base)]


def _collapse_key(news: News, choice: _Choice, audience: str, *, order: Order) -> str:
    """Parcels delivered together share a row; everything else stays with its parcel."""
    if news.shipment is None or (choice.notice is Notice.DELIVERED and order.state.parcels > 1):
        return f"{order.id}:{choice.notice}:{audience}"
    return f"{order.id}:{news.shipment.id}:{audience}"


def _give_way(row: Notification, later: Sequence[Notification]) -> Notification:
    """Of rows decided together the later one stands."""
    if row.state is not NotificationState.PENDING or not any(supersedes(other, row) for other in later):
        return row
    return replace(row, state=NotificationState.SUPERSEDED, why_not=WhyNot.SUPERSEDED)
