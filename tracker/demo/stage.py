"""Where the stories play: the two sandboxes, and settings that know nobody else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

from carriers.sandbox.clock import SetClock
from carriers.sandbox.server import CLIENTS, KEYS, Sandbox
from config.settings import Settings, load
from notifiers.sandbox.exchange import ACCOUNT_SID, AUTH_TOKEN
from notifiers.sandbox.mailbox import Mailbox
from notifiers.sandbox.mischief import Story as Reports
from notifiers.sandbox.phone import Phone
from notifiers.sandbox.refusals import WORKING_SENDER
from tracker.demo.tale import STARTS_AT
from tracker.store.schema import migrate
from tracker.wiring import App, build

SECRET = "the demo keeps no secrets: 0123456789abcdef"  # noqa: S105 - everything it seals is invented


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The sandboxes, in threads of this process, with a carrier's clock that stands until it is set."""

    folder: Path
    carrier: Sandbox
    mailbox: Mailbox
    phone: Phone


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """They listen on loopback until the block ends. The phone reports nothing: nobody would hear it here."""
    with (
        Sandbox(clock=SetClock(STARTS_AT)) as carrier,
        Mailbox(folder / "mailbox.ledger") as mailbox,
        Phone(folder / "phone.ledger", story=Reports(steps=(), count=None)) as phone,
    ):
        yield Stage(folder=folder, carrier=carrier, mailbox=mailbox, phone=phone)


def environment(*, carrier_url: str, smtp_url: str, phone_url: str, data: Path, public_url: str) -> dict[str, str]:
    """What a Wismo is told whose only peers are the sandboxes."""
    client, secret = next(iter(CLIENTS.items()))
    carriers = {f"{name}_BASE_URL": carrier_url for name in ("UPS", "FEDEX", "USPS", "DHL")}
    for name in ("UPS", "FEDEX", "USPS"):
        carriers |= {f"{name}_CLIENT_ID": client, f"{name}_CLIENT_SECRET": secret}
    return carriers | {
        "WISMO_DATA": str(data),
        "SECRET_KEY": SECRET,
        "PUBLIC_URL": public_url,
        "WISMO_SEND": "on",
        "SMTP_URL": smtp_url,
        "DHL_API_KEY": KEYS[0],
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_FROM": WORKING_SENDER,
        "TWILIO_BASE_URL": phone_url,
    }


@contextmanager
def wismo(at: Stage, name: str, *, now: Callable[[], datetime], seed: int) -> Iterator[App]:
    """A Wismo of one story: an empty SQLite database, and one clock for shop and machine."""
    settings = _settings(at, name)
    migrate(settings.database_url)
    chance = Random(f"{seed} {name}")  # noqa: S311 - sameness is wanted, not secrecy
    app = build(settings, machine_now=now, now=now, make_id=lambda: f"{chance.getrandbits(128):032x}")
    try:
        yield app
    finally:
        app.close()


def _settings(at: Stage, name: str) -> Settings:
    return load(told(at, name))


def told(at: Stage, name: str) -> dict[str, str]:
    """The environment of a Wismo on this stage."""
    return environment(
        carrier_url=at.carrier.url,
        smtp_url=at.mailbox.smtp_url,
        phone_url=at.phone.url,
        data=at.folder / name,
        public_url="http://127.0.0.1:8080",
    )
