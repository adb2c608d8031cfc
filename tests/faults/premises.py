"""What the processes of a fault test are told: their environment and their files of settings."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from carriers.sandbox.clock import WarpClock
from carriers.sandbox.server import CLIENTS, Sandbox
from config.settings import FOLDER
from config.warp import Warp
from notifiers.sandbox.exchange import ACCOUNT_SID, AUTH_TOKEN
from notifiers.sandbox.mailbox import Mailbox
from notifiers.sandbox.phone import Phone
from notifiers.sandbox.refusals import WORKING_SENDER
from tests.faults.crew import clean_environment

SECRET = "a secret of the fault tests, long enough"
MORNING = datetime(2026, 3, 3, 14, tzinfo=UTC)  # eight o'clock in Memphis, where all parcels are
QUIETLY = re.compile(r'^(\w+ = )"\d+[smhd]"', re.MULTILINE)

# Every limit of the two files that a test of the machinery must not run into.
PLENTY = """[ups]
base_url = "https://onlinetools.ups.com"
credentials = ["client_id", "client_secret"]
"""

# Confirmations go by text too: no parcel has to move before there is something to say.
TEXTED = 'text_notices = ["confirmed", "shipped", "out_for_delivery", "delivered"]'


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """One line of carriers.toml."""

    limit: int
    per: str


def told(home: Path, *, port: int, ups: Sandbox, mailbox: Mailbox, phone: Phone, divisor: int) -> dict[str, str]:
    """The environment of every process; the database is still to come."""
    client, secret = next(iter(CLIENTS.items()))
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
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_FROM": WORKING_SENDER,
        "TWILIO_BASE_URL": phone.url,
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
    brands = (FOLDER / "brands.toml").read_text()
    (folder / "brands.toml").write_text(brands.replace("[alpenglow]\n", f"[alpenglow]\n{TEXTED}\n"))
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
