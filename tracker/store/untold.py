"""The mark on a shipment whose news reached its reader on no channel; the next review judges it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, func, null, or_, select, update

from tracker.domain.notices import OPEN_STATES, STARTED_STATES, NotificationState, WhyNot
from tracker.domain.problems import Untold
from tracker.domain.untold import ENDED_BADLY, FOR_OPS, MATTERS
from tracker.store import people
from tracker.store.codec import to_plain
from tracker.store.outbox_tables import notifications, suppressions
from tracker.store.tables import contacts, recipients, shipments

_n, _s = notifications.c, shipments.c
_other = notifications.alias("other")

# The same or something later reached this reader on another channel, or still may; its own end will be judged too.
_TOLD_OTHERWISE = exists().where(
    _other.c.order_id == _n.order_id,
    _other.c.recipient_id == _n.recipient_id,
    _other.c.id != _n.id,
    _other.c.planned_at >= _n.planned_at,
    _other.c.state.in_((*OPEN_STATES, *(STARTED_STATES - {NotificationState.UNKNOWN_FINAL}))),
)
_HAS_ADDRESS = exists().where(contacts.c.recipient_id == _n.recipient_id)
_BY_WILL = (
    exists()
    .where(suppressions.c.contact_hmac == contacts.c.contact_hmac, suppressions.c.channel == contacts.c.channel)
    .where(contacts.c.recipient_id == _n.recipient_id, contacts.c.channel == _n.channel)
)
_BOUNCED = _BY_WILL.where(suppressions.c.reason == people.BOUNCED)
_OPTED_OUT = _BY_WILL.where(suppressions.c.reason != people.BOUNCED)
_FOR_OPS = or_(
    _n.why_not.in_(FOR_OPS - {WhyNot.NO_ADDRESS}) & ~_OPTED_OUT,  # the provider may be the one who heard STOP
    (_n.why_not == WhyNot.NO_ADDRESS) & ~_HAS_ADDRESS,
    (_n.why_not == WhyNot.OPTED_OUT) & _BOUNCED & ~_OPTED_OUT,  # an earlier message came back; nobody wished for it
)
_ENDED = (
    select(_n.shipment_id, _n.recipient_id, _n.notice, _n.channel, _n.why_not, _n.started_at, _n.planned_at)
    .join(recipients, recipients.c.id == _n.recipient_id)  # nobody else, and nobody who asked to be forgotten
    .where(
        _n.id.in_(bindparam("ids", expanding=True)),
        _n.shipment_id.is_not(None),
        _n.state.in_(ENDED_BADLY),
        _n.notice.in_(MATTERS),
        recipients.c.erased_at.is_(None),
        recipients.c.invited_machine_at.is_(None),  # the shopper's own messages are what counts
        _FOR_OPS,
        ~_TOLD_OTHERWISE,
    )
    .order_by(_n.planned_at, _n.id)
)
# The version rises, so that whoever read the shipment before reads it again instead of judging without the mark.
_AGAIN: dict[Any, Any] = {_s.version: _s.version + 1}


def mark(connection: Connection, notification_ids: Sequence[str]) -> None:
    """Call when notifications have ended other than accepted; those that do not matter leave no mark."""
    if not notification_ids:
        return
    for row in connection.execute(_ENDED, {"ids": list(notification_ids)}).all():
        _mark(connection, row)


def clear(connection: Connection, *, order_id: str, recipient_id: str) -> None:
    """Call when a message was accepted: its reader knows where the order stands, whatever failed before."""
    these = (_s.order_id == order_id, _s.untold_to == recipient_id)
    gone: dict[Any, Any] = {
        _s.untold: null(),
        _s.untold_to: null(),
        _s.review_at: func.coalesce(_s.since, _s.created_at),
    }
    connection.execute(update(shipments).where(*these).values(gone | _AGAIN))


def _mark(connection: Connection, row: Row[*tuple[Any, ...]]) -> None:
    since = row.started_at or row.planned_at
    untold = Untold(notice=row.notice, channel=row.channel, why=row.why_not, since=since)
    current = (_s.id == row.shipment_id, _s.superseded_by.is_(None), _s.removed_at.is_(None))
    said: dict[Any, Any] = {_s.untold: to_plain(untold), _s.untold_to: row.recipient_id, _s.review_at: since}
    connection.execute(update(shipments).where(*current).values(said | _AGAIN))
