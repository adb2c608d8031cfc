"""Which parcels of an order one message tells of at once, and how long it waits for those that may join."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from carriers.events import Milestone
from tracker.domain import windows
from tracker.domain.news import NOTICES, WINDOW, News, whole_detail
from tracker.domain.notices import STARTED_STATES, Notice, NotificationState, Told, ToldBefore
from tracker.domain.orders import Order, counted, has_ended, left_the_shop
from tracker.domain.ranks import RANKS, Row, was_heard
from tracker.domain.shipments import Item, OrderId, Shipment, ShipmentId
from tracker.domain.windows import DeliveryWindow

MERGE_WAIT = timedelta(minutes=10)  # "2 of 3 parcels" instead of three mails, and the least between two of them
LAST_MINUTE = timedelta(minutes=1)  # what waits leaves so long before it expires

# Notices that parcels of one order share. Taken over or moving already: either way it is on its way.
MERGED: dict[Notice, Notice] = {
    Notice.SHIPPED: Notice.SHIPPED,
    Notice.IN_TRANSIT: Notice.SHIPPED,
    Notice.OUT_FOR_DELIVERY: Notice.OUT_FOR_DELIVERY,
    Notice.DELIVERED: Notice.DELIVERED,
}
SHARED = tuple(dict.fromkeys(MERGED.values()))

ON_ITS_WAY = frozenset({Milestone.PICKED_UP, Milestone.IN_TRANSIT})
GOING_AWAY = frozenset({Milestone.RETURNING, Milestone.LOST})
NOT_COMING = GOING_AWAY | {Milestone.READY_FOR_PICKUP}  # no van will bring it

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """The parcels that one person is to hear of at once, and where the others are."""

    parcels: tuple[Shipment, ...]
    earlier: int  # heard of before, as far along or further
    behind: int  # have not come so far


def is_shared(news: News) -> bool:
    """Whether sibling parcels may be told of in the same message."""
    return news.notice in MERGED and news.shipment is not None and not news.detail.startswith(WINDOW)


def shared_key(order_id: OrderId, notice: Notice, audience: str) -> str:
    """The collapse key of what the parcels of an order tell one audience together."""
    return f"{order_id}:{MERGED[notice]}:{audience}"


def news_key(order_id: OrderId, shipment_id: ShipmentId | str, *, notice: Notice, detail: str, audience: str) -> str:
    """What every dedupe key of one news begins with; the number that follows counts how often it came true anew."""
    return f"{order_id}:{shipment_id}:{notice}:{detail}:{audience}:"


def newest(rows: Sequence[Row]) -> Row | None:
    """The row that was decided last."""
    return max(rows, key=lambda row: (row.seq, row.planned_at), default=None)


def together(
    order: Order, notice: Notice, *, rows: Sequence[Row], audience: str, news_of: Collection[ShipmentId] = ()
) -> Together:
    """Who stands at a notice's stage without this audience having heard of it.

    `rows`: all that was decided for it; `news_of`: parcels whose move is this commit's news, which nobody has heard.
    """
    shared = MERGED[notice]
    parcels = counted(order.facts, order.shipments)
    here = _standing_at(shared, parcels)
    heard = [one for one in here if one.id not in news_of and _has_heard(one, order, rows=rows, audience=audience)]
    fresh = [one for one in here if one not in heard]
    others = [one for one in parcels if one not in fresh]
    if fresh and all(_heard_as_far(one, shared, rows) for one in fresh):
        return Together(parcels=tuple(fresh), earlier=0, behind=len(others))  # on the way, as was said; now moving
    return Together(
        parcels=tuple(fresh),
        earlier=sum(one in heard or _heard_as_far(one, shared, rows) for one in others),
        behind=sum(_is_behind(one, shared) for one in others if one not in heard),
    )


def in_one(told: Told, order: Order, them: Together) -> Told:
    """The facts of one parcel's news, widened to all it tells of; what differs between them is left to the page."""
    if order.state.parcels < 2:
        return replace(told, window=_common_window(them.parcels, order))
    counts = replace(
        told,
        together=len(them.parcels),
        earlier=them.earlier,
        behind=them.behind,
        delivered=order.state.delivered,
        parcels=order.state.parcels,
        window=_common_window(them.parcels, order),
        items=_items(them.parcels, order),
    )
    if len(them.parcels) < 2:
        return counts
    return replace(
        counts,
        carrier=_same([one.carrier for one in them.parcels]) or "",
        left_with=_same([one.left_with for one in them.parcels]) or "",
        reason=_same([one.standing.reason for one in them.parcels]),
        tracking_number="",
        clock=None,
        place=None,
    )


