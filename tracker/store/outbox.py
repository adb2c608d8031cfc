"""The notifications as the hand-over and its sweeps see them; every method is one transaction."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from notifiers.message import Channel, Handover, Message
from tracker.domain.notices import Notice, NotificationState, Told, WhyNot
from tracker.domain.people import Recipient, address_on
from tracker.pipeline.ports import DispatchClaim, Links, NotificationId, Raced, StartRefusal, StoreAway
from tracker.pipeline.sweeps import Doubt
from tracker.store import claims, doubts, finishing, people, starting, untold
from tracker.store.codec import from_plain, to_plain
from tracker.store.endings import ended
from tracker.store.outbox_tables import notifications, page_tokens
from tracker.store.tables import orders, recipients
from tracker.store.upserts import insert_once
from tracker.store.vault import Unsubscribed, Vault, fingerprint

Begin = Callable[[], AbstractContextManager[Connection]]

TRIES = 5  # to write down a result while others hold its rows

_n = notifications.c
_LOAD = (
    select(
        notifications,
        orders.c.destination_zone,
        orders.c.country,
        recipients.c.id.label("person_id"),
        recipients.c.sealed,
        recipients.c.locale,
        recipients.c.time_zone,
        recipients.c.erased_at,
        recipients.c.wishes,
        recipients.c.invited_machine_at,
    )
    .join(orders, orders.c.id == _n.order_id)
    .outerjoin(recipients, recipients.c.id == _n.recipient_id)
    .where(_n.id.in_(bindparam("ids", expanding=True)))
    .order_by(_n.not_before_at, _n.id)
)
_ADD_TOKEN = insert_once(page_tokens)
_SENT_BEFORE = select(_n.id).where(
    _n.order_id == bindparam("order_id"),
    _n.recipient_id == bindparam("recipient_id"),
    _n.channel == bindparam("channel"),
    _n.id != bindparam("this_id"),
    _n.started_at.is_not(None),
)


class SqlOutbox:
    """Implements `ports.Outbox` and `sweeps.OutboxSweeps`."""

    def __init__(self, begin: Begin, vault: Vault) -> None:
        self._begin = begin
        self._vault = vault

    def claim(
        self,
        *,
        limit: int,
        now: datetime,
        machine_now: datetime,
        lease: timedelta,
        owner: str,
        only: NotificationId | None,
    ) -> list[DispatchClaim]:
        """T1: pending and due -> leased, fence + 1."""
        with self._begin() as connection:
            ids = claims.take_notifications(
                connection,
                only=only,
                most=limit,
                now=now,
                machine_now=machine_now,
                until_machine_at=machine_now + lease,
                owner=owner,
            )
            rows = connection.execute(_LOAD, {"ids": ids}).all() if ids else ()
            return [claim for row in rows if (claim := self._readable(connection, row, machine_now=machine_now))]

    def freeze(self, claim: DispatchClaim, message: Message) -> bool:
        """Keep the rendered bytes for all attempts; false when the lease was lost."""
        return self._while_leased(claim, {"sealed_message": self._vault.seal(to_plain(message))})

    def start(
        self,
        claim: DispatchClaim,
        *,
        provider: str,
        body_sha256: str,
        now: datetime,
        machine_now: datetime,
        again_machine_at: datetime,
        sibling_machine_at: datetime,
        hourly_cap: int,
        quiet_until: datetime | None,
    ) -> int | StartRefusal | WhyNot:
        """T2: all gates, then the attempt row and `sending`, committed before the socket opens."""
        to = claim.message.to if claim.message else address_on(claim.recipient, claim.channel) or ""
        with self._begin() as connection:
            return starting.start(
                connection,
                claim,
                provider=provider,
                body_sha256=body_sha256,
                now=now,
                machine_now=machine_now,
                again_machine_at=again_machine_at,
                sibling_machine_at=sibling_machine_at,
                hourly_cap=hourly_cap,
                quiet_until=quiet_until,
                contact_hmac=self._vault.contact_hmac(claim.channel, to),
            )

    def finish(
        self,
        claim: DispatchClaim,
        n: int,
        handover: Handover,
        *,
        machine_now: datetime,
        retry_machine_at: datetime | None,
    ) -> bool:
        """T3: the result; false when the row had moved on (the attempt row keeps it)."""
        for _ in range(TRIES):
            try:
                with self._begin() as connection:
                    return finishing.finish(
                        connection, claim, n, handover, machine_now=machine_now, retry_machine_at=retry_machine_at
                    )
            except Raced:  # a lost result would be a message sent twice
                continue
        raise StoreAway("the result of an attempt lost every race; the attempt is resolved as an unknown")

    def end(self, claim: DispatchClaim, *, state: str, why: WhyNot, machine_now: datetime, detail: str = "") -> bool:
        """End a leased row that will not be tried."""
        last = ended(NotificationState(state), why, machine_now=machine_now)
        return self._while_leased(claim, last | {_n.detail: detail})

    def release(self, claim: DispatchClaim, *, retry_machine_at: datetime | None) -> bool:
        """Give a leased row back untouched."""
        back = {"state": NotificationState.PENDING, "retry_machine_at": retry_machine_at}
        return self._while_leased(claim, back | {"lease_owner": None, "lease_until_machine_at": None})

    def links(self, claim: DispatchClaim, *, now: datetime) -> Links:
        """The token row has the notification's own id: made twice it is the same row."""
        row = {
            "id": claim.id,
            "token_sha256": fingerprint(self._vault.page_token(claim.id)),
            "order_id": claim.order_id,
            "notification_id": claim.id,
            "purpose": "mail",
            "created_at": now,
            "recipient_id": claim.recipient.id,
        }
        asked = {"order_id": claim.order_id, "recipient_id": claim.recipient.id, "channel": claim.channel}
        with self._begin() as connection:
            if claim.notice is not Notice.INVITED:
                connection.execute(_ADD_TOKEN[connection.dialect.name], row)
            known = update(notifications).where(_n.id == claim.id, _n.page_token_id.is_(None))
            connection.execute(known.values(page_token_id=claim.id))
            contact_hmac = people.contact_hmac(connection, recipient_id=claim.recipient.id, channel=claim.channel)
            before = _SENT_BEFORE if claim.channel is Channel.SMS else None  # a mail says the same every time
            is_first = before is None or not connection.execute(before, asked | {"this_id": claim.id}).first()
        whom = Unsubscribed(channel=claim.channel, contact_hmac=contact_hmac or "", brand=claim.brand)
        is_invitation = claim.notice is Notice.INVITED  # nobody's page yet
        page = self._vault.invitation_path(claim.recipient.id) if is_invitation else self._vault.page_path(claim.id)
        return Links(
            page_path=page,
            unsubscribe_path=self._vault.unsubscribe_path(whom),
            is_first=is_first,
        )

    def due(self, *, limit: int, now: datetime, machine_now: datetime, rung_before: datetime) -> list[NotificationId]:
        """Pending, due and not rung since `rung_before`; marks them as rung."""
        with self._begin() as connection:
            ids = claims.take_rings(connection, most=limit, now=now, machine_now=machine_now, rung_before=rung_before)
        return [NotificationId(each) for each in sorted(ids)]

    def expire_leases(self, *, machine_now: datetime, reconcile_machine_at: datetime) -> int:
        """leased -> pending, sending -> unknown; how many."""
        with self._begin() as connection:
            return doubts.expire_leases(connection, machine_now=machine_now, reconcile_machine_at=reconcile_machine_at)

    def doubtful(self, *, limit: int, machine_now: datetime) -> list[Doubt]:
        """Unknown rows whose time to be resolved has come."""
        with self._begin() as connection:
            return doubts.due(connection, limit=limit, machine_now=machine_now, vault=self._vault)

    def found(self, doubt: Doubt, provider_message_id: str, *, machine_now: datetime) -> bool:
        """unknown -> accepted."""
        with self._begin() as connection:
            return doubts.found(connection, doubt, provider_message_id, machine_now=machine_now)

    def not_listed(self, doubt: Doubt, *, again_machine_at: datetime) -> bool:
        """One listing more that did not show it."""
        listings = doubt.text.listings + 1 if doubt.text else 0
        with self._begin() as connection:
            return doubts.ask_again(connection, doubt, listings=listings, again_machine_at=again_machine_at)

    def ask_again(self, doubt: Doubt, *, again_machine_at: datetime) -> bool:
        """No listing; it counts for nothing."""
        listings = doubt.text.listings if doubt.text else 0
        with self._begin() as connection:
            return doubts.ask_again(connection, doubt, listings=listings, again_machine_at=again_machine_at)

    def resend(self, doubt: Doubt, *, now: datetime, machine_now: datetime) -> bool:
        """unknown -> pending, due at once; false when it had moved on, expired or given way."""
        del machine_now
        with self._begin() as connection:
            return doubts.resend(connection, doubt, now=now)

    def give_up(self, doubt: Doubt, *, machine_now: datetime) -> bool:
        """unknown -> unknown_final."""
        with self._begin() as connection:
            return doubts.give_up(connection, doubt, machine_now=machine_now)

    def expire(self, *, limit: int, now: datetime, machine_now: datetime) -> int:
        """pending past `expires_at` -> expired."""
        with self._begin() as connection:
            return doubts.expire(connection, limit=limit, now=now, machine_now=machine_now)

    def _while_leased(self, claim: DispatchClaim, change: dict[Any, Any]) -> bool:
        mine = (_n.id == claim.id, _n.state == NotificationState.LEASED, _n.fence == claim.fence)
        with self._begin() as connection:
            done = connection.execute(update(notifications).where(*mine).values(change)).rowcount == 1
            if _n.final_machine_at in change:
                untold.mark(connection, [claim.id])
            return done

    def _readable(self, connection: Connection, row: Row[Any], *, machine_now: datetime) -> DispatchClaim | None:
        """None for a row that another version wrote or something damaged: it ends here, or no batch would get past it.

        A secret that no longer fits is another matter (StoreUnfit): every row would end.
        """
        try:
            return self._claimed(row)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            last = ended(NotificationState.REJECTED, WhyNot.RENDER_FAILED, machine_now=machine_now)
            detail = {_n.detail: f"the row cannot be read: {type(error).__name__}"}
            connection.execute(update(notifications).where(_n.id == row.id).values(last | detail))
            untold.mark(connection, [row.id])
            return None

    def _claimed(self, row: Row[Any]) -> DispatchClaim:
        return DispatchClaim(
            id=NotificationId(row.id),
            fence=row.fence,
            brand=row.brand,
            order_id=row.order_id,
            notice=Notice(row.notice),
            channel=Channel(row.channel),
            recipient=self._recipient(row),
            destination_zone=row.destination_zone,
            country=row.country,
            told=from_plain(Told, row.told),
            planned_at=row.planned_at,
            expires_at=row.expires_at,
            attempts=row.attempts,
            message=from_plain(Message, self._vault.unseal(row.sealed_message)) if row.sealed_message else None,
            page_token_id=row.page_token_id,
        )

    def _recipient(self, row: Row[Any]) -> Recipient:
        """Somebody the shop no longer names has no address any more."""
        if row.person_id is None:
            return Recipient(id=row.recipient_id, erased=True)
        return people.from_person(row, id_=row.recipient_id, said=(), vault=self._vault)
