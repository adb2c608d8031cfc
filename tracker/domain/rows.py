"""What a chosen piece of news becomes in the outbox: one row, with its keys, times and the reason why not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from carriers.events import TrackingEvent, surely_by
from notifiers.message import Channel
from tracker.domain import merging
from tracker.domain.brands import Brand
from tracker.domain.choices import MAY_LEAVE, Choice, Heard, earlier, highest, place, start_of_key
from tracker.domain.news import WINDOW, News
from tracker.domain.notices import (
    Notice,
    Notification,
    NotificationState,
    TellingPolicy,
    Told,
    ToldBefore,
    WhyNot,
    is_wanted,
)
from tracker.domain.orders import Order, OrderStage
from tracker.domain.people import Recipient, Suppressed, address_on, may_tell
from tracker.domain.quiet import Whereabouts, ZonesOf, has_hours, next_allowed
from tracker.domain.ranks import Row
from tracker.domain.shipments import Shipment, ShipmentId

WINDOW_REST = timedelta(hours=12)  # a promise that moves twice a day is told once
STATES = {
    WhyNot.STALE: NotificationState.EXPIRED,
    WhyNot.QUIET_HOURS: NotificationState.EXPIRED,
    WhyNot.TOLD_HIGHER: NotificationState.SUPERSEDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What does not differ between audiences."""

    before: Order
    order: Order
    moved: Collection[ShipmentId]  # shipments with a news in this commit
    events: Mapping[str, TrackingEvent]
    brand: Brand
    policy: TellingPolicy
    suppressed: Suppressed
    history_before: datetime | None
    zones_of: ZonesOf
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """One person on one channel, and all that was decided for them about the order."""

    recipient: Recipient
    channel: Channel
    rows: Sequence[ToldBefore]

    @property
    def name(self) -> str:
        return f"{self.recipient.id}:{self.channel}"

    def heard_of(self, shipment: Shipment | None, *, besides: Sequence[Row] = ()) -> Heard:
        rows = (*self.rows, *besides)
        mine = [row for row in rows if shipment is None or row.shipment_id == shipment.id]
        return Heard(audience=self.name, rows=rows, mine=mine)


def row_of(news: News, choice: Choice, heard: Heard, audience: Audience, scene: Scene) -> Notification:
    visit, rank = place(news, choice, heard)
    why_not = choice.why_not or _why_not(news, choice, heard, audience, scene)
    if why_not is None and not choice.correction and highest(heard) > (visit, rank):
        why_not = WhyNot.TOLD_HIGHER
    not_before_at, expires_at = _not_before(news, choice, heard, scene), _expires_at(news, choice, scene)
    if why_not is None and has_hours(audience.recipient, audience.channel):
        not_before_at = _by_day(not_before_at, choice.notice, audience, scene)
        why_not = WhyNot.QUIET_HOURS if not_before_at >= expires_at else None
    return Notification(
        dedupe_key=f"{start_of_key(news, choice, audience.name, order=scene.order)}{choice.nth}",
        order_id=scene.order.id,
        shipment_id=news.shipment.id if news.shipment else None,
        recipient_id=audience.recipient.id,
        notice=choice.notice,
        channel=audience.channel,
        seq=news.seq,
        rank=rank,
        visit=visit,
        correction=choice.correction,
        collapse_key=_collapse_key(news, choice, audience.name, order=scene.order),
        occurred_at=news.told.occurred_at,
        planned_at=scene.now,
        not_before_at=not_before_at,
        expires_at=expires_at,
        state=STATES.get(why_not, NotificationState.SUPPRESSED) if why_not else NotificationState.PENDING,
        why_not=why_not,
        told=_told(news, choice, heard, scene),
    )


def _is_shared(news: News, choice: Choice) -> bool:
    """A correction is about one parcel, even where it says what siblings say too."""
    return merging.is_shared(news) and not choice.correction


