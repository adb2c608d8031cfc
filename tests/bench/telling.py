"""How long after an event is written its mail and its text are accepted, what a message costs, and the memory held."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from notifiers.message import Channel
from tests.bench import figures
from tests.bench.children import child
from tests.bench.figures import CannotMeasure, Tell
from tests.bench.shop import ENGINES, Site, environment, opened, rest_until, take_in, texting
from tests.faults.crew import Crew, Process, descendants
from tests.servers import until
from tracker.intake import carry_out
from tracker.store import heartbeats
from tracker.store.outbox_tables import notifications
from tracker.store.tables import shipments
from tracker.wiring import App

ORDERS = 150
PACE = 0.1  # seconds between two orders: a busy shop, not a queue
START = timedelta(seconds=90)
LAST = timedelta(seconds=60)  # for the last mail; lost rings are rung again after ten
MILLISECOND = timedelta(milliseconds=1)
WORDS = {Channel.EMAIL: "mail", Channel.SMS: "text"}
SILENT = '{"steps": [], "count": null}'  # no reports: what is measured ends when a text is accepted
KINDS = {"web": "web", "worker": "worker", "clock": "clock", "valkey": "valkey", "up": "supervisor"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One notification's way."""

    planned_machine_at: datetime  # a moment before the event is committed
    accepted_machine_at: datetime  # a moment after the mailbox has said yes

    @property
    def took_ms(self) -> float:
        return (self.accepted_machine_at - self.planned_machine_at) / MILLISECOND


def measure(place: Site, tell: Tell) -> None:
    """Raises CannotMeasure when messages do not arrive."""
    for engine in ENGINES:
        with ExitStack() as stack:
            peer = stack.enter_context(child("peer", "moving"))
            smtp_port, phone_port = stack.enter_context(_sandbox(place.path("ledger")))
            told = environment(
                place, place.database(engine), ups_port=int(peer.line()), smtp_port=smtp_port, hurry=True
            )
            told = texting(told, phone_port)
            crew = stack.enter_context(Crew(place.home))
            everything = crew.start("up", environment=told)
            rings = {"REDIS_URL": f"unix://{told['WISMO_DATA']}/valkey.sock"}
            app = stack.enter_context(opened(told | rings))
            bare = {Channel.EMAIL: smtp_port, Channel.SMS: phone_port}
            _measure(engine, app, everything, bare, tell)


def _measure(engine: str, app: App, everything: Process, ports: Mapping[Channel, int], tell: Tell) -> None:
    until(lambda: _is_up(app), START, what=f"all processes; they said {everything.said()}")
    for channel, word in WORDS.items():
        bare_ms = _bare_cpu_ms(word, ports[channel])
        before = _cpu_seconds(everything)
        took = [each.took_ms for each in _tell_of_orders(app, channel)]
        spent = _cpu_seconds(everything) - before
        tell(figures.plain(f"event_to_{word}/{engine}/p50_ms", figures.percentile(took, 0.50)))
        tell(figures.plain(f"event_to_{word}/{engine}/p99_ms", figures.percentile(took, 0.99)))
        tell(figures.plain(f"event_to_{word}/{engine}/cpu_ms", 1000 * spent / ORDERS))
        tell(figures.plain(f"event_to_{word}/{engine}/bare_cpu_ms", bare_ms))
        tell(figures.plain(f"event_to_{word}/{engine}/cpu_to_bare", 1000 * spent / ORDERS / bare_ms))
    _memory(engine, everything, tell)


def _bare_cpu_ms(word: str, port: int) -> float:
    """Of one hand-over to the same server by a loop that does nothing else."""
    with child("handing", word, str(port)) as bare:
        bare.round(ORDERS)  # the first fills what is kept open
        done = bare.round(ORDERS)
    if done.done < ORDERS:
        raise CannotMeasure(f"the server took {done.done} of {ORDERS} from the loop that only hands over")
    return done.cpu_ms


