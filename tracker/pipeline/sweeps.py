"""What the sweeps need of the outbox: every crash leaves a row that one of these moves on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from notifiers.message import Channel, Message
from tracker.pipeline.ports import NotificationId


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A notification that may have been sent: the answer to its last attempt was lost."""

    id: NotificationId
    fence: int
    channel: Channel
    lost: int  # attempts whose answer was lost so far
    expires_at: datetime
    text: "DoubtfulText | None" = None  # of a text that can be looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulText:
    """What is needed to look for a text in its provider's list."""

    message: Message
    listings: int  # how often the list was read since the attempt and did not show it
    first_machine_at: datetime  # start of the first attempt whose answer was lost
    last_machine_at: datetime  # and of the last
    known: frozenset[str]  # provider's ids of other attempts of the same text
    is_over: bool  # something later was decided: it is not sent again


class OutboxSweeps(Protocol):
    """The outbox as the sweeps see it; every method is one transaction, and safe to run twice at once."""

    def due(self, *, limit: int, now: datetime, machine_now: datetime, rung_before: datetime) -> list[NotificationId]:
        """Pending, due and not rung since `rung_before`, oldest first; marks them as rung."""

    def expire_leases(self, *, machine_now: datetime, reconcile_machine_at: datetime) -> int:
        """An expired `leased` proves that nothing was sent: pending. An expired `sending` proves nothing: unknown, and
        `reconcile_machine_at` is when to resolve it. How many rows."""

    def doubtful(self, *, limit: int, machine_now: datetime) -> list[Doubt]:
        """Unknown rows whose time to be resolved has come."""

    def resend(self, doubt: Doubt, *, now: datetime, machine_now: datetime) -> bool:
        """unknown -> pending, due at once, with the same bytes; false when it had moved on, expired or given way."""

    def found(self, doubt: Doubt, provider_message_id: str, *, machine_now: datetime) -> bool:
        """unknown -> accepted: the provider's list shows it; false when it had moved on."""

    def not_listed(self, doubt: Doubt, *, again_machine_at: datetime) -> bool:
        """The list was read and does not show it: one time more; look again then."""

    def ask_again(self, doubt: Doubt, *, again_machine_at: datetime) -> bool:
        """The list could not be read, which says nothing: look again then."""

    def give_up(self, doubt: Doubt, *, machine_now: datetime) -> bool:
        """unknown -> unknown_final, why_not `answer_lost`."""

    def expire(self, *, limit: int, now: datetime, machine_now: datetime) -> int:
        """pending past `expires_at` -> expired. How many."""
