"""How fast one worker process looks, one number a call against a loop that only asks, and thirty a call."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from statistics import median

from tests.bench import figures
from tests.bench.children import Child, Round, child, interleaved
from tests.bench.figures import CannotMeasure, Tell
from tests.bench.load import Load
from tests.bench.shop import ENGINES, Site, asking_fedex, environment, make_due, opened, take_in
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
# A call for thirty numbers costs one request, so that the baseline's request is no measure of it: CPU is.
BATCH_CPU_MS = {"quiet": 1.2, "moving": 3.5}  # of one look among thirty, on the slower database
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
        _measure_batches(place, ports, tell)
    before, looked = turns[::2], turns[1::2]
    tell(figures.plain("baseline/requests_per_second", median(each.rate for each in chain(*before))))
    tell(figures.plain("baseline/cpu_ms", median(each.cpu_ms for each in chain(*before))))
    for kind, asked, done in zip(kinds, before, looked, strict=True):
        _tell_of(kind, done, asked, tell)


def _measure_batches(place: Site, ports: Mapping[str, int], tell: Tell) -> None:
    """FedEx, thirty numbers a call, while the baseline's figures wait to be told."""
    for kind, port in ports.items():
        for engine in ENGINES:
            with _worker(place, engine, port, carrier="fedex") as worker:
                worker.round(SHIPMENTS)
                (done,) = interleaved(ROUNDS, SHIPMENTS, worker)
            name = f"looks/batch/{NAMES[kind]}/{engine}"
            tell(figures.plain(f"{name}/looks_per_second", median(each.rate for each in done)))
            tell(figures.at_most(f"{name}/cpu_ms", median(each.cpu_ms for each in done), BATCH_CPU_MS[kind]))


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
def _worker(place: Site, engine: str, port: int, *, carrier: str = "ups") -> Iterator[Worker]:
    told = environment(place, place.database(engine), ups_port=port)
    if carrier == "fedex":
        told = asking_fedex(told, port)
    with opened(told) as app:
        take_in(app, SHIPMENTS, carrier=carrier)
        with child("looker", carrier, environment=told) as looker:
            yield Worker(looker=looker, store=app.store)


def _tell_of(kind: tuple[str, str], done: Sequence[Round], asked: Sequence[Round], tell: Tell) -> None:
    name = f"looks/{NAMES[kind[0]]}/{kind[1]}"
    share = figures.ratio([each.rate for each in done], [each.rate for each in asked])
    tell(figures.at_least(f"{name}/baseline", share, GOALS[kind]))
    tell(figures.plain(f"{name}/looks_per_second", median(each.rate for each in done)))
    tell(figures.plain(f"{name}/cpu_ms", median(each.cpu_ms for each in done)))