def _is_up(app: App) -> bool:
    """Both workers and the clock have said that they live."""
    with app.store.read() as snapshot:
        names = {each.name for each in heartbeats.every(snapshot.connection)}
    return {"worker.looks", "worker.dispatch", "ring_looks"} <= names


def _tell_of_orders(app: App, channel: Channel) -> list[Told]:
    began = time.monotonic()
    for n in range(ORDERS):
        rest_until(began + n * PACE)
        (registered,) = take_in(app, 1, channel=channel)
        carry_out.ring(app, registered)
    until(lambda: not _open(app), LAST, what="every message to be accepted")
    accepted = _accepted(app, channel)
    if len(accepted) < ORDERS:
        raise CannotMeasure(f"{len(accepted)} messages by {channel} were accepted, of {ORDERS} orders")
    return accepted


def _open(app: App) -> int:
    """Shipments not looked at and notifications not handed over."""
    unsent = (notifications.c.final_machine_at.is_(None), notifications.c.accepted_machine_at.is_(None))
    waiting = select(func.count()).select_from(notifications).where(*unsent)
    unseen = select(func.count()).select_from(shipments).where(shipments.c.looks == 0)
    with app.store.read() as snapshot:
        return sum(int(snapshot.connection.execute(each).scalar_one()) for each in (waiting, unseen))


def _accepted(app: App, channel: Channel) -> list[Told]:
    n = notifications.c
    ours = (n.channel == channel, n.accepted_machine_at.is_not(None))
    wanted = select(n.planned_machine_at, n.accepted_machine_at).where(*ours)
    with app.store.read() as snapshot:
        rows = snapshot.connection.execute(wanted).all()
    return [Told(planned_machine_at=row[0], accepted_machine_at=row[1]) for row in rows]


@contextmanager
def _sandbox(ledger: Path) -> Iterator[tuple[int, int]]:
    """A mail server and a provider of texts in a process of their own; their ports."""
    command = [sys.executable, "-m", "notifiers.sandbox", "--ledger", str(ledger), "--story", SILENT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as popen:
        try:
            assert popen.stdout is not None
            ports = json.loads(popen.stdout.readline())
            yield int(ports["smtp_port"]), int(ports["phone_port"])
        finally:
            popen.terminate()


def _cpu_seconds(everything: Process) -> float:
    """User and system time of the workers that hand messages over."""
    tick = os.sysconf("SC_CLK_TCK")
    spent = 0
    for pid in descendants(everything.pid):
        if _kind(pid) == "worker.dispatch":
            spent += sum(int(each) for each in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13])
    return spent / tick


def _memory(engine: str, everything: Process, tell: Tell) -> None:
    """PSS shares what several processes have in common among them; their sum is what the machine must have."""
    total, seen = 0.0, Counter[str]()
    for pid in (everything.pid, *descendants(everything.pid)):
        held, kind = _held(pid), _kind(pid)
        total += held["Pss"]
        seen[kind] += 1
        name = kind if seen[kind] == 1 else f"{kind}.{seen[kind]}"  # what the server started for itself
        tell(figures.plain(f"memory/{engine}/{name}/rss_mb", held["Rss"]))
        tell(figures.plain(f"memory/{engine}/{name}/pss_mb", held["Pss"]))
    tell(figures.plain(f"memory/{engine}/all/pss_mb", total))


def _held(pid: int) -> Mapping[str, float]:
    """Megabytes by kind, as the kernel counts them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except OSError as error:
        raise CannotMeasure(f"the kernel does not say what process {pid} holds: {error}") from error
    return {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines}


def _kind(pid: int) -> str:
    """What the process was started as: web, worker.looks, …"""
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    kind = next((name for word in words for known, name in KINDS.items() if Path(word).name.startswith(known)), "part")
    queue = words[words.index("--queue") + 1] if "--queue" in words else ""
    return ".".join(part for part in (kind, queue) if part)
