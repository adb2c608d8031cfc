"""One shop in one database, with a carrier that says what the test wrote and a provider that keeps what it is given."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import select

from carriers.contract import Answer, CarrierError, Meter, Reading
from carriers.events import Promise, Tracked, TrackingEvent
from notifiers.contract import ListingFailed
from notifiers.message import Channel, Handover, Message, Verdict
from tests.domain.builders import DAY, EVERY_DAY_WORKS, LADDER, NOON, PATIENCE, POLICY, a_brand, a_recipient
from tracker.domain.brands import Brand
from tracker.domain.notices import Notice, NotificationState, Told, WhyNot
from tracker.domain.orders import Order, ShopFacts
from tracker.domain.people import Recipient, RecipientId
from tracker.domain.shipments import LookOutcome, OrderId, Shipment, ShipmentId
from tracker.pipeline.bell import Queue
from tracker.pipeline.conclude import Rules
from tracker.pipeline.dispatch import SendGate, Sending, SendPace, TextTerms, dispatch
from tracker.pipeline.faults import Hit, no_fault
from tracker.pipeline.looking import Looking, LookPace
from tracker.pipeline.poll import PollReport, poll
from tracker.pipeline.ports import NotificationId, Quota
from tracker.pipeline.receipts import Receiving
from tracker.pipeline.reconcile import Reconciled, Reconciling, reconcile
from tracker.pipeline.review import Reviewing, review
from tracker.store.inbox import SqlInbox
from tracker.store.outbox_tables import notifications
from tracker.store.tables import looks
from tracker.store.unit import SqlStore, open_store

SECRET = b"a secret of the tests, long enough"
BOOT = datetime(2026, 9, 9, 9, tzinfo=UTC)  # machine time: another day, so that nobody mixes the clocks unnoticed
RULES = Rules(
    ladder=LADDER,
    patience=PATIENCE,
    telling=POLICY,
    calendar_at=lambda place: EVERY_DAY_WORKS,
    brands={"fern": a_brand()},
)

SOMEBODY = a_recipient()

_numbers = count(1)


@dataclass(slots=True)
class Clocks:
    """Shop time and machine time, moved by the test."""

    shop: datetime = NOON
    machine: datetime = BOOT

    def now(self) -> datetime:
        return self.shop

    def machine_now(self) -> datetime:
        return self.machine

    def monotonic(self) -> float:
        return self.machine.timestamp()

    def pass_by(self, span: timedelta) -> None:
        """Both run on."""
        self.shop += span
        self.machine += span


Said = tuple[Tracked, ...] | CarrierError


@dataclass(slots=True)
class ScriptedCarrier:
    """Says of each number what the test wrote down last."""

    says: dict[str, Said] = field(default_factory=dict)
    asked: list[tuple[str, ...]] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None  # happens after the answer was made, before it is here
    name: str = "ups"
    credential: str = "ups:test"
    max_batch: int = 1

    def ask(self, numbers: Sequence[str], meter: Meter, *, unchanged: str = "") -> Answer:
        self.asked.append(tuple(numbers))
        readings: dict[str, Reading] = {number: self.says[number] for number in numbers}
        for reading in readings.values():
            if isinstance(reading, CarrierError):
                raise reading
        self.meanwhile()
        return Answer(body=_bytes(readings), http_status=200, readings=readings)

    def read(self, body: bytes, *, http_status: int, numbers: Sequence[str]) -> Answer:
        raise NotImplementedError

    def check(self, meter: Meter) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """Nothing is open."""


def _bytes(readings: Mapping[str, Reading]) -> bytes:
    """The same statements are the same bytes."""
    return json.dumps({number: repr(said) for number, said in readings.items()}).encode()


@dataclass(slots=True)
class RecordingNotifier:
    """Keeps what it is handed, and answers as the test says."""

    sent: list[Message] = field(default_factory=list)
    answers: list[Handover] = field(default_factory=list)  # used up front to back; then it accepts
    name: str = "smtp"
    channel: Channel = Channel.EMAIL

    def send(self, message: Message) -> Handover:
        self.sent.append(message)
        if self.answers:
            return self.answers.pop(0)
        return Handover(verdict=Verdict.ACCEPTED, provider_message_id=f"250-{len(self.sent)}")

    def close(self) -> None:
        """Nothing is open."""

    def check(self) -> str:
        return "is a list"


@dataclass(slots=True)
class RecordingTexter(RecordingNotifier):
    """Keeps the texts it is handed, and what its list would show of them."""

    name: str = "twilio"
    channel: Channel = Channel.SMS
    holds: list[tuple[str, str]] = field(default_factory=list)  # (id, words)
    unreadable: bool = False  # the list

    def send(self, message: Message) -> Handover:
        said = super(RecordingTexter, self).send(message)
        if said.verdict is not Verdict.ACCEPTED:
            return said
        sid = f"SM{len(self.sent)}"
        self.take(message, sid)
        return replace(said, provider_message_id=sid)

    def take(self, message: Message, sid: str) -> None:
        """As if it had been accepted, whatever was answered."""
        self.holds.append((sid, message.text))

    def find(self, message: Message, *, since: datetime, until: datetime) -> tuple[str, ...]:
        assert since < until
        if self.unreadable:
            raise ListingFailed("not now")
        return tuple(sid for sid, text in self.holds if text == message.text)

    def redact(self, provider_message_id: str) -> None:
        raise NotImplementedError


@dataclass(slots=True)
class PlainRenderer:
    """Words that show which facts they were made of; `broken` numbers raise as a wrong template would."""

    broken: set[str] = field(default_factory=set)
    rendered: int = 0

    def mail(
        self,
        told: Told,
        brand: Brand,
        *,
        ref: str,
        to: str,
        recipient_name: str,
        locale: str,
        zone: str,
        page_url: str,
        unsubscribe_url: str,
        planned_at: datetime,
        host: str,
    ) -> Message:
        if told.order_number in self.broken:
            raise KeyError("a template wants what is not there")
        self.rendered += 1
        return Message(
            ref=ref,
            channel=Channel.EMAIL,
            to=to,
            sender=brand.mail_from,
            subject=f"{told.order_number}: {told.notice}",
            text=f"{told.notice} for {recipient_name} in {zone}, rendering {self.rendered}. {page_url}",
            message_id=f"<{ref}@{host}>",
            unsubscribe_url=unsubscribe_url,
            planned_at=planned_at,
        )

    def text(
        self,
        told: Told,
        brand: Brand,
        *,
        ref: str,
        to: str,
        locale: str,
        zone: str,
        page_url: str,
        unsubscribe_url: str,
        is_first: bool,
        planned_at: datetime,
    ) -> Message:
        stop = " STOP" if is_first else ""
        text = f"{brand.name}, {told.order_number}: {told.notice} {page_url}{stop}{unsubscribe_url}"
        return Message(ref=ref, channel=Channel.SMS, to=to, text=text, planned_at=planned_at)


@dataclass(slots=True)
class RecordingBell:
    """Which rings were rung."""

    rings: list[tuple[Queue, str]] = field(default_factory=list)

    def ring(self, queue: Queue, name: str) -> None:
        self.rings.append((queue, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a test wants to know of an outbox row."""

    id: NotificationId
    notice: Notice
    state: NotificationState
    why_not: WhyNot | None
    dedupe_key: str
    attempts: int
    retry_machine_at: datetime | None


