"""What is forgotten when its time of keeping is over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Table, and_, delete, select, update
from sqlalchemy.sql.elements import ColumnElement

from tracker.store import quotas
from tracker.store.help_tables import ratings, tickets
from tracker.store.invitations import STANDS_FOR
from tracker.store.machine_tables import idempotency
from tracker.store.outbox_tables import notifications, receipt_inbox
from tracker.store.tables import looks, raw_answers, recipients
from tracker.store.unit import SqlStore

AT_ONCE = 500  # rows in one transaction: a longer one would keep SQLite's other writers waiting
MOST_TURNS = 200  # of one run; the next one goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How long each kind of thing is kept."""

    raw_answers: timedelta = timedelta(days=30)
    looks: timedelta = timedelta(days=400)  # a year and its season before
    messages: timedelta = timedelta(days=30)  # the rendered text, after its end; the row stays
    receipts: timedelta = timedelta(days=30)  # what providers posted; what followed from it stays
    requests: timedelta = timedelta(hours=24)  # Idempotency-Key
    words: timedelta = timedelta(days=400)  # of shoppers, after their ticket was closed or their rating given
    counters: timedelta = timedelta(days=40)  # longer than any quota's span


def retain(store: SqlStore, keep: Keep, *, now: datetime, machine_now: datetime) -> int:
    """Forget what is older; how many rows. Safe to run twice at once."""
    n = notifications.c
    old_text = (n.final_machine_at < machine_now - keep.messages, n.sealed_message.is_not(None))
    old_answer = raw_answers.c.stored_machine_at < machine_now - keep.raw_answers
    forgotten = _in_turns(store, lambda c: _delete(c, raw_answers, old_answer))
    forgotten += _in_turns(store, lambda c: _delete(c, looks, looks.c.at < now - keep.looks))
    old_receipt = receipt_inbox.c.received_machine_at < machine_now - keep.receipts
    forgotten += _in_turns(store, lambda c: _delete(c, receipt_inbox, old_receipt))
    forgotten += _in_turns(store, lambda c: _empty(c, notifications, n.sealed_message, old_text))
    unanswered = (
        recipients.c.invited_machine_at <= machine_now - STANDS_FOR,
        recipients.c.confirmed_machine_at.is_(None),
    )
    forgotten += _in_turns(store, lambda c: _delete(c, recipients, and_(*unanswered)))
    for table, written_at in ((tickets, tickets.c.closed_at), (ratings, ratings.c.at)):
        forgotten += _forget_words(store, table, written_at < now - keep.words)
    with store.begin() as connection:
        old_requests = idempotency.c.created_machine_at < machine_now - keep.requests
        forgotten += connection.execute(delete(idempotency).where(old_requests)).rowcount
        forgotten += quotas.forget(connection, machine_now=machine_now, keep=keep.counters)
    return forgotten


def _in_turns(store: SqlStore, turn: Callable[[Connection], int]) -> int:
    done = 0
    for _ in range(MOST_TURNS):
        with store.begin() as connection:
            count = turn(connection)
        done += count
        if count < AT_ONCE:
            break
    return done


def _delete(connection: Connection, table: Table, is_old: ColumnElement[bool]) -> int:
    (key,) = table.primary_key
    old = select(key).where(is_old).limit(AT_ONCE)
    return connection.execute(delete(table).where(key.in_(old))).rowcount


def _forget_words(store: SqlStore, table: Table, is_old: ColumnElement[bool]) -> int:
    sealed = table.c.sealed
    return _in_turns(store, lambda c: _empty(c, table, sealed, (is_old, sealed.is_not(None))))


def _empty(connection: Connection, table: Table, sealed: Column[Any], old: tuple[ColumnElement[bool], ...]) -> int:
    these = select(table.c.id).where(*old).limit(AT_ONCE)
    return connection.execute(update(table).where(table.c.id.in_(these)).values({sealed: None})).rowcount
