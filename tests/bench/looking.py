"""How fast one worker process looks, against a loop that only asks."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from statistics import median

from tests.bench import figures
from tests.bench.children import Child, Round, child, interleaved
from tests.bench.figures import CannotMeasure, Tell
from tests.bench.load import Load
from tests.bench.shop import ENGINES, Site, environment, make_due, opened, take_in
from tracker.store.unit import SqlStore

SHIPMENTS = 200  # looked at in one round: about a third of a second
ROUNDS = 11
REQUESTS = 500  # of the peer and of the baseline, to compare them
PEER_FASTER = 5.0  # times the baseline; a slower peer would be what is measured
A_LOOK = "/api/track/v1/details/1Z5R89390000000017?locale=en_US"

GOALS = {
    ("quiet", "sqlite"): 0.40,
    ("quiet", "postgresql"): 0.25,
    ("moving", "sqlite"): 0.20,
    ("moving", "postgresql"): 0.12,
}
NAMES = {"quiet": "nothing_new", "moving": "one_event"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker process whose shipments are all due before each of its rounds."""

    looker: Child
    store: SqlStore

    def round(self, asked: int) -> Round:
        make_due(self.store)
        return self.looker.round(asked)


def measure(place: Site, tell: Tell) -> None:
    """Raises CannotMeasure when the peer is too slow."""
    with ExitStack() as stack:
        ports = {kind: int(stack.enter_context(child("peer", kind)).line()) for kind in NAMES}
        baseline = stack.enter_context(child("baseline", f"http://127.0.0.1:{ports['quiet']}{A_LOOK}"))
        peer_alone(ports["quiet"], baseline, tell)
        kinds = [(kind, engine) for kind in NAMES for engine in ENGINES]
        workers = [stack.enter_context(_worker(place, engine, ports[kind])) for kind, engine in kinds]
        for worker in workers:
            worker.round(SHIPMENTS)  # the first look at each: everything is new, and statements are compiled
        turns = interleaved(ROUNDS, SHIPMENTS, *(runner for worker in workers for runner in (baseline, worker)))
    before, looked = turns[::2], turns[1::2]
    tell(figures.plain("baseline/requests_per_second", median(each.rate for each in chain(*before))))
    tell(figures.plain("baseline/cpu_ms", median(each.cpu_ms for each in chain(*before))))
    for kind, asked, done in zip(kinds, before, looked, strict=True):
        _tell_of(kind, done, asked, tell)


def peer_alone(port: int, baseline: Child, tell: Tell) -> None:
    """Whether the peer is fast enough to be no part of what is measured. Raises CannotMeasure."""
    peer = Load(port, [A_LOOK])
    try:
        alone, asked = interleaved(5, REQUESTS, peer, baseline)
    finally:
        peer.close()
    faster = figures.ratio([each.rate for each in alone], [each.rate for each in asked])
    tell(figures.at_least("peer/baseline", faster, PEER_FASTER))
    if faster < PEER_FASTER:
        raise CannotMeasure(f"the peer answers only {faster:.1f} times as fast as one client asks")


@contextmanager
def _worker(place: Site, engine: str, ups_port: int) -> Iterator[Worker]:
    told = environment(place, place.database(engine), ups_port=ups_port)
    with opened(told) as app:
        take_in(app, SHIPMENTS)
        with child("looker", environment=told) as looker:
            yield Worker(looker=looker, store=app.store)


def _tell_of(kind: tuple[str, str], done: Sequence[Round], asked: Sequence[Round], tell: Tell) -> None:
    name = f"looks/{NAMES[kind[0]]}/{kind[1]}"
    share = figures.ratio([each.rate for each in done], [each.rate for each in asked])
    tell(figures.at_least(f"{name}/baseline", share, GOALS[kind]))
    tell(figures.plain(f"{name}/looks_per_second", median(each.rate for each in done)))
    tell(figures.plain(f"{name}/cpu_ms", median(each.cpu_ms for each in done)))