@dataclass(slots=True)
class World:
    """Everything a step is given, with the database underneath."""

    store: SqlStore
    clocks: Clocks = field(default_factory=Clocks)
    ups: ScriptedCarrier = field(default_factory=ScriptedCarrier)
    provider: RecordingNotifier = field(default_factory=RecordingNotifier)
    phone: RecordingTexter = field(default_factory=RecordingTexter)
    renderer: PlainRenderer = field(default_factory=PlainRenderer)
    bell: RecordingBell = field(default_factory=RecordingBell)
    rules: Rules = RULES
    quotas: tuple[Quota, ...] = ()
    alarms: list[str] = field(default_factory=list)
    hit: Hit = no_fault

    def looking(self, *, pace: LookPace | None = None, owner: str = "worker") -> Looking:
        return Looking(
            store=self.store,
            doorbell=self.bell,
            rules=self.rules,
            quotas=self.quotas,
            now=self.clocks.now,
            machine_now=self.clocks.machine_now,
            monotonic=self.clocks.monotonic,
            owner=owner,
            pace=pace or LookPace(),
            hit=self.hit,
        )

    def look(self, *, pace: LookPace | None = None) -> PollReport:
        """One poll of everything that is due."""
        return poll(self.ups, self.looking(pace=pace))

    def review(self, *, limit: int = 100) -> int:
        reviewing = Reviewing(
            store=self.store,
            doorbell=self.bell,
            rules=self.rules,
            now=self.clocks.now,
            machine_now=self.clocks.machine_now,
            hit=self.hit,
        )
        return review(reviewing, limit=limit)

    def sending(self, *, gate: SendGate | None = None, pace: SendPace | None = None, cap: int = 10_000) -> Sending:
        return Sending(
            store=self.store,
            renderer=self.renderer,
            notifiers={Channel.EMAIL: self.provider, Channel.SMS: self.phone},
            texts=TextTerms(report_to=lambda id_, n: f"https://hook.example/{id_}/{n}", texter=self.phone),
            brands=self.rules.brands,
            pages_at={"fern": "https://track.fern.example"},
            gate=gate or SendGate(),
            hourly_cap=lambda: cap,
            now=self.clocks.now,
            machine_now=self.clocks.machine_now,
            monotonic=self.clocks.monotonic,
            sleep=lambda seconds: self.clocks.pass_by(timedelta(seconds=seconds)),
            chance=lambda: 1.0,
            owner="worker",
            pace=pace or SendPace(),
            hit=self.hit,
        )

    @property
    def receiving(self) -> Receiving:
        return Receiving(
            inbox=SqlInbox(self.store),
            now=self.clocks.now,
            machine_now=self.clocks.machine_now,
            alarm=self.alarms.append,
            hit=self.hit,
        )

    def reconcile(self) -> Reconciled:
        """One sweep over lost answers."""
        reconciling = Reconciling(outbox=self.store.outbox, texter=self.phone, alarm=self.alarms.append)
        now, machine_now = self.clocks.now(), self.clocks.machine_now()
        return reconcile(reconciling, limit=10, now=now, machine_now=machine_now)

    def send(self, only: NotificationId | None = None, *, limit: int = 50, gate: SendGate | None = None) -> int:
        """Hand over what is due."""
        return dispatch(only, self.sending(gate=gate), limit=limit)

    def send_all(self, *, gate: SendGate | None = None) -> None:
        """Hand over until nothing is due."""
        while self.send(gate=gate):
            pass

    def order(
        self,
        *,
        parcels: int = 1,
        recipients: Sequence[Recipient] = (SOMEBODY,),
        told_since: datetime | None = None,
    ) -> Order:
        """A fresh, confirmed order whose parcels are due to be looked at; its news is told since yesterday."""
        with self.store.write() as unit:
            order = _an_order(
                unit.new_id, at=self.clocks.shop, parcels=parcels, recipients=recipients, told_since=told_since
            )
            unit.add_order(order, body_sha256="")
        for shipment in order.shipments:
            self.ups.says[shipment.tracking_number] = ()
        return order

    def say(self, shipment: Shipment, *scans: TrackingEvent, promise: Promise | None = None) -> None:
        """What the carrier answers from now on."""
        tracked = Tracked(tracking_number=shipment.tracking_number, events=scans, promise=promise)
        self.ups.says[shipment.tracking_number] = (tracked,)

    def fail(self, shipment: Shipment, error: CarrierError) -> None:
        self.ups.says[shipment.tracking_number] = error

    def told(self, order: Order | None = None) -> list[Row]:
        """Every notification, of one order or of all, in the order of planning."""
        wanted = select(notifications).order_by(notifications.c.id)
        if order:
            wanted = wanted.where(notifications.c.order_id == order.id)
        with self.store.read() as snapshot:
            return [
                Row(
                    id=NotificationId(row.id),
                    notice=Notice(row.notice),
                    state=NotificationState(row.state),
                    why_not=WhyNot(row.why_not) if row.why_not else None,
                    dedupe_key=row.dedupe_key,
                    attempts=row.attempts,
                    retry_machine_at=row.retry_machine_at,
                )
                for row in snapshot.connection.execute(wanted)
            ]

    def looks(self, shipment: Shipment) -> list[LookOutcome]:
        """The outcome of every recorded look, oldest first."""
        wanted = select(looks.c.outcome).where(looks.c.shipment_id == shipment.id).order_by(looks.c.fence)
        with self.store.read() as snapshot:
            return [LookOutcome(each) for each in snapshot.connection.execute(wanted).scalars()]

    def shipment(self, shipment: Shipment) -> Shipment:
        """As it is stored now."""
        with self.store.write() as unit:
            return unit.dossier(shipment.id).shipment


def opened(url: str) -> SqlStore:
    return open_store(url, secret=SECRET)


def _an_order(
    new_id: Callable[[], str],
    *,
    at: datetime,
    parcels: int,
    recipients: Sequence[Recipient],
    told_since: datetime | None,
) -> Order:
    number = f"2026/{next(_numbers):04}"
    order = Order(
        id=OrderId(new_id()),
        brand="fern",
        number=number,
        facts=ShopFacts(placed_at=at - DAY),
        recipients=tuple(replace(each, id=RecipientId(new_id())) for each in recipients),
        created_at=at,
    )
    shipments = tuple(
        Shipment(
            id=ShipmentId(new_id()),
            order_id=order.id,
            carrier="ups",
            tracking_number=f"1Z{number[5:]}{n}",
            created_at=at,
            notify_after=told_since or at - DAY,
        )
        for n in range(parcels)
    )
    return replace(order, shipments=shipments)
