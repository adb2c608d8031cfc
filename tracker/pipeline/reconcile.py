"""What becomes of a message whose answer was lost: sent again with the same Message-ID, a few times, then given up."""

from dataclasses import dataclass
from datetime import datetime

from notifiers.message import Channel
from tracker.pipeline.ports import NotificationId
from tracker.pipeline.sweeps import Doubt, OutboxSweeps

# A mailbox drops a second copy with the same Message-ID; more than two more tries would only annoy those that do not.
MOST_RESENDS = {Channel.EMAIL: 2, Channel.SMS: 0}  # a text has no such mark: it is never sent blindly again


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What one sweep did."""

    resent: tuple[NotificationId, ...] = ()
    given_up: int = 0


def reconcile(outbox: OutboxSweeps, *, limit: int, now: datetime, machine_now: datetime) -> Reconciled:
    """Resolve the unknown rows whose time has come."""
    resent: list[NotificationId] = []
    given_up = 0
    for doubt in outbox.doubtful(limit=limit, machine_now=machine_now):
        if _may_go_again(doubt) and outbox.resend(doubt, now=now, machine_now=machine_now):
            resent.append(doubt.id)
        else:  # too often, expired, or given way to something newer
            given_up += outbox.give_up(doubt, machine_now=machine_now)
    return Reconciled(resent=tuple(resent), given_up=given_up)


def _may_go_again(doubt: Doubt) -> bool:
    return doubt.lost <= MOST_RESENDS[doubt.channel]
