"""How fast the tracking page is, against a constant of the same size from the same server."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from statistics import median

from sqlalchemy import update

from tests.bench import figures
from tests.bench.children import child, interleaved
from tests.bench.figures import Tell
from tests.bench.load import Load
from tests.bench.shop import ENGINES, Site, environment, opened, rest_until, take_in
from tests.faults.crew import Crew
from tests.servers import answers, free_port, until
from tracker.store.tables import orders
from tracker.web.pagecache import TRUSTED_FOR
from tracker.wiring import App

ORDERS = 300
POPULAR = 20  # pages asked for again and again
REQUESTS = 8_000  # of each in one round: most of a second, as long as a cached page is trusted
ROUNDS = 9
GOAL = 0.40
START = timedelta(seconds=60)


def measure(place: Site, tell: Tell) -> None:
    """On both databases; a cached page asks them once a second."""
    for engine in ENGINES:
        with ExitStack() as stack:
            peer = stack.enter_context(child("peer", "quiet"))
            told = environment(place, place.database(engine), ups_port=int(peer.line()))
            app = stack.enter_context(opened(told))
            paths = [app.store.vault.page_path(each.order.id) for each in take_in(app, ORDERS)]
            app.poll("ups")
            crew = stack.enter_context(Crew(place.home))
            crew.start("web", environment=told)
            _measure(engine, app, paths, stack, tell)


def _measure(engine: str, app: App, paths: list[str], stack: ExitStack, tell: Tell) -> None:
    port = app.settings.port
    until(lambda: answers(port), START, what="the web process to listen")
    every = stack.enter_context(closing(Load(port, paths)))
    tell(figures.plain(f"page/first_view/{engine}/requests_per_second", every.round(ORDERS).rate))
    tell(figures.plain(f"page/uncached/{engine}/requests_per_second", _uncached(every, app)))
    popular = stack.enter_context(closing(Load(port, paths[:POPULAR])))
    size = popular.size()
    constant = stack.enter_context(_constant(size))
    for each in (popular, constant):
        each.round(REQUESTS)
    cached, same = interleaved(ROUNDS, REQUESTS, popular, constant)
    share = figures.ratio([each.rate for each in cached], [each.rate for each in same])
    tell(figures.at_least(f"page/cached/{engine}/constant", share, GOAL))
    tell(figures.plain(f"page/cached/{engine}/requests_per_second", median(each.rate for each in cached)))
    tell(figures.plain(f"page/constant/{engine}/requests_per_second", median(each.rate for each in same)))
    tell(figures.plain(f"page/{engine}/bytes", size))


def _uncached(every: Load, app: App) -> float:
    """Each order has changed since its page was last rendered."""
    rates = []
    for _ in range(3):
        with app.store.begin() as connection:
            connection.execute(update(orders).values(version=orders.c.version + 1))
        rest_until(time.monotonic() + TRUSTED_FOR.total_seconds())
        rates.append(every.round(ORDERS).rate)
    return median(rates)


@contextmanager
def _constant(size: int) -> Iterator[Load]:
    port = free_port()
    with child("constant", str(port), str(size)):
        until(lambda: answers(port), START, what="the constant to listen")
        with closing(Load(port, ["/t/constant"])) as load:
            yield load