def _told(news: News, choice: Choice, heard: Heard, scene: Scene) -> Told:
    told = replace(news.told, notice=choice.notice)
    if not _is_shared(news, choice):
        return told
    them = merging.together(
        scene.order,
        choice.notice,
        rows=heard.rows,
        audience=heard.audience,
        news_of={*scene.moved, *([news.shipment.id] if news.shipment else [])},
    )
    return merging.in_one(told, scene.order, them) if news.shipment in them.parcels else told


def _why_not(news: News, choice: Choice, heard: Heard, audience: Audience, scene: Scene) -> WhyNot | None:
    history_before = news.shipment.notify_after if news.shipment else scene.history_before
    if history_before is not None and surely_by(news.told.occurred_at, news.told.clock) < history_before:
        return WhyNot.HISTORY
    texted = audience.channel is not Channel.SMS or choice.notice in scene.brand.text_notices
    if choice.notice in scene.brand.silent_notices or not texted:
        return WhyNot.NOTICE_OFF
    if scene.order.state.stage is OrderStage.CANCELLED:
        return WhyNot.ORDER_CANCELLED
    if barrier := _barrier(choice, audience, scene):
        return barrier
    if scene.now >= _expires_at(news, choice, scene):
        return WhyNot.STALE
    return WhyNot.TOO_SOON if _moved_lately(news, heard, now=scene.now) else None


def _barrier(choice: Choice, audience: Audience, scene: Scene) -> WhyNot | None:
    """What the reader, or the lack of an address or of a permission, says against it."""
    barrier = may_tell(audience.recipient, audience.channel, scene.suppressed)
    if barrier is not None:
        return WhyNot(barrier.value)
    wanted = is_wanted(audience.recipient.wishes, audience.channel, choice.notice, correction=choice.correction)
    return None if wanted else WhyNot.NOT_WANTED


def _moved_lately(news: News, heard: Heard, *, now: datetime) -> bool:
    """Whether a moved promise was told of late; one that still waits gives way to the newer."""
    if not news.detail.startswith(WINDOW):
        return False
    moved = (row for row in heard.mine if f":{WINDOW}/" in row.dedupe_key and row.state in MAY_LEAVE)
    return any(now - row.planned_at < WINDOW_REST for row in moved)


def _not_before(news: News, choice: Choice, heard: Heard, scene: Scene) -> datetime:
    if choice.notice is Notice.CORRECTED:
        return scene.now + scene.policy.correction_stands
    settle = scene.policy.settle[choice.notice]
    if not _is_shared(news, choice):
        return scene.now + settle
    key = _collapse_key(news, choice, heard.audience, order=scene.order)
    kin = [row for row in heard.rows if row.collapse_key == key]
    alone = scene.order.state.parcels < 2
    return merging.leaves_at(
        scene.order,
        choice.notice,
        rows=earlier(news, choice, heard, order=scene.order) if alone else kin,
        now=scene.now,
        settle=settle,
        expires_at=news.expires_at,
    )


def _by_day(at: datetime, notice: Notice, audience: Audience, scene: Scene) -> datetime:
    reader = Whereabouts(
        recipient=audience.recipient,
        number=address_on(audience.recipient, Channel.SMS) or "",
        destination_zone=scene.order.destination_zone,
        country=scene.order.destination.country,
        brand=scene.brand,
        channel=audience.channel,
    )
    return next_allowed(at, notice, reader, zones_of=scene.zones_of)


def _expires_at(news: News, choice: Choice, scene: Scene) -> datetime:
    """A correction is owed for as long as the untrue thing may be believed, however late we learned of it."""
    if choice.owed:
        return max(news.expires_at, scene.now + scene.policy.lifetime[Notice.CORRECTED])
    return news.expires_at


def _collapse_key(news: News, choice: Choice, audience: str, *, order: Order) -> str:
    """What parcels tell together shares a row; everything else stays with its parcel."""
    if news.shipment is None:
        return f"{order.id}:{choice.notice}:{audience}"
    if _is_shared(news, choice):
        return merging.shared_key(order.id, choice.notice, audience)
    return f"{order.id}:{news.shipment.id}:{audience}"
