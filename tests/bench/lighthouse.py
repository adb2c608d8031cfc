"""How Lighthouse judges the tracking page of each brand, on its slow phone: python -m tests.bench lighthouse.

It runs from npm, in a folder of its own that is gone afterwards, with Debian's Chromium; not part of CI.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from carriers.sandbox import words
from carriers.sandbox.clock import WarpClock
from carriers.sandbox.server import CLIENTS, Sandbox
from carriers.sandbox.stories import Promise, Spot, Story
from carriers.sandbox.ups.front import check_digit
from notifiers.message import Channel
from tests.bench import figures
from tests.bench.figures import CannotMeasure, Tell
from tests.bench.shop import DENVER, Site, environment, opened
from tests.faults.crew import Crew
from tests.servers import answers, until
from tracker.domain.intake import NewOrder, NewRecipient, NewShipment
from tracker.domain.people import Contact
from tracker.domain.shipments import Item
from tracker.intake import carry_out
from tracker.pipeline.register import register
from tracker.store import lookups
from tracker.wiring import App

LIGHTHOUSE = "lighthouse@12.8.2"  # the newest that runs on Debian's Node.js
CHROMIUM = Path("/usr/bin/chromium")
QUIET = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
RUNS = 5
TRIES = 3
START, RUN = timedelta(seconds=60), timedelta(minutes=3)
BRANDS = ("alpenglow", "volta")
BOULDER = Spot(city="Boulder", region="CO", country="US", utc_offset=timedelta(hours=-7))
LOUISVILLE = Spot(city="Louisville", region="KY", country="US", utc_offset=timedelta(hours=-5))
HOME = Spot(city="Denver", region="CO", country="US", utc_offset=timedelta(hours=-7))
AT_FIRST = (("label", BOULDER, 80), ("picked up", BOULDER, 72), ("departed", BOULDER, 66), ("arrived", LOUISVILLE, 54))
# What has been seen, how many hours ago, and in how many days it was promised.
LIVES: Mapping[str, tuple[tuple[tuple[str, Spot, int], ...], int]] = {
    "in_transit": ((*AT_FIRST, ("departed", LOUISVILLE, 20)), 2),
    "delivered": ((*AT_FIRST, ("out for delivery", HOME, 9), ("delivered", HOME, 4)), 0),
    "delayed": ((*AT_FIRST, ("departed", LOUISVILLE, 50)), -2),
}
SCORES = {"performance": 98.0, "accessibility": 100.0, "best-practices": 100.0}
AUDITS = {"largest-contentful-paint": 1200.0, "total-blocking-time": 50.0, "cumulative-layout-shift": 0.0}
ITEMS = (Item(name="Trail jacket", quantity=1), Item(name="Wool socks", quantity=3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One run over one page."""

    scores: Mapping[str, float]  # of 100
    audits: Mapping[str, float]  # milliseconds; the shift has no unit
    lost: tuple[str, ...]  # what cost points


def measure(place: Site, tell: Tell) -> None:
    """Three states of each brand, from a web process as it runs; the median of five."""
    with _installed(place) as program, Sandbox(clock=WarpClock(start=datetime.now(UTC), factor=1)) as sandbox:
        client, secret = next(iter(CLIENTS.items()))
        told = environment(place, place.database("sqlite"), ups_port=sandbox.port)
        told |= {"UPS_CLIENT_ID": client, "UPS_CLIENT_SECRET": secret}
        with opened(told) as app, Crew(place.home) as crew:
            pages = {f"{brand}/{state}": _page(app, sandbox, brand, state) for brand in BRANDS for state in LIVES}
            crew.start("web", environment=told)
            until(lambda: answers(app.settings.port), START, what="the web process to listen")
            for name, url in pages.items():
                _report(name, [_judge(program, url, place) for _ in range(RUNS)], tell)


def _report(name: str, runs: list[Judged], tell: Tell) -> None:
    for score, goal in SCORES.items():
        tell(figures.at_least(f"lighthouse/{name}/{score}", median(run.scores[score] for run in runs), goal))
    for audit, goal in AUDITS.items():
        tell(figures.at_most(f"lighthouse/{name}/{audit}", median(run.audits[audit] for run in runs), goal))
    for lost in sorted({each for run in runs for each in run.lost}):
        figures.remark(f"# lighthouse/{name}: {lost}")


