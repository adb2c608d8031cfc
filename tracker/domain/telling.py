"""Which rows a commit's changes call for: one for each person and channel, to be told or with the reason why not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from carriers.events import TrackingEvent
from notifiers.message import Channel
from tracker.domain import merging
from tracker.domain.brands import Brand
from tracker.domain.choices import Choice, choose, earlier, promise_told, withdrawal
from tracker.domain.news import News, news_of, of_nothing, of_promise, of_standing
from tracker.domain.notices import Notice, Notification, NotificationState, TellingPolicy, Told, ToldBefore, WhyNot
from tracker.domain.orders import Order
from tracker.domain.people import Suppressed, address_on
from tracker.domain.quiet import ZonesOf, nowhere
from tracker.domain.ranks import Row, counted_by, supersedes
from tracker.domain.rows import Audience, Scene, row_of
from tracker.domain.shipments import Shipment, Transition
from tracker.domain.windows import says_the_same

UNSAID = frozenset({NotificationState.PENDING, NotificationState.SUPERSEDED, NotificationState.CANCELLED})
GAVE_WAY = frozenset({NotificationState.SUPERSEDED, NotificationState.CANCELLED})


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
    zones_of: ZonesOf = nowhere,
) -> tuple[Notification, ...]:
    """New rows for the outbox; `after` holds this commit's shipments and roll-up, `events` those that caused it."""
    news = news_of(before=before, after=after, transitions=transitions, events=events, policy=policy)
    scene = Scene(
        before=before,
        order=after,
        moved=[one.shipment.id for one in news if one.shipment],
        events=events,
        brand=brand,
        policy=policy,
        suppressed=suppressed,
        history_before=history_before,
        zones_of=zones_of,
        now=now,
    )
    audiences = [
        Audience(
            recipient=recipient,
            channel=channel,
            rows=[row for row in already if (row.recipient_id, row.channel) == (recipient.id, channel)],
        )
        for recipient in after.recipients
        for channel in channels
        if channel is Channel.EMAIL or address_on(recipient, channel)  # nobody misses a text who gave no number
    ]
    return tuple(row for audience in audiences for row in _rows(news, audience, scene))


def _rows(news: Sequence[News], audience: Audience, scene: Scene) -> list[Notification]:
    """What one audience hears of this commit."""
    heard = [*news, *_moved_promises(news, audience, scene)]
    rows = [row for one in heard if (row := _row(one, audience, scene))]
    rows = [_give_way(row, rows[i + 1 :]) for i, row in enumerate(rows)]
    return [*rows, *_kept_true(rows, audience, scene)]


def _moved_promises(news: Sequence[News], audience: Audience, scene: Scene) -> Iterator[News]:
    """Promises that by now differ from what this audience was told last, or from the first that was known."""
    known = {shipment.id: shipment for shipment in scene.before.shipments}
    said = {one.shipment.id for one in news if one.shipment}
    for shipment in scene.order.shipments:
        was = known.get(shipment.id)
        if was is None or shipment.id in said or was.window is None or says_the_same(was.window, shipment.window):
            continue
        since = promise_told(audience.heard_of(shipment)) or shipment.first_window or was.window
        moved = of_promise(scene.order, shipment, since=since, policy=scene.policy, now=scene.now)
        if moved:
            yield moved


def _row(news: News, audience: Audience, scene: Scene) -> Notification | None:
    heard = audience.heard_of(news.shipment)
    choice = choose(news, heard, order=scene.order, now=scene.now)
    return row_of(news, choice, heard, audience, scene) if choice else None


def _kept_true(fresh: Sequence[Notification], audience: Audience, scene: Scene) -> Iterator[Notification]:
    """Shared rows that wait are made anew when what they count has changed, and none is lost with its parcel's row."""
    old = [_after(row, fresh) for row in audience.rows]
    rows: list[Row] = [*old, *fresh]
    for notice in merging.SHARED:
        key = merging.shared_key(scene.order.id, notice, audience.name)
        unsaid = [row for row in rows if row.collapse_key == key and row.state in UNSAID]
        if not unsaid or any(row.collapse_key == key and row.state is NotificationState.PENDING for row in fresh):
            continue
        them = merging.together(scene.order, notice, rows=rows, audience=audience.name)
        waiting = merging.newest([row for row in unsaid if row.state is NotificationState.PENDING])
        owner = next((one for one in scene.order.shipments if waiting and one.id == waiting.shipment_id), None)
        if waiting is None:
            yield from _said_by(_owed(them.parcels, key, rows), audience, scene, besides=fresh)
        elif owner is None or owner not in them.parcels:
            yield from _withdrawn(owner, audience, scene)
            yield from _said_by(them.parcels[-1:], audience, scene, besides=fresh)
        elif _differs(notice, them, audience, scene):
            yield from _said_by([owner], audience, scene, besides=fresh)


def _owed(parcels: Sequence[Shipment], key: str, rows: Sequence[Row]) -> list[Shipment]:
    """The parcel whose news a sibling's row had taken over, if that row is gone without having left."""
    for one in reversed(parcels):
        own = merging.newest([row for row in rows if row.shipment_id == one.id])
        if own and own.collapse_key == key and own.state is NotificationState.SUPERSEDED:
            by = counted_by(own, rows)
            if by and all(other.state in GAVE_WAY for other in by):
                return [one]
    return []


def _differs(notice: Notice, them: merging.Together, audience: Audience, scene: Scene) -> bool:
    """Whether what waits would say something else now."""
    blank = Told(order_number=scene.order.number, notice=notice, occurred_at=scene.now)
    were = merging.together(scene.before, notice, rows=audience.rows, audience=audience.name)
    return merging.in_one(blank, scene.before, were) != merging.in_one(blank, scene.order, them)


def _said_by(
    parcels: Sequence[Shipment], audience: Audience, scene: Scene, *, besides: Sequence[Row]
) -> Iterator[Notification]:
    """The row of one parcel, made anew, whatever was decided of it before."""
    for shipment in parcels:
        news = of_standing(scene.order, shipment, events=scene.events, policy=scene.policy)
        if news is None or news.notice is None:
            continue
        heard = audience.heard_of(shipment, besides=besides)
        choice = Choice(notice=news.notice, detail=news.detail)
        again = replace(choice, nth=len(earlier(news, choice, heard, order=scene.order)))
        yield row_of(news, again, heard, audience, scene)


def _withdrawn(shipment: Shipment | None, audience: Audience, scene: Scene) -> Iterator[Notification]:
    """What keeps a waiting row from being told, once its own parcel does not stand there any more."""
    if shipment is None:
        return
    news = of_nothing(scene.order, shipment, policy=scene.policy, now=scene.now)
    heard = audience.heard_of(shipment)
    if not earlier(news, withdrawal(news), heard, order=scene.order):
        yield row_of(news, withdrawal(news), heard, audience, scene)


def _give_way(row: Notification, later: Sequence[Notification]) -> Notification:
    """Of rows decided together the later one stands."""
    if row.state is not NotificationState.PENDING or not any(supersedes(other, row) for other in later):
        return row
    return replace(row, state=NotificationState.SUPERSEDED, why_not=WhyNot.SUPERSEDED)


def _after(row: ToldBefore, fresh: Sequence[Notification]) -> ToldBefore:
    """An older row as it is once these have entered the outbox."""
    gives_way = row.state is NotificationState.PENDING and any(supersedes(new, row) for new in fresh)
    return replace(row, state=NotificationState.SUPERSEDED) if gives_way else row
