"""One shop with a real database, a mailbox, a phone and a carrier of its own, whose processes are then ill-treated."""

import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import requests
from sqlalchemy import ColumnElement, Table, func, select, update

from carriers.sandbox.calls import Limit
from carriers.sandbox.server import Sandbox
from carriers.sandbox.stories import Spot, Story
from carriers.sandbox.ups.front import check_digit
from carriers.sandbox.words import scan
from config.settings import load
from notifiers.message import Channel
from notifiers.sandbox import mischief
from notifiers.sandbox.mailbox import Mailbox
from notifiers.sandbox.phone import Phone
from tests.faults.crew import Crew, Process
from tests.faults.ledger import Tally, assert_invariants
from tests.faults.premises import Quota, story_clock, told, warp_of, write_config
from tests.faults.rows import Row, rows_of
from tests.servers import PATIENCE, held_port, new_folder, until
from tracker.domain.intake import NewOrder, NewRecipient, NewShipment
from tracker.domain.notices import OPEN_STATES, NotificationState
from tracker.domain.people import Consent, Contact
from tracker.domain.shipments import OrderId
from tracker.intake import carry_out
from tracker.pipeline.ports import NotificationId
from tracker.pipeline.register import register
from tracker.store.columns import EPOCH
from tracker.store.outbox_tables import notifications
from tracker.store.tables import shipments
from tracker.wiring import App, build

BRAND = "alpenglow"
HURRY_EVERY = timedelta(seconds=1)
NEARLY = 0.9  # a call is timed by another clock than its row
MEMPHIS = Spot(city="MEMPHIS", region="TN", country="US", utc_offset=timedelta(hours=-6))
SILENT = mischief.Story(steps=(), count=None)  # of a text nothing is reported, unless a test tells another story
MAIL, TEXT, BOTH = (Channel.EMAIL,), (Channel.SMS,), (Channel.EMAIL, Channel.SMS)

_numbers = count(1)


