"""A minute of random trouble, then peace: is every promise kept? python -m tests.faults.soak [--seed N]."""

import argparse
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from notifiers.sandbox import mischief
from notifiers.sandbox.faults import Fault
from tests.faults.bases import BASES, Base, Mend
from tests.faults.crew import Process
from tests.faults.ledger import Tally
from tests.faults.shop import BOTH, MAIL, TEXT, Shop, shop
from tests.faults.troubles import CARRIER_TROUBLES, MAIL_TROUBLES, TEXT_STORIES, TEXT_TROUBLES
from tests.servers import Valkey, running_valkey, until
from tracker.pipeline.faults import FaultPoint
from tracker.pipeline.ports import StoreAway

DRAIN = timedelta(seconds=180)
PACE = (0.05, 0.3)  # seconds between two deeds
LASTS = (0.5, 4.0)  # seconds of a trouble that has an end
STORY = (("origin", 1), ("departed", 4), ("out for delivery", 8), ("delivered", 14))
TAKING_IN = frozenset({FaultPoint.RECEIPT_AFTER_KEPT, FaultPoint.RECEIPT_BEFORE_APPLIED})
WAYS = (MAIL, TEXT, BOTH)

Deed = Callable[["Soak"], None]


@dataclass(slots=True, kw_only=True)
class Soak:
    """One soak under way."""

    it: Shop
    base: Base
    valkey: Valkey
    chance: Random
    workers: list[Process] = field(default_factory=list)
    clocks: list[Process] = field(default_factory=list)
    webs: list[Process] = field(default_factory=list)  # on one port: the kernel chooses who hears of a text
    mends: list[tuple[float, Mend]] = field(default_factory=list)  # when, what
    diary: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    parcels: int = 0
    queue_is_well: bool = True
    base_is_well: bool = True

    def note(self, what: str) -> None:
        self.diary.append(f"{time.monotonic() - self.began:6.1f} s  {what}")

    def mend_later(self, mend: Mend) -> None:
        self.mends.append((time.monotonic() + self.chance.uniform(*LASTS), mend))

    def mend_due(self, *, all_of_them: bool = False) -> None:
        due = [each for each in self.mends if all_of_them or each[0] <= time.monotonic()]
        self.mends = [each for each in self.mends if each not in due]
        for _, mend in due:
            mend()

    def keep_crew(self) -> None:
        """Two workers, a clock and a web process at least, as a supervisor would."""
        self.workers = [each for each in self.workers if each.is_alive()]
        self.clocks = [each for each in self.clocks if each.is_alive()]
        self.webs = [each for each in self.webs if each.is_alive()]
        while len(self.workers) < 2:
            self.workers.append(self.it.worker())
        while len(self.clocks) < 1:
            self.clocks.append(self.it.clock())
        while len(self.webs) < 1:
            self.webs.append(self.it.run("web"))


def order(soak: Soak) -> None:
    with taking_in(soak):
        soak.it.confirm(soak.chance.randint(1, 12), by=soak.chance.choice(WAYS))


def ship(soak: Soak) -> None:
    with taking_in(soak):
        soak.parcels += len(soak.it.ship(soak.chance.randint(1, 6), by=soak.chance.choice(WAYS), story=STORY))


@contextmanager
def taking_in(soak: Soak) -> Iterator[None]:
    """A shop whose database is away is told to come again; nobody but us can wake who froze while writing."""
    try:
        yield
    except StoreAway as away:
        soak.note(f"orders refused: {away}")
        wake(soak)
        soak.mend_due(all_of_them=True)


def plant(soak: Soak) -> None:
    """A worker that will die or freeze at some point, or a web process that will die."""
    if len(soak.workers) >= 5 or len(soak.webs) >= 3:
        return
    point, hit = soak.chance.choice(list(FaultPoint)), soak.chance.randint(1, 8)
    deed = soak.chance.choice(["kill", "kill", "stop", "raise", "sleep=1.5"])
    who, crew = ("web", soak.webs) if point in TAKING_IN else ("worker", soak.workers)
    fault = f"{point}:{'kill' if who == 'web' else deed}:{hit}"
    soak.note(f"a {who} with {fault}")
    crew.append(soak.it.run(who, fault=fault))


def kill(soak: Soak) -> None:
    victim = soak.chance.choice([*soak.workers, *soak.clocks, *soak.webs])
    soak.note(f"SIGKILL to {victim.name}")
    victim.kill()


def stop(soak: Soak) -> None:
    leaving = soak.chance.choice(soak.workers)
    soak.note("SIGTERM to a worker")
    leaving.signal(signal.SIGTERM)


def freeze(soak: Soak) -> None:
    sleeper = soak.chance.choice([*soak.workers, *soak.clocks])
    soak.note(f"SIGSTOP to {sleeper.name}")
    sleeper.signal(signal.SIGSTOP)
    soak.mend_later(lambda: sleeper.signal(signal.SIGCONT))


def wake(soak: Soak) -> None:
    """Whoever a planted fault has frozen."""
    for sleeper in soak.workers:
        if sleeper.is_stopped():
            sleeper.signal(signal.SIGCONT)


def trouble_mail(soak: Soak) -> None:
    trouble = soak.chance.choice(MAIL_TROUBLES)
    soak.note(f"mailbox: {trouble}")
    soak.it.mailbox.faults.add(Fault(count=soak.chance.randint(1, 3), **trouble))


