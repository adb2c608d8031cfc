"""Whose messages a link reaches, and what its reader did about them; each change is one transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from notifiers.message import Channel
from tracker.domain.notices import Notification
from tracker.domain.orders import Order
from tracker.domain.people import Consent, Contact, Recipient, RecipientId, Suppressed
from tracker.domain.reach import Reach
from tracker.domain.shipments import OrderId
from tracker.domain.wishes import Wishes
from tracker.pipeline.ports import NotificationId
from tracker.store import claims, orders, people, planning
from tracker.store.codec import to_plain
from tracker.store.outbox_tables import page_tokens, suppressions
from tracker.store.people import Suppression
from tracker.store.tables import contacts, recipients
from tracker.store.unit import Snapshot, SqlStore
from tracker.store.upkeep import UNSUBSCRIBED
from tracker.store.upserts import insert_once
from tracker.store.vault import Vault, fingerprint

CHOSEN = "my messages"  # source of what a reader did on the page
CONFIRMED = "confirmed by link"
STANDS_FOR = timedelta(days=7)  # of machine time, an invitation

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
_SAME_ADDRESS = (
    select(recipients)
    .join(contacts, _c.recipient_id == _r.id)
    .where(_r.order_id == bindparam("order_id"), _c.channel == Channel.EMAIL, _c.contact_hmac == bindparam("hashed"))
)
_INVITED = select(recipients).where(_r.id == bindparam("recipient_id"), _r.invited_machine_at.is_not(None))
_SUPPRESSED = select(_s.id).where(
    _s.channel == Channel.EMAIL, _s.contact_hmac == bindparam("hashed"), _s.brand.in_(("", bindparam("brand")))
)
_ADD_TOKEN = insert_once(page_tokens)


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
    )


def suppressed(snapshot: Snapshot, order: Order) -> Suppressed:
    """Addresses of the order's people that must not be written to."""
    return people.suppressed(snapshot.connection, order)


def choose(
    store: SqlStore,
    order_id: OrderId,
    recipient_id: RecipientId,
    wishes: Wishes,
    *,
    agreed: Collection[Channel],
    at: datetime,
) -> None:
    """Keep a reader's wishes; `agreed`: channels they newly permit."""
    change: dict[str, Any] = {"wishes": to_plain(wishes)}
    change |= {"locale": wishes.locale} if wishes.locale else {}
    change |= {"time_zone": wishes.time_zone} if wishes.time_zone else {}
    permitted = [Consent(channel=channel, granted=True, source=CHOSEN, at=at) for channel in sorted(agreed)]
    with store.begin() as connection:
        claims.lock_order(connection, order_id)
        ours = (_r.id == recipient_id, _r.order_id == order_id)
        if connection.execute(update(recipients).where(*ours).values(change)).rowcount:
            people.permit(connection, recipient_id, permitted)
            orders.touch(connection, order_id)


def stop(store: SqlStore, order: Order, those: Sequence[Recipient], *, at: datetime) -> None:
    """No more messages of this shop to any of their addresses, as by the link in a mail."""
    with store.begin() as connection:
        for channel, hashed in _addresses(connection, those):
            whom = Suppression(
                channel=channel, contact_hmac=hashed, brand=order.brand, reason=UNSUBSCRIBED, source=CHOSEN
            )
            people.suppress(connection, whom, at=at)


def resume(store: SqlStore, order: Order, those: Sequence[Recipient]) -> None:
    """The way back from `stop`; not from an address that bounced, nor from the word STOP."""
    with store.begin() as connection:
        for channel, hashed in _addresses(connection, those):
            this = (_s.channel == channel, _s.contact_hmac == hashed, _s.brand == order.brand)
            connection.execute(delete(suppressions).where(*this, _s.reason == UNSUBSCRIBED))


