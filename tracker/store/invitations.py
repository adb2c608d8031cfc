"""Whom readers asked whether they want the messages too: each address once for an order, and rarely at all."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, or_, select, update

from notifiers.message import Channel
from tracker.domain.notices import Notification
from tracker.domain.orders import Order
from tracker.domain.people import Consent, Contact, Recipient, RecipientId
from tracker.domain.shipments import OrderId
from tracker.pipeline.ports import NotificationId
from tracker.store import claims, orders, people, planning
from tracker.store.ids import new_id
from tracker.store.outbox_tables import invitations, page_tokens, suppressions
from tracker.store.tables import contacts, recipients
from tracker.store.unit import Snapshot, SqlStore
from tracker.store.upserts import insert_once, insert_or_change
from tracker.store.vault import Vault, fingerprint

CONFIRMED = "confirmed by link"
STANDS_FOR = timedelta(days=7)  # of machine time: a question, and then the link in it for who has agreed
SILENT_FOR = timedelta(days=30)  # who has not answered is not asked again, whoever wants it

_r, _t, _c, _s, _v = recipients.c, page_tokens.c, contacts.c, suppressions.c, invitations.c

_SAME_ADDRESS = (
    select(_r.id)
    .join(contacts, _c.recipient_id == _r.id)
    .where(_r.order_id == bindparam("order_id"), _c.channel == Channel.EMAIL, _c.contact_hmac == bindparam("hashed"))
)
_SUPPRESSED = select(_s.id).where(
    _s.channel == Channel.EMAIL, _s.contact_hmac == bindparam("hashed"), _s.brand.in_(("", bindparam("brand")))
)
_UNANSWERED = select(_v.id).where(
    _v.contact_hmac == bindparam("hashed"),
    _v.agreed_machine_at.is_(None),
    or_(_v.order_id == bindparam("order_id"), _v.asked_machine_at > bindparam("since")),
)
_INVITED = select(recipients).where(_r.id == bindparam("recipient_id"), _r.invited_machine_at.is_not(None))
_ADDRESS_OF = select(_c.contact_hmac).where(_c.recipient_id == bindparam("recipient_id"), _c.channel == Channel.EMAIL)
_ADD_TOKEN = insert_once(page_tokens)
_NOTE = insert_or_change(
    invitations,
    unique=["order_id", "contact_hmac"],
    change=lambda row: {name: row[name] for name in ("asked_machine_at", "agreed_machine_at")},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Whom to ask, and by which mail; they become its recipient."""

    address: str
    question: Notification
    locale: str


def ask(store: SqlStore, order: Order, invitation: Invitation, *, machine_now: datetime) -> NotificationId | None:
    """Ask somebody once; None when they were asked, are named already or went out."""
    address, question = invitation.address, invitation.question
    whose = {"order_id": order.id, "hashed": store.vault.contact_hmac(Channel.EMAIL, address)}
    person = Recipient(
        id=question.recipient_id, locale=invitation.locale, contacts=(Contact(channel=Channel.EMAIL, address=address),)
    )
    with store.begin() as connection:
        claims.lock_order(connection, order.id)
        claims.end_writing(connection, whose["hashed"])  # one after the other, whichever order they are asked about
        if _is_left_alone(connection, whose, brand=order.brand, since=machine_now - SILENT_FOR):
            return None
        row = {"id": new_id(), "order_id": order.id, "contact_hmac": whose["hashed"]}
        noted = row | {"asked_machine_at": machine_now, "agreed_machine_at": None}
        connection.execute(_NOTE[connection.dialect.name], noted)
        people.add(connection, person, order_id=order.id, vault=store.vault)
        connection.execute(update(recipients).where(_r.id == person.id).values(invited_machine_at=machine_now))
        due = planning.queue(connection, [question], machine_now=machine_now).due
        return due[0] if due else None


def standing(snapshot: Snapshot, recipient_id: str, *, machine_now: datetime) -> Order | None:
    """The order somebody was asked about; None when the question does not stand any more."""
    row = _standing(snapshot.connection, recipient_id, machine_now=machine_now)
    return orders.from_row(orders.row_of(snapshot.connection, row.order_id)) if row else None


def agree(store: SqlStore, recipient_id: str, *, at: datetime, machine_now: datetime) -> str | None:
    """They are a recipient from now on, with a link of their own, whose path this is. Twice is once."""
    vault = store.vault
    with store.begin() as connection:
        row = _standing(connection, recipient_id, machine_now=machine_now)
        if row is None:
            return None
        claims.lock_order(connection, row.order_id)
        unsaid = (_r.id == recipient_id, _r.confirmed_machine_at.is_(None))
        if connection.execute(update(recipients).where(*unsaid).values(confirmed_machine_at=machine_now)).rowcount:
            said = Consent(channel=Channel.EMAIL, granted=True, source=CONFIRMED, at=at)
            people.permit(connection, RecipientId(recipient_id), [said])
            connection.execute(_ADD_TOKEN[connection.dialect.name], _token_row(row, vault, at=at))
            of_theirs = and_(_v.order_id == row.order_id, _v.contact_hmac.in_(_ADDRESS_OF))
            answered = update(invitations).where(of_theirs).values(agreed_machine_at=machine_now)
            connection.execute(answered, {"recipient_id": recipient_id})
    return vault.page_path(recipient_id)


def take_back(store: SqlStore, order_id: OrderId, recipient_id: str, *, at: datetime) -> bool:
    """Forget somebody a reader invited; their links end. False when there is nobody of that id here."""
    ours = (_r.id == recipient_id, _r.order_id == order_id, _r.invited_machine_at.is_not(None))
    with store.begin() as connection:
        claims.lock_order(connection, order_id)
        gone = connection.execute(delete(recipients).where(*ours)).rowcount > 0
        if gone:
            links = (_t.recipient_id == recipient_id, _t.revoked_at.is_(None))
            connection.execute(update(page_tokens).where(*links).values(revoked_at=at))
    return gone


def _is_left_alone(connection: Connection, whose: dict[str, str], *, brand: str, since: datetime) -> bool:
    """Named already, went out, or has not answered yet."""
    return any(
        connection.execute(query, whose | more).first() is not None
        for query, more in (
            (_SAME_ADDRESS, {}),
            (_SUPPRESSED, {"brand": brand}),
            (_UNANSWERED, {"since": since}),
        )
    )


def _standing(connection: Connection, recipient_id: str, *, machine_now: datetime) -> Row[Any] | None:
    """Asked lately, or agreed lately: the link is no second key to the page for ever."""
    row = connection.execute(_INVITED, {"recipient_id": recipient_id}).one_or_none()
    if row is None or row.erased_at is not None:
        return None
    since: datetime = row.confirmed_machine_at or row.invited_machine_at
    return row if since > machine_now - STANDS_FOR else None


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
