"""Which answers of shoppers were obeyed on a guess, so that a person reads them."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select

from tracker.pipeline.receipts import Posted
from tracker.store.codec import from_plain
from tracker.store.outbox_tables import receipt_inbox
from tracker.store.unit import Snapshot

LATELY = timedelta(days=7)
MOST = 5  # to name

_i = receipt_inbox.c
_LATELY_GUESSED = (_i.received_machine_at >= bindparam("since"), _i.needs_review)
_COUNT = select(func.count()).select_from(receipt_inbox).where(*_LATELY_GUESSED)
_NEWEST = select(_i.sealed).where(*_LATELY_GUESSED).order_by(_i.received_machine_at.desc()).limit(MOST)


def guessed(snapshot: Snapshot, *, machine_now: datetime) -> list[str]:
    """The provider's ids of the newest of the last seven days: its console shows number and words."""
    rows = snapshot.connection.execute(_NEWEST, {"since": machine_now - LATELY}).scalars()
    posted = [from_plain(Posted, snapshot.vault.unseal(sealed)) for sealed in rows]
    return [each.reply.provider_message_id for each in posted if each.reply]


def how_many_guessed(snapshot: Snapshot, *, machine_now: datetime) -> int:
    """Of the last seven days."""
    count: int = snapshot.connection.execute(_COUNT, {"since": machine_now - LATELY}).scalar_one()
    return count
