"""What becomes of a message whose answer was lost: a mail goes again with the same Message-ID, a text is looked for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifiers.contract import ListingFailed, Texter
from notifiers.message import Channel
from tracker.pipeline.ports import NotificationId
from tracker.pipeline.sweeps import Doubt, DoubtfulText, OutboxSweeps

# A mailbox drops a second copy with the same Message-ID; more than two more tries would only annoy those that do not.
MOST_RESENDS = 2
MOST_LISTINGS = 20  # in one sweep: each is a call of seconds, and mails wait behind them
SKEW = timedelta(minutes=1)  # between our clock and the provider's; the text names its notification anyway


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPace:
    """When a provider's list is read after an attempt whose answer was lost, in machine time."""

    steps: tuple[timedelta, ...] = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
    unreadable: timedelta = timedelta(seconds=30)  # until a list that could not be read is tried again


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciling:
    """All that resolving needs beside the time."""

    outbox: OutboxSweeps
    texter: Texter | None = None  # None: nobody can be asked
    pace: ListPace = ListPace()
    alarm: Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class Reconciled:
    """What one sweep did."""

    resent: list[NotificationId]
    found: int = 0
    given_up: int = 0
    listings: int = 0
    unreadable: bool = False  # the list could not be read: the other texts wait for the next sweep


def reconcile(reconciling: Reconciling, *, limit: int, now: datetime, machine_now: datetime) -> Reconciled:
    """Resolve the unknown rows whose time has come."""
    done = Reconciled(resent=[])
    for doubt in reconciling.outbox.doubtful(limit=limit, machine_now=machine_now):
        match doubt.channel:
            case Channel.EMAIL:
                may_go = doubt.lost <= MOST_RESENDS
                _send_again(doubt, reconciling, done, may_go=may_go, now=now, machine_now=machine_now)
            case Channel.SMS if doubt.text is None:  # its words are gone: nobody can look for them
                done.given_up += reconciling.outbox.give_up(doubt, machine_now=machine_now)
            case Channel.SMS if done.listings < MOST_LISTINGS and not done.unreadable:
                _look_for(doubt, doubt.text, reconciling, done, now=now, machine_now=machine_now)
            case Channel.SMS:
                continue
    return done


def _look_for(
    doubt: Doubt,
    text: DoubtfulText,
    reconciling: Reconciling,
    done: Reconciled,
    *,
    now: datetime,
    machine_now: datetime,
) -> None:
    """One match is proof that it was taken; that no list of three shows it is proof that it was not."""
    outbox, pace = reconciling.outbox, reconciling.pace
    try:
        sids = _listed(text, reconciling.texter, machine_now=machine_now)
    except ListingFailed:
        done.unreadable = True
        if now >= doubt.expires_at:
            done.given_up += outbox.give_up(doubt, machine_now=machine_now)
        else:
            outbox.ask_again(doubt, again_machine_at=machine_now + pace.unreadable)
        return
    done.listings += 1
    if sids:
        done.found += outbox.found(doubt, sids[0], machine_now=machine_now)
        if len(sids) > 1:
            reconciling.alarm(f"duplicate_observed: notification {doubt.id} was taken {len(sids)} times")
    elif text.is_over or text.listings + 1 >= len(pace.steps):
        _send_again(doubt, reconciling, done, may_go=not text.is_over, now=now, machine_now=machine_now)
    else:
        again = text.last_machine_at + pace.steps[text.listings + 1]
        outbox.not_listed(doubt, again_machine_at=max(again, machine_now + pace.steps[0]))


def _listed(text: DoubtfulText, texter: Texter | None, *, machine_now: datetime) -> list[str]:
    if texter is None:
        raise ListingFailed("no provider of texts is set up")
    since, until = text.first_machine_at - SKEW, machine_now + SKEW
    return [sid for sid in texter.find(text.message, since=since, until=until) if sid not in text.known]


def _send_again(
    doubt: Doubt, reconciling: Reconciling, done: Reconciled, *, may_go: bool, now: datetime, machine_now: datetime
) -> None:
    """Given up when it may not go again: too often, expired, or given way to something newer."""
    if may_go and reconciling.outbox.resend(doubt, now=now, machine_now=machine_now):
        done.resent.append(doubt.id)
    else:
        done.given_up += reconciling.outbox.give_up(doubt, machine_now=machine_now)
