"""How one story is played without waiting: from each moment at which something is due to the next."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifiers.keywords import keyword_of
from notifiers.receipts import Reply
from notifiers.sandbox.exchange import ACCOUNT_SID
from notifiers.sandbox.refusals import WORKING_SENDER
from tracker.demo import moments
from tracker.demo.moments import Clock
from tracker.demo.stage import Stage, wismo
from tracker.demo.tale import STARTS_AT, Act, Tale, Trouble
from tracker.domain.shipments import OrderId
from tracker.intake import carry_out
from tracker.pipeline import register
from tracker.pipeline.receipts import Kind, Posted, take_in
from tracker.shops import orders
from tracker.store import agenda, lookups, tellings
from tracker.wiring import App

LASTS = timedelta(days=14)
QUIET_BEGINS, QUIET_ENDS = time(21), time(8)
LINK = re.compile(r"https?://\S+")
A_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of a story."""

    state: str
    delivered: int
    parcels: int
    stuck: str | None
    mails: tuple[str, ...]  # subjects, as the mailbox accepted them
    texts: tuple[str, ...]  # as the phone accepted them
    at_night: int  # of the texts, where they were read; rules: quiet hours
    untold: tuple[str, ...]
    log: tuple[str, ...] = field(compare=False)  # "Mon 16 Nov 12:05  subject"


def play(tale: Tale, at: Stage, *, seed: int) -> Played:
    """Play one story to its end over real HTTP and SMTP."""
    clock = Clock()
    at.carrier.api.faults.clear()
    at.carrier.api.stories.clear()
    at.carrier.tell(*tale.parcels)
    begins = (len(at.mailbox.mails()), len(at.phone.texts()))
    with wismo(at, tale.name, now=clock.now, seed=seed) as app:
        step = _Step(tale=tale, at=at, app=app, clock=clock, begins=begins)
        step.run()
        return _played(tale, step)


@dataclass(slots=True, kw_only=True)
class _Step:
    tale: Tale
    at: Stage
    app: App
    clock: Clock
    begins: tuple[int, int]  # mails and texts that were there before
    order_id: OrderId | None = None
    rang: list[datetime] = field(default_factory=list)  # when each text came
    shut: dict[str, datetime] = field(default_factory=dict)  # carriers, and until when nobody may ask them

    def run(self) -> None:
        """Let things happen when they are due, until nothing is."""
        coming: list[Act | Trouble] = sorted((*self.tale.acts, *self.tale.troubles), key=lambda each: each.at)
        ends = STARTS_AT + LASTS
        while True:
            self._settle()
            at = self._next(coming)
            if at is None or at > ends:
                return
            self.clock.at = max(at, self.clock.at + A_MOMENT)
            self.at.carrier.set_clock(self.clock.at)
            while coming and coming[0].at <= self.clock.at:
                self._do(coming.pop(0))

    def _next(self, coming: list[Act | Trouble]) -> datetime | None:
        if self.order_id is None:
            if self.clock.at >= self.tale.placed:
                self._place()
                return self.clock.at
            return self.tale.placed
        with self.app.store.read() as snapshot:
            due = agenda.next_due(snapshot, not_asked_before=self.shut)
        return min([each for each in (due, coming[0].at if coming else None) if each], default=None)

    def _settle(self) -> None:
        waits = moments.settle(self.app).waits
        self.shut = {carrier: self.clock.at + wait for carrier, wait in waits.items()}
        self._listen()

    def _listen(self) -> None:
        new = len(self.at.phone.texts()) - self.begins[1] - len(self.rang)
        self.rang += [self.clock.at] * new

    def _place(self) -> None:
        new = orders.read(self.tale.order(), now=self.clock.at)
        done = carry_out.carry_out(
            self.app, lambda unit, terms: register.register(unit, new, brand=self.tale.brand, terms=terms)
        )
        self.order_id = done.order.id

    def _do(self, coming: Act | Trouble) -> None:
        if isinstance(coming, Trouble):
            self.at.carrier.fault(**coming.fault)
            return
        order_id = self.order_id
        if order_id is None:
            raise ValueError(f"{self.tale.name} changes an order before it is placed")
        match coming.verb:
            case "change":
                new = orders.read_change(coming.body, number=self.tale.number, now=self.clock.at)
                carry_out.carry_out(self.app, lambda unit, terms: register.change(unit, order_id, new, terms=terms))
            case "cancel":
                carry_out.carry_out(self.app, lambda unit, terms: register.cancel(unit, order_id, terms=terms))
            case "text":
                take_in(_reply(self.tale, coming), self.app.receiving)
            case verb:
                raise ValueError(f"a story knows no act {verb!r}")


def _played(tale: Tale, step: _Step) -> Played:
    with step.app.store.read() as snapshot:
        order = lookups.order(snapshot, tale.brand, tale.number)
        if order is None:
            raise KeyError(tale.number)
        rows = tellings.of_order(snapshot, tale.number, brand=tale.brand)
    there = ZoneInfo(order.destination_zone)
    stuck = [each.judgement.stuck.value for each in order.shipments if each.judgement.stuck]
    return Played(
        state=order.state.state,
        delivered=order.state.delivered,
        parcels=order.state.parcels,
        stuck=stuck[0] if stuck else None,
        mails=tuple(mail.subject for mail in step.at.mailbox.mails()[step.begins[0] :]),
        texts=tuple(LINK.sub("PAGE", text.body) for text in step.at.phone.texts()[step.begins[1] :]),
        at_night=sum(not QUIET_ENDS <= at.astimezone(there).time() < QUIET_BEGINS for at in step.rang),
        untold=tuple(f"{row.notice}: {row.why_not}" for row in rows if row.why_not),
        log=tuple(f"{_moment(row.planned_at)}  {row.notice} {row.why_not or row.state}" for row in rows),
    )


def _reply(tale: Tale, said: Act) -> Posted:
    """What Twilio would post."""
    keyword, needs_review = keyword_of(said.body["text"])
    reply = Reply(
        provider_message_id=f"SM{tale.name}{said.at:%d%H%M}",
        account=ACCOUNT_SID,
        sender=tale.phone,
        to=WORKING_SENDER,
        text=said.body["text"],
        keyword=keyword,
        needs_review=needs_review,
    )
    return Posted(kind=Kind.REPLY, form=(), reply=reply)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%a %d %b %H:%M")