def trouble_phone(soak: Soak) -> None:
    """Half of the time it is what is reported of the next texts."""
    count = soak.chance.randint(1, 4)
    if soak.chance.random() < 0.5:
        steps = soak.chance.choice(TEXT_STORIES)
        soak.note(f"phone: reports {[step.status for step in steps]}")
        soak.it.phone.stories.add(mischief.Story(steps=steps, count=count))
        return
    trouble = soak.chance.choice(TEXT_TROUBLES)
    soak.note(f"phone: {trouble}")
    soak.it.phone.faults.add(mischief.Fault(kind=trouble, count=count, seconds=3.0))


def close_line(soak: Soak) -> None:
    soak.note("phone: closed")
    soak.it.phone.close_door()
    soak.mend_later(soak.it.phone.open_door)


def close_door(soak: Soak) -> None:
    soak.note("mailbox: closed")
    soak.it.mailbox.close_door()
    soak.mend_later(soak.it.mailbox.open_door)


def trouble_carrier(soak: Soak) -> None:
    trouble = soak.chance.choice(CARRIER_TROUBLES)
    soak.note(f"carrier: {trouble}")
    soak.it.ups.fault(**{"count": soak.chance.randint(1, 3), **trouble})


def trouble_queue(soak: Soak) -> None:
    if not soak.queue_is_well:
        return
    if soak.chance.random() < 0.4:
        soak.note("queue: flushed")
        soak.valkey.flush()
        return
    soak.note("queue: killed")
    soak.valkey.kill()
    soak.queue_is_well = False

    def mend() -> None:
        soak.valkey.start()
        soak.queue_is_well = True

    soak.mend_later(mend)


def trouble_base(soak: Soak) -> None:
    if not soak.base_is_well:
        return
    what, undo = soak.base.trouble(soak.chance)
    soak.note(f"database: {what}")
    soak.base_is_well = False

    def mend() -> None:
        undo()
        soak.base_is_well = True

    soak.mend_later(mend)


DEEDS: tuple[tuple[int, Deed], ...] = (
    (12, order),
    (4, ship),
    (4, plant),
    (3, kill),
    (1, stop),
    (2, freeze),
    (3, wake),
    (4, trouble_mail),
    (1, close_door),
    (4, trouble_phone),
    (1, close_line),
    (4, trouble_carrier),
    (1, trouble_queue),
    (1, trouble_base),
)


def run(*, engine: str, seconds: float, seed: int) -> tuple[Tally, list[str]]:
    """What came of it, and the diary. Raises AssertionError, with the diary, when a promise was broken."""
    with (
        BASES[engine]() as base,
        running_valkey() as valkey,
        shop(base.url, seen_by_processes=base.seen_by_processes, redis_url=valkey.url) as it,
    ):
        soak = Soak(it=it, base=base, valkey=valkey, chance=Random(seed))
        try:
            _trouble(soak, seconds)
            return _peace(soak), soak.diary
        except AssertionError as broken:
            broken.add_note("\n".join(["What was done:", *soak.diary]))
            raise


def _trouble(soak: Soak, seconds: float) -> None:
    soak.keep_crew()
    until(lambda: all(each.is_ready() for each in soak.workers), timedelta(seconds=60), what="the crew")
    ends = time.monotonic() + seconds
    weights = [weight for weight, _ in DEEDS]
    while time.monotonic() < ends:
        (deed,) = soak.chance.choices([deed for _, deed in DEEDS], weights)
        deed(soak)
        soak.mend_due()
        soak.keep_crew()
        rest = time.monotonic() + soak.chance.uniform(*PACE)
        until(lambda: time.monotonic() > rest, what="a little time")  # noqa: B023 - asked at once


def _peace(soak: Soak) -> Tally:
    """Everything works again: wait until all is told, then ask."""
    soak.note("peace")
    soak.mend_due(all_of_them=True)
    soak.it.mailbox.faults.clear()
    for plans in (soak.it.phone.faults, soak.it.phone.stories):
        plans.clear()
    soak.it.ups.api.faults.clear()
    wake(soak)
    for each in soak.workers:
        each.signal(signal.SIGTERM)
    soak.workers = [soak.it.worker(), soak.it.worker()]
    soak.keep_crew()
    until(lambda: soak.it.parcels("delivered") == soak.parcels, DRAIN, what=f"{soak.parcels} parcels to arrive")
    for _ in range(2):  # a text may be reported as given up when all seemed to have ended
        soak.it.hurry()
        soak.it.drain(DRAIN)
    return soak.it.settle()


def main() -> int:
    """Exit 1 when a promise was broken; the seed is printed first."""
    options = argparse.ArgumentParser(prog="tests.faults.soak", description=__doc__)
    options.add_argument("--seconds", type=float, default=60, help="of trouble on each database")
    options.add_argument("--seed", type=int, default=None)
    options.add_argument("--database", choices=[*BASES, "both"], default="both")
    chosen = options.parse_args()
    seed = secrets.randbelow(2**32) if chosen.seed is None else chosen.seed
    print(f"seed {seed}", flush=True)
    for engine in BASES if chosen.database == "both" else [chosen.database]:
        try:
            tally, diary = run(engine=engine, seconds=chosen.seconds, seed=seed)
        except AssertionError as broken:
            print(f"{engine}: BROKEN {broken}", *getattr(broken, "__notes__", []), sep="\n")
            return 1
        print(f"{engine}: {len(diary)} troubles; {tally}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