def leaves_at(
    order: Order, notice: Notice, *, rows: Sequence[Row], now: datetime, settle: timedelta, expires_at: datetime
) -> datetime:
    """When a shared row may go. `rows`: those it may merge with, and those that left before it under the same key."""
    waits = MERGE_WAIT if _someone_may_join(order, MERGED[notice]) else settle
    waiting = [row.not_before_at for row in rows if row.state is NotificationState.PENDING]
    leaves = min((now + waits, *waiting))
    if waits > settle:
        leaves = min(leaves, expires_at - LAST_MINUTE)
    left = [_left_at(row, now) for row in rows if row.state in STARTED_STATES | {NotificationState.LEASED}]
    rested = max(left) + MERGE_WAIT if left and order.state.parcels > 1 else now
    return max(now, leaves, rested)


def _standing_at(shared: Notice, parcels: Sequence[Shipment]) -> list[Shipment]:
    match shared:
        case Notice.OUT_FOR_DELIVERY:
            today = _day_out(parcels)
            return [one for one in parcels if _is_out(one) and one.standing.day == today]
        case Notice.DELIVERED:
            return [one for one in parcels if one.standing.milestone is Milestone.DELIVERED]
        case _:
            return [one for one in parcels if one.standing.milestone in ON_ITS_WAY]


def _has_heard(parcel: Shipment, order: Order, *, rows: Sequence[Row], audience: str) -> bool:
    """Whether this audience was told of where the parcel stands, by a row of its own or one that counted it."""
    standing = parcel.standing
    notice = NOTICES[standing.milestone] if standing.milestone else Notice.SHIPPED
    start = news_key(order.id, parcel.id, notice=notice, detail=whole_detail(parcel, notice), audience=audience)
    own = newest([row for row in rows if row.dedupe_key.startswith(start)])
    if own and own.state in STARTED_STATES:
        return True
    known_at = own.planned_at if own else standing.since
    key = shared_key(order.id, notice, audience)
    return any(
        row.collapse_key == key
        and row.state in STARTED_STATES
        and row.shipment_id != parcel.id
        and (known_at is None or row.planned_at >= known_at)
        for row in rows
    )


def _heard_as_far(parcel: Shipment, shared: Notice, rows: Sequence[Row]) -> bool:
    """Whether this audience was told of the parcel at that stage or further on."""
    return any(row.shipment_id == parcel.id and row.rank >= RANKS[shared] and was_heard(row, rows) for row in rows)


def _is_behind(parcel: Shipment, shared: Notice) -> bool:
    if has_ended(parcel):
        return False
    match shared:
        case Notice.OUT_FOR_DELIVERY:
            return parcel.standing.milestone is not Milestone.READY_FOR_PICKUP
        case Notice.DELIVERED:
            return parcel.standing.milestone not in GOING_AWAY
        case _:
            return not left_the_shop(parcel)


def _someone_may_join(order: Order, shared: Notice) -> bool:
    parcels = counted(order.facts, order.shipments)
    here = _standing_at(shared, parcels)
    missing = [one for one in parcels if one not in here and not has_ended(one)]
    match shared:
        case Notice.OUT_FOR_DELIVERY:
            return any(one.standing.milestone not in NOT_COMING for one in missing)
        case Notice.DELIVERED:
            return any(map(_is_out, missing))
        case _:
            return not all(map(left_the_shop, missing))


def _is_out(parcel: Shipment) -> bool:
    return parcel.standing.milestone is Milestone.OUT_FOR_DELIVERY


def _day_out(parcels: Sequence[Shipment]) -> date | None:
    """The newest day on which one of them went out; a scan of an earlier day tells of no van of today."""
    return max((one.standing.day for one in parcels if _is_out(one) and one.standing.day), default=None)


def _left_at(row: Row, now: datetime) -> datetime:
    """When it left, or may leave at any moment."""
    if row.state is NotificationState.LEASED:
        return now
    started_at = row.started_at if isinstance(row, ToldBefore) else None
    return started_at or row.not_before_at


def _common_window(parcels: Sequence[Shipment], order: Order) -> DeliveryWindow | None:
    """A promise that is true of each; none where one has none, or the promises are not of one mouth."""
    found = [one.window or order.promised for one in parcels]
    stated = [window for window in found if window]
    if len(stated) < len(found) or not stated or _same([window.promised_by for window in stated]) is None:
        return None
    if stated[0].promised_by is windows.PromisedBy.CARRIER and _same([one.carrier for one in parcels]) is None:
        return None
    return windows.covering(stated)


def _items(parcels: Sequence[Shipment], order: Order) -> tuple[Item, ...]:
    """What is in them, where the shop said so; in all parcels together is the whole order."""
    if all(one.items for one in parcels):
        return tuple(item for one in parcels for item in one.items)
    return order.items if len(parcels) >= order.state.parcels else ()


def _same(values: Sequence[T]) -> T | None:
    """The one value that all have."""
    return values[0] if values and all(value == values[0] for value in values) else None
