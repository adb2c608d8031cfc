"""How one notification is handed to a provider: claim, render once, start, call, record."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from notifiers.contract import Notifier, Texter
from notifiers.message import Channel, Handover, Message, Verdict
from tracker.domain.brands import Brand
from tracker.domain.notices import LETTERS, NotificationState, WhyNot
from tracker.domain.quiet import Whereabouts, ZonesOf, has_hours, next_allowed
from tracker.pipeline.compose import NoAddress, Renderer, compose
from tracker.pipeline.faults import FaultPoint, Hit, no_fault
from tracker.pipeline.phones import zones_of
from tracker.pipeline.ports import DispatchClaim, NotificationId, StartRefusal, Store, StoreAway

RETRY_STEPS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=1),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendGate:
    """Who may be written to at all; `allowed` None: everybody."""

    off: bool = False
    allowed: frozenset[str] | None = None  # lower-case addresses

    def why_not(self, message: Message) -> WhyNot | None:
        """The reason why this message stays here."""
        if self.off:
            return WhyNot.SENDING_OFF
        if self.allowed is not None and message.to.lower() not in self.allowed:
            return WhyNot.NOT_ALLOWLISTED
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendPace:
    """Machine durations of one hand-over."""

    lease: timedelta = timedelta(seconds=60)
    call: timedelta = timedelta(seconds=15)  # the longest a provider's whole conversation takes
    refused_for: timedelta = timedelta(seconds=30)  # a paused or held row is not claimed again sooner
    sibling_for: timedelta = timedelta(seconds=5)  # while another message to the same person is on its way
    halted_for: timedelta = timedelta(minutes=10)  # a provider that refuses our settings is probed so often
    resolve_after: timedelta = timedelta(seconds=30)  # an unknown is not resolved sooner
    record_for: timedelta = timedelta(seconds=20)  # how long to try to write down a result
    record_every: timedelta = timedelta(seconds=0.25)
    retry_steps: tuple[timedelta, ...] = RETRY_STEPS  # the last one again and again until the notification expires


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTerms:
    """What is true of texts only."""

    report_to: Callable[[NotificationId, int], str]  # where the provider tells what became of this attempt
    texter: Texter | None = None  # who can be asked what became of a text; None: no texts
    can_be_answered: bool = True  # a sender that is a name takes no STOP
    zones_of: ZonesOf = zones_of


def nowhere(notification_id: NotificationId, n: int) -> str:
    """For whoever hears no reports."""
    del notification_id, n
    return ""


def unheard(alarm: str) -> None:
    """For tests that need no alarm."""
    del alarm


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """All that a hand-over needs beside the notification's id."""

    store: Store
    renderer: Renderer
    notifiers: Mapping[Channel, Notifier]
    brands: Mapping[str, Brand]
    pages_at: Mapping[str, str]  # by brand: "https://track.shop.example"
    gate: SendGate
    hourly_cap: Callable[[], int]
    now: Callable[[], datetime]
    machine_now: Callable[[], datetime]
    owner: str
    texts: TextTerms = TextTerms(report_to=nowhere)
    pace: SendPace = SendPace()
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    alarm: Callable[[str], None] = unheard
    hit: Hit = no_fault