@dataclass(slots=True, kw_only=True)
class Shop:
    """What a fault test holds in its hands."""

    app: App  # in the test's own process: takes orders in, reads rows; no fault reaches it
    mailbox: Mailbox
    phone: Phone
    ups: Sandbox
    crew: Crew
    environment: dict[str, str]
    orders: list[OrderId] = field(default_factory=list)

    def confirm(
        self, orders: int, *, by: Sequence[Channel] = MAIL, brand: str = BRAND, ring: bool = True
    ) -> tuple[NotificationId, ...]:
        """Take in orders whose confirmation is due at once; the ids of these notifications."""
        now = self.app.now()
        news = [_order(a_reader(by, now), placed_at=now, confirmed_at=now) for _ in range(orders)]
        return self._take_in(news, brand=brand, ring=ring)

    def text(self, number: str, *, ring: bool = True) -> NotificationId:
        """Take in one order whose confirmation goes to this number."""
        now = self.app.now()
        new = _order(a_reader(TEXT, now, number=number), placed_at=now, confirmed_at=now)
        (notification_id,) = self._take_in([new], brand=BRAND, ring=ring)
        return notification_id

    def ship(
        self, orders: int, *, by: Sequence[Channel] = MAIL, story: Sequence[tuple[str, float]] = (), number: str = ""
    ) -> list[str]:
        """Take in orders of one parcel each, whose story of (kind of scan, seconds from now) UPS will tell."""
        now = self.app.now().replace(microsecond=0) + timedelta(seconds=1)  # UPS knows no fractions
        parcels = [tracking_number() for _ in range(orders)]
        self.tell(parcels, story=story, since=now)
        then = now - timedelta(seconds=2)
        news = [_order(a_reader(by, then, number=number), placed_at=then, parcel=parcel) for parcel in parcels]
        self._take_in(news, brand=BRAND, ring=True)
        return parcels

    def tell(self, parcels: Sequence[str], *, story: Sequence[tuple[str, float]], since: datetime) -> None:
        """What UPS says of them from now on."""
        told = tuple(scan(kind, at=since + timedelta(seconds=after), spot=MEMPHIS) for kind, after in story)
        self.ups.tell(*(Story(number=each, scans=told, origin=MEMPHIS, destination=MEMPHIS) for each in parcels))

    def worker(self, *queues: str, fault: str = "", tree: Path | None = None) -> Process:
        """A worker process; `fault` is planted in it and in no other."""
        chosen = [word for queue in queues for word in ("--queue", queue)]
        return self.run("worker", *chosen, fault=fault, tree=tree)

    def clock(self, *, fault: str = "") -> Process:
        """A clock process."""
        return self.run("clock", fault=fault)

    def web(self, *, fault: str = "") -> Process:
        """The web process, which is where the phone reports; it answers when this returns."""
        web = self.run("web", fault=fault)
        until(self.is_served, what=f"the web process; it said {web.said()}")
        return web

    def is_served(self) -> bool:
        """Whether a web process answers."""
        try:
            health = f"{self.environment['PUBLIC_URL']}/healthz"
            return requests.get(health, timeout=PATIENCE.total_seconds()).status_code == 200
        except requests.RequestException:
            return False

    def run(self, *arguments: str, fault: str = "", tree: Path | None = None, **more: str) -> Process:
        """Any process, with more environment."""
        planted = {"WISMO_FAULTS": fault} if fault else {}
        return self.crew.start(*arguments, environment={**self.environment, **planted, **more}, tree=tree)

    def rows(self) -> list[Row]:
        """Every notification as it stands."""
        return rows_of(self.app.store)

    def count(self, *states: str) -> int:
        """How many notifications are in one of these states."""
        return self._count(notifications, notifications.c.state.in_(states))

    def count_of(self, notice: str) -> int:
        """How many notifications of this kind were decided."""
        return self._count(notifications, notifications.c.notice == notice)

    def parcels(self, milestone: str) -> int:
        """How many parcels are known to be there."""
        return self._count(shipments, shipments.c.milestone == milestone)

    def shipment_of(self, parcel: str) -> str:
        """The id of the parcel with that number."""
        with self.app.store.read() as snapshot:
            named = select(shipments.c.id).where(shipments.c.tracking_number == parcel)
            return str(snapshot.connection.execute(named).scalar_one())

    def arrived(self) -> int:
        """How many different mails the mailbox has, and how many texts the phone."""
        return len({mail.message_id for mail in self.mailbox.mails()}) + len(self.phone.texts())

    def copies(self) -> Counter[str]:
        """How often the mail of each notification arrived."""
        return Counter(mail.ref for mail in self.mailbox.mails())

    def drain(self, within: timedelta = PATIENCE, *, hurried: bool = False) -> None:
        """Wait until nothing is open. `hurried`: whatever waits for its next step need not."""
        next_hurry = time.monotonic()

        def is_over() -> bool:
            nonlocal next_hurry
            if hurried and time.monotonic() >= next_hurry:
                next_hurry = time.monotonic() + HURRY_EVERY.total_seconds()
                self.hurry()
            return not self.count(*OPEN_STATES)

        try:
            until(is_over, within, what="everything to end")
        except AssertionError as waited:
            waited.add_note("\n".join(str(row) for row in self.rows() if row.state in OPEN_STATES))
            raise

    def hurry(self) -> None:
        """What waits for its next try, or to be looked for, is due now: that may be minutes away."""
        waiting = notifications.c.state.in_((NotificationState.PENDING, NotificationState.UNKNOWN))
        with self.app.store.begin() as connection:
            later = notifications.c.retry_machine_at > self.app.machine_now()
            connection.execute(update(notifications).where(waiting, later).values(retry_machine_at=EPOCH))

    def states(self) -> dict[str, int]:
        """How many notifications are in which state, for messages of failed waits."""
        return dict(Counter(row.state.value for row in self.rows()))

    def settle(self, *, hurried: bool = False) -> Tally:
        """Drain, then see that every promise was kept."""
        self.drain(hurried=hurried)
        return assert_invariants(
            self.app.store,
            self.mailbox.ledger,
            texts=self.phone.texts(),
            is_warped="WISMO_WARP" in self.environment,
            call=self.app.settings.timing.http_total * NEARLY,
        )

    def _count(self, table: Table, which: ColumnElement[bool]) -> int:
        """By the database: waits ask fifty times a second."""
        with self.app.store.read() as snapshot:
            counted = select(func.count()).select_from(table).where(which)
            return int(snapshot.connection.execute(counted).scalar_one())

    def _take_in(self, news: Sequence[NewOrder], *, brand: str, ring: bool) -> tuple[NotificationId, ...]:
        """Fifty to a transaction, as an import does."""
        due: list[NotificationId] = []
        for i in range(0, len(news), 50):
            terms = carry_out.terms(self.app, source="api")
            with self.app.store.write() as unit:
                done = [register(unit, new, brand=brand, terms=terms) for new in news[i : i + 50]]
            for each in done:
                self.orders.append(each.order.id)
                due += each.due
                if ring:
                    carry_out.ring(self.app, each)
        return tuple(due)


