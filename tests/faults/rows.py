"""Every notification as its row and its attempts tell it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from notifiers.message import Channel, Verdict
from tracker.domain.notices import NotificationState
from tracker.store.outbox_tables import notifications, send_attempts
from tracker.store.unit import SqlStore

MAY_HAVE_LEFT = frozenset({None, Verdict.UNKNOWN.value})  # None: whoever called never came back
GIVEN_UP = frozenset({"undelivered", "failed", "canceled"})  # the provider's words for a text that will not arrive


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One hand-over as its row tells it."""

    n: int
    verdict: str | None
    started_machine_at: datetime
    ended_machine_at: datetime | None
    receipt: str | None = None  # the furthest that was reported of it
    provider_message_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One notification and its attempts."""

    id: str
    order_id: str
    shipment_id: str | None
    notice: str
    channel: Channel
    state: NotificationState
    why_not: str | None
    place: tuple[int, int]
    correction: bool
    expires_at: datetime
    counted: int  # attempts, as the row counts them
    lease_owner: str | None
    attempts: tuple[Attempt, ...]

    @property
    def lost(self) -> int:
        """Attempts whose answer was lost, or came when the next one had begun."""
        never = sum(each.verdict in MAY_HAVE_LEFT for each in self.attempts)
        return never + sum(_came_late(each, after) for each, after in pairwise(self.attempts))

    def torn(self, call: timedelta) -> int:
        """Lost answers that were given up sooner than a call may last: no slow machine explains them."""
        ended = [
            each.ended_machine_at - each.started_machine_at
            for each in self.attempts
            if each.verdict == Verdict.UNKNOWN and each.ended_machine_at
        ]
        unheard = [
            after.started_machine_at - each.started_machine_at
            for each, after in pairwise(self.attempts)
            if each.verdict is None or _came_late(each, after)
        ]
        return sum(lasted < call for lasted in (*ended, *unheard))

    @property
    def accepted(self) -> int:
        """Attempts whose answer was a yes."""
        return sum(each.verdict == Verdict.ACCEPTED for each in self.attempts)


def rows_of(store: SqlStore) -> list[Row]:
    """Every notification, oldest first."""
    with store.read() as snapshot:
        attempts: dict[str, list[Attempt]] = defaultdict(list)
        for each in snapshot.connection.execute(select(send_attempts).order_by(send_attempts.c.n)):
            attempts[each.notification_id].append(
                Attempt(
                    n=each.n,
                    verdict=each.verdict,
                    started_machine_at=each.started_machine_at,
                    ended_machine_at=each.ended_machine_at,
                    receipt=each.receipt,
                    provider_message_id=each.provider_message_id,
                )
            )
        found = snapshot.connection.execute(select(notifications).order_by(notifications.c.id))
        return [_row(each, attempts[each.id]) for each in found]


def _came_late(attempt: Attempt, after: Attempt) -> bool:
    if attempt.verdict in MAY_HAVE_LEFT or attempt.ended_machine_at is None:
        return False
    return attempt.ended_machine_at > after.started_machine_at


def _row(row: Any, attempts: Sequence[Attempt]) -> Row:
    return Row(
        id=row.id,
        order_id=row.order_id,
        shipment_id=row.shipment_id,
        notice=row.notice,
        channel=Channel(row.channel),
        state=NotificationState(row.state),
        why_not=row.why_not,
        place=(row.visit, row.rank),
        correction=row.correction,
        expires_at=row.expires_at,
        counted=row.attempts,
        lease_owner=row.lease_owner,
        attempts=tuple(attempts),
    )
