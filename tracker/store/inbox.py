"""What providers posted: kept once before it is answered, applied once afterwards, together with what it changes."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from notifiers.message import Channel
from notifiers.receipts import Keyword, Reply
from tracker.pipeline.receipts import Kept, Kind, Outcome, Posted
from tracker.store import people, reports
from tracker.store.codec import from_plain, to_plain
from tracker.store.ids import new_id
from tracker.store.outbox_tables import receipt_inbox, suppressions
from tracker.store.people import Suppression
from tracker.store.unit import SqlStore
from tracker.store.upserts import insert_once

EVERY_BRAND = ""  # one number writes for all brands of an installation, and the network blocks that number

_i = receipt_inbox.c
_KEEP = insert_once(receipt_inbox, unique=["dedupe_key"])
_HELD = select(_i.id).where(_i.id == bindparam("row_id"))
_WAITING = select(_i.id, _i.sealed).where(_i.applied_machine_at.is_(None)).order_by(_i.id).limit(bindparam("most"))


class SqlInbox:
    """Implements `receipts.Inbox`; each method is described there."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def keep(self, posted: Posted, *, machine_now: datetime) -> str | None:
        row_id = new_id()
        row = {
            "id": row_id,
            "dedupe_key": posted.dedupe_key,
            "kind": posted.kind,
            "notification_id": posted.notification_id,
            "n": posted.n,
            "sealed": self._store.vault.seal(to_plain(posted)),
            "received_machine_at": machine_now,
            "needs_review": posted.reply is not None and posted.reply.needs_review,
        }
        with self._store.begin() as connection:
            connection.execute(_KEEP[connection.dialect.name], row)
            return connection.execute(_HELD, {"row_id": row_id}).scalar()

    def waiting(self, *, limit: int, only: str | None = None) -> list[Kept]:
        ours = () if only is None else (_i.id <= only, or_(_i.id == only, _i.kind == Kind.REPLY))
        with self._store.read() as snapshot:
            rows = snapshot.connection.execute(_WAITING.where(*ours), {"most": limit}).all()
        return [Kept(id=row.id, posted=from_plain(Posted, self._store.vault.unseal(row.sealed))) for row in rows]

    def report(self, kept: Kept, *, now: datetime, machine_now: datetime, retry_machine_at: datetime) -> Outcome:
        posted = kept.posted
        if posted.receipt is None or posted.notification_id is None or posted.n is None:
            raise ValueError(f"row {kept.id} of the inbox names no attempt")
        with self._store.begin() as connection:
            if not _take(connection, kept, machine_now=machine_now):
                return Outcome.NOTHING_NEW
            outcome = reports.merge(
                connection,
                posted.notification_id,
                posted.n,
                posted.receipt,
                now=now,
                machine_now=machine_now,
                retry_machine_at=retry_machine_at,
            )
            _note(connection, kept, outcome)
        return outcome

    def answer(self, kept: Kept, *, now: datetime, machine_now: datetime) -> Outcome:
        reply = kept.posted.reply
        if reply is None:
            raise ValueError(f"row {kept.id} of the inbox holds no reply")
        with self._store.begin() as connection:
            if not _take(connection, kept, machine_now=machine_now):
                return Outcome.NOTHING_NEW
            outcome = self._obey(connection, reply, now=now)
            _note(connection, kept, outcome)
        return outcome

    def close(self, kept: Kept, outcome: Outcome, *, machine_now: datetime) -> None:
        with self._store.begin() as connection:
            if _take(connection, kept, machine_now=machine_now):
                _note(connection, kept, outcome)

    def confirm_late(self, *, limit: int, machine_now: datetime) -> int:
        with self._store.begin() as connection:
            return reports.confirm_late(connection, limit=limit, machine_now=machine_now)

    def _obey(self, connection: Connection, reply: Reply, *, now: datetime) -> Outcome:
        """No answer of ours: the provider has sent its own, and a second one would be one text too many."""
        contact_hmac = self._store.vault.contact_hmac(Channel.SMS, reply.sender)
        match reply.keyword:
            case Keyword.STOP:
                whom = Suppression(
                    channel=Channel.SMS,
                    contact_hmac=contact_hmac,
                    brand=EVERY_BRAND,
                    reason=people.STOPPED,
                    source=reply.provider_message_id,
                )
                people.suppress(connection, whom, at=now)
                return Outcome.STOPPED
            case Keyword.START:
                s = suppressions.c
                this = (s.channel == Channel.SMS, s.contact_hmac == contact_hmac, s.reason == people.STOPPED)
                return (
                    Outcome.STARTED if connection.execute(delete(suppressions).where(*this)).rowcount else Outcome.NOTED
                )
            case Keyword.HELP | Keyword.NONE:
                return Outcome.NOTED


def _take(connection: Connection, kept: Kept, *, machine_now: datetime) -> bool:
    """False when another process has applied it."""
    free = (_i.id == kept.id, _i.applied_machine_at.is_(None))
    taken = update(receipt_inbox).where(*free).values(applied_machine_at=machine_now)
    return connection.execute(taken).rowcount == 1


def _note(connection: Connection, kept: Kept, outcome: Outcome) -> None:
    connection.execute(update(receipt_inbox).where(_i.id == kept.id).values(outcome=outcome))
