"""How what providers post about texts is kept before it is answered, and applied afterwards, once and in any order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

from notifiers.receipts import Receipt, Reply
from tracker.pipeline.faults import FaultPoint, Hit, no_fault
from tracker.pipeline.ports import NotificationId, StoreAway

AGAIN = timedelta(minutes=30)  # before a text that the network gave up is sent again

AT_ONCE = 100  # rows applied before a call is answered; there is one, unless a process died over others

Form = tuple[tuple[str, str], ...]


class Kind(StrEnum):
    """What was posted."""

    STATUS = "status"
    REPLY = "reply"
    UNREADABLE = "unreadable"  # genuine, in a shape we do not know: kept for a person


class Outcome(StrEnum):
    """What applying one row of the inbox did."""

    APPLIED = "applied"
    NOTHING_NEW = "nothing_new"
    UNKNOWN_MESSAGE = "unknown_message"  # no such notification or attempt
    DUPLICATE = "duplicate"  # the provider took two texts for one attempt
    STOPPED = "stopped"
    STARTED = "started"
    NOTED = "noted"  # help, or words for a person
    UNREADABLE = "unreadable"
    DEFECT = "defect"  # ours; the row is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One call of a provider, found genuine."""

    kind: Kind
    form: Form
    notification_id: NotificationId | None = None
    n: int | None = None
    receipt: Receipt | None = None
    reply: Reply | None = None

    @property
    def dedupe_key(self) -> str:
        """The same call repeated has the same key, whatever new fields the provider adds."""
        said: tuple[object, ...]
        if self.receipt is not None:
            receipt = self.receipt
            said = (self.notification_id, self.n, receipt.provider_message_id, receipt.state.value, receipt.code)
        elif self.reply is not None:
            said = (self.reply.provider_message_id,)
        else:
            said = (self.notification_id, self.n, *sorted(self.form))
        return sha256("\x1f".join((self.kind, *map(str, said))).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One row of the inbox that waits to be applied."""

    id: str
    posted: Posted


class Inbox(Protocol):
    """The inbox as the steps see it; every method is one transaction, and safe to run twice at once."""

    def keep(self, posted: Posted, *, machine_now: datetime) -> str | None:
        """The row's id, committed; None when the same was posted before."""

    def waiting(self, *, limit: int, only: str | None = None) -> list[Kept]:
        """Rows not applied yet, the oldest first. `only`: this one after the answers kept before it, since an old
        START applied after a STOP would undo it."""

    def report(self, kept: Kept, *, now: datetime, machine_now: datetime, retry_machine_at: datetime) -> Outcome:
        """Merge a receipt into its attempt and its notification."""

    def answer(self, kept: Kept, *, now: datetime, machine_now: datetime) -> Outcome:
        """Obey a person's word."""

    def close(self, kept: Kept, outcome: Outcome, *, machine_now: datetime) -> None:
        """Nothing more is done about this row."""

    def confirm_late(self, *, limit: int, machine_now: datetime) -> int:
        """accepted without a receipt for days -> sent_unconfirmed; how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiving:
    """What taking in and applying needs."""

    inbox: Inbox
    now: Callable[[], datetime]
    machine_now: Callable[[], datetime]
    alarm: Callable[[str], None]
    again: timedelta = AGAIN
    hit: Hit = no_fault


def take_in(posted: Posted, receiving: Receiving) -> None:
    """Keep it; then apply it at once. Raises StoreAway only when it could not be kept."""
    row_id = receiving.inbox.keep(posted, machine_now=receiving.machine_now())
    receiving.hit(FaultPoint.RECEIPT_AFTER_KEPT)
    if row_id is not None:
        try:
            apply(receiving, limit=AT_ONCE, only=row_id)
        except StoreAway:
            return  # kept: the sweep applies it


def apply(receiving: Receiving, *, limit: int, only: str | None = None) -> int:
    """Apply what waits; how many rows. Raises StoreAway."""
    kept = receiving.inbox.waiting(limit=limit, only=only)
    for each in kept:
        try:
            outcome = _apply(each, receiving)
        except StoreAway:
            raise
        except Exception as defect:  # of ours, at one row: the others must not wait for it
            outcome = Outcome.DEFECT
            receiving.inbox.close(each, outcome, machine_now=receiving.machine_now())
            receiving.alarm(f"receipt {each.id} could not be applied: {type(defect).__name__}")
        if outcome is Outcome.DUPLICATE:
            receiving.alarm(f"duplicate_observed: notification {each.posted.notification_id} was taken twice")
    return len(kept)


def close(receiving: Receiving, *, limit: int) -> int:
    """End the wait for receipts that never came; how many."""
    return receiving.inbox.confirm_late(limit=limit, machine_now=receiving.machine_now())


def _apply(kept: Kept, receiving: Receiving) -> Outcome:
    now, machine_now = receiving.now(), receiving.machine_now()
    receiving.hit(FaultPoint.RECEIPT_BEFORE_APPLIED)
    match kept.posted.kind:
        case Kind.STATUS:
            again = machine_now + receiving.again
            return receiving.inbox.report(kept, now=now, machine_now=machine_now, retry_machine_at=again)
        case Kind.REPLY:
            if kept.posted.reply and kept.posted.reply.needs_review:
                sid = kept.posted.reply.provider_message_id
                receiving.alarm(f"an answer was taken for STOP on a guess: read {sid} in the provider's console")
            return receiving.inbox.answer(kept, now=now, machine_now=machine_now)
        case Kind.UNREADABLE:
            receiving.inbox.close(kept, Outcome.UNREADABLE, machine_now=machine_now)
            receiving.alarm(f"receipt {kept.id} has a shape we do not know")
            return Outcome.UNREADABLE
