"""Whose messages a link reaches, and what its reader did about them; each change is one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from notifiers.message import Channel
from tracker.domain.notices import Notification
from tracker.domain.orders import Order
from tracker.domain.people import NOTHING_CHOSEN, Consent, Recipient, RecipientId, Suppressed
from tracker.domain.reach import Addresses, Reach
from tracker.domain.shipments import OrderId
from tracker.domain.wishes import Wishes
from tracker.pipeline.ports import NotificationId
from tracker.store import claims, orders, people, planning
from tracker.store.codec import to_plain
from tracker.store.invitations import STANDS_FOR
from tracker.store.outbox_tables import page_tokens, suppressions
from tracker.store.people import UNSUBSCRIBED, Suppression
from tracker.store.tables import contacts, recipients
from tracker.store.unit import Snapshot, SqlStore
from tracker.store.vault import fingerprint

CHOSEN = "my messages"  # source of what a reader did on the page

_r, _t, _c, _s = recipients.c, page_tokens.c, contacts.c, suppressions.c

_BY_TOKEN = select(_t.order_id, _t.recipient_id).where(
    _t.token_sha256 == bindparam("token_sha256"), _t.revoked_at.is_(None)
)
_AWAITED = (
    select(recipients)
    .where(
        _r.order_id == bindparam("order_id"),
        _r.invited_machine_at > bindparam("since"),
        _r.confirmed_machine_at.is_(None),
        _r.erased_at.is_(None),
    )
    .order_by(_r.id)
)


def reach(snapshot: Snapshot, token: str, *, machine_now: datetime) -> Reach | None:
    """None for a link that leads nowhere."""
    connection, vault = snapshot.connection, snapshot.vault
    row = connection.execute(_BY_TOKEN, {"token_sha256": fingerprint(token)}).one_or_none()
    if row is None:
        return None
    order = orders.load(connection, orders.row_of(connection, row.order_id), vault=vault)
    reader = next((each for each in order.recipients if each.invited and each.id == row.recipient_id), None)
    asked = {"order_id": order.id, "since": machine_now - STANDS_FOR}
    awaited = () if reader else connection.execute(_AWAITED, asked).all()
    return Reach(
        order=order,
        reader=reader,
        awaited=tuple(people.from_person(each, id_=each.id, said=(), vault=vault) for each in awaited),
        suppressed=people.suppressed(connection, order),
        lasting=people.lastingly_suppressed(connection, order),
        stopped_by_text=people.stopped_by_text(connection, order),
    )


def suppressed(snapshot: Snapshot, order: Order) -> Suppressed:
    """Addresses of the order's people that must not be written to."""
    return people.suppressed(snapshot.connection, order)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What one person of an order wants from now on."""

    order_id: OrderId
    recipient_id: RecipientId
    wishes: Wishes
    agreed: Collection[Channel]  # newly permitted


def choose(store: SqlStore, chosen: Chosen, *, at: datetime) -> None:
    """Keep a reader's wishes, beside what the shop stated."""
    permitted = [Consent(channel=channel, granted=True, source=CHOSEN, at=at) for channel in sorted(chosen.agreed)]
    with store.begin() as connection:
        claims.lock_order(connection, chosen.order_id)
        ours = (_r.id == chosen.recipient_id, _r.order_id == chosen.order_id)
        wishes = to_plain(chosen.wishes) if chosen.wishes != NOTHING_CHOSEN else None
        if connection.execute(update(recipients).where(*ours).values(wishes=wishes)).rowcount:
            people.permit(connection, chosen.recipient_id, permitted)
            orders.touch(connection, chosen.order_id)


def stop(store: SqlStore, order: Order, those: Sequence[Recipient], *, at: datetime) -> None:
    """No more messages of this shop to any of their addresses, as by the link in a mail."""
    with store.begin() as connection:
        for channel, hashed in _addresses(connection, those):
            whom = Suppression(
                channel=channel, contact_hmac=hashed, brand=order.brand, reason=UNSUBSCRIBED, source=CHOSEN
            )
            people.suppress(connection, whom, at=at)


def resume(store: SqlStore, brand: str, those: Addresses) -> None:
    """The way back from `stop`; not from an address that bounced, nor from the word STOP."""
    with store.begin() as connection:
        for channel, address in sorted(those):
            this = (_s.channel == channel, _s.contact_hmac == store.vault.contact_hmac(channel, address))
            of_ours = (_s.brand == brand, _s.reason == UNSUBSCRIBED)
            connection.execute(delete(suppressions).where(*this, *of_ours))


def queue(store: SqlStore, letters: Sequence[Notification], *, machine_now: datetime) -> list[NotificationId]:
    """Mails that were asked for; the ids of those that were not asked for before."""
    with store.begin() as connection:
        return planning.queue(connection, letters, machine_now=machine_now).due


def _addresses(connection: Connection, those: Sequence[Recipient]) -> list[tuple[Channel, str]]:
    """In one order, so that two who stop at once do not wait in a circle."""
    ids = [each.id for each in those]
    rows = connection.execute(select(_c.channel, _c.contact_hmac).where(_c.recipient_id.in_(ids)))
    return sorted((Channel(row.channel), row.contact_hmac) for row in rows)