@contextmanager
def shop(
    database_url: str,
    *,
    seen_by_processes: str = "",  # the same database through a proxy
    redis_url: str | None = None,
    runs_up: bool = False,  # `wismo up` will bring its own queue, on which our orders ring
    divisor: int = 10,
    quotas: Sequence[Quota] = (),
    limits: Sequence[Limit] = (),
    day_lasts: timedelta | None = None,  # shop time runs that fast, with the real schedule; else as the machine's
) -> Iterator[Shop]:
    """Everything but the processes; they are the test's business, and ended here."""
    home = new_folder("wismo-ft-")
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        mailbox = stack.enter_context(Mailbox(home / "mailbox.ledger"))
        warp = warp_of(day_lasts) if day_lasts else None
        phone = stack.enter_context(Phone(home / "phone.ledger", story=SILENT))
        ups = stack.enter_context(Sandbox(clock=story_clock(warp), limits=limits))
        write_config(home / "config", quotas=quotas, is_hurried=warp is None)
        port = stack.enter_context(held_port())
        environment = told(home, port=port, ups=ups, mailbox=mailbox, phone=phone, divisor=divisor)
        environment |= {"REDIS_URL": redis_url} if redis_url else {}
        environment |= {"WISMO_WARP": str(warp)} if warp else {}
        own = {"REDIS_URL": f"unix://{home / 'data' / 'valkey.sock'}"} if runs_up else {}
        app = build(load({**environment, "DATABASE_URL": database_url, **own}))
        stack.callback(app.close)
        environment["DATABASE_URL"] = seen_by_processes or database_url
        crew = stack.enter_context(Crew(home))
        yield Shop(app=app, mailbox=mailbox, phone=phone, ups=ups, crew=crew, environment=environment)


def tracking_number() -> str:
    """A number nobody had yet, with the check digit UPS wants."""
    serial = f"5R8939{next(_numbers):09}"
    return f"1Z{serial}{check_digit(serial)}"


def phone_number() -> str:
    """A mobile number nobody had yet."""
    return f"+4790{next(_numbers):06}"


def a_reader(by: Sequence[Channel], since: datetime, *, number: str = "") -> NewRecipient:
    """Somebody new who can be told so. It is about noon there: no night may hold a text back."""
    addresses = {Channel.EMAIL: f"reader{next(_numbers)}@example.com", Channel.SMS: number or phone_number()}
    east = 12 - since.hour
    return NewRecipient(
        name="A Reader",
        time_zone=f"Etc/GMT{-east:+}",  # these names count westwards
        contacts=tuple(Contact(channel=each, address=addresses[each]) for each in by),
        consents=(Consent(channel=Channel.SMS, granted=True, source="checkout", at=since),),  # a mail needs none
    )


def _order(
    reader: NewRecipient, *, placed_at: datetime, confirmed_at: datetime | None = None, parcel: str = ""
) -> NewOrder:
    said = {"placed_at", "recipients", "shipments"} | ({"confirmed_at"} if confirmed_at else set())
    return NewOrder(
        number=f"F-{next(_numbers):06}",
        stated=frozenset(said),
        placed_at=placed_at,
        confirmed_at=confirmed_at,
        recipients=(reader,),
        shipments=(NewShipment(tracking_number=parcel, carrier="ups"),) if parcel else (),
    )
