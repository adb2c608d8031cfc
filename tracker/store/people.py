"""Where personal data lies: name and addresses sealed, beside them a keyed hash that finds suppressions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, cast

from sqlalchemy import Connection, Row, Select, and_, bindparam, delete, insert, or_, select, update

from notifiers.message import Channel
from tracker.domain.orders import Order
from tracker.domain.people import NOTHING_CHOSEN, Consent, Contact, Recipient, RecipientId
from tracker.domain.shipments import OrderId
from tracker.domain.wishes import Wishes
from tracker.store import claims
from tracker.store.codec import from_plain, to_plain
from tracker.store.columns import EPOCH
from tracker.store.help_tables import ratings, tickets
from tracker.store.ids import new_id
from tracker.store.outbox_tables import notifications, page_tokens, suppressions
from tracker.store.tables import consents, contacts, recipients
from tracker.store.upserts import insert_once
from tracker.store.vault import Vault

UNSUBSCRIBED = "unsubscribed"  # a reader's wish, taken back where it was made
STOPPED = "stop"  # a person's word by text; START takes it back
BOUNCED = "bounced"  # the address is at fault


class Sealed(TypedDict):
    """What is inside `recipients.sealed`."""

    name: str
    contacts: list[tuple[str, str]]


_AGREED = or_(recipients.c.invited_machine_at.is_(None), recipients.c.confirmed_machine_at.is_not(None))
_SAID = (consents.c.id.label("said_id"), consents.c.channel, consents.c.granted, consents.c.source, consents.c.at)
OF_ORDER = (  # a row for each consent of each person
    select(recipients, *_SAID)
    .outerjoin(consents, consents.c.recipient_id == recipients.c.id)
    .where(recipients.c.order_id == bindparam("order_id"), _AGREED)
)
_SUPPRESSED = (
    select(contacts.c.recipient_id, contacts.c.channel)
    .distinct()
    .join(recipients, recipients.c.id == contacts.c.recipient_id)
    .join(
        suppressions,
        and_(
            suppressions.c.channel == contacts.c.channel,
            suppressions.c.contact_hmac == contacts.c.contact_hmac,
            or_(suppressions.c.brand == "", suppressions.c.brand == bindparam("brand")),
        ),
    )
    .where(recipients.c.order_id == bindparam("order_id"))
)
_ADDRESS = select(contacts.c.contact_hmac).where(
    contacts.c.recipient_id == bindparam("recipient_id"), contacts.c.channel == bindparam("channel")
)
_SUPPRESS = insert_once(suppressions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """One address that must not be written to; an empty brand means for no brand."""

    channel: Channel
    contact_hmac: str
    brand: str
    reason: str
    source: str


def of_order(connection: Connection, order_id: OrderId, *, vault: Vault) -> tuple[Recipient, ...]:
    """Everybody to tell about one order."""
    return from_rows(connection.execute(OF_ORDER, {"order_id": order_id}).all(), vault=vault)


def from_rows(rows: Sequence[Row[Any]], *, vault: Vault) -> tuple[Recipient, ...]:
    """The people whom rows of `OF_ORDER` speak of, in whatever order these come."""
    found: dict[str, list[Row[Any]]] = {}
    for row in sorted(rows, key=lambda each: (each.id, each.at or EPOCH, each.said_id or "")):
        found.setdefault(row.id, []).append(row)
    return tuple(
        from_person(of_one[0], id_=id_, said=[_consent(each) for each in of_one if each.channel], vault=vault)
        for id_, of_one in found.items()
    )


def suppressed(connection: Connection, order: Order) -> frozenset[tuple[Channel, str]]:
    """(channel, address) of the order's recipients that must not be written to."""
    return _of_people(connection, order, _SUPPRESSED)


def lastingly_suppressed(connection: Connection, order: Order) -> frozenset[tuple[Channel, str]]:
    """Those of them that stay so when their owner takes an opt-out back."""
    return _of_people(connection, order, _SUPPRESSED.where(suppressions.c.reason != UNSUBSCRIBED))


def stopped_by_text(connection: Connection, order: Order) -> frozenset[tuple[Channel, str]]:
    """Those of them whose owner wrote STOP: only their START takes it back."""
    return _of_people(connection, order, _SUPPRESSED.where(suppressions.c.reason == STOPPED))


def _of_people(connection: Connection, order: Order, query: Select[Any]) -> frozenset[tuple[Channel, str]]:
    found = {tuple(row) for row in connection.execute(query, {"order_id": order.id, "brand": order.brand})}
    if not found:
        return frozenset()
    return frozenset(
        (contact.channel, contact.address)
        for recipient in order.recipients
        for contact in recipient.contacts
        if (recipient.id, contact.channel) in found
    )


def contact_hmac(connection: Connection, *, recipient_id: str, channel: str) -> str | None:
    """What a person's address is known by; None when there is none on this channel."""
    return connection.execute(_ADDRESS, {"recipient_id": recipient_id, "channel": channel}).scalar()


def suppress(connection: Connection, whom: Suppression, *, at: datetime) -> None:
    """Write to this address no more; twice is once. No attempt starts after this has committed."""
    claims.end_writing(connection, whom.contact_hmac)
    row = {
        "id": new_id(),
        "channel": whom.channel,
        "contact_hmac": whom.contact_hmac,
        "brand": whom.brand,
        "reason": whom.reason,
        "source": whom.source,
        "created_at": at,
    }
    connection.execute(_SUPPRESS[connection.dialect.name], row)