@contextmanager
def _installed(place: Site) -> Iterator[Path]:
    """Lighthouse's program. Raises CannotMeasure where npm or Chromium is missing."""
    npm = shutil.which("npm")
    if npm is None:
        raise CannotMeasure("npm is not there; install Debian's packages nodejs and npm")
    if not CHROMIUM.exists():
        raise CannotMeasure(f"{CHROMIUM} is not there; install Debian's package chromium")
    folder = place.path("lighthouse")
    folder.mkdir()
    asked = [npm, "install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error", LIGHTHOUSE]
    done = subprocess.run(asked, check=False, cwd=folder, capture_output=True, text=True)
    program = folder / "node_modules" / ".bin" / "lighthouse"
    if done.returncode or not program.exists():
        raise CannotMeasure(f"npm could not install {LIGHTHOUSE}: {done.stderr[-500:]}")
    yield program


def _judge(program: Path, url: str, place: Site) -> Judged:
    """One good run; on a busy machine Chromium sometimes loses the trace of a page."""
    problem = ""
    for _ in range(TRIES):
        report = place.path("report.json")
        done = _run(program, url, report)
        if not done.returncode:
            return _read(json.loads(report.read_text("utf-8")))
        problem = done.stderr.strip()[-500:]
    raise CannotMeasure(f"Lighthouse ended badly {TRIES} times: {problem}")


def _run(program: Path, url: str, report: Path) -> "subprocess.CompletedProcess[str]":
    """As on its phone: 150 ms, 1.6 Mbit/s, a processor slowed down four times."""
    wanted = f"--only-categories={','.join(SCORES)}"
    asked = [
        str(program),
        url,
        "--quiet",
        "--output=json",
        f"--output-path={report}",
        wanted,
        f"--chrome-flags={QUIET}",
    ]
    told = os.environ | {"CHROME_PATH": str(CHROMIUM)}
    return subprocess.run(asked, check=False, env=told, capture_output=True, text=True, timeout=RUN.total_seconds())


def _read(said: dict[str, Any]) -> Judged:
    if problem := said.get("runtimeError"):
        raise CannotMeasure(f"Lighthouse saw no page: {problem.get('message')}")
    counted = {ref["id"] for each in said["categories"].values() for ref in each["auditRefs"] if ref["weight"]}
    lost = [said["audits"][name] for name in counted if (said["audits"][name]["score"] or 0) < 1]
    return Judged(
        scores={name: 100 * said["categories"][name]["score"] for name in SCORES},
        audits={name: said["audits"][name]["numericValue"] for name in AUDITS},
        lost=tuple(
            f"{each['id']}: {each['score']} {each.get('displayValue', '')}"
            for each in lost
            if each["score"] is not None
        ),
    )


def _page(app: App, sandbox: Sandbox, brand: str, state: str) -> str:
    """The address of a page in that state."""
    scans, days = LIVES[state]
    now = datetime.now(UTC)
    number = _number(BRANDS.index(brand) * len(LIVES) + list(LIVES).index(state))
    sandbox.tell(
        Story(
            number=number,
            scans=tuple(words.scan(kind, at=now - timedelta(hours=hours), spot=spot) for kind, spot, hours in scans),
            promises=(Promise(day=(now + timedelta(days=days)).date(), shown_at=now - timedelta(hours=60)),),
            origin=BOULDER,
            destination=HOME,
        )
    )
    reader = NewRecipient(name="A Reader", contacts=(Contact(channel=Channel.EMAIL, address="reader@example.com"),))
    new = NewOrder(
        number=f"{state}-1",
        stated=frozenset({"placed_at", "recipients", "shipments", "destination", "items"}),
        placed_at=now - timedelta(days=4),
        destination=DENVER,
        items=ITEMS,
        recipients=(reader,),
        shipments=(NewShipment(tracking_number=number, carrier="ups"),),
    )
    terms = carry_out.terms(app, source="api")
    with app.store.write() as unit:
        order = register(unit, new, brand=brand, terms=terms).order
    app.poll("ups")
    app.review()
    with app.store.read() as snapshot:
        known = lookups.order_by_id(snapshot, order.id)
    if known is None or known.state.state != state:
        raise CannotMeasure(f"the order that should be {state} is {known and known.state}")
    return f"{app.settings.public_url}{app.store.vault.page_path(order.id)}"


def _number(n: int) -> str:
    serial = f"5R8939{n:09}"
    return f"1Z{serial}{check_digit(serial)}"
