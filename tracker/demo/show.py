"""The demo to watch: real processes at a constant warp, with addresses to open, until Ctrl-C."""

import json
import os
import re
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from carriers.sandbox import stories
from config.settings import FOLDER, Settings, load
from config.warp import Warp
from tracker.demo.stage import environment
from tracker.demo.tale import STARTS_AT, TRAVELS
from tracker.demo.tales import TALES
from tracker.jobs.machine import machine
from tracker.jobs.supervisor import Program, Supervisor
from tracker.store import admins, passwords
from tracker.store.schema import migrate
from tracker.web import hooks
from tracker.wiring import build

DIVISOR = 5  # machine durations: nothing here is further than loopback
FUSE = re.compile(r"^floor = \d+", re.MULTILINE)
QUOTA = re.compile(r"\[\[\w+\.quota\]\]\n(?:\w+ = .*\n)*")
SHOPS = ("alpenglow", "volta")
ADMIN, PASSWORD = "demo", "where-is-my-order"  # everything it opens is invented
LAST = 9  # stage of the shops: the first to stop
SECOND = timedelta(seconds=1)


def run(*, speed: int, say: Callable[[str], None]) -> int:
    """Start everything, say where to look, stay until asked to stop. The exit code of a shell.

    `speed`: minutes of shop time a second.
    """
    with tempfile.TemporaryDirectory(prefix="wismo-demo-") as name:
        folder = Path(name)
        ports = _free_ports(5)
        warp = Warp(shop_from=STARTS_AT, machine_from=datetime.now(UTC) + 4 * SECOND, factor=speed * 60)
        told = _environment(folder, ports, warp)
        settings = load(told)
        migrate(settings.database_url)
        planned = machine(settings, {**os.environ, **told})
        programs = (*_sandboxes(folder, ports, warp), *planned.programs, _shops(folder, settings, ports, warp))
        log = folder / "wismo.log"
        with log.open("wb") as logs_to:
            supervisor = Supervisor(
                programs=programs,
                environment=planned.environment,
                back_off=planned.back_off,
                say=say,
                logs_to=logs_to,
            )
            return supervisor.run(then=lambda: _welcome(say, settings, ports, log=log, speed=speed))


def _welcome(say: Callable[[str], None], settings: Settings, ports: list[int], *, log: Path, speed: int) -> None:
    say("")
    say(f"Wismo is up. {len(TALES)} orders of two shops travel {TRAVELS.days} days, {speed} minutes of them a second.")
    say(f"  the mails            http://127.0.0.1:{ports[3]}/")
    say(f"  the texts            http://127.0.0.1:{ports[4]}/")
    say(f"  the stuck queue      {settings.public_url}/ops/stuck  (name {ADMIN}, password {PASSWORD})")
    say(f"  find an order        {settings.public_url}/track")
    say(f"  the API              {settings.public_url}/api/openapi.json")
    say(f"  is it well?          {settings.public_url}/readyz")
    say(f"  the processes' log   {log}")
    say("  the tracking pages   are printed with each order. Ctrl-C ends the demo.")
    say("")


def _environment(folder: Path, ports: list[int], warp: Warp) -> dict[str, str]:
    web, carrier, smtp, _, phone = ports
    return {
        **environment(
            carrier_url=f"http://127.0.0.1:{carrier}",
            smtp_url=f"smtp://127.0.0.1:{smtp}",
            phone_url=f"http://127.0.0.1:{phone}",
            data=folder / "data",
            public_url=f"http://127.0.0.1:{web}",
        ),
        "PORT": str(web),
        "WISMO_CONFIG_DIR": str(without_limits(folder)),
        "WISMO_WARP": str(warp),
        "WISMO_TIMING_DIVISOR": str(DIVISOR),
        "WISMO_LOG": "console",
    }


def without_limits(folder: Path) -> Path:
    """The settings' files without limits on asking and sending: they are of the wall's hours, and here days fly."""
    copied = folder / "config"
    shutil.copytree(FOLDER, copied, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    carriers = copied / "carriers.toml"
    carriers.write_text(QUOTA.sub("", carriers.read_text("utf-8")), "utf-8")
    schedule = copied / "schedule.toml"
    schedule.write_text(FUSE.sub("floor = 100000", schedule.read_text("utf-8")), "utf-8")
    return copied


def _sandboxes(folder: Path, ports: list[int], warp: Warp) -> tuple[Program, ...]:
    web, carrier, smtp, mailbox, phone = ports
    told = folder / "stories.json"
    told.write_text(json.dumps([stories.as_json(parcel) for tale in TALES for parcel in tale.parcels]))
    ups = (
        *(sys.executable, "-m", "carriers.sandbox", "--port", str(carrier), "--clock", "warp"),
        *("--start", STARTS_AT.isoformat(), "--factor", str(warp.factor)),
        *("--wall-start", str(warp.machine_from.timestamp()), "--stories", str(told)),
    )
    messages = (
        *(sys.executable, "-m", "notifiers.sandbox", "--smtp-port", str(smtp), "--http-port", str(mailbox)),
        *("--phone-port", str(phone), "--inbound-url", f"http://127.0.0.1:{web}{hooks.INBOUND}"),
        *("--ledger", str(folder / "mailbox.ledger")),
    )
    return (
        Program(name="ups", stage=-1, command=ups, patience=SECOND, ready=lambda: _answers(carrier), is_quiet=True),
        Program(
            name="mailbox", stage=-1, command=messages, patience=SECOND, ready=lambda: _answers(mailbox), is_quiet=True
        ),
    )


def _shops(folder: Path, settings: Settings, ports: list[int], warp: Warp) -> Program:
    """Their keys are in a file of ours, since a process list shows arguments."""
    web, carrier, _, mailbox, phone = ports
    app = build(settings)
    try:
        keys = {brand: app.ops.make_key("demo", brand=brand) for brand in SHOPS}
        with app.store.begin() as connection:
            hashed = passwords.hashed(PASSWORD)
            admins.put(connection, ADMIN, password_hash=hashed, machine_now=app.machine_now())
    finally:
        app.close()
    given = {
        "wismo": f"http://127.0.0.1:{web}",
        "carrier": f"http://127.0.0.1:{carrier}",
        "mailbox": f"http://127.0.0.1:{mailbox}",
        "phone": f"http://127.0.0.1:{phone}",
        "keys": keys,
        "warp": str(warp),
    }
    line = folder / "shops.json"
    line.write_text(json.dumps(given) + "\n")
    line.chmod(0o600)
    command = (sys.executable, "-m", "tracker.demo.shop", str(line))
    return Program(name="shops", stage=LAST, command=command, patience=SECOND)


def _free_ports(count: int) -> list[int]:
    """Free a moment ago; nobody else is likely to take them before we do."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            with suppress(OSError):
                probe.close()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