def add(connection: Connection, recipient: Recipient, *, order_id: OrderId, vault: Vault) -> None:
    """Insert one person with addresses and consents."""
    connection.execute(insert(recipients), {"id": recipient.id, "order_id": order_id} | _row(recipient, vault))
    _add_contacts(connection, recipient, vault=vault)
    _add_consents(connection, recipient.id, recipient.consents)


def permit(connection: Connection, recipient_id: RecipientId, said: Sequence[Consent]) -> None:
    """A person's own word, added to what was said before."""
    _add_consents(connection, recipient_id, said)


def replace_all(connection: Connection, people: Sequence[Recipient], *, order_id: OrderId, vault: Vault) -> None:
    """Who shares an address with somebody known is that person; who is not named any more is forgotten.

    What the person chose stays; whom a reader invited is not the shop's to forget.
    """
    known = {person.id: person for person in of_order(connection, order_id, vault=vault)}
    for person in people:
        same = next((each for each in known.values() if _same_person(each, person)), None)
        if same is None:
            add(connection, person, order_id=order_id, vault=vault)
            continue
        del known[same.id]
        _change(connection, same, person, vault=vault)
    gone = [each.id for each in known.values() if not each.invited]
    if gone:
        connection.execute(delete(recipients).where(recipients.c.id.in_(gone)))


def erase(connection: Connection, order_id: OrderId, *, at: datetime) -> None:
    """Forget who it was: names, addresses and what was written go, hashes stay so that opt-outs hold."""
    ours = (recipients.c.order_id == order_id, recipients.c.erased_at.is_(None))
    connection.execute(update(recipients).where(*ours).values(sealed=None, erased_at=at))
    connection.execute(update(notifications).where(notifications.c.order_id == order_id).values(sealed_message=None))
    for table in (tickets, ratings):
        connection.execute(update(table).where(table.c.order_id == order_id).values(sealed=None))


def revoke_links(connection: Connection, order_id: OrderId, *, at: datetime) -> int:
    """Every link to the order's page stops working; how many."""
    ours = (page_tokens.c.order_id == order_id, page_tokens.c.revoked_at.is_(None))
    return connection.execute(update(page_tokens).where(*ours).values(revoked_at=at)).rowcount


def from_person(row: Row[Any], *, id_: str, said: Sequence[Consent], vault: Vault) -> Recipient:
    """The person, unsealed; without name and addresses once erased."""
    sealed = cast(Sealed, vault.unseal(row.sealed)) if row.sealed else Sealed(name="", contacts=[])
    return Recipient(
        id=RecipientId(id_),
        name=sealed["name"],
        locale=row.locale,
        time_zone=row.time_zone,
        contacts=tuple(Contact(channel=Channel(on), address=address) for on, address in sealed["contacts"]),
        consents=tuple(said),
        wishes=_wishes(row),
        invited=row.invited_machine_at is not None,
        erased=row.erased_at is not None,
    )


def reads_in(row: Row[Any]) -> str:
    """The language of somebody, of whom only `locale` and `wishes` were read."""
    return _wishes(row).locale or str(row.locale)


def _wishes(row: Row[Any]) -> Wishes:
    return from_plain(Wishes, row.wishes) if row.wishes else NOTHING_CHOSEN


def _change(connection: Connection, known: Recipient, said: Recipient, *, vault: Vault) -> None:
    connection.execute(update(recipients).where(recipients.c.id == known.id).values(_row(said, vault)))
    connection.execute(delete(contacts).where(contacts.c.recipient_id == known.id))
    _add_contacts(connection, Recipient(id=known.id, contacts=said.contacts), vault=vault)
    _add_consents(connection, known.id, [each for each in said.consents if each not in known.consents])


def _same_person(known: Recipient, said: Recipient) -> bool:
    return known.id == said.id or not set(known.contacts).isdisjoint(said.contacts)


def _row(recipient: Recipient, vault: Vault) -> dict[str, Any]:
    inside = Sealed(name=recipient.name, contacts=[(each.channel, each.address) for each in recipient.contacts])
    return {
        "sealed": vault.seal(inside),
        "locale": recipient.locale,
        "time_zone": recipient.time_zone,
        "wishes": to_plain(recipient.wishes) if recipient.wishes != NOTHING_CHOSEN else None,
        "erased_at": None,
    }


def _add_contacts(connection: Connection, recipient: Recipient, *, vault: Vault) -> None:
    hashes = {each.channel: vault.contact_hmac(each.channel, each.address) for each in reversed(recipient.contacts)}
    rows = [{"recipient_id": recipient.id, "channel": on, "contact_hmac": hashed} for on, hashed in hashes.items()]
    if rows:
        connection.execute(insert(contacts), rows)


def _add_consents(connection: Connection, recipient_id: RecipientId, said: Sequence[Consent]) -> None:
    rows = [
        {
            "id": new_id(),
            "recipient_id": recipient_id,
            "channel": each.channel,
            "granted": each.granted,
            "source": each.source,
            "at": each.at,
        }
        for each in said
    ]
    if rows:
        connection.execute(insert(consents), rows)


def _consent(row: Row[Any]) -> Consent:
    return Consent(channel=Channel(row.channel), granted=row.granted, source=row.source, at=row.at)