def invite(
    store: SqlStore, order: Order, address: str, question: Notification, *, locale: str, machine_now: datetime
) -> NotificationId | None:
    """Ask somebody once, by `question`, whose recipient they become; None when they were asked, named or went out."""
    hashed = store.vault.contact_hmac(Channel.EMAIL, address)
    person = Recipient(
        id=question.recipient_id, locale=locale, contacts=(Contact(channel=Channel.EMAIL, address=address),)
    )
    with store.begin() as connection:
        claims.lock_order(connection, order.id)
        known = connection.execute(_SAME_ADDRESS, {"order_id": order.id, "hashed": hashed}).all()
        lapsed = [each.id for each in known if _is_lapsed(each, machine_now=machine_now)]
        connection.execute(delete(recipients).where(_r.id.in_(lapsed)))
        stopped = connection.execute(_SUPPRESSED, {"hashed": hashed, "brand": order.brand}).first()
        if len(known) > len(lapsed) or stopped:
            return None
        people.add(connection, person, order_id=order.id, vault=store.vault)
        connection.execute(update(recipients).where(_r.id == person.id).values(invited_machine_at=machine_now))
        due = planning.queue(connection, [question], machine_now=machine_now).due
        return due[0] if due else None


def invitation(snapshot: Snapshot, recipient_id: str, *, machine_now: datetime) -> Order | None:
    """The order somebody was asked about; None when the question does not stand any more."""
    row = snapshot.connection.execute(_INVITED, {"recipient_id": recipient_id}).one_or_none()
    if row is None or row.erased_at is not None or _is_lapsed(row, machine_now=machine_now):
        return None
    return orders.from_row(orders.row_of(snapshot.connection, row.order_id))


def confirm(store: SqlStore, recipient_id: str, *, at: datetime, machine_now: datetime) -> str | None:
    """They agree: a recipient from now on, with a link of their own, whose path this is. Twice is once."""
    vault = store.vault
    with store.begin() as connection:
        row = connection.execute(_INVITED, {"recipient_id": recipient_id}).one_or_none()
        if row is None or row.erased_at is not None or _is_lapsed(row, machine_now=machine_now):
            return None
        claims.lock_order(connection, row.order_id)
        unsaid = (_r.id == recipient_id, _r.confirmed_machine_at.is_(None))
        if connection.execute(update(recipients).where(*unsaid).values(confirmed_machine_at=machine_now)).rowcount:
            said = Consent(channel=Channel.EMAIL, granted=True, source=CONFIRMED, at=at)
            people.permit(connection, RecipientId(recipient_id), [said])
            connection.execute(_ADD_TOKEN[connection.dialect.name], _token_row(row, vault, at=at))
    return vault.page_path(recipient_id)


def remove(store: SqlStore, order_id: OrderId, recipient_id: str, *, at: datetime) -> bool:
    """Forget somebody a reader invited; their links end. False when there is nobody of that id here."""
    ours = (_r.id == recipient_id, _r.order_id == order_id, _r.invited_machine_at.is_not(None))
    with store.begin() as connection:
        claims.lock_order(connection, order_id)
        gone = connection.execute(delete(recipients).where(*ours)).rowcount > 0
        if gone:
            links = (_t.recipient_id == recipient_id, _t.revoked_at.is_(None))
            connection.execute(update(page_tokens).where(*links).values(revoked_at=at))
    return gone


def queue(store: SqlStore, letters: Sequence[Notification], *, machine_now: datetime) -> list[NotificationId]:
    """Mails that were asked for; the ids of those that were not asked for before."""
    with store.begin() as connection:
        return planning.queue(connection, letters, machine_now=machine_now).due


def _is_lapsed(row: Row[Any], *, machine_now: datetime) -> bool:
    """Asked, not answered, too long ago."""
    if row.invited_machine_at is None or row.confirmed_machine_at is not None:
        return False
    return bool(row.invited_machine_at <= machine_now - STANDS_FOR)


def _addresses(connection: Connection, those: Sequence[Recipient]) -> list[tuple[Channel, str]]:
    """In one order, so that two who stop at once do not wait in a circle."""
    ids = [each.id for each in those]
    rows = connection.execute(select(_c.channel, _c.contact_hmac).where(_c.recipient_id.in_(ids)))
    return sorted((Channel(row.channel), row.contact_hmac) for row in rows)


def _token_row(row: Row[Any], vault: Vault, *, at: datetime) -> dict[str, Any]:
    """As the order's own link has the order's id, a person's own has the person's."""
    return {
        "id": row.id,
        "token_sha256": fingerprint(vault.page_token(row.id)),
        "order_id": row.order_id,
        "recipient_id": row.id,
        "purpose": "person",
        "created_at": at,
    }
