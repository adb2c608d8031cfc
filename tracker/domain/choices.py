"""What one person hears of a news: the news itself, a correction of what they were told, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tracker.domain.merging import newest, news_key
from tracker.domain.news import NOTICES, WINDOW, News, detail_of
from tracker.domain.notices import STARTED_STATES, Notice, NotificationState, ToldBefore, WhyNot
from tracker.domain.orders import Order
from tracker.domain.ranks import NEVER_OLD, Place, Row, counted_by, place_of, was_heard
from tracker.domain.windows import DeliveryWindow, PromisedBy

ENDS = frozenset({Notice.DELIVERED, Notice.RETURNED})
WAITING = frozenset({NotificationState.PENDING, NotificationState.LEASED})
LIVE = WAITING | STARTED_STATES
MAY_LEAVE = STARTED_STATES | {NotificationState.LEASED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What one audience hears of a news."""

    notice: Notice
    detail: str
    nth: int = 0
    correction: bool = False
    owed: bool = False  # the person may have been told what is not true
    why_not: WhyNot | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was decided for one audience so far."""

    audience: str  # person and channel
    rows: Sequence[Row]  # about the whole order
    mine: Sequence[Row]  # about the shipment of the news, or all when the news is about the order


def choose(news: News, heard: Heard, *, order: Order, now: datetime) -> Choice | None:
    """The news itself, a correction of what this audience was told, or nothing: it was said before."""
    mine = heard.mine
    correction = Choice(notice=Notice.CORRECTED, detail=str(news.seq), correction=True, owed=True)
    if earlier(news, correction, heard, order=order) or _is_move_of_nothing(news, heard):
        return None
    wrong = _untrue(news, heard, order=order)
    told = wrong is not None and _may_be_known(wrong, heard)
    if told and news.notice not in ENDS:
        return correction
    waiting = wrong is not None and _waits(wrong, heard)
    if news.notice is None:
        return withdrawal(news) if waiting else None
    unsaid = [row for row in mine if row.correction and row.state in WAITING]
    owed = told or bool(unsaid)
    choice = Choice(notice=news.notice, detail=news.detail, correction=owed or waiting, owed=owed)
    said = earlier(news, choice, heard, order=order)
    last = newest(said)
    if last is None or _was_taken_back(last, heard):
        too_late = owed and news.notice not in ENDS and now >= news.expires_at
        return correction if too_late else replace(choice, nth=len(said))
    since = max((row.seq for row in mine if was_heard(row, heard.rows)), default=-1)
    true_again = was_heard(last, heard.rows) and last.seq == since and any(row.seq > since for row in unsaid)
    return withdrawal(news) if waiting or true_again else None


def withdrawal(news: News) -> Choice:
    """A correction that nobody needs to hear: it only keeps what is no longer so from being told."""
    return Choice(notice=Notice.CORRECTED, detail=str(news.seq), correction=True, owed=True, why_not=WhyNot.TAKEN_BACK)


def earlier(news: News, choice: Choice, heard: Heard, *, order: Order) -> list[Row]:
    """The rows that said the same to the same audience."""
    start = start_of_key(news, choice, heard.audience, order=order)
    return [row for row in heard.mine if row.dedupe_key.startswith(start)]


def start_of_key(news: News, choice: Choice, audience: str, *, order: Order) -> str:
    """What the dedupe key begins with."""
    shipment_id = news.shipment.id if news.shipment else ""
    return news_key(order.id, shipment_id, notice=choice.notice, detail=choice.detail, audience=audience)


def place(news: News, choice: Choice, heard: Heard) -> Place:
    """How far a new row is; trouble and ends are never behind what was told."""
    visit = news.shipment.standing.visit if news.shipment else 0
    if choice.correction or not (choice.notice in NEVER_OLD or news.detail.startswith(WINDOW)):
        return visit, news.rank
    top = highest(heard)
    if top <= (visit, news.rank):
        return visit, news.rank
    return top[0], max(top[1], news.rank)


def highest(heard: Heard) -> Place:
    """How far what was told, or is about to be, has come since the last correction."""
    since = _corrected_at(heard.mine)
    live = (row for row in heard.mine if row.seq >= since and (row.state in LIVE or was_heard(row, heard.rows)))
    return max(map(place_of, live), default=(0, 0))


def promise_told(heard: Heard) -> DeliveryWindow | None:
    """The carrier's promise that this audience was told last of the shipment, alone or with its siblings."""
    stating: list[Row] = []
    for row in heard.mine:
        stating += [row] if row.state in STARTED_STATES else []
        stating += [other for other in counted_by(row, heard.rows) if other.state in STARTED_STATES]
    told = [(row.planned_at, row.window) for row in stating if isinstance(row, ToldBefore) and row.window]
    carriers = [one for one in told if one[1].promised_by is PromisedBy.CARRIER]
    return max(carriers, key=lambda one: one[0])[1] if carriers else None


def _is_move_of_nothing(news: News, heard: Heard) -> bool:
    """A promise nobody was told cannot move."""
    return news.detail.startswith(WINDOW) and not any(was_heard(row, heard.rows) for row in heard.mine)


def _untrue(news: News, heard: Heard, *, order: Order) -> Row | None:
    """The newest row that says what the carrier has taken back, unless its correction was told."""
    notice = NOTICES.get(news.takes_back) if news.takes_back else None
    if notice is None or news.takes_back is None or news.shipment is None:
        return None
    start = f"{order.id}:{news.shipment.id}:{notice}:{detail_of(news.takes_back)}"
    row = newest([row for row in heard.mine if row.dedupe_key.startswith(start)])
    return row if row and row.seq >= _corrected_at(heard.mine) else None


def _may_be_known(row: Row, heard: Heard) -> bool:
    """Whether the person knows it or is about to, from this row or from one that counted this parcel too."""
    if row.state in MAY_LEAVE:
        return True
    return row.state is NotificationState.SUPERSEDED and any(
        other.state in MAY_LEAVE for other in counted_by(row, heard.rows)
    )


def _waits(row: Row, heard: Heard) -> bool:
    """Whether it still waits to be told, by this row or by one that counts this parcel too."""
    if row.state in WAITING:
        return True
    return row.state is NotificationState.SUPERSEDED and any(
        other.state in WAITING for other in counted_by(row, heard.rows)
    )


def _was_taken_back(row: Row, heard: Heard) -> bool:
    """Whether saying it again would be news: it was corrected since, or was taken back before it left."""
    if row.seq < _corrected_at(heard.mine):
        return True
    if row.state is not NotificationState.SUPERSEDED or was_heard(row, heard.rows):
        return False
    return any(other.correction and other.seq > row.seq for other in heard.mine)


def _corrected_at(mine: Sequence[Row]) -> int:
    """The shipment's version at the newest correction this audience was told."""
    return max((row.seq for row in mine if row.correction and row.state in STARTED_STATES), default=-1)
