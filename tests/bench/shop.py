"""What the measured processes work with: databases on a real disk that keep what they were told, settings, orders."""

import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import update

from carriers.events import Place
from carriers.sandbox.ups.front import check_digit
from config.settings import FOLDER, load
from notifiers.message import Channel
from notifiers.sandbox.exchange import ACCOUNT_SID, AUTH_TOKEN
from notifiers.sandbox.refusals import WORKING_SENDER
from tests.faults.crew import clean_environment
from tests.servers import Postgres, held_port, running_postgres, until
from tracker.domain.intake import NewOrder, NewRecipient, NewShipment
from tracker.domain.people import Consent, Contact
from tracker.intake import carry_out
from tracker.pipeline.register import Registered, register
from tracker.store.schema import migrate
from tracker.store.tables import shipments
from tracker.store.unit import SqlStore
from tracker.wiring import App, build

ENGINES = ("sqlite", "postgresql")
BRAND = "alpenglow"
AT_ONCE = 50  # orders taken in by one transaction, as an import does
DENVER = Place(city="Denver", region="CO", postcode="80202", country="US")

# The shape of the real limits, so that counting them costs what it costs; so high that they never bind.
ENDLESS = """[ups]
base_url = "https://onlinetools.ups.com"
credentials = ["client_id", "client_secret"]

[[ups.quota]]
limit = 1000000000
per = "1s"

[[ups.quota]]
limit = 1000000000
per = "1h"

[[ups.quota]]
limit = 1000000000
per = "1d"
kind = "calendar"

[fedex]
base_url = "https://apis.fedex.com"
credentials = ["client_id", "client_secret"]

[[fedex.quota]]
limit = 1000000000
per = "10s"

[[fedex.quota]]
limit = 1000000000
per = "1d"
kind = "calendar"
"""

# tests/servers.py starts PostgreSQL for tests, which need not outlive a power cut. Here it must, or figures flatter.
DURABLE = """
fsync = on
synchronous_commit = on
full_page_writes = on
max_connections = 100
shared_buffers = 256MB
max_wal_size = 1GB
"""

_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where a run keeps everything."""

    home: Path
    postgres: Postgres
    held: ExitStack = field(default_factory=ExitStack)  # until the end of the run

    def database(self, engine: str) -> str:
        """The URL of an empty database with all tables."""
        url = self.postgres.url(self.postgres.create()) if engine == "postgresql" else f"sqlite:///{self.path(engine)}"
        migrate(url)
        return url

    def path(self, name: str) -> Path:
        """A path nobody has used."""
        return self.home / f"{next(_numbers)}-{name}"

    def port(self) -> int:
        """A port of this run alone."""
        return self.held.enter_context(held_port())


@contextmanager
def site() -> Iterator[Site]:
    """A folder on disk, not in memory: a commit costs what it costs. Gone afterwards."""
    home = _folder("wismo-bench-")
    try:
        with running_postgres(settings=DURABLE, home=_folder("wismo-pg-")) as postgres:
            place = Site(home=home, postgres=postgres)
            with place.held:
                yield place
    finally:
        shutil.rmtree(home, ignore_errors=True)


def environment(
    place: Site, database_url: str, *, ups_port: int, smtp_port: int = 25, hurry: bool = False
) -> dict[str, str]:
    """What every process of one shop is told. `hurry`: wait for no better message."""
    config = place.path("config")
    config.mkdir()
    shutil.copy(FOLDER / "brands.toml", config)
    (config / "carriers.toml").write_text(ENDLESS)
    schedule = (FOLDER / "schedule.toml").read_text()
    (config / "schedule.toml").write_text(_told_at_once(schedule) if hurry else schedule)
    port = place.port()
    return {
        **clean_environment(),
        "DATABASE_URL": database_url,
        "WISMO_DATA": str(place.path("data")),
        "WISMO_CONFIG_DIR": str(config),
        "WISMO_SEND": "on",
        "SECRET_KEY": "a secret of the benchmarks, long enough",
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        "MAIL_FROM": "Bench <bench@shop.example>",
        "UPS_BASE_URL": f"http://127.0.0.1:{ups_port}",
        "UPS_CLIENT_ID": "bench",
        "UPS_CLIENT_SECRET": "bench",
    }


@contextmanager
def opened(told: dict[str, str]) -> Iterator[App]:
    """An App of the bench's own, to take orders in and to read rows; what is measured runs elsewhere."""
    app = build(load(told))
    try:
        yield app
    finally:
        app.close()