def dispatch(
    only: NotificationId | None, sending: Sending, *, limit: int = 1, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Hand over one notification, or the next due ones; how many were claimed. Never raises for a provider.

    Once `stopping`, the call at hand ends and the other claims are given back: a process has seconds to leave.
    Raises StoreAway at once, and a group of what else went wrong when every claim has had its turn.
    """
    ends = sending.monotonic() + sending.pace.lease.total_seconds()
    claims = sending.store.outbox.claim(
        limit=limit,
        now=sending.now(),
        machine_now=sending.machine_now(),
        lease=sending.pace.lease,
        owner=sending.owner,
        only=only,
    )
    defects: list[Exception] = []
    for claim in claims:
        sending.hit(FaultPoint.SEND_AFTER_CLAIM)
        try:
            if stopping():
                sending.store.outbox.release(claim, retry_machine_at=None)
            else:
                _hand_over(claim, sending, ends=ends)
        except StoreAway:
            raise
        except Exception as defect:  # of ours, at one row: its lease ends by itself, the others must not wait for it
            defects.append(defect)
    if defects:
        raise ExceptionGroup(f"{len(defects)} of {len(claims)} notifications could not be dealt with", defects)
    return len(claims)


def _hand_over(claim: DispatchClaim, sending: Sending, *, ends: float) -> None:
    message = claim.message or _frozen(claim, sending)
    if message is None:
        return
    why = sending.gate.why_not(message)
    if why is not None:
        _end(claim, sending, state=NotificationState.HELD, why=why)
        return
    notifier = sending.notifiers.get(claim.channel)
    if notifier is None or _is_late(sending, ends):
        later = None if notifier else sending.machine_now() + sending.pace.refused_for
        sending.store.outbox.release(claim, retry_machine_at=later)
        return
    n = _start(claim, message, sending, provider=notifier.name)
    if n is not None:
        if claim.channel is Channel.SMS:
            message = replace(message, callback_url=sending.texts.report_to(claim.id, n))
        handover = _call(notifier, message, sending, ends=ends)
        _record(claim, n, handover, sending, provider=notifier.name)


def _frozen(claim: DispatchClaim, sending: Sending) -> Message | None:
    """Rendered once: every later attempt sends the same bytes. None when the row has ended or is somebody else's."""
    outbox = sending.store.outbox
    links = outbox.links(claim, now=sending.now())
    try:
        brand = sending.brands[claim.brand]
        host = sending.pages_at[claim.brand]
        message = compose(
            claim,
            links,
            brand=brand,
            renderer=sending.renderer,
            public_url=host,
            can_be_answered=sending.texts.can_be_answered,
            now=sending.now(),
        )
    except NoAddress:
        _end(claim, sending, state=NotificationState.SUPPRESSED, why=WhyNot.NO_ADDRESS)
        return None
    except Exception as error:  # whatever a template does, it must end this row and no other
        detail = f"{type(error).__name__} in {claim.notice} of {claim.brand}"
        _end(claim, sending, state=NotificationState.REJECTED, why=WhyNot.RENDER_FAILED, detail=detail)
        return None
    return message if outbox.freeze(claim, message) else None


def _start(claim: DispatchClaim, message: Message, sending: Sending, *, provider: str) -> int | None:
    """T2: the attempt's number, or None when it may not start."""
    sending.hit(FaultPoint.SEND_BEFORE_START_COMMIT)
    machine_now, now = sending.machine_now(), sending.now()
    started = sending.store.outbox.start(
        claim,
        provider=provider,
        body_sha256=_fingerprint(message),
        now=now,
        machine_now=machine_now,
        again_machine_at=machine_now + sending.pace.refused_for,
        sibling_machine_at=machine_now + sending.pace.sibling_for,
        hourly_cap=sending.hourly_cap(),
        quiet_until=_quiet_until(claim, message, sending, now),
    )
    if started is StartRefusal.HELD:
        sending.alarm("sending is on hold: see `wismo doctor`, then `wismo resume`")
    return None if isinstance(started, StartRefusal | WhyNot) else started


def _quiet_until(claim: DispatchClaim, message: Message, sending: Sending, now: datetime) -> datetime | None:
    """When this may arrive, if not now; it was decided by day, but a queue may have held it up."""
    if claim.notice in LETTERS or not has_hours(claim.recipient, claim.channel):
        return None
    reader = Whereabouts(
        recipient=claim.recipient,
        number=message.to if claim.channel is Channel.SMS else "",
        destination_zone=claim.destination_zone,
        country=claim.country,
        brand=sending.brands[claim.brand],
        channel=claim.channel,
    )
    allowed = next_allowed(now, claim.notice, reader, zones_of=sending.texts.zones_of)
    return allowed if allowed > now else None


def _call(notifier: Notifier, message: Message, sending: Sending, *, ends: float) -> Handover:
    """One attempt; a provider's file that raises may have sent."""
    sending.hit(FaultPoint.SEND_BEFORE_CONNECT)
    if _is_late(sending, ends):  # the last thing asked before the socket opens: we may have been frozen until now
        return Handover(verdict=Verdict.RETRY, code="late", detail="the lease was about to end before the call")
    try:
        handover = notifier.send(message)
    except Exception as error:  # the contract is broken: nobody knows how far it came
        handover = Handover(verdict=Verdict.UNKNOWN, code="raised", detail=type(error).__name__)
    sending.hit(FaultPoint.SEND_AFTER_RESPONSE)
    return handover


def _record(claim: DispatchClaim, n: int, handover: Handover, sending: Sending, *, provider: str) -> None:
    """T3, tried for a while when the database is away; left undone it is an unknown that a sweep resolves."""
    gives_up_at = sending.monotonic() + sending.pace.record_for.total_seconds()
    sending.hit(FaultPoint.SEND_BEFORE_RECORD)
    while True:
        try:
            _write_down(claim, n, handover, sending, provider=provider)
        except StoreAway:
            if sending.monotonic() >= gives_up_at:
                return
            sending.sleep(sending.pace.record_every.total_seconds())
        else:
            return


def _write_down(claim: DispatchClaim, n: int, handover: Handover, sending: Sending, *, provider: str) -> None:
    machine_now = sending.machine_now()
    again = machine_now + _wait(handover.verdict, claim.attempts, sending)
    if handover.verdict is Verdict.HALT:
        why = f"refuses our settings: {handover.code}"
        gate = f"provider:{provider}"
        sending.store.close_gate(gate, reason=why, until_machine_at=again, machine_now=machine_now)
    sending.store.outbox.finish(claim, n, handover, machine_now=machine_now, retry_machine_at=again)


def _wait(verdict: Verdict, attempts: int, sending: Sending) -> timedelta:
    """Until the row is looked at again, should its state ask for it."""
    match verdict:
        case Verdict.RETRY:
            return sending.chance() * retry_step(attempts, sending.pace.retry_steps)
        case Verdict.UNKNOWN:
            return sending.pace.resolve_after
        case Verdict.HALT:
            return sending.pace.halted_for
        case Verdict.ACCEPTED | Verdict.REJECT | Verdict.SUPPRESS:
            return timedelta(0)


def retry_step(attempts: int, steps: Sequence[timedelta] = RETRY_STEPS) -> timedelta:
    """The longest wait after so many earlier attempts; the real one is drawn between zero and this (full jitter)."""
    return steps[min(attempts, len(steps) - 1)]


def _end(claim: DispatchClaim, sending: Sending, *, state: NotificationState, why: WhyNot, detail: str = "") -> None:
    sending.store.outbox.end(claim, state=state, why=why, machine_now=sending.machine_now(), detail=detail)


def _is_late(sending: Sending, ends: float) -> bool:
    """Whether a call begun now could outlast the lease."""
    return sending.monotonic() >= ends - sending.pace.call.total_seconds()


def _fingerprint(message: Message) -> str:
    whole = "\x1f".join((message.to, message.subject, message.text, message.html))
    return sha256(whole.encode()).hexdigest()
