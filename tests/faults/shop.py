"""One shop with a real database, a mailbox and a carrier of its own, whose processes are then ill-treated."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import ColumnElement, Table, func, select

from carriers.sandbox.calls import Limit
from carriers.sandbox.clock import WarpClock
from carriers.sandbox.server import CLIENTS, Sandbox
from carriers.sandbox.stories import Spot, Story
from carriers.sandbox.ups.front import check_digit
from carriers.sandbox.words import scan
from config.settings import FOLDER, load
from config.warp import Warp
from notifiers.message import Channel
from notifiers.sandbox.mailbox import Mailbox
from tests.faults.crew import Crew, Process, clean_environment
from tests.faults.ledger import Row, Tally, assert_invariants, rows_of
from tests.servers import free_port, new_folder, until
from tracker.domain.intake import NewOrder, NewRecipient, NewShipment
from tracker.domain.notices import OPEN_STATES
from tracker.domain.people import Contact
from tracker.domain.shipments import OrderId
from tracker.intake import carry_out
from tracker.pipeline.ports import NotificationId
from tracker.pipeline.register import register
from tracker.store.outbox_tables import notifications
from tracker.store.tables import shipments
from tracker.wiring import App, build

SECRET = "a secret of the fault tests, long enough"
BRAND = "alpenglow"
DRAIN = timedelta(seconds=60)  # two slow cores; a drain takes a tenth of it
MORNING = datetime(2026, 3, 3, 14, tzinfo=UTC)  # eight o'clock in Memphis, where all parcels are
MEMPHIS = Spot(city="MEMPHIS", region="TN", country="US", utc_offset=timedelta(hours=-6))
QUIETLY = re.compile(r'^(\w+ = )"\d+[smhd]"', re.MULTILINE)

# Every limit of the two files that a test of the machinery must not run into.
PLENTY = """[ups]
base_url = "https://onlinetools.ups.com"
credentials = ["client_id", "client_secret"]
"""

_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """One line of carriers.toml."""

    limit: int
    per: str


@dataclass(slots=True, kw_only=True)
class Shop:
    """What a fault test holds in its hands."""

    app: App  # in the test's own process: takes orders in, reads rows; no fault reaches it
    mailbox: Mailbox
    ups: Sandbox
    crew: Crew
    environment: dict[str, str]
    orders: list[OrderId] = field(default_factory=list)

    def confirm(self, orders: int, *, brand: str = BRAND, ring: bool = True) -> tuple[NotificationId, ...]:
        """Take in orders whose confirmation is due at once; the ids of these notifications."""
        now = self.app.now()
        news = [_order(placed_at=now, confirmed_at=now) for _ in range(orders)]
        return self._take_in(news, brand=brand, ring=ring)

    def ship(self, orders: int, *, story: Sequence[tuple[str, float]] = ()) -> list[str]:
        """Take in orders of one parcel each, whose story of (kind of scan, seconds from now) UPS will tell."""
        now = self.app.now().replace(microsecond=0) + timedelta(seconds=1)  # UPS knows no fractions
        numbers = [tracking_number() for _ in range(orders)]
        scans = [(kind, now + timedelta(seconds=after)) for kind, after in story]
        for number in numbers:
            told = tuple(scan(kind, at=at, spot=MEMPHIS) for kind, at in scans)
            self.ups.tell(Story(number=number, scans=told, origin=MEMPHIS, destination=MEMPHIS))
        placed_at = now - timedelta(seconds=2)
        self._take_in([_order(placed_at=placed_at, parcel=number) for number in numbers], brand=BRAND, ring=True)
        return numbers

    def worker(self, *queues: str, fault: str = "", tree: Path | None = None) -> Process:
        """A worker process; `fault` is planted in it and in no other."""
        chosen = [word for queue in queues for word in ("--queue", queue)]
        return self.run("worker", *chosen, fault=fault, tree=tree)

    def clock(self, *, fault: str = "") -> Process:
        """A clock process."""
        return self.run("clock", fault=fault)

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

    def arrived(self) -> int:
        """How many different mails the mailbox has."""
        return len({mail.message_id for mail in self.mailbox.mails()})

    def drain(self, within: timedelta = DRAIN) -> None:
        """Wait until nothing is open."""
        try:
            until(lambda: not self.count(*OPEN_STATES), within, what="everything to end")
        except AssertionError as waited:
            waited.add_note("\n".join(str(row) for row in self.rows() if row.state in OPEN_STATES))
            raise

    def states(self) -> dict[str, int]:
        """How many notifications are in which state, for messages of failed waits."""
        return dict(Counter(row.state.value for row in self.rows()))

    def settle(self) -> Tally:
        """Drain, then see that every promise was kept."""
        self.drain()
        return assert_invariants(self.app.store, self.mailbox.ledger, is_warped="WISMO_WARP" in self.environment)

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
        ups = stack.enter_context(Sandbox(clock=story_clock(warp), limits=limits))
        write_config(home / "config", quotas=quotas, is_hurried=warp is None)
        environment = told(home, ups=ups, mailbox=mailbox, divisor=divisor)
        environment |= {"REDIS_URL": redis_url} if redis_url else {}
        environment |= {"WISMO_WARP": str(warp)} if warp else {}
        own = {"REDIS_URL": f"unix://{home / 'data' / 'valkey.sock'}"} if runs_up else {}
        app = build(load({**environment, "DATABASE_URL": database_url, **own}))
        stack.callback(app.close)
        environment["DATABASE_URL"] = seen_by_processes or database_url
        crew = stack.enter_context(Crew(home))
        yield Shop(app=app, mailbox=mailbox, ups=ups, crew=crew, environment=environment)


def told(home: Path, *, ups: Sandbox, mailbox: Mailbox, divisor: int) -> dict[str, str]:
    """The environment of every process; the database is still to come."""
    client, secret = next(iter(CLIENTS.items()))
    port = free_port()
    return {
        **clean_environment(),
        "WISMO_DATA": str(home / "data"),
        "WISMO_CONFIG_DIR": str(home / "config"),
        "WISMO_TIMING_DIVISOR": str(divisor),
        "WISMO_SEND": "on",
        "SECRET_KEY": SECRET,
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SMTP_URL": mailbox.smtp_url,
        "MAIL_FROM": "Tests <tests@shop.example>",
        "UPS_BASE_URL": ups.url,
        "UPS_CLIENT_ID": client,
        "UPS_CLIENT_SECRET": secret,
    }


def warp_of(day_lasts: timedelta) -> Warp:
    """Shop time from a Tuesday morning on, a day in so long."""
    return Warp(shop_from=MORNING, machine_from=datetime.now(UTC), factor=timedelta(days=1) / day_lasts)


def story_clock(warp: Warp | None) -> WarpClock:
    """The carrier's time is the shop's."""
    if warp is None:
        return WarpClock(start=datetime.now(UTC), factor=1.0)
    return WarpClock(start=warp.shop_from, factor=warp.factor, wall_start=warp.machine_from.timestamp())


def write_config(folder: Path, *, quotas: Sequence[Quota], is_hurried: bool) -> None:
    """Our brands; a schedule whose fuse never blows, and in a hurry one that looks every second and sends at once."""
    folder.mkdir()
    shutil.copy(FOLDER / "brands.toml", folder)
    lines = [f'\n[[ups.quota]]\nlimit = {each.limit}\nper = "{each.per}"\n' for each in quotas]
    (folder / "carriers.toml").write_text(PLENTY + "".join(lines))
    schedule = re.sub(r"^floor = \d+", "floor = 1000000", (FOLDER / "schedule.toml").read_text(), flags=re.MULTILINE)
    (folder / "schedule.toml").write_text(hurried(schedule) if is_hurried else schedule)


def hurried(schedule: str) -> str:
    """The real schedule with short looks and no settling."""
    looking, patience = schedule.split("[patience]")
    looking = re.sub(r'^((?:day|night|due|longest|watched) = )"\w+"', r'\1"1s"', looking, flags=re.MULTILINE)
    looking = re.sub(r"^((?:error|unknown)_steps = ).*", r'\1["1s"]', looking, flags=re.MULTILINE)
    before, settle = patience.split("[telling.settle]")
    settle, lifetime = settle.split("[telling.lifetime]")
    settle = QUIETLY.sub(r'\1"0s"', settle)
    return f"{looking}[patience]{before}[telling.settle]{settle}[telling.lifetime]{lifetime}"


def tracking_number() -> str:
    """A number nobody had yet, with the check digit UPS wants."""
    serial = f"5R8939{next(_numbers):09}"
    return f"1Z{serial}{check_digit(serial)}"


def _order(*, placed_at: datetime, confirmed_at: datetime | None = None, parcel: str = "") -> NewOrder:
    n = next(_numbers)
    said = {"placed_at", "recipients", "shipments"} | ({"confirmed_at"} if confirmed_at else set())
    contact = Contact(channel=Channel.EMAIL, address=f"reader{n}@example.com")
    return NewOrder(
        number=f"F-{n:06}",
        stated=frozenset(said),
        placed_at=placed_at,
        confirmed_at=confirmed_at,
        recipients=(NewRecipient(name="A Reader", contacts=(contact,)),),
        shipments=(NewShipment(tracking_number=parcel, carrier="ups"),) if parcel else (),
    )