def asking_fedex(told: dict[str, str], port: int) -> dict[str, str]:
    """The same shop with a second carrier, which takes thirty numbers a call."""
    client = {"FEDEX_CLIENT_ID": "bench", "FEDEX_CLIENT_SECRET": "bench"}
    return told | client | {"FEDEX_BASE_URL": f"http://127.0.0.1:{port}"}


def texting(told: dict[str, str], port: int) -> dict[str, str]:
    """The same shop with an account for texts."""
    account = {"TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": AUTH_TOKEN, "TWILIO_FROM": WORKING_SENDER}
    return told | account | {"TWILIO_BASE_URL": f"http://127.0.0.1:{port}"}


def take_in(app: App, orders: int, *, carrier: str = "ups", channel: Channel = Channel.EMAIL) -> list[Registered]:
    """So many orders of one person and one parcel each."""
    done: list[Registered] = []
    for i in range(0, orders, AT_ONCE):
        terms = carry_out.terms(app, source="api")
        with app.store.write() as unit:
            news = [_an_order(carrier, channel) for _ in range(min(AT_ONCE, orders - i))]
            done += [register(unit, new, brand=BRAND, terms=terms) for new in news]
    return done


def make_due(store: SqlStore) -> None:
    """Let every shipment be asked about again, as if its interval had passed."""
    with store.begin() as connection:
        connection.execute(update(shipments).values(next_look_at=datetime.now(UTC) - timedelta(seconds=1)))


def rest_until(instant: float) -> None:
    """Until this reading of the monotonic clock."""
    until(lambda: time.monotonic() >= instant, timedelta(minutes=1), what="a pause to end")


def _folder(prefix: str) -> Path:
    return Path(tempfile.mkdtemp(prefix=prefix))


def _told_at_once(schedule: str) -> str:
    """The real schedule without waiting for a better message, and with a fuse that does not blow."""
    before, settle, after = re.split(r"^(\[telling\.settle\]\n(?:[a-z_]+ = .*\n)+)", schedule, flags=re.MULTILINE)
    settle = re.sub(r'"\w+"', '"0s"', settle)
    return before + settle + re.sub(r"^floor = \d+", "floor = 1000000", after, flags=re.MULTILINE)


def _an_order(carrier: str, channel: Channel) -> NewOrder:
    n = next(_numbers)
    serial = f"5R8939{n:09}"
    number = f"1Z{serial}{check_digit(serial)}" if carrier == "ups" else f"7949{n:08}"
    return NewOrder(
        number=f"B-{n:07}",
        stated=frozenset({"placed_at", "recipients", "shipments", "destination"}),
        placed_at=datetime.now(UTC) - timedelta(days=4),
        destination=DENVER,
        recipients=(_recipient(n, channel),),
        shipments=(NewShipment(tracking_number=number, carrier=carrier),),
    )


def _recipient(n: int, channel: Channel) -> NewRecipient:
    """Somebody for whom it is day, so that no text waits for the morning."""
    if channel is Channel.EMAIL:
        return NewRecipient(name="A Reader", contacts=(Contact(channel=channel, address=f"reader{n}@example.com"),))
    agreed = Consent(channel=channel, granted=True, source="checkout", at=datetime.now(UTC) - timedelta(days=4))
    phone = Contact(channel=channel, address=f"+1720555{n % 10_000:04}")
    return NewRecipient(name="A Reader", time_zone=_where_it_is_noon(), contacts=(phone,), consents=(agreed,))


def _where_it_is_noon() -> str:
    """The sign of these zones is the other way round: Etc/GMT+7 is Denver's winter."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"
